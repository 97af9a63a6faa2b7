//! `security list | approve | merge | sync | repair`: embargoed fixes, upstream first, always (P1).

use futures_util::future::join_all;
use train::command::{MergeWish, RepairWay, TagWish};
use train::event::{Event, Outcome};
use train::facts::Look;
use train::id::{Oid, PersonName, RepoName};
use train::intent::{Expect, Intent, IntentId, Purpose, Remote, Update};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::security::{self, BranchState, Candidate};
use train::state::State;

use crate::conductor::{Aboard, Conductor};
use crate::cut::same_plan;
use crate::drive::{Carried, Ended};
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Branch, SecurityLook, SecurityRepository};

/// How often a lost race is run again before a person is asked to.
const TRIES: usize = 3;

/// A repository's two remotes, side by side.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The repository.
    pub repo: RepoName,
    /// Upstream.
    pub look: Look,
    /// The private twin.
    pub security: SecurityLook,
    /// Its branches with how they stand, by number.
    pub branches: Vec<(Branch, BranchState)>,
}

/// A merge to read before saying yes.
#[derive(Debug, Clone)]
pub struct MergePlan {
    /// The repositories, each with the branches that will be merged.
    pub repos: Vec<RepoMerge>,
}

/// One repository's merge.
#[derive(Debug, Clone)]
pub struct RepoMerge {
    /// The two remotes.
    pub pair: Pair,
    /// What will be merged.
    pub branches: Vec<Candidate>,
    /// Branches that moved since their review: held.
    pub held: Vec<u32>,
    /// Upstream's main with it; none where there is nothing to merge.
    pub tip: Option<Oid>,
    /// The difference against upstream.
    pub diff: String,
    /// Its digest.
    pub diff_digest: String,
}

impl MergePlan {
    /// What `--if` binds: the branches' commits and the difference.
    #[must_use]
    pub fn digest(&self) -> String {
        let bound: Vec<_> = self
            .repos
            .iter()
            .map(|r| {
                (
                    &r.pair.repo,
                    r.branches.iter().map(|b| (b.number, &b.commit)).collect::<Vec<_>>(),
                    &r.diff_digest,
                )
            })
            .collect();
        train::digest::of(&("merge", bound))
    }
}

impl Conductor {
    /// Whom to ask about security: the first person in that role.
    pub(crate) fn security_person(&self, state: &State) -> Option<PersonName> {
        let holder = self
            .settings
            .people
            .values()
            .find(|p| p.roles.contains(&Role::Security))
            .map(|p| p.name.clone());
        holder.or_else(|| self.on_duty(state))
    }

    /// The repositories with a private twin: the one named, or all.
    fn twins(&self, repo: Option<&RepoName>) -> Result<Vec<(&Aboard, &dyn SecurityRepository)>> {
        if let Some(name) = repo {
            self.aboard(name)?;
        }
        let wanted = self.aboard.iter().filter(|a| repo.is_none_or(|r| r == &a.settings.name));
        let twins: Vec<_> = wanted.filter_map(|a| Some((a, a.security.as_deref()?))).collect();
        if twins.is_empty() {
            let hint = "set `security` for a repository in the configuration";
            return Err(Refusal::new(Code::NotFound, "no security remote is set up", hint));
        }
        Ok(twins)
    }

    fn one_twin(&self, repo: Option<&RepoName>) -> Result<(&Aboard, &dyn SecurityRepository)> {
        match &self.twins(repo)?[..] {
            [one] => Ok(*one),
            several => {
                let names: Vec<String> =
                    several.iter().map(|(a, _)| a.settings.name.to_string()).collect();
                Err(Refusal::new(
                    Code::Ambiguous,
                    "several repositories have a security remote",
                    format!("say which: --repo {}", names.join(" or --repo ")),
                ))
            }
        }
    }

    /// Both remotes of every twin, looked at now. Names and subjects in it are for the security role alone.
    pub async fn security_list(&self, repo: Option<&RepoName>) -> Result<Vec<Pair>> {
        let state = self.state().await?;
        let pairs =
            self.twins(repo)?.into_iter().map(|(aboard, twin)| self.pair(&state, aboard, twin));
        join_all(pairs).await.into_iter().collect()
    }

