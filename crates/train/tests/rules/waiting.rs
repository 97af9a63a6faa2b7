//! What waits for somebody: each kind for whom it is for and nobody else, in its order, put off and coming again.

use jiff::ToSpan;
use train::asks::AskState;
use train::command::{Command, NotesWish, RepoCommit, Writing};
use train::confirm::{Call, Called, Change};
use train::event::Event;
use train::gates::{Gate, OpenItem, ready, report};
use train::hold::{Held, Hold};
use train::id::PushDate;
use train::key::Kind;
use train::notes::Phase;
use train::people::{Actor, Person, Proof, Role};
use train::reason::Reason;
use train::security::BranchState;
use train::settings::Settings;
use train::state::State;
use train::waiting::{
    self, AskFacts, BranchFacts, Facts, ItemFacts, NextStep, OfferFacts, PushFacts, SeeFacts,
    Stage, Thing, TwinFacts, Word, meant, with_reason,
};

use crate::gates::Good;
use crate::{TAG, at, oid};

/// A push that is cut and on stage; some of its team, and what waits for each.
struct Week {
    good: Good,
    state: State,
    stage: Stage,
    asks: Vec<AskFacts>,
    blockers: Vec<ItemFacts>,
    tasks: Vec<ItemFacts>,
    twins: Vec<TwinFacts>,
    next: (Option<&'static str>, &'static str, Option<&'static str>, bool),
    tagset: &'static str,
    hour: i64,
    others: Vec<(train::id::RepoName, String)>,
    offers: Vec<OfferFacts>,
    to_see: Vec<SeeFacts>,
    calls: Vec<(PushDate, Called)>,
}

fn push() -> PushDate {
    TAG.parse().unwrap()
}

/// The settings of the good push, with more people.
fn settings() -> Settings {
    let mut settings = Good::new().settings;
    let person = |name: &str, role: Role| Person {
        name: name.parse().unwrap(),
        roles: [role].into(),
        aliases: vec![name.to_uppercase()],
        email: None,
        irc: None,
        github: None,
    };
    for (name, role) in [
        ("kumar", Role::Developer),
        ("iris", Role::Security),
        ("ada", Role::Admin),
        ("kim", Role::Qa),
    ] {
        settings.people.insert(name.parse().unwrap(), person(name, role));
    }
    settings
}

impl Week {
    fn new() -> Self {
        let (asks, blockers, tasks, twins) = Default::default();
        let (offers, to_see, calls) = Default::default();
        let (good, state, others) = (Good::of(settings()), State::default(), Vec::new());
        let next = (None, "nothing is due", None, false);
        let (stage, tagset, hour) = (Stage::Cut, "1", 0);
        Self {
            good,
            state,
            stage,
            asks,
            blockers,
            tasks,
            twins,
            next,
            tagset,
            hour,
            others,
            offers,
            to_see,
            calls,
        }
    }

    fn gates(&self) -> Vec<Gate> {
        report(&self.good.facts())
    }

    /// All that waits for somebody.
    fn of(&self, who: &str) -> Vec<Thing> {
        let (settings, gates) = (self.good.settings.clone(), self.gates());
        let mut roles = self.state.given.of(&settings, who);
        if who == "mat" {
            // Duty brings it.
            roles.extend([Role::Hero, Role::Security]);
        }
        let actor = Actor { name: who.to_owned(), roles, proof: Proof::Local(0) };
        let hero = "mat".parse().unwrap();
        let (who, what, command, alarm) = self.next;
        let pushes = vec![PushFacts {
            answered: false,
            push: push(),
            stage: self.stage,
            hero: Some(&hero),
            cut_at: Some(at(-48)),
            push_at: Some(at(10)),
            day: self.good.day(),
            tagset: Some(self.tagset),
            gates: &gates,
            asks: self.asks.clone(),
            blockers: self.blockers.clone(),
            tasks: self.tasks.clone(),
            next: NextStep { who, what, command, alarm },
        }];
        waiting::of(&Facts {
            actor: &actor,
            settings: &settings,
            state: &self.state,
            now: at(self.hour),
            pushes,
            twins: self.twins.clone(),
            offers: self.offers.clone(),
            to_see: self.to_see.clone(),
            calls: self.calls.clone(),
            other_ledgers: self.others.clone(),
        })
    }

