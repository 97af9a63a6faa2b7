//! The commits that people name, in the repository that has them.

use std::collections::{BTreeMap, BTreeSet};

use train::command::{PickWish, RepoCommit};
use train::facts::Look;
use train::id::RepoName;
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::put::Order;

impl Conductor {
    /// The repositories that must be asked: those named, or all when a commit came without its repository.
    pub(super) fn repos_meant<'a>(
        &self,
        commits: impl Iterator<Item = &'a RepoCommit>,
    ) -> Result<Vec<RepoName>> {
        let named: Option<BTreeSet<RepoName>> = commits.map(|c| c.repo.clone()).collect();
        Ok(named.map(|names| names.into_iter().collect()).unwrap_or_default())
    }

    /// Which repository each commit is of.
    pub(super) async fn sort_out(
        &self,
        wish: &PickWish,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<BTreeMap<RepoName, Order>> {
        let mut orders: BTreeMap<RepoName, Order> = BTreeMap::new();
        for (list, commits) in [(0, &wish.picks), (1, &wish.drop), (2, &wish.revert)] {
            for named in commits {
                let (repo, found) = self.find(named, looked).await?;
                let found = if list == 1 {
                    found
                } else {
                    self.without_merges(self.aboard(&repo)?, &named.commit, found).await?
                };
                let order = orders.entry(repo).or_default();
                let into = [&mut order.picks, &mut order.drop, &mut order.revert];
                if let Some(into) = into.into_iter().nth(list) {
                    into.extend(found);
                }
            }
        }
        Ok(orders)
    }

    /// The commits that a person named, in the one repository that has them.
    pub(crate) async fn find(
        &self,
        named: &RepoCommit,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<(RepoName, Vec<train::facts::Commit>)> {
        let mut found = Vec::new();
        let mut missing = None;
        for aboard in &self.aboard {
            let name = &aboard.settings.name;
            if named.repo.as_ref().is_some_and(|r| r != name) {
                continue;
            }
            match looked.get(name) {
                Some(Ok(_)) => {}
                Some(Err(refusal)) => return Err(refusal.clone()),
                None => continue,
            }
            match aboard.repo.resolve(&named.commit).await {
                Ok(commits) => found.push((name.clone(), commits)),
                Err(refusal) if refusal.code == Code::NoSuchCommit => {
                    missing.get_or_insert(if named.repo.is_some() {
                        refusal.in_repo(name)
                    } else {
                        refusal
                    });
                }
                Err(refusal) => return Err(refusal.in_repo(name)),
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(missing.unwrap_or_else(|| no_commit(&named.commit))),
            _ => {
                let names: Vec<String> =
                    found.iter().map(|(name, _)| format!("{name}:{}", named.commit)).collect();
                let what = format!(
                    "{} is a commit in {} repositories",
                    train::id::quoted(&named.commit),
                    names.len()
                );
                Err(Refusal::new(
                    Code::Ambiguous,
                    what,
                    format!("say which: {}", names.join(" or ")),
                ))
            }
        }
    }
}

/// The one answer to a commit that is nowhere among upstream's, whatever else may have it (P9).
pub(crate) fn no_commit(text: &str) -> Refusal {
    Refusal::new(
        Code::NoSuchCommit,
        format!("no commit {} on upstream's branches", train::id::quoted(text)),
        "check the hash; a commit must be pushed to upstream before it can ship",
    )
}
