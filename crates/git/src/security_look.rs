//! What the security remote shows, beside upstream's main.

use conductor::failure::Result;
use conductor::ports::{Branch, SecurityLook};
use jiff::Timestamp;
use train::facts::Commit;
use train::id::Oid;

use crate::environment::Environment;
use crate::look;
use crate::numbers;
use crate::process::Git;
use crate::security_store::SecurityStore;
use crate::told;

impl SecurityStore {
    /// The branch that ships: the same as upstream's.
    pub(crate) async fn main_branch(&self) -> Result<String> {
        Ok(upstream(self).await?.0)
    }
}

/// Upstream's main as last fetched: its name and its tip.
async fn upstream(store: &SecurityStore) -> Result<(String, Option<Oid>)> {
    let seen = look::last(store.public(), Timestamp::UNIX_EPOCH).await?;
    let configured =
        || store.public().settings().branch.clone().unwrap_or_else(|| "main".to_owned());
    Ok(seen.map_or_else(|| (configured(), None), |look| (look.branch, look.main)))
}

/// Reads the refs that the last fetch left.
pub(crate) async fn read(store: &SecurityStore, at: Timestamp) -> Result<SecurityLook> {
    let git = store.git(Environment::Compute);
    let (main_branch, upstream) = upstream(store).await?;
    let numbers = numbers::read(store)?;
    let format =
        "--format=%(refname:lstrip=3)%00%(objectname)%00%(authorname)%00%(contents:subject)";
    let text = git.text(["for-each-ref", format, "refs/security/heads/"]).await?;
    let mut look = SecurityLook {
        observed_at: at,
        branch: main_branch.clone(),
        main: None,
        upstream,
        ahead: Vec::new(),
        behind: false,
        branches: Vec::new(),
    };
    for (name, commit, author, subject) in branches(&text) {
        if name == main_branch {
            look.main = Some(commit);
        } else if let Some(&number) = numbers.get(&name) {
            let (authors, commit_count) = lacking(&git, &commit, look.upstream.as_ref()).await?;
            look.branches.push(Branch {
                number,
                name,
                commit,
                subject,
                author,
                authors,
                commit_count,
            });
        }
    }
    look.branches.sort_by_key(|branch| branch.number);
    if let Some(main) = &look.main {
        look.ahead = commits(&git, main, look.upstream.as_ref()).await?;
    }
    look.behind = match (&look.main, &look.upstream) {
        (main, Some(upstream)) => !commits(&git, upstream, main.as_ref()).await?.is_empty(),
        (_, None) => false,
    };
    Ok(look)
}

/// Reads `for-each-ref`: each branch's name, commit, author and subject; what is no such line is passed over.
pub(crate) fn branches(text: &str) -> impl Iterator<Item = (String, Oid, String, String)> {
    text.lines().filter_map(|line| {
        let mut parts = line.split('\0');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let (name, commit, author, subject) = (part(), part(), part(), part());
        Some((name, commit.parse().ok()?, author, subject))
    })
}

/// The names and mail addresses of those who wrote what `tip` has and upstream lacks, and how many commits that is.
async fn lacking(git: &Git, tip: &Oid, upstream: Option<&Oid>) -> Result<(Vec<String>, usize)> {
    let args = ["rev-list", "--no-commit-header", "--format=%ae%x00%an", "--stdin"];
    let text = git.with_input(args, range(tip, upstream).as_bytes()).await?.text();
    let count = text.lines().count();
    let mut authors: Vec<String> =
        text.lines().flat_map(|line| line.split('\0')).map(str::to_owned).collect();
    authors.sort();
    authors.dedup();
    Ok((authors, count))
}

/// The commits of `tip` that `main` lacks, newest first, at most `limit`.
pub(crate) async fn lacked(git: &Git, main: &Oid, tip: &Oid, limit: usize) -> Result<Vec<Commit>> {
    let most = format!("--max-count={limit}");
    told::commits(git, &[most.as_str()], &range(tip, Some(main))).await
}

async fn commits(git: &Git, tip: &Oid, without: Option<&Oid>) -> Result<Vec<Oid>> {
    let text =
        git.with_input(["rev-list", "--stdin"], range(tip, without).as_bytes()).await?.text();
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Revisions for standard input: hashes are no arguments here.
fn range(tip: &Oid, without: Option<&Oid>) -> String {
    without.map_or_else(|| format!("{tip}\n"), |w| format!("{tip}\n^{w}\n"))
}
