//! What holds of any bytes that people hand over, a function for each fuzz target: the configuration, the command line, text
//! to be shown. The tests of this file hold them for the seeds and for bytes made of these; `cargo xtask fuzz` looks further.
//!
//! Each function takes any bytes and panics where something does not hold.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser;
use train::letter::is_harmful;
use train::refusal::Refusal;

use crate::cli::Cli;
use crate::commands::named;
use crate::config::{self, ConfigError, Guess, PersonGuess, RepoGuess, guess::Guessed, remote};
use crate::screen::{Line, Tone, columns};

#[track_caller]
fn harmless(text: &str) {
    assert!(!text.chars().any(is_harmful), "{text:?}");
}

/// A configuration: taken whole or refused with a place for each mistake, drawn without what could lead a terminal. What is
/// taken names only remotes that git may be given, and reads back from the ledger.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let all = match config::read(text, Path::new("/train")) {
        Ok(all) => all,
        Err(problems) => {
            let error = ConfigError::located("pushduty.toml", text, problems);
            return drawn(text, error);
        }
    };
    let names: BTreeSet<_> = all.iter().map(|one| one.settings.train.clone()).collect();
    assert!(!all.is_empty() && names.len() == all.len());
    for settings in all.iter().map(|one| &one.settings) {
        let json = serde_json::to_string(settings).expect("settings can be written");
        assert_eq!(
            &serde_json::from_str::<train::settings::Settings>(&json).expect("and read"),
            settings
        );
        for repo in &settings.repos {
            for url in [Some(&repo.upstream), repo.security.as_ref()].into_iter().flatten() {
                assert!(git::url::check(url).is_ok(), "{url:?}");
            }
            let before = repo.after.as_ref().map(|after| settings.repo(after));
            assert!(before.is_none_or(|before| before.is_some_and(|b| b.name != repo.name)));
        }
        assert!(settings.rotation.iter().all(|who| settings.people.contains_key(who)));
    }
}

fn drawn(text: &str, error: ConfigError) {
    let mut found = 0;
    for problem in error.problems() {
        found += 1;
        assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
        assert!(!problem.message.is_empty() && !problem.help.is_empty());
    }
    assert!(found > 0);
    for width in [40, 80, 200] {
        let drawing = error.render(false, width);
        assert!(!drawing.chars().any(|c| is_harmful(c) && c != '\n'), "{drawing:?}");
    }
    assert!(!error.render(true, 80).contains('\u{9b}'));
    harmless(&error.to_string());
    let refusal = Refusal::from(error);
    harmless(&refusal.message);
    harmless(&refusal.hint);
    assert_eq!(refusal.code.exit(), 2);
}

/// What `init` writes loads, whatever stood on the remotes: names of people, branches and tags, a field after each NUL.
pub fn config_written(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut fields = text.split('\0').map(str::to_owned);
    let mut field = || fields.next().unwrap_or_default();
    let mut guessed = || Some(Guessed::new(field(), field())).filter(|g| !g.value.is_empty());
    let (time_zone, cut, push) = (guessed(), guessed(), guessed());
    let (every, starting) = (guessed(), guessed());
    let (branch, tag) = (guessed(), guessed());
    let repo = RepoGuess {
        name: field(),
        upstream: Some(field())
            .filter(|url| remote::read(url, Path::new("/train")).is_ok())
            .unwrap_or_else(|| "/x".to_owned()),
        branch,
        tag,
        first_suffix: Some((2, field())),
        migrations: Some((vec![field(), field()], field())),
    };
    let train = field();
    let roles = vec!["hero".to_owned(), field()];
    let people: Vec<PersonGuess> = std::iter::repeat_with(field)
        .take_while(|name| !name.is_empty())
        .take(20)
        .map(|name| PersonGuess {
            email: name.split_once(' ').map(|(_, email)| email.to_owned()),
            aliases: vec![name.to_lowercase()],
            evidence: name.clone(),
            roles: roles.clone(),
            name,
        })
        .collect();
    let rotation: Vec<String> = people.iter().map(|person| person.name.clone()).collect();
    let count = (people.len(), rotation.iter().collect::<BTreeSet<_>>().len());
    let repos = vec![repo];
    let guess = Guess { train, time_zone, cut, push, every, starting, repos, people, rotation };
    let written = config::write(&guess);
    assert!(!written.chars().any(|c| is_harmful(c) && c != '\n'), "{written:?}");
    match config::read(&written, Path::new("/train")) {
        Ok(all) => {
            let settings = &all[0].settings;
            assert_eq!((settings.people.len(), settings.rotation.len()), count, "{written}");
            assert_eq!(settings.repos.len(), 1);
        }
        Err(problems) => {
            panic!("{}", ConfigError::located("written", &written, problems).render(false, 120))
        }
    }
}

