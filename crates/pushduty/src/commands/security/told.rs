//! What became of each repository of a `security` command.

use conductor::outcome;
use conductor::view::{MergeView, MergedRepo, OutcomeWord};
use conductor::{Carried, MergePlan, merged_repo};

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
        Some(plan) => plan.view(carried),
        None => MergeView { digest: None, repos: by_repo(carried), command: None },
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

/// What became of each repository, once: of two pushes to its two remotes, the one that did not go well.
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
