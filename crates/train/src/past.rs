//! Past pushes: what the ledger itself did, and what was imported from notes, side by side. A fold, nothing else.
//!
//! The state keeps the newest pushes alone; this keeps all of them, small: what `history` shows and `stats` counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Outcome, Written};
use crate::hold::Hold;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::import::Imported;
use crate::intent::{Intent, IntentId, Purpose, Tagged};
use crate::notes::follow::{Family, ItemId};
use crate::notes::page::What;

/// All past pushes, by date.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Past {
    /// Each push.
    pub pushes: BTreeMap<PushDate, PastPush>,
    /// Tags that are intended and not settled yet.
    open: BTreeMap<IntentId, (RepoName, PushDate, OwnTag)>,
}

/// One push: what is known of it from where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PastPush {
    /// What notes tell of it, in the version that was imported last.
    pub imported: Option<Imported>,
    /// How often it was imported, each time with something new.
    pub versions: u32,
    /// What this ledger did.
    pub own: Own,
}

/// What the ledger has of a push.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Own {
    /// When its cut began; none where the ledger never cut it.
    pub opened: Option<Timestamp>,
    /// Who was on duty.
    pub hero: Option<PersonName>,
    /// Its tags that reached the remotes, oldest first.
    pub tags: BTreeMap<RepoName, Vec<OwnTag>>,
    /// Repositories that stayed, with the tag and why.
    pub stays: BTreeMap<RepoName, (Option<String>, String)>,
    /// Why it did not run, if so.
    pub cancelled: Option<String>,
    /// Holds, oldest first.
    pub holds: Vec<PastHold>,
    /// Rules overridden, with their reasons.
    pub overrides: Vec<(String, String)>,
    /// Blockers of its notes, in the order of their numbers.
    pub blockers: BTreeMap<u32, PastBlocker>,
    /// What is known of its way to production.
    pub production: Production,
}

/// A push's way to production.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Production {
    /// When it left.
    pub started: Option<Timestamp>,
    /// When it was in production.
    pub ended: Option<Timestamp>,
    /// When it was taken back, each time.
    pub rolled_back: Vec<Timestamp>,
    /// What there was to tell of it.
    pub issues: Vec<String>,
}

/// A tag that the ledger gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTag {
    /// Its name.
    pub tag: String,
    /// The tag object, or the commit of a lightweight tag.
    pub object: Oid,
    /// The commit.
    pub commit: Oid,
    /// What it was compared with.
    pub base: Option<String>,
    /// When it was recorded.
    pub at: Timestamp,
    /// Commits picked onto the push's first tag, those taken back left out.
    pub picks: usize,
    /// Subjects and authors of those, for a search.
    pub texts: Vec<String>,
    /// Why it was given, where that was said.
    pub because: Option<String>,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastHold {
    /// What was held, until when, why.
    pub hold: Hold,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it was lifted; none where nobody did.
    pub lifted: Option<Timestamp>,
}

impl PastHold {
    /// When it was over: lifted, or by itself; none where it still holds, or nothing says when it ended.
    #[must_use]
    pub fn over(&self) -> Option<Timestamp> {
        match (self.lifted, self.hold.until) {
            (Some(lifted), Some(until)) => Some(lifted.min(until)),
            (one, other) => one.or(other),
        }
    }
}

/// A blocker in a push's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastBlocker {
    /// Its text, as it was last.
    pub text: String,
    /// Who raised it.
    pub by: String,
    /// When it was raised.
    pub raised: Timestamp,
    /// When it was done or gone; none where it still stood.
    pub ended: Option<Timestamp>,
}

