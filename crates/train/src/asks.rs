//! Asks: picks that somebody wants, each tried at once, by itself and after the others.
//!
//! What git makes of an ask is a fact given in; this file says what it comes to, in a word and in a sentence.

use serde::{Deserialize, Serialize};

use crate::facts::Commit;
use crate::id::{Oid, PushDate, RepoName, quoted};

/// How many asks of one repository are tried: more are no list that anybody picks from.
pub const MOST: usize = 200;

/// How an ask stands; a closed list.
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
pub enum AskState {
    /// It applies to the push's newest tag.
    Applies,
    /// It applies after other asks, not without them.
    Needs,
    /// It applies by itself, and not after the other asks.
    Clashes,
    /// It does not apply.
    Conflicts,
    /// The tag has it already.
    Contained,
    /// The push is not cut yet: its cut takes main, which has it.
    WithTheCut,
    /// It is on upstream, but not on main.
    NotOnMain,
    /// No commit of main names the pull request yet.
    NotMerged,
    /// A merge commit: those are not picked.
    MergeCommit,
    /// Nothing on upstream's branches goes by that name.
    UnknownCommit,
    /// The beginning of several hashes.
    Ambiguous,
    /// Which repository is not said.
    NoRepository,
    /// Its repository has no tag of this push.
    NoTag,
    /// It could not be tried, or there are too many.
    Untried,
    /// It is on a tag of the push.
    Picked,
    /// A person marked its line as done.
    Settled,
    /// Somebody said no.
    Declined,
    /// It is written into the notes of a later push.
    Carried,
    /// Somebody took its line out who may not: to be confirmed.
    Removed,
    /// *Do not pick …*: nobody asks for it.
    Forbidden,
}

impl AskState {
    /// Whether somebody waits for it.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(
            self,
            Self::Picked | Self::Settled | Self::Declined | Self::Carried | Self::Forbidden
        )
    }
}

/// What an attempt to put an ask on a tag came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It is on.
    On,
    /// The tag had it.
    There,
    /// These paths are in conflict.
    Conflict(Vec<String>),
}

/// An ask tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What it came to by itself.
    pub alone: Came,
    /// What it came to after the asks that come before it in main's order.
    pub after: Came,
    /// Those of them that it needs, as people name them.
    pub needs: Vec<String>,
    /// Commits of main that touch what is in conflict, and that the tag lacks.
    pub prerequisites: Vec<Commit>,
}

/// How an ask stands, and why, in a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// In a word.
    pub state: AskState,
    /// In a sentence.
    pub says: String,
    /// The commits it is of, in main's order: of a pull request all of them.
    pub commits: Vec<Oid>,
    /// Whether it goes onto the tag together with all others of which this is said.
    pub goes_on: bool,
}

impl Trial {
    /// One that was not tried on a tag.
    #[must_use]
    pub fn of(state: AskState, says: impl Into<String>) -> Self {
        Self { state, says: says.into(), commits: Vec::new(), goes_on: false }
    }
}

/// What an attempt on `tag` comes to.
#[must_use]
pub fn judge(tag: &str, attempt: &Attempt, commits: Vec<Oid>) -> Trial {
    let files = |files: &[String]| {
        let named: Vec<String> = files.iter().take(4).map(|file| quoted(file)).collect();
        let more = files.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", named.join(", "))
    };
    let (state, says) = match (&attempt.alone, &attempt.after) {
        (Came::There, _) => (AskState::Contained, format!("{tag} has it")),
        (Came::On, Came::On | Came::There) => (AskState::Applies, format!("applies to {tag}")),
        (Came::On, Came::Conflict(paths)) => (
            AskState::Clashes,
            format!("applies to {tag} by itself, but not after the other asks: {}", files(paths)),
        ),
        (Came::Conflict(_), Came::On | Came::There) => {
            let needs = attempt.needs.join(" and ");
            (AskState::Needs, format!("applies to {tag} after {needs}, asked for too"))
        }
        (Came::Conflict(paths), Came::Conflict(_)) => {
            let first: Vec<&str> =
                attempt.prerequisites.iter().take(4).map(|c| c.id.short()).collect();
            let hint = match first.is_empty() {
                true => "`pushduty pick --resolve` finishes it by hand".to_owned(),
                false => format!("it likely needs first: {}", first.join(", ")),
            };
            let what = format!("does not apply to {tag}: {}; {hint}", files(paths));
            (AskState::Conflicts, what)
        }
    };
    let goes_on = matches!(state, AskState::Applies | AskState::Needs);
    Trial { state, says, commits, goes_on }
}

