//! Whose absence an entry of an external calendar is: by the names and aliases in its summary.

use train::changes::Absence;
use train::people::Person;

use super::ExternalDay;

/// What a calendar of absences came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matched {
    /// The absences of people of the configuration.
    pub absences: Vec<Absence>,
    /// Entries that name nobody of the configuration: holidays, other teams.
    pub unmatched: Vec<ExternalDay>,
}

/// Finds the people named in each summary (“mat away”, “PTO: Mathieu”): whole words, letters' case ignored, the longest name
/// first. An entry that names several people is an absence of each.
#[must_use]
pub fn absences<'p>(days: &[ExternalDay], people: impl IntoIterator<Item = &'p Person>) -> Matched {
    let mut names: Vec<(Vec<String>, &Person)> = Vec::new();
    for person in people {
        let own =
            [person.name.as_str()].into_iter().chain(person.aliases.iter().map(String::as_str));
        let known = own.chain(person.email.as_deref()).map(words).filter(|name| !name.is_empty());
        names.extend(known.map(|name| (name, person)));
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut matched = Matched::default();
    for day in days {
        let who = named(&day.summary, &names);
        if who.is_empty() {
            matched.unmatched.push(day.clone());
        }
        let absence =
            |person: &Person| Absence { who: person.name.clone(), from: day.from, to: day.to };
        matched.absences.extend(who.into_iter().map(absence));
    }
    matched
}

fn named<'p>(summary: &str, names: &[(Vec<String>, &'p Person)]) -> Vec<&'p Person> {
    let mut left: Vec<Option<String>> = words(summary).into_iter().map(Some).collect();
    let mut found: Vec<&Person> = Vec::new();
    for (name, person) in names {
        let is_here = |at: &[Option<String>]| {
            at.iter().zip(name).all(|(word, part)| word.as_ref() == Some(part))
        };
        while let Some(at) = left.windows(name.len()).position(is_here) {
            left[at..at + name.len()].fill(None);
            if !found.iter().any(|known| known.name == person.name) {
                found.push(person);
            }
        }
    }
    found
}

fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
