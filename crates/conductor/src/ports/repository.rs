//! A repository aboard: its upstream remote and our bare mirror of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::facts::{Brought, Commit, Comparison, Fence, Look, Picked};
use train::fixed::Said;
use train::id::{Oid, RepoName};
use train::intent::{FenceMove, IntentId, Update};
use train::pick::{ConflictText, PickStep};
use train::propose::Touched;
use train::publish::Pushed;
use train::settings::Tagging;

use super::ledger::Lock;
use super::progress::Progress;
use crate::failure::Result;

/// A name and a mail address, as git writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ident {
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// Who makes an object, and when: fixed before it is built, so that a second try builds the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Committer or tagger.
    pub by: Ident,
    /// The time, whole seconds.
    pub at: Timestamp,
    /// Its offset from UTC in seconds, east positive: the train's zone at that time.
    pub offset: i32,
}

/// A tag to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagDraft {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// The commit.
    pub commit: Oid,
    /// The message; ends with a newline.
    pub message: String,
    /// Tagger and time.
    pub stamp: Stamp,
    /// Annotated, lightweight (then nothing is written: the commit itself is the object) or signed.
    pub tagging: Tagging,
}

/// What came of putting steps on a tip, in memory of the object store: nothing is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The tip with every step done, up to the conflict if there is one.
    pub tip: Oid,
    /// The steps done, in order.
    pub done: Vec<StepDone>,
    /// The step that did not apply; nothing after it was tried.
    pub conflict: Option<Conflict>,
}

/// A step done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDone {
    /// The step.
    pub step: PickStep,
    /// What it came to.
    pub outcome: StepOutcome,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// A commit was made.
    Made {
        /// The commit.
        commit: Oid,
        /// The original carried a signature, which cannot survive.
        signature_dropped: bool,
        /// The tip had the commit in its history already, but its effect was gone: *reverted there*.
        reverted_there: bool,
    },
    /// It changes nothing: the tip has it.
    Contained,
}

/// A step that does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The step.
    pub step: PickStep,
    /// Paths in conflict with git's stable word for each (`CONFLICT (contents)` is `contents`).
    pub files: Vec<(String, String)>,
    /// Places with markers, `path:first-last` by line number in the merged file.
    pub hunks: Vec<String>,
    /// What stands at the first of these places.
    pub texts: Vec<ConflictText>,
}

/// A publish: one push to one remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// The refs, all or nothing.
    pub updates: Vec<Update>,
    /// The fence, in the same push.
    pub fence: Option<FenceMove>,
}

/// One line of the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// What was examined, in a word or two.
    pub what: String,
    /// Whether it is well; a warning is well enough to work.
    pub well: bool,
    /// Whether people should know all the same.
    pub warn: bool,
    /// One sentence.
    pub sentence: String,
    /// What to do; empty when well.
    pub mend: String,
}

/// A work tree opened for a person to resolve a conflict in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolveTree {
    /// Where it is.
    pub dir: PathBuf,
    /// The tip the step is put on.
    pub onto: Oid,
    /// The step.
    pub step: PickStep,
}

/// A repository's public side. Commits are resolved only among those reachable from upstream's branches and tags:
/// what only security has does not exist here (P9).
#[async_trait]
pub trait Repository: Send + Sync {
    /// Its name in the configuration.
    fn name(&self) -> &RepoName;

    /// The same, with `progress` told what upstream says to git, and how far a long transfer is, while it goes on.
    fn told_to(&self, progress: &Arc<dyn Progress>) -> Arc<dyn Repository>;

    /// Asks upstream: one fetch of branches, tags and the fence, moved and deleted ones included. `at` dates the look.
    async fn fetch(&self, at: Timestamp) -> Result<Look>;

    /// The refs as last fetched, without asking; none when never fetched. `at` dates it.
    async fn last_look(&self, at: Timestamp) -> Result<Option<Look>>;

    /// The commits a person means: a full or abbreviated hash, a tag or branch of upstream, or a range `A..B` (oldest
    /// first, merges included). `NoSuchCommit` or `Ambiguous` otherwise.
    async fn resolve(&self, text: &str) -> Result<Vec<Commit>>;

    /// The commits of `main` whose message names this pull or merge request, newest first.
    async fn of_pull_request(&self, main: &Oid, number: u64) -> Result<Vec<Commit>>;

    /// One commit by its full name.
    async fn commit(&self, id: &Oid) -> Result<Commit>;

    /// The tree of a commit: two with the same one have the same files.
    async fn tree(&self, commit: &Oid) -> Result<Oid>;

    /// Whether `commit` is `tip` or in its history.
    async fn contains(&self, tip: &Oid, commit: &Oid) -> Result<bool>;

    /// Those of `commits` that are neither `tip` nor in its history, in the order given: for many at once. In a history
    /// whose dates run backwards for a long stretch, one that is inside may be told as outside; never the reverse.
    async fn outside(&self, tip: &Oid, commits: &[Oid]) -> Result<Vec<Oid>>;

