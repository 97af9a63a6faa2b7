//! What is different between two texts: lines first, and within changed lines their words.
//!
//! The same for the same texts, and in bounded time whatever they are: where lines have nothing to hold on to, a stretch
//! of them counts as replaced.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::ops::Range;

use super::edit::Edit;

/// How often a stretch is taken apart by what occurs in it once.
const DEEPEST: usize = 24;
/// How many pairs of a stretch are compared one by one where nothing occurs once.
const PAIRS: usize = 250_000;
/// How many pairs of lines are looked at for those that became each other.
const LINES: usize = 10_000;
/// The longest changed stretch, in bytes, whose words are compared.
const WORDS: usize = 20_000;

/// A stretch that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    /// What it was.
    pub old: Range<usize>,
    /// What it is.
    pub new: Range<usize>,
}

/// The edits that make `new` of `old`, in the order of the text; none overlaps another.
#[must_use]
pub fn edits(old: &str, new: &str) -> Vec<Edit> {
    let (before, after) = (lines(old), lines(new));
    let (starts, ends) = (offsets(&before), offsets(&after));
    let mut edits = Vec::new();
    for hunk in hunks(&before, &after) {
        for Hunk { old: from, new: to } in paired(&before, &after, hunk) {
            let from = starts[from.start]..starts[from.end];
            let to = ends[to.start]..ends[to.end];
            edits.extend(within(from.start, &old[from], &new[to]));
        }
    }
    edits
}

/// A stretch of lines taken apart: a line and what it became by itself, as far as that can be told, so that each keeps
/// the characters that are its own.
pub(super) fn paired(old: &[&str], new: &[&str], hunk: Hunk) -> Vec<Hunk> {
    let (from, to) = (&hunk.old, &hunk.new);
    if from.is_empty() || to.is_empty() || from.len().saturating_mul(to.len()) > LINES {
        return vec![hunk];
    }
    let mut parts = Vec::new();
    let mut at = (from.start, to.start);
    let pairs = alike(&old[from.clone()], &new[to.clone()]);
    let ends = pairs.into_iter().map(|(a, b)| (from.start + a, to.start + b));
    for (a, b) in ends.chain([(from.end, to.end)]) {
        let between = Hunk { old: at.0..a, new: at.1..b };
        match between.old.len() == between.new.len() {
            true => parts.extend(
                between.old.zip(between.new).map(|(a, b)| Hunk { old: a..a + 1, new: b..b + 1 }),
            ),
            false => parts.push(between),
        }
        if a < from.end {
            parts.push(Hunk { old: a..a + 1, new: b..b + 1 });
        }
        at = (a + 1, b + 1);
    }
    parts
}

/// The distinct words of a line, of a long one the first.
fn said(line: &str) -> BTreeSet<&str> {
    words(line).into_iter().filter(|word| word.contains(char::is_alphanumeric)).take(60).collect()
}

/// Lines that are like each other, half of their words at least, in the order of both: those that are most like.
fn alike(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let before: Vec<_> = old.iter().map(|line| said(line)).collect();
    let after: Vec<_> = new.iter().map(|line| said(line)).collect();
    let likeness = |a: usize, b: usize| {
        let shared = before[a].intersection(&after[b]).count();
        let all = before[a].len() + after[b].len();
        Some(2_000 * shared / all.max(1)).filter(|likeness| *likeness >= 500).unwrap_or(0)
    };
    let width = new.len() + 1;
    let mut table = vec![0usize; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            let apart = table[(a + 1) * width + b].max(table[a * width + b + 1]);
            let like = likeness(a, b);
            let together = if like > 0 { like + table[(a + 1) * width + b + 1] } else { 0 };
            table[a * width + b] = apart.max(together);
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < old.len() && b < new.len() {
        let here = table[a * width + b];
        if here == table[(a + 1) * width + b] {
            a += 1;
        } else if here == table[a * width + b + 1] {
            b += 1;
        } else {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        }
    }
    pairs
}

/// A line that is in one of two texts only.
#[derive(
    Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct ChangedLine {
    /// Whether it is in the new text; else it was in the old one.
    pub added: bool,
    /// Its number in that text, from 1.
    pub line: usize,
    /// The line, without its end.
    pub text: String,
}

/// The lines that are different, in the order of the text: of each stretch the old ones, then the new ones.
#[must_use]
pub fn changed_lines(old: &str, new: &str) -> Vec<ChangedLine> {
    let (before, after) = (lines(old), lines(new));
    let mut changed = Vec::new();
    for hunk in hunks(&before, &after) {
        for (added, of, range) in [(false, &before, hunk.old), (true, &after, hunk.new)] {
            changed.extend(range.map(|at| ChangedLine {
                added,
                line: at + 1,
                text: of[at].trim_end_matches(['\n', '\r']).to_owned(),
            }));
        }
    }
    changed
}

/// The lines of a text, each with its end.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The edits within a stretch that begins at `start` of its text.
fn within(start: usize, old: &str, new: &str) -> Vec<Edit> {
    if old.is_empty() || new.is_empty() || old.len().max(new.len()) > WORDS {
        return vec![coarse(start, old, new)];
    }
    let (before, after) = (words(old), words(new));
    let (starts, ends) = (offsets(&before), offsets(&after));
    let edit = |hunk: Hunk| Edit {
        at: start + starts[hunk.old.start]..start + starts[hunk.old.end],
        text: new[ends[hunk.new.start]..ends[hunk.new.end]].to_owned(),
    };
    hunks(&before, &after).into_iter().map(edit).collect()
}

/// One edit for a stretch, without what is the same at its beginning and at its end.
fn coarse(start: usize, old: &str, new: &str) -> Edit {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let head = same(&mut old.chars(), &mut new.chars());
    let (old, new) = (&old[head..], &new[head..]);
    let tail = same(&mut old.chars().rev(), &mut new.chars().rev());
    let text = new[..new.len() - tail].to_owned();
    Edit { at: start + head..start + head + old.len() - tail, text }
}

/// Letters and digits in a row, or one other character.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(if run == 0 { first.len_utf8() } else { run });
        words.push(word);
        rest = after;
    }
    words
}

