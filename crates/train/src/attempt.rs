//! Attempts: each try to bring a push to production, from its start to its end or its rollback. Values, and a fold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Oid, PushDate, RepoName};

/// A repository's tag on its way to production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// The repository.
    pub repo: RepoName,
    /// Its tag.
    pub tag: String,
    /// The tag object.
    pub object: Oid,
    /// The commit.
    pub commit: Oid,
    /// The tag that production ran until then: where a rollback goes; none on a first push.
    pub from: Option<String>,
}

/// What a start opens the way for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The attempt, from 1: a part push that joins a running one has its number.
    pub attempt: u32,
    /// The tags that leave, in the order of the run sheet.
    pub leaving: Vec<Leaving>,
    /// The digest of all newest tags of the push.
    pub tagset: String,
    /// The version of the notes that was read, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<u32>,
    /// The digest of the configuration.
    pub settings: String,
}

/// What a deploy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeployFor {
    /// To bring the tag to production.
    Start,
    /// To let what was brought take over.
    Promote,
    /// To bring production back.
    Rollback,
}

/// One run of a program that deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeployRun {
    /// Its key: the same for the same run for ever, given to the program too, so that it can tell a repeat.
    pub key: String,
    /// What for.
    pub purpose: DeployFor,
    /// The attempt it belongs to.
    pub attempt: u32,
    /// The environment.
    pub environment: String,
    /// The repository.
    pub repo: RepoName,
    /// The tag that it deploys.
    pub tag: String,
    /// Which try it is, from 1: a person asked for each further one.
    pub round: u32,
}

/// What whoever is not of the train reads of a deploy that failed without an exit code.
const WITHOUT_AN_EXIT: &str = "a signal ended it, or it could not be started";

/// How a deploy ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeployEnd {
    /// Its program ended with 0.
    Succeeded,
    /// Its program failed.
    Failed {
        /// The exit code; none where a signal ended it.
        exit: Option<i32>,
        /// Its last words, or why it could not be started.
        sentence: String,
    },
    /// It took longer than it may, and was ended.
    TimedOut,
    /// Somebody stopped it.
    Stopped,
    /// Nobody knows how it ended: what watched over it was killed too.
    Unknown,
}

impl DeployRun {
    /// The key of a run: readable, and the same for the same run for ever.
    #[must_use]
    pub fn key_of(push: PushDate, run: &Self) -> String {
        let Self { purpose, attempt, environment, repo, tag, round, .. } = run;
        let word = match purpose {
            DeployFor::Start => "start",
            DeployFor::Promote => "promote",
            DeployFor::Rollback => "rollback",
        };
        let digest =
            crate::digest::of(&(push, run.purpose, attempt, environment, repo, tag, round));
        let short: String = digest.chars().take(8).collect();
        format!("{push}-{attempt}-{word}-{repo}-{round}-{short}")
    }
}

impl DeployEnd {
    /// In a sentence, without its full stop.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Succeeded => "done".to_owned(),
            Self::Failed { exit: Some(exit), sentence } if sentence.is_empty() => {
                format!("failed with {exit}")
            }
            Self::Failed { exit: Some(exit), sentence } => {
                format!("failed with {exit}: {sentence}")
            }
            Self::Failed { exit: None, sentence } if sentence.is_empty() => {
                "failed: a signal ended it".to_owned()
            }
            Self::Failed { exit: None, sentence } => format!("failed: {sentence}"),
            Self::TimedOut => "took longer than it may, and was ended".to_owned(),
            Self::Stopped => "was stopped".to_owned(),
            Self::Unknown => "ended in a way that nobody knows".to_owned(),
        }
    }

    /// The same without what its program said, where it has that: as whoever is not of the train reads it.
    #[must_use]
    pub fn unquoted(&self) -> Option<Self> {
        match self {
            Self::Failed { exit, sentence } if !sentence.is_empty() => {
                // Whether a signal ended it, or it never began, the sentence alone says.
                let sentence = if exit.is_none() { WITHOUT_AN_EXIT } else { "" }.to_owned();
                Some(Self::Failed { exit: *exit, sentence })
            }
            _ => None,
        }
    }
}

/// A repository that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// The repository.
    pub repo: RepoName,
    /// The tag that is taken back.
    pub tag: String,
    /// Its commit.
    pub commit: Oid,
    /// The tag that production goes back to; none where it ran nothing before.
    pub to: Option<String>,
}

/// A rollback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollback {
    /// The attempt that is over with it.
    pub attempt: u32,
    /// What goes back, the last of the run sheet first.
    pub back: Vec<Back>,
    /// What the attempt opened the way for and nothing brought there: with the attempt over it has not left any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unbegun: Vec<Back>,
    /// Why.
    pub because: String,
}

