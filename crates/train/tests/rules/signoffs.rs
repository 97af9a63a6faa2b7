//! Sign-offs bind (P7): to one repository's tag, its files, and the configuration they were given under.

use proptest::prelude::*;
use train::event::Event;
use train::hold::Hold;
use train::id::{Oid, PushDate};
use train::people::{Actor, Proof, Role};
use train::pushday::PushDays;
use train::refusal::Code;
use train::settings::{GateRule, Opens, Settings};
use train::signoff::{
    Counting, NewestTag, Signoff, SignoffState, Word, may_sign, passed_on, role_of,
};

use crate::{TAG, at, oid, repo, settings};

fn push() -> PushDate {
    TAG.parse().unwrap()
}

fn word(object: char, commit: char, tree: char) -> Word {
    Word {
        role: Role::Qa,
        repo: repo().name,
        tag: TAG.to_owned(),
        object: oid(object),
        commit: oid(commit),
        tree: oid(tree),
        own: false,
        settings: "here".to_owned(),
        proof: Proof::Local(0),
    }
}

fn signed(word: Word) -> Signoff {
    Signoff { word, by: "krupa".to_owned(), at: at(0), withdrawn: None }
}

fn newest(object: char, commit: char, tree: Option<char>) -> NewestTag {
    let tag = format!("{TAG}-1");
    NewestTag {
        repo: repo().name,
        tag,
        object: oid(object),
        commit: oid(commit),
        tree: tree.map(oid),
    }
}

fn counting(own: bool) -> Counting<'static> {
    Counting { role: Role::Qa, own, hero: None, settings: "here" }
}

#[test]
fn p7_another_tag_of_the_repository_has_no_sign_off_unless_its_tree_is_equal() {
    let given = signed(word('1', '2', '3'));
    let state = |newest: &NewestTag| given.state(Some(newest), "here");
    assert_eq!(state(&newest('1', '2', Some('3'))), SignoffState::Given);
    assert_eq!(state(&newest('4', '5', Some('3'))), SignoffState::Given, "the same files");
    assert_eq!(state(&newest('4', '2', None)), SignoffState::Given, "the same commit");
    assert_eq!(state(&newest('4', '5', Some('6'))), SignoffState::Overtaken);
    assert_eq!(state(&newest('4', '5', None)), SignoffState::Overtaken, "files nobody could read");
    assert_eq!(given.state(None, "here"), SignoffState::Overtaken, "no tag at all");
    let other = NewestTag { repo: "web".parse().unwrap(), ..newest('1', '2', Some('3')) };
    assert_eq!(state(&other), SignoffState::Overtaken, "another repository");
}

#[test]
fn p7_a_sign_off_is_for_the_configuration_it_was_given_under() {
    let (given, same) = (signed(word('1', '2', '3')), newest('1', '2', Some('3')));
    assert_eq!(given.state(Some(&same), "elsewhere"), SignoffState::Reconfigured);
    let elsewhere = Counting { settings: "elsewhere", ..counting(true) };
    assert!(elsewhere.people(&[given], &same).is_empty());
}

#[test]
fn the_heros_own_word_counts_where_the_train_takes_it() {
    let same = newest('1', '2', Some('3'));
    let own = signed(Word { own: true, ..word('1', '2', '3') });
    assert_eq!(counting(true).people(std::slice::from_ref(&own), &same).len(), 1);
    assert!(counting(false).people(std::slice::from_ref(&own), &same).is_empty());
    // Whoever serves since then is a hero too.
    let krupa = "krupa".parse().unwrap();
    let serves = Counting { hero: Some(&krupa), ..counting(false) };
    assert!(serves.people(&[signed(word('1', '2', '3'))], &same).is_empty());
}

fn with_gates(gates: &[(Role, bool)]) -> Settings {
    let rule = |(role, own): &(Role, bool)| GateRule {
        name: role.word().to_owned(),
        opens: Opens::Signoffs { role: *role, need: 1, own: *own },
    };
    Settings { gates: gates.iter().map(rule).collect(), ..settings() }
}

