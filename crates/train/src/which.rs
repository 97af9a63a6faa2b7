//! Which push a command means where nobody said it: the one rule, for all of them.
//!
//! Usually one push is cut, and that is it. Two are where an earlier one was cut and never ended, or where a hot-fix goes onto
//! what production runs. Then a command that changes something refuses and names both; one that only looks takes the nearest
//! departure and says so.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use crate::attempt::Leaving;
use crate::calendar::{Departure, Standing};
use crate::cut::Chosen;
use crate::id::PushDate;
use crate::people::Actor;
use crate::pushday::PushDay;
use crate::pushes::{Train, chosen};
use crate::refusal::{Code, Refusal};
use crate::settings::Repo;
use crate::state::Over;
use crate::wish;

/// What a command needs of the push that it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// To be cut: `tag`. The next that runs; one that is wholly cut stays it until it leaves or the cut of its successor is
    /// due, so that a second `tag` says so instead of cutting next week's.
    Tag,
    /// To get another tag: `tag --again`. The one that is cut; before any is, as [`Want::Tag`].
    TagAgain,
    /// To be cut and not over: `pick`, `approve`, `block`, `claim`, `start`, `finish`.
    Cut,
    /// To be in production, or on its way: `promote`. Where none is, as [`Want::Cut`].
    Started,
    /// To have something left to hold: `hold`, `resume`. The one that is cut, or the next.
    Hold,
    /// Not to have left: `move`, `cancel`. The one that is cut, and the next that runs: often the same.
    Stay,
    /// Not to be cut: `task`, `ask`.
    Uncut,
    /// To be looked at, and cut: `task list --this`. Of two the nearest departure.
    LookCut,
    /// To be looked at: `status`, `ready`, `compare`, `notes`. The one that is cut, until the next one's cut is due; of two
    /// that are cut the nearest departure.
    Look,
}