    async fn pair(
        &self,
        state: &State,
        aboard: &Aboard,
        twin: &dyn SecurityRepository,
    ) -> Result<Pair> {
        let repo = aboard.settings.name.clone();
        let at = self.clock.now();
        let look = aboard.repo.fetch(at).await.map_err(|r| r.in_repo(&repo))?;
        let security = twin.fetch(at).await.map_err(|r| r.in_repo(&repo))?;
        let candidates = candidates(state, &repo, &security);
        let branches = security
            .branches
            .iter()
            .cloned()
            .zip(candidates.iter().map(Candidate::state))
            .collect();
        Ok(Pair { repo, look, security, branches })
    }

    /// Reviews a branch at the commit it has now.
    pub async fn security_approve(
        &self,
        repo: Option<&RepoName>,
        number: u32,
    ) -> Result<(RepoName, Branch, bool)> {
        let mut journal = self.journal().await?;
        let (aboard, twin) = self.one_twin(repo)?;
        let actor = self.acting(journal.state());
        actor.must_hold(&[Role::Security], "review security branches")?;
        let pair = self.pair(&self.with_external(journal.state().clone()), aboard, twin).await?;
        let Some((branch, _)) = pair.branches.iter().find(|(b, _)| b.number == number) else {
            let what = format!("no branch {number} on the security remote; on a fork?");
            return Err(Refusal::new(Code::NotFound, what, "`pushduty security list` shows them")
                .in_repo(&pair.repo));
        };
        let own = security::may_review(&self.settings, &actor, &self.ident.email, &branch.authors)?;
        let at = self.now(journal.state());
        let event = Event::Approved {
            repo: pair.repo.clone(),
            branch: number,
            commit: branch.commit.clone(),
            own,
        };
        journal.append(at, vec![event]).await?;
        Ok((pair.repo.clone(), branch.clone(), own))
    }

    /// Plans a merge without changing anything anywhere.
    pub async fn plan_merge(&self, wish: &MergeWish) -> Result<MergePlan> {
        let state = self.state().await?;
        self.plan_merges(&state, wish).await
    }

    async fn plan_merges(&self, state: &State, wish: &MergeWish) -> Result<MergePlan> {
        self.acting(state).must_hold(&[Role::Security], "merge security branches")?;
        if wish.unreviewed && (wish.because.is_none() || wish.branches.is_empty()) {
            let what = "--unreviewed takes the branches by number and a reason";
            return Err(Refusal::new(
                Code::Usage,
                what,
                "pushduty security merge 3 --unreviewed --because TEXT",
            ));
        }
        let twins = if wish.branches.is_empty() {
            self.twins(wish.repo.as_ref())?
        } else {
            vec![self.one_twin(wish.repo.as_ref())?]
        };
        let planned =
            twins.into_iter().map(|(aboard, twin)| self.plan_one_merge(state, wish, aboard, twin));
        Ok(MergePlan { repos: join_all(planned).await.into_iter().collect::<Result<_>>()? })
    }

    async fn plan_one_merge(
        &self,
        state: &State,
        wish: &MergeWish,
        aboard: &Aboard,
        twin: &dyn SecurityRepository,
    ) -> Result<RepoMerge> {
        let pair = self.pair(state, aboard, twin).await?;
        let repo = &pair.repo;
        self.check_fence(repo, pair.look.fence.as_ref()).await?;
        security::not_diverged(repo, &pair.security.ahead)?;
        let main = pair.look.main.clone().ok_or_else(|| {
            let what = format!("upstream of {repo} has no commit on {}", pair.look.branch);
            Refusal::new(Code::NotFound, what, "push a first commit there").in_repo(repo)
        })?;
        let all = candidates(state, repo, &pair.security);
        let named: Vec<u32> = wish.branches.iter().copied().collect();
        let branches =
            security::select(&all, &named, wish.unreviewed).map_err(|r| r.in_repo(repo))?;
        let held = all
            .iter()
            .filter(|c| c.state() == BranchState::Moved && !branches.contains(c))
            .map(|c| c.number)
            .collect();
        let commits: Vec<Oid> = branches.iter().map(|b| b.commit.clone()).collect();
        if commits.is_empty() {
            return Ok(RepoMerge {
                pair,
                branches,
                held,
                tip: None,
                diff: String::new(),
                diff_digest: String::new(),
            });
        }
        let message = format!("Merge security fixes for {}\n", self.settings.train);
        let merged = twin.merge(&main, &commits, &message, &self.stamp(self.now(state))).await?;
        if let Some(conflict) = merged.conflict {
            let files: Vec<String> =
                conflict.files.iter().map(|(path, _)| train::id::quoted(path)).collect();
            let what = format!(
                "a security branch does not merge into {}: {}",
                pair.look.branch,
                files.join(", ")
            );
            return Err(Refusal::new(
                Code::Conflict,
                what,
                "bring the branch up to date with upstream's main and have it reviewed again",
            )
            .in_repo(repo));
        }
        let diff = twin.diff(&main, &merged.tip).await?;
        let diff_digest = twin.diff_digest(&main, &merged.tip).await?;
        Ok(RepoMerge { pair, branches, held, tip: Some(merged.tip), diff, diff_digest })
    }