/// Where each piece begins, and where the last one ends.
fn offsets(pieces: &[&str]) -> Vec<usize> {
    let ends = pieces.iter().scan(0, |at, piece| {
        *at += piece.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

/// The stretches that are different, in order; between two of them there is something that is the same.
pub(super) fn hunks<T: Eq + Hash>(old: &[T], new: &[T]) -> Vec<Hunk> {
    let mut open = vec![(0..old.len(), 0..new.len(), 0)];
    let mut found: Vec<Hunk> = Vec::new();
    while let Some((from, to, depth)) = open.pop() {
        let (from, to) = trimmed(old, new, from, to);
        if from.is_empty() && to.is_empty() {
            continue;
        }
        let anchors = match from.is_empty() || to.is_empty() {
            true => Vec::new(),
            false => anchors(old, new, &from, &to, depth),
        };
        if anchors.is_empty() {
            found.push(Hunk { old: from, new: to });
            continue;
        }
        // Last first: the stack gives them back in order.
        let mut ends = (from.end, to.end);
        for (a, b) in anchors.into_iter().rev() {
            open.push((a + 1..ends.0, b + 1..ends.1, depth + 1));
            ends = (a, b);
        }
        open.push((from.start..ends.0, to.start..ends.1, depth + 1));
    }
    found
}

/// Without what is the same at the beginning and at the end.
fn trimmed<T: Eq>(
    old: &[T],
    new: &[T],
    mut from: Range<usize>,
    mut to: Range<usize>,
) -> (Range<usize>, Range<usize>) {
    while !from.is_empty() && !to.is_empty() && old[from.start] == new[to.start] {
        from.start += 1;
        to.start += 1;
    }
    while !from.is_empty() && !to.is_empty() && old[from.end - 1] == new[to.end - 1] {
        from.end -= 1;
        to.end -= 1;
    }
    (from, to)
}

/// Pairs that are the same, in the order of both: of what occurs once on either side; where nothing does, the longest
/// there are, if the stretch is short.
fn anchors<T: Eq + Hash>(
    old: &[T],
    new: &[T],
    from: &Range<usize>,
    to: &Range<usize>,
    depth: usize,
) -> Vec<(usize, usize)> {
    if depth < DEEPEST {
        let unique = increasing(&once(old, new, from, to));
        if !unique.is_empty() {
            return unique;
        }
    }
    if from.len().saturating_mul(to.len()) > PAIRS {
        return Vec::new();
    }
    common(&old[from.clone()], &new[to.clone()])
        .into_iter()
        .map(|(a, b)| (from.start + a, to.start + b))
        .collect()
}

/// What occurs once in either stretch, in the order of the old one.
fn once<T: Eq + Hash>(
    old: &[T],
    new: &[T],
    from: &Range<usize>,
    to: &Range<usize>,
) -> Vec<(usize, usize)> {
    let mut seen: HashMap<&T, (usize, usize, usize)> = HashMap::new();
    for at in from.clone() {
        let (count, _, _) = seen.entry(&old[at]).or_insert((0, 0, 0));
        *count += 1;
    }
    for at in to.clone() {
        if let Some((_, count, place)) = seen.get_mut(&new[at]) {
            *count += 1;
            *place = at;
        }
    }
    let pair = |at: usize| match seen[&old[at]] {
        (1, 1, place) => Some((at, place)),
        _ => None,
    };
    from.clone().filter_map(pair).collect()
}

/// The longest run of pairs whose second numbers rise, by patience sorting.
fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair that ends the lowest run of it, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(here) = at {
        run.push(pairs[here]);
        at = before[here];
    }
    run.reverse();
    run
}

/// The longest common subsequence, by the table of all pairs.
fn common<T: Eq>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut table = vec![0u32; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            table[a * width + b] = if old[a] == new[b] {
                table[(a + 1) * width + b + 1] + 1
            } else {
                table[(a + 1) * width + b].max(table[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < old.len() && b < new.len() {
        if old[a] == new[b] {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if table[(a + 1) * width + b] >= table[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}
