//! `security sync`: security's main follows upstream's.

use train::event::Event;
use train::id::RepoName;
use train::intent::{Intent, IntentId, Purpose, Remote, Update};
use train::people::Role;
use train::publish;
use train::security::{self};

use super::Pair;
use crate::conductor::Conductor;
use crate::drive::Carried;
use crate::failure::Result;
use crate::journal::Journal;

impl Conductor {
    /// The second of two pushes, wherever it is still due. Where it can't be made it stays due, and whoever wants something
    /// of that repository is refused; else only the security role learns why (P9).
    pub(crate) async fn finish_syncs(
        &self,
        journal: &mut Journal,
        wanted: impl Fn(&RepoName) -> bool,
    ) -> Result<Vec<Carried>> {
        let due: Vec<RepoName> = journal.state().unsynced.iter().cloned().collect();
        let told = self.acting(journal.state()).holds(&[Role::Security]);
        let mut carried = Vec::new();
        for repo in due {
            // One that an earlier run began comes first, as soon as it can be looked at.
            if publish::may_begin(journal.state(), &repo, Remote::Security).is_err() {
                continue;
            }
            match self.sync_one(journal, &repo).await {
                Err(refusal) if !wanted(&repo) => {
                    if told {
                        let what =
                            |why: &str| format!("security of {repo} does not follow yet: {why}");
                        self.progress.failed(&refusal.within(what));
                    }
                }
                done => carried.extend(done?),
            }
        }
        Ok(carried)
    }

    /// Fast-forwards security's main to upstream's, in one repository or in all. Where an earlier push stays open, that is
    /// among what became of them, and the others follow.
    pub async fn security_sync(&self, repo: Option<&RepoName>) -> Result<Vec<Carried>> {
        // Whether it can be done tells whether the two diverged: not for a hero off duty (P9).
        self.must_hold(&[Role::Security], "sync security remotes").await?;
        let mut journal = self.journal().await?;
        let left = self.settle_open(&mut journal).await?;
        let names: Vec<RepoName> =
            self.twins(repo)?.iter().map(|(a, _)| a.settings.name.clone()).collect();
        left.refuse_what_may_not_be(|name| names.contains(name))?;
        let mut carried = left.told_to(|name| names.contains(name));
        for name in names.iter().filter(|name| !left.stops(name)) {
            carried.extend(self.sync_one(&mut journal, name).await?);
        }
        Ok(carried)
    }

    /// Where security's main is behind upstream's, and what it will be.
    pub async fn plan_sync(&self, repo: Option<&RepoName>) -> Result<Vec<(RepoName, Update)>> {
        self.must_hold(&[Role::Security], "sync security remotes").await?;
        let pairs = self.security_list(repo).await?;
        let due = pairs.iter().map(|pair| Ok((pair.twin.repo.clone(), due(pair)?)));
        let due = due.collect::<Result<Vec<_>>>()?;
        Ok(due.into_iter().filter_map(|(repo, update)| Some((repo, update?))).collect())
    }

    /// The second push of a merge or a repair that ended between its two, where security's main still waits for it.
    pub async fn plan_second(&self, repo: Option<&RepoName>) -> Result<Option<(RepoName, Update)>> {
        self.must_hold(&[Role::Security], "sync security remotes").await?;
        let state = self.state().await?;
        let (aboard, twin) = self.one_twin(repo)?;
        let name = &aboard.settings.name;
        let first = |intent: &Intent| {
            &intent.repo == name && matches!(intent.purpose, Purpose::Merge { .. } | Purpose::Sync)
        };
        if !state.unsynced.contains(name) && !state.open.values().any(first) {
            return Ok(None);
        }
        let pair = self.pair(&state, aboard, twin).await?;
        Ok(due(&pair)?.map(|update| (name.clone(), update)))
    }

    pub(super) async fn sync_one(
        &self,
        journal: &mut Journal,
        repo: &RepoName,
    ) -> Result<Option<Carried>> {
        let (aboard, twin) = self.one_twin(Some(repo))?;
        let pair = self.pair(&self.with_external(journal.state().clone()), aboard, twin).await?;
        let Some(update) = due(&pair)? else {
            if journal.state().unsynced.contains(repo) {
                // Somebody else brought it: the record follows.
                let at = self.now(journal.state());
                journal.append(at, vec![Event::Synced { repo: repo.clone() }]).await?;
            }
            return Ok(None);
        };
        let intent = self.security_intent(journal, repo, Purpose::Sync, update);
        Ok(self.carry_out(journal, Vec::new(), vec![intent]).await?.pop())
    }

    pub(super) fn security_intent(
        &self,
        journal: &Journal,
        repo: &RepoName,
        purpose: Purpose,
        update: Update,
    ) -> Intent {
        Intent {
            id: IntentId::after(journal.head(), repo, Remote::Security),
            push: None,
            repo: repo.clone(),
            remote: Remote::Security,
            purpose,
            updates: vec![update],
            fence: None,
            settings: self.settings.digest(),
        }
    }
}

/// Security's main to upstream's, where it is behind; refused where it has what upstream lacks (P1).
fn due(pair: &Pair) -> Result<Option<Update>> {
    let (branch, upstream) = (&pair.look.branch, pair.look.main.as_ref());
    let there = &pair.twin.security;
    security::to_follow(
        &pair.twin.repo,
        branch,
        upstream,
        there.main.as_ref(),
        &there.ahead,
        there.behind,
    )
}
