//! The pushes of a train: which are tagged and which are to come; and which of them may be cut.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::{ToSpan, ZonedDateTime};

use crate::attempt::Finish;
use crate::calendar::{self, Departure, Standing};
use crate::cut::{self, Chosen};
use crate::facts::Look;
use crate::id::{PushDate, RepoName};
use crate::people::{Actor, Role};
use crate::refusal::{Code, Refusal};
use crate::settings::{Repo, Settings};
use crate::state::{Over, State};

/// How far ahead departures are looked for: a year of skips and freezes.
const AHEAD: i32 = 400;

/// The train at a moment: what was configured, decided and seen.
#[derive(Debug, Clone, Copy)]
pub struct Train<'a> {
    /// What was configured.
    pub settings: &'a Settings,
    /// What was decided.
    pub state: &'a State,
    /// What the remotes show, where they were asked.
    pub looks: &'a BTreeMap<RepoName, Look>,
    /// Now.
    pub now: Timestamp,
}

impl Train<'_> {
    /// Now, in the train's zone.
    #[must_use]
    pub fn local(&self) -> ZonedDateTime {
        self.now.to_zoned_datetime(self.settings.timetable.zone())
    }

    /// Today, in the train's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.local().date()
    }

    /// Departures from `from` on, for a year.
    #[must_use]
    pub fn departures(&self, from: Date) -> Vec<Departure> {
        let to = from.checked_add(AHEAD.days()).unwrap_or(Date::MAX);
        calendar::departures(
            &self.settings.timetable,
            &self.settings.rotation,
            &self.state.changes,
            from,
            to,
        )
    }

    /// The departure of a push by its name, on or off the schedule.
    #[must_use]
    pub fn departure(&self, push: PushDate) -> Option<Departure> {
        let (timetable, order) = (&self.settings.timetable, &self.settings.rotation);
        calendar::departure_of(timetable, order, &self.state.changes, push)
            .filter(|d| d.push == push)
    }

    /// The repositories that have a tag of each push on their remote, or by the ledger.
    #[must_use]
    pub fn tagged(&self) -> BTreeMap<PushDate, BTreeSet<RepoName>> {
        let mut tagged: BTreeMap<PushDate, BTreeSet<RepoName>> = BTreeMap::new();
        for repo in &self.settings.repos {
            let names = self.looks.get(&repo.name).into_iter().flat_map(|look| look.tags.keys());
            for revision in names.filter_map(|name| repo.scheme.parse(name)) {
                tagged.entry(revision.push).or_default().insert(repo.name.clone());
            }
        }
        for (date, push) in &self.state.pushes {
            for repo in push.tags.keys().filter(|repo| self.given_unseen(*date, repo)) {
                tagged.entry(*date).or_default().insert(repo.clone());
            }
        }
        tagged
    }

    /// Whether the ledger has a tag of `push` in `repo` that the look is too old to show; a later look is the truth (P15).
    fn given_unseen(&self, push: PushDate, repo: &RepoName) -> bool {
        let given = self.state.pushes.get(&push).and_then(|p| p.tags.get(repo));
        let looked = self.looks.get(repo).map(|look| look.observed_at);
        given.is_some_and(|given| {
            looked.is_none_or(|at| given.last().is_some_and(|given| given.at >= at))
        })
    }

    /// Whether a push is over, and why. One that got a newer tag since its end is open again, whoever made that (P15).
    #[must_use]
    pub fn over(&self, push: PushDate) -> Option<Over<'_>> {
        self.state.over(push).filter(|over| match over {
            Over::Done(finish) => self.tagged_since(push, finish).next().is_none(),
            Over::Cancelled(_) => true,
        })
    }

    /// The repositories whose remotes show a newer tag of a push than there was at its end.
    pub(crate) fn tagged_since(
        &self,
        push: PushDate,
        finish: &Finish,
    ) -> impl Iterator<Item = &Repo> {
        let known = self.state.pushes.get(&push);
        let had = move |repo: &Repo| {
            let last = finish.tags.get(&repo.name).and_then(|tag| repo.scheme.parse(tag));
            last.map(Some).or_else(|| known?.stays.contains_key(&repo.name).then_some(None))
        };
        self.settings.repos.iter().filter(move |repo| {
            // Where nothing was noted at the end nobody can tell what is newer.
            let Some(had) = had(repo).filter(|_| !finish.tags.is_empty()) else { return false };
            let look = self.looks.get(&repo.name);
            let newest = look.and_then(|look| cut::newest(repo, look, push));
            newest.is_some_and(|(revision, ..)| had.is_none_or(|had| revision > had))
        })
    }

    /// Whether every repository has its tag of `push`, or stays.
    #[must_use]
    pub fn is_cut(&self, push: PushDate) -> bool {
        let stays = |name: &RepoName| {
            self.state.pushes.get(&push).is_some_and(|p| p.stays.contains_key(name))
        };
        let shown = |repo: &Repo| {
            let look = self.looks.get(&repo.name);
            look.is_some_and(|look| cut::newest(repo, look, push).is_some())
        };
        let has =
            |repo: &Repo| stays(&repo.name) || self.given_unseen(push, &repo.name) || shown(repo);
        self.settings.repos.iter().all(has) && !self.settings.repos.is_empty()
    }

    /// The next departure that runs and has not left.
    #[must_use]
    pub fn next(&self) -> Option<Departure> {
        let from = self.today().checked_sub(1.day()).unwrap_or(Date::MIN);
        self.departures(from).into_iter().find(|d| d.runs() && d.push_at.timestamp() > self.now)
    }

    /// The date that a push was scheduled for: what it is known by when it is moved.
    #[must_use]
    pub fn scheduled(&self, push: PushDate) -> PushDate {
        let opened = self.state.pushes.get(&push).map(|opened| opened.scheduled);
        opened.or_else(|| Some(self.departure(push)?.scheduled)).unwrap_or(push)
    }

    /// The departure that runs after `push`, and is not over: of one that was mended late, what came between may be done, or
    /// past without having been cut.
    #[must_use]
    pub fn following(&self, push: PushDate) -> Option<Departure> {
        let leaves = self.departure(push)?.push_at.timestamp();
        let is_gone = |d: &Departure| match self.state.pushes.contains_key(&d.push) {
            true => self.over(d.push).is_some(),
            false => d.push_at.timestamp() <= self.now,
        };
        self.departures(push.0).into_iter().find(|d| {
            d.runs()
                && d.push_at.timestamp() > leaves
                && d.standing != Standing::OffCycle
                && !is_gone(d)
        })
    }

    /// The push asked for, if it may be cut.
    pub(crate) fn asked_for(
        &self,
        push: PushDate,
        off_cycle: bool,
        actor: &Actor,
    ) -> Result<Chosen, Refusal> {
        let departure = self.departure(push);
        let cut_before = self.state.pushes.contains_key(&push);
        if !cut_before && departure.as_ref().map_or(push.0, |d| d.push_at.date()) < self.today() {
            return Err(Refusal::new(
                Code::BadDate,
                format!("{push} is past"),
                self.suggestion(push),
            ));
        }
        match departure.as_ref().map(|d| (&d.standing, d)) {
            Some((Standing::Scheduled | Standing::Moved | Standing::OffCycle, d)) => {
                Ok(chosen(d, d.standing == Standing::OffCycle))
            }
            Some((Standing::Cancelled { because }, _)) => Err(Refusal::new(
                Code::BadDate,
                format!("{push} is cancelled: {}", crate::id::quoted(because)),
                self.suggestion(push),
            )),
            Some((Standing::Skipped, _)) if off_cycle => Ok(self.declared(push, None)),
            Some((Standing::Skipped, _)) => Err(Refusal::new(
                Code::BadDate,
                format!("{push} is skipped in the configuration"),
                self.suggestion(push),
            )),
            Some((Standing::Frozen { because }, _)) => {
                let frozen = self.in_a_freeze(push, because, off_cycle, actor)?;
                Ok(self.declared(push, Some(frozen)))
            }
            None => self.off_schedule(push, off_cycle, actor),
        }
    }

    fn off_schedule(
        &self,
        push: PushDate,
        off_cycle: bool,
        actor: &Actor,
    ) -> Result<Chosen, Refusal> {
        if !off_cycle {
            return Err(Refusal::new(
                Code::BadDate,
                format!("{push} is off the schedule"),
                self.suggestion(push),
            ));
        }
        let at = push
            .0
            .to_datetime(self.settings.timetable.push.time)
            .to_zoned_datetime(self.settings.timetable.zone());
        let freeze =
            at.ok().and_then(|at| calendar::is_frozen(&self.settings.timetable, at.timestamp()));
        let frozen = match freeze {
            Some(freeze) => Some(self.in_a_freeze(push, &freeze.because, off_cycle, actor)?),
            None => None,
        };
        Ok(self.declared(push, frozen))
    }

    /// A push off the schedule as if it were declared now: whoever serves next has it, unless they are away that day.
    pub(crate) fn declared(&self, push: PushDate, frozen: Option<String>) -> Chosen {
        let mut changes = self.state.changes.clone();
        changes.edit().off_cycle.insert(push, self.now);
        let (timetable, order) = (&self.settings.timetable, &self.settings.rotation);
        let hero = calendar::departure_of(timetable, order, &changes, push).and_then(|d| d.hero);
        Chosen { push, scheduled: push, hero, turn: None, off_cycle: true, frozen }
    }

    /// Whether a hot-fix may leave now: in a freeze it takes the ops role. Returns why nothing else departs, if so.
    pub fn hot_fix_now(&self, actor: &Actor) -> Result<Option<String>, Refusal> {
        let Some(freeze) = calendar::is_frozen(&self.settings.timetable, self.now) else {
            return Ok(None);
        };
        if actor.holds(&[Role::Ops]) {
            return Ok(Some(freeze.because.clone()));
        }
        Err(Refusal::new(
            Code::BadDate,
            format!("nothing departs now: {}", crate::id::quoted(&freeze.because)),
            "a hot-fix by someone with the ops role passes, and is recorded",
        ))
    }

    fn in_a_freeze(
        &self,
        push: PushDate,
        because: &str,
        off_cycle: bool,
        actor: &Actor,
    ) -> Result<String, Refusal> {
        if off_cycle && actor.holds(&[Role::Ops]) {
            return Ok(because.to_owned());
        }
        Err(Refusal::new(
            Code::BadDate,
            format!("{push} is frozen: {}", crate::id::quoted(because)),
            "someone with the ops role can cut it with --off-cycle",
        ))
    }

    fn suggestion(&self, push: PushDate) -> String {
        let from = self.today();
        let runs = self
            .departures(from)
            .into_iter()
            .filter(|d| d.runs() && d.push_at.timestamp() > self.now);
        let distance = |d: &Departure| (d.push.0 - push.0).get_days().abs();
        match runs.min_by_key(|d| distance(d)) {
            Some(d) => format!(
                "the nearest departure is {}; --off-cycle takes a date off the schedule",
                d.push
            ),
            None => "--off-cycle takes a date off the schedule".to_owned(),
        }
    }
}

pub(crate) fn chosen(departure: &Departure, off_cycle: bool) -> Chosen {
    Chosen {
        push: departure.push,
        scheduled: departure.scheduled,
        hero: departure.hero.clone(),
        turn: departure.turn.clone(),
        off_cycle,
        frozen: None,
    }
}
