//! One intent on its way to a remote: what is done next, decided from what was observed last (P11, P12).
//!
//! A [`Step`] says what to do; what it came to is handed back to it, and gives the next step, until [`Step::End`]. The
//! driver that pushes and the model that is checked exhaustively (`tests/model`) follow these very steps. There are two
//! ways in: [`begin`] for an intent just written, [`resume`] for one that an earlier run left without a result. The
//! second takes the fence before it believes that nothing is there: from then on nothing older can land.

use crate::event::Outcome;
use crate::facts::SeenFence;
use crate::id::{Oid, RepoName};
use crate::intent::{FenceMove, Intent, Remote, Seen, Settlement, settle};
use crate::refusal::{Code, Refusal};
use crate::state::State;

/// What a remote said to a push.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pushed {
    /// Every ref moved, by the remote's own word.
    Done,
    /// The remote said no (a hook, a protected ref, missing rights): nothing moved. Its words, filtered.
    Refused(String),
    /// A ref was not as expected: somebody else was there first. Nothing moved.
    Lost(String),
    /// No word, or a mixed one: look before doing anything else.
    Unknown(String),
}

/// What a look at an intent's remote shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Its refs.
    pub refs: Seen,
    /// The fence; none where there is none, or the remote has none of ours.
    pub fence: Option<SeenFence>,
    /// Whether that fence lets this ledger act ([`crate::fence::check`]).
    pub ours: Result<(), Refusal>,
}

impl Sight {
    /// Nothing: the remote can't be asked.
    #[must_use]
    pub fn unreachable() -> Self {
        Self { refs: Seen::Unreachable, fence: None, ours: Ok(()) }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Push the intent's objects.
    Push(Pushing),
    /// Look at its refs and at the fence.
    Look(Looking),
    /// Move the fence alone, to a fresh object.
    TakeFence(Taking),
    /// Nothing more.
    End(End),
}

/// How it ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum End {
    /// It is known: record it.
    Settled(Outcome),
    /// It is not known, and why: the intent stays open, and the next run looks again.
    Open(String),
    /// Another ledger conducts the train: stop; the intent stays open.
    NotOurs(Refusal),
}

/// A push to be made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pushing {
    /// The fence that moves with it.
    pub fence: Fencing,
}

/// Which fence moves with a push.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fencing {
    /// None: the repository has none.
    Off,
    /// The one that the intent names.
    Intended(FenceMove),
    /// A fresh one after this one, which this run put there itself.
    After(SeenFence),
}

/// A look to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Looking {
    after: After,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum After {
    /// An earlier run left the intent.
    Resuming,
    /// The fence was taken, to this object.
    Taken(Oid),
    /// A push did not say that it was done.
    Push { fence: Option<FenceMove>, why: String },
}

/// A fence to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Taking {
    /// The fence it must be moved from; none: there is none.
    pub from: Option<SeenFence>,
}

/// Whether a new intent for `repo`'s `remote` may be written: not while an older one is open there, because that one may
/// still land, or be pushed again by whoever settles it.
pub fn may_begin(state: &State, repo: &RepoName, remote: Remote) -> Result<(), Refusal> {
    if state.open_in(repo, remote).next().is_none() {
        return Ok(());
    }
    let what = format!("what an earlier run began in {repo} is not settled yet");
    Err(Refusal::new(Code::Incomplete, what, "run the same command again: it looks first")
        .in_repo(repo))
}

/// The first step of an intent just written.
#[must_use]
pub fn begin(intent: &Intent) -> Step {
    Step::Push(Pushing { fence: intent.fence.clone().map_or(Fencing::Off, Fencing::Intended) })
}

/// The first step of an intent that an earlier run left without a result.
#[must_use]
pub fn resume() -> Step {
    Step::Look(Looking { after: After::Resuming })
}

impl Pushing {
    /// The step after the remote's answer; `sent` is the fence that went with the push.
    #[must_use]
    pub fn answered(self, sent: Option<FenceMove>, answer: Pushed) -> Step {
        match answer {
            Pushed::Done => Step::End(End::Settled(Outcome::Published)),
            Pushed::Refused(why) => Step::End(End::Settled(Outcome::Refused { why })),
            Pushed::Lost(why) | Pushed::Unknown(why) => {
                Step::Look(Looking { after: After::Push { fence: sent, why } })
            }
        }
    }
}

