//! Times, for machines and for people.

use conductor::view::Moment;
use jiff::Timestamp;

/// A time: for machines, and for people in the train's zone. In the browser it becomes the reader's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    pub exact: String,
    pub shown: String,
    /// How it is written: the browser writes it so again. It is said here whether the date belongs to it, as a browser's
    /// own clock tells nothing of a page's moment.
    pub form: &'static str,
}

impl When {
    /// `Wed 15:05`: where the day is said beside it.
    pub fn of(at: &Moment) -> Self {
        Self::shown_as(at, "%a %H:%M", "time")
    }

    /// `Wed 15:05` today, and `Tue 24 Nov 09:00` on another day.
    pub fn near(at: &Moment, now: Timestamp) -> Self {
        if is_today(at, now) { Self::of(at) } else { Self::date(at) }
    }

    /// The same with its zone, `Wed 15:05 CET`: beside times of other zones.
    pub fn zoned(at: &Moment, now: Timestamp) -> Self {
        if is_today(at, now) {
            Self::shown_as(at, "%a %H:%M %Z", "time")
        } else {
            Self::shown_as(at, "%a %-d %b %H:%M %Z", "date")
        }
    }

    /// `15:05`.
    pub fn clock(at: &Moment) -> Self {
        Self::shown_as(at, "%H:%M", "clock")
    }

    /// `Tue 24 Nov 09:00`.
    pub fn date(at: &Moment) -> Self {
        Self::shown_as(at, "%a %-d %b %H:%M", "date")
    }

    /// `Thu 26 Nov`.
    pub fn day(at: &Moment) -> Self {
        Self::shown_as(at, "%a %-d %b", "day")
    }

    fn shown_as(at: &Moment, written: &str, form: &'static str) -> Self {
        let (exact, shown) = (at.0.timestamp().to_string(), at.0.strftime(written).to_string());
        Self { exact, shown, form }
    }
}

/// A sentence with the times in it apart, so that the browser puts them in the reader's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timed {
    pub parts: Vec<Part>,
}

/// Words of a sentence, and the time that follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub words: String,
    pub at: Option<When>,
}

impl Timed {
    /// A sentence in which some of these times stand, as [`Moment::words`] has them.
    pub fn of<'a>(sentence: &str, times: impl IntoIterator<Item = &'a Moment>) -> Self {
        let times: Vec<(String, &Moment)> = times.into_iter().map(|at| (at.words(), at)).collect();
        let (mut parts, mut rest) = (Vec::new(), sentence);
        let next = |rest: &str| {
            let found = times.iter().filter_map(|(said, at)| Some((rest.find(said)?, said, *at)));
            found.min_by_key(|(place, ..)| *place)
        };
        while let Some((place, said, at)) = next(rest) {
            parts.push(Part { words: rest[..place].to_owned(), at: Some(When::date(at)) });
            rest = &rest[place + said.len()..];
        }
        parts.push(Part { words: rest.to_owned(), at: None });
        Self { parts }
    }
}

/// Whether a time is of the day that it is now where it was taken.
fn is_today(at: &Moment, now: Timestamp) -> bool {
    now.to_zoned_datetime(at.0.time_zone().clone()).date() == at.0.date()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_time_of_another_day_has_its_date() {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let at = |text: &str| Moment::new(text.parse().expect("a time"), zone.clone());
        let now = at("2026-11-26T07:30:00Z").0.timestamp();
        let shown = |text: &str| When::near(&at(text), now).shown;
        assert_eq!(shown("2026-11-26T08:05:00Z"), "Thu 09:05");
        assert_eq!(shown("2026-11-24T08:00:00Z"), "Tue 24 Nov 09:00");
        assert_eq!(shown("2026-11-19T08:00:00Z"), "Thu 19 Nov 09:00");
        // The day is the train's: half past eleven in London is tomorrow in Paris.
        assert_eq!(shown("2026-11-25T23:30:00Z"), "Thu 00:30");
        assert_eq!(shown("2026-11-26T23:30:00Z"), "Fri 27 Nov 00:30");
        let zoned = When::zoned(&at("2026-11-24T08:00:00Z"), now);
        assert_eq!((zoned.shown.as_str(), zoned.form), ("Tue 24 Nov 09:00 CET", "date"));
    }

    #[test]
    fn the_times_of_a_sentence_stand_apart() {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let at = |text: &str| Moment::new(text.parse().expect("a time"), zone.clone());
        let (since, leaves) = (at("2026-11-24T08:00:00Z"), at("2026-11-26T08:00:00Z"));
        let said = "In -1, which leaves Thu 26 Nov 09:00 CET; on stage since Tue 24 Nov 09:00 CET.";
        let timed = Timed::of(said, [&since, &leaves]);
        let parts = timed.parts.iter().map(|part| {
            let at = part.at.as_ref().map_or("", |at| at.exact.as_str());
            (part.words.as_str(), at)
        });
        assert_eq!(
            parts.collect::<Vec<_>>(),
            [
                ("In -1, which leaves ", "2026-11-26T08:00:00Z"),
                ("; on stage since ", "2026-11-24T08:00:00Z"),
                (".", "")
            ]
        );
        assert_eq!(Timed::of("On main.", [&since]).parts.len(), 1);
    }
}
