//! `schedule`, `move`, `cancel`, `rotation`: the calendar, and what people change in it.

use jiff::ToSpan;
use jiff::civil::Date;
use train::calendar::{self, Departure, Standing};
use train::changes::Absence;
use train::command::Command;
use train::event::Event;
use train::hold::Hold;
use train::id::{PersonName, PushDate};
use train::people::Role;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;
use train::wish;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{ChangeView, DepartureView, Moment, ScheduleView};

/// How many days `schedule` shows where nothing else is asked for.
const SHOWN: i32 = 70;

/// A change to the calendar or to a push's day, and what it comes to.
#[derive(Debug, Clone)]
pub struct CalendarChange {
    /// The events; none where it is so already.
    pub events: Vec<Event>,
    /// In a sentence.
    pub words: String,
    /// What else becomes of it, a sentence each.
    pub more: Vec<String>,
}

impl CalendarChange {
    pub(crate) fn new(event: Event, words: String) -> Self {
        Self { events: vec![event], words, more: Vec::new() }
    }

    pub(crate) fn already(words: String) -> Self {
        Self { events: Vec::new(), words, more: Vec::new() }
    }

    /// Whether there is anything to record.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        !self.events.is_empty()
    }

    /// As a document.
    #[must_use]
    pub fn view(&self, done: bool) -> ChangeView {
        ChangeView { done, change: self.words.clone(), more: self.more.clone() }
    }
}

impl Conductor {
    /// Departures from `from` to `to`, both included; by default from today on for ten weeks.
    pub async fn schedule(
        &self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<(ScheduleView, Vec<Departure>)> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let from = from.unwrap_or_else(|| train.today());
        let to = to.unwrap_or_else(|| {
            from.max(train.today()).checked_add(SHOWN.days()).unwrap_or(Date::MAX)
        });
        if to < from {
            let what = format!("the schedule from {} to {} is empty", PushDate(from), PushDate(to));
            return Err(Refusal::new(Code::Usage, what, "give the earlier date with --from"));
        }
        let departures = calendar::departures(
            &self.settings.timetable,
            &self.settings.rotation,
            &state.changes,
            from,
            to,
        );
        let next = train.next().map(|d| d.push);
        let views = departures.iter().map(|d| self.departure_view(&train, d, next)).collect();
        Ok((ScheduleView { train: self.settings.train.to_string(), departures: views }, departures))
    }

    fn departure_view(
        &self,
        train: &Train<'_>,
        d: &Departure,
        next: Option<PushDate>,
    ) -> DepartureView {
        let (state, why) = match &d.standing {
            Standing::Cancelled { because } => ("cancelled", Some(because.clone())),
            Standing::Skipped => ("skipped", Some("skipped in the configuration".to_owned())),
            Standing::Frozen { because } => ("frozen", Some(because.clone())),
            _ if train.over(d.push).is_some() => ("done", None),
            _ if train.is_cut(d.push) => ("cut", None),
            _ if next == Some(d.push) => ("open", None),
            _ => ("planned", None),
        };
        let holiday = self
            .holidays
            .iter()
            .find(|(day, _)| *day == d.push_at.date() || *day == d.cut_at.date());
        let notes: Vec<String> = why
            .into_iter()
            .chain(d.note.clone())
            .chain(holiday.map(|(_, name)| name.clone()))
            .collect();
        DepartureView {
            push: d.push,
            cut_at: Moment(d.cut_at.clone()),
            push_at: Moment(d.push_at.clone()),
            hero: d.hero.clone(),
            state: state.to_owned(),
            scheduled: d.scheduled,
            turn: d.turn.clone().filter(|turn| Some(turn) != d.hero.as_ref()),
            off_cycle: d.standing == Standing::OffCycle,
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            offer: self.offer_of(train.state, d, train.now),
        }
    }

