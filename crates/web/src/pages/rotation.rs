//! The order of turns and who is away, as the page of a train has them.

use conductor::view::{AbsenceView, PlaceView, RotationView};
use jiff::civil::Date;
use train::id::{PersonName, PushDate, TrainName};

use super::act;

/// Both of them.
pub(crate) struct Rota {
    pub turns: Vec<Turn>,
    pub absences: Vec<Away>,
}

/// Somebody who takes turns.
pub(crate) struct Turn {
    pub who: String,
    /// Whether they serve the push that matters now, or the next after it.
    pub serves: &'static str,
    pub last: Option<String>,
    pub next: Option<String>,
    /// The pushes for which they are passed over, each with the reason.
    pub passed_over: Vec<(String, String)>,
}

/// Somebody is away.
pub(crate) struct Away {
    pub who: String,
    pub from: Day,
    pub to: Day,
    pub says: &'static str,
    /// The form that takes it back; none where the reader may not, or where it is kept elsewhere.
    pub back: Option<String>,
}

/// A day of the train's zone. It is that day wherever somebody reads it.
pub(crate) struct Day {
    pub exact: String,
    pub shown: String,
}

impl Day {
    fn of(day: Date) -> Self {
        Self { exact: day.to_string(), shown: day.strftime("%a %-d %b %Y").to_string() }
    }
}

impl Rota {
    /// `may` is whether the reader may act at all; `this` the push that matters now.
    pub fn of(view: RotationView, train: &TrainName, may: bool, this: Option<PushDate>) -> Self {
        let now = view.duty.iter().find(|duty| Some(duty.push) == this);
        let next = view.duty.iter().find(|duty| this.is_none_or(|this| duty.push > this));
        let [now, next] = [now, next].map(|duty| duty.and_then(|duty| duty.hero.as_ref()));
        let turns = view.turns.into_iter().map(|place| Turn::of(place, now, next));
        let absences = view.absences.into_iter().map(|absence| Away::of(absence, train, may));
        Self { turns: turns.collect(), absences: absences.collect() }
    }
}

impl Turn {
    fn of(place: PlaceView, now: Option<&PersonName>, next: Option<&PersonName>) -> Self {
        let passed = place.passed_over.into_iter();
        let who = Some(&place.who);
        Self {
            serves: match (now == who, next == who) {
                (true, true) => "This one and the next.",
                (true, false) => "This one.",
                (false, true) => "Next.",
                (false, false) => "",
            },
            who: place.who.to_string(),
            last: place.last.map(|push| push.to_string()),
            next: place.next.map(|push| push.to_string()),
            passed_over: passed.map(|over| (over.push.to_string(), over.because)).collect(),
        }
    }
}

impl Away {
    fn of(absence: AbsenceView, train: &TrainName, may: bool) -> Self {
        let AbsenceView { who, from, to, now, external, may_undo } = absence;
        let days = [("who", who.to_string()), ("from", written(from)), ("to", written(to))];
        Self {
            who: who.to_string(),
            from: Day::of(from),
            to: Day::of(to),
            says: match (now, external) {
                (true, false) => "Away now.",
                (true, true) => "Away now, by an external calendar: it is taken back there.",
                (false, false) => "",
                (false, true) => "By an external calendar: it is taken back there.",
            },
            back: (may && may_undo).then(|| act::address(train, "back", &days)),
        }
    }
}

/// As a form takes it.
fn written(day: Date) -> String {
    PushDate(day).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absence(external: bool, may_undo: bool) -> AbsenceView {
        AbsenceView {
            who: "mat".parse().unwrap(),
            from: "2026-12-21".parse().unwrap(),
            to: "2027-01-03".parse().unwrap(),
            now: false,
            external,
            may_undo,
        }
    }

    #[test]
    fn an_absence_is_taken_back_by_a_form_that_is_filled_in_or_where_it_is_kept() {
        let train: TrainName = "amo".parse().unwrap();
        let ours = Away::of(absence(false, true), &train, true);
        let form =
            "/trains/amo/act?command=back&who=mat&from=2026.12.21&to=2027.01.03#back".to_owned();
        assert_eq!((ours.back, ours.says), (Some(form), ""));
        assert_eq!(ours.from.shown, "Mon 21 Dec 2026");
        assert_eq!(Away::of(absence(false, true), &train, false).back, None, "who only looks");
        let theirs = Away::of(absence(true, false), &train, true);
        assert!(theirs.back.is_none() && theirs.says.contains("external calendar"));
    }
}