    /// Merges into upstream, then lets security follow. A lost race merges again, and asks again only if the difference is
    /// another by then.
    pub async fn security_merge(
        &self,
        wish: &MergeWish,
        saw: Option<&str>,
    ) -> Result<(MergePlan, Vec<Carried>)> {
        let mut journal = self.journal().await?;
        self.settle_open(&mut journal).await?;
        self.finish_syncs(&mut journal).await?;
        self.merge_under_lock(&mut journal, wish, saw).await
    }

    async fn merge_under_lock(
        &self,
        journal: &mut Journal,
        wish: &MergeWish,
        saw: Option<&str>,
    ) -> Result<(MergePlan, Vec<Carried>)> {
        let mut tries = 0;
        loop {
            tries += 1;
            let plan = self.plan_merges(&self.with_external(journal.state().clone()), wish).await?;
            same_plan(saw, &plan.digest())?;
            let mut intents = Vec::new();
            for merge in &plan.repos {
                if let Some(tip) = &merge.tip {
                    intents.push(self.merge_intent(journal, merge, tip).await?);
                }
            }
            if intents.is_empty() {
                return Ok((plan, Vec::new()));
            }
            let mut carried = self.carry_out(journal, Vec::new(), intents).await?;
            carried.extend(self.finish_syncs(journal).await?);
            let overtaken = |ended: &Ended| {
                matches!(ended, Ended::Settled(Outcome::Overtaken { found: Some(_), .. }))
            };
            if tries < TRIES && carried.iter().any(|(_, ended)| overtaken(ended)) {
                continue;
            }
            return Ok((plan, carried));
        }
    }

    async fn merge_intent(
        &self,
        journal: &Journal,
        merge: &RepoMerge,
        tip: &Oid,
    ) -> Result<Intent> {
        let (repo, look) = (&merge.pair.repo, &merge.pair.look);
        let id = IntentId::after(journal.head(), repo, Remote::Upstream);
        let from = look.main.clone().unwrap_or_else(|| tip.clone());
        let update = Update {
            name: format!("refs/heads/{}", look.branch),
            expect: Expect::FastForward(from),
            new: tip.clone(),
            commit: tip.clone(),
        };
        let fence = match self.aboard(repo)?.settings.fence {
            true => Some(self.fence_for(journal.head(), repo, look, id.as_str(), &[]).await?),
            false => None,
        };
        let purpose =
            Purpose::Merge { branches: merge.branches.iter().map(|b| b.number).collect() };
        let settings = self.settings.digest();
        Ok(Intent {
            id,
            push: None,
            repo: repo.clone(),
            remote: Remote::Upstream,
            purpose,
            updates: vec![update],
            fence,
            settings,
        })
    }

    /// `tag --with-security`: merges what is reviewed, in the repositories that will be cut.
    pub(crate) async fn merge_reviewed(&self, journal: &mut Journal, wish: &TagWish) -> Result<()> {
        if self.aboard.iter().all(|a| a.security.is_none()) {
            return Ok(());
        }
        let repo = if wish.repos.len() == 1 { wish.repos.first().cloned() } else { None };
        let merge = MergeWish { repo, ..MergeWish::default() };
        let (_, carried) = self.merge_under_lock(journal, &merge, None).await?;
        match carried.into_iter().find(|(_, ended)| {
            !matches!(ended, Ended::Settled(Outcome::Published | Outcome::Already))
        }) {
            None => Ok(()),
            Some((intent, _)) => {
                let what = format!("the security merge of {} did not go through", intent.repo);
                Err(Refusal::new(Code::Incomplete, what, "run the same command again")
                    .in_repo(&intent.repo))
            }
        }
    }