fn actor(name: &str, roles: &[Role]) -> Actor {
    Actor { name: name.to_owned(), roles: roles.iter().copied().collect(), proof: Proof::Local(0) }
}

#[test]
fn who_may_sign_off() {
    let (mat, hero) = ("mat".parse().unwrap(), Some(()));
    let hero = hero.map(|()| &mat);
    let may = |settings: &Settings, name: &str, roles: &[Role], role| {
        may_sign(settings, &actor(name, roles), role, hero).map_err(|refusal| refusal.code)
    };
    let (takes, refuses) = (with_gates(&[(Role::Qa, true)]), with_gates(&[(Role::Qa, false)]));
    assert_eq!(may(&takes, "krupa", &[Role::Qa], Role::Qa), Ok(false));
    assert_eq!(may(&takes, "mat", &[Role::Qa, Role::Hero], Role::Qa), Ok(true));
    assert_eq!(may(&refuses, "mat", &[Role::Qa, Role::Hero], Role::Qa), Err(Code::Refused));
    assert_eq!(may(&refuses, "krupa", &[Role::Qa], Role::Qa), Ok(false));
    assert_eq!(may(&takes, "kumar", &[Role::Developer], Role::Qa), Err(Code::NotAllowed));
    assert_eq!(may(&takes, "stranger", &[], Role::Qa), Err(Code::NotAllowed));
    assert_eq!(may(&takes, "mat", &[Role::Hero], Role::Hero), Err(Code::Usage));
    assert_eq!(may(&takes, "jason", &[Role::Ops], Role::Ops), Err(Code::Usage));
}

#[test]
fn the_role_is_the_one_that_a_gate_wants_of_the_actor() {
    let both = with_gates(&[(Role::Qa, true), (Role::Developer, true), (Role::Ops, true)]);
    let role = |settings: &Settings, roles: &[Role], asked| {
        role_of(settings, &actor("mat", roles), asked).map_err(|refusal| refusal.code)
    };
    assert_eq!(role(&settings(), &[Role::Qa], None), Ok(Role::Qa));
    assert_eq!(role(&settings(), &[Role::Developer], None), Err(Code::NotAllowed));
    assert_eq!(role(&both, &[Role::Developer, Role::Hero], None), Ok(Role::Developer));
    assert_eq!(role(&both, &[Role::Developer, Role::Qa], None), Err(Code::Ambiguous));
    assert_eq!(role(&both, &[Role::Developer, Role::Qa], Some(Role::Qa)), Ok(Role::Qa));
    assert_eq!(role(&both, &[Role::Admin], None), Err(Code::Ambiguous));
    assert_eq!(role(&both, &[Role::Admin, Role::Qa], None), Ok(Role::Qa));
    assert_eq!(role(&both, &[], None), Err(Code::NotAllowed));
    // Ops claim the push: a sign-off of theirs would open nothing.
    assert_eq!(role(&both, &[Role::Ops, Role::Qa], None), Ok(Role::Qa));
    assert_eq!(role(&both, &[Role::Ops], None), Err(Code::Usage));
}

#[test]
fn what_is_withdrawn_is_ones_own_and_what_is_held_again_is_held_once() {
    let mut days = PushDays::default();
    let signs = Event::SignedOff { push: push(), word: Box::new(word('1', '2', '3')) };
    days.apply(&signs, at(0), "krupa");
    days.apply(&signs, at(1), "ann");
    let withdraws = Event::Withdrawn {
        push: push(),
        repo: repo().name,
        role: Role::Qa,
        because: "it crashes".to_owned(),
    };
    days.apply(&withdraws, at(2), "krupa");
    let same = newest('1', '2', Some('3'));
    let signoffs = &days.of(push()).signoffs;
    assert_eq!(counting(true).people(signoffs, &same).into_iter().collect::<Vec<_>>(), ["ann"]);
    days.apply(&signs, at(3), "krupa");
    assert_eq!(counting(true).people(&days.of(push()).signoffs, &same).len(), 2, "given again");
    let holds = |because: &str, until| Event::Held {
        push: push(),
        hold: Hold { repo: None, until, because: because.to_owned() },
    };
    days.apply(&holds("smoke", Some(at(5))), at(4), "jason");
    days.apply(&holds("fire", Some(at(9))), at(4), "jason");
    days.apply(&holds("rain", None), at(4), "mat");
    let reasons = |days: &PushDays, now| -> Vec<String> {
        days.of(push()).holding(now).iter().map(|held| held.hold.because.clone()).collect()
    };
    assert_eq!(reasons(&days, at(5)), ["fire", "rain"]);
    assert_eq!(reasons(&days, at(9)), ["rain"], "an end is an end");
    days.renamed(push(), "2026.11.27".parse().unwrap());
    assert!(days.of(push()).holds.is_empty());
    assert_eq!(days.of("2026.11.27".parse().unwrap()).holds.len(), 2);
}