/// The end of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// When it left.
    pub started: Option<Timestamp>,
    /// When it was in production.
    pub ended: Timestamp,
    /// What there was to tell of it; nothing reads *None* in the mail.
    #[serde(default)]
    pub issues: Vec<String>,
    /// Why it is over though production does not show its tags, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The newest tag of each repository by then, whoever made it: a newer one opens the push again. Empty where none was
    /// noted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<RepoName, String>,
}

/// One attempt, folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// When it was started, and by whom.
    pub started_at: Timestamp,
    /// By whom.
    pub by: String,
    /// What leaves with it: those of every part.
    pub leaving: Vec<Leaving>,
    /// Those that left with it too, before newer tags of the same repositories took their place.
    pub overtaken: Vec<Leaving>,
    /// Its deploys, oldest first.
    pub deploys: Vec<Deployed>,
    /// When it was promoted, if so.
    pub promoted: Option<Timestamp>,
    /// Why and when it was rolled back, if so.
    pub rolled_back: Option<(Rollback, Timestamp)>,
}

/// A deploy and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployed {
    /// The run.
    pub run: DeployRun,
    /// When it began.
    pub at: Timestamp,
    /// How and when it ended; none as long as that is not known.
    pub ended: Option<(DeployEnd, Timestamp)>,
    /// Whether production was seen without its tag when it had failed or was stopped.
    #[serde(default)]
    pub without: bool,
}

impl Deployed {
    /// How it ended, where that is for a person to deal with. Where production `shows` its tag it is done after all if nobody
    /// knows how it ended, or it took too long (P15). One that failed or was stopped may have got as far as that and left the
    /// rest undone: only what was not there by its end was brought by other means. To users a promotion shows nothing.
    #[must_use]
    pub fn failed(&self, shows: bool) -> Option<&DeployEnd> {
        let (end, _) = self.ended.as_ref()?;
        let told = match end {
            DeployEnd::Succeeded => return None,
            DeployEnd::TimedOut | DeployEnd::Unknown => true,
            DeployEnd::Failed { .. } | DeployEnd::Stopped => self.without,
        };
        let done = shows && told && self.run.purpose != DeployFor::Promote;
        (!done).then_some(end)
    }
}

impl Attempt {
    /// The first, or the next, attempt as it starts.
    #[must_use]
    pub fn started(start: &Start, at: Timestamp, by: &str) -> Self {
        Self {
            number: start.attempt,
            started_at: at,
            by: by.to_owned(),
            leaving: start.leaving.clone(),
            overtaken: Vec::new(),
            deploys: Vec::new(),
            promoted: None,
            rolled_back: None,
        }
    }

    /// Takes a part push in: its tags stand in the place of older ones of the same repositories. What joins is not promoted.
    pub fn join(&mut self, start: &Start) {
        for new in &start.leaving {
            match self.leaving.iter_mut().find(|old| old.repo == new.repo) {
                Some(old) => self.overtaken.push(std::mem::replace(old, new.clone())),
                None => self.leaving.push(new.clone()),
            }
        }
        if !start.leaving.is_empty() {
            self.promoted = None;
        }
    }

    /// What left with it, and was not taken back. What came past us on top of it and went back to it left it standing; what
    /// was never begun when it was rolled back did not leave.
    pub fn standing(&self) -> impl Iterator<Item = &Leaving> {
        let rollback = self.rolled_back.as_ref().map(|(rollback, _)| rollback);
        let is_back = move |one: &Leaving| {
            let mut back = rollback.into_iter().flat_map(|rollback| &rollback.back);
            back.any(|b| b.repo == one.repo && b.to.as_ref() != Some(&one.tag))
        };
        let never_left = move |one: &Leaving| {
            let mut unbegun = rollback.into_iter().flat_map(|rollback| &rollback.unbegun);
            unbegun.any(|b| b.repo == one.repo && b.tag == one.tag)
        };
        self.leaving.iter().filter(move |one| !is_back(one) && !never_left(one))
    }

    /// Whether a start of it opened the way for a tag, be it that a newer one took its place.
    #[must_use]
    pub fn allowed(&self, repo: &RepoName, tag: &str) -> bool {
        let mut all = self.leaving.iter().chain(&self.overtaken);
        all.any(|one| &one.repo == repo && one.tag == tag)
    }

    /// Whether a tag of it was brought to production for all that is known here: it was promoted, or its deploy ended well.
    #[must_use]
    pub fn brought(&self, repo: &RepoName, tag: &str) -> bool {
        let ended = self.newest(DeployFor::Start, repo, tag).and_then(|run| run.ended.as_ref());
        let promoted = self.leaving.iter().any(|one| &one.repo == repo && one.tag == tag)
            && self.promoted.is_some();
        promoted || ended.is_some_and(|(end, _)| *end == DeployEnd::Succeeded)
    }

