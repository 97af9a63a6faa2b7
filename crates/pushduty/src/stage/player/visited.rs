//! The same week before visitors: each scene waits for its turn, and finds what they have done meanwhile.

use std::sync::Arc;

use train::refusal::Code;

use super::{Player, typed};
use crate::session::Ending;
use crate::stage::director::{Cue, Director, Veil};
use crate::stage::goal::Goal;

/// What the turns that come are for.
pub(super) struct Aim {
    goal: &'static Goal,
    /// Whether it was done before them, and said so.
    done: bool,
}

/// What is said of a scene that has nothing left to do.
const DONE: &str = "That is done already.";

impl Player<'_> {
    /// The same before visitors: each scene waits for its turn, and none stops the week. They may have done what a scene does,
    /// or something else.
    #[must_use]
    pub fn before_visitors(self, director: Arc<Director>) -> Self {
        Self { director: Some(director), ..self }
    }

    /// What the turns that come are for, until something else is said.
    pub fn aims(&mut self, goal: Option<&'static Goal>) {
        self.goal = goal.map(|goal| Aim { goal, done: false });
    }

    /// Begins a turn, and waits for it before visitors; false where what it is for is done already, which is said then.
    pub async fn begins(&mut self, at: &str, who: &str, does: &[&str]) -> Result<bool, Ending> {
        let Some(director) = self.director.clone() else {
            self.turns_to(at, who);
            return Ok(true);
        };
        if self.goal.as_ref().is_some_and(|aim| aim.done) {
            return Ok(false);
        }
        self.waits(&director, (at, who), Some(typed(does)), "", veil(does)).await?;
        self.turns_to(at, who);
        let Some(goal) = self.goal.as_ref().map(|aim| aim.goal) else { return Ok(true) };
        let told = self.run_as(goal.who, &["--quiet", "--json"], goal.asks).await?;
        let done = serde_json::from_slice(&told.stdout).is_ok_and(|told| (goal.done)(&told));
        if done {
            director.tells(DONE);
        }
        self.goal = Some(Aim { goal, done });
        Ok(!done)
    }

    /// Waits for a scene's turn.
    async fn waits(
        &self,
        director: &Director,
        (at, who): (&str, &str),
        types: Option<String>,
        says: &str,
        veil: Veil,
    ) -> Result<(), Ending> {
        let Some(at) = self.local(at) else { return Ok(()) };
        let (who, says) = (who.to_owned(), says.to_owned());
        director.cue(Cue { at, who, types, says, veil }).await
    }

    /// Whether what the turns aim at was done before them.
    pub fn is_done(&self) -> bool {
        self.goal.as_ref().is_some_and(|aim| aim.done)
    }

    /// Tells visitors of something that no command of ours does; false where there are none.
    pub(super) async fn is_told(
        &self,
        at: &str,
        who: &str,
        what: &str,
        veil: Veil,
    ) -> Result<bool, Ending> {
        let Some(director) = &self.director else { return Ok(false) };
        // What stands below it on a terminal is not shown to them.
        let what =
            what.strip_suffix(':').map_or_else(|| what.to_owned(), |what| format!("{what}."));
        self.waits(director, (at, who), None, &what, veil).await?;
        director.tells(&what);
        Ok(true)
    }

    /// Tells visitors what became of a turn.
    pub(super) fn tells(&self, ok: bool, why: &str, result: &str) {
        let Some(director) = &self.director else { return };
        director.tells(if ok { why } else { "" });
        if !ok {
            director.astray(&format!("It answers otherwise than in the story: {result}"));
        }
    }

    /// Holds what is seen where nobody looks on: rounds and visitors look too, and may have seen it first.
    pub fn must_see(&self, holds: bool, what: &str) -> Result<(), Ending> {
        self.must(holds || self.director.is_some(), what)
    }

    /// Goes on after a part of the story. Before visitors one that can't be played is told, and the next one is.
    pub fn goes_on(&mut self, part: Result<(), Ending>) -> Result<(), Ending> {
        self.aims(None);
        match (&self.director, part) {
            (Some(director), Err(ending)) if ending.refusal.code != Code::Interrupted => {
                let why = ending.refusal.message;
                director.astray(&format!("This can’t be played as it was written: {why}."));
                Ok(())
            }
            (_, part) => part,
        }
    }
}

/// Who may hear of a command before it is over, and after.
fn veil(does: &[&str]) -> Veil {
    match does {
        ["security", "merge" | "sync", rest @ ..] if rest.contains(&"--yes") => Veil::Ahead,
        ["security", ..] => Veil::Whole,
        _ => Veil::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_embargo_is_told_to_whoever_may_know() {
        assert_eq!(veil(&["security", "list"]), Veil::Whole);
        assert_eq!(veil(&["security", "approve", "1", "--yes"]), Veil::Whole);
        assert_eq!(veil(&["security", "merge", "--dry-run"]), Veil::Whole);
        assert_eq!(veil(&["security", "merge", "--yes", "--if", "d1"]), Veil::Ahead);
        assert_eq!(veil(&["tag", "--dry-run"]), Veil::None);
    }
}