impl Past {
    /// The past with one more event, recorded at `at` by `actor`. What only the security role reads is none of it: everybody
    /// reads this (P9).
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        match event {
            hidden if hidden.embargoed() => {}
            Event::Imported(imported) => {
                let push = self.pushes.entry(imported.push).or_default();
                push.versions += 1;
                push.imported = Some((**imported).clone());
            }
            Event::Opened { push, hero, .. } => {
                let own = self.own(*push);
                own.opened = own.opened.or(Some(at));
                own.hero.clone_from(hero);
            }
            Event::Stayed { push, repo, tag, because } => {
                let stay = (tag.clone(), because.clone());
                self.own(*push).stays.insert(repo.clone(), stay);
            }
            Event::Overridden { push, rule, because } => {
                self.own(*push).overrides.push((rule.clone(), because.clone()));
            }
            Event::Cancelled { push, because } => {
                self.own(*push).cancelled = Some(because.clone());
            }
            Event::Intended(intent) => self.intended(intent, at),
            Event::Settled { intent, outcome } => self.settled(intent, outcome, at),
            Event::Held { push, hold } => {
                let (hold, by) = (hold.clone(), actor.to_owned());
                self.own(*push).holds.push(PastHold { hold, by, at, lifted: None });
            }
            Event::Resumed { push, repo } => {
                let meant = |held: &&mut PastHold| repo.is_none() || held.hold.repo == *repo;
                let holds = self.own(*push).holds.iter_mut().filter(meant);
                holds.for_each(|held| held.lifted = held.lifted.or(Some(at)));
            }
            Event::Moved { push, change } => self.moved(*push, change.name),
            Event::Swapped(swap) => {
                let own = self.pushes.get_mut(&swap.date).map(|push| &mut push.own);
                if let Some(own) = own.filter(|own| own.opened.is_some()) {
                    own.hero = Some(swap.to.clone());
                }
            }
            Event::NotesWritten(written) => self.written(written, at, actor),
            Event::BlockerSettled { push, item, .. } => {
                if let Some(blocker) = self.own(*push).blockers.get_mut(&item.number) {
                    blocker.ended = blocker.ended.or(Some(at));
                }
            }
            other => self.travelled(other, at),
        }
    }

    /// What happened on the way to production.
    fn travelled(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Started { push, .. } => {
                let production = &mut self.own(*push).production;
                production.started = production.started.or(Some(at));
            }
            Event::RolledBack { push, .. } => self.own(*push).production.rolled_back.push(at),
            Event::GateOverridden { push, gate, because, .. } => {
                self.own(*push).overrides.push((gate.clone(), because.clone()));
            }
            Event::Finished { push, finish } => {
                let production = &mut self.own(*push).production;
                production.started = production.started.or(finish.started);
                // One that was opened again since arrived when it was finished first.
                production.ended = production.ended.or(Some(finish.ended));
                let new = finish.issues.iter().filter(|issue| !production.issues.contains(issue));
                let new: Vec<String> = new.cloned().collect();
                production.issues.extend(new);
            }
            _ => {}
        }
    }

    fn own(&mut self, push: PushDate) -> &mut Own {
        &mut self.pushes.entry(push).or_default().own
    }

    fn intended(&mut self, intent: &Intent, at: Timestamp) {
        let (Purpose::Tag(tagged) | Purpose::Pick(tagged), Some(push)) =
            (&intent.purpose, intent.push)
        else {
            return;
        };
        let tag = own_tag(tagged, at);
        self.open.insert(intent.id.clone(), (intent.repo.clone(), push, tag));
    }

    fn settled(&mut self, intent: &IntentId, outcome: &Outcome, at: Timestamp) {
        let Some((repo, push, tag)) = self.open.remove(intent) else { return };
        if matches!(outcome, Outcome::Published | Outcome::Already) {
            let own = self.own(push);
            own.stays.remove(&repo);
            own.tags.entry(repo).or_default().push(OwnTag { at, ..tag });
        }
    }

    /// What was noted of a push before its cut goes with it when it takes another date.
    fn moved(&mut self, from: PushDate, to: PushDate) {
        let cut = |push: &PastPush| push.own.opened.is_some() || push.imported.is_some();
        if from == to || self.pushes.get(&from).is_none_or(cut) {
            return;
        }
        if let Some(before) = self.pushes.remove(&from) {
            self.pushes.insert(to, before);
        }
    }

    fn written(&mut self, written: &Written, at: Timestamp, actor: &str) {
        let blockers = written.items.iter().filter(|change| change.item.family == Family::Blocker);
        for change in blockers {
            let fresh = || PastBlocker {
                text: String::new(),
                by: actor.to_owned(),
                raised: at,
                ended: None,
            };
            let known = &mut self.own(written.push).blockers;
            let blocker = known.entry(change.item.number).or_insert_with(fresh);
            blocker.text.clone_from(&change.text);
            match change.change {
                // Whoever else marks it, or takes its line out, only asks for that: its settling is told apart.
                What::Done | What::Removed if written.settles || blocker.by == actor => {
                    blocker.ended = blocker.ended.or(Some(at));
                }
                What::Done | What::Removed => {}
                What::Reopened | What::Back => blocker.ended = None,
                What::Raised | What::Reworded | What::Moved => {}
            }
        }
    }
}

fn own_tag(tagged: &Tagged, at: Timestamp) -> OwnTag {
    let picks = || tagged.picks.iter().filter(|pick| !pick.reverted);
    OwnTag {
        tag: tagged.tag.clone(),
        object: tagged.object.clone(),
        commit: tagged.commit.clone(),
        base: tagged.base.clone(),
        at,
        picks: picks().count(),
        texts: picks().map(|pick| format!("{} {}", pick.subject, pick.author)).collect(),
        because: tagged.because.clone(),
    }
}

impl PastPush {
    /// Whether there is anything to tell: a cut, a cancellation, or an import. Notes alone are no past.
    #[must_use]
    pub fn is_told(&self) -> bool {
        let own = &self.own;
        self.imported.is_some() || own.opened.is_some() || own.cancelled.is_some()
    }
}

/// The name of a blocker, as its notes have it.
#[must_use]
pub fn blocker_name(number: u32) -> String {
    ItemId { family: Family::Blocker, number }.to_string()
}
