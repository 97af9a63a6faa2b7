//! What holds of any bytes that services and other people's calendars answer with, a function for each fuzz target.

use std::collections::BTreeSet;

use adapters::calendars::{absences, read};
use adapters::versions;
use conductor::ports::Sample;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use train::letter::is_harmful;
use train::people::Person;
use train::versions::{Fleet, ServiceState};

fn harmless(text: &str) {
    assert!(!text.chars().any(is_harmful), "{text:?}");
}

/// A `/__version__`: no more than four short words are taken over, and nothing harmful.
pub fn version_json(bytes: &[u8]) {
    let told = match versions::read(bytes) {
        Ok(Sample::Told { version, commit, source, build }) => [version, commit, source, build],
        Ok(Sample::Failed(why)) => return harmless(&why),
        Err(why) => return harmless(&why.to_string()),
    };
    for word in told.iter().flatten() {
        harmless(word);
        assert!(!word.is_empty() && word.chars().count() <= 201, "{word:?}");
    }
    let [version, commit, ..] = told;
    let fleet = Fleet::count([Ok((version, commit))]);
    assert_eq!(fleet.state(None, |_| true), ServiceState::Unknown);
    assert!(fleet.shown.iter().map(|shown| shown.samples).eq([1]));
}

/// An external calendar: its days are those asked for, in order, and each problem is told with its line.
pub fn calendar(bytes: &[u8]) {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    let (first, last): (Date, Date) = (date(2026, 1, 1), date(2026, 12, 31));
    let found = read(bytes, &zone, first, last);
    assert!(found.days.is_sorted_by_key(|day| (day.from, day.to)));
    for day in &found.days {
        assert!(day.from <= day.to && day.from <= last && first <= day.to, "{day:?}");
    }
    let lines = bytes.split(|b| *b == b'\n').count();
    for problem in &found.problems {
        harmless(&problem.message);
        assert!((1..=lines).contains(&problem.line), "{problem:?}");
    }
    let person = |name: &str| Person {
        name: name.parse().expect("a name"),
        roles: BTreeSet::new(),
        aliases: vec!["Mathieu".to_owned()],
        email: None,
        irc: None,
        github: None,
    };
    let people = [person("mat"), person("kumar")];
    let matched = absences(&found.days, &people);
    assert!(matched.unmatched.len() <= found.days.len());
    assert!(matched.absences.len() + matched.unmatched.len() >= found.days.len());
}

#[cfg(test)]
mod tests {
    use testkit::hold;

    #[test]
    fn of_versions() {
        hold("version_json", super::version_json);
    }

    #[test]
    fn of_calendars() {
        hold("calendar", super::calendar);
    }
}
