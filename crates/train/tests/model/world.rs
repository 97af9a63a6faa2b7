//! The world: remotes, ledgers with a process each, pushes on their way, other people, and what may still go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use train::facts::{Look, SeenFence};
use train::id::Oid;
use train::intent::{FenceMove, Intent, IntentId};
use train::publish::{Pushed, Step};
use train::refusal::Code;

use crate::ledger::Ledger;
use crate::remote::{Flight, Remotes};

/// What a person asks a ledger's process to do; repeated until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Wish {
    /// `tag`
    Tag,
    /// `tag --again --because …`
    Again,
    /// `security merge`
    Merge,
    /// `security sync`
    Sync,
    /// `adopt`
    Adopt,
}

/// How often each thing may still happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Left {
    /// A process dies; what it sent stays under way.
    pub(crate) crashes: u8,
    /// An answer is lost, or a remote can't be asked.
    pub(crate) silences: u8,
    /// A remote refuses by a hook.
    pub(crate) refusals: u8,
    /// Somebody else moves upstream's main.
    pub(crate) moves: u8,
    /// Somebody else makes the push's first tag, on our commit or on another.
    pub(crate) hand_tags: u8,
    /// Somebody else deletes a tag.
    pub(crate) deletions: u8,
    /// Somebody else merges by button on the security repository.
    pub(crate) buttons: u8,
}

/// Where a ledger's process is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// No process: the next begins with what is left open.
    Idle,
    /// An intent on its way, by the product's steps; `sent` is the push that is waited for.
    Carry { intent: Arc<Intent>, step: Step, sent: Option<Option<FenceMove>>, then: Then },
    /// Security's main may be behind.
    Sync { after: bool, look: Option<Look>, settled: Vec<Arc<Intent>>, well: bool },
    /// The cut: look, then plan.
    Cut { look: Option<Look>, settled: Vec<Arc<Intent>> },
    /// The merge: look, then plan.
    Merge { look: Option<Look> },
    /// The take-over: look, then move the fence.
    Adopt { look: Option<Option<SeenFence>>, sent: bool },
    /// Every wish is done.
    Done,
    /// The command was refused.
    Stopped(Code),
}

/// Where a process goes on after an intent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Then {
    Settle { left: Vec<IntentId>, settled: Vec<Arc<Intent>> },
    Synced { after: bool, settled: Vec<Arc<Intent>>, well: bool },
    Merged,
    Tagged,
}

/// A ledger and its one process: the lock allows no second while the first lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Conductor {
    pub(crate) ledger: Ledger,
    pub(crate) wishes: &'static [Wish],
    pub(crate) runs: u8,
    pub(crate) merges: u8,
    pub(crate) phase: Phase,
}

/// What nobody in the world knows: which promises were broken, and what is needed to tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Ghost {
    pub(crate) broken: BTreeSet<&'static str>,
    /// Every tag that ever landed by us, with its object.
    pub(crate) given: BTreeMap<String, Oid>,
    /// Tags that somebody deleted.
    pub(crate) deleted: BTreeSet<String>,
    /// Whose push moved the fence last: the ledger and its run.
    pub(crate) owner: Option<(usize, u8)>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) remotes: Remotes,
    pub(crate) conductors: Vec<Conductor>,
    pub(crate) flights: Vec<Flight>,
    pub(crate) left: Left,
    pub(crate) ghost: Ghost,
}

/// What may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A ledger's process does its next step.
    Act(usize),
    /// It looks, and the remote can't be asked.
    Blind(usize),
    /// It dies.
    Crash(usize),
    /// It stops waiting for an answer; the push stays under way.
    GiveUp(usize),
    /// A push lands; whoever waits for it is answered.
    Land(usize),
    /// A push lands, and the answer is lost.
    Mute(usize),
    /// The remote's hook refuses a push.
    Refuse(usize),
    /// Somebody moves upstream's main.
    Move,
    /// Somebody makes the first tag, on main or on another commit.
    HandTag { same: bool },
    /// Somebody deletes the newest tag.
    Delete,
    /// Somebody merges the fix on the security repository.
    Button,
}

impl Conductor {
    pub(crate) fn new(id: &'static str, wishes: &'static [Wish]) -> Self {
        Self { ledger: Ledger::new(id), wishes, runs: 0, merges: 0, phase: Phase::Idle }
    }

    /// The command ended: well, or to be run again.
    pub(crate) fn ended(&mut self, well: bool) {
        if well {
            self.wishes = &self.wishes[1..];
        }
        self.phase = if self.wishes.is_empty() { Phase::Done } else { Phase::Idle };
    }

    /// Hands the answer to a push to the process that waits for it.
    pub(crate) fn answer(&mut self, answer: Pushed) {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Carry { intent, step, sent: Some(fence), then } => {
                let step = match step {
                    Step::Push(pushing) => pushing.answered(fence, answer),
                    Step::TakeFence(taking) => taking.answered(fence.unwrap().to, answer),
                    other => other,
                };
                self.phase = Phase::Carry { intent, step, sent: None, then };
            }
            Phase::Adopt { .. } => self.ended(answer == Pushed::Done),
            other => self.phase = other,
        }
    }

    /// Whether it waits for an answer.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.phase, Phase::Carry { sent: Some(_), .. } | Phase::Adopt { sent: true, .. })
    }

    /// Whether its next step is a look of the product's steps.
    pub(crate) fn looks(&self) -> bool {
        matches!(&self.phase, Phase::Carry { step: Step::Look(_), sent: None, .. })
    }

    /// Whether a process lives.
    pub(crate) fn lives(&self) -> bool {
        !matches!(self.phase, Phase::Idle | Phase::Done | Phase::Stopped(_))
    }
}
