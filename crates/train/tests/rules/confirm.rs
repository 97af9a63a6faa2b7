//! Confirmations: whose change it is, what stage shows, and which tags keep a word; and who is called.

use std::collections::BTreeSet;

use proptest::prelude::*;
use train::confirm::{
    Brings, Call, Calling, Confirmation, OnStage, authors, call, calls_to, changes, confirm,
    take_back, waits_for,
};
use train::event::Event;
use train::facts::Commit;
use train::fixed::Said;
use train::id::{Oid, PersonName, PushDate, RepoName};
use train::people::{Person, Proof, Role};
use train::pushday::PushDays;
use train::refusal::Code;
use train::settings::Settings;

use crate::{TAG, at, oid, settings};

fn push() -> PushDate {
    TAG.parse().unwrap()
}

fn server() -> RepoName {
    "server".parse().unwrap()
}

fn name(who: &str) -> PersonName {
    who.parse().unwrap()
}

fn team() -> Settings {
    let mut settings = settings();
    let all = [("kumar", Some("kumar@x.org"), None), ("eva", None, Some("Eva-GH"))];
    for (who, email, github) in all {
        let person = Person {
            name: name(who),
            roles: BTreeSet::from([Role::Developer]),
            aliases: Vec::new(),
            email: email.map(str::to_owned),
            irc: None,
            github: github.map(str::to_owned),
        };
        settings.people.insert(name(who), person);
    }
    settings
}

const KUMAR: (&str, &str) = ("K", "KUMAR@x.org");
const EVA: (&str, &str) = ("E", "12+eva-gh@users.noreply.github.com");
const ZED: (&str, &str) = ("Zed", "zed@x.org");

fn said(id: char, by: (&str, &str), message: &str) -> Said {
    let commit = Commit {
        id: oid(id),
        parents: vec![oid('0')],
        subject: message.lines().next().unwrap_or_default().to_owned(),
        author: by.0.to_owned(),
        email: by.1.to_owned(),
        committed_at: at(0),
    };
    Said { commit, pull: None, message: message.to_owned() }
}

fn reverts(id: char) -> String {
    format!("Take it back\n\nThis reverts commit {}.", oid(id))
}

fn picked(id: char) -> String {
    format!("Fix\n\n(cherry picked from commit {})", oid(id))
}

fn brings(stage: OnStage, said: Vec<Said>) -> Vec<Brings> {
    let tag = TAG.to_owned();
    vec![Brings {
        repo: server(),
        tag,
        object: oid('7'),
        commit: oid('8'),
        stage,
        changes: changes(said),
    }]
}

fn ids(said: Vec<Said>) -> Vec<Oid> {
    changes(said).into_iter().map(|change| change.commit).collect()
}

/// What was said of the push, after somebody confirmed these.
fn days(who: &str, commits: &[char]) -> PushDays {
    let mut days = PushDays::default();
    confirms(&mut days, who, commits);
    days
}

fn confirms(days: &mut PushDays, who: &str, commits: &[char]) {
    let confirmation = Confirmation {
        repo: server(),
        tag: TAG.to_owned(),
        object: oid('7'),
        commit: oid('8'),
        changes: commits.iter().map(|id| oid(*id)).collect(),
        proof: Proof::Local(0),
    };
    let event = Event::Confirmed { push: push(), confirmation: Box::new(confirmation) };
    days.apply(&event, at(1), who);
}

#[test]
fn a_change_is_a_commit_that_nothing_in_the_tag_takes_back() {
    let merge = {
        let mut merge = said('b', KUMAR, "Merge");
        merge.commit.parents.push(oid('1'));
        merge
    };
    assert_eq!(ids(vec![merge, said('a', KUMAR, "Add")]), [oid('a')]);
    assert!(ids(vec![said('b', EVA, &reverts('a')), said('a', KUMAR, "Add")]).is_empty());
    // A revert that is taken back itself takes nothing back.
    let both =
        vec![said('c', EVA, &reverts('b')), said('b', EVA, &reverts('a')), said('a', KUMAR, "Add")];
    assert_eq!(ids(both), [oid('a')]);
    // What takes back something older is a change of its own.
    assert_eq!(
        ids(vec![said('b', EVA, &reverts('f')), said('a', KUMAR, "Add")]),
        [oid('b'), oid('a')]
    );
    // A pick is taken back by its origin's name too.
    assert!(ids(vec![said('b', EVA, &reverts('f')), said('a', KUMAR, &picked('f'))]).is_empty());
}