impl Taking {
    /// The step after the remote's answer; `to` is the object that the fence was to name.
    #[must_use]
    pub fn answered(self, to: Oid, answer: Pushed) -> Step {
        match answer {
            Pushed::Done => Step::Look(Looking { after: After::Taken(to) }),
            Pushed::Refused(why) | Pushed::Lost(why) | Pushed::Unknown(why) => {
                Step::End(End::Open(format!("the fence could not be moved: {why}")))
            }
        }
    }
}

impl Looking {
    /// The step after a look.
    #[must_use]
    pub fn saw(self, intent: &Intent, sight: Sight) -> Step {
        let settlement = settle(intent, &sight.refs);
        match (settlement, self.after) {
            (Settlement::Published, _) if is_anothers(intent, &sight) => {
                Step::End(End::Settled(Outcome::Already))
            }
            (Settlement::Published, _) => Step::End(End::Settled(Outcome::Published)),
            (Settlement::Already, _) => Step::End(End::Settled(Outcome::Already)),
            (Settlement::Unknown, After::Push { why, .. }) => Step::End(End::Open(why)),
            (Settlement::Unknown, _) => {
                Step::End(End::Open("the remote could not be asked".to_owned()))
            }
            (Settlement::Absent | Settlement::Different { .. }, After::Resuming)
                if intent.fence.is_some() =>
            {
                take(sight)
            }
            (Settlement::Different { name, found }, _) => {
                Step::End(End::Settled(Outcome::Overtaken { name, found: Some(found) }))
            }
            (Settlement::Absent, After::Resuming) => Step::Push(Pushing { fence: Fencing::Off }),
            (Settlement::Absent, After::Taken(to)) => push_again(&to, sight),
            (Settlement::Absent, After::Push { fence, why }) => not_there(fence, sight, why),
        }
    }
}

/// What to say where `intent` is there and the fence that was to move with it is not: git leaves a ref that a remote hides
/// (`transfer.hideRefs`) out of an atomic push, and takes the rest of it.
#[must_use]
pub fn unfenced(intent: &Intent, sight: &Sight) -> Option<String> {
    let fence = intent.fence.as_ref().filter(|_| sight.fence.is_none())?;
    let there = matches!(settle(intent, &sight.refs), Settlement::Published | Settlement::Already);
    let hint = crate::fence::hidden_hint(&intent.repo, &fence.name);
    there.then(|| {
        format!(
            "{} has what was pushed and shows no {}, which goes with it: nothing there stops a second conductor; {hint}",
            intent.repo, fence.name
        )
    })
}

/// Whether what is there was brought by somebody else, though it is the very object: a commit is the same whoever pushes it.
/// Our push would have moved the fence with it, so one that is ours and names something else says that it never landed. To
/// record it as ours would be to forget what that fence names (P10).
fn is_anothers(intent: &Intent, sight: &Sight) -> bool {
    let anybodys = intent.updates.iter().all(|update| update.new == update.commit);
    let named = sight.fence.as_ref().and_then(|fence| fence.body.as_ref()?.intent.as_deref());
    anybodys && intent.fence.is_some() && sight.ours.is_ok() && named != Some(intent.id.as_str())
}

fn take(sight: Sight) -> Step {
    match sight.ours {
        Ok(()) => Step::TakeFence(Taking { from: sight.fence }),
        Err(refusal) => Step::End(End::NotOurs(refusal)),
    }
}

/// Nothing is there, and nothing older can land: the same objects again, over the very fence that was put there. Over any
/// other, somebody took over between the two looks.
fn push_again(to: &Oid, sight: Sight) -> Step {
    match (sight.ours, sight.fence) {
        (Err(refusal), _) => Step::End(End::NotOurs(refusal)),
        (Ok(()), Some(fence)) if &fence.object == to => {
            Step::Push(Pushing { fence: Fencing::After(fence) })
        }
        (Ok(()), _) => Step::End(End::Open("the fence was moved by somebody else".to_owned())),
    }
}

/// A push that was not done left nothing. Where the fence is neither what the push demanded nor what it brought, somebody
/// took over, and the push can't land any more. Else (also where there is no fence) it may, or the refs were only locked
/// for a moment: the next run looks again.
fn not_there(sent: Option<FenceMove>, sight: Sight, why: String) -> Step {
    let seen = sight.fence.map(|fence| fence.object);
    let taken_over = sent.is_some_and(|sent| seen != sent.from && seen.as_ref() != Some(&sent.to));
    Step::End(if taken_over {
        End::Settled(Outcome::Overtaken { name: why, found: None })
    } else {
        End::Open(why)
    })
}
