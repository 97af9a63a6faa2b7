//! `rotation`, to look at: who takes turns, what falls on whom, who is passed over, and who is away.

use jiff::civil::Date;
use train::calendar::{self, Departure};
use train::changes::Absence;
use train::id::{PersonName, PushDate};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{AbsenceView, DepartureView, DutyView, PassedOverView, PlaceView, RotationView};

impl Conductor {
    /// The order of turns and what falls on whom in the next ten weeks, and absences that are not over. What external
    /// calendars say of people is told to whoever is `known`: it is in no record that others read.
    pub async fn rotation(&self, known: bool) -> Result<RotationView> {
        let (view, departures) = self.schedule(None, None).await?;
        let state = self.state().await?;
        let today = self.local(self.now(&state)).date();
        let absences = self.absences_to_come(&state, known, today);
        let ahead: Vec<(DepartureView, Departure)> = view
            .departures
            .into_iter()
            .zip(departures)
            .filter(|(view, _)| is_ahead(view))
            .collect();
        let order = self.settings.rotation.clone();
        let past = calendar::departures(
            &self.settings.timetable,
            &order,
            &state.changes,
            state.changes.began,
            today,
        );
        let now = self.now(&state);
        let is_over = |d: &&Departure| d.runs() && d.push_at.timestamp() <= now;
        let past: Vec<&Departure> = past.iter().filter(is_over).collect();
        let place = |who: &PersonName| {
            let last = past.iter().rfind(|departure| departure.hero.as_ref() == Some(who));
            place(who, last.map(|departure| departure.push), &ahead, (&absences, known))
        };
        let turns = order.iter().map(place).collect();
        let duty = ahead.into_iter().map(|(view, _)| DutyView {
            push: view.push,
            push_at: view.push_at,
            hero: view.hero,
            offer: view.offer,
        });
        Ok(RotationView { order, duty: duty.collect(), turns, absences })
    }

    /// Who is away today or later, the earliest first.
    fn absences_to_come(&self, state: &State, known: bool, today: Date) -> Vec<AbsenceView> {
        let mut absences: Vec<AbsenceView> = Vec::new();
        for Absence { who, from, to } in state.changes.absences.iter().filter(|a| today <= a.to) {
            let absence = Absence { who: who.clone(), from: *from, to: *to };
            let external = self.absences.contains(&absence);
            let is_told = known || !external;
            let is_new = absences.iter().all(|a| (&a.who, &a.from, &a.to) != (who, from, to));
            if is_told && is_new {
                absences.push(AbsenceView {
                    may_undo: !external && self.may_say_of(state, who).is_ok(),
                    now: *from <= today,
                    external,
                    who: absence.who,
                    from: absence.from,
                    to: absence.to,
                });
            }
        }
        absences.sort_by(|a, b| (a.from, a.to, &a.who).cmp(&(b.from, b.to, &b.who)));
        absences
    }
}

/// Whether it runs, and is not over.
fn is_ahead(departure: &DepartureView) -> bool {
    matches!(departure.state.as_str(), "planned" | "open" | "cut")
}

/// What falls on somebody, who served `last`. That they are passed over for what an external calendar says is for those who know.
fn place(
    who: &PersonName,
    last: Option<PushDate>,
    ahead: &[(DepartureView, Departure)],
    (absences, known): (&[AbsenceView], bool),
) -> PlaceView {
    let next = ahead.iter().find(|(view, _)| view.hero.as_ref() == Some(who));
    let passed = ahead.iter().filter(|(_, departure)| departure.passed_over.contains(who));
    let passed = passed.filter_map(|(view, departure)| {
        let away = away(who, departure, absences);
        let because = away.or_else(|| known.then(|| "away".to_owned()))?;
        Some(PassedOverView { push: view.push, because })
    });
    PlaceView {
        who: who.clone(),
        last,
        next: next.map(|(view, _)| view.push),
        passed_over: passed.collect(),
    }
}

/// Why somebody is passed over, where that is told.
fn away(who: &PersonName, departure: &Departure, absences: &[AbsenceView]) -> Option<String> {
    let days = [departure.cut_at.date(), departure.departs()];
    let covers =
        |a: &&AbsenceView| &a.who == who && days.iter().any(|day| a.from <= *day && *day <= a.to);
    Some(match absences.iter().find(covers)? {
        a if a.from == a.to => format!("away on {}", PushDate(a.from)),
        a => format!("away from {} to {}", PushDate(a.from), PushDate(a.to)),
    })
}
