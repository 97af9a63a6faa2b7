//! `import notes --json` and `history --json`: past pushes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::id::{PushDate, RepoName};
use train::import::{Asked, Compared, Problem, TaskNoted, Told};
use train::notes::Phase;
use train::stats::{Origin, Stats};

use super::Moment;

/// `import notes`' body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportView {
    /// Whether it was done, or is only planned.
    pub done: bool,
    /// How many pages were read, each of a push.
    pub pushes: usize,
    /// Compare links on them, of repositories aboard.
    pub links: usize,
    /// Commits and pull requests that were to be picked.
    pub picks: usize,
    /// Blockers.
    pub blockers: usize,
    /// Tasks, of all phases.
    pub tasks: usize,
    /// Starts and ends with a time.
    pub times: usize,
    /// How many of the pushes the record has new, or in a new version.
    pub added: usize,
    /// How many of those take the place of an earlier version.
    pub changed: usize,
    /// Those pushes.
    pub new: Vec<ImportedPush>,
    /// What to look at again.
    pub problems: Vec<Problem>,
}

/// A push that an import adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedPush {
    /// The push.
    pub push: PushDate,
    /// The file that tells of it.
    pub file: String,
    /// Whether an earlier version of it is in the record.
    pub replaces: bool,
}

/// `history`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryView {
    /// The train.
    pub train: String,
    /// Past pushes, newest first.
    pub pushes: Vec<PastPushView>,
    /// What they are to say; null where nothing is sought.
    pub search: Option<String>,
    /// How many there are of the days that are asked for, whatever they say.
    pub among: usize,
    /// How many there are of any day.
    pub known: usize,
}

/// One past push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastPushView {
    /// Its date.
    pub push: PushDate,
    /// Who tells of it.
    pub origin: Origin,
    /// The hero, by the person's name where one goes by what is written.
    pub hero: Option<String>,
    /// The hero as notes have it.
    pub hero_written: Option<String>,
    /// Its repositories.
    pub repos: Vec<PastRepo>,
    /// Compare links in its notes; null where no notes were imported.
    pub links: Option<usize>,
    /// Commits picked, or asked for where only notes tell.
    pub picks: Option<usize>,
    /// Tags that came after the first, of all repositories.
    pub retags: Option<usize>,
    /// Blockers in its notes.
    pub blockers: usize,
    /// Tasks in its notes; null where none were imported.
    pub tasks: Option<usize>,
    /// When its first tag was given.
    pub cut_at: Option<Moment>,
    /// When it was started.
    pub start: Option<Moment>,
    /// When it was over.
    pub end: Option<Moment>,
    /// Why it did not run.
    pub cancelled: Option<String>,
    /// The file that it was imported from.
    pub file: Option<String>,
    /// How often it was imported with something new.
    pub versions: u32,
    /// All that is known of it, where one push was asked for.
    pub detail: Option<PushDetail>,
}

/// One repository's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastRepo {
    /// The repository.
    pub name: RepoName,
    /// What its tag is compared with.
    pub base: Option<String>,
    /// Its newest tag.
    pub tag: Option<String>,
    /// All its tags that are told of, oldest first.
    pub tags: Vec<String>,
    /// How many came after the first.
    pub retags: usize,
    /// How many commits it brought; null where the mirror does not have both ends.
    pub commits: Option<usize>,
    /// Whether it kept its tag.
    pub stays: bool,
    /// Why.
    pub because: Option<String>,
}

/// All that is known of one push. Texts are as people wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PushDetail {
    /// Whom its hero's line names.
    pub heroes: Vec<Told>,
    /// What stands in brackets behind it.
    pub remark: Option<String>,
    /// Who was there for ops.
    pub ops: Vec<Told>,
    /// Who was there for QA.
    pub qa: Vec<Told>,
    /// Its compare links, as typed.
    pub links: Vec<Compared>,
    /// What was to be picked.
    pub asks: Vec<PastAsk>,
    /// Its blockers.
    pub blockers: Vec<PastBlockerView>,
    /// Its tasks.
    pub tasks: Vec<PastItem>,
    /// Notable things.
    pub notable: Vec<String>,
    /// Issues.
    pub issues: Vec<String>,
    /// What was left for later.
    pub later: Vec<String>,
    /// Its start, as notes have it.
    pub start: Option<PastTime>,
    /// Its end, as notes have it.
    pub end: Option<PastTime>,
    /// Its holds.
    pub holds: Vec<PastHoldView>,
    /// Rules that were overridden, with their reasons.
    pub overrides: Vec<(String, String)>,
    /// BLAKE3 of the imported file's bytes.
    pub digest: Option<String>,
}

/// Something that was to be picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastAsk {
    /// The repository.
    pub repo: Option<RepoName>,
    /// The commit's hash, or the beginning of it.
    pub commit: Option<String>,
    /// The pull request.
    pub pull: Option<u64>,
    /// Whether the page says that it was done.
    pub done: bool,
    /// Whether it was not to be picked.
    pub forbidden: bool,
    /// What follows it on its line.
    pub words: String,
}

impl From<&Asked> for PastAsk {
    fn from(asked: &Asked) -> Self {
        Self {
            repo: asked.repo.clone(),
            commit: asked.commit.clone(),
            pull: asked.pull,
            done: asked.done,
            forbidden: asked.forbidden,
            words: asked.words.clone(),
        }
    }
}

/// A blocker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastBlockerView {
    /// Its name in notes that were written here.
    pub id: Option<String>,
    /// Its text.
    pub text: String,
    /// Whose it was.
    pub owner: Option<String>,
    /// Whether it was done.
    pub done: bool,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastItem {
    /// Its text.
    pub text: String,
    /// When it was due.
    pub when: Phase,
    /// Whose it was.
    pub owner: Option<String>,
    /// Whether it was done.
    pub done: bool,
}

impl From<&TaskNoted> for PastItem {
    fn from(task: &TaskNoted) -> Self {
        let TaskNoted { text, when, owner, done } = task.clone();
        Self { text, when, owner, done }
    }
}

/// A time that notes have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastTime {
    /// As written.
    pub written: String,
    /// What it means.
    pub at: Moment,
    /// *about*.
    pub about: bool,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastHoldView {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Moment,
    /// When it was over; null where nothing says.
    pub over: Option<Moment>,
    /// What was held; null for the whole push.
    pub repo: Option<RepoName>,
    /// Why.
    pub because: String,
}

/// `stats`' body.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct StatsView {
    /// The train.
    pub train: String,
    /// What the pushes come to.
    #[serde(flatten)]
    pub stats: Stats,
    /// The plots that were written.
    pub files: Vec<String>,
}
