//! `security repair`: a twin that has what upstream lacks, and the two ways in which they come together again (P1).

use train::command::RepairWay;
use train::id::{Oid, RepoName, quoted};
use train::intent::{Purpose, Update};
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::state::State;

use super::Pair;
use crate::bound::same_plan;
use crate::conductor::Conductor;
use crate::drive::{Carried, reached};
use crate::failure::Result;
use crate::ports::SecurityRepository;
use crate::view::{DivergedView, MergeView, MergedRepo};

/// A repair to read before saying yes.
#[derive(Debug, Clone)]
pub struct RepairPlan {
    /// The two remotes, diverged.
    pub pair: Pair,
    /// Security's main, which has what upstream's lacks.
    pub theirs: Oid,
    /// How they come together, where that was said.
    pub way: Option<RepairWay>,
    /// Upstream's main with it; none where it does not merge.
    pub tip: Option<Oid>,
    /// The difference against upstream that this makes.
    pub diff: String,
    /// Its digest.
    pub diff_digest: String,
}

/// A repair carried out.
#[derive(Debug, Clone, Default)]
pub struct Repaired {
    /// The plan; none where there was nothing to repair.
    pub plan: Option<RepairPlan>,
    /// What became of each push.
    pub carried: Vec<Carried>,
    /// The one command by which an admin resets security's main, where it was set aside: it takes a force that we never use.
    pub command: Option<String>,
}

impl RepairPlan {
    /// What `--if` binds: what security has, the way, and the difference.
    #[must_use]
    pub fn digest(&self) -> String {
        train::digest::of(&(
            "repair",
            &self.pair.twin.repo,
            &self.theirs,
            &self.way,
            &self.diff_digest,
        ))
    }

    /// As a document.
    #[must_use]
    pub fn view(&self) -> MergeView {
        let repos = vec![MergedRepo::planned(self.pair.twin.repo.clone(), self.tip.clone())];
        MergeView { digest: Some(self.digest()), repos, command: None }
    }

    /// How the two have diverged.
    #[must_use]
    pub fn diverged(&self) -> DivergedView {
        DivergedView {
            repo: self.pair.twin.repo.clone(),
            branch: self.pair.look.branch.clone(),
            commit: self.theirs.clone(),
            ahead: self.pair.twin.security.ahead.len(),
            merges: self.tip.is_some(),
        }
    }
}

impl Conductor {
    /// Plans a repair without changing anything anywhere; none where the two have not diverged.
    pub async fn plan_repair(
        &self,
        repo: Option<&RepoName>,
        way: Option<&RepairWay>,
    ) -> Result<Option<RepairPlan>> {
        self.must_hold(&[Role::Security], "repair a security remote").await?;
        self.diverged(&*self.state().await?, repo, way).await
    }

    /// Brings two diverged repositories together: publishes what only security has, or keeps it as a branch there.
    pub async fn security_repair(
        &self,
        repo: Option<&RepoName>,
        way: &RepairWay,
        saw: Option<&str>,
    ) -> Result<Repaired> {
        self.must_hold(&[Role::Security], "repair a security remote").await?;
        let mut journal = self.journal().await?;
        let name = self.one_twin(repo)?.0.settings.name.clone();
        let left = self.settle_open(&mut journal).await?;
        left.refuse(|repo| repo == &name)?;
        let state = self.with_external(journal.state().clone());
        let Some(plan) = self.diverged(&state, repo, Some(way)).await? else {
            // A run that was killed between its two pushes has made the first.
            let mut carried = left.told_to(|repo| repo == &name);
            if state.unsynced.contains(&name) {
                carried.extend(self.sync_one(&mut journal, &name).await?);
            }
            return Ok(Repaired { carried, ..Repaired::default() });
        };
        same_plan(saw, &plan.digest())?;
        let (pair, theirs) = (&plan.pair, &plan.theirs);
        let (carried, command) = match (way, &plan.tip) {
            (RepairWay::Publish, Some(tip)) => {
                let branches = self.brought(pair, theirs).await?;
                let intent = self.merge_intent(&journal, pair, branches, tip).await?;
                let mut carried = self.carry_out(&mut journal, Vec::new(), vec![intent]).await?;
                let wanted = |repo: &RepoName| repo == &name;
                carried.extend(self.finish_syncs(&mut journal, wanted).await?);
                (carried, None)
            }
            (RepairWay::Publish, None) => return Err(does_not_merge(pair)),
            (RepairWay::SetAside(branch), _) => {
                let update = Update::forward(branch, None, theirs.clone());
                let intent =
                    self.security_intent(&journal, &pair.twin.repo, Purpose::SetAside, update);
                let carried = self.carry_out(&mut journal, Vec::new(), vec![intent]).await?;
                // Whoever resets main while nothing is kept loses what only the twin has.
                let is_kept = reached(&carried).next().is_some();
                let command = is_kept.then(|| self.reset_command(pair, theirs)).transpose()?;
                (carried, command)
            }
        };
        Ok(Repaired { plan: Some(plan), carried, command })
    }