impl Train<'_> {
    /// The push that a command means: the one asked for, if that is one, or the only one that can be meant. Refuses where
    /// several could be, and a wrong guess would do harm.
    pub fn meant(&self, want: Want, asked: Option<PushDate>) -> Result<PushDate, Refusal> {
        if let Some(push) = asked {
            return self.named(want, push);
        }
        match want {
            Want::Tag => Ok(self.coming()?.push),
            Want::TagAgain => match &self.live()[..] {
                [] => self.meant(Want::Tag, None),
                live => only(live),
            },
            Want::Cut => only(&self.live()),
            Want::Started => {
                let live = self.live();
                let under_way: Vec<PushDate> =
                    live.iter().copied().filter(|push| self.started(*push)).collect();
                only(if under_way.is_empty() { &live } else { &under_way })
            }
            Want::Hold => match &self.live()[..] {
                [] => self.next().map(|d| d.push).ok_or_else(none_runs),
                live => only(live),
            },
            Want::Stay => self.staying(),
            Want::Uncut => self.uncut().map(|d| d.push).ok_or_else(none_runs),
            Want::LookCut => self.nearest_cut().map_or_else(|| only(&[]), Ok),
            Want::Look => self.shown().ok_or_else(none_runs),
        }
    }

    /// The push asked for, if it is one that can be meant.
    fn named(&self, want: Want, push: PushDate) -> Result<PushDate, Refusal> {
        let tagged = || self.tagged().contains_key(&push);
        if matches!(want, Want::Cut | Want::Started) && !tagged() {
            let what = format!("{push} is not cut: no repository has a tag of it");
            return Err(Refusal::new(Code::WrongState, what, "`pushduty tag` cuts it"));
        }
        let known = || self.state.pushes.contains_key(&push) || tagged();
        let push = match want == Want::Stay || known() || self.departure(push).is_some() {
            true => push,
            false => wish::known(self.settings, &self.state.changes, push, self.now)?.push,
        };
        match self.over(push) {
            Some(over) if matches!(want, Want::Cut | Want::Started | Want::Hold) => {
                let hint = match over {
                    Over::Done(_) => {
                        "`pushduty status` shows the push that matters now; `pushduty pick --onto production` makes a hot-fix"
                    }
                    Over::Cancelled(_) => "`pushduty status` shows the push that matters now",
                };
                Err(Refusal::new(Code::WrongState, format!("{push} {}", over.words()), hint))
            }
            _ => Ok(push),
        }
    }

    /// The pushes that are cut and not over, in the order of their names: mostly one. A push whose successor is done, or has
    /// left by the calendar, was overtaken, unless it got a tag since its successor was cut: a hot-fix.
    #[must_use]
    pub fn live(&self) -> Vec<PushDate> {
        let tagged: Vec<PushDate> = self.tagged().into_keys().collect();
        let open = |push: PushDate| match self.state.pushes.contains_key(&push) {
            true => self.over(push).is_none(),
            false => self.over(push).is_none() && self.is_to_come(push),
        };
        let later = |push: PushDate| tagged.iter().copied().filter(move |other| *other > push);
        let live = tagged.iter().copied().filter(|push| open(*push));
        live.filter(|push| !later(*push).any(|other| self.overtakes(other, *push))).collect()
    }

    /// Whether a push that only the remotes know has not left: today's, the next, or one whose cut is due. A date far ahead is
    /// somebody's typing error.
    fn is_to_come(&self, push: PushDate) -> bool {
        // Years of tags are past, and the calendar is not asked for them.
        let next = || self.next().is_none_or(|next| push <= next.push);
        let due = || self.departure(push).is_some_and(|d| d.cut_at.timestamp() <= self.now);
        push.0 >= self.today() && (next() || due())
    }

    /// Whether a later push that is cut makes an earlier one one of the past.
    fn overtakes(&self, later: PushDate, earlier: PushDate) -> bool {
        let known = |push: PushDate| self.state.pushes.get(&push);
        let gone = match self.over(later) {
            Some(over) => matches!(over, Over::Done(_)),
            None => known(later).is_some() && self.leaves(later) <= self.now,
        };
        let cut_at = known(later).map_or(Timestamp::MIN, |later| later.opened_at);
        let tags = known(earlier).into_iter().flat_map(|push| push.tags.values().flatten());
        let has = |repo: &Repo| known(later).is_some_and(|push| push.tags.contains_key(&repo.name));
        // Nobody knows when somebody else made a tag: what the later push brought in its place is past.
        let finish = self.state.days.of(earlier).over();
        let mut by_hand = finish.into_iter().flat_map(|finish| self.tagged_since(earlier, finish));
        gone && by_hand.all(has)
            && tags.map(|given| given.at).max().is_none_or(|newest| newest < cut_at)
    }

    /// When a push leaves, or left, by the calendar.
    fn leaves(&self, push: PushDate) -> Timestamp {
        let timetable = &self.settings.timetable;
        let departure = self.departure(push).map(|d| d.push_at.timestamp());
        departure.unwrap_or_else(|| timetable.push_at(push.0).timestamp())
    }

    fn started(&self, push: PushDate) -> bool {
        !self.state.days.of(push).attempts.is_empty()
    }

    /// The push that is cut, for looking: of several the nearest departure.
    #[must_use]
    pub fn nearest_cut(&self) -> Option<PushDate> {
        let away = |push: &PushDate| {
            let left = self.leaves(*push).as_second() - self.now.as_second();
            (left.unsigned_abs(), left < 0)
        };
        self.live().into_iter().min_by_key(away)
    }

    /// The push that matters now, for looking: the one that is cut, until the next one's cut is due.
    #[must_use]
    pub fn shown(&self) -> Option<PushDate> {
        let next = self.next();
        let due = next.as_ref().is_some_and(|d| d.cut_at.timestamp() <= self.now);
        match (self.nearest_cut(), next) {
            (Some(cut), Some(next)) if due && cut < next.push => Some(next.push),
            (Some(cut), _) => Some(cut),
            (None, next) => next.map(|d| d.push),
        }
    }

    /// What is said beside a push that was looked at and not asked for: which others are cut too.
    #[must_use]
    pub fn beside(&self, shown: PushDate) -> Option<String> {
        let others: Vec<String> =
            self.live().iter().filter(|push| **push != shown).map(ToString::to_string).collect();
        let first = others.first()?;
        let is = if others.len() == 1 { "is" } else { "are" };
        Some(format!(
            "this is {shown}; {} {is} cut too and not over: --push {first} shows that one",
            others.join(" and ")
        ))
    }

    /// A command that is to mean `push`: it says so where another could be meant.
    #[must_use]
    pub fn saying(&self, command: &str, push: PushDate) -> String {
        match self.live().iter().any(|other| *other != push) {
            true => format!("{command} --push {push}"),
            false => command.to_owned(),
        }
    }

    /// The next departure that is not cut.
    #[must_use]
    pub fn uncut(&self) -> Option<Departure> {
        let coming = self.departures(self.today()).into_iter();
        let mut coming = coming.filter(|d| d.runs() && d.push_at.timestamp() > self.now);
        coming.find(|d| !self.is_cut(d.push))
    }

    /// The push that `tag` cuts, and who has it: the one asked for if it may be cut, or the one that is meant.
    pub fn to_cut(
        &self,
        asked: Option<PushDate>,
        again: bool,
        off_cycle: bool,
        actor: &Actor,
    ) -> Result<Chosen, Refusal> {
        if let Some(push) = asked {
            return self.asked_for(push, off_cycle, actor);
        }
        let push = self.meant(if again { Want::TagAgain } else { Want::Tag }, None)?;
        Ok(match self.departure(push) {
            Some(departure) => chosen(&departure, departure.standing == Standing::OffCycle),
            None => self.declared(push, None),
        })
    }

    fn coming(&self) -> Result<Departure, Refusal> {
        let from = self.today().checked_sub(1.day()).unwrap_or(jiff::civil::Date::MIN);
        let all = self.departures(from).into_iter();
        let mut coming = all.filter(|d| d.runs() && d.push_at.timestamp() > self.now);
        let Some(first) = coming.next() else {
            let hint =
                "look at `pushduty schedule`; --push DATE --off-cycle cuts one off the schedule";
            return Err(Refusal { hint: hint.to_owned(), ..none_runs() });
        };
        if first.cut_at.timestamp() > self.now
            && let Some(under_way) = self.under_way()
        {
            return Ok(under_way);
        }
        let second = coming.next();
        let due = second.filter(|d| self.is_cut(first.push) && d.cut_at.timestamp() <= self.now);
        Ok(due.unwrap_or(first))
    }

    /// The newest push that was started and is not over: a tag is for mending it, until the next one's cut is due.
    fn under_way(&self) -> Option<Departure> {
        let live = |push: &PushDate| self.started(*push) && self.over(*push).is_none();
        let mut newest = self.state.days.newest_first().map(|(push, _)| push);
        newest.find(live).and_then(|push| self.departure(push))
    }

    /// The push that `rollback` means: the one asked for, if it was started, be it over; else the only one on its way; where
    /// none is, the one that was started last, be it finished meanwhile. Where none ever was, as [`Want::Started`].
    pub fn taken_back(&self, asked: Option<PushDate>) -> Result<PushDate, Refusal> {
        if let Some(push) = asked.filter(|push| self.started(*push)) {
            return Ok(push);
        }
        let is_on_its_way = |push: &PushDate| self.state.days.of(*push).attempt().is_some();
        let on_their_way: Vec<PushDate> = self.live().into_iter().filter(is_on_its_way).collect();
        match (asked, &on_their_way[..], self.started_last()) {
            (None, [], Some(last)) => Ok(last),
            (None, [_, ..], _) => only(&on_their_way),
            _ => self.meant(Want::Started, asked),
        }
    }

    fn started_last(&self) -> Option<PushDate> {
        let started = |day: &PushDay| Some(day.attempts.last()?.started_at);
        let days = self.state.days.newest_first();
        days.filter_map(|(push, day)| Some((started(day)?, push))).max().map(|(_, push)| push)
    }

    /// What another push brought to production after the newest attempt of `push`, and was not taken back: it goes back
    /// before anything of `push` does.
    #[must_use]
    pub fn brought_since(&self, push: PushDate) -> Vec<(PushDate, &Leaving)> {
        let last = |push: PushDate| self.state.days.of(push).attempts.last();
        let Some(own) = last(push).map(|attempt| attempt.started_at) else { return Vec::new() };
        let others = self.state.days.newest_first().filter(|(other, _)| *other != push);
        let later = others.flat_map(|(other, day)| {
            let since = day.attempts.iter().filter(|attempt| attempt.started_at > own);
            since.flat_map(move |attempt| attempt.standing().map(move |one| (other, one)))
        });
        later.collect()
    }

    /// The one push that has not left: one that is cut and not under way, or the next that runs.
    fn staying(&self) -> Result<PushDate, Refusal> {
        let waits = |push: &PushDate| self.state.days.of(*push).attempt().is_none();
        let mut all: BTreeSet<PushDate> = self.live().into_iter().filter(waits).collect();
        all.extend(self.next().map(|d| d.push));
        let all: Vec<PushDate> = all.into_iter().collect();
        if all.is_empty() { Err(none_runs()) } else { only(&all) }
    }
}

/// The only one, or a refusal that names them all.
fn only(pushes: &[PushDate]) -> Result<PushDate, Refusal> {
    match pushes {
        [] => Err(Refusal::new(
            Code::WrongState,
            "no push is cut",
            "`pushduty tag` cuts the next one; --push DATE names another; `pushduty pick --onto production` makes a hot-fix",
        )),
        [push] => Ok(*push),
        [first, ..] => {
            let names: Vec<String> = pushes.iter().map(ToString::to_string).collect();
            let say: Vec<String> = names.iter().map(|name| format!("--push {name}")).collect();
            Err(Refusal::new(
                Code::Ambiguous,
                format!("{} could each be meant: none of them is over", names.join(" and ")),
                format!(
                    "say which: {}. `pushduty finish --push {first}` ends one for good, and `pushduty cancel --push {first}` one that never left",
                    say.join(" or ")
                ),
            ))
        }
    }
}

fn none_runs() -> Refusal {
    let hint = "name one with --push DATE; `pushduty schedule` shows what runs";
    Refusal::new(Code::BadDate, "no departure runs in the coming year", hint)
}
