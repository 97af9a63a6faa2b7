//! What earlier runs left open is settled before anything else. Where it can't be, nothing new is begun on that remote, and
//! everything else goes on (P11, P12).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use train::command::TagWish;
use train::facts::{Look, SeenRef};
use train::id::{PushDate, RepoName};
use train::intent::{Intent, Purpose, Remote, Tagged};
use train::people::Role;
use train::publish;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::conductor::Conductor;
use crate::drive::{Carried, Ended, Under, reached};
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::Silent;

/// What earlier runs left open, and what became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeftOpen {
    /// Each intent that was looked at, and how it ended.
    pub carried: Vec<Carried>,
    stopped: BTreeMap<(RepoName, Remote), Stop>,
    /// What will be settled first, where this only looks.
    coming: Vec<Intent>,
}

/// Why nothing new begins on a remote.
#[derive(Debug, Clone)]
enum Stop {
    /// What became of an intent is not known; where this only looks, it will be looked at first.
    Open(Refusal),
    /// It may not be settled, or whoever acts may not hear of it: for them something is wrong with that remote, no more (P9).
    Refused(Refusal),
}

impl Stop {
    fn refusal(&self) -> &Refusal {
        let (Self::Open(refusal) | Self::Refused(refusal)) = self;
        refusal
    }
}

impl Conductor {
    /// Settles what earlier runs left open: move the fence, look, then act (P11, P12).
    pub(crate) async fn settle_open(&self, journal: &mut Journal) -> Result<LeftOpen> {
        let open: Vec<Intent> = journal.state().open.values().cloned().collect();
        let mut left = LeftOpen::default();
        for intent in open {
            let place = (intent.repo.clone(), intent.remote);
            if left.stopped.contains_key(&place) {
                continue;
            }
            let told = self.may_hear_of(&intent, journal.state());
            if told {
                self.progress.step(&intent.repo, "settling what an earlier run began");
            }
            let under = Under { lock: journal.lock(), head: journal.head().clone(), told };
            // Of what whoever acts may not hear of, nothing is said meanwhile either (P9).
            let quiet = (!told).then(|| self.clone().telling(Arc::new(Silent)));
            let conductor = quiet.as_ref().unwrap_or(self);
            let stop = match conductor.follow(&under, &intent, publish::resume()).await {
                Ok(ended) => {
                    let ended = self.recorded(journal, &intent, ended).await;
                    let stop = match &ended {
                        Ended::Unknown(refusal) => Some(Stop::Open(refusal.clone())),
                        Ended::Settled(_) => None,
                    };
                    left.carried.push((intent, ended));
                    stop
                }
                Err(refusal) => Some(Stop::Refused(refusal)),
            };
            if let Some(stop) = stop {
                let stop = if told { stop } else { Stop::Refused(unclear(&place.0)) };
                left.stopped.insert(place, stop);
            }
        }
        Ok(left)
    }

    /// Settles what earlier runs left open and does nothing else: what became of each, as whoever asks may know of it; and
    /// remarks.
    pub async fn settle(&self) -> Result<(Vec<Carried>, Vec<String>)> {
        let may = [Role::Hero, Role::Ops, Role::Security];
        self.must_hold(&may, "settle what an earlier run left open").await?;
        let mut journal = self.journal().await?;
        let left = self.settle_open(&mut journal).await?;
        left.refuse_what_may_not_be(|_| true)?;
        let mut carried = left.carried;
        carried.retain(|(intent, _)| self.may_hear_of(intent, journal.state()));
        let pushes: BTreeSet<PushDate> =
            reached(&carried).filter_map(|intent| intent.push).collect();
        let mut remarks = Vec::new();
        for push in pushes {
            remarks.extend(self.notes_follow(&mut journal, push).await);
        }
        Ok((carried, remarks))
    }

    /// The same for whoever only looks: what is open on upstreams, as they may know of it.
    pub(crate) fn left_open(&self, state: &State) -> LeftOpen {
        let heard = state
            .open
            .values()
            .filter(|intent| intent.remote == Remote::Upstream && self.may_hear_of(intent, state));
        let mut left = LeftOpen::default();
        for intent in heard {
            if let Err(open) = publish::may_begin(state, &intent.repo, intent.remote) {
                let place = (intent.repo.clone(), intent.remote);
                left.stopped.insert(place, Stop::Open(open));
            }
            left.coming.push(intent.clone());
        }
        left
    }
}

