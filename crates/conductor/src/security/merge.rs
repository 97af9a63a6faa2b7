//! `security merge`: reviewed branches into upstream's main, then security follows (P1).

use futures_util::future::join_all;
use train::command::MergeWish;
use train::cut::{CutPlan, Fate};
use train::event::{Event, Outcome};
use train::id::{Oid, RepoName};
use train::intent::{Intent, IntentId, Purpose, Remote, Update};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::security::{self, BranchState, Candidate};
use train::state::State;

use super::{Pair, candidates};
use crate::bound::same_plan;
use crate::conductor::{Aboard, Conductor};
use crate::drive::{Carried, Ended};
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Conflict, SecurityRepository};

/// How often a lost race is run again before a person is asked to.
const TRIES: usize = 3;

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
    /// Branches that were named and that upstream has already.
    pub already: Vec<u32>,
    /// Whether an earlier merge is on upstream and security's main still waits for it.
    pub lags: bool,
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
                    &r.pair.twin.repo,
                    r.branches.iter().map(|b| (b.number, &b.commit)).collect::<Vec<_>>(),
                    &r.diff_digest,
                )
            })
            .collect();
        train::digest::of(&("merge", bound))
    }

    /// Whether upstream has all of the branches that were named: there is nothing left to read.
    fn is_there(&self) -> bool {
        let named = self.repos.iter().any(|repo| !repo.already.is_empty());
        named && self.repos.iter().all(|repo| repo.tip.is_none())
    }

    /// Whether there is something to push, to either remote.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.repos.iter().any(|repo| repo.tip.is_some() || repo.lags)
    }
}

impl Conductor {
    /// Plans a merge without changing anything anywhere.
    pub async fn plan_merge(&self, wish: &MergeWish) -> Result<MergePlan> {
        let state = self.state().await?;
        self.plan_merges(&state, wish).await
    }

