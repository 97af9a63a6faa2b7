//! Who wrote what: for each piece of a page the version that brought it.

use super::Edit;

/// The versions that a text's bytes are of, piece by piece.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authors {
    /// How many bytes, and of which version.
    pieces: Vec<(usize, u32)>,
}

impl Authors {
    /// The page was edited: the edits are in the order of the text, and do not overlap.
    pub fn edited(&mut self, edits: &[Edit], version: u32) {
        let mut old = Pieces { rest: self.pieces.iter().copied(), open: None };
        let mut new = Vec::with_capacity(self.pieces.len() + edits.len());
        let mut at = 0;
        for edit in edits {
            old.take(edit.at.start.saturating_sub(at), |piece| new.push(piece));
            old.take(edit.at.len(), |_| {});
            new.push((edit.text.len(), version));
            at = edit.at.end;
        }
        old.take(usize::MAX, |piece| new.push(piece));
        self.pieces.clear();
        for (length, version) in new.into_iter().filter(|(length, _)| *length > 0) {
            match self.pieces.last_mut().filter(|(_, last)| *last == version) {
                Some((last, _)) => *last += length,
                None => self.pieces.push((length, version)),
            }
        }
    }

    /// For each line of `text` the newest version that wrote in it; a line's end counts where there is nothing else.
    #[must_use]
    pub fn lines(&self, text: &str) -> Vec<u32> {
        let mut pieces = Pieces { rest: self.pieces.iter().copied(), open: None };
        let newest = |line: &str| {
            let bare = line.trim_end_matches(['\n', '\r']).len();
            let said = if bare == 0 { line.len() } else { bare };
            let mut newest = 0;
            pieces.take(said, |(_, version)| newest = newest.max(version));
            pieces.take(line.len() - said, |_| {});
            newest
        };
        text.split_inclusive('\n').map(newest).collect()
    }
}

struct Pieces<I> {
    rest: I,
    open: Option<(usize, u32)>,
}

impl<I: Iterator<Item = (usize, u32)>> Pieces<I> {
    /// Gives away the next `length` bytes, or what there is.
    fn take(&mut self, mut length: usize, mut give: impl FnMut((usize, u32))) {
        while length > 0 {
            let Some((there, version)) = self.open.take().or_else(|| self.rest.next()) else {
                return;
            };
            let part = there.min(length);
            give((part, version));
            length -= part;
            self.open = (there > part).then_some((there - part, version));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{apply, edits};
    use super::*;

    #[test]
    fn each_line_is_its_last_writers() {
        let mut authors = Authors::default();
        let mut text = String::new();
        for (version, new) in
            ["a\nb\nc\n", "a\nb and more\nc\n", "new\na\nc\n\n"].into_iter().enumerate()
        {
            let edits = edits(&text, new);
            text = apply(&text, &edits);
            authors.edited(&edits, u32::try_from(version).unwrap() + 1);
            if version == 1 {
                assert_eq!(authors.lines(&text), [1, 2, 1]);
            }
        }
        assert_eq!(authors.lines(&text), [3, 1, 1, 3]);
        assert_eq!(authors.pieces.iter().map(|(length, _)| length).sum::<usize>(), text.len());
    }
}