    /// The deploys whose end is not known.
    pub fn unended(&self) -> impl Iterator<Item = &Deployed> {
        self.deploys.iter().filter(|deployed| deployed.ended.is_none())
    }

    /// The key of the newest run for a purpose of a repository, where that did not end well.
    #[must_use]
    pub fn failed(&self, purpose: DeployFor, repo: &RepoName) -> Option<&str> {
        let of = |d: &&Deployed| d.run.purpose == purpose && &d.run.repo == repo;
        let newest = self.deploys.iter().rev().find(of)?;
        let (end, _) = newest.ended.as_ref()?;
        (*end != DeployEnd::Succeeded).then_some(&newest.run.key)
    }

    /// The newest deploy of a repository's tag for a purpose.
    #[must_use]
    pub fn newest(&self, purpose: DeployFor, repo: &RepoName, tag: &str) -> Option<&Deployed> {
        let of =
            |d: &&Deployed| d.run.purpose == purpose && &d.run.repo == repo && d.run.tag == tag;
        self.deploys.iter().rev().find(of)
    }
}

/// What is to be done next so that every one of some tags is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next<'a> {
    /// A run is to be begun.
    Begin {
        /// Which of the tags.
        at: usize,
        /// Which try.
        round: u32,
    },
    /// A run was begun, and its end is not recorded.
    Follow(&'a Deployed),
    /// A run did not end well: a person says whether it is tried again.
    Stuck(&'a Deployed),
    /// All are deployed.
    Over,
}

/// The next step for `tags`, in their order: one at a time, and none after one that failed. A run that failed is never
/// repeated unless `again` has its very key; one whose tag is `there` is done where that tells how it ended (P15).
#[must_use]
pub fn next<'a>(
    attempt: &'a Attempt,
    purpose: DeployFor,
    tags: &[(&RepoName, &str)],
    there: &BTreeSet<RepoName>,
    again: &BTreeMap<RepoName, String>,
) -> Next<'a> {
    // Nothing is begun beside a run, be it of a tag that another one has taken the place of.
    if let Some(run) = attempt.unended().find(|run| run.run.purpose == purpose) {
        return Next::Follow(run);
    }
    for (at, (repo, tag)) in tags.iter().enumerate() {
        let Some(newest) = attempt.newest(purpose, repo, tag) else {
            return Next::Begin { at, round: 1 };
        };
        match &newest.ended {
            None => return Next::Follow(newest),
            Some((DeployEnd::Succeeded, _)) => {}
            Some(_) if again.get(*repo) == Some(&newest.run.key) => {
                return Next::Begin { at, round: newest.run.round + 1 };
            }
            Some(_) if newest.failed(there.contains(*repo)).is_none() => {}
            Some(_) => return Next::Stuck(newest),
        }
    }
    Next::Over
}

/// A gate that was let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The gate.
    pub gate: String,
    /// Why.
    pub because: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// For which tags: with others it is over (P8).
    pub tagset: String,
    /// For which part of the push; all of it if empty.
    #[serde(default)]
    pub only: BTreeSet<RepoName>,
    /// What closed it then. Empty where that was not recorded: it stays let go, whatever closes it.
    #[serde(default)]
    pub closed_by: Vec<String>,
}

impl Override {
    /// Whether it was given for all of what closes the gate now: what came after is nothing that anybody let go (P8).
    #[must_use]
    pub fn is_of(&self, closed_by: &[String]) -> bool {
        self.closed_by.is_empty() || closed_by.iter().all(|one| self.closed_by.contains(one))
    }

    /// Whether it lets the gate go for that part of the push, or for all of it if empty.
    #[must_use]
    pub fn covers(&self, part: &BTreeSet<RepoName>) -> bool {
        self.only.is_empty() || (!part.is_empty() && part.is_subset(&self.only))
    }
}

/// A tag that was taken back from production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bad {
    /// The repository.
    pub repo: RepoName,
    /// The tag.
    pub tag: String,
    /// Its commit: later tags that hold it are warned about.
    pub commit: Oid,
    /// Why it was taken back.
    pub because: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Bad {
    /// Why its own push may not leave with it, and the two ways out.
    #[must_use]
    pub fn way_out(&self, push: PushDate) -> String {
        let Self { repo, tag, because, .. } = self;
        format!(
            "{repo} {tag} was rolled back: {because}; a newer tag leaves in its place, or `pushduty rollback --clear --push {push} --because TEXT` lets this one leave again"
        )
    }

    /// What later pushes are told of it until it is cleared; `push` is the one that it was a tag of.
    #[must_use]
    pub fn warning(&self, push: PushDate) -> String {
        let Self { repo, tag, because, .. } = self;
        format!(
            "{repo} {tag} was rolled back: {because}; `pushduty rollback --clear --push {push} --because TEXT` once it is mended"
        )
    }
}
