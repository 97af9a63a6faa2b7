//! `security sync` and `repair`: security's main follows upstream's, and two that diverged come together again.

use train::command::RepairWay;
use train::event::Event;
use train::id::RepoName;
use train::intent::{Intent, IntentId, Purpose, Remote, Update};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::security::{self};

use super::Pair;
use crate::conductor::Conductor;
use crate::drive::Carried;
use crate::failure::Result;
use crate::journal::Journal;

impl Conductor {
    /// The second of two pushes, wherever it is still due. Where it can't be made, only the security role learns why (P9):
    /// it stays due.
    pub(crate) async fn finish_syncs(&self, journal: &mut Journal) -> Result<Vec<Carried>> {
        let due: Vec<RepoName> = journal.state().unsynced.iter().cloned().collect();
        let told = self.acting(journal.state()).holds(&[Role::Security]);
        let mut carried = Vec::new();
        for repo in due {
            match self.sync_one(journal, &repo).await {
                Err(refusal) if !told && is_the_twins(refusal.code) => {}
                done => carried.extend(done?),
            }
        }
        Ok(carried)
    }

    /// Fast-forwards security's main to upstream's, in one repository or in all.
    pub async fn security_sync(&self, repo: Option<&RepoName>) -> Result<Vec<Carried>> {
        // Whether it can be done tells whether the two diverged: not for a hero off duty (P9).
        self.must_hold(&[Role::Security], "sync security remotes").await?;
        let mut journal = self.journal().await?;
        let mut carried = self.settle_open(&mut journal).await?;
        let names: Vec<RepoName> =
            self.twins(repo)?.iter().map(|(a, _)| a.settings.name.clone()).collect();
        for name in names {
            carried.extend(self.sync_one(&mut journal, &name).await?);
        }
        Ok(carried)
    }

    /// Where security's main is behind upstream's, and what it will be.
    pub async fn plan_sync(&self, repo: Option<&RepoName>) -> Result<Vec<(RepoName, Update)>> {
        self.must_hold(&[Role::Security], "sync security remotes").await?;
        let pairs = self.security_list(repo).await?;
        let due = pairs.iter().map(|pair| Ok((pair.repo.clone(), due(pair)?)));
        let due = due.collect::<Result<Vec<_>>>()?;
        Ok(due.into_iter().filter_map(|(repo, update)| Some((repo, update?))).collect())
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

    /// Brings two diverged repositories together: publishes what only security has, or keeps it as a branch. For the
    /// latter, returns the one command by which an admin resets main: it takes a force that we never use.
    pub async fn security_repair(
        &self,
        repo: Option<&RepoName>,
        way: &RepairWay,
    ) -> Result<(Vec<Carried>, Option<String>)> {
        self.must_hold(&[Role::Security], "repair a security remote").await?;
        let mut journal = self.journal().await?;
        let mut settled = self.settle_open(&mut journal).await?;
        let (aboard, twin) = self.one_twin(repo)?;
        let pair = self.pair(&self.with_external(journal.state().clone()), aboard, twin).await?;
        let (Some(theirs), Some(main)) = (pair.security.main.clone(), pair.look.main.clone())
        else {
            return Ok((Vec::new(), None));
        };
        if pair.security.ahead.is_empty() {
            // A run that was killed between its two pushes has made the first.
            if journal.state().unsynced.contains(&pair.repo) {
                settled.extend(self.sync_one(&mut journal, &pair.repo).await?);
            }
            return Ok((settled, None));
        }
        match way {
            RepairWay::Publish => {
                let message =
                    format!("Merge commits of the security main for {}\n", self.settings.train);
                let merged = twin
                    .merge(
                        &main,
                        std::slice::from_ref(&theirs),
                        &message,
                        &self.stamp(self.now(journal.state())),
                    )
                    .await?;
                if merged.conflict.is_some() {
                    let what = "security's main does not merge into upstream's";
                    return Err(Refusal::new(
                        Code::Conflict,
                        what,
                        "use --set-aside BRANCH, and bring the branch up to date by hand",
                    )
                    .in_repo(&pair.repo));
                }
                let intent = self.merge_intent(&journal, &pair, Vec::new(), &merged.tip).await?;
                let mut carried = self.carry_out(&mut journal, Vec::new(), vec![intent]).await?;
                carried.extend(self.finish_syncs(&mut journal).await?);
                Ok((carried, None))
            }
            RepairWay::SetAside(branch) => {
                let update = Update::forward(branch, None, theirs.clone());
                let intent = self.security_intent(&journal, &pair.repo, Purpose::SetAside, update);
                let carried = self.carry_out(&mut journal, Vec::new(), vec![intent]).await?;
                let remote = aboard.settings.security.clone().unwrap_or_default();
                let command = format!(
                    "git push --force-with-lease={b}:{theirs} {remote} {main}:refs/heads/{b}",
                    b = pair.look.branch
                );
                Ok((carried, Some(command)))
            }
        }
    }
}

/// Security's main to upstream's, where it is behind; refused where it has what upstream lacks (P1).
fn due(pair: &Pair) -> Result<Option<Update>> {
    let (branch, upstream) = (&pair.look.branch, pair.look.main.as_ref());
    let there = &pair.security;
    security::to_follow(
        &pair.repo,
        branch,
        upstream,
        there.main.as_ref(),
        &there.ahead,
        there.behind,
    )
}

/// Whether a failure is about what the security remote has, or whether it can be asked.
fn is_the_twins(code: Code) -> bool {
    matches!(code, Code::Diverged | Code::Unreachable)
}
