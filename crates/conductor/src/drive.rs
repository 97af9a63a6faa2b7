//! Carries out intents: keep the objects, write the intent, push, settle, record (P11, P12).
//!
//! This is the only place that publishes. Everything it needs was built before, so that a second try pushes the very
//! same objects; what is not certain afterwards is looked at, never assumed.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::{Deserialize, Serialize};
use train::event::{Event, Outcome};
use train::facts::Look;
use train::id::Oid;
use train::intent::{FenceMove, Intent, Purpose, Remote, Seen, SeenAt, Settlement, settle};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Lock, Publish, Pushed};

/// How an intent ended, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Settled and recorded.
    Settled(Outcome),
    /// Not known: the intent stays open, and the next command looks again.
    Unknown(Refusal),
}

/// An intent and how it ended.
pub type Carried = (Intent, Ended);

impl Conductor {
    /// Writes `opening` and the intents, publishes all repositories at once, and records each result as it comes.
    pub async fn carry_out(
        &self,
        journal: &mut Journal,
        opening: Vec<Event>,
        intents: Vec<Intent>,
    ) -> Result<Vec<Carried>> {
        for intent in &intents {
            self.keep(intent).await?;
        }
        let at = self.now(journal.state());
        let events =
            opening.into_iter().chain(intents.iter().cloned().map(Event::Intended)).collect();
        journal.append(at, events).await?;
        let lock = journal.lock();
        let mut under_way: FuturesUnordered<_> = intents
            .iter()
            .map(|intent| {
                let lock = &lock;
                async move { (intent, self.publish(lock, intent, intent.fence.clone()).await) }
            })
            .collect();
        let mut carried = Vec::new();
        while let Some((intent, ended)) = under_way.next().await {
            self.record(journal, intent, &ended).await?;
            carried.push((intent.clone(), ended));
        }
        drop(under_way);
        let place =
            |repo: &train::id::RepoName| self.settings.repos.iter().position(|r| &r.name == repo);
        carried.sort_by_key(|(intent, _)| place(&intent.repo));
        Ok(carried)
    }

    /// Publishes one intent and finds out what came of it.
    async fn publish(&self, lock: &Lock, intent: &Intent, fence: Option<FenceMove>) -> Ended {
        let names: Vec<&str> = intent.updates.iter().map(|u| short(&u.name)).collect();
        self.progress.step(&intent.repo, &format!("pushing {}", names.join(", ")));
        let publish = Publish { updates: intent.updates.clone(), fence };
        let pushed = self.push_by_route(lock, intent, &publish).await;
        let ended = match pushed {
            Ok(Pushed::Done) => Ended::Settled(Outcome::Published),
            Ok(Pushed::Refused(why)) => Ended::Settled(Outcome::Refused { why }),
            Ok(Pushed::Lost(why)) => self.after_lost(intent, why).await,
            Ok(Pushed::Unknown(why)) => self.after_unknown(intent, why).await,
            Err(failure) => self.after_unknown(intent, failure.message).await,
        };
        self.progress.done(&intent.repo, words(&ended));
        ended
    }

    async fn push_by_route(
        &self,
        lock: &Lock,
        intent: &Intent,
        publish: &Publish,
    ) -> Result<Pushed> {
        let aboard = self.aboard(&intent.repo)?;
        let security = || {
            aboard.security.as_ref().ok_or_else(|| {
                Refusal::new(
                    Code::NotFound,
                    format!("{} has no security remote", intent.repo),
                    "configure `security` for it",
                )
            })
        };
        match (intent.remote, &intent.purpose) {
            (Remote::Upstream, Purpose::Merge { .. }) => {
                security()?.publish_upstream(lock, publish).await
            }
            (Remote::Upstream, _) => aboard.repo.publish(lock, publish).await,
            (Remote::Security, _) => security()?.publish_security(lock, publish).await,
        }
    }

    /// The remote said that a ref was not as expected. Nothing of ours moved by this push; what is there decides.
    async fn after_lost(&self, intent: &Intent, why: String) -> Ended {
        match settle(intent, &self.seen(intent).await) {
            Settlement::Published => Ended::Settled(Outcome::Published),
            Settlement::Already => Ended::Settled(Outcome::Already),
            Settlement::Different { name, found } => {
                Ended::Settled(Outcome::Overtaken { name, found: Some(found) })
            }
            // The refs are as they should be, so it was the fence: another ledger or process took over.
            Settlement::Absent => Ended::Settled(Outcome::Overtaken { name: why, found: None }),
            Settlement::Unknown => unknown(intent, &why),
        }
    }

