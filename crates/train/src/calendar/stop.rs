//! A departure on the line: what became of it and whose duty it is, before its times are worked out.

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};

use super::departure::{Departure, Standing};
use super::timetable::Timetable;
use crate::id::{PersonName, PushDate};
use crate::rotation::Duty;

/// A departure before its times are worked out.
#[derive(Debug, Clone)]
pub(super) struct Stop<'a> {
    pub name: PushDate,
    pub scheduled: PushDate,
    pub departs: Date,
    /// When it was declared, if off the schedule.
    pub declared: Option<Timestamp>,
    pub standing: Standing,
    pub duty: Duty<'a>,
}

impl Stop<'_> {
    /// Whether it runs.
    pub fn runs(&self) -> bool {
        matches!(self.standing, Standing::Scheduled | Standing::Moved | Standing::OffCycle)
    }

    /// With its times, in the train's zone.
    pub fn departure(self, timetable: &Timetable) -> Departure {
        let (cut_at, push_at) = self.times(timetable);
        let note = note(&self.standing, &self.duty);
        Departure {
            push: self.name,
            scheduled: self.scheduled,
            cut_at,
            push_at,
            standing: self.standing,
            hero: self.duty.hero.cloned(),
            turn: self.duty.turn.cloned(),
            passed_over: self.duty.away.into_iter().cloned().collect(),
            note,
        }
    }

    fn times(&self, timetable: &Timetable) -> (ZonedDateTime, ZonedDateTime) {
        let push_at = timetable.push_at(self.departs);
        if let Some(declared) = self.declared {
            let cut_at = declared.to_zoned_datetime(timetable.zone());
            let push_at = if push_at < cut_at { cut_at.clone() } else { push_at };
            return (cut_at, push_at);
        }
        // A push that slipped after its cut was cut in its own week.
        (timetable.cut_at(self.name.0.min(self.departs)), push_at)
    }
}

fn note(standing: &Standing, duty: &Duty<'_>) -> Option<String> {
    let names =
        |people: &[&PersonName]| people.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(", ");
    let are = |people: &[&PersonName]| if people.len() == 1 { "is" } else { "are" };
    let mut parts = Vec::new();
    match (duty.hero, duty.turn) {
        (None, _) if !duty.away.is_empty() => {
            parts.push(format!("nobody is on duty: {} {} away", names(&duty.away), are(&duty.away)))
        }
        _ if !duty.away.is_empty() => {
            parts.push(format!("{} {} away", names(&duty.away), are(&duty.away)))
        }
        _ => {}
    }
    if let (Some(hero), Some(turn)) = (duty.hero, duty.turn)
        && hero != turn
    {
        parts.push(format!("{hero} serves the turn of {turn}"));
    }
    if matches!(standing, Standing::Cancelled { .. }) && duty.turn.is_some() {
        parts.push("the turn is kept for the next departure".to_owned());
    }
    if parts.is_empty() { None } else { Some(parts.join("; ")) }
}
