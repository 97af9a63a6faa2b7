//! Who an item is, through everybody's edits.
//!
//! An item is the one that its line's first visible character belongs to. Where that character is gone, it is the most
//! similar line of its section. A blocker or an ask that is in neither place and was not done stays, as *removed*, until a
//! person with the right to says so: nobody opens a gate by deleting a line, nor drops what somebody else asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::json_schema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{BadName, quoted};

use super::heading::{Phase, SectionKind};
use super::{Item, Notes};

/// Which list an item belongs to for its life.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Blockers: `b1`.
    Blocker,
    /// Tasks of all phases: `t1`.
    Task,
    /// Lines of *To pick*: `a1`.
    Ask,
    /// Everything else: `n1`.
    Note,
}

impl Family {
    /// The family of a section's items.
    #[must_use]
    pub fn of(kind: SectionKind) -> Self {
        match kind {
            SectionKind::Blockers => Self::Blocker,
            SectionKind::Tasks(_) => Self::Task,
            SectionKind::Picks => Self::Ask,
            _ => Self::Note,
        }
    }

    /// Whether an open one stays where its line is gone: somebody else waits for it.
    #[must_use]
    pub fn stays(self) -> bool {
        matches!(self, Self::Blocker | Self::Ask)
    }

    fn letter(self) -> char {
        match self {
            Self::Blocker => 'b',
            Self::Task => 't',
            Self::Ask => 'a',
            Self::Note => 'n',
        }
    }
}

/// An item's name for its life: `b3`, `t7`. Numbers are never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// Its list.
    pub family: Family,
    /// Its number in the push.
    pub number: u32,
}

impl std::fmt::Display for ItemId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}{}", self.family.letter(), self.number))
    }
}

impl std::str::FromStr for ItemId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let families = [Family::Blocker, Family::Task, Family::Ask, Family::Note];
        let read = || {
            let family = families.into_iter().find(|f| text.starts_with(f.letter()))?;
            let digits =
                text.get(1..).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
            Some(Self { family, number: digits.parse().ok()? })
        };
        read()
            .ok_or_else(|| BadName(format!("{} is no item: they are called b3, t7", quoted(text))))
    }
}

impl Serialize for ItemId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

crate::id::written_as!(
    ItemId,
    json_schema!({ "description": "An item of the notes.", "pattern": "^[a-z][0-9]+$", "examples": ["b3", "t7"] })
);

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An item that is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// Its name.
    pub id: ItemId,
    /// Its section when last seen.
    pub kind: SectionKind,
    /// Its text when last seen.
    pub text: String,
    /// Whether it was done when last seen.
    pub done: bool,
    /// Where its first visible character stands; nowhere when its line was removed.
    pub at: Option<usize>,
    /// Its place among the page's items; none when its line was removed.
    pub item: Option<usize>,
}

/// What became of the items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Followed {
    /// All that are there, in the page's order, then the open blockers and asks whose lines are gone.
    pub items: Vec<Tracked>,
    /// New ones, by name.
    pub new: Vec<ItemId>,
    /// Those whose lines are gone since: an open blocker or ask among them stays as *removed, confirm*.
    pub gone: Vec<ItemId>,
    /// The highest number given so far.
    pub last: u32,
}

/// Follows `before` into `after`. `moved` tells where the character at an old offset stands now, or nothing when it was
/// deleted. `last` is the highest number given so far in this push.
#[must_use]
pub fn follow(
    before: &[Tracked],
    after: &Notes,
    moved: impl Fn(usize) -> Option<usize>,
    last: u32,
) -> Followed {
    let mut matcher =
        Matcher { before, after: &after.items, of: BTreeMap::new(), taken: BTreeSet::new() };
    let places = matcher.places(&moved);
    matcher.kept(&places);
    let own = matcher.not_swapped(&places);
    matcher.moved(&own);
    matcher.same_text();
    matcher.moved(&places);
    matcher.similar();
    matcher.result(last)
}

struct Matcher<'n> {
    before: &'n [Tracked],
    after: &'n [Item],
    /// Which new item each of the old is.
    of: BTreeMap<usize, usize>,
    taken: BTreeSet<usize>,
}