#[test]
fn p7_a_new_tag_is_told_beside_the_words_that_it_voids_and_those_that_stay() {
    let krupa = signed(word('1', '2', '3'));
    let ann = Signoff { by: "ann".to_owned(), ..krupa.clone() };
    let other = Signoff { by: "jo".to_owned(), ..signed(word('7', '8', '9')) };
    let taken = Signoff { withdrawn: Some("it crashes".to_owned()), ..other.clone() };
    let signoffs = [krupa.clone(), ann, krupa, other, taken];
    let before = NewestTag { tag: TAG.to_owned(), ..newest('1', '2', Some('3')) };
    let told = |new: &NewestTag| passed_on(&signoffs, &before, new, "here").join("\n");
    insta::assert_snapshot!(told(&newest('4', '5', Some('6'))), @"
    krupa signed off server 2026.11.26 as qa; 2026.11.26-1 has other files, and is to be signed off again
    ann signed off server 2026.11.26 as qa; 2026.11.26-1 has other files, and is to be signed off again
    ");
    insta::assert_snapshot!(told(&newest('4', '5', Some('3'))), @"
    krupa’s sign-off of server as qa stays: 2026.11.26-1 has the files of 2026.11.26
    ann’s sign-off of server as qa stays: 2026.11.26-1 has the files of 2026.11.26
    ");
    assert!(passed_on(&signoffs, &before, &newest('4', '5', None), "elsewhere").is_empty());
}

fn any_word() -> impl Strategy<Value = Word> {
    let digit = || prop::sample::select(vec!['1', '2', '3']);
    (digit(), digit(), digit(), any::<bool>())
        .prop_map(|(object, commit, tree, own)| Word { own, ..word(object, commit, tree) })
}

proptest! {
    /// Whatever was signed: each that counts is of the newest tag's files; nobody counts twice; and a word more never
    /// takes a person away.
    #[test]
    fn p7_only_what_was_seen_counts(
        words in prop::collection::vec((any_word(), 0..3_usize), 0..8),
        more in any_word(),
        seen in any_word(),
        own in any::<bool>(),
    ) {
        let people = ["krupa", "ann", "jo"];
        let mut signoffs: Vec<Signoff> = words
            .into_iter()
            .map(|(word, who)| Signoff { by: people[who].to_owned(), ..signed(word) })
            .collect();
        let newest = NewestTag {
            repo: repo().name,
            tag: TAG.to_owned(),
            object: seen.object.clone(),
            commit: seen.commit.clone(),
            tree: Some(seen.tree.clone()),
        };
        let counting = counting(own);
        let same = |w: &Word, id: fn(&Word) -> &Oid| id(w) == id(&seen);
        for signoff in &signoffs {
            let w = &signoff.word;
            let meant = same(w, |w| &w.object) || same(w, |w| &w.commit) || same(w, |w| &w.tree);
            prop_assert_eq!(counting.counts(signoff, &newest), meant && (own || !w.own));
        }
        let before: Vec<String> = counting.people(&signoffs, &newest).into_iter().map(str::to_owned).collect();
        prop_assert!(before.len() <= people.len());
        signoffs.push(signed(more));
        let after = counting.people(&signoffs, &newest);
        prop_assert!(before.iter().all(|who| after.contains(who.as_str())));
    }
}
