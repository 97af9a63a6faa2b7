//! Two texts that began as the same one, made into one again: three ways, line by line.
//!
//! No line that somebody added is ever lost. A line goes where either side took it out; where both changed the same
//! lines, both stay, one after the other, and it is told.

use std::ops::Range;

use super::diff::{Hunk, hunks, lines, paired};

/// One text of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// Where both sides changed the same lines, in the order of the text.
    pub clashes: Vec<Clash>,
}

/// Lines that both sides changed.
#[derive(
    Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Clash {
    /// The line of the merged text where it stands, from 1.
    pub line: usize,
    /// What it was.
    pub base: String,
    /// What they made of it: this stands first.
    pub theirs: String,
    /// What I made of it: this follows.
    pub mine: String,
}

/// Merges what `mine` and `theirs` made of `base`.
#[must_use]
pub fn merge(base: &str, mine: &str, theirs: &str) -> Merged {
    let (base, mine, theirs) = (lines(base), lines(mine), lines(theirs));
    let sides = [Side::of(&base, &theirs), Side::of(&base, &mine)];
    let mut out = Out::default();
    for at in 0..=base.len() {
        let added = [sides[0].added(at), sides[1].added(at)];
        out.clashes(&base, &sides, at);
        // What both added alike is there once.
        let same = added[0].iter().zip(added[1]).take_while(|(a, b)| a == b).count();
        out.lines.extend_from_slice(added[0]);
        out.lines.extend_from_slice(&added[1][same..]);
        if at < base.len() && sides.iter().all(|side| !side.removed(at)) {
            out.lines.push(base[at]);
        }
    }
    Merged { text: joined(&out.lines), clashes: out.clashes }
}

/// What one side did, by the lines of the base.
struct Side<'t> {
    lines: &'t [&'t str],
    hunks: Vec<Hunk>,
}

impl<'t> Side<'t> {
    fn of(base: &[&str], lines: &'t [&'t str]) -> Self {
        let parts = hunks(base, lines).into_iter().flat_map(|hunk| paired(base, lines, hunk));
        let mut hunks: Vec<Hunk> = Vec::new();
        for part in parts {
            match hunks.last_mut().filter(|last| last.old.start == part.old.start) {
                // What was put before a line goes with what became of it.
                Some(last) => *last = Hunk { old: part.old, new: last.new.start..part.new.end },
                None => hunks.push(part),
            }
        }
        Self { hunks, lines }
    }

    /// The hunk that begins before this line of the base.
    fn at(&self, at: usize) -> Option<&Hunk> {
        let found = self.hunks.binary_search_by_key(&at, |hunk| hunk.old.start).ok()?;
        Some(&self.hunks[found])
    }

    fn added(&self, at: usize) -> &'t [&'t str] {
        self.at(at).map_or(&[], |hunk| &self.lines[hunk.new.clone()])
    }

    /// The hunk that takes this line of the base out.
    fn over(&self, at: usize) -> Option<&Hunk> {
        let next = self.hunks.partition_point(|hunk| hunk.old.start <= at);
        self.hunks.get(next.checked_sub(1)?).filter(|hunk| hunk.old.contains(&at))
    }

    fn removed(&self, at: usize) -> bool {
        self.over(at).is_some()
    }

    fn text(&self, hunk: &Hunk) -> String {
        self.lines[hunk.new.clone()].concat()
    }
}

#[derive(Default)]
struct Out<'t> {
    lines: Vec<&'t str>,
    clashes: Vec<Clash>,
}

impl Out<'_> {
    /// Tells of the hunks that begin here and share a line with one of the other side that began here or before.
    fn clashes(&mut self, base: &[&str], sides: &[Side<'_>; 2], at: usize) {
        let [theirs, mine] = [sides[0].over(at), sides[1].over(at)];
        let (Some(theirs), Some(mine)) = (theirs, mine) else { return };
        if theirs.old.start != at && mine.old.start != at {
            return;
        }
        let said = [sides[0].text(theirs), sides[1].text(mine)];
        if theirs.old == mine.old && said[0] == said[1] {
            return;
        }
        let both: Range<usize> =
            theirs.old.start.min(mine.old.start)..theirs.old.end.max(mine.old.end);
        let [theirs, mine] = said;
        let line = self.lines.len() + 1;
        self.clashes.push(Clash { line, base: base[both].concat(), theirs, mine });
    }
}

/// Lines put together; one that came from a text's end and stands within gets a line end.
fn joined(lines: &[&str]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for (at, line) in lines.iter().enumerate() {
        text.push_str(line);
        if at + 1 < lines.len() && !line.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}
