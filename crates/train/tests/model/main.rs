//! The publishing and security protocol, checked in every order in which things can happen (P1, P2, P3, P11, P12).
//!
//! Processes follow the product's own rules: the steps of `train::publish`, `intent::settle`, `cut::plan`,
//! `security::select` and `to_follow`, `fence::check`, `State::apply`. Only the world around them is made up: two remotes
//! with atomic pushes, crashes at any point with pushes that land late, lost answers, a rival ledger, other people. Each
//! property has a planted bug that turns it red.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod bugs;
mod conduct;
mod effects;
mod ledger;
mod plans;
mod promises;
mod remote;
mod world;
mod worlds;

use train::id::RepoName;
use train::settings::{Repo, Settings};

use world::{Left, Wish};

/// The branch that ships.
pub(crate) const BRANCH: &str = "main";
/// The first commit.
pub(crate) const BASE: u64 = 1;
/// The fix on the security branch.
pub(crate) const FIX: u64 = 2;
/// Somebody else's commit on upstream's main.
pub(crate) const MOVED: u64 = 4;
/// Somebody's merge by button on the security repository.
pub(crate) const BUTTON: u64 = 8;
/// A commit that somebody tags by hand, of no branch.
pub(crate) const ELSEWHERE: u64 = 1 << 4;
/// The first of our merge commits; each one made is another.
pub(crate) const MERGE: u64 = 1 << 8;

/// A fault planted in the machine or in the world around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    /// None.
    Nothing,
    /// The merge goes to security's main before upstream has it.
    SecurityFirst,
    /// Tags are pushed without demanding that there is none of the name.
    TagWithoutLease,
    /// Suffixes are counted from the remote's tags alone.
    CountWhatIsThere,
    /// What earlier runs left open is passed over.
    LeaveOpenBehind,
    /// A new intent is written beside an open one.
    TwoAtOnce,
    /// A second try builds its objects anew.
    BuildAnew,
    /// A push without an answer is taken to have failed.
    SilenceIsNo,
    /// A push without an answer is taken to be done.
    SilenceIsYes,
    /// The fence moves from whatever it is at.
    FenceWithoutLease,
    /// After a take-over, whatever fence is seen next is moved on from.
    TrustAnyFence,
    /// `--again` makes another tag when it is run again.
    AgainAndAgain,
}

/// One configuration of the world.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) wishes: Vec<&'static [Wish]>,
    pub(crate) left: Left,
    pub(crate) bug: Bug,
    /// Whether the remote takes fences.
    pub(crate) fence: bool,
    /// Whether there is a security remote.
    pub(crate) twin: bool,
    pub(crate) settings: Settings,
}

impl Model {
    pub(crate) fn new(wishes: &[&'static [Wish]], left: Left) -> Self {
        let name: RepoName = "server".parse().unwrap();
        let repo = Repo {
            name,
            upstream: "/upstream".into(),
            security: None,
            branch: None,
            scheme: train::tag::TagScheme::default(),
            compare: None,
            migrations: Vec::new(),
            fence: true,
            after: None,
            artifact: None,
        };
        let timetable = train::calendar::Timetable::new(
            "UTC".parse().unwrap(),
            "Tuesday 09:00".parse().unwrap(),
            "Thursday 09:00".parse().unwrap(),
        );
        let settings = Settings {
            train: "amo".parse().unwrap(),
            timetable,
            rotation: Vec::new(),
            people: std::collections::BTreeMap::new(),
            repos: vec![repo],
            environments: Vec::new(),
            tagging: train::settings::Tagging::Annotated,
            gates: Vec::new(),
            components: Vec::new(),
        };
        let twin = wishes.iter().any(|w| w.contains(&Wish::Merge));
        Self { wishes: wishes.to_vec(), left, bug: Bug::Nothing, fence: true, twin, settings }
    }

    pub(crate) fn without_fence(mut self) -> Self {
        self.fence = false;
        self
    }

    pub(crate) fn with(mut self, bug: Bug) -> Self {
        self.bug = bug;
        self
    }

    /// Whether nobody but one ledger ever pushes.
    pub(crate) fn alone(&self) -> bool {
        let left = self.left;
        self.wishes.len() == 1
            && left.moves + left.hand_tags + left.deletions + left.buttons + left.refusals == 0
    }

    pub(crate) fn repo(&self) -> &RepoName {
        &self.settings.repos[0].name
    }
}
