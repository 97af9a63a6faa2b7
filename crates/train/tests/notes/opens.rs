//! No gate of the notes opens by itself: whatever three people write, and in whatever order, an event says whose act it was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use train::calendar::Timetable;
use train::gates::{Facts, GateState, OpenItem, Security, report};
use train::id::RepoName;
use train::notes::follow::{Family, ItemId};
use train::notes::page::{ItemChange, Page, What, Writer};
use train::notes::{Notes, Phase, SectionKind, Weight, edits};
use train::pushday::PushDay;
use train::settings::{Settings, Tagging};

use crate::identity::{Act, PAGE, Shared, a_few, perform};
use crate::world::context;

/// mat is the hero, and settles what others raised; kumar raised what is there; eve came by.
const PEOPLE: [(&str, bool); 3] = [("mat", true), ("kumar", false), ("eve", false)];

/// What somebody does.
#[derive(Debug, Clone)]
enum Turn {
    /// Writes on the page.
    Writes(usize, Vec<Act>),
    /// Confirms a mark that did not count, or that a line is gone: an event of its own.
    Confirms(usize),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let writes = (0..PEOPLE.len(), a_few()).prop_map(|(who, acts)| Turn::Writes(who, acts));
    let turn = prop_oneof![6 => writes, 1 => (0_usize..6).prop_map(Turn::Confirms)];
    prop::collection::vec(turn, 3..16)
}

/// What holds the push, by the page: blockers, and tasks that are due before it leaves.
fn holding(page: &Page, notes: &Notes) -> BTreeSet<ItemId> {
    let due = [Phase::BeforePush, Phase::BeforeStart].map(SectionKind::Tasks);
    let is_due = |known: &&train::notes::page::Known| {
        let line = known.tracked.item.map(|at| &notes.items[at]);
        known.tracked.id.family == Family::Task
            && !known.tracked.done
            && line.is_some_and(|line| due.contains(&line.kind) && line.weight == Weight::Hard)
    };
    let holds = page.items.iter().filter(|known| known.holds() || is_due(known));
    holds.map(|known| known.tracked.id).collect()
}

/// How the gates `blockers` and `tasks` stand.
fn gates(holding: &BTreeSet<ItemId>) -> BTreeMap<&'static str, GateState> {
    let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
    let settings = Settings {
        train: "amo".parse().unwrap(),
        timetable: Timetable::new("UTC".parse().unwrap(), cut, push),
        rotation: Vec::new(),
        people: BTreeMap::new(),
        repos: Vec::new(),
        environments: Vec::new(),
        tagging: Tagging::default(),
        gates: Vec::new(),
        components: Vec::new(),
    };
    let open = |family: Family| -> Vec<OpenItem> {
        let of = holding.iter().filter(|id| id.family == family);
        of.map(|id| OpenItem {
            id: id.to_string(),
            text: "it".to_owned(),
            owner: None,
            unconfirmed: None,
        })
        .collect()
    };
    let (day, part): (PushDay, BTreeSet<RepoName>) = (PushDay::default(), BTreeSet::new());
    let given = train::roles::GivenRoles::default();
    let facts = Facts {
        given: &given,
        settings: &settings,
        push: "2017.02.09".parse().unwrap(),
        now: Timestamp::UNIX_EPOCH,
        hero: None,
        departure: None,
        overrides: &[],
        day: &day,
        tagset: None,
        only: &part,
        repos: Vec::new(),
        stage: None,
        has_dev: false,
        security: Security::NotSetUp,
        blockers: open(Family::Blocker),
        fixed: Vec::new(),
        tasks: open(Family::Task),
        built: Vec::new(),
        told: Vec::new(),
    };
    let judged = report(&facts);
    let state = |name| judged.iter().find(|gate| gate.name == name).unwrap().state;
    ["blockers", "tasks"].map(|name| (name, state(name))).into()
}

/// Whether a person's act explains that an item holds nothing up any more: one that the record tells of, by somebody who may.
fn explains(told: &[ItemChange], id: ItemId, may: bool) -> bool {
    let ends = [What::Done, What::Removed, What::Reworded, What::Moved];
    may && told.iter().any(|change| change.item == id && ends.contains(&change.change))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn p8_no_edits_open_a_gate_without_an_event_that_says_who(turns in turns()) {
        let context = context(None);
        let mut shared = Shared::new(PAGE);
        let mut page = Page::default();
        let mut notes = Notes::parse(PAGE, &context);
        let wrote = |who: usize| Writer {
            name: PEOPLE[who].0.to_owned(),
            settles: PEOPLE[who].1,
            at: Timestamp::UNIX_EPOCH,
        };
        page.written(&notes, &edits("", PAGE), &wrote(1));
        for turn in &turns {
            let (before, raised) = (holding(&page, &notes), raisers(&page));
            let (told, confirmed, who) = match turn {
                Turn::Writes(who, acts) => {
                    let old = shared.text();
                    acts.iter().for_each(|act| perform(&mut shared, act));
                    notes = Notes::parse(&shared.text(), &context);
                    let edits = edits(&old, &shared.text());
                    (page.written(&notes, &edits, &wrote(*who)), None, *who)
                }
                Turn::Confirms(which) => {
                    let id = page.items.get(which % page.items.len().max(1)).map(|k| k.tracked.id);
                    let done = id.filter(|id| page.confirmed(*id));
                    (Vec::new(), done, 0)
                }
            };
            let after = holding(&page, &notes);
            let (were, are) = (gates(&before), gates(&after));
            for (name, family) in [("blockers", Family::Blocker), ("tasks", Family::Task)] {
                if were[name] == GateState::Pass || are[name] != GateState::Pass {
                    continue;
                }
                for id in before.iter().filter(|id| id.family == family) {
                    let (who, settles) = PEOPLE[who];
                    let may = family == Family::Task || settles || raised[id] == who;
                    prop_assert!(
                        confirmed == Some(*id) || explains(&told, *id, may),
                        "{} opened and nothing says who let {} go: {}, {:?}", name, id, who, told
                    );
                }
            }
        }
    }
}

fn raisers(page: &Page) -> BTreeMap<ItemId, String> {
    page.items.iter().map(|known| (known.tracked.id, known.raised.by.clone())).collect()
}

/// The edits of the test do open gates, by every kind of act.
#[test]
fn gates_are_opened_often_enough_to_mean_something() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut opened = 0;
    for _ in 0..200 {
        let turns = turns().new_tree(&mut runner).unwrap().current();
        let context = context(None);
        let (mut shared, mut page) = (Shared::new(PAGE), Page::default());
        let writer = Writer { name: "mat".to_owned(), settles: true, at: Timestamp::UNIX_EPOCH };
        page.written(&Notes::parse(PAGE, &context), &edits("", PAGE), &writer);
        for turn in &turns {
            let Turn::Writes(_, acts) = turn else { continue };
            let (old, notes) = (shared.text(), Notes::parse(&shared.text(), &context));
            let before = holding(&page, &notes);
            acts.iter().for_each(|act| perform(&mut shared, act));
            let notes = Notes::parse(&shared.text(), &context);
            page.written(&notes, &edits(&old, &shared.text()), &writer);
            let after = holding(&page, &notes);
            opened += before.difference(&after).count();
        }
    }
    assert!(opened > 50, "{opened}");
}
