//! What is left of a page goes on: all of it, once, as it reads there.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use train::id::PushDate;
use train::notes::carry::{carried, left};
use train::notes::follow::{Family, ItemId};
use train::notes::page::{Declined, Known, Page, Standing, Writer};
use train::notes::{Ask, Context, Edit, Notes, SectionKind, TEMPLATE, apply, edits, write};

use crate::real::pages;
use crate::world::context;

fn writer(name: &str, settles: bool) -> Writer {
    Writer { name: name.to_owned(), settles, at: Timestamp::UNIX_EPOCH }
}

fn fresh(text: &str, context: &Context) -> (Notes, Page) {
    let notes = Notes::parse(text, context);
    let mut page = Page::default();
    page.written(&notes, &[], &writer("kumar", false));
    (notes, page)
}

fn empty(push: PushDate, context: &Context) -> String {
    train::notes::page(TEMPLATE, push, Some("mat"), context.repos())
}

/// What is asked for, in one way whatever it is written as.
fn named(ask: &Ask) -> String {
    format!("{:?}{}", ask.repo, ask.name())
}

fn open_asks(notes: &Notes, page: &Page) -> BTreeSet<String> {
    let id = |ask: &Ask| page.items.iter().find(|k| k.tracked.item == Some(ask.item)).unwrap();
    let open = |ask: &&Ask| {
        let no = page.declined.iter().any(|no| no.is_about(id(ask).tracked.id, ask));
        ask.done.is_none() && !ask.forbidden && !no
    };
    notes.asks.iter().filter(open).map(named).collect()
}

#[test]
fn all_that_is_open_on_every_real_page_goes_on_and_reads_the_same() {
    let next: PushDate = "2026.12.03".parse().unwrap();
    let to = context(Some(next));
    let mut all = 0;
    for (push, text) in pages() {
        let from = context(Some(push));
        let (notes, page) = fresh(&text, &from);
        let left = left(&notes, &page, &from, push);
        let (after, told) = carried(&empty(next, &to), &to, &left, usize::MAX);
        let read = Notes::parse(&after, &to);
        assert_eq!((read.items.len(), told.len()), (left.len(), left.len()), "{push}\n{after}");
        assert!(read.items.iter().all(|item| item.done.is_none()), "{push}\n{after}");
        for one in &told {
            let there = read.items.iter().filter(|item| item.text == one.text);
            assert!(there.count() > 0, "{push}: {} in\n{after}", one.text);
        }
        let asks: BTreeSet<String> = read.asks.iter().map(named).collect();
        let missing: Vec<_> =
            open_asks(&notes, &page).into_iter().filter(|a| !asks.contains(a)).collect();
        assert_eq!(missing, [] as [String; 0], "{push}\n{after}");
        let blockers = page.items.iter().filter(|known| {
            known.tracked.kind == SectionKind::Blockers && known.standing() != Standing::Done
        });
        assert_eq!(blockers.count(), read.blockers().count(), "{push}\n{after}");
        all += left.len();
    }
    assert!(all > 300, "{all}");
}

#[test]
fn commands_and_further_lines_go_along() {
    let from = context("2026.11.26".parse().ok());
    let text = "Before we start:\n\n* deploy customs on stage @jason (after: t1)\n  * then look\n  ```\n  ./deploy -stage\n\n  done\n  ```\n\naddons-server\n\n* restart\n";
    let (notes, page) = fresh(text, &from);
    let left = left(&notes, &page, &from, "2026.11.26".parse().unwrap());
    for begin in ["", "Before we start:\n\n\t- first\n", "## Before we start\n\n-\n"] {
        let (after, _) = carried(begin, &from, &left, usize::MAX);
        let read = Notes::parse(&after, &from);
        let item = read.items.iter().find(|item| item.text.starts_with("deploy")).unwrap();
        assert_eq!(item.commands[0].text, notes.items[0].commands[0].text, "{after}");
        assert_eq!(item.details, ["then look"], "{after}");
        assert_eq!(item.after, notes.items[0].after, "{after}");
        assert_eq!(read.items.last().unwrap().repo, notes.items[1].repo, "{after}");
    }
}

/// What happens to a page between two looks at it.
#[derive(Debug, Clone)]
enum Act {
    Ask(u8),
    Delete(usize, bool),
    Retype(usize, String),
    Pick(usize),
    Decline(usize),
    Carry,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0_u8..12).prop_map(Act::Ask),
        2 => (0_usize..20, any::<bool>()).prop_map(|(line, may)| Act::Delete(line, may)),
        2 => (0_usize..20, "[a-z ]{0,8}").prop_map(|(line, word)| Act::Retype(line, word)),
        1 => (0_usize..8).prop_map(Act::Pick),
        1 => (0_usize..8).prop_map(Act::Decline),
        1 => Just(Act::Carry),
    ];
    prop::collection::vec(act, 1..30)
}

