//! Three people write in one page, whatever comes to their minds: items keep their names, and no blocker stops holding
//! unless somebody who may settle it did so, with an event that says who.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use train::notes::follow::{Family, ItemId};
use train::notes::page::{Page, Standing, What, Writer};
use train::notes::{Notes, apply, edits};

use crate::world::context;

const BASE: &str = "\
This week's push hero is mat

Blockers:

* login is broken
* css is gone @kumar

a paragraph about search

Before we push:

* flip the switch
* [ ] tell ops

Later:

";

/// Lines that people put in.
const LINES: &[&str] = &[
    "* a new blocker",
    "* [x] born done",
    "~~struck~~",
    "Later:",
    "## Notes of our own",
    "Blockers:",
    "Before we start:",
    "```",
    "<!--",
    "-->",
    "* login is broken",
    "* css is gone",
    "  and more of it",
    "-----",
    "",
];

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize),
    Drop(usize),
    Tick(usize),
    Untick(usize),
    Strike(usize),
    Soften(usize),
    Reword(usize, String),
    Move(usize, usize),
    Say(usize),
    Shuffle(Vec<usize>),
    Clear,
    Confirm(usize),
}

fn moves() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<usize>(), any::<usize>()).prop_map(|(at, what)| Step::Put(at, what)),
        any::<usize>().prop_map(Step::Drop),
        any::<usize>().prop_map(Step::Tick),
        any::<usize>().prop_map(Step::Untick),
        any::<usize>().prop_map(Step::Strike),
        any::<usize>().prop_map(Step::Soften),
        (any::<usize>(), "[a-c* ]{0,6}").prop_map(|(at, text)| Step::Reword(at, text)),
        (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Step::Move(from, to)),
        any::<usize>().prop_map(Step::Say),
        prop::collection::vec(any::<usize>(), 1..6).prop_map(Step::Shuffle),
        Just(Step::Clear),
        any::<usize>().prop_map(Step::Confirm),
    ]
}