    /// The second of two pushes, wherever it is still due.
    pub(crate) async fn finish_syncs(&self, journal: &mut Journal) -> Result<Vec<Carried>> {
        let due: Vec<RepoName> = journal.state().unsynced.iter().cloned().collect();
        let mut carried = Vec::new();
        for repo in due {
            carried.extend(self.sync_one(journal, &repo).await?);
        }
        Ok(carried)
    }

    /// Fast-forwards security's main to upstream's, in one repository or in all.
    pub async fn security_sync(&self, repo: Option<&RepoName>) -> Result<Vec<Carried>> {
        let mut journal = self.journal().await?;
        self.acting(journal.state())
            .must_hold(&[Role::Security, Role::Hero], "sync security remotes")?;
        let mut carried = self.settle_open(&mut journal).await?;
        let names: Vec<RepoName> =
            self.twins(repo)?.iter().map(|(a, _)| a.settings.name.clone()).collect();
        for name in names {
            carried.extend(self.sync_one(&mut journal, &name).await?);
        }
        Ok(carried)
    }

    async fn sync_one(&self, journal: &mut Journal, repo: &RepoName) -> Result<Option<Carried>> {
        let (aboard, twin) = self.one_twin(Some(repo))?;
        let pair = self.pair(&self.with_external(journal.state().clone()), aboard, twin).await?;
        security::not_diverged(repo, &pair.security.ahead)?;
        let Some(main) =
            pair.look.main.clone().filter(|_| pair.security.behind || pair.security.main.is_none())
        else {
            if journal.state().unsynced.contains(repo) {
                // Somebody else brought it: the record follows.
                let at = self.now(journal.state());
                journal.append(at, vec![Event::Synced { repo: repo.clone() }]).await?;
            }
            return Ok(None);
        };
        let name = format!("refs/heads/{}", pair.look.branch);
        let expect = pair.security.main.clone().map_or(Expect::Absent, Expect::FastForward);
        let update = Update { name, expect, new: main.clone(), commit: main };
        let intent = self.security_intent(journal, repo, Purpose::Sync, update);
        Ok(self.carry_out(journal, Vec::new(), vec![intent]).await?.pop())
    }

    fn security_intent(
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
        let mut journal = self.journal().await?;
        self.acting(journal.state()).must_hold(&[Role::Security], "repair a security remote")?;
        self.settle_open(&mut journal).await?;
        let (aboard, twin) = self.one_twin(repo)?;
        let pair = self.pair(&self.with_external(journal.state().clone()), aboard, twin).await?;
        let (Some(theirs), Some(main)) = (pair.security.main.clone(), pair.look.main.clone())
        else {
            return Ok((Vec::new(), None));
        };
        if pair.security.ahead.is_empty() {
            return Ok((Vec::new(), None));
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
                let merge = RepoMerge {
                    branches: Vec::new(),
                    held: Vec::new(),
                    tip: None,
                    diff: String::new(),
                    diff_digest: String::new(),
                    pair,
                };
                let intent = self.merge_intent(&journal, &merge, &merged.tip).await?;
                let mut carried = self.carry_out(&mut journal, Vec::new(), vec![intent]).await?;
                carried.extend(self.finish_syncs(&mut journal).await?);
                Ok((carried, None))
            }
            RepairWay::SetAside(branch) => {
                let name = format!("refs/heads/{branch}");
                let update = Update {
                    name,
                    expect: Expect::Absent,
                    new: theirs.clone(),
                    commit: theirs.clone(),
                };
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

/// The branches as the rules see them, in the look's order.
fn candidates(state: &State, repo: &RepoName, look: &SecurityLook) -> Vec<Candidate> {
    let reviews = state.reviews.get(repo);
    let candidate = |b: &Branch| Candidate {
        number: b.number,
        commit: b.commit.clone(),
        merged: b.is_merged(),
        review: reviews.and_then(|r| r.get(&b.number)).cloned(),
    };
    look.branches.iter().map(candidate).collect()
}
