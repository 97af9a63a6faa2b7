//! Blockers whose fix is aboard: the pull request that they link to, or a commit that says it closes the issue that they
//! link to, is in the newest tag.
//!
//! A commit alone proves nothing: a blocker names the one that broke something as often as the one that mends it. Words
//! that close an issue are those of the forges: GitHub's "Linking a pull request to an issue using a keyword" and GitLab's
//! "Closing issues automatically" have them in common.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::facts::Commit;
use crate::id::{Oid, RepoName};
use crate::links::Target;
use crate::notes::Context;

/// A commit with its whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The commit.
    pub commit: Commit,
    /// The pull request that its message names.
    pub pull: Option<u64>,
    /// What it says.
    pub message: String,
}

/// An issue or pull request, of a repository aboard.
pub type Thing = (RepoName, u64);

/// Where the fix of a blocker is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fix {
    /// The repository.
    pub repo: RepoName,
    /// The tag that has it.
    pub tag: String,
    /// What it is, in a few words: `#12`, or the commit that closes it.
    pub what: String,
}

impl Fix {
    /// In a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("its fix, {}, is in {} of {}", self.what, self.tag, self.repo)
    }
}

/// What a newest tag brings.
#[derive(Debug, Clone)]
pub struct Aboard {
    /// The repository.
    pub repo: RepoName,
    /// The tag.
    pub tag: String,
    /// Its commits over the tag that it is compared with.
    pub said: Vec<Said>,
}

/// The issues and pull requests that a blocker links to; `#12` alone is one where the train has a single repository.
#[must_use]
pub fn things(text: &str, context: &Context) -> BTreeSet<Thing> {
    let own = match context.repos() {
        [only] => Some(&only.name),
        _ => None,
    };
    text.split(apart).filter_map(|word| thing(word, own, context)).collect()
}

/// Where the fix of a blocker with these things is; none where no newest tag has it, or has it taken back.
#[must_use]
pub fn fix(things: &BTreeSet<Thing>, aboard: &[Aboard], context: &Context) -> Option<Fix> {
    aboard.iter().find_map(|Aboard { repo, tag, said }| {
        let gone: BTreeSet<&str> = said.iter().filter_map(|one| reverts(&one.message)).collect();
        let stays = |one: &&Said| {
            let origin = picked_from(&one.message);
            !gone.contains(one.commit.id.as_str()) && !origin.is_some_and(|id| gone.contains(id))
        };
        said.iter().filter(stays).find_map(|one| {
            let what = what(one, things, repo, context)?;
            Some(Fix { repo: repo.clone(), tag: tag.clone(), what })
        })
    })
}

/// What a commit is to these things, if it is the fix of one.
fn what(
    one: &Said,
    things: &BTreeSet<Thing>,
    repo: &RepoName,
    context: &Context,
) -> Option<String> {
    let pull = one.pull.filter(|number| things.contains(&(repo.clone(), *number)));
    if let Some(number) = pull {
        return Some(format!("#{number}"));
    }
    let closed = closes(&one.message, repo, context);
    let (_, number) = closed.into_iter().find(|thing| things.contains(thing))?;
    Some(format!("{}, which closes #{number}", one.commit.id.short()))
}

/// The issues that a message says it closes; a revert quotes what it takes back, and closes nothing.
fn closes(message: &str, repo: &RepoName, context: &Context) -> Vec<Thing> {
    if message.starts_with("Revert \"") {
        return Vec::new();
    }
    let (mut closed, mut listing) = (Vec::new(), false);
    for word in message.split(apart).filter(|word| !word.is_empty()) {
        let bare = word.trim_end_matches(':').to_ascii_lowercase();
        if CLOSING.contains(&bare.as_str()) {
            listing = true;
        } else if !listing || matches!(bare.as_str(), "and" | "issue" | "issues" | "bug") {
        } else if let Some(thing) = thing(word, Some(repo), context) {
            closed.push(thing);
        } else {
            listing = false;
        }
    }
    closed
}

const CLOSING: [&str; 9] =
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// What stands between words, and around links in Markdown.
fn apart(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | ',' | ';' | '"' | '\'')
}

/// `#12` of `own`, `server#12` or a link, as an issue or pull request.
fn thing(word: &str, own: Option<&RepoName>, context: &Context) -> Option<Thing> {
    let word = word.trim_end_matches(['.', ':', '!', '?']);
    if word.contains("://") {
        return match context.target(word)? {
            (repo, Target::Issue(number) | Target::Pull(number)) => Some((repo.clone(), number)),
            _ => None,
        };
    }
    let (before, number) = word.split_once('#')?;
    let repo = match before {
        "" => own,
        path if path.contains('/') => at(path, context),
        name => context.repo(name),
    };
    Some((repo?.clone(), number.parse().ok()?))
}

