//! What people write on the command line for commits, repositories and dates.

use std::collections::BTreeMap;

use conductor::failure::Failure;
use jiff::civil::Date;
use train::command::RepoCommit;
use train::id::{BadName, PersonName, PushDate, RepoName, quoted};
use train::links::{self, Target};
use train::notes::follow::{Family, ItemId};
use train::reason::Reason;
use train::refusal::{Code, Refusal};
use train::settings::{Repo, Settings};

use crate::session::usage;

/// A date, written `YYYY.MM.DD` or `YYYY-MM-DD`.
pub fn date(text: &str) -> Result<PushDate, BadName> {
    text.parse()
}

/// When a push is to reach production: a date, or `today` in the train's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Today: also off the schedule.
    Today,
    /// That day.
    On(PushDate),
}

/// A date, or `today`.
pub fn when(text: &str) -> Result<When, BadName> {
    if text.eq_ignore_ascii_case("today") { Ok(When::Today) } else { date(text).map(When::On) }
}

/// A reason: something that can be read later.
pub fn reason(text: &str) -> Result<Reason, BadName> {
    text.parse()
}

/// A blocker's name: `b3`.
pub fn blocker(text: &str) -> Result<ItemId, BadName> {
    item(text, Family::Blocker, "blocker: they are called b1, b2")
}

/// A task's name: `t7`.
pub fn task(text: &str) -> Result<ItemId, BadName> {
    item(text, Family::Task, "task: they are called t1, t2")
}

fn item(text: &str, family: Family, what: &str) -> Result<ItemId, BadName> {
    let read = text.parse::<ItemId>().ok().filter(|id| id.family == family);
    read.ok_or_else(|| BadName(format!("{} is no {what}", quoted(text))))
}

/// A person, by any name that the configuration has for them.
pub fn person(settings: &Settings, name: &str) -> Result<PersonName, Failure> {
    let turn = || settings.rotation.iter().find(|p| p.as_str().eq_ignore_ascii_case(name)).cloned();
    settings.person(name).map(|p| p.name.clone()).or_else(turn).ok_or_else(|| {
        Refusal::new(
            Code::NotFound,
            format!("nobody is called {}", quoted(name)),
            "people are set up under [people]",
        )
    })
}

/// A calendar day, written the same.
pub fn day(text: &str) -> Result<Date, BadName> {
    text.parse().map(|PushDate(date)| date)
}

/// A commit as people name it: `REPO:COMMIT`, `REPO@COMMIT`, a link, or a bare revision.
pub fn commit(settings: &Settings, text: &str) -> Result<RepoCommit, Failure> {
    if links::is_link(text) {
        let found =
            settings.repos.iter().find_map(|r| Some((r.name.clone(), links::commit_in(r, text)?)));
        let (repo, commit) = found.ok_or_else(|| links::no_such_link(text))?;
        return Ok(RepoCommit { repo: Some(repo), commit });
    }
    let (repo, commit) = split(text)?;
    if commit.is_empty() || commit.chars().any(char::is_control) {
        return Err(usage(format!("{} is no commit", quoted(text))));
    }
    Ok(RepoCommit { repo, commit: commit.to_owned() })
}

/// A commit in the same ways, or a pull request: `#12`, a link to one.
pub fn commit_or_pull(settings: &Settings, text: &str) -> Result<RepoCommit, Failure> {
    let pull = |repo: &Repo| match links::target_in(repo, text)? {
        Target::Pull(number) => Some((repo.name.clone(), format!("#{number}"))),
        _ => None,
    };
    match settings.repos.iter().find_map(pull) {
        Some((repo, commit)) => Ok(RepoCommit { repo: Some(repo), commit }),
        None => commit(settings, text),
    }
}

/// Commits, in the order given.
pub fn commits(settings: &Settings, texts: &[String]) -> Result<Vec<RepoCommit>, Failure> {
    texts.iter().map(|text| commit(settings, text)).collect()
}

/// `REPO:VALUE` by repository; without a repository, the key is none.
pub fn by_repo(texts: &[String]) -> Result<BTreeMap<Option<RepoName>, String>, Failure> {
    let mut by_repo = BTreeMap::new();
    for text in texts {
        let (repo, value) = split(text)?;
        if let Some(other) = by_repo.insert(repo, value.to_owned()) {
            let what =
                format!("{} and {} are for the same repository", quoted(&other), quoted(text));
            return Err(usage(what));
        }
    }
    Ok(by_repo)
}

fn split(text: &str) -> Result<(Option<RepoName>, &str), Failure> {
    let Some((repo, value)) = text.split_once(':').or_else(|| text.split_once('@')) else {
        return Ok((None, text));
    };
    let repo: RepoName = repo.parse().map_err(|e: BadName| usage(e.to_string()))?;
    Ok((Some(repo), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_may_stand_before_a_colon() {
        assert_eq!(split("web:abc").unwrap(), (Some("web".parse().unwrap()), "abc"));
        assert_eq!(split("abc").unwrap(), (None, "abc"));
        assert!(split("--upload-pack=x:abc").is_err());
    }
}
