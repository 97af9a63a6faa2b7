//! `security list`: the branches by number, and of what is public since when, and whether production has it yet.

use train::facts::Look;
use train::id::{Oid, RepoName};
use train::people::Role;
use train::security::BranchState;
use train::settings::PRODUCTION;
use train::state::{Merged, State};
use train::trace::Stands;

use super::{Pair, Twin};
use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::ports::Branch;
use crate::shows::{Shows, Sought};
use crate::traced::Traced;
use crate::view::{
    BranchView, InProduction, Moment, ProductionWord, SecurityRepoView, SecurityView,
};
use crate::whereis::tags_with;

/// A branch that a merge of ours made public.
struct Public<'a> {
    branch: &'a Branch,
    state: BranchState,
    merged: &'a Merged,
}

impl Conductor {
    /// The branches of every twin, or of the one named, and where what is public has come: for the security role alone. Whether
    /// and how many there are is embargoed too (P9).
    pub async fn security_view(&self, repo: Option<&RepoName>) -> Result<SecurityView> {
        self.must_hold(&[Role::Security], "see security branches").await?;
        let state = self.state().await?;
        let pairs = self.security_list(repo).await?;
        let mut answers = None;
        let mut repos = Vec::new();
        for pair in &pairs {
            let mut branches = Vec::new();
            for (branch, stands) in &pair.twin.branches {
                let merged = merge_of(&state, &pair.twin.repo, branch);
                let public = merged.map(|merged| Public { branch, state: *stands, merged });
                if public.is_some() && answers.is_none() {
                    answers = Some(self.ask(|e| e.name == PRODUCTION).await?);
                }
                let mut view = branch_view(branch, *stands);
                if let (Some(public), Some(answers)) = (public, &answers) {
                    view.public_since = Some(Moment(self.local(public.merged.at)));
                    let (tag, production) = self.came_to(&state, pair, &public, answers).await?;
                    (view.tag, view.production) = (tag, Some(production));
                }
                branches.push(view);
            }
            repos.push(self.repo_view(&pair.twin, branches));
        }
        Ok(SecurityView { repos })
    }

    /// The branches as they were last fetched, for a page that is looked at often: nothing is asked of any remote, and where what is
    /// public has come is not looked up. For the security role alone (P9).
    pub async fn security_remembered(&self) -> Result<SecurityView> {
        self.must_hold(&[Role::Security], "see what security branches there are").await?;
        let state = self.state().await?;
        let mut repos = Vec::new();
        for twin in self.twins_as_seen(&state).await?.into_iter().flatten() {
            let branch = |(branch, stands): &(Branch, BranchState)| {
                let merged = merge_of(&state, &twin.repo, branch);
                let public_since = merged.map(|merged| Moment(self.local(merged.at)));
                BranchView { public_since, ..branch_view(branch, *stands) }
            };
            let branches = twin.branches.iter().map(branch).collect();
            repos.push(self.repo_view(&twin, branches));
        }
        Ok(SecurityView { repos })
    }

    fn repo_view(&self, twin: &Twin, branches: Vec<BranchView>) -> SecurityRepoView {
        let look = &twin.security;
        SecurityRepoView {
            name: twin.repo.clone(),
            in_sync: look.ahead.is_empty() && !look.behind,
            ahead: look.ahead.len(),
            branches,
            observed_at: Moment(self.local(look.observed_at)),
        }
    }

    /// The newest tag that has all of a public branch, and whether production shows that: what `where` says of its commits.
    async fn came_to(
        &self,
        state: &State,
        pair: &Pair,
        public: &Public<'_>,
        answers: &Answers,
    ) -> Result<(Option<String>, InProduction)> {
        let (aboard, look) = (self.aboard(&pair.twin.repo)?, &pair.look);
        let mut traces = Vec::new();
        for commit in commits_of(aboard, look, public).await? {
            let traced = self.traced(state, aboard, look, &commit).await?;
            traces.push((commit, traced));
        }
        let production = self.in_production_now(aboard, look, &traces, answers).await?;
        Ok((newest_with_all(aboard, look, &traces), production))
    }

    async fn in_production_now(
        &self,
        aboard: &Aboard,
        look: &Look,
        traces: &[(Oid, Traced)],
        answers: &Answers,
    ) -> Result<InProduction> {
        let Some(production) = self.settings.environment(PRODUCTION) else {
            return Ok(InProduction::of(ProductionWord::NotKnown));
        };
        let mut there = None;
        for (commit, traced) in traces {
            let sought = Sought { aboard, look, traced, commit };
            match self.shows(&sought, production, answers).await? {
                Shows::It(on) => there = Some(on),
                Shows::Without => return Ok(InProduction::of(ProductionWord::NotYet)),
                Shows::Unclear(_) => return Ok(InProduction::of(ProductionWord::NotKnown)),
            }
        }
        Ok(there.map_or_else(|| InProduction::of(ProductionWord::NotKnown), InProduction::there))
    }
}

/// The merge of ours that made a branch public, the newest where there were several.
fn merge_of<'s>(state: &'s State, repo: &RepoName, branch: &Branch) -> Option<&'s Merged> {
    let of = |m: &&Merged| m.repo == *repo && m.branches.contains(&branch.number);
    state.merges.iter().rev().find(of)
}

/// The commits that are the fix: those that the merge brought. Of a branch that went on since, upstream's main with what was
/// merged then: none but upstream's own store is asked, and that knows no more (P9).
async fn commits_of(aboard: &Aboard, look: &Look, public: &Public<'_>) -> Result<Vec<Oid>> {
    let tip = &public.branch.commit;
    let main = look.main.as_ref().filter(|_| public.state == BranchState::Merged);
    let brought = match main {
        Some(main) => aboard.repo.brought_by(main, tip).await?,
        None => None,
    };
    let commits = match brought {
        None => return Ok(vec![public.merged.commit.clone()]),
        Some(merge) if merge.is_merge() => aboard.repo.merged_by(&merge.id).await?,
        Some(_) => Vec::new(),
    };
    let ids: Vec<Oid> = commits.into_iter().map(|commit| commit.id).collect();
    Ok(if ids.is_empty() { vec![tip.clone()] } else { ids })
}

/// The newest tag of the newest push that has each of these commits.
fn newest_with_all(aboard: &Aboard, look: &Look, traces: &[(Oid, Traced)]) -> Option<String> {
    let (commit, first) = traces.first()?;
    let (tags, _) = tags_with(&aboard.settings.scheme, look, first, commit);
    let has =
        |tag: &String| traces.iter().all(|(_, traced)| matches!(traced.on(tag), Stands::There(_)));
    tags.into_iter().rev().map(|on| on.newest).find(has)
}

fn branch_view(branch: &Branch, state: BranchState) -> BranchView {
    BranchView {
        n: branch.number,
        commit: branch.commit.clone(),
        state,
        branch: Some(branch.name.clone()),
        subject: Some(branch.subject.clone()),
        author: Some(branch.author.clone()),
        commit_count: Some(branch.commit_count),
        public_since: None,
        tag: None,
        production: None,
    }
}