impl Matcher<'_> {
    fn take(&mut self, old: usize, new: usize) {
        if !self.of.contains_key(&old) && self.taken.insert(new) {
            self.of.insert(old, new);
        }
    }

    fn open<'a>(&'a self) -> impl Iterator<Item = (usize, &'a Tracked)> + 'a {
        self.before.iter().enumerate().filter(|(at, _)| !self.of.contains_key(at))
    }

    fn fits(&self, old: &Tracked, new: usize) -> bool {
        old.id.family == Family::of(self.after[new].kind)
    }

    /// For each old item the new one whose first line holds its first character, the earliest character first.
    fn places(&self, moved: &impl Fn(usize) -> Option<usize>) -> Vec<(usize, usize, usize)> {
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        for (old, tracked) in self.before.iter().enumerate() {
            let Some(now) = tracked.at.and_then(moved) else { continue };
            let next = self.after.partition_point(|item| item.span.start <= now);
            let Some(new) = next.checked_sub(1) else { continue };
            if now < self.after[new].line_end && self.fits(tracked, new) {
                places.push((now, old, new));
            }
        }
        places.sort_unstable();
        places
    }

    /// First those that kept both character and text.
    fn kept(&mut self, places: &[(usize, usize, usize)]) {
        for (_, old, new) in places {
            if self.before[*old].text == self.after[*new].text {
                self.take(*old, *new);
            }
        }
    }

    /// Places whose line has not become, word for word, another item's: where lines are put into another order an editor
    /// may leave a bullet behind, and the text is what people mean.
    fn not_swapped(&self, places: &[(usize, usize, usize)]) -> Vec<(usize, usize, usize)> {
        let texts: HashMap<&str, usize> = self
            .before
            .iter()
            .enumerate()
            .map(|(old, tracked)| (tracked.text.as_str(), old))
            .collect();
        let own = |(_, old, new): &&(usize, usize, usize)| {
            texts.get(self.after[*new].text.as_str()).is_none_or(|other| other == old)
        };
        places.iter().filter(own).copied().collect()
    }

    /// A line that was cut and put in elsewhere in its section, word for word, is the same line.
    fn same_text(&mut self) {
        let mut free: HashMap<(&str, SectionKind), Vec<usize>> = HashMap::new();
        for (new, item) in
            self.after.iter().enumerate().rev().filter(|(new, _)| !self.taken.contains(new))
        {
            free.entry((&item.text, item.kind)).or_default().push(new);
        }
        let open: Vec<usize> = self.open().map(|(old, _)| old).collect();
        for old in open {
            let tracked = &self.before[old];
            if let Some(new) =
                free.get_mut(&(tracked.text.as_str(), tracked.kind)).and_then(Vec::pop)
            {
                self.take(old, new);
            }
        }
    }

    /// Then those whose character is there, whatever their text is now.
    fn moved(&mut self, places: &[(usize, usize, usize)]) {
        places.iter().for_each(|(_, old, new)| self.take(*old, *new));
    }

    /// Then the most similar line of the section: half of the words at least.
    fn similar(&mut self) {
        let mut index: HashMap<(SectionKind, &str), Vec<usize>> = HashMap::new();
        let after = self.after;
        for (new, item) in after.iter().enumerate().filter(|(new, _)| !self.taken.contains(new)) {
            for word in words(&item.text) {
                index.entry((item.kind, word)).or_default().push(new);
            }
        }
        let mut pairs: Vec<(usize, usize, usize)> = Vec::new();
        for (old, tracked) in self.open() {
            let own = words(&tracked.text);
            let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
            for word in &own {
                // A word that half the page has tells nothing.
                let lines = index.get(&(tracked.kind, *word)).filter(|lines| lines.len() <= 200);
                lines.into_iter().flatten().for_each(|new| *shared.entry(*new).or_default() += 1);
            }
            let commits: Vec<&str> = own.iter().copied().filter(|word| names(word)).collect();
            for (new, count) in shared {
                // Two asks are said in the same words: it is the commit that tells them apart.
                let of = words(&after[new].text);
                let another = !commits.is_empty() && !commits.iter().any(|c| of.contains(c));
                if tracked.id.family == Family::Ask && another {
                    continue;
                }
                let likeness = 2000 * count / (own.len() + words(&after[new].text).len()).max(1);
                pairs.extend((likeness >= 500).then_some((likeness, old, new)));
            }
        }
        pairs.sort_unstable_by_key(|(likeness, old, new)| {
            (std::cmp::Reverse(*likeness), *old, *new)
        });
        pairs.into_iter().for_each(|(_, old, new)| self.take(old, new));
    }

    fn result(self, last: u32) -> Followed {
        let mut followed = Followed { last, ..Followed::default() };
        let was: BTreeMap<usize, usize> = self.of.iter().map(|(old, new)| (*new, *old)).collect();
        for (new, item) in self.after.iter().enumerate() {
            let id = was.get(&new).map(|old| self.before[*old].id).unwrap_or_else(|| {
                followed.last += 1;
                let id = ItemId { family: Family::of(item.kind), number: followed.last };
                followed.new.push(id);
                id
            });
            followed.items.push(Tracked {
                id,
                kind: item.kind,
                text: item.text.clone(),
                done: item.done.is_some(),
                at: Some(item.span.start),
                item: Some(new),
            });
        }
        for (_, old) in self.open() {
            followed.gone.extend(old.item.map(|_| old.id));
            if old.id.family.stays() && !old.done {
                followed.items.push(Tracked { at: None, item: None, ..old.clone() });
            }
        }
        followed
    }
}

/// Whether a word may name a commit or a pull request.
fn names(word: &str) -> bool {
    word.len() >= 7 && word.contains(|c: char| c.is_ascii_digit())
}

/// The distinct words of a text; a link is one.
fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).take(60).collect()
}

impl Tracked {
    /// Whether its line was removed while it was open: somebody is to confirm.
    #[must_use]
    pub fn removed(&self) -> bool {
        self.item.is_none()
    }

    /// The phase of a task.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self.kind {
            SectionKind::Tasks(phase) => Some(phase),
            _ => None,
        }
    }
}
