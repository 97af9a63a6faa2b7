//! One event of an external calendar, before its repetition is worked out.

use std::collections::BTreeSet;

use icalendar::parser::Property;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use train::id::quoted;

use super::lines::{Line, parameter};
use super::recur::{Rule, exceptions};
use super::when::{Read, When, duration, last_day, when};
use super::{ExternalDay, Problem};

/// An event as written.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The line it begins on.
    pub line: usize,
    pub uid: String,
    pub summary: String,
    pub start: When,
    end: Option<End>,
    pub rule: Option<Rule>,
    /// Occurrences left out: by the event itself, or because another event stands in their place.
    pub except: Vec<When>,
    /// The occurrence of another event of the same UID that this one stands in the place of.
    pub instead: Option<When>,
}

#[derive(Debug, Clone)]
enum End {
    At(When),
    After(jiff::Span),
}

/// The properties of one event that matter here, each with its line.
struct Parts<'l> {
    line: usize,
    all: Vec<(usize, Property<'l>)>,
}

impl<'l> Parts<'l> {
    fn find(&self, key: &str) -> Option<&(usize, Property<'l>)> {
        self.all.iter().find(|(_, p)| p.name.as_str().eq_ignore_ascii_case(key))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.find(key).map(|(_, p)| p.val.as_str())
    }

    /// The time of a property: none if it is not there, a problem if it can't be read.
    fn time(
        &self,
        key: &str,
        zone: &TimeZone,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<When>, Problem> {
        let Some((line, property)) = self.find(key) else { return Ok(None) };
        let Some(Read { when, unknown_zone }) = when(property, property.val.as_str(), zone) else {
            return Err(bad(*line, key, property.val.as_str()));
        };
        if let Some(name) = unknown_zone {
            let message =
                format!("the time zone {} is unknown; the train's is taken", quoted(&name));
            problems.push(Problem { line: *line, message });
        }
        Ok(Some(when))
    }
}

fn bad(line: usize, key: &str, value: &str) -> Problem {
    Problem {
        line,
        message: format!("{key} {} can't be read; the event is left out", quoted(value)),
    }
}

impl Found {
    /// Reads the lines between `BEGIN:VEVENT` and its end. None: it is cancelled.
    pub fn read(
        line: usize,
        lines: &[&Line],
        zone: &TimeZone,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Self>, Problem> {
        let mut all = Vec::new();
        for line in lines {
            match line.property() {
                Ok(property) => all.push((line.number, property)),
                Err(problem) => problems.push(problem),
            }
        }
        let parts = Parts { line, all };
        if parts
            .text("STATUS")
            .is_some_and(|status| status.trim().eq_ignore_ascii_case("CANCELLED"))
            && parts.find("RECURRENCE-ID").is_none()
        {
            return Ok(None);
        }
        let Some(start) = parts.time("DTSTART", zone, problems)? else {
            let message = "the event has no DTSTART; it is left out".to_owned();
            return Err(Problem { line: parts.line, message });
        };
        let end = parts.end(&start, zone, problems)?;
        let rule = parts.rule(&start, zone, problems);
        let except = parts.except(zone, problems);
        let instead = parts.instead(zone, problems)?;
        let text = |key: &str| parts.text(key).unwrap_or_default().to_owned();
        Ok(Some(Self {
            line,
            uid: text("UID"),
            summary: text("SUMMARY"),
            start,
            end,
            rule,
            except,
            instead,
        }))
    }

    /// Whether only the place of an occurrence is taken: it was cancelled on its own.
    pub fn is_cancelled(lines: &[&Line]) -> bool {
        lines.iter().any(|line| line.is("STATUS", "CANCELLED"))
    }

    /// The days of the occurrence that starts at `start`; none where its end is before its start.
    pub fn days(&self, start: &When, zone: &TimeZone) -> Option<ExternalDay> {
        let begins = start.in_zone(zone);
        let ends = match &self.end {
            Some(End::After(span)) => start.plus(*span)?.in_zone(zone),
            Some(End::At(end)) => {
                let long = end.in_zone(zone).since(self.start.in_zone(zone)).ok()?;
                begins.checked_add(long).ok()?
            }
            None if matches!(start, When::Day(_)) => begins.tomorrow().ok()?,
            None => begins,
        };
        (ends >= begins).then(|| ExternalDay {
            from: begins.date(),
            to: last_day(begins, ends),
            summary: self.summary.clone(),
        })
    }

    /// The starts up to the day `last`, exceptions left out.
    pub fn starts(&self, last: Date, zone: &TimeZone, most: &mut u64) -> Vec<When> {
        let all = match &self.rule {
            Some(rule) => rule.starts(&self.start, last, zone, most),
            None => vec![self.start.clone()],
        };
        // An exception that is a day means all of that day.
        let (mut days, mut times) = (BTreeSet::new(), BTreeSet::new());
        for except in &self.except {
            match except {
                When::Day(day) => days.insert(*day),
                When::Time(..) => times.insert(except.in_zone(zone)),
            };
        }
        let left_out = |at: &When| days.contains(&at.date()) || times.contains(&at.in_zone(zone));
        all.into_iter().filter(|at| !left_out(at)).collect()
    }
}

impl Parts<'_> {
    fn end(
        &self,
        start: &When,
        zone: &TimeZone,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<End>, Problem> {
        if let Some(end) = self.time("DTEND", zone, problems)? {
            if end.in_zone(zone) < start.in_zone(zone) {
                let message = "the event ends before it starts; it is left out".to_owned();
                return Err(Problem { line: self.line, message });
            }
            return Ok(Some(End::At(end)));
        }
        let Some((line, property)) = self.find("DURATION") else { return Ok(None) };
        let value = property.val.as_str();
        duration(value)
            .map(|span| Some(End::After(span)))
            .ok_or_else(|| bad(*line, "DURATION", value))
    }

    fn rule(&self, start: &When, zone: &TimeZone, problems: &mut Vec<Problem>) -> Option<Rule> {
        let mut unsupported = |line: usize, what: &str| {
            let message = format!(
                "the repetition {} is not understood; only the first time is taken",
                quoted(what)
            );
            problems.push(Problem { line, message });
        };
        for key in ["RDATE", "EXRULE"] {
            if let Some((line, property)) = self.find(key) {
                unsupported(*line, &format!("{key}:{}", property.val.as_str()));
            }
        }
        let (line, property) = self.find("RRULE")?;
        Rule::read(property, start, zone).map_err(|what| unsupported(*line, &what)).ok()
    }

    fn except(&self, zone: &TimeZone, problems: &mut Vec<Problem>) -> Vec<When> {
        let mut found = Vec::new();
        for (line, property) in
            self.all.iter().filter(|(_, p)| p.name.as_str().eq_ignore_ascii_case("EXDATE"))
        {
            match exceptions(property, zone) {
                Some(dates) => found.extend(dates),
                None => {
                    let message = format!(
                        "the exception {} can't be read; it is not made",
                        quoted(property.val.as_str())
                    );
                    problems.push(Problem { line: *line, message });
                }
            }
        }
        found
    }

    fn instead(
        &self,
        zone: &TimeZone,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<When>, Problem> {
        let found = self.time("RECURRENCE-ID", zone, problems)?;
        if let Some((line, property)) = self.find("RECURRENCE-ID")
            && let Some(range) = parameter(property, "RANGE")
        {
            let message = format!(
                "the range {} is not understood; only this one time is changed",
                quoted(range)
            );
            problems.push(Problem { line: *line, message });
        }
        Ok(found)
    }
}