/// A command line, a word on each line: understood or refused, in words that can be shown. Commits, dates and reasons too.
pub fn command_line(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let words: Vec<&str> = text.split('\n').collect();
    if let Err(error) =
        Cli::try_parse_from(std::iter::once("pushduty").chain(words.iter().copied()))
    {
        for line in error.render().to_string().lines() {
            harmless(&Line::plain(line).render(false));
        }
    }
    let sample = config::read(include_str!("../samples/amo.toml"), Path::new("/train"));
    let settings = &sample.expect("the sample is read")[0].settings;
    for word in &words {
        match named::commit(settings, word) {
            Ok(named) => {
                assert!(!named.commit.is_empty() && !named.commit.chars().any(char::is_control));
                assert!(word.to_ascii_lowercase().contains(&named.commit.to_ascii_lowercase()));
            }
            Err(failure) => harmless(&failure.message),
        }
        match (named::date(word), named::day(word)) {
            (Ok(date), Ok(day)) => {
                assert_eq!((date.0, named::date(&date.to_string())), (day, Ok(date)))
            }
            (Err(why), Err(_)) => harmless(&why.0),
            (date, day) => panic!("{date:?}, {day:?}"),
        }
        assert!(named::when(word).is_ok() || named::date(word).is_err());
        assert!(
            named::reason(word).is_ok_and(|said| &*said == word.trim())
                || named::reason(word).is_err()
        );
    }
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    match named::by_repo(&words) {
        Ok(found) => assert_eq!(found.len(), words.len()),
        Err(failure) => harmless(&failure.message),
    }
}

/// Rows of cells, a row on each line, a cell after each tab: shown without what could lead a terminal, and in columns.
pub fn screen(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let row = |line: &str| -> Vec<Line> {
        line.split('\t').map(|cell| Line::of(Tone::Tag, cell).text(cell)).collect()
    };
    let rows: Vec<Vec<Line>> = text.split('\n').map(row).collect();
    let widths: Vec<(usize, usize)> =
        rows.iter().map(|row| (row.len(), row.last().map_or(0, Line::width))).collect();
    let lines = columns(2, rows);
    assert_eq!(lines.len(), widths.len());
    for line in &lines {
        harmless(&line.render(false));
        let coloured = line.render(true);
        let rest =
            coloured.replace("\u{1b}[1m", "").replace("\u{1b}[34m", "").replace("\u{1b}[0m", "");
        harmless(&rest);
    }
    // Rows of as many cells have their last one at the same place.
    for (line, (cells, last)) in lines.iter().zip(&widths) {
        let start = line.width() - last;
        let same = lines.iter().zip(&widths).filter(|(_, (others, _))| others == cells);
        assert!(same.into_iter().all(|(other, (_, last))| other.width() - last == start));
    }
}

#[cfg(test)]
mod tests {
    use testkit::hold;

    #[test]
    fn of_configurations() {
        hold("config", super::config);
    }

    #[test]
    fn of_what_init_writes() {
        hold("config_written", super::config_written);
    }

    #[test]
    fn of_command_lines() {
        hold("command_line", super::command_line);
    }

    #[test]
    fn of_what_is_shown() {
        hold("screen", super::screen);
    }
}
