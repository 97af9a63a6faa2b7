//! External calendars: holidays and absences, from files and addresses. And the train's own, for others.

use conductor::Conductor;
use conductor::failure::Failure;
use jiff::ToSpan;
use jiff::civil::Date;
use train::calendar::Departure;
use train::changes::Absence;

use crate::config::{ExternalCalendar, Holds, Loaded, Source};
use crate::environment;

/// What external calendars say.
#[derive(Debug, Clone, Default)]
pub struct External {
    /// Who is away.
    pub absences: Vec<Absence>,
    /// Holidays by day.
    pub holidays: Vec<(Date, String)>,
    /// What could not be read, in sentences.
    pub remarks: Vec<String>,
}

/// The largest calendar read, in bytes.
const LIMIT: usize = 4 << 20;

/// Reads every configured calendar. One that can't be read is left out, with a remark: the train runs without it.
pub async fn read(loaded: &Loaded, today: Date) -> External {
    let mut external = External::default();
    for calendar in &loaded.calendars {
        match text(loaded, calendar).await {
            Ok(text) => add(&mut external, loaded, calendar.holds, &text, today),
            Err(why) => external.remarks.push(format!("a calendar is left out: it {why}")),
        }
    }
    external
}

/// Departures as a file (RFC 5545), after so many changes of the calendar.
pub fn write(conductor: &Conductor, departures: &[Departure], changes: usize) -> String {
    adapters::calendars::write_ics(
        &conductor.settings.train,
        departures,
        changes,
        conductor.clock.now(),
        conductor.addresses.notes.as_deref(),
    )
}

/// What each calendar is called; or, in a sentence, why it can't be used, or not in whole.
pub async fn examine(loaded: &Loaded, today: Date) -> Vec<Result<String, String>> {
    let mut all = Vec::new();
    for calendar in &loaded.calendars {
        let name = match &calendar.source {
            Source::Path(path) => path.display().to_string(),
            Source::Url(url) => url.clone(),
            Source::Secret(_) => "the one at a secret address".to_owned(),
        };
        all.push(match (text(loaded, calendar).await, &calendar.source) {
            (Err(why), Source::Path(_)) => Err(format!("a calendar {why}")),
            (Err(why), _) => Err(format!("{name} {why}")),
            (Ok(text), _) => match days(loaded, &text, today).problems.first() {
                Some(problem) => Err(format!("{name}, line {}: {}", problem.line, problem.message)),
                None => Ok(name),
            },
        });
    }
    all
}

async fn text(loaded: &Loaded, calendar: &ExternalCalendar) -> Result<String, String> {
    let folder = loaded.file.parent().unwrap_or(&loaded.file);
    let url = match &calendar.source {
        Source::Path(path) => {
            return std::fs::read_to_string(path)
                .map_err(|e| format!("can't be read from {}: {e}", path.display()));
        }
        Source::Url(url) => url.clone(),
        Source::Secret(secret) => {
            let hidden = secret
                .fetch(folder, environment::secret)
                .map_err(|r: Failure| format!("has a secret address: {}", r.message))?;
            hidden.expose().to_owned()
        }
    };
    let web = adapters::http::Web::new(adapters::http::Limits::default());
    web.fetch_text(&url, LIMIT).await.map_err(|why| why.to_string())
}

fn add(external: &mut External, loaded: &Loaded, holds: Holds, text: &str, today: Date) {
    let read = days(loaded, text, today);
    let problems = read.problems.iter();
    external
        .remarks
        .extend(problems.map(|p| format!("a calendar, line {}: {}", p.line, p.message)));
    match holds {
        Holds::Absences => {
            external.absences.extend(
                adapters::calendars::absences(&read.days, loaded.settings.people.values()).absences,
            );
        }
        Holds::Holidays => {
            let each = read.days.iter().flat_map(|day| {
                day.from
                    .series(1.day())
                    .take_while(|at| *at <= day.to)
                    .map(|at| (at, day.summary.clone()))
            });
            external.holidays.extend(each);
        }
    }
}

/// Recurring events have no end: what matters is a season back and two years on.
fn days(loaded: &Loaded, text: &str, today: Date) -> adapters::calendars::Reading {
    let from = today.checked_sub(100.days()).unwrap_or(Date::MIN);
    let to = today.checked_add(750.days()).unwrap_or(Date::MAX);
    adapters::calendars::read(text.as_bytes(), &loaded.settings.timetable.zone(), from, to)
}
