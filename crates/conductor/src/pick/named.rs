//! The commits that people name, in the repository that has them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join_all, join3};
use train::command::{PickWish, RepoCommit};
use train::facts::{Commit, Look};
use train::id::RepoName;
use train::refusal::{Code, Refusal};

use crate::bench::Order;
use crate::conductor::Conductor;
use crate::failure::Result;

/// The repositories that must be asked: those named, or all when a commit came without its repository.
pub(super) fn repos_meant<'a>(commits: impl Iterator<Item = &'a RepoCommit>) -> Vec<RepoName> {
    let named: Option<BTreeSet<RepoName>> = commits.map(|c| c.repo.clone()).collect();
    named.map(|names| names.into_iter().collect()).unwrap_or_default()
}

impl Conductor {
    /// Which repository each commit is of: all are looked up at once.
    pub(super) async fn sort_out(
        &self,
        wish: &PickWish,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<BTreeMap<RepoName, Order>> {
        let (picks, drop, revert) = join3(
            self.find_all(&wish.picks, looked, false),
            self.find_all(&wish.drop, looked, true),
            self.find_all(&wish.revert, looked, false),
        )
        .await;
        let mut orders: BTreeMap<RepoName, Order> = BTreeMap::new();
        for (repo, found) in picks? {
            orders.entry(repo).or_default().picks.extend(found);
        }
        for (repo, found) in drop? {
            orders.entry(repo).or_default().drop.extend(found);
        }
        for (repo, found) in revert? {
            orders.entry(repo).or_default().revert.extend(found);
        }
        Ok(orders)
    }

    /// Every commit with its repository, in the order named. What is dropped may be anything that the tag has; what is
    /// added or taken back is no merge.
    async fn find_all(
        &self,
        named: &[RepoCommit],
        looked: &BTreeMap<RepoName, Result<Look>>,
        merges: bool,
    ) -> Result<Vec<(RepoName, Vec<Commit>)>> {
        let found = named.iter().map(|one| async move {
            let (repo, found) = self.find(one, looked).await?;
            if merges {
                return Ok((repo, found));
            }
            let found = self.without_merges(self.aboard(&repo)?, &one.commit, found).await?;
            Ok((repo, found))
        });
        join_all(found).await.into_iter().collect()
    }

    /// The commits that a person named, in the one repository that has them.
    pub(crate) async fn find(
        &self,
        named: &RepoCommit,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<(RepoName, Vec<Commit>)> {
        let mut meant = Vec::new();
        for aboard in &self.aboard {
            let name = &aboard.settings.name;
            match looked.get(name).filter(|_| named.repo.as_ref().is_none_or(|r| r == name)) {
                Some(Ok(_)) => meant.push(aboard),
                Some(Err(refusal)) => return Err(refusal.clone()),
                None => {}
            }
        }
        let resolved =
            join_all(meant.iter().map(|aboard| aboard.repo.resolve(&named.commit))).await;
        let (mut found, mut missing) = (Vec::new(), None);
        for (aboard, resolved) in meant.iter().zip(resolved) {
            let name = &aboard.settings.name;
            match resolved {
                Ok(commits) => found.push((name.clone(), commits)),
                Err(refusal) if refusal.code == Code::NoSuchCommit && named.repo.is_some() => {
                    missing = Some(refusal.in_repo(name));
                }
                Err(refusal) if refusal.code == Code::NoSuchCommit => missing = Some(refusal),
                Err(refusal) => return Err(refusal.in_repo(name)),
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(missing.unwrap_or_else(|| no_commit(&named.commit))),
            _ => Err(of_several(&named.commit, &found)),
        }
    }
}

fn of_several(commit: &str, found: &[(RepoName, Vec<Commit>)]) -> Refusal {
    let names: Vec<String> = found.iter().map(|(name, _)| format!("{name}:{commit}")).collect();
    let what = format!("{} is a commit in {} repositories", train::id::quoted(commit), names.len());
    Refusal::new(Code::Ambiguous, what, format!("say which: {}", names.join(" or ")))
}

/// The one answer to a commit that is nowhere among upstream's, whatever else may have it (P9).
pub(crate) fn no_commit(text: &str) -> Refusal {
    Refusal::new(
        Code::NoSuchCommit,
        format!("no commit {} on upstream's branches", train::id::quoted(text)),
        "check the hash; a commit must be pushed to upstream before it can ship",
    )
}
