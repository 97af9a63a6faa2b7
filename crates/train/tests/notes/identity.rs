//! Items keep who they are through everybody's edits; none is lost, none is two.

use std::collections::BTreeSet;

use proptest::prelude::*;
use train::notes::follow::{Family, Followed, follow};
use train::notes::{Notes, SectionKind};

use crate::world::context;

/// A shared page: every character with a number of its own, as a shared document has it.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    chars: Vec<(u64, char)>,
    next: u64,
}

impl Shared {
    pub(crate) fn new(text: &str) -> Self {
        let mut shared = Self { chars: Vec::new(), next: 0 };
        shared.insert(0, text);
        shared
    }

    pub(crate) fn text(&self) -> String {
        self.chars.iter().map(|(_, c)| c).collect()
    }

    fn insert(&mut self, at: usize, text: &str) {
        let next = &mut self.next;
        let new = text.chars().map(|c| {
            *next += 1;
            (*next, c)
        });
        let at = at.min(self.chars.len());
        self.chars.splice(at..at, new.collect::<Vec<_>>());
    }

    fn delete(&mut self, from: usize, to: usize) {
        let to = to.min(self.chars.len());
        self.chars.drain(from.min(to)..to);
    }

    /// The number of the character at an offset in bytes.
    fn number(&self, at: usize) -> Option<u64> {
        let mut offset = 0;
        self.chars.iter().find_map(|(number, c)| {
            let here = offset == at;
            offset += c.len_utf8();
            here.then_some(*number)
        })
    }

    fn offset(&self, number: u64) -> Option<usize> {
        let mut offset = 0;
        self.chars.iter().find_map(|(n, c)| {
            let here = offset;
            offset += c.len_utf8();
            (*n == number).then_some(here)
        })
    }
}

fn start(text: &str) -> Followed {
    follow(&[], &Notes::parse(text, &context(None)), |_| None, 0)
}

/// Follows from one state of the page to the next.
fn step(before: &Followed, old: &Shared, new: &Shared) -> (Followed, Notes) {
    let notes = Notes::parse(&new.text(), &context(None));
    let moved = |at: usize| new.offset(old.number(at)?);
    (follow(&before.items, &notes, moved, before.last), notes)
}

/// What one of three authors does.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Type(usize, String),
    Delete(usize, usize),
    Strike(usize),
    Move(usize, usize),
}

pub(crate) fn acts() -> impl Strategy<Value = Vec<Vec<Act>>> {
    // Three authors, each with a few acts between two looks.
    prop::collection::vec(a_few(), 3..12)
}

/// What one of them does between two looks.
pub(crate) fn a_few() -> impl Strategy<Value = Vec<Act>> {
    let text = prop_oneof![
        Just("* new one\n".to_owned()),
        Just("x".to_owned()),
        Just("\n".to_owned()),
        Just(" (in -1)".to_owned()),
        Just("é ".to_owned()),
        Just("Blockers:\n".to_owned()),
        Just("~~".to_owned())
    ];
    let act = prop_oneof![
        4 => (0_usize..400, text).prop_map(|(at, text)| Act::Type(at, text)),
        2 => (0_usize..400, 1_usize..12).prop_map(|(at, length)| Act::Delete(at, at + length)),
        1 => (0_usize..12).prop_map(Act::Strike),
        1 => (0_usize..12, 0_usize..12).prop_map(|(from, to)| Act::Move(from, to)),
    ];
    prop::collection::vec(act, 1..4)
}

pub(crate) fn perform(shared: &mut Shared, act: &Act) {
    let lines = |shared: &Shared| -> Vec<(usize, usize)> {
        let mut at = 0;
        let text = shared.text();
        text.split_inclusive('\n')
            .map(|line| {
                let from = at;
                at += line.chars().count();
                (from, at)
            })
            .collect()
    };
    match act {
        Act::Type(at, text) => shared.insert(*at % (shared.chars.len() + 1), text),
        Act::Delete(from, to) => {
            let from_now = from % (shared.chars.len() + 1);
            shared.delete(from_now, from_now + (to - from));
        }
        Act::Strike(line) => {
            let all = lines(shared);
            if let Some((from, to)) = all.get(line % all.len().max(1)) {
                let (from, to) = (*from, (to - 1).max(*from));
                shared.insert(to, "~~");
                shared.insert(from + 2.min(to - from), "~~");
            }
        }
        Act::Move(line, before) => {
            let all = lines(shared);
            let Some((from, to)) = all.get(line % all.len().max(1)).copied() else { return };
            let moved: String = shared.chars[from..to].iter().map(|(_, c)| c).collect();
            shared.delete(from, to);
            let all = lines(shared);
            let target = all.get(before % all.len().max(1)).map_or(0, |(from, _)| *from);
            shared.insert(target, &moved);
        }
    }
}

pub(crate) const PAGE: &str = "Blockers:\n\n* login is broken\n* search finds nothing\nhttps://github.com/mozilla/addons-server/issues/1\n\nBefore we push:\n- run the migrations\n- é accents matter\n\nAfter we're done:\n- Party\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn through_random_edits_by_three_authors(rounds in acts()) {
        let mut shared = Shared::new(PAGE);
        let mut followed = start(PAGE);
        for round in &rounds {
            let old = shared.clone();
            for act in round {
                perform(&mut shared, act);
            }
            let (next, notes) = step(&followed, &old, &shared);
            check(&followed, &next, &notes, &old, &shared)?;
            followed = next;
        }
    }
}