#[test]
fn whose_a_change_is_follows_from_the_address_and_then_the_name() {
    let settings = team();
    let who = |name: &str, email: &str| settings.author(name, email).map(|p| p.name.to_string());
    assert_eq!(who("anybody", "Kumar@X.org").as_deref(), Some("kumar"));
    assert_eq!(who("eva", "kumar@x.org").as_deref(), Some("kumar"), "the address goes first");
    assert_eq!(who("x", "eva-gh@users.noreply.github.com").as_deref(), Some("eva"));
    assert_eq!(who("x", "12+EVA-gh@users.noreply.github.com").as_deref(), Some("eva"));
    assert_eq!(who("eva", "who@knows.where").as_deref(), Some("eva"));
    assert_eq!(who("x", "eva-gh@users.noreply.github.com.evil.example"), None);
    assert_eq!(who("x", "eva-gh+kumar@users.noreply.github.com"), None);
}

#[test]
fn p7_a_word_counts_for_the_very_commit_and_for_no_other() {
    let (settings, days) = (team(), days("kumar", &['a']));
    let words = &days.of(push()).words;
    let of = |said: Vec<Said>| authors(&settings, words, &brings(OnStage::Shown, said));
    let with = of(vec![said('a', KUMAR, "Add"), said('e', EVA, "Draw")]);
    assert_eq!(with.confirmed, BTreeSet::from([name("kumar")]));
    assert_eq!(with.sentence().unwrap(), "1 of 2 authors confirmed on stage; waiting for eva");
    let more = of(vec![said('b', KUMAR, "More"), said('a', KUMAR, "Add")]);
    assert_eq!(more.waiting[&name("kumar")], 1, "a later change has no word");
    let anew = of(vec![said('c', KUMAR, &picked('a'))]);
    assert_eq!(anew.waiting[&name("kumar")], 1, "nor has a pick that was made anew");
    let gone = of(vec![said('d', EVA, &reverts('a')), said('a', KUMAR, "Add")]);
    assert_eq!((gone.confirmed.len(), gone.sentence()), (0, None), "what is taken back has none");
    // Somebody else's word is none, whatever the record says.
    let other = of(vec![said('a', EVA, "Add")]);
    assert_eq!(other.waiting[&name("eva")], 1);
}

#[test]
fn authors_are_waited_for_where_stage_can_show_it_and_they_are_known() {
    let (settings, words) = (team(), train::confirm::Words::default());
    let said = || vec![said('a', KUMAR, "Add"), said('9', ZED, "Add")];
    let not = authors(&settings, &words, &brings(OnStage::NotSetUp, said()));
    assert_eq!((not.sentence(), not.unknown.len()), (None, 0));
    let yet = authors(&settings, &words, &brings(OnStage::NotYet, said()));
    assert_eq!(yet.sentence().unwrap(), "0 of 1 author confirmed on stage; waiting for kumar");
    assert_eq!(yet.unknown, BTreeSet::from(["Zed".to_owned()]));
    let waits = |stage| {
        let all = brings(stage, said());
        waits_for(&settings, &words, &all, &name("kumar")).len()
    };
    assert_eq!((waits(OnStage::NotYet), waits(OnStage::Shown)), (0, 1));
}

#[test]
fn what_can_not_be_confirmed_is_refused_by_its_reason() {
    let (settings, words) = (team(), train::confirm::Words::default());
    let all = || vec![said('a', KUMAR, "Add"), said('9', ZED, "Add")];
    let tried = |stage, who: &str, named: &[char]| {
        let named: Vec<_> = named.iter().map(|id| (server(), oid(*id))).collect();
        confirm(&settings, &words, push(), who, &brings(stage, all()), &named).map_err(|r| r.code)
    };
    assert!(tried(OnStage::Shown, "kumar", &[]).is_ok());
    assert_eq!(tried(OnStage::Shown, "eva", &['a']), Err(Code::NotAllowed));
    assert_eq!(tried(OnStage::Shown, "kumar", &['9']), Err(Code::NotAllowed));
    assert_eq!(tried(OnStage::Shown, "kumar", &['f']), Err(Code::Refused));
    assert_eq!(tried(OnStage::Shown, "eva", &[]), Err(Code::Refused));
    assert_eq!(tried(OnStage::NotYet, "kumar", &['a']), Err(Code::WrongState));
    assert_eq!(tried(OnStage::NotYet, "kumar", &[]), Err(Code::WrongState));
    assert_eq!(tried(OnStage::NotSetUp, "kumar", &[]), Err(Code::WrongState));
}