    pub(super) async fn plan_merges(&self, state: &State, wish: &MergeWish) -> Result<MergePlan> {
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

    pub(super) async fn plan_one_merge(
        &self,
        state: &State,
        wish: &MergeWish,
        aboard: &Aboard,
        twin: &dyn SecurityRepository,
    ) -> Result<RepoMerge> {
        let pair = self.pair(state, aboard, twin).await?;
        let repo = &pair.twin.repo;
        self.check_fence(repo, pair.look.fence.as_ref(), &self.recorded_by_now().await?).await?;
        security::not_diverged(repo, &pair.twin.security.ahead)?;
        let main = pair.look.main.clone().ok_or_else(|| {
            let what = format!("upstream of {repo} has no commit on {}", pair.look.branch);
            Refusal::new(Code::NotFound, what, "push a first commit there").in_repo(repo)
        })?;
        let all = candidates(state, repo, &pair.twin.security);
        let named: Vec<u32> = wish.branches.iter().copied().collect();
        let chosen =
            security::select(&all, &named, wish.unreviewed).map_err(|r| r.in_repo(repo))?;
        let (there, branches): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|c| c.merged);
        let already = there.iter().map(|c| c.number).collect();
        let lags = state.unsynced.contains(repo) && pair.twin.security.behind;
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
                already,
                lags,
                held,
                tip: None,
                diff: String::new(),
                diff_digest: String::new(),
            });
        }
        let message = format!("Merge security fixes for {}\n", self.settings.train);
        let merged = twin.merge(&main, &commits, &message, &self.stamp(self.now(state))).await?;
        if let Some(conflict) = merged.conflict {
            return Err(does_not_merge(&conflict, &branches, &pair.look.branch).in_repo(repo));
        }
        let diff = twin.diff(&main, &merged.tip).await?;
        let diff_digest = twin.diff_digest(&main, &merged.tip).await?;
        let tip = Some(merged.tip);
        Ok(RepoMerge { pair, branches, already, lags, held, tip, diff, diff_digest })
    }

    /// Merges into upstream, then lets security follow. A lost race merges again, and asks again only if the difference is
    /// another by then.
    pub async fn security_merge(
        &self,
        wish: &MergeWish,
        saw: Option<&str>,
    ) -> Result<(MergePlan, Vec<Carried>)> {
        self.must_hold(&[Role::Security], "merge security branches").await?;
        let mut journal = self.journal().await?;
        let twins = self.twins(wish.repo.as_ref())?;
        let names: Vec<&RepoName> = twins.iter().map(|(aboard, _)| &aboard.settings.name).collect();
        let wanted = |repo: &RepoName| names.contains(&repo);
        self.settle_open(&mut journal).await?.refuse(wanted)?;
        let second = self.finish_syncs(&mut journal, wanted).await?;
        let (plan, carried) = self.merge_under_lock(&mut journal, wish, saw).await?;
        // Where nothing is left to merge, the second push of an earlier merge is all there is to do.
        Ok((plan, if carried.is_empty() { second } else { carried }))
    }

    pub(super) async fn merge_under_lock(
        &self,
        journal: &mut Journal,
        wish: &MergeWish,
        saw: Option<&str>,
    ) -> Result<(MergePlan, Vec<Carried>)> {
        let mut tries = 0;
        loop {
            tries += 1;
            let plan = self.plan_merges(&self.with_external(journal.state().clone()), wish).await?;
            if !plan.is_there() {
                same_plan(saw, &plan.digest())?;
            }
            let (mut intents, mut overridden) = (Vec::new(), Vec::new());
            for merge in &plan.repos {
                if let Some(tip) = &merge.tip {
                    overridden.extend(unreviewed(wish, merge));
                    intents.push(
                        self.merge_intent(
                            journal,
                            &merge.pair,
                            merge.branches.iter().map(|b| b.number).collect(),
                            tip,
                        )
                        .await?,
                    );
                }
            }
            if intents.is_empty() {
                return Ok((plan, Vec::new()));
            }
            let mut carried = self.carry_out(journal, overridden, intents).await?;
            let wanted =
                |repo: &RepoName| plan.repos.iter().any(|merge| &merge.pair.twin.repo == repo);
            carried.extend(self.finish_syncs(journal, wanted).await?);
            let overtaken = |ended: &Ended| {
                matches!(ended, Ended::Settled(Outcome::Overtaken { found: Some(_), .. }))
            };
            if tries < TRIES && carried.iter().any(|(_, ended)| overtaken(ended)) {
                continue;
            }
            return Ok((plan, carried));
        }
    }

    pub(super) async fn merge_intent(
        &self,
        journal: &Journal,
        pair: &Pair,
        branches: Vec<u32>,
        tip: &Oid,
    ) -> Result<Intent> {
        let (repo, look) = (&pair.twin.repo, &pair.look);
        let id = IntentId::after(journal.head(), repo, Remote::Upstream);
        let from = look.main.clone().unwrap_or_else(|| tip.clone());
        let update = Update::forward(&look.branch, Some(from), tip.clone());
        let fence = match self.aboard(repo)?.settings.fence {
            true => Some(self.fence_for(journal.head(), repo, look, id.as_str(), &[]).await?),
            false => None,
        };
        let purpose = Purpose::Merge { branches };
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

    /// What `tag --with-security` merges before it cuts `cut`: what is reviewed, in the repositories that will get a tag and in
    /// no other.
    pub(crate) async fn merges_before(
        &self,
        state: &State,
        cut: &CutPlan,
    ) -> Result<Vec<MergePlan>> {
        let tagged = cut.repos.iter().filter(|plan| matches!(plan.fate, Fate::Tag { .. }));
        let twinned = |repo: &&RepoName| self.aboard(repo).is_ok_and(|a| a.security.is_some());
        let mut plans = Vec::new();
        for repo in tagged.map(|plan| &plan.repo).filter(twinned) {
            plans.push(self.plan_merges(state, &reviewed_in(repo)).await?);
        }
        plans.retain(|plan| plan.repos.iter().any(|merge| merge.tip.is_some()));
        Ok(plans)
    }

    /// Merges what was planned; refused where that is another merge by now.
    pub(crate) async fn merge_reviewed(
        &self,
        journal: &mut Journal,
        planned: &[MergePlan],
    ) -> Result<()> {
        for plan in planned {
            let Some(merge) = plan.repos.first().filter(|merge| merge.tip.is_some()) else {
                continue;
            };
            let wish = reviewed_in(&merge.pair.twin.repo);
            let (_, carried) = self.merge_under_lock(journal, &wish, Some(&plan.digest())).await?;
            let there = |ended: &Ended| {
                matches!(ended, Ended::Settled(Outcome::Published | Outcome::Already))
            };
            if let Some((intent, _)) = carried.into_iter().find(|(_, ended)| !there(ended)) {
                let what = format!("the security merge of {} did not go through", intent.repo);
                return Err(Refusal::new(Code::Incomplete, what, "run the same command again")
                    .in_repo(&intent.repo));
            }
        }
        Ok(())
    }
}

/// A branch that does not merge, by its number.
fn does_not_merge(conflict: &Conflict, branches: &[Candidate], main: &str) -> Refusal {
    let files: Vec<String> =
        conflict.files.iter().map(|(path, _)| train::id::quoted(path)).collect();
    let files = files.join(", ");
    let number = branches.iter().find(|b| b.commit == conflict.step.commit).map(|b| b.number);
    let branch = number.map_or_else(|| "a security branch".to_owned(), |n| format!("branch {n}"));
    let hint = "bring it up to date with upstream's main and have it reviewed again";
    Refusal::new(Code::Conflict, format!("{branch} does not merge into {main}: {files}"), hint)
}

/// The wish to merge every reviewed branch of one repository.
fn reviewed_in(repo: &RepoName) -> MergeWish {
    MergeWish { repo: Some(repo.clone()), ..MergeWish::default() }
}

/// The record of branches that are merged without a review.
fn unreviewed(wish: &MergeWish, merge: &RepoMerge) -> Option<Event> {
    let without = merge.branches.iter().filter(|b| b.state() != BranchState::Reviewed);
    let branches: Vec<u32> = without.map(|b| b.number).collect();
    let because = wish.because.clone().filter(|_| !branches.is_empty())?.into();
    Some(Event::Unreviewed { repo: merge.pair.twin.repo.clone(), branches, because })
}
