//! What a merge plan comes to, and what became of it, as a document.

use train::id::RepoName;
use train::intent::{Intent, Purpose, Update};

use crate::drive::Carried;
use crate::outcome::{outcome_word, refusal};
use crate::security::{MergePlan, RepoMerge};
use crate::view::{FailureView, MergeView, MergedRepo, OutcomeWord};

impl MergePlan {
    /// The plan as a document; with what became of it, where it was carried out.
    #[must_use]
    pub fn view(&self, carried: &[Carried]) -> MergeView {
        let one = |r: &RepoMerge| {
            let mut ours = carried.iter().rev().filter(|(i, _)| i.repo == r.pair.twin.repo);
            let is_merge = |i: &Intent| matches!(i.purpose, Purpose::Merge { .. });
            let merge = ours.clone().find(|(i, _)| is_merge(i)).map(merged_repo);
            let second = ours.find(|(i, _)| !is_merge(i)).map(merged_repo);
            let done = match (merge, second) {
                (Some(merge), Some(second)) => {
                    Some(MergedRepo { error: merge.error.or(second.error), ..merge })
                }
                (None, Some(second)) => Some(MergedRepo { branches: r.already.clone(), ..second }),
                (merge, None) => merge,
            };
            MergedRepo { held: r.held.clone(), ..done.unwrap_or_else(|| planned(r)) }
        };
        let repos = self.repos.iter().map(one).collect();
        MergeView { digest: Some(self.digest()), repos, command: None }
    }
}

/// A repository of a plan: what is to be merged, or else what upstream has of it already.
fn planned(r: &RepoMerge) -> MergedRepo {
    let outcome = match &r.already[..] {
        _ if r.tip.is_some() || r.lags => OutcomeWord::Planned,
        [] => OutcomeWord::Skipped,
        _ => OutcomeWord::Already,
    };
    let behind = r.pair.look.main.clone().filter(|_| r.lags);
    let branches = match r.tip {
        Some(_) => r.branches.iter().map(|b| b.number).collect(),
        None => r.already.clone(),
    };
    let planned = MergedRepo::planned(r.pair.twin.repo.clone(), r.tip.clone().or(behind));
    MergedRepo { outcome, branches, ..planned }
}

/// What became of one push of a `security` command.
#[must_use]
pub fn merged_repo((intent, ended): &Carried) -> MergedRepo {
    let branches = match &intent.purpose {
        Purpose::Merge { branches } => branches.clone(),
        _ => Vec::new(),
    };
    MergedRepo {
        name: intent.repo.clone(),
        outcome: outcome_word(ended),
        commit: intent.updates.first().map(|u| u.commit.clone()),
        branches,
        held: Vec::new(),
        error: refusal(intent, ended).as_ref().map(FailureView::from),
    }
}

/// What became of the pushes of `sync`, `repair` and `tag --settle`, as a document: each repository once.
#[must_use]
pub fn merged(carried: &[Carried], command: Option<String>) -> MergeView {
    MergeView { digest: None, repos: by_repo(carried), command }
}

/// Of two pushes to a repository's two remotes, the one that did not go well.
fn by_repo(carried: &[Carried]) -> Vec<MergedRepo> {
    let is_well =
        |one: &MergedRepo| matches!(one.outcome, OutcomeWord::Published | OutcomeWord::Already);
    let mut repos: Vec<MergedRepo> = Vec::new();
    for one in carried.iter().map(merged_repo) {
        match repos.iter_mut().find(|known| known.name == one.name) {
            None => repos.push(one),
            Some(known) if is_well(known) && !is_well(&one) => {
                *known = MergedRepo { branches: std::mem::take(&mut known.branches), ..one };
            }
            Some(_) => {}
        }
    }
    repos
}

/// Security's main, going forward to upstream's: what is due, as a document.
pub(crate) fn due(due: &[(RepoName, Update)]) -> MergeView {
    let planned = |(repo, update): &(RepoName, Update)| {
        MergedRepo::planned(repo.clone(), Some(update.commit.clone()))
    };
    MergeView { digest: None, repos: due.iter().map(planned).collect(), command: None }
}