#[test]
fn each_takes_back_their_own_word_alone() {
    let mut days = days("kumar", &['a', 'b']);
    confirms(&mut days, "eva", &['a']);
    let taken = |days: &PushDays, who: &str, named: &[char]| {
        let named: Vec<_> = named.iter().map(|id| (server(), oid(*id))).collect();
        let words = &days.of(push()).words;
        take_back(words, push(), who, &BTreeSet::new(), &named, &[])
            .map(|taken| taken.into_values().flatten().count())
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(taken(&days, "kumar", &[]), Ok(2));
    assert_eq!(taken(&days, "kumar", &['b']), Ok(1));
    assert_eq!(taken(&days, "eva", &['b']), Err(Code::WrongState));
    let (repo, changes, because) = (server(), vec![oid('a')], "it crashes".to_owned());
    let event = Event::ConfirmationWithdrawn { push: push(), repo, changes, because };
    days.apply(&event, at(2), "kumar");
    assert_eq!(taken(&days, "kumar", &[]), Ok(1));
    assert_eq!(taken(&days, "eva", &[]), Ok(1), "another's is another's");
}

#[test]
fn those_are_called_who_have_not_confirmed_and_not_twice_in_a_row() {
    let (settings, mut days) = (team(), days("kumar", &['a']));
    let all = brings(OnStage::Shown, vec![said('a', KUMAR, "Add"), said('e', EVA, "Draw")]);
    let calls = |days: &PushDays, text: Option<&str>, how: (bool, bool), hour: i64| {
        let words = &days.of(push()).words;
        call(words, &authors(&settings, words, &all), push(), text, how, at(hour))
    };
    let whom = |calling: Calling| match calling {
        Calling::Calls(call) => call.whom.into_iter().map(|who| who.to_string()).collect(),
        other => vec![format!("{other:?}")],
    };
    assert_eq!(whom(calls(&days, None, (false, false), 3).unwrap()), ["eva"]);
    assert_eq!(whom(calls(&days, None, (true, false), 3).unwrap()), ["eva", "kumar"]);
    let made =
        Call { whom: BTreeSet::from([name("eva")]), text: Some("now".to_owned()), all: false };
    days.apply(&Event::Called { push: push(), call: made }, at(3), "mat");
    assert_eq!(calls(&days, Some("now"), (false, false), 3), Ok(Calling::Already));
    assert_eq!(calls(&days, None, (false, false), 3).unwrap_err().code, Code::Refused);
    assert_eq!(whom(calls(&days, Some("now"), (false, true), 3).unwrap()), ["eva"]);
    assert_eq!(whom(calls(&days, Some("now"), (false, false), 4).unwrap()), ["eva"]);
    // It waits for her until she has confirmed.
    let open = |days: &PushDays, who: &str| {
        let words = &days.of(push()).words;
        calls_to(words, &authors(&settings, words, &all), &name(who)).len()
    };
    assert_eq!((open(&days, "eva"), open(&days, "kumar")), (1, 0));
    confirms(&mut days, "eva", &['e']);
    assert_eq!(open(&days, "eva"), 0);
    assert_eq!(calls(&days, None, (false, true), 4), Ok(Calling::Nobody));
    let made = Call { whom: BTreeSet::from([name("kumar")]), text: None, all: true };
    days.apply(&Event::Called { push: push(), call: made }, at(5), "mat");
    assert_eq!(open(&days, "kumar"), 1, "a call to everybody waits for whoever has confirmed too");
}

proptest! {
    /// Whatever is said in whatever order: a change has the word of its author exactly if they said so last, and everybody
    /// known is either confirmed or waited for.
    #[test]
    fn p7_the_last_word_of_its_author_counts(said_of in prop::collection::vec((0..4_usize, any::<bool>(), any::<bool>()), 0..40)) {
        let settings = team();
        let commits = ['a', 'b', 'c', 'd'];
        let by = |at: usize| if at < 2 { KUMAR } else { EVA };
        let own = |at: usize| if at < 2 { "kumar" } else { "eva" };
        let all = brings(OnStage::Shown, (0..4).map(|at| said(commits[at], by(at), "Add")).collect());
        let mut days = PushDays::default();
        let mut last = [false; 4];
        for (at_, says, other) in said_of {
            let who = if other == (own(at_) == "eva") { "kumar" } else { "eva" };
            if says {
                confirms(&mut days, who, &[commits[at_]]);
            } else {
                let (repo, changes) = (server(), vec![oid(commits[at_])]);
                let because = "no".to_owned();
                days.apply(&Event::ConfirmationWithdrawn { push: push(), repo, changes, because }, at(2), who);
            }
            if who == own(at_) {
                last[at_] = says;
            }
        }
        let words = &days.of(push()).words;
        for at in 0..4 {
            prop_assert_eq!(words.of(&server(), &oid(commits[at]), &name(own(at))).is_some(), last[at]);
        }
        let authors = authors(&settings, words, &all);
        prop_assert_eq!(authors.confirmed.len() + authors.waiting.len(), 2);
        let left: usize = authors.waiting.values().sum();
        prop_assert_eq!(left, last.iter().filter(|said| !**said).count());
        for who in ["kumar", "eva"] {
            let waits = waits_for(&settings, words, &all, &name(who)).len();
            prop_assert_eq!(waits, authors.waiting.get(&name(who)).copied().unwrap_or_default());
        }
    }
}
