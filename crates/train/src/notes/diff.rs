//! What is different between two texts: lines first, and within changed lines their words.
//!
//! The same for the same texts, and in bounded time whatever they are: where lines have nothing to hold on to, a stretch
//! of them counts as replaced.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use super::edit::Edit;

/// How often a stretch is taken apart by what occurs in it once.
const DEEPEST: usize = 24;
/// How many pairs of a stretch are compared one by one where nothing occurs once.
const PAIRS: usize = 250_000;
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
        let from = starts[hunk.old.start]..starts[hunk.old.end];
        let to = ends[hunk.new.start]..ends[hunk.new.end];
        edits.extend(within(from.start, &old[from], &new[to]));
    }
    edits
}

/// The lines of a text, each with its end.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The edits within a stretch that begins at `start` of its text.
fn within(start: usize, old: &str, new: &str) -> Vec<Edit> {
    if old.is_empty() || new.is_empty() || old.len().max(new.len()) > WORDS {
        return vec![Edit { at: start..start + old.len(), text: new.to_owned() }];
    }
    let (before, after) = (words(old), words(new));
    let (starts, ends) = (offsets(&before), offsets(&after));
    let edit = |hunk: Hunk| Edit {
        at: start + starts[hunk.old.start]..start + starts[hunk.old.end],
        text: new[ends[hunk.new.start]..ends[hunk.new.end]].to_owned(),
    };
    hunks(&before, &after).into_iter().map(edit).collect()
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