    /// The branches that become public with security's main.
    async fn brought(&self, pair: &Pair, theirs: &Oid) -> Result<Vec<u32>> {
        let (_, twin) = self.one_twin(Some(&pair.twin.repo))?;
        let mut brought = Vec::new();
        for (branch, _) in pair.twin.branches.iter().filter(|(branch, _)| !branch.is_merged()) {
            if twin.contains(theirs, &branch.commit).await? {
                brought.push(branch.number);
            }
        }
        Ok(brought)
    }

    async fn diverged(
        &self,
        state: &State,
        repo: Option<&RepoName>,
        way: Option<&RepairWay>,
    ) -> Result<Option<RepairPlan>> {
        let (aboard, twin) = self.one_twin(repo)?;
        let pair = self.pair(state, aboard, twin).await?;
        let (Some(theirs), Some(main)) = (pair.twin.security.main.clone(), pair.look.main.clone())
        else {
            return Ok(None);
        };
        if pair.twin.security.ahead.is_empty() {
            return Ok(None);
        }
        if let Some(RepairWay::SetAside(branch)) = way {
            is_free(&pair, twin, branch, &theirs).await?;
        }
        let message = format!("Merge commits of the security main for {}\n", self.settings.train);
        let stamp = self.stamp(self.now(state));
        let merged = twin.merge(&main, std::slice::from_ref(&theirs), &message, &stamp).await?;
        if merged.conflict.is_some() && way == Some(&RepairWay::Publish) {
            return Err(does_not_merge(&pair));
        }
        let tip = merged.conflict.is_none().then_some(merged.tip);
        let (diff, diff_digest) = match &tip {
            Some(tip) => (twin.diff(&main, tip).await?, twin.diff_digest(&main, tip).await?),
            None => (String::new(), String::new()),
        };
        Ok(Some(RepairPlan { pair, theirs, way: way.cloned(), tip, diff, diff_digest }))
    }

    /// What an admin of the security remote types. It demands that main has not moved since.
    fn reset_command(&self, pair: &Pair, theirs: &Oid) -> Result<String> {
        let remote = self.aboard(&pair.twin.repo)?.settings.security.clone().unwrap_or_default();
        let main = pair.look.main.as_ref().unwrap_or(theirs);
        let branch = &pair.look.branch;
        let words = [
            format!("--force-with-lease={branch}:{theirs}"),
            remote,
            format!("{main}:refs/heads/{branch}"),
        ];
        let quoted: Vec<String> = words.iter().map(|word| for_a_shell(word)).collect();
        Ok(format!("git push {}", quoted.join(" ")))
    }
}

/// Whether what only the twin has can be kept as `branch`: not as main, nor where something else is. What an earlier run
/// kept there is no hindrance.
async fn is_free(
    pair: &Pair,
    twin: &dyn SecurityRepository,
    branch: &str,
    theirs: &Oid,
) -> Result<()> {
    let hint = "name another branch: --set-aside BRANCH";
    if branch.starts_with('-') {
        let what = format!("{} is no name of a branch", quoted(branch));
        return Err(Refusal::new(Code::Usage, what, hint).in_repo(&pair.twin.repo));
    }
    if branch == pair.look.branch {
        let what = format!("{} is the branch that ships: it is reset", quoted(branch));
        return Err(Refusal::new(Code::Usage, what, hint).in_repo(&pair.twin.repo));
    }
    let below = format!("{branch}/");
    for there in &pair.twin.security.branches {
        let kept = there.name == branch && twin.contains(&there.commit, theirs).await?;
        if (there.name == branch && !kept) || there.name.starts_with(&below) {
            let what = format!("the security remote has a branch {} already", quoted(&there.name));
            return Err(Refusal::new(Code::Refused, what, hint).in_repo(&pair.twin.repo));
        }
    }
    Ok(())
}

fn does_not_merge(pair: &Pair) -> Refusal {
    Refusal::new(
        Code::Conflict,
        "security's main does not merge into upstream's",
        "use --set-aside BRANCH, and bring the branch up to date by hand",
    )
    .in_repo(&pair.twin.repo)
}

/// A word as a shell takes it whole: quoted unless it is plain.
#[must_use]
pub fn for_a_shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:@%+=,._-".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_is_quoted() {
        assert_eq!(for_a_shell("git@host:team/web.git"), "git@host:team/web.git");
        assert_eq!(for_a_shell("/srv/my repos/web"), "'/srv/my repos/web'");
        assert_eq!(for_a_shell("/srv/it's;rm"), r"'/srv/it'\''s;rm'");
    }
}