    /// What a calendar to subscribe to tells: the departures from `from` to `to`, by default from the first day that it tells
    /// of, and how often it was changed.
    pub async fn told_departures(
        &self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<(Vec<Departure>, usize)> {
        let from = match from {
            None => self.first_told().await?,
            Some(from) => from,
        };
        let (_, departures) = self.schedule(Some(from), to).await?;
        Ok((departures, self.calendar_changes().await?))
    }

    /// How often the calendar was changed: the SEQUENCE of its events (RFC 5545, 3.8.7.4).
    async fn calendar_changes(&self) -> Result<usize> {
        let state = self.state().await?;
        let unrecorded = state.settings.as_deref() != Some(self.settings.digest().as_str());
        let (mut changes, mut after) = (usize::from(unrecorded), 0);
        loop {
            let entries = self.ledger.read(after, 1_000, Some("train")).await?;
            let Some(last) = entries.last() else { return Ok(changes) };
            after = last.seq;
            let events = entries.iter().filter_map(|entry| entry.content.as_ref());
            changes += events.filter(|(_, event)| changes_the_calendar(event)).count();
        }
    }

    /// The first day of which a calendar to subscribe to tells: what it told once is not dropped when it is past. Before the
    /// ledger began there was no train.
    async fn first_told(&self) -> Result<Date> {
        let state = self.state().await?;
        let today = self.local(self.now(&state)).date();
        let year_ago = today.checked_sub(1.year()).unwrap_or(Date::MIN);
        Ok(state.changes.began.max(year_ago).min(today))
    }

    async fn moved(
        &self,
        state: &State,
        push: Option<PushDate>,
        to: PushDate,
    ) -> Result<CalendarChange> {
        self.acting(state).must_hold(&[Role::Hero, Role::Ops], "move a push")?;
        let (settings, changes) = (&self.settings, &state.changes);
        if let Some(there) = wish::already::moved(settings, changes, push, to) {
            let words = format!("{} leaves on {to} already", there.push);
            return Ok(CalendarChange::already(words));
        }
        let (push, tagged) = self.staying_push(state, push).await?;
        is_not_under_way(state, push)?;
        if wish::already::moved(settings, changes, Some(push), to).is_some() {
            return Ok(CalendarChange::already(format!("{push} leaves on {to} already")));
        }
        let (scheduled, change) =
            wish::move_push(settings, changes, push, to, tagged, self.now(state))?;
        let mut words = if change.renamed() {
            format!("{push} leaves on {to} and is called so")
        } else {
            format!("{push} leaves on {to}; its name and its tags stay")
        };
        let passed = wish::between(settings, changes, push, to);
        if let Some(first) = passed.first() {
            let side = if to > *first { "after" } else { "before" };
            let names: Vec<String> = passed.iter().map(ToString::to_string).collect();
            words = format!("{words}. That is {side} {}", names.join(" and "));
        }
        Ok(CalendarChange::new(Event::Moved { push: scheduled, change }, words))
    }

    fn swapped(&self, state: &State, push: PushDate, with: &PersonName) -> Result<CalendarChange> {
        self.may_swap(state)?;
        let now = self.now(state);
        if wish::already::serves(&self.settings, &state.changes, push, with, now) {
            return Ok(CalendarChange::already(format!("{with} serves on {push} already")));
        }
        wish::must_be_hero(&self.settings, state, with, None)?;
        let swap = wish::swap(&self.settings, &state.changes, push, with, now)?;
        let words = format!(
            "{} serves on {push} in place of {}, who takes their next turn",
            swap.to, swap.from
        );
        Ok(CalendarChange::new(Event::Swapped(swap), words))
    }

    fn away(
        &self,
        state: &State,
        who: &PersonName,
        from: Date,
        to: Date,
    ) -> Result<CalendarChange> {
        self.may_say_of(state, who)?;
        let absence = wish::away(&self.settings, who, from, to, self.now(state))?;
        let words = format!("{who} is away from {} to {}", PushDate(from), PushDate(to));
        if wish::already::away(&state.changes, &absence) {
            return Ok(CalendarChange::already(format!("{words}: that is noted already")));
        }
        Ok(CalendarChange::new(Event::Away(absence), words))
    }

    fn back(
        &self,
        state: &State,
        who: &PersonName,
        from: Date,
        to: Date,
    ) -> Result<CalendarChange> {
        self.may_say_of(state, who)?;
        let absence = Absence { who: who.clone(), from, to };
        let days = format!("away from {} to {}", PushDate(from), PushDate(to));
        if self.absences.contains(&absence) {
            let what = format!("an external calendar says that {who} is {days}");
            return Err(Refusal::new(Code::Refused, what, "take it out there"));
        }
        Ok(match wish::back(&state.changes, &absence)? {
            Some(absence) => {
                let words = format!("{who} is not {days} after all");
                CalendarChange::new(Event::Back(absence), words)
            }
            None => CalendarChange::already(format!("{who} is not {days}")),
        })
    }

    /// Whether whoever acts may swap duty, and move a push.
    pub async fn may_change_calendar(&self) -> Result<(bool, bool)> {
        let state = self.state().await?;
        let moves = self.acting(&state).holds(&[Role::Hero, Role::Ops]);
        Ok((self.may_swap(&state).is_ok(), moves))
    }

    /// Whoever takes turns swaps, and those who run the train. Others would make themselves hero by it, and whoever is on duty
    /// knows what the security role knows (P9).
    fn may_swap(&self, state: &State) -> Result<()> {
        match self.settings.rotation.iter().any(|one| one.as_str() == self.actor.name) {
            true => Ok(()),
            false => {
                let roles = [Role::Hero, Role::Ops, Role::Admin];
                self.acting(state).must_hold(&roles, "swap duty")
            }
        }
    }

    /// Everybody says of themselves when they are away; of others, whose duty goes to the next by it, those who run the train.
    pub(crate) fn may_say_of(&self, state: &State, who: &PersonName) -> Result<()> {
        if who.as_str() == self.actor.name {
            return self.known_actor(state, "say when you are away");
        }
        let roles = [Role::Hero, Role::Ops, Role::Admin];
        self.acting(state).must_hold(&roles, "say when somebody else is away")
    }

    /// Any person of the configuration, in whatever role; a stranger may only look.
    pub(crate) fn known_actor(&self, state: &State, to: &str) -> Result<()> {
        let all = [Role::Hero, Role::Developer, Role::Qa, Role::Ops, Role::Security, Role::Admin];
        self.acting(state).must_hold(&all, to)
    }

    /// Plans what a wish about the calendar, or about a push's day, comes to.
    pub async fn plan_change(&self, wish: &Command) -> Result<CalendarChange> {
        self.changed(&*self.state().await?, wish).await
    }

    /// Changes the calendar, or a push's day: plans again under the lock and records it.
    pub async fn change_calendar(&self, wish: &Command) -> Result<CalendarChange> {
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let mut change = self.changed(&state, wish).await?;
        let at = self.now(&state);
        journal.append(at, change.events.clone()).await?;
        let duty =
            |event: &Event| matches!(event, Event::Swapped(_) | Event::Away(_) | Event::Back(_));
        if change.events.iter().any(duty)
            && let Some(remark) = self.heroes_follow(&mut journal, &state).await
        {
            change.words = format!("{}. But {remark}", change.words);
        }
        Ok(change)
    }

    async fn changed(&self, state: &State, wish: &Command) -> Result<CalendarChange> {
        match wish {
            Command::Move { push, to } => self.moved(state, *push, *to).await,
            Command::Cancel { push, because } => self.cancelled(state, *push, because).await,
            Command::Swap { push, with } => self.swapped(state, *push, with),
            Command::Offer { .. }
            | Command::TakeOffer { .. }
            | Command::DeclineOffer { .. }
            | Command::KeepOffer { .. } => self.offer_changed(state, wish),
            Command::Away { who, from, to } => self.away(state, who, *from, *to),
            Command::Back { who, from, to } => self.back(state, who, *from, *to),
            Command::Hold { push, repo, until, because } => {
                let (repo, because) = (repo.clone(), because.to_string());
                let hold = Hold { repo, until: *until, because };
                self.held(state, *push, hold).await
            }
            Command::Resume { push, repo } => self.resumed(state, *push, repo.as_ref()).await,
            Command::Claim { push } => self.claimed(state, *push).await,
            Command::Unclaim { push } => self.unclaimed(state, *push).await,
            Command::GiveRole { .. } | Command::TakeRole { .. } => self.role_changed(state, wish),
            Command::Later { key, until } => self.put_off(state, key, until.as_deref()).await,
            Command::Clear { push, repos, because } => {
                self.cleared(state, *push, repos, because).await
            }
            _ => Err(Refusal::new(
                Code::Usage,
                "that wish does not change the calendar",
                "see `pushduty --help`",
            )),
        }
    }

    /// The push that a calendar command means, and whether it has a tag (then its name is frozen: P4).
    pub(crate) async fn staying_push(
        &self,
        state: &State,
        asked: Option<PushDate>,
    ) -> Result<(PushDate, bool)> {
        let looks = self.last_looks().await?;
        let train = self.train(state, &looks);
        let push = train.meant(Want::Stay, asked)?;
        Ok((push, train.tagged().contains_key(&push)))
    }
}

/// Refuses a push that is on its way to production, or there: its calendar is no longer the question.
pub(crate) fn is_not_under_way(state: &State, push: PushDate) -> Result<()> {
    let day = state.days.of(push);
    let what = match (day.attempt(), day.left().is_empty()) {
        (Some(_), _) => format!("{push} is on its way to production"),
        (None, false) => format!("{push} is in production"),
        (None, true) => return Ok(()),
    };
    let hint = "`pushduty rollback --because TEXT` brings production back, `pushduty finish` ends the push";
    Err(Refusal::new(Code::WrongState, what, hint))
}

fn changes_the_calendar(event: &Event) -> bool {
    matches!(
        event,
        Event::Moved { .. }
            | Event::Cancelled { .. }
            | Event::OffCycle { .. }
            | Event::Swapped(_)
            | Event::Away(_)
            | Event::Back(_)
            | Event::Configured { .. }
    )
}
