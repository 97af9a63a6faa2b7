//! Carries out intents: keep the objects, write the intent, push, settle, record (P11, P12).
//!
//! This is the only place that publishes. Everything it needs was built before, so that a second try pushes the very
//! same objects; what is not certain afterwards is looked at, never assumed. What follows what is decided by the steps of
//! [`train::publish`]; here they are only done.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use train::event::{Event, Outcome};
use train::facts::Head;
use train::id::Oid;
use train::intent::{FenceMove, Intent, Purpose, Remote, Seen, SeenAt};
use train::publish::{self, End, Fencing, Pushed, Sight, Step};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Lock, Publish};

/// How an intent ended, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Settled and recorded.
    Settled(Outcome),
    /// Not known: the intent stays open, and the next command looks again.
    Unknown(Refusal),
}

/// What every push is made under: the right to write, and the ledger's end that its fence names.
pub(crate) struct Under {
    pub(crate) lock: Arc<Lock>,
    pub(crate) head: Head,
    /// Whether whoever acts may hear what is done (P9).
    pub(crate) told: bool,
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
            publish::may_begin(journal.state(), &intent.repo, intent.remote)?;
        }
        // Before the ledger has anything of it: what goes to another place is not begun.
        try_join_all(intents.iter().map(|intent| self.check_address(intent))).await?;
        try_join_all(intents.iter().map(|intent| self.keep(intent))).await?;
        let at = self.now(journal.state());
        let events = opening
            .into_iter()
            .chain(intents.iter().cloned().map(|i| Event::Intended(Box::new(i))))
            .collect();
        journal.append(at, events).await?;
        let under = Under { lock: journal.lock(), head: journal.head().clone(), told: true };
        // All are driven together to their ends, recording too: what waits for the ledger may not stop the others.
        let journal = Mutex::new(journal);
        let each = intents.iter().map(|intent| {
            let (under, journal) = (&under, &journal);
            async move {
                let ended = self.follow(under, intent, publish::begin(intent)).await?;
                let mut journal = journal.lock().await;
                Ok(self.recorded(&mut journal, intent, ended).await)
            }
        });
        let ended: Vec<Result<Ended>> = join_all(each).await;
        if let Some(Err(refusal)) = ended.first()
            && ended.iter().all(Result::is_err)
        {
            return Err(refusal.clone());
        }
        let known = |ended: Result<Ended>| ended.unwrap_or_else(Ended::Unknown);
        let mut carried: Vec<Carried> =
            intents.into_iter().zip(ended.into_iter().map(known)).collect();
        carried.sort_by_key(|(intent, _)| self.rank(&intent.repo));
        Ok(carried)
    }

    /// Records how an intent ended. Where that fails, the intent stays open and the next command looks again: the remote
    /// may well have it.
    pub(crate) async fn recorded(
        &self,
        journal: &mut Journal,
        intent: &Intent,
        ended: Ended,
    ) -> Ended {
        match self.record(journal, intent, &ended).await {
            Ok(()) => ended,
            Err(failure) => {
                let what =
                    |why: &str| format!("what became of {} can't be recorded: {why}", intent.repo);
                let failure = Refusal { code: Code::Incomplete, ..failure.within(what) };
                Ended::Unknown(failure.in_repo(&intent.repo))
            }
        }
    }

    /// Does one step after the other until it is known, or known not to be knowable now, what came of an intent.
    pub(crate) async fn follow(
        &self,
        under: &Under,
        intent: &Intent,
        mut step: Step,
    ) -> Result<Ended> {
        loop {
            step = match step {
                Step::Look(looking) => {
                    let sight = self.sight(intent).await;
                    if let Some(words) = publish::unfenced(intent, &sight) {
                        self.progress.remark(&words);
                    }
                    looking.saw(intent, sight)
                }
                Step::TakeFence(taking) => {
                    let what = train::fence::settling(&intent.id);
                    let before = taking.from.as_ref();
                    let fence =
                        self.next_fence(&under.head, &intent.repo, before, &what, &[]).await?;
                    let to = fence.to.clone();
                    let publish = Publish { updates: Vec::new(), fence: Some(fence) };
                    taking.answered(to, self.push(under, intent, &publish).await)
                }
                Step::Push(pushing) => {
                    if under.told {
                        self.progress.step(&intent.repo, &pushing_what(intent));
                    }
                    let fence = self.fence_of(under, intent, &pushing.fence).await?;
                    let publish = Publish { updates: intent.updates.clone(), fence };
                    let answer = self.push(under, intent, &publish).await;
                    pushing.answered(publish.fence, answer)
                }
                Step::End(end) => {
                    let ended = match end {
                        End::Settled(outcome) => Ended::Settled(outcome),
                        End::Open(why) => unknown(intent, &why),
                        End::NotOurs(refusal) => return Err(refusal.in_repo(&intent.repo)),
                    };
                    if under.told {
                        self.progress.done(&intent.repo, words(&ended));
                    }
                    return Ok(ended);
                }
            }
        }
    }

    /// The fence that goes with a push.
    async fn fence_of(
        &self,
        under: &Under,
        intent: &Intent,
        fencing: &Fencing,
    ) -> Result<Option<FenceMove>> {
        let seen = match fencing {
            Fencing::Off => return Ok(None),
            Fencing::Intended(fence) => return Ok(Some(fence.clone())),
            Fencing::After(seen) => seen,
        };
        let tags: Vec<&str> =
            intent.updates.iter().filter_map(|u| u.name.strip_prefix("refs/tags/")).collect();
        let what = intent.id.as_str();
        self.next_fence(&under.head, &intent.repo, Some(seen), what, &tags).await.map(Some)
    }

    /// Pushes; what failed on the way may have got there all the same.
    async fn push(&self, under: &Under, intent: &Intent, publish: &Publish) -> Pushed {
        self.push_by_route(&under.lock, intent, publish)
            .await
            .unwrap_or_else(|failure| Pushed::Unknown(failure.message))
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

    /// What an intent's remote shows; a remote that can't be asked shows nothing.
    async fn sight(&self, intent: &Intent) -> Sight {
        let sight = match intent.remote {
            Remote::Upstream => self.seen_upstream(intent).await,
            Remote::Security => self.seen_security(intent).await,
        };
        sight.unwrap_or_else(|_| Sight::unreachable())
    }

    async fn seen_upstream(&self, intent: &Intent) -> Result<Sight> {
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
        let ours = match self.recorded_by_now().await {
            Ok(recorded) => self.check_fence(&intent.repo, look.fence.as_ref(), &recorded).await,
            Err(refusal) => Err(refusal),
        };
        Ok(Sight { refs: Seen::Refs(refs), fence: look.fence, ours })
    }

    async fn seen_security(&self, intent: &Intent) -> Result<Sight> {
        let aboard = self.aboard(&intent.repo)?;
        let Some(security) = &aboard.security else { return Ok(Sight::unreachable()) };
        let look = security.fetch(self.clock.now()).await?;
        let mut refs = BTreeMap::new();
        for update in &intent.updates {
            let name = update.name.strip_prefix("refs/heads/");
            let branch = look.branches.iter().find(|b| Some(b.name.as_str()) == name);
            let is_main = intent.purpose == Purpose::Sync || name == Some(look.branch.as_str());
            let at =
                branch.map(|b| b.commit.clone()).or_else(|| look.main.clone().filter(|_| is_main));
            if let Some(at) = at {
                let contains_ours = security.contains(&at, &update.commit).await.unwrap_or(false);
                refs.insert(
                    update.name.clone(),
                    SeenAt { object: at.clone(), commit: at, contains_ours },
                );
            }
        }
        Ok(Sight { refs: Seen::Refs(refs), fence: None, ours: Ok(()) })
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

    async fn check_address(&self, intent: &Intent) -> Result<()> {
        let aboard = self.aboard(&intent.repo)?;
        match (intent.remote, &aboard.security) {
            (Remote::Security, Some(security)) => security.check_address().await,
            _ => aboard.repo.check_address().await,
        }
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
            self.progress.failed(&failure);
        }
    }
}

