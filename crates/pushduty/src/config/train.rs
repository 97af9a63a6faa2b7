//! `[train]`: the name, when it departs, how tags are made.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::value::Datetime;
use train::calendar::{Timetable, WeekTime, Zone, weeks};
use train::id::{PushDate, quoted};
use train::settings::Tagging;

use super::at::At;
use super::freeze;
use super::nearest::nearest;
use super::problem::Problems;

/// The train: its name, when it departs, how its tags are made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// The train's name, part of `refs/pushduty/NAME`; in `[trains.NAME]` it is the table's name instead.
    pub name: Option<At<String>>,
    /// The zone of every date and time in this file, by its IANA name.
    #[serde(default = "utc")]
    #[schemars(extend("default" = "UTC"))]
    pub time_zone: OrDefault,
    /// The weekday and time at which the repositories are tagged.
    #[serde(default = "tuesday")]
    #[schemars(extend("default" = "Tuesday 09:00"))]
    pub cut: OrDefault,
    /// The weekday and time at which production is started; its date names the push.
    #[serde(default = "thursday")]
    #[schemars(extend("default" = "Thursday 09:00"))]
    pub push: OrDefault,
    /// The cadence, in weeks.
    #[serde(default = "weekly")]
    #[schemars(extend("default" = "1 week"))]
    pub every: OrDefault,
    /// The date of one push: it fixes which weeks are meant, and where the rotation begins.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub starting: Option<At<Datetime>>,
    /// Dates on which nothing departs.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("default" = []))]
    pub skip: Vec<At<Datetime>>,
    /// How tags are made: with a message that names train, push and ledger; as a bare ref; or signed as the user's git signs.
    #[serde(default)]
    #[schemars(extend("default" = "annotated"))]
    pub tags: Tags,
}

/// A text with its place; no place where it is a default.
pub type OrDefault = At<String>;

fn standard(text: &str) -> OrDefault {
    At { value: text.to_owned(), span: 0..0 }
}

fn utc() -> OrDefault {
    standard("UTC")
}

fn tuesday() -> OrDefault {
    standard("Tuesday 09:00")
}

fn thursday() -> OrDefault {
    standard("Thursday 09:00")
}

fn weekly() -> OrDefault {
    standard("1 week")
}

/// How tags are made.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tags {
    /// A tag object that names train, push and ledger.
    #[default]
    Annotated,
    /// A bare ref to the commit.
    Lightweight,
    /// A tag object signed as the user's git is set up to sign.
    Signed,
}

impl From<Tags> for Tagging {
    fn from(tags: Tags) -> Self {
        match tags {
            Tags::Annotated => Self::Annotated,
            Tags::Lightweight => Self::Lightweight,
            Tags::Signed => Self::Signed,
        }
    }
}

impl Train {
    /// When it departs, with the freezes of the file.
    pub fn timetable(
        &self,
        freezes: &[freeze::Freeze],
        problems: &mut Problems,
    ) -> Option<Timetable> {
        let zone = self.zone(problems);
        let time = "write an English weekday and a time, as “Tuesday 09:00”";
        let cut = problems.take(&self.cut.span, self.cut.parse::<WeekTime>(), time);
        let push = problems.take(&self.push.span, self.push.parse::<WeekTime>(), time);
        let every =
            problems.take(&self.every.span, weeks(&self.every), "write “1 week” or “2 weeks”");
        let starting = match &self.starting {
            Some(at) => Some(day(at, problems).map(PushDate)?),
            None => None,
        };
        let skip: BTreeSet<Date> = self.skip.iter().filter_map(|d| day(d, problems)).collect();
        let freezes = freezes.iter().filter_map(|f| f.check(problems)).collect();
        let weekly = Timetable::new(zone?, cut?, push?);
        let (span, help) = self.cadence_place();
        let timed = problems.take(&span, weekly.with_cadence(every?, starting), help)?;
        Some(timed.skipping(skip).frozen(freezes))
    }

    fn zone(&self, problems: &mut Problems) -> Option<Zone> {
        let read = self.time_zone.parse::<Zone>();
        let help = || {
            let available: Vec<String> =
                jiff::tz::db().available().map(|name| name.to_string()).collect();
            nearest(&self.time_zone, available.iter().map(String::as_str))
                .map(|near| format!("did you mean {}?", quoted(near)))
        };
        let help = if read.is_err() { help() } else { None };
        let general = "the IANA database lists the names: continent, slash, city";
        problems.take(&self.time_zone.span, read, help.as_deref().unwrap_or(general))
    }

    /// What a quarrel about the cadence points at.
    fn cadence_place(&self) -> (Range<usize>, &'static str) {
        match &self.starting {
            Some(at) => (at.span.clone(), "give the date of one push, on the push's weekday"),
            None => {
                (self.every.span.clone(), "add starting = 2026-11-26 with the date of one push")
            }
        }
    }
}

/// A date without a time.
pub fn day(at: &At<Datetime>, problems: &mut Problems) -> Option<Date> {
    let text = at.value.to_string();
    let read = match (at.value.date, at.value.time) {
        (Some(_), None) => text.parse::<PushDate>().map_err(|e| e.to_string()),
        _ => Err(format!("{} is no date", quoted(&text))),
    };
    problems.take(&at.span, read, "write the date alone, as 2026-12-24").map(|date| date.0)
}