impl LeftOpen {
    /// Refuses where something stays open on a remote of a repository that is `wanted`.
    pub(crate) fn refuse(&self, wanted: impl Fn(&RepoName) -> bool) -> Result<()> {
        match self.stopped.iter().find(|((repo, _), _)| wanted(repo)) {
            Some((_, stop)) => Err(stop.refusal().clone()),
            None => Ok(()),
        }
    }

    /// The same where it may not be settled: what is only not known yet is left out instead.
    pub(crate) fn refuse_what_may_not_be(&self, wanted: impl Fn(&RepoName) -> bool) -> Result<()> {
        let mut refused = self.stopped.iter().filter_map(|((repo, _), stop)| match stop {
            Stop::Refused(refusal) if wanted(repo) => Some(refusal),
            _ => None,
        });
        refused.next().map_or(Ok(()), |refusal| Err(refusal.clone()))
    }

    /// Whether something stays open on a remote of `repo`.
    pub(crate) fn stops(&self, repo: &RepoName) -> bool {
        self.stopped.keys().any(|(stopped, _)| stopped == repo)
    }

    /// What is told of it to a wish for the repositories that are `wanted`: what stays open elsewhere is not its failure.
    pub(crate) fn told_to(&self, wanted: impl Fn(&RepoName) -> bool) -> Vec<Carried> {
        let all = self.carried.iter();
        let told = all
            .filter(|(intent, ended)| wanted(&intent.repo) || matches!(ended, Ended::Settled(_)));
        told.cloned().collect()
    }

    /// Refuses a tag in `repo` where something could not be settled.
    pub(crate) fn may_begin(&self, repo: &RepoName) -> Result<()> {
        match self.stop(repo).filter(|_| self.coming.is_empty()) {
            Some(stop) => Err(stop.refusal().clone()),
            None => Ok(()),
        }
    }

    /// Of a remote that can't be asked, what matters more: that something is open there.
    pub(crate) fn instead_of(&self, refusal: Refusal) -> Refusal {
        match refusal.repo.as_ref().and_then(|repo| self.stop(repo)) {
            Some(Stop::Open(open)) if refusal.code == Code::Unreachable => open.clone(),
            _ => refusal,
        }
    }

    /// The tag of `push` in `repo` that an earlier run of such a cut began: it is there, or will be before anything else is.
    /// What is built of picks is of a cut that builds on a tag, or of no cut.
    pub(crate) fn begun(&self, repo: &RepoName, wish: &TagWish, push: PushDate) -> Option<&Tagged> {
        let mut begun = reached(&self.carried).chain(&self.coming).filter_map(|intent| {
            let tagged = match &intent.purpose {
                Purpose::Tag(tagged) => tagged,
                Purpose::Pick(tagged) if !wish.from.is_empty() => tagged,
                _ => return None,
            };
            (&intent.repo == repo && intent.push == Some(push)).then_some(tagged)
        });
        begun.next()
    }

    /// A look as a plan takes it; and why it has to leave the repository out, where that is so. Before it is settled, the look
    /// has the tag that was `begun`: so that the plan is the one that is made then.
    pub(crate) fn seen(
        &self,
        repo: &RepoName,
        look: Result<Look>,
        begun: Option<&Tagged>,
    ) -> (Result<Look>, Option<Refusal>) {
        match (self.stop(repo), look) {
            (None, look) => (look, None),
            (Some(Stop::Refused(refusal)), look) => (look.and_then(|_| Err(refusal.clone())), None),
            (Some(Stop::Open(_)), Ok(mut look)) if !self.coming.is_empty() => {
                if let Some(Tagged { tag, object, commit, .. }) = begun.cloned() {
                    look.tags.entry(tag).or_insert(SeenRef { object, commit });
                }
                (Ok(look), None)
            }
            (Some(Stop::Open(open)), look) => (look, Some(open.clone())),
        }
    }

    fn stop(&self, repo: &RepoName) -> Option<&Stop> {
        self.stopped.get(&(repo.clone(), Remote::Upstream))
    }
}

/// What whoever may not hear of an intent is told of the remote that it stays open on (P9).
fn unclear(repo: &RepoName) -> Refusal {
    let what = format!("upstream of {repo} gave no clear answer to a push");
    let hint = "run the same command again; if it stays so, ask whoever guards that remote";
    Refusal::new(Code::Unreachable, what, hint).in_repo(repo)
}
