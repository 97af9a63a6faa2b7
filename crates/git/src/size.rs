//! How much a change adds and removes, counted in this process as `git diff-tree --numstat` counts it
//! where that takes no choice.

use std::collections::HashSet;

use conductor::failure::Result;
use gix_object::Kind;

use crate::objects::{self, Objects};
use crate::tree::{Change, Entry};

/// A larger file is git's: it has limits of its own for what it compares.
const LARGEST: u64 = 1 << 20;
/// As far as git looks for a byte that makes a file binary (`xdiff-interface.c`, `buffer_is_binary`).
const FIRST: usize = 8000;

/// Lines added and removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub insertions: usize,
    pub deletions: usize,
}

/// The size of all changes together. None where git is to be asked.
pub(crate) fn of(objects: &Objects, changes: &[Change]) -> Result<Option<Size>> {
    let mut all = Size::default();
    for Change { from, to, .. } in changes {
        let (Some(before), Some(after)) = (content(objects, *from)?, content(objects, *to)?) else {
            return Ok(None);
        };
        let Some(one) = between(&before, &after) else { return Ok(None) };
        all.insertions += one.insertions;
        all.deletions += one.deletions;
    }
    Ok(Some(all))
}

/// A file's bytes; those of none are none. None where it is too large or no file at all.
fn content(objects: &Objects, entry: Option<Entry>) -> Result<Option<Vec<u8>>> {
    let Some(Entry { id, .. }) = entry else { return Ok(Some(Vec::new())) };
    let name = objects::oid(id)?;
    match objects.kind(&name)? {
        Some((Kind::Blob, size)) if size <= LARGEST => {
            Ok(objects.find(&name)?.map(|found| found.bytes))
        }
        _ => Ok(None),
    }
}

/// None where the two share lines after the first that differs and before the last: what of these is kept is for git's
/// algorithm to say.
fn between(before: &[u8], after: &[u8]) -> Option<Size> {
    let is_binary = |bytes: &[u8]| bytes.iter().take(FIRST).any(|b| *b == 0);
    if is_binary(before) || is_binary(after) {
        return Some(Size::default());
    }
    let lines = |bytes| <[u8]>::split_inclusive(bytes, |b| *b == b'\n').collect::<Vec<&[u8]>>();
    let (before, after) = (lines(before), lines(after));
    let same = |(a, b): &(&&[u8], &&[u8])| a == b;
    let first = before.iter().zip(&after).take_while(same).count();
    let (before, after) = (&before[first..], &after[first..]);
    let last = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
    let (before, after) = (&before[..before.len() - last], &after[..after.len() - last]);
    let old: HashSet<&&[u8]> = before.iter().collect();
    let is_plain = !after.iter().any(|line| old.contains(line));
    is_plain.then_some(Size { insertions: after.len(), deletions: before.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_counted_in_one_way_only_is_counted() {
        let size = |insertions, deletions| Some(Size { insertions, deletions });
        for (before, after, counted) in [
            ("", "", size(0, 0)),
            ("", "a\nb", size(2, 0)),
            ("a\nb\n", "", size(0, 2)),
            ("a\nb\nc\n", "a\nx\ny\nc\n", size(2, 1)),
            ("a\na\n", "a\na\na\n", size(1, 0)),
            ("a", "a\n", size(1, 1)),
            ("a\0", "b\nc\n", size(0, 0)),
            ("a\nb\nc\nd\n", "x\nb\ny\nd\n", None),
        ] {
            assert_eq!(
                between(before.as_bytes(), after.as_bytes()),
                counted,
                "{before:?} {after:?}"
            );
        }
    }
}
