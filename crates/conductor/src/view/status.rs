//! `status --json`: the push at a glance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::base::BaseFrom;
use train::differences::Difference;
use train::gates::Gate;
use train::id::{Oid, PersonName, PushDate, RepoName};
use train::people::Role;
use train::signoff::SignoffState;
use train::versions::{Fleet, ServiceState, Shown};

use super::Moment;
use super::asks::AskView;
use super::calendar::OfferView;
use super::confirm::{AuthorsView, BroughtView};
use super::notes::{BlockerView, TaskView};

/// How a push stands; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    /// On the schedule.
    Planned,
    /// The next to be cut.
    Open,
    /// Every repository has its tag, or stays.
    Cut,
    /// Stage shows the tags on all samples.
    Staged,
    /// Signed off.
    Approved,
    /// On its way to production.
    Pushing,
    /// In production, watched.
    Watching,
    /// Finished.
    Done,
    /// Somebody holds it.
    Held,
    /// Taken back.
    RolledBack,
    /// Does not run.
    Cancelled,
}

/// The document's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusView {
    /// The train.
    pub train: String,
    /// The push.
    pub push: Option<PushDate>,
    /// How it stands.
    pub state: PushState,
    /// Who is on duty.
    pub hero: Option<PersonName>,
    /// The hero's offer to have somebody else serve it.
    pub offer: Option<OfferView>,
    /// Who is next.
    pub next_hero: Option<PersonName>,
    /// When it is cut.
    pub cut_at: Option<Moment>,
    /// When production starts.
    pub push_at: Option<Moment>,
    /// The repositories.
    pub repos: Vec<RepoStatus>,
    /// Picks somebody wants.
    pub asks: Vec<AskView>,
    /// What runs where.
    pub environments: Vec<EnvironmentView>,
    /// The digest of the newest tags; null before the cut.
    pub tagset: Option<String>,
    /// Who holds it and why.
    pub hold: Option<HoldView>,
    /// What blocks it.
    pub blockers: Vec<BlockerView>,
    /// What is to be done, by phase.
    pub tasks: Vec<TaskView>,
    /// Who will take it to production.
    pub claims: Vec<ClaimView>,
    /// How the authors of what it brings stand; null where nobody is asked.
    pub authors: Option<AuthorsView>,
    /// Who signed off what.
    pub signoffs: Vec<SignoffView>,
    /// The conditions for starting production.
    pub gates: Vec<Gate>,
    /// The one next step.
    pub next: NextView,
    /// What earlier runs left open; the next command that writes settles it.
    pub unsettled: Vec<RepoName>,
    /// Tags that somebody else moved or deleted, until they are back or were taken into the record.
    pub differences: Vec<Difference>,
    /// Duty and calendar remarks.
    pub notes: Vec<String>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepoStatus {
    /// Its name.
    pub name: RepoName,
    /// What its tag is compared with.
    pub base: Option<String>,
    /// Where that was read from.
    pub base_from: BaseFrom,
    /// Its newest tag of this push.
    pub tag: Option<String>,
    /// The tag's commit.
    pub commit: Option<Oid>,
    /// Whether it stays on its production tag.
    pub stays: bool,
    /// The tag object.
    pub tag_object: Option<Oid>,
    /// The link that compares them.
    pub compare_url: Option<String>,
    /// Commits between.
    pub commit_count: Option<usize>,
    /// What its tags have by pick or revert.
    pub picks: Vec<PickView>,
    /// The changes that its tag brings, newest first, with who confirmed them on stage; none where no stage is set up for it.
    pub changes: Vec<BroughtView>,
    /// Every tag of this push, oldest first.
    pub tags: Vec<String>,
    /// When the remote was last asked.
    pub observed_at: Option<Moment>,
    /// Whether nothing is left to be done for it: gates, stage and production are not held beside its tag any more.
    #[serde(skip)]
    pub settled: bool,
}