    async fn after_unknown(&self, intent: &Intent, why: String) -> Ended {
        match settle(intent, &self.seen(intent).await) {
            Settlement::Published => Ended::Settled(Outcome::Published),
            Settlement::Already => Ended::Settled(Outcome::Already),
            Settlement::Different { name, found } => {
                Ended::Settled(Outcome::Overtaken { name, found: Some(found) })
            }
            Settlement::Absent | Settlement::Unknown => unknown(intent, &why),
        }
    }

    /// What the remote shows of an intent's refs.
    pub(crate) async fn seen(&self, intent: &Intent) -> Seen {
        match intent.remote {
            Remote::Upstream => {
                self.seen_upstream(intent).await.map(|(seen, _)| seen).unwrap_or(Seen::Unreachable)
            }
            Remote::Security => self.seen_security(intent).await.unwrap_or(Seen::Unreachable),
        }
    }

    async fn seen_upstream(&self, intent: &Intent) -> Result<(Seen, Look)> {
        let aboard = self.aboard(&intent.repo)?;
        let look = aboard.repo.fetch(self.clock.now()).await?;
        let mut refs = BTreeMap::new();
        for update in &intent.updates {
            let found = match update.name.strip_prefix("refs/tags/") {
                Some(tag) => {
                    look.tags.get(tag).map(|seen| (seen.object.clone(), seen.commit.clone()))
                }
                None => look.main.clone().map(|main| (main.clone(), main)),
            };
            if let Some((object, commit)) = found {
                let contains_ours =
                    aboard.repo.contains(&commit, &update.commit).await.unwrap_or(false);
                refs.insert(update.name.clone(), SeenAt { object, commit, contains_ours });
            }
        }
        Ok((Seen::Refs(refs), look))
    }

    async fn seen_security(&self, intent: &Intent) -> Result<Seen> {
        let aboard = self.aboard(&intent.repo)?;
        let Some(security) = &aboard.security else { return Ok(Seen::Unreachable) };
        let look = security.fetch(self.clock.now()).await?;
        let mut refs = BTreeMap::new();
        for update in &intent.updates {
            let branch = update
                .name
                .strip_prefix("refs/heads/")
                .and_then(|name| look.branches.iter().find(|b| b.name == name));
            let at = branch
                .map(|b| b.commit.clone())
                .or_else(|| look.main.clone().filter(|_| intent.purpose == Purpose::Sync));
            if let Some(at) = at {
                let contains_ours = security.contains(&at, &update.commit).await.unwrap_or(false);
                refs.insert(
                    update.name.clone(),
                    SeenAt { object: at.clone(), commit: at, contains_ours },
                );
            }
        }
        Ok(Seen::Refs(refs))
    }

    async fn record(&self, journal: &mut Journal, intent: &Intent, ended: &Ended) -> Result<()> {
        let Ended::Settled(outcome) = ended else { return Ok(()) };
        let at = self.now(journal.state());
        journal
            .append(
                at,
                vec![Event::Settled { intent: intent.id.clone(), outcome: outcome.clone() }],
            )
            .await?;
        self.release(intent).await;
        Ok(())
    }

    async fn keep(&self, intent: &Intent) -> Result<()> {
        let objects: Vec<Oid> = intent
            .updates
            .iter()
            .map(|u| u.new.clone())
            .chain(intent.fence.iter().map(|f| f.to.clone()))
            .collect();
        let aboard = self.aboard(&intent.repo)?;
        match (&intent.purpose, &aboard.security) {
            (Purpose::Merge { .. } | Purpose::SetAside, Some(security)) => {
                security.keep(&intent.id, &objects).await
            }
            _ => aboard.repo.keep(&intent.id, &objects).await,
        }
    }

    /// Letting go is housekeeping: what is left behind costs space, nothing else, and the next one may manage.
    async fn release(&self, intent: &Intent) {
        let Ok(aboard) = self.aboard(&intent.repo) else { return };
        let released = match (&intent.purpose, &aboard.security) {
            (Purpose::Merge { .. } | Purpose::SetAside, Some(security)) => {
                security.release(&intent.id).await
            }
            _ => aboard.repo.release(&intent.id).await,
        };
        if let Err(failure) = released {
            self.progress.remark(&failure.message);
        }
    }

    /// Settles what earlier runs left open: move the fence, look, then act (DESIGN section 4).
    pub async fn settle_open(&self, journal: &mut Journal) -> Result<Vec<Carried>> {
        let open: Vec<Intent> = journal.state().open.values().cloned().collect();
        let mut carried = Vec::new();
        for intent in open {
            self.progress.step(&intent.repo, "settling what an earlier run began");
            let ended = self.settle_one(journal, &intent).await?;
            self.record(journal, &intent, &ended).await?;
            carried.push((intent, ended));
        }
        Ok(carried)
    }