    /// The newest commits of `main` that `tip` has: one where it left main, several where main was merged into it crosswise,
    /// none where they share nothing.
    async fn stands_on(&self, main: &Oid, tip: &Oid) -> Result<Vec<Oid>>;

    /// When `commit` came into the first-parent history of `tip`: the commit that brought it. None when it is not there.
    async fn brought_by(&self, tip: &Oid, commit: &Oid) -> Result<Option<Commit>>;

    /// The tags of upstream that have `commit` in their history, by name without `refs/tags/`.
    async fn tags_with(&self, commit: &Oid) -> Result<Vec<String>>;

    /// What lies between; at most `limit` commits are listed, all are counted.
    async fn compare(&self, base: Option<&Oid>, head: &Oid, limit: usize) -> Result<Comparison>;

    /// The newest `limit` commits of `head` that `base` has not, merges left out, newest first, each with the paths it touches.
    async fn touched(&self, base: &Oid, head: &Oid, limit: usize) -> Result<Vec<Touched>>;

    /// The same commits and merges with their whole messages.
    async fn said(&self, base: &Oid, head: &Oid, limit: usize) -> Result<Vec<Said>>;

    /// What each head has over its base, newest first: of many pushes at once.
    async fn brought(&self, spans: &[(Oid, Oid)]) -> Result<Vec<Vec<Brought>>>;

    /// When each of these tag objects was made; none for a lightweight tag.
    async fn tagged_at(&self, objects: &[Oid]) -> Result<Vec<Option<Timestamp>>>;

    /// The commits in `tip` that `main` has not, merges left out, oldest first, each with the commit it was picked from
    /// (by its message, or by an equal patch in `main`) or reverts.
    async fn picked(&self, main: &Oid, tip: &Oid) -> Result<Vec<Picked>>;

    /// Those of `picked` that `head` holds in no form: not in its history, nor their origin, nor an equal patch since
    /// they parted, nor (for a revert) a revert of the same commit. P6 asks about these.
    async fn uncarried(&self, head: &Oid, picked: &[Picked]) -> Result<Vec<Picked>>;

    /// The commits in `main`'s order, oldest first; those not on main come last, in the order given (P5).
    async fn in_order(&self, main: &Oid, commits: &[Oid]) -> Result<Vec<Oid>>;

    /// The non-merge commits that a merge commit brought: to name them in its refusal. Oldest first.
    async fn merged_by(&self, merge: &Oid) -> Result<Vec<Commit>>;

    /// Puts steps on a tip, in the object store only (P5: author, date, encoding and message byte for byte, origin
    /// recorded, committer and time from `stamp`).
    async fn apply(&self, onto: &Oid, steps: &[PickStep], stamp: &Stamp) -> Result<Applied>;

    /// Commits on `main` that `onto` lacks, older than `commit`, that touch `files`: what it likely needs first. Oldest first.
    async fn prerequisites(
        &self,
        onto: &Oid,
        main: &Oid,
        commit: &Oid,
        files: &[String],
    ) -> Result<Vec<Commit>>;

    /// Paths that `from..to` added or changed and that are migrations by the configured globs.
    async fn migrations(&self, from: &Oid, to: &Oid) -> Result<Vec<String>>;

    /// Writes a tag object; the same draft gives the same object (a signed one is made once and kept).
    async fn write_tag(&self, draft: &TagDraft) -> Result<Oid>;

    /// Writes a fence's blob.
    async fn write_fence(&self, fence: &Fence) -> Result<Oid>;

    /// Keeps objects from being collected until the intent is settled.
    async fn keep(&self, intent: &IntentId, objects: &[Oid]) -> Result<()>;

    /// Lets them go.
    async fn release(&self, intent: &IntentId) -> Result<()>;

    /// Refuses where a push to upstream would go to another place than it is configured to be at (P2).
    async fn check_address(&self) -> Result<()>;

    /// Pushes to upstream: one atomic push that demands what every update and the fence expect.
    async fn publish(&self, lock: &Lock, publish: &Publish) -> Result<Pushed>;

    /// The message of an annotated tag object; none for a lightweight tag.
    async fn tag_message(&self, object: &Oid) -> Result<Option<String>>;

    /// Opens a work tree at `onto` with `step` applied as far as it goes, markers in place.
    async fn open_resolve(&self, dir: &Path, onto: &Oid, step: &PickStep) -> Result<ResolveTree>;

    /// Takes a resolved work tree: refuses while markers or unmerged paths are left; makes the commit as `apply` would.
    async fn take_resolve(&self, tree: &ResolveTree, stamp: &Stamp) -> Result<Oid>;

    /// Removes a work tree.
    async fn close_resolve(&self, dir: &Path) -> Result<()>;

    /// The most frequent authors of the newest `limit` commits of main, most first: name, mail address, count.
    async fn authors(&self, main: &Oid, limit: usize) -> Result<Vec<(Ident, usize)>>;

    /// The doctor: reachable, readable, writable (a dry-run push), atomic, the effective push URL. The lines called `git` and
    /// `upstream` say whether upstream was read.
    async fn examine(&self) -> Vec<Examined>;
}
