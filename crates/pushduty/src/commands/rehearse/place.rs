//! Where a commit can land: the copy of a repository. And what the week's exceptions are made of, which nobody's history can
//! be relied on to have.

use std::path::PathBuf;

use train::id::RepoName;
use train::settings::{PRODUCTION, Repo, Settings};
use train::tag::TagScheme;

use super::copies::main_of;
use crate::config::rehearsal;
use crate::session::Ending;
use crate::stage::stream::{Commit, of};
use crate::stage::{Player, Sandbox, crew, git};

/// The copy of a repository.
pub struct Place {
    /// The repository.
    pub repo: RepoName,
    /// Its copy, as the crew knows it.
    pub copy: PathBuf,
    /// The branch that ships, as a ref.
    pub main: String,
    scheme: TagScheme,
}

/// A commit that nobody wrote: its message, and one file of it.
pub struct Pretended<'a> {
    /// The message.
    pub message: &'a str,
    /// The file's name.
    pub file: &'a str,
    /// All that is in it.
    pub text: &'a str,
}

impl Place {
    /// The copy of this repository.
    pub async fn of(repo: &Repo, sandbox: &Sandbox) -> Result<Self, Ending> {
        let copy = sandbox.dir().join(rehearsal::upstream(&repo.name));
        let main = main_of(repo, &copy).await?;
        Ok(Self { repo: repo.name.clone(), copy, main, scheme: repo.scheme.clone() })
    }

    /// Where a hot-fix can land: the repositories of which production shows what it runs, this one first.
    pub async fn of_hot_fixes(
        settings: &Settings,
        first: &RepoName,
        sandbox: &Sandbox,
    ) -> Result<Vec<Self>, Ending> {
        let services =
            settings.environment(PRODUCTION).map(|e| &e.services[..]).unwrap_or_default();
        let runs = |repo: &&Repo| services.iter().any(|service| service.repo == repo.name);
        let mut repos: Vec<&Repo> = settings.repos.iter().filter(runs).collect();
        repos.sort_by_key(|repo| repo.name != *first);
        let mut places = Vec::new();
        for repo in repos {
            places.push(Self::of(repo, sandbox).await?);
        }
        Ok(places)
    }

    /// Its newest tag.
    pub async fn newest(&self) -> Result<Option<crew::Release>, Ending> {
        Ok(crew::tags(&self.copy, &self.scheme).await?.pop())
    }

    /// Whether main has something over the newest tag.
    pub async fn has_moved(&self) -> Result<bool, Ending> {
        let tip = git(&self.copy, &["rev-parse", &self.main], None).await?;
        Ok(self.newest().await?.is_none_or(|(_, commit)| commit != tip))
    }

    /// It must show this tag.
    pub async fn must_have(&self, p: &Player<'_>, tag: &str) -> Result<(), Ending> {
        let tags = crew::tags(&self.copy, &self.scheme).await?;
        let there = tags.iter().any(|(name, _)| name == tag);
        p.must(there, &format!("{} has no tag {tag}", self.repo))
    }

    /// The push that a tag of it is of.
    pub fn push_of(&self, tag: &str) -> Option<String> {
        Some(self.scheme.parse(tag)?.push.to_string())
    }

    /// A commit that nobody wrote lands; gives it.
    pub async fn pretend(
        &self,
        sandbox: &Sandbox,
        who: &str,
        at: &str,
        what: &Pretended<'_>,
    ) -> Result<String, Ending> {
        let parent = format!("{}^0", self.main);
        let files = [(what.file, what.text)];
        let who = &plain(who);
        let commit = Commit {
            on: &self.main,
            parent: Some(&parent),
            merges: None,
            who,
            at,
            message: what.message,
            files: &files,
        };
        sandbox.land(&self.copy, &of(&[commit], &[])).await?;
        git(&self.copy, &["rev-parse", &self.main], None).await
    }
}

/// What is asked for where none of the team's own can be held back.
pub const REHEARSAL: Pretended<'_> = Pretended {
    message: "Say that this is a rehearsal",
    file: "rehearsal.txt",
    text: "Written for a rehearsal, on a copy of the repository.\n",
};

/// What mends the blocker.
pub const MENDS: Pretended<'_> = Pretended {
    message: "Count pages from the whole list",
    file: "rehearsal.txt",
    text: "Written for a rehearsal, on a copy of the repository.\n\
           The second page of results is there.\n",
};

/// The same line changed twice: the later of the two does not apply without the earlier one.
pub const TWICE: [Pretended<'_>; 2] = [
    Pretended {
        message: "Say how many results there are",
        file: "rehearsal.txt",
        text: "Written for a rehearsal, on a copy of the repository.\n\
               The second page of results is there, and says how many there are.\n",
    },
    Pretended {
        message: "Say where the second page begins",
        file: "rehearsal.txt",
        text: "Written for a rehearsal, on a copy of the repository.\n\
               The second page of results is there, says how many there are, and where it begins.\n",
    },
];

/// The file as a person leaves it who wants the later of the two alone.
pub const BY_HAND: &str = "Written for a rehearsal, on a copy of the repository.\n\
     The second page of results is there, and says where it begins.\n";

/// What can't wait for the departure.
pub const FIRE: Pretended<'_> = Pretended {
    message: "Count each download once",
    file: "rehearsal-hot-fix.txt",
    text: "Written for a rehearsal, on a copy of the repository: downloads are counted once.\n",
};

/// A name as an address can hold it.
fn plain(who: &str) -> String {
    let kept = who.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let name: String = kept.collect();
    if name.is_empty() { "somebody".to_owned() } else { name }
}