/// One that is on main while its push is not cut yet.
#[must_use]
pub fn with_the_cut(push: PushDate, branch: &str) -> Trial {
    Trial::of(AskState::WithTheCut, format!("on {branch}: the cut of {push} takes it"))
}

/// One that is on upstream, but not on main.
#[must_use]
pub fn not_on_main(branch: &str) -> Trial {
    let says = format!("on upstream, but not on {branch}; merge it there first");
    Trial::of(AskState::NotOnMain, says)
}

/// A merge commit, with what it brought.
#[must_use]
pub fn merge_commit(brought: &[Commit]) -> Trial {
    let own: Vec<&str> = brought.iter().take(12).map(|c| c.id.short()).collect();
    let says = match own.is_empty() {
        true => "a merge commit, and those are not picked; ask for its own commits".to_owned(),
        false => {
            format!("a merge commit, and those are not picked; ask for its own: {}", own.join(", "))
        }
    };
    Trial::of(AskState::MergeCommit, says)
}

/// A hash that nothing on upstream's branches has: whatever else may have it (P9).
#[must_use]
pub fn unknown_commit() -> Trial {
    let says = "no commit on upstream's branches goes by that name";
    Trial::of(AskState::UnknownCommit, says)
}

/// One whose repository stays, or is not cut.
#[must_use]
pub fn no_tag(repo: &RepoName, push: PushDate) -> Trial {
    Trial::of(AskState::NoTag, format!("{repo} has no tag of {push} to pick onto"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn commit(digit: char) -> Commit {
        let id: Oid = digit.to_string().repeat(40).parse().unwrap();
        let (subject, author, email) = ("S".to_owned(), "a".to_owned(), "a@x".to_owned());
        let committed_at = Timestamp::UNIX_EPOCH;
        Commit { id, parents: vec![], subject, author, email, committed_at }
    }

    fn conflict() -> Came {
        Came::Conflict((1..=5).map(|at| format!("f{at}")).collect())
    }

    #[test]
    fn every_way_that_an_attempt_ends_has_its_word_and_sentence() {
        let told = |alone: Came, after: Came, prerequisites: Vec<Commit>| {
            let needs = vec!["server@1111111111".to_owned()];
            let attempt = Attempt { alone, after, needs, prerequisites };
            let trial = judge("2026.11.26", &attempt, vec![commit('2').id]);
            (trial.state, trial.says, trial.goes_on)
        };
        let says = |words: &str| words.to_owned();
        let files = "“f1”, “f2”, “f3”, “f4” and 1 more";
        assert_eq!(
            told(Came::On, Came::On, vec![]),
            (AskState::Applies, says("applies to 2026.11.26"), true)
        );
        assert_eq!(
            told(Came::There, Came::On, vec![]),
            (AskState::Contained, says("2026.11.26 has it"), false)
        );
        assert_eq!(
            told(conflict(), Came::On, vec![]),
            (
                AskState::Needs,
                says("applies to 2026.11.26 after server@1111111111, asked for too"),
                true
            )
        );
        assert_eq!(
            told(Came::On, conflict(), vec![]).1,
            format!("applies to 2026.11.26 by itself, but not after the other asks: {files}")
        );
        assert_eq!(
            told(conflict(), conflict(), vec![commit('3')]).1,
            format!("does not apply to 2026.11.26: {files}; it likely needs first: 3333333333")
        );
        let by_hand = told(conflict(), conflict(), vec![]);
        assert!(by_hand.0 == AskState::Conflicts && !by_hand.2);
        assert!(by_hand.1.ends_with("`pushduty pick --resolve` finishes it by hand"));
    }

    #[test]
    fn an_ask_is_open_until_it_is_picked_carried_or_settled_by_a_person() {
        for state in [AskState::Applies, AskState::Conflicts, AskState::Removed, AskState::Untried]
        {
            assert!(state.is_open(), "{state:?}");
        }
        for state in [AskState::Picked, AskState::Settled, AskState::Declined, AskState::Carried] {
            assert!(!state.is_open(), "{state:?}");
        }
    }
}