fn check(
    before: &Followed,
    after: &Followed,
    notes: &Notes,
    old: &Shared,
    new: &Shared,
) -> Result<(), TestCaseError> {
    let ids: BTreeSet<_> = after.items.iter().map(|item| item.id).collect();
    prop_assert_eq!(ids.len(), after.items.len(), "an id is given once");
    let known: BTreeSet<_> = before.items.iter().map(|item| item.id).collect();
    prop_assert!(
        after.new.iter().all(|id| id.number > before.last && !known.contains(id)),
        "numbers are never given twice"
    );
    let placed: Vec<usize> = after.items.iter().filter_map(|item| item.item).collect();
    prop_assert_eq!(
        placed,
        (0..notes.items.len()).collect::<Vec<_>>(),
        "every item of the page is followed"
    );
    for item in before.items.iter().filter(|item| item.id.family == Family::Blocker && !item.done) {
        prop_assert!(ids.contains(&item.id), "{} was open and is not lost", item.id);
    }
    let texts: BTreeSet<&str> = before.items.iter().map(|item| item.text.as_str()).collect();
    for item in &before.items {
        let Some(now) = item.at.and_then(|at| new.offset(old.number(at)?)) else { continue };
        let here = notes.items.iter().position(|i| i.span.start == now);
        let Some(here) = here.filter(|here| Family::of(notes.items[*here].kind) == item.id.family)
        else {
            continue;
        };
        // Unless the line has become, word for word, another item's, or this item's text went elsewhere.
        let swapped =
            notes.items[here].text != item.text && texts.contains(notes.items[here].text.as_str());
        if !swapped {
            let keeps = after.items.iter().any(|i| i.id == item.id && i.item == Some(here));
            let taken = before
                .items
                .iter()
                .any(|other| other.id != item.id && other.text == notes.items[here].text);
            prop_assert!(keeps || taken, "{} is where its first character is", item.id);
        }
    }
    Ok(())
}

fn ids(followed: &Followed) -> Vec<String> {
    followed
        .items
        .iter()
        .map(|item| {
            format!("{} {}{}", item.id, item.text, if item.removed() { " (removed)" } else { "" })
        })
        .collect()
}

/// Follows across one edit of the page.
fn edited(act: impl Fn(&mut Shared)) -> Vec<String> {
    let old = Shared::new("Blockers:\n* login is broken\n* search finds nothing\n");
    let mut new = old.clone();
    act(&mut new);
    ids(&step(&start(&old.text()), &old, &new).0)
}

#[test]
fn a_line_that_is_edited_is_itself() {
    let ids = edited(|page| {
        page.delete(12, 27);
        page.insert(12, "all is well");
        page.insert(10, "* first\n");
    });
    assert_eq!(ids, ["b3 first", "b1 all is well", "b2 search finds nothing"]);
}

#[test]
fn a_blocker_whose_line_is_deleted_stays_as_removed() {
    let ids = edited(|page| page.delete(10, 28));
    assert_eq!(ids, ["b2 search finds nothing", "b1 login is broken (removed)"]);
}

#[test]
fn a_line_typed_anew_is_the_most_similar() {
    let ids = edited(|page| {
        page.delete(10, 28);
        page.insert(10, "- login is badly broken\n");
    });
    assert_eq!(ids, ["b1 login is badly broken", "b2 search finds nothing"]);
    let other = edited(|page| {
        page.delete(10, 28);
        page.insert(10, "- the moon is gone\n");
    });
    assert_eq!(
        other,
        ["b3 the moon is gone", "b2 search finds nothing", "b1 login is broken (removed)"]
    );
}

#[test]
fn lines_that_change_places_by_a_plain_diff_keep_their_names() {
    // An editor's difference leaves both bullets and exchanges the words.
    let ids = edited(|page| {
        page.delete(30, 50);
        page.insert(30, "login is broken");
        page.delete(12, 27);
        page.insert(12, "search finds nothing");
    });
    assert_eq!(ids, ["b2 search finds nothing", "b1 login is broken"]);
}

#[test]
fn a_blocker_moved_out_of_its_section_is_removed_there() {
    let ids = edited(|page| page.insert(10, "Later:\n"));
    assert_eq!(
        ids,
        [
            "n3 login is broken",
            "n4 search finds nothing",
            "b1 login is broken (removed)",
            "b2 search finds nothing (removed)"
        ]
    );
}

#[test]
fn done_and_deleted_is_gone() {
    let text = "Blockers:\n* ~~login is broken~~\n* [x] b\n\nBefore we push:\n* c\n";
    let before = start(text);
    let notes = Notes::parse("Blockers:\n", &context(None));
    let after = follow(&before.items, &notes, |_| None, before.last);
    assert_eq!((after.items.len(), after.gone.len(), after.last), (0, 3, 3));
    assert_eq!(
        before
            .items
            .iter()
            .map(|item| item.kind)
            .filter(|kind| *kind == SectionKind::Blockers)
            .count(),
        2
    );
}
