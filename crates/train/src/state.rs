//! What the ledger's events come to: the train as decided so far. A fold, nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::attempt::Finish;
use crate::calendar::Changes;
use crate::event::{Event, Outcome};
use crate::facts::SeenRef;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::intent::{Intent, IntentId, Purpose, Remote, Tagged};
use crate::later::PutOffs;
use crate::left::InProduction;
use crate::offers::Offers;
use crate::pushday::PushDays;
use crate::roles::GivenRoles;
use crate::settings::Settings;

/// How many pushes are kept in the state; older ones are read from the ledger and from the remotes' tags.
const KEPT: usize = 12;

/// The train as its ledger has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// The day the ledger began.
    pub began: Option<Date>,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// The digest of the configuration in force.
    pub settings: Option<String>,
    /// That configuration.
    pub configured: Option<Box<Settings>>,
    /// What was changed in the calendar.
    pub changes: Changes,
    /// The newest pushes that were opened.
    pub pushes: BTreeMap<PushDate, Push>,
    /// Intents without a result.
    pub open: BTreeMap<IntentId, Intent>,
    /// A command that was begun, and whose end was not told yet: the digest of its wish, and its intents.
    pub untold: Option<(String, Vec<IntentId>)>,
    /// The upstream that each repository was published to last, as it was configured then.
    pub published_to: BTreeMap<RepoName, String>,
    /// Intents that may stand in each upstream's fence: the newest published one, and those since (P10).
    pub fenced: BTreeMap<RepoName, BTreeSet<IntentId>>,
    /// The newest review of each security branch, by its number.
    pub reviews: BTreeMap<RepoName, BTreeMap<u32, Review>>,
    /// Differences from the record that were noticed, each by a digest of what was found.
    #[serde(default)]
    pub noticed: BTreeSet<String>,
    /// What tags that this ledger never gave named first, of those that somebody was noticed to have moved or deleted.
    #[serde(default)]
    pub moved: BTreeMap<RepoName, BTreeMap<String, SeenRef>>,
    /// Tags as they were taken into the record by a person.
    #[serde(default)]
    pub taken: BTreeMap<RepoName, BTreeMap<String, Taken>>,
    /// Repositories whose security remote may lag behind a merge of ours: the second of two pushes is due.
    pub unsynced: BTreeSet<RepoName>,
    /// Merges of security branches that reached upstream, oldest first.
    pub merges: Vec<Merged>,
    /// Who signed off, who holds a push, who took it on.
    #[serde(default)]
    pub days: PushDays,
    /// The roles that admins gave.
    #[serde(default)]
    pub given: GivenRoles,
    /// The pushes that heroes offered to others.
    #[serde(default)]
    pub offers: Offers,
    /// What people put off.
    #[serde(default)]
    pub put_off: PutOffs,
    /// What left for production last, by repository.
    pub left: InProduction,
    /// When the newest event was recorded: event time never runs backwards.
    pub last_at: Option<Timestamp>,
}

/// One push, since its cut began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The date it was scheduled for.
    pub scheduled: PushDate,
    /// Who was on duty when its cut began.
    pub hero: Option<PersonName>,
    /// When its cut began.
    pub opened_at: Timestamp,
    /// Its tags by repository, oldest first.
    pub tags: BTreeMap<RepoName, Vec<Given>>,
    /// Repositories that stay, with the tag they stay on.
    pub stays: BTreeMap<RepoName, Option<String>>,
    /// Rules overridden, with their reasons.
    pub overrides: Vec<(String, String)>,
}

/// Why nothing more is to be done for a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over<'a> {
    /// It does not run, for this reason.
    Cancelled(&'a str),
    /// It was finished.
    Done(&'a Finish),
}

impl Over<'_> {
    /// In words, after the push's name.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Cancelled(_) => "is cancelled",
            Self::Done(_) => "is done",
        }
    }
}

/// A tag that reached the remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The tag as intended.
    pub tag: Tagged,
    /// When it was recorded.
    pub at: Timestamp,
    /// Whether someone else had made it.
    pub by_other: bool,
}

/// A tag as it was taken into the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it named; none: it was gone.
    pub seen: Option<SeenRef>,
    /// When.
    pub at: Timestamp,
}

/// A review of a security branch: bound to the commit that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// That commit.
    pub commit: Oid,
    /// The reviewer.
    pub by: String,
}

/// A merge of security branches that is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The repository.
    pub repo: RepoName,
    /// The branches' numbers.
    pub branches: Vec<u32>,
    /// Upstream's main with them.
    pub commit: Oid,
    /// When it became public.
    pub at: Timestamp,
}

