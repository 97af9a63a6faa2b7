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