/// A pick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PickView {
    /// The commit asked for.
    pub commit: Oid,
    /// The commit made.
    #[serde(rename = "as")]
    pub made: Oid,
    /// Its subject.
    pub subject: String,
    /// Its author; of a revert who takes the commit back.
    pub author: String,
    /// Of a revert the author of the commit that is taken back; null where that is not known.
    pub whose: Option<String>,
    /// The tag that first had it.
    pub tag: String,
    /// Whether it takes the commit back.
    pub reverted: bool,
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentView {
    /// Its name.
    pub name: String,
    /// What runs there.
    pub services: Vec<ServiceView>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// The repository it is built from.
    pub repo: RepoName,
    /// Beside the tag that is expected.
    pub state: ServiceState,
    /// That tag: the push's; where it has none yet, what production is expected to run since the last push.
    pub expected: Option<String>,
    /// What the state says too little of, in a sentence without its full stop.
    pub note: Option<String>,
    /// What it showed when it last answered well, where it gives no good answer now.
    pub last: Option<LastShownView>,
    /// What its samples showed, most first.
    pub versions: Vec<VersionView>,
    /// Why samples gave no answer.
    pub failures: Vec<String>,
    /// When it was asked.
    pub observed_at: Option<Moment>,
}

impl ServiceView {
    /// Its samples, counted, as the rules know them.
    #[must_use]
    pub fn fleet(&self) -> Fleet {
        let shown = self.versions.iter().map(|v| Shown {
            version: v.version.clone(),
            commit: v.commit.clone(),
            samples: v.samples,
        });
        Fleet { shown: shown.collect(), failures: self.failures.clone() }
    }

    /// Whether it shows the push's own tag on all samples, or what its repository stays on, or is not waited for. Between
    /// pushes a service is held beside what the last one left, and has not arrived anywhere.
    #[must_use]
    pub fn has_arrived(&self, repos: &[RepoStatus]) -> bool {
        let mut own = repos.iter().filter(|repo| repo.name == self.repo && repo.tag.is_some());
        let current = self.state == ServiceState::Current;
        own.any(|repo| repo.settled || (current && (repo.stays || repo.tag == self.expected)))
    }
}

/// A version shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionView {
    /// `version`.
    pub version: Option<String>,
    /// `commit`.
    pub commit: Option<String>,
    /// How many samples showed it.
    pub samples: usize,
}

/// What a service showed before it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastShownView {
    /// `version`.
    pub version: String,
    /// `commit`, where it told one.
    pub commit: Option<Oid>,
    /// When it was seen with it last.
    pub observed_at: Moment,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextView {
    /// Whose it is.
    pub who: Option<String>,
    /// What.
    pub what: String,
    /// The command, where there is one.
    pub command: Option<String>,
    /// Whether it is about something that went wrong since the push has started.
    #[serde(skip)]
    pub alarm: bool,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldView {
    /// Who holds.
    pub by: String,
    /// Why.
    pub because: String,
    /// One repository; null where it is the whole push.
    pub repo: Option<RepoName>,
    /// When it was set.
    pub at: Moment,
    /// When it is over by itself; null where it has no end.
    pub until: Option<Moment>,
}

/// Who takes the push to production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimView {
    /// Who.
    pub by: String,
    /// Since when.
    pub at: Moment,
}

/// How it is known who somebody was; a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProofWord {
    /// The user of the machine.
    Local,
    /// A token.
    Token,
    /// A link that was good once.
    Link,
    /// A sign-in with an issuer.
    Oidc,
    /// A sign-in with GitHub.
    Github,
    /// An account on a chat network.
    IrcAccount,
}

/// A sign-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignoffView {
    /// In which role.
    pub role: Role,
    /// The repository.
    pub repo: RepoName,
    /// The tag that its person saw.
    pub tag: String,
    /// The tag object.
    pub tag_object: Oid,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
    /// How we know who it was.
    pub proof: ProofWord,
    /// Whether it was the hero's own word.
    pub own: bool,
    /// How it stands.
    pub state: SignoffState,
    /// Why it was withdrawn, if so.
    pub because: Option<String>,
}

/// `ready`'s body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadyView {
    /// The push.
    pub push: PushDate,
    /// Whether every gate passes.
    pub ready: bool,
    /// The digest of the newest tags.
    pub tagset: Option<String>,
    /// The gates, in the order in which they open.
    pub gates: Vec<Gate>,
    /// Where nobody was asked for this answer: when what it is judged by was seen, of all of it the longest ago.
    #[serde(default)]
    pub seen_at: Option<Moment>,
}