fn made(text: &str, step: &Step) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    let count = lines.len();
    match step {
        Step::Put(at, what) => lines.insert(at % (count + 1), LINES[what % LINES.len()].to_owned()),
        Step::Drop(at) => {
            lines.remove(at % count);
        }
        Step::Tick(at) => lines[at % count] = lines[at % count].replacen("* ", "* [x] ", 1),
        Step::Untick(at) => lines[at % count] = lines[at % count].replace("[x] ", ""),
        Step::Strike(at) => lines[at % count] = format!("~~{}~~", lines[at % count]),
        Step::Soften(at) => lines[at % count] += " (not a blocker)",
        Step::Reword(at, text) => lines[at % count] = format!("* {text}"),
        Step::Move(from, to) => {
            let line = lines.remove(from % count);
            lines.insert(to % count, line);
        }
        Step::Say(at) => lines[at % count] += " DONE",
        Step::Shuffle(at) => {
            for two in at.windows(2) {
                lines.swap(two[0] % count, two[1] % count);
            }
        }
        Step::Clear => lines.clear(),
        Step::Confirm(_) => {}
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The page, its text, and what is known of it by the events alone.
struct Play {
    text: String,
    page: Page,
    given: BTreeSet<ItemId>,
    raisers: BTreeMap<ItemId, String>,
}

impl Play {
    fn new() -> Self {
        let mut play = Self {
            text: String::new(),
            page: Page::from_template(train::notes::TEMPLATE.to_owned()),
            given: BTreeSet::new(),
            raisers: BTreeMap::new(),
        };
        play.write(BASE.to_owned(), &writer("mat", false));
        play
    }

    fn holding(&self) -> BTreeSet<ItemId> {
        self.page.items.iter().filter(|known| known.holds()).map(|known| known.tracked.id).collect()
    }

    fn write(&mut self, text: String, writer: &Writer) {
        let context = context(None);
        let notes = Notes::parse(&text, &context);
        assert_eq!(notes.print(), text);
        let edits = edits(&self.text, &text);
        assert_eq!(apply(&self.text, &edits), text);
        let held = self.holding();
        let was = self.page.clone();
        let changes = self.page.written(&notes, &edits, writer);
        for change in &changes {
            if change.change == What::Raised {
                assert!(self.given.insert(change.item), "{} was given before", change.item);
                self.raisers.insert(change.item, writer.name.clone());
            }
        }
        let ids: Vec<ItemId> = self.page.items.iter().map(|known| known.tracked.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a name is one item's");
        assert!(ids.iter().all(|id| self.given.contains(id)), "every item was told");
        for id in held.difference(&self.holding()) {
            let may = writer.settles || self.raisers[id] == writer.name;
            assert!(may, "{id} was settled by {}: {:?}", writer.name, self.page.item(*id));
            assert!(changes.iter().any(|change| change.item == *id), "{id}: nothing says so");
        }
        let there = notes.items.iter().map(|item| item.text.as_str());
        let known = self.page.items.iter().filter(|known| !known.tracked.removed());
        assert!(there.eq(known.map(|known| known.tracked.text.as_str())), "in the page's order");
        for known in &was.items {
            let told = changes.iter().any(|change| change.item == known.tracked.id);
            let now = self.page.item(known.tracked.id);
            let same = now.is_some_and(|now| now.standing() == known.standing());
            assert!(told || same, "{}: {known:?} became {now:?}", known.tracked.id);
        }
        let kept = serde_json::to_string(&self.page).unwrap();
        assert_eq!(serde_json::from_str::<Page>(&kept).unwrap(), self.page);
        self.text = text;
    }
}

fn writer(name: &str, settles: bool) -> Writer {
    Writer { name: name.to_owned(), settles, at: Timestamp::UNIX_EPOCH }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_edits_open_a_gate_unless_somebody_who_may_did(
        steps in prop::collection::vec((0..3usize, moves()), 1..25),
    ) {
        let people = [writer("krupa", true), writer("kumar", false), writer("muffin", false)];
        let mut play = Play::new();
        for (who, step) in &steps {
            if let (Step::Confirm(at), 0) = (step, who) {
                let waiting: Vec<ItemId> = play.page.items.iter()
                    .filter(|known| matches!(known.standing(), Standing::Removed | Standing::Marked))
                    .map(|known| known.tracked.id)
                    .collect();
                if let Some(id) = waiting.get(at % waiting.len().max(1)) {
                    prop_assert!(play.page.confirmed(*id));
                    prop_assert!(play.page.item(*id).is_none_or(|known| known.standing() == Standing::Done));
                }
            }
            let text = made(&play.text, step);
            play.write(text, &people[*who]);
        }
    }
}

fn after(page: &mut Play, text: &str, who: &str, settles: bool) {
    page.write(text.to_owned(), &writer(who, settles));
}

fn standing(play: &Play, id: &str) -> Option<Standing> {
    play.page.item(id.parse().unwrap()).map(|known| known.standing())
}

#[test]
fn a_blocker_is_its_raisers_to_settle_and_the_crews() {
    let mut play = Play::new();
    assert_eq!(play.holding().len(), 3);
    after(&mut play, &BASE.replace("* login", "* [x] login"), "kumar", false);
    assert_eq!(standing(&play, "b1"), Some(Standing::Marked));
    assert_eq!(play.holding().len(), 3, "a mark by somebody else does not count");
    assert!(play.page.confirmed("b1".parse().unwrap()));
    assert_eq!(standing(&play, "b1"), Some(Standing::Done));
    after(&mut play, BASE, "kumar", false);
    assert_eq!(standing(&play, "b1"), Some(Standing::Open), "anybody may open it again");
    after(&mut play, &BASE.replace("* css", "* [x] css"), "mat", false);
    assert_eq!(standing(&play, "b2"), Some(Standing::Done), "who raised it may settle it");
    after(&mut play, &BASE.replace("* login is broken\n", ""), "krupa", true);
    assert_eq!(
        standing(&play, "b1"),
        Some(Standing::Removed),
        "nobody settles by taking a line out"
    );
    let known = play.page.item("b1".parse().unwrap()).unwrap();
    assert_eq!(known.ended.as_ref().map(|ended| ended.by.as_str()), Some("krupa"));
    after(&mut play, BASE, "kumar", false);
    assert_eq!(standing(&play, "b1"), Some(Standing::Open), "a line that comes back is the same");
}

#[test]
fn a_mark_that_does_not_count_is_no_way_out() {
    let mut play = Play::new();
    after(&mut play, &BASE.replace("* login", "* [x] login"), "kumar", false);
    after(&mut play, &BASE.replace("* login is broken\n", ""), "kumar", false);
    assert_eq!(standing(&play, "b1"), Some(Standing::Removed));
    assert!(play.holding().contains(&"b1".parse().unwrap()));
}

#[test]
fn words_that_soften_count_from_those_who_may_settle() {
    let soft = BASE.replace("* login is broken", "* login is broken (not a blocker)");
    let mut play = Play::new();
    after(&mut play, &soft, "kumar", false);
    assert!(play.holding().contains(&"b1".parse().unwrap()));
    let mut play = Play::new();
    after(&mut play, &soft, "krupa", true);
    assert!(!play.holding().contains(&"b1".parse().unwrap()));
}

#[test]
fn two_thousand_items_are_followed() {
    let item = |at: usize| format!("* blocker number {at} with words of its own\n");
    let all: String = (0..2_000).map(item).collect();
    let mut play = Play::new();
    after(&mut play, &format!("Blockers:\n\n{all}"), "mat", false);
    let given = play.given.len();
    let reversed: String = (0..2_000).rev().map(item).collect();
    let started = std::time::Instant::now();
    after(&mut play, &format!("Blockers:\n\n{reversed}"), "kumar", false);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    assert_eq!(play.given.len(), given, "an item that is moved is the same");
    assert_eq!(
        play.page
            .items
            .iter()
            .filter(|known| known.tracked.id.family == Family::Blocker)
            .filter(|known| !known.tracked.removed())
            .count(),
        2_000
    );
}