/// The repository whose address ends with this path: `mozilla/addons-server`.
fn at<'c>(path: &str, context: &'c Context) -> Option<&'c RepoName> {
    let path = path.to_ascii_lowercase();
    let is_there = |upstream: &str| {
        let upstream = upstream.to_ascii_lowercase();
        let address = upstream.trim_end_matches('/');
        let before = address.strip_suffix(".git").unwrap_or(address).strip_suffix(&path);
        before.is_some_and(|before| before.ends_with(['/', ':']))
    };
    context.repos().iter().find(|repo| is_there(&repo.upstream)).map(|repo| &repo.name)
}

/// The commit that a message says it was picked from.
#[must_use]
pub fn origin(message: &str) -> Option<Oid> {
    picked_from(message)?.parse().ok()
}

/// The commit that a message says it takes back.
#[must_use]
pub fn taken_back(message: &str) -> Option<Oid> {
    reverts(message)?.parse().ok()
}

/// The commit that a message says it takes back.
fn reverts(message: &str) -> Option<&str> {
    after(message, "This reverts commit ")
}

/// The commit that a message says it was picked from.
fn picked_from(message: &str) -> Option<&str> {
    after(message, "(cherry picked from commit ")
}

fn after<'m>(message: &'m str, words: &str) -> Option<&'m str> {
    let rest = message.lines().find_map(|line| line.strip_prefix(words))?;
    rest.split(|c: char| !c.is_ascii_hexdigit()).next().filter(|hash| hash.len() >= 40)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Repo;

    fn context(names: &[&str]) -> Context {
        let repo = |name: &&str| {
            Repo::new(name.parse().unwrap(), format!("https://github.com/mozilla/{name}.git"))
        };
        let repos: Vec<Repo> = names.iter().map(repo).collect();
        Context::new([], repos, vec![], "UTC".parse().unwrap())
    }

    fn both() -> Context {
        context(&["addons-server", "addons-frontend"])
    }

    fn said(digit: char, pull: Option<u64>, message: &str) -> Said {
        let id: crate::id::Oid = digit.to_string().repeat(40).parse().unwrap();
        let subject = message.lines().next().unwrap_or_default().to_owned();
        let committed_at = jiff::Timestamp::UNIX_EPOCH;
        let (author, email) = ("A".to_owned(), "a@x".to_owned());
        let commit = Commit { id, parents: vec![], subject, author, email, committed_at };
        Said { commit, pull, message: message.to_owned() }
    }

    fn found(blocker: &str, said: Vec<Said>) -> Option<String> {
        let (repo, tag) = ("addons-server".parse().unwrap(), "2026.11.26-1".to_owned());
        let aboard = [Aboard { repo, tag, said }];
        fix(&things(blocker, &both()), &aboard, &both()).map(|fix| fix.what)
    }

    const ISSUE: &str = "login breaks: https://github.com/mozilla/addons-server/issues/12.";

    #[test]
    fn what_a_blocker_links_to_is_read() {
        let all = |text: &str, context: &Context| -> Vec<String> {
            things(text, context).iter().map(|(repo, n)| format!("{repo}#{n}")).collect()
        };
        let link = "[this](https://github.com/mozilla/addons-frontend/pull/7), server#3 and #4";
        assert_eq!(all(link, &both()), ["addons-frontend#7", "addons-server#3"]);
        assert_eq!(all("see #4!", &context(&["addons-server"])), ["addons-server#4"]);
        assert_eq!(all("https://github.com/other/addons-server/issues/1 #x #", &both()), [""; 0]);
    }

    #[test]
    fn a_commit_that_closes_the_issue_is_its_fix() {
        for message in [
            "Fix #12: log in again",
            "Log in again\n\nCloses: mozilla/addons-server#12",
            "Log in again\n\nResolves https://github.com/mozilla/addons-server/issues/12",
            "Log in again (fixes #11, #12)",
        ] {
            let fixed = found(ISSUE, vec![said('a', None, message)]);
            assert_eq!(fixed.as_deref(), Some("aaaaaaaaaa, which closes #12"), "{message}");
        }
        for message in [
            "See #12",
            "Fix the form, see #12",
            "Fixes addons-frontend#12",
            "Fixes other/addons-server#12",
            "Fixes #123",
            "Revert \"Fixes #12\"",
        ] {
            assert_eq!(found(ISSUE, vec![said('a', None, message)]), None, "{message}");
        }
    }

    #[test]
    fn a_pull_request_is_a_fix_unless_it_is_taken_back() {
        let blocker = "https://github.com/mozilla/addons-server/pull/9 has to land";
        let own = || said('a', Some(9), "Log in again (#9)");
        assert_eq!(found(blocker, vec![own()]).as_deref(), Some("#9"));
        let hash = "a".repeat(40);
        let gone = format!("Revert \"Log in again (#9)\"\n\nThis reverts commit {hash}.");
        assert_eq!(found(blocker, vec![said('b', None, &gone), own()]), None);
        let pick = format!("Log in again (#9)\n\n(cherry picked from commit {hash})");
        assert_eq!(found(blocker, vec![said('b', None, &gone), said('c', Some(9), &pick)]), None);
        assert_eq!(found("https://github.com/mozilla/addons-server/pull/8", vec![own()]), None);
    }
}