impl State {
    /// The state with one more event, recorded at `at` by `actor`.
    pub fn apply(&mut self, event: &Event, at: Timestamp, actor: &str) {
        self.last_at = Some(at);
        self.leaves(event, at);
        self.days.apply(event, at, actor);
        self.given.apply(event, at, actor);
        self.offers.apply(event, at, actor);
        self.put_off.apply(event, at, actor);
        match event {
            Event::Began { on, rehearsal } => {
                self.began = Some(*on);
                self.rehearsal = *rehearsal;
                self.changes.edit().began = *on;
            }
            Event::Configured { digest, settings, .. } => {
                self.settings = Some(digest.clone());
                self.configured = Some(settings.clone());
            }
            Event::Opened { .. } => self.opened(event, at),
            Event::Stayed { push, repo, tag, .. } => {
                if let Some(push) = self.pushes.get_mut(push) {
                    push.stays.insert(repo.clone(), tag.clone());
                }
            }
            Event::Overridden { push, rule, because } => {
                if let Some(push) = self.pushes.get_mut(push) {
                    push.overrides.push((rule.clone(), because.clone()));
                }
            }
            Event::Wished { wish, intents } => self.untold = Some((wish.clone(), intents.clone())),
            Event::Told => self.untold = None,
            Event::Intended(intent) => self.intended(intent),
            Event::Settled { intent, outcome } => self.settled(intent, outcome, at),
            Event::Noticed { .. } => self.has_seen(event),
            Event::TagsTaken { tags, .. } => self.took(tags, at),
            Event::Synced { repo } => {
                self.unsynced.remove(repo);
            }
            Event::Approved { repo, branch, commit, .. } => {
                let review = Review { commit: commit.clone(), by: actor.to_owned() };
                self.reviews.entry(repo.clone()).or_default().insert(*branch, review);
            }
            Event::Moved { .. }
            | Event::Cancelled { .. }
            | Event::OffCycle { .. }
            | Event::Swapped(_)
            | Event::Away(_)
            | Event::Back(_) => {
                self.calendar_changed(event, at);
            }
            // Notes are long, and kept apart from the state; the rest is of push day alone.
            _ => {}
        }
    }