    async fn settle_one(&self, journal: &Journal, intent: &Intent) -> Result<Ended> {
        match settle(intent, &self.seen(intent).await) {
            Settlement::Published => return Ok(Ended::Settled(Outcome::Published)),
            Settlement::Already => return Ok(Ended::Settled(Outcome::Already)),
            Settlement::Unknown => return Ok(unknown(intent, "the remote could not be asked")),
            Settlement::Different { .. } | Settlement::Absent => {}
        }
        let lock = journal.lock();
        let fence = match &intent.fence {
            None => None,
            Some(_) => match self.take_over(journal, intent).await? {
                Ok(moved) => Some(moved),
                Err(refusal) => return Ok(Ended::Unknown(refusal)),
            },
        };
        // Nothing older can land any more: what is seen now is what will be.
        match settle(intent, &self.seen(intent).await) {
            Settlement::Published => Ok(Ended::Settled(Outcome::Published)),
            Settlement::Already => Ok(Ended::Settled(Outcome::Already)),
            Settlement::Unknown => Ok(unknown(intent, "the remote could not be asked")),
            Settlement::Different { name, found } => {
                Ok(Ended::Settled(Outcome::Overtaken { name, found: Some(found) }))
            }
            Settlement::Absent => Ok(self
                .publish(&lock, intent, self.next_fence(journal, intent, fence).await?)
                .await),
        }
    }

    /// Moves the fence of an unsettled intent's repository, so that nothing older can land. The inner error says why the
    /// remote can't be fenced now.
    async fn take_over(
        &self,
        journal: &Journal,
        intent: &Intent,
    ) -> Result<std::result::Result<FenceMove, Refusal>> {
        let look = match self.seen_upstream(intent).await {
            Ok((_, look)) => look,
            Err(failure) => return Ok(Err(failure)),
        };
        self.check_fence(&intent.repo, look.fence.as_ref()).await?;
        let moved = self
            .fence_for(journal.head(), &intent.repo, &look, &format!("settle {}", intent.id), &[])
            .await?;
        let publish = Publish { updates: Vec::new(), fence: Some(moved.clone()) };
        match self.push_by_route(&journal.lock(), intent, &publish).await {
            Ok(Pushed::Done) => Ok(Ok(moved)),
            Ok(Pushed::Refused(why) | Pushed::Lost(why) | Pushed::Unknown(why)) => {
                Ok(Err(Refusal::new(
                    Code::Incomplete,
                    format!("the fence could not be moved: {why}"),
                    "run the same command again",
                )
                .in_repo(&intent.repo)))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// The fence for the second try of an intent, after the take-over's.
    async fn next_fence(
        &self,
        journal: &Journal,
        intent: &Intent,
        taken: Option<FenceMove>,
    ) -> Result<Option<FenceMove>> {
        if taken.is_none() {
            return Ok(None);
        }
        let look = self.aboard(&intent.repo)?.repo.last_look(self.clock.now()).await?.ok_or_else(
            || {
                Refusal::new(
                    Code::Unreachable,
                    "upstream was never fetched",
                    "run the same command again",
                )
                .in_repo(&intent.repo)
            },
        )?;
        let tags: Vec<&str> =
            intent.updates.iter().filter_map(|u| u.name.strip_prefix("refs/tags/")).collect();
        Ok(Some(
            self.fence_for(journal.head(), &intent.repo, &look, intent.id.as_str(), &tags).await?,
        ))
    }
}

/// What a repository's progress line says at the end.
fn words(ended: &Ended) -> &'static str {
    match ended {
        Ended::Settled(Outcome::Published) => "published",
        Ended::Settled(Outcome::Already) => "there already",
        Ended::Settled(Outcome::Refused { .. }) => "refused by the remote",
        Ended::Settled(Outcome::Overtaken { .. }) => "somebody else was first",
        Ended::Unknown(_) => "not known yet",
    }
}

fn short(name: &str) -> &str {
    name.strip_prefix("refs/tags/").or_else(|| name.strip_prefix("refs/heads/")).unwrap_or(name)
}

fn unknown(intent: &Intent, why: &str) -> Ended {
    let what = format!("what became of the push to {} is not known: {why}", intent.repo);
    Ended::Unknown(
        Refusal::new(Code::Incomplete, what, "run the same command again: it looks first")
            .in_repo(&intent.repo),
    )
}