/// Two pages, and what became of every ask that was made.
struct Story {
    from: (String, Page),
    to: (String, Page),
    asked: BTreeSet<String>,
    settled: BTreeSet<String>,
}

const FROM: &str = "2026.11.26";
const TO: &str = "2026.12.03";

impl Story {
    fn new() -> Self {
        let begin = |push: &str| {
            let push: PushDate = push.parse().unwrap();
            let text = empty(push, &context(Some(push)));
            let mut page = Page::default();
            page.written(
                &Notes::parse(&text, &context(Some(push))),
                &[],
                &writer("pushduty", false),
            );
            (text, page)
        };
        Self { from: begin(FROM), to: begin(TO), asked: BTreeSet::new(), settled: BTreeSet::new() }
    }

    fn notes(&self) -> Notes {
        Notes::parse(&self.from.0, &context(FROM.parse().ok()))
    }

    fn write(&mut self, text: String, who: &Writer) {
        let edits = edits(&self.from.0, &text);
        let notes = Notes::parse(&text, &context(FROM.parse().ok()));
        self.from.1.written(&notes, &edits, who);
        self.from.0 = text;
    }

    fn act(&mut self, act: &Act) {
        let notes = self.notes();
        match act {
            Act::Ask(number) => {
                let hash = format!("{number:02x}").repeat(20);
                let text = format!("addons-server@{hash} please");
                let after = apply(&self.from.0, &[write::item(&notes, SectionKind::Picks, &text)]);
                self.asked.insert(hash);
                self.write(after, &writer("kumar", false));
            }
            // Somebody takes a line out, with the right to or not.
            Act::Delete(line, may) => {
                let lines: Vec<&str> = self.from.0.split_inclusive('\n').collect();
                let at = line % lines.len().max(1);
                let text: String =
                    lines.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, l)| *l).collect();
                self.write(text, &writer(if *may { "mat" } else { "eviljeff" }, *may));
                if *may {
                    // The hero took it out: by its line, or by the heading above it.
                    let items = &self.from.1.items;
                    let gone = |hash: &&String| {
                        let is_it = |k: &&Known| k.tracked.text.contains(hash.as_str());
                        !items.iter().filter(is_it).any(|k| k.tracked.id.family == Family::Ask)
                    };
                    let gone: Vec<String> = self.asked.iter().filter(gone).cloned().collect();
                    self.settled.extend(gone);
                }
            }
            Act::Retype(line, word) => {
                let mut lines: Vec<String> =
                    self.from.0.split_inclusive('\n').map(str::to_owned).collect();
                let at = line % lines.len().max(1);
                if let Some(line) = lines.get_mut(at).filter(|line| line.contains("please")) {
                    *line = line.replace("please", &format!("please {word}"));
                }
                self.write(lines.concat(), &writer("eviljeff", false));
            }
            Act::Pick(at) => {
                let Some(ask) = notes.asks.get(*at) else { return };
                let Some(edit) = write::picked(ask, FROM.parse().unwrap(), 1) else { return };
                self.settled.insert(ask.name());
                self.write(apply(&self.from.0, &[edit]), &writer("pushduty", false));
            }
            Act::Decline(at) => {
                let Some(ask) = notes.asks.get(*at) else { return };
                let known = self.from.1.items.iter().find(|k| k.tracked.item == Some(ask.item));
                let (item, commit) = (known.unwrap().tracked.id, ask.name());
                self.settled.insert(commit.clone());
                let (because, by, at) = ("no".into(), "mat".into(), Timestamp::UNIX_EPOCH);
                let repo = ask.repo.clone();
                self.from.1.decline(Declined { item, repo, commit, because, by, at });
            }
            Act::Carry => self.carry(),
        }
    }

    fn carry(&mut self) {
        self.carry_within(usize::MAX);
    }

    fn carry_within(&mut self, longest: usize) {
        let (context, next) = (context(FROM.parse().ok()), context(TO.parse().ok()));
        let left = left(&self.notes(), &self.from.1, &context, FROM.parse().unwrap());
        let (text, told) = carried(&self.to.0, &next, &left, longest);
        let edits = edits(&self.to.0, &text);
        self.to.1.written(&Notes::parse(&text, &next), &edits, &writer("pushduty", false));
        self.to.1.marked(&told, &[]);
        self.to.0 = text;
        let to: PushDate = TO.parse().unwrap();
        self.from.1.carried.extend(left.iter().map(|one| (one.item, to)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_ask_is_ever_lost_nor_carried_twice(acts in acts()) {
        let mut story = Story::new();
        acts.iter().for_each(|act| story.act(act));
        story.carry();
        story.carry();
        let next = Notes::parse(&story.to.0, &context(TO.parse().ok()));
        for hash in &story.asked {
            let there = next.asks.iter().filter(|ask| ask.name() == *hash).count();
            let settled = story.settled.contains(hash);
            prop_assert!(there > 0 || settled, "{hash} is lost\n{}\n{}", story.from.0, story.to.0);
        }
        let is_ask = |id: &&ItemId| id.family == Family::Ask;
        let ids: BTreeSet<_> = story.from.1.carried.keys().filter(is_ask).collect();
        let there = next.items.iter().filter(|item| item.kind == SectionKind::Picks).count();
        prop_assert_eq!(there, ids.len(), "{}\n{}", story.from.0, story.to.0);
        let named = |k: &&Known| k.tracked.text.contains("please");
        for known in story.to.1.items.iter().filter(named) {
            prop_assert_ne!(known.raised.by.as_str(), "pushduty", "{}", story.to.0);
        }
        let kept = serde_json::to_string(&story.to.1).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Page>(&kept).unwrap(), &story.to.1);
    }
}

/// A page with these blockers, whose lines were then taken out by somebody who may not settle them.
fn taken_out(blockers: impl Iterator<Item = String>) -> Story {
    let mut story = Story::new();
    let begun = story.from.0.clone();
    let at = story.notes().section(SectionKind::Blockers).expect("a section").heading.end;
    let lines: String = blockers.map(|text| format!("\n* {text}")).collect();
    let raised = apply(&begun, &[Edit::insert(at, format!("\n{lines}\n"))]);
    story.write(raised, &writer("kumar", false));
    story.write(begun, &writer("eviljeff", false));
    story
}

/// The blockers of a page that somebody has to settle.
fn open_blockers(page: &Page) -> Vec<&Known> {
    let open =
        |k: &&Known| k.tracked.id.family == Family::Blocker && k.standing() != Standing::Done;
    page.items.iter().filter(open).collect()
}

#[test]
fn thousands_whose_lines_were_taken_out_all_go_on_once() {
    let mut story = taken_out((0..2_000).map(|n| format!("page {n} is broken, @mat")));
    assert_eq!(open_blockers(&story.from.1).len(), 2_000);
    story.carry();
    story.carry();
    let there = open_blockers(&story.to.1);
    let texts: Vec<&str> = there.iter().map(|known| known.tracked.text.as_str()).collect();
    let wanted: Vec<String> =
        (0..2_000).map(|n| format!("page {n} is broken, @mat (from {FROM})")).collect();
    assert!(texts == wanted, "{} came: {}", texts.len(), story.to.0);
    assert!(there.iter().all(|known| known.raised.by == "kumar" && known.tracked.item.is_some()));
}

#[test]
fn one_that_reads_as_something_else_takes_no_other_with_it() {
    let odd =
        ["fixed in 2026.12.03", "Later: look", "```", "<!-- hidden", "(in -1) it broke", "~~a~~"];
    let all = (0..200).flat_map(|n| {
        let odd = odd.get(n / 30).filter(|_| n % 30 == 0).map(|text| (*text).to_owned());
        odd.into_iter().chain([format!("page {n} is broken")])
    });
    let mut story = taken_out(all);
    let left = open_blockers(&story.from.1).len();
    assert!(left >= 200, "{left}");
    story.carry();
    assert_eq!(open_blockers(&story.to.1).len(), left, "{}", story.to.0);
    for n in 0..200 {
        let line = format!("page {n} is broken (from {FROM})");
        assert!(story.to.0.contains(&line), "{line} in {}", story.to.0);
    }
}

#[test]
fn what_the_page_has_no_room_for_goes_on_as_where_it_stands() {
    let long = |n: usize| format!("page {n} is broken: {}", "a log ".repeat(n));
    let mut story = taken_out((0..100).map(long));
    let longest = story.to.0.len() + 15_000;
    story.carry_within(longest);
    let there = open_blockers(&story.to.1);
    assert_eq!(there.len(), 100);
    assert!(story.to.0.len() <= longest, "{}", story.to.0.len());
    let told = |known: &&Known| known.tracked.text.starts_with("page ");
    let (words, pointers): (Vec<&Known>, Vec<&Known>) = there.into_iter().partition(told);
    assert!(words.len() > 40 && !pointers.is_empty(), "{} {}", words.len(), pointers.len());
    for known in pointers {
        let id = known.tracked.text.split(' ').nth(2).unwrap().parse().unwrap();
        assert!(story.from.1.item(id).is_some() && known.raised.by == "kumar", "{known:?}");
    }
}