/// The intents of `carried` that are on their remotes.
pub(crate) fn reached(carried: &[Carried]) -> impl Iterator<Item = &Intent> {
    let there =
        |ended: &Ended| matches!(ended, Ended::Settled(Outcome::Published | Outcome::Already));
    carried.iter().filter(move |(_, ended)| there(ended)).map(|(intent, _)| intent)
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

/// What a progress line says of a push. A merge has two, which are told apart.
fn pushing_what(intent: &Intent) -> String {
    let names: Vec<&str> = intent.updates.iter().map(|u| short(&u.name)).collect();
    let to = match (&intent.purpose, intent.remote) {
        (Purpose::Tag(_) | Purpose::Pick(_), _) => "",
        (_, Remote::Upstream) => " to upstream",
        (_, Remote::Security) => " to the security remote",
    };
    format!("pushing {}{to}", names.join(", "))
}

fn short(name: &str) -> &str {
    name.strip_prefix("refs/tags/").or_else(|| name.strip_prefix("refs/heads/")).unwrap_or(name)
}

fn unknown(intent: &Intent, why: &str) -> Ended {
    let what = format!("what became of the push to {} is not known", intent.repo);
    let hint = "run the same command again: it looks first";
    let refusal = Refusal::new(Code::Incomplete, format!("{what}: {why}"), hint).unquoted(what);
    Ended::Unknown(refusal.in_repo(&intent.repo))
}
