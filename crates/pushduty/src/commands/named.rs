//! What people write on the command line for commits, repositories and dates.

use std::collections::BTreeMap;

use conductor::failure::Failure;
use jiff::civil::Date;
use train::command::RepoCommit;
use train::id::{BadName, PushDate, RepoName, quoted};
use train::links;
use train::settings::Settings;

use crate::session::usage;

/// A date, written `YYYY.MM.DD` or `YYYY-MM-DD`.
pub fn date(text: &str) -> Result<PushDate, BadName> {
    text.parse()
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

/// Commits, in the order given.
pub fn commits(settings: &Settings, texts: &[String]) -> Result<Vec<RepoCommit>, Failure> {
    texts.iter().map(|text| commit(settings, text)).collect()
}

/// `REPO:VALUE` by repository; without a repository, the key is none.
pub fn by_repo(texts: &[String]) -> Result<BTreeMap<Option<RepoName>, String>, Failure> {
    texts.iter().map(|text| split(text).map(|(repo, value)| (repo, value.to_owned()))).collect()
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