    fn kinds(&self, who: &str) -> Vec<Kind> {
        self.of(who).iter().map(|thing| thing.kind).collect()
    }

    /// Holds that such a thing waits for these people, and for nobody else of all.
    #[track_caller]
    fn is_for(&self, kind: Kind, wanted: &[&str]) {
        for who in ["mat", "krupa", "kim", "jason", "kumar", "iris", "ada", "nobody"] {
            let has = self.kinds(who).contains(&kind);
            assert_eq!(has, wanted.contains(&who), "{kind:?} for {who}: {:?}", self.kinds(who));
        }
    }
}

fn ask(id: &str, state: AskState) -> AskFacts {
    AskFacts {
        item: id.parse().unwrap(),
        name: format!("web@{id}"),
        repo: Some("web".parse().unwrap()),
        pick: Some(RepoCommit { repo: Some("web".parse().unwrap()), commit: oid('5').to_string() }),
        why: "the form crashes".to_owned(),
        by: "kumar".to_owned(),
        at: at(-3),
        state,
        says: format!("applies to {TAG}"),
    }
}

fn item(id: &str, owner: Option<&str>, when: Option<Phase>) -> ItemFacts {
    let (id, text, owner) =
        (id.to_owned(), "the form crashes".to_owned(), owner.map(str::to_owned));
    let item = OpenItem { id, text, owner, unconfirmed: None };
    ItemFacts { item, when, holds: true, propose: None }
}

#[test]
fn nothing_waits_where_nothing_is_due() {
    let week = Week::new();
    assert!(ready(&week.gates()), "{:?}", week.gates());
    for who in ["mat", "krupa", "jason", "kumar", "iris", "ada"] {
        assert_eq!(week.kinds(who), [], "{who}");
    }
}

#[test]
fn a_cut_waits_for_its_hero_when_it_is_due_or_begun() {
    let mut week = Week { stage: Stage::Uncut { begun: false }, ..Week::new() };
    week.is_for(Kind::Cut, &["mat"]);
    let of_mat = week.of("mat");
    assert!(
        matches!(&of_mat[0].answers[0].wish, Some(Command::Tag(tag)) if tag.push == Some(push()))
    );
    assert_eq!(
        (of_mat[0].due, of_mat[0].says.as_str()),
        (Some(at(-48)), "2026.11.26 is to be cut")
    );
    week.hour = -49;
    week.is_for(Kind::Cut, &[]);
    week.stage = Stage::Uncut { begun: true };
    week.is_for(Kind::Cut, &["mat"]);
}

#[test]
fn tags_wait_for_whoever_did_not_sign_them_off_and_with_a_new_tag_again() {
    let mut week = Week::new();
    week.good.day_mut().signoffs.clear();
    week.is_for(Kind::SignOff, &["krupa", "kim"]);
    let first = week.of("krupa")[0].key.clone();
    let answer = week.of("krupa")[0].answers[0].clone();
    assert!(
        matches!(answer.wish, Some(Command::Approve(wish)) if wish.role == Some(Role::Qa) && wish.push == Some(push()))
    );
    week.tagset = "2";
    assert_ne!(week.of("krupa")[0].key, first, "another tag is another thing");
    // What is not on stage yet can't be looked at.
    week.stage = Stage::Uncut { begun: true };
    week.is_for(Kind::SignOff, &[]);
}

#[test]
fn a_push_that_nobody_takes_waits_for_ops() {
    let mut week = Week::new();
    week.good.day_mut().claims.clear();
    week.is_for(Kind::Claim, &["jason"]);
    assert_eq!(week.of("jason")[0].answers[0].wish, Some(Command::Claim { push: Some(push()) }));
}

#[test]
fn what_nothing_holds_waits_for_those_who_claimed_it() {
    let next = (Some("jason"), "start 2026.11.26", Some("pushduty start"), false);
    let week = Week { next, ..Week::new() };
    week.is_for(Kind::Start, &["jason"]);
    let things = week.of("jason");
    assert_eq!(things.len(), 1, "told once: {things:?}");
    assert_eq!(things[0].due, Some(at(10)));
}

#[test]
fn a_hold_waits_for_whoever_holds() {
    let mut week = Week::new();
    let hold = Hold { repo: None, until: None, because: "smoke".to_owned() };
    week.good.day_mut().holds.push(Held { hold, by: "jason".to_owned(), at: at(-1) });
    week.is_for(Kind::Hold, &["jason"]);
    week.is_for(Kind::Gate, &[]);
    assert_eq!(
        week.of("jason")[0].answers[0].wish,
        Some(Command::Resume { push: Some(push()), repo: None })
    );
}

#[test]
fn an_ask_that_can_be_picked_waits_for_the_hero_with_yes_no_and_later() {
    let mut week = Week { asks: vec![ask("a1", AskState::Applies)], ..Week::new() };
    week.is_for(Kind::Ask, &["mat"]);
    let thing = week.of("mat").remove(0);
    let words: Vec<Word> = thing.answers.iter().map(|answer| answer.word).collect();
    assert_eq!(words, [Word::Accept, Word::Decline, Word::Later]);
    assert!(
        matches!(&thing.answers[0].wish, Some(Command::Pick(pick)) if pick.asked && pick.picks.len() == 1)
    );
    assert!(thing.answers[1].needs_reason);
    let no = thing.answers[1].wish.clone().unwrap();
    assert!(with_reason(no.clone(), None).is_err());
    let Command::Notes(NotesWish { writing: Writing::Decline { because, .. }, .. }) =
        with_reason(no, "it waits a week".parse().ok()).unwrap()
    else {
        panic!("it declines");
    };
    assert_eq!(because, "it waits a week".parse().ok());
    let key = thing.key;
    assert_eq!(key, waiting::ask_key(push(), "a1".parse().unwrap(), "web@a1", AskState::Applies));
    // What becomes of it makes it another thing.
    week.asks = vec![ask("a1", AskState::Clashes)];
    assert_ne!(week.of("mat")[0].key, key);
    week.asks = vec![ask("a1", AskState::Conflicts)];
    assert_eq!(week.of("mat")[0].answers[0].wish, None, "a conflict is finished on a terminal");
    for settled in [AskState::Picked, AskState::Declined, AskState::Contained, AskState::WithTheCut]
    {
        week.asks = vec![ask("a1", settled)];
        week.is_for(Kind::Ask, &[]);
    }
}

#[test]
fn an_ask_that_is_wrong_waits_for_the_asker_too() {
    let week = Week { asks: vec![ask("a1", AskState::UnknownCommit)], ..Week::new() };
    week.is_for(Kind::AskToMend, &["kumar"]);
    week.is_for(Kind::Ask, &["mat"]);
    let words: Vec<Word> = week.of("mat")[0].answers.iter().map(|answer| answer.word).collect();
    assert_eq!(words, [Word::Decline, Word::Later], "there is nothing to pick");
}

#[test]
fn blockers_and_tasks_wait_for_their_owners_and_nobodys_for_the_hero() {
    let mut week = Week::new();
    week.blockers = vec![item("b1", Some("KUMAR"), None)];
    week.tasks = vec![item("t1", Some("kumar"), Some(Phase::AfterDone))];
    week.is_for(Kind::Blocker, &["kumar"]);
    week.is_for(Kind::Task, &["kumar"]);
    let due: Vec<_> = week.of("kumar").iter().map(|thing| (thing.kind, thing.due)).collect();
    assert_eq!(due, [(Kind::Blocker, Some(at(10))), (Kind::Task, None)]);
    week.blockers = vec![item("b1", None, None)];
    week.tasks =
        vec![item("t1", None, Some(Phase::BeforePush)), item("t2", None, Some(Phase::BeforeStart))];
    week.is_for(Kind::Blocker, &["mat"]);
    week.is_for(Kind::Task, &["mat"]);
    assert_eq!(week.kinds("mat"), [Kind::Blocker, Kind::Task], "many tasks are one thing");
    week.tasks[0].holds = false;
    assert!(week.of("mat")[1].says.starts_with("t2 is nobody’s"));
}

#[test]
fn a_gate_that_fails_waits_for_the_one_it_asks_and_one_that_waits_for_nobody() {
    let week = Week::new();
    let gates = week.gates();
    assert!(gates.iter().all(|gate| gate.is_open()));
    let next = (Some("mat"), "see that stage shows the tags", Some("pushduty watch stage"), false);
    let waits = Week { next, ..Week::new() };
    waits.is_for(Kind::Step, &[]);
    let next =
        (Some("jason"), "the deploy of web failed", Some("pushduty start --retry web"), false);
    let failed = Week { next, stage: Stage::Pushing, ..Week::new() };
    failed.is_for(Kind::Step, &["jason"]);
    assert_eq!(failed.of("jason")[0].answers[0].wish, None, "it takes a terminal");
    let next =
        (Some("mat"), "b1 is open though the push has started", Some("pushduty unblock b1"), true);
    let alarm = Week { next, stage: Stage::Pushing, ..Week::new() };
    alarm.is_for(Kind::Alarm, &["mat"]);
    let next =
        (Some("mat"), "watch graphs and errors, then hand over", Some("pushduty finish"), false);
    let done = Week { next, stage: Stage::Watching, ..Week::new() };
    done.is_for(Kind::Finish, &["mat"]);
    assert!(matches!(done.of("mat")[0].answers[0].wish, Some(Command::Finish(_))));
}

fn twin() -> TwinFacts {
    let branch =
        |number, state, may_review| BranchFacts { number, commit: oid('b'), state, may_review };
    let branches = vec![
        branch(1, BranchState::Open, true),
        branch(2, BranchState::Reviewed, true),
        branch(3, BranchState::Open, false),
        branch(4, BranchState::Merged, true),
    ];
    TwinFacts { repo: "web".parse().unwrap(), diverged: false, branches }
}

#[test]
fn security_branches_wait_for_the_role_alone_and_nobody_else_hears_of_them() {
    let mut week = Week { twins: vec![twin()], ..Week::new() };
    week.is_for(Kind::Review, &["mat", "iris"]);
    assert_eq!(week.kinds("iris"), [Kind::Review], "nobody reviews their own, or what is merged");
    week.stage = Stage::Uncut { begun: false };
    week.is_for(Kind::Merge, &["mat"]);
    week.twins[0].diverged = true;
    week.is_for(Kind::Repair, &["mat", "iris"]);
    week.is_for(Kind::Review, &[]);
    for who in ["krupa", "jason", "kumar", "ada", "nobody"] {
        for thing in week.of(who) {
            assert!(!thing.kind.is_embargoed() && !thing.says.contains("security"), "{thing:?}");
        }
    }
}

#[test]
fn another_ledger_waits_for_an_admin() {
    let others = vec![("web".parse().unwrap(), "this train is run by another".to_owned())];
    let week = Week { others, ..Week::new() };
    week.is_for(Kind::Adopt, &["ada"]);
    assert!(week.of("ada")[0].answers[0].needs_reason);
}

#[test]
fn what_is_due_first_comes_first() {
    let mut week = Week::new();
    week.tasks = vec![item("t1", Some("mat"), Some(Phase::AfterDone))];
    week.blockers = vec![item("b1", Some("mat"), None)];
    week.asks = vec![ask("a2", AskState::Applies), ask("a1", AskState::Applies)];
    week.twins = vec![twin()];
    let kinds = week.kinds("mat");
    assert_eq!(kinds, [Kind::Ask, Kind::Ask, Kind::Blocker, Kind::Review, Kind::Task]);
    let keys: Vec<String> = week.of("mat").iter().map(|thing| thing.key.to_string()).collect();
    assert!(keys[0].contains(":a1.") && keys[1].contains(":a2."), "{keys:?}");
    let mut once = keys.clone();
    once.dedup();
    assert_eq!(once, keys, "each key is one thing");
}

#[test]
fn what_is_put_off_comes_again_then_and_others_are_told() {
    let mut week = Week { asks: vec![ask("a1", AskState::Applies)], ..Week::new() };
    let key = week.of("mat")[0].key.clone();
    assert_eq!(meant(&week.of("mat"), "a1").map(|thing| &thing.key), Some(&key));
    assert_eq!(meant(&week.of("mat"), "a2"), None);
    let until = at(0) + 2.hours();
    week.state.apply(&Event::PutOff { what: key.clone(), until }, at(0), "mat");
    assert_eq!(week.of("mat")[0].later, Some(until));
    week.state.apply(&Event::PutOff { what: key, until }, at(0), "kim");
    assert_eq!(week.of("mat")[0].others, [("kim".to_owned(), until)]);
    week.hour = 2;
    assert_eq!(week.of("mat")[0].later, None, "it comes again");
    week.hour = 0;
    week.asks = vec![ask("a1", AskState::Conflicts)];
    assert_eq!(week.of("mat")[0].later, None, "it is another thing");
}

#[test]
fn of_a_day_that_is_over_nothing_waits() {
    let week = Week {
        stage: Stage::Over,
        asks: vec![ask("a1", AskState::Applies)],
        blockers: vec![item("b1", Some("mat"), None)],
        tasks: vec![item("t1", Some("mat"), None)],
        next: (Some("mat"), "nothing is due", None, false),
        ..Week::new()
    };
    for who in ["mat", "krupa", "jason", "kumar", "iris", "ada"] {
        assert_eq!(week.kinds(who), [], "{who}");
    }
}

#[test]
fn an_offer_is_taken_or_declined_and_changes_on_stage_are_confirmed() {
    let mut week = Week::new();
    let by = "mat".parse().unwrap();
    week.offers = vec![OfferFacts { push: push(), by, to_all: false, at: at(-1), cut_at: None }];
    let thing = week.of("jason").remove(0);
    assert_eq!(thing.says, "mat offers 2026.11.26 to you: take it, or not");
    let words: Vec<Word> = thing.answers.iter().map(|answer| answer.word).collect();
    assert_eq!(words, [Word::Accept, Word::Decline, Word::Later]);
    let away: Option<Reason> = "I am away".parse().ok();
    let no = with_reason(thing.answers[1].wish.clone().unwrap(), away.clone()).unwrap();
    assert_eq!(no, Command::DeclineOffer { push: push(), because: away });
    week.offers.clear();
    let change = |digit, subject: &str| Change {
        commit: oid(digit),
        origin: None,
        subject: subject.to_owned(),
        author: "Kumar".to_owned(),
        email: "kumar@example.org".to_owned(),
    };
    let see = |tag: &str, change| SeeFacts {
        push: push(),
        repo: "web".parse().unwrap(),
        tag: tag.to_owned(),
        change,
    };
    week.to_see = vec![see(TAG, change('1', "Add a form")), see(TAG, change('2', "Mend it"))];
    let things = week.of("kumar");
    assert_eq!(things.len(), 1, "one of each repository: {things:?}");
    assert!(
        matches!(&things[0].answers[0].wish, Some(Command::Confirm(wish)) if wish.repos.len() == 1)
    );
    let key = things[0].key.clone();
    week.to_see = vec![see("2026.11.26-1", change('1', "Add a form"))];
    assert_ne!(week.of("kumar")[0].key, key, "with another tag it is seen anew");
    let call =
        Call { whom: ["kumar".parse().unwrap()].into(), text: Some("now".to_owned()), all: false };
    let called = |hour| (push(), Called { call: call.clone(), by: "mat".to_owned(), at: at(hour) });
    week.calls = vec![called(-2), called(-1)];
    let things = week.of("kumar");
    let kinds: Vec<Kind> = things.iter().map(|thing| thing.kind).collect();
    assert_eq!(kinds, [Kind::Call, Kind::Confirm], "the last call alone");
    assert_eq!(
        (things[0].since, things[0].says.as_str()),
        (Some(at(-1)), "mat calls you about 2026.11.26: “now”")
    );
}