    /// What the event means to production, by what was decided before it.
    fn leaves(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Finished { push, finish } => {
                let mut finish = (**finish).clone();
                let known = self.pushes.get(push);
                if finish.tags.is_empty() && self.days.of(*push).attempts.is_empty() {
                    // No start, and no tags noted: people brought there what was given last.
                    let given = known.into_iter().flat_map(|known| &known.tags);
                    let last = given.filter_map(|(repo, tags)| Some((repo, tags.last()?)));
                    finish.tags =
                        last.map(|(repo, given)| (repo.clone(), given.tag.tag.clone())).collect();
                }
                let stays = known.map(|known| known.stays.clone()).unwrap_or_default();
                self.left.ended(*push, &finish, &stays, self.days.of(*push), at);
            }
            event => self.left.apply(event, at, &self.days),
        }
    }

    fn intended(&mut self, intent: &Intent) {
        // Another command came between: whoever wished the last one knows by now.
        if self.untold.as_ref().is_some_and(|(_, own)| !own.contains(&intent.id)) {
            self.untold = None;
        }
        if intent.fence.is_some() {
            self.fenced.entry(intent.repo.clone()).or_default().insert(intent.id.clone());
        }
        self.open.insert(intent.id.clone(), intent.clone());
    }

    fn opened(&mut self, event: &Event, at: Timestamp) {
        let Event::Opened { push, scheduled, hero, turn, .. } = event else { return };
        let fresh = Push {
            scheduled: *scheduled,
            hero: hero.clone(),
            opened_at: at,
            tags: BTreeMap::new(),
            stays: BTreeMap::new(),
            overrides: Vec::new(),
        };
        self.pushes.entry(*push).or_insert(fresh);
        if let Some(hero) = hero {
            // A push off the schedule takes no turn: its hero is recorded as serving in nobody's place.
            let turn = turn.as_ref().unwrap_or(hero);
            self.changes.edit().served.push((*scheduled, turn.clone(), hero.clone()));
        }
        let needed: BTreeSet<PushDate> = self.open.values().filter_map(|i| i.push).collect();
        while self.pushes.len() > KEPT {
            let Some(oldest) = self.pushes.keys().find(|d| !needed.contains(d)).copied() else {
                break;
            };
            self.pushes.remove(&oldest);
        }
    }

    fn settled(&mut self, id: &IntentId, outcome: &Outcome, at: Timestamp) {
        let Some(intent) = self.open.remove(id) else { return };
        let published = *outcome == Outcome::Published;
        if published && intent.fence.is_some() {
            let configured = self.configured.as_deref().and_then(|c| c.repo(&intent.repo));
            if let Some(repo) = configured {
                self.published_to.insert(intent.repo.clone(), repo.upstream.clone());
            }
            // The fence names this one now; of what was before it nothing can stand there any more.
            let open: BTreeSet<IntentId> = self.open.keys().cloned().collect();
            self.fenced
                .entry(intent.repo.clone())
                .or_default()
                .retain(|other| other == id || open.contains(other));
        }
        if !published && *outcome != Outcome::Already {
            return;
        }
        match &intent.purpose {
            Purpose::Tag(tagged) | Purpose::Pick(tagged) => {
                let Some(date) = intent.push else { return };
                let Some(push) = self.pushes.get_mut(&date) else { return };
                push.stays.remove(&intent.repo);
                let given = Given { tag: tagged.clone(), at, by_other: !published };
                push.tags.entry(intent.repo.clone()).or_default().push(given);
                self.days.tagged(date);
            }
            Purpose::Merge { branches } => {
                let Some(main) = intent.updates.first() else { return };
                let merged = Merged {
                    repo: intent.repo.clone(),
                    branches: branches.clone(),
                    commit: main.commit.clone(),
                    at,
                };
                self.merges.push(merged);
                self.unsynced.insert(intent.repo.clone());
            }
            Purpose::Sync => {
                self.unsynced.remove(&intent.repo);
            }
            Purpose::SetAside => {}
        }
    }

    fn has_seen(&mut self, event: &Event) {
        let Event::Noticed { repo, name, recorded, found, commit } = event else { return };
        self.noticed.insert(finding(repo, name, found.as_ref()));
        if let (Some(tag), Some(commit)) = (name.strip_prefix("refs/tags/"), commit) {
            let first = SeenRef { object: recorded.clone(), commit: commit.clone() };
            let known = self.moved.entry(repo.clone()).or_default();
            known.entry(tag.to_owned()).or_insert(first);
        }
    }

    fn took(
        &mut self,
        tags: &BTreeMap<RepoName, BTreeMap<String, Option<SeenRef>>>,
        at: Timestamp,
    ) {
        for (repo, tags) in tags {
            for (name, seen) in tags {
                // Moved there once more, it is noticed once more.
                let found = seen.as_ref().map(|seen| &seen.object);
                self.noticed.remove(&finding(repo, &format!("refs/tags/{name}"), found));
                if let Some(moved) = self.moved.get_mut(repo) {
                    moved.remove(name);
                }
                let taken = Taken { seen: seen.clone(), at };
                self.taken.entry(repo.clone()).or_default().insert(name.clone(), taken);
            }
        }
    }

    fn calendar_changed(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Moved { push, change } => {
                let was = self.changes.moved.get(push).map_or(*push, |before| before.name);
                self.days.renamed(was, change.name);
                self.changes.edit().moved.insert(*push, change.clone());
            }
            Event::Cancelled { push, because } => {
                self.changes.edit().cancelled.insert(*push, because.clone());
            }
            Event::OffCycle { push } => {
                self.changes.edit().off_cycle.insert(*push, at);
            }
            Event::Swapped(swap) => {
                // A hero who falls ill in mid-cut is replaced there too.
                let mut pushes = self.pushes.values_mut();
                if let Some(push) = pushes.find(|push| push.scheduled == swap.date) {
                    push.hero = Some(swap.to.clone());
                }
                self.changes.edit().swaps.push(swap.clone());
            }
            Event::Away(absence) => self.changes.edit().absences.push(absence.clone()),
            Event::Back(absence) => self.changes.edit().absences.retain(|noted| noted != absence),
            _ => {}
        }
    }

    /// Whether a push is over, and why: nothing else decides that. One that this ledger never knew is not.
    #[must_use]
    pub fn over(&self, push: PushDate) -> Option<Over<'_>> {
        let cancelled = self.changes.cancelled.get(&push).map(|because| Over::Cancelled(because));
        cancelled.or_else(|| self.days.of(push).over().map(Over::Done))
    }

    /// Whether it is recorded already that `name` of `repo` shows `found`.
    #[must_use]
    pub fn has_noticed(&self, repo: &RepoName, name: &str, found: Option<&Oid>) -> bool {
        self.noticed.contains(&finding(repo, name, found))
    }

    /// The intents of `repo` without a result, on either remote.
    pub fn open_in<'a>(
        &'a self,
        repo: &'a RepoName,
        remote: Remote,
    ) -> impl Iterator<Item = &'a Intent> {
        self.open.values().filter(move |i| &i.repo == repo && i.remote == remote)
    }

    /// Whether this ledger can have moved `repo`'s fence to one that names `intent`: else entries are missing (P10).
    #[must_use]
    pub fn may_have_fenced(&self, repo: &RepoName, intent: &str) -> bool {
        self.fenced.get(repo).is_some_and(|ids| ids.iter().any(|id| id.as_str() == intent))
    }

    /// Every suffix of `push` that this ledger gave, or intends to give, in `repo` (P3).
    #[must_use]
    pub fn tags_of(&self, push: PushDate, repo: &RepoName) -> Vec<String> {
        let given = self
            .pushes
            .get(&push)
            .and_then(|p| p.tags.get(repo))
            .into_iter()
            .flatten()
            .map(|g| g.tag.tag.clone());
        let intended = self.open_in(repo, Remote::Upstream).filter_map(|i| match &i.purpose {
            Purpose::Tag(t) | Purpose::Pick(t) => Some(t.tag.clone()),
            _ => None,
        });
        given.chain(intended).collect()
    }
}

/// What is remembered of a difference: as long whatever was found.
fn finding(repo: &RepoName, name: &str, found: Option<&Oid>) -> String {
    crate::digest::of(&(repo, name, found))
}
