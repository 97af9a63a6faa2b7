//! What became of each repository of a `security` command.

use conductor::outcome;
use conductor::view::{FailureView, MergeView, MergedRepo, OutcomeWord};
use conductor::{Carried, MergePlan};
use train::intent::Purpose;

use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Shows what became of each repository, and ends with the failure that comes to.
pub async fn told(
    session: &Session,
    plan: Option<&MergePlan>,
    carried: &[Carried],
    command: Option<String>,
) -> Ended {
    let mut view = match plan {
        Some(plan) => plan_view(plan, carried),
        None => MergeView {
            digest: None,
            repos: carried.iter().map(merged_repo).collect(),
            command: None,
        },
    };
    view.command = command;
    if view.repos.is_empty() {
        session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
    }
    session.screen.show(&words::merged(&view));
    match outcome::failure(carried) {
        Some(refusal) => Err(refusal.into()),
        None => session.document(view).await,
    }
}

fn merged_repo((intent, ended): &Carried) -> MergedRepo {
    MergedRepo {
        name: intent.repo.clone(),
        outcome: outcome::outcome_word(ended),
        commit: intent.updates.first().map(|u| u.commit.clone()),
        branches: if let Purpose::Merge { branches } = &intent.purpose {
            branches.clone()
        } else {
            Vec::new()
        },
        held: Vec::new(),
        error: outcome::refusal(intent, ended).as_ref().map(FailureView::from),
    }
}

/// A plan to merge, and what became of it, as a document.
pub fn plan_view(plan: &MergePlan, carried: &[Carried]) -> MergeView {
    let one = |r: &conductor::RepoMerge| {
        let merge = carried
            .iter()
            .rev()
            .find(|(i, _)| i.repo == r.pair.repo && matches!(i.purpose, Purpose::Merge { .. }));
        let planned = MergedRepo {
            name: r.pair.repo.clone(),
            outcome: if r.tip.is_some() { OutcomeWord::Planned } else { OutcomeWord::Skipped },
            commit: r.tip.clone(),
            branches: r.branches.iter().map(|b| b.number).collect(),
            held: Vec::new(),
            error: None,
        };
        MergedRepo { held: r.held.clone(), ..merge.map_or(planned, merged_repo) }
    };
    MergeView {
        digest: Some(plan.digest()),
        repos: plan.repos.iter().map(one).collect(),
        command: None,
    }
}
