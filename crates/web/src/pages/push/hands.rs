//! By whose hand a line of the notes is, as the editor shows it: the machine's, or somebody's with words of the machine in it.

use std::ops::Range;

/// A longer piece of the machine within somebody's line is no tag any more, in characters that are no space.
const TAG: usize = 40;

/// By whose hand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hand {
    /// The machine's: half of it or more.
    Machine,
    /// Somebody's; and where the machine's tags are in it.
    Person(Vec<Range<usize>>),
}

impl Hand {
    /// Of this stretch of a text; `machine` is what of the text the machine wrote, in its order.
    pub fn of(text: &str, span: &Range<usize>, machine: &[Range<usize>]) -> Self {
        let first = machine.partition_point(|piece| piece.end <= span.start);
        let within = machine[first..].iter().take_while(|piece| piece.start < span.end);
        let (mut own, mut theirs, mut at) = (0, 0, span.start);
        let mut tags = Vec::new();
        for piece in within {
            let piece = piece.start.max(span.start)..piece.end.min(span.end);
            theirs += bare(text, at..piece.start).1;
            at = piece.end;
            let (words, size) = bare(text, piece);
            own += size;
            if (1..=TAG).contains(&size) {
                tags.push(words);
            }
        }
        theirs += bare(text, at..span.end).1;
        match own > 0 && own >= theirs {
            true => Self::Machine,
            false => Self::Person(tags),
        }
    }

    /// Where the machine's tags are.
    pub fn tags(&self) -> &[Range<usize>] {
        match self {
            Self::Machine => &[],
            Self::Person(tags) => tags,
        }
    }
}

/// A stretch without the space around it, and how many characters that has: every one counts but the space within.
fn bare(text: &str, span: Range<usize>) -> (Range<usize>, usize) {
    let said = text.get(span.clone()).unwrap_or_default();
    let start = span.start + (said.len() - said.trim_start().len());
    let said = said.trim();
    (start..start + said.len(), said.chars().filter(|c| !c.is_whitespace()).count())
}
