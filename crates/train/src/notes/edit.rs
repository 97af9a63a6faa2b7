//! Edits: what the machine changes in a page that belongs to its people. Each replaces one span; the rest stays.

use std::ops::Range;

/// One change of the text: what stands at `at` becomes `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The span that is replaced; empty where something is put in.
    pub at: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` in at an offset.
    #[must_use]
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { at: at..at, text: text.into() }
    }
}

/// The text after all edits, which were made for the same text and don't overlap.
///
/// Edits that reach beyond the text, cut a character or overlap an earlier one are left out: no text of a person is ever
/// lost to two edits that disagree.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        let Some(kept) = text.get(at..edit.at.start) else { continue };
        if text.get(edit.at.clone()).is_none() {
            continue;
        }
        out.push_str(kept);
        out.push_str(&edit.text);
        at = edit.at.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Where the character at an offset stands after `edits`, which are in the order of the text; nowhere when one of them
/// took it out.
pub fn moved(edits: &[Edit]) -> impl Fn(usize) -> Option<usize> {
    // For each edit where it begins, where it ends, and what to add and to take away behind it.
    let steps: Vec<(usize, usize, usize, usize)> = edits
        .iter()
        .scan((0, 0), |(added, removed), edit| {
            *added += edit.text.len();
            *removed += edit.at.len();
            Some((edit.at.start, edit.at.end, *added, *removed))
        })
        .collect();
    move |at| {
        let next = steps.partition_point(|(start, ..)| *start <= at);
        let Some((start, end, added, removed)) = next.checked_sub(1).map(|last| steps[last]) else {
            return Some(at);
        };
        let gone = start < end && at < end;
        (!gone).then(|| at + added - removed)
    }
}
