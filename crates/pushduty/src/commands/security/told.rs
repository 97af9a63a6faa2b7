//! What became of each repository of a `security` command.

use conductor::outcome;
use conductor::{Carried, MergePlan, merged};

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
    let view = match plan {
        Some(plan) => plan.view(carried),
        None => merged(carried, command),
    };
    if view.repos.is_empty() {
        session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
    }
    session.screen.show(&words::merged(&view));
    let failure = match plan {
        Some(_) => outcome::merge_failure(carried),
        None => outcome::failure(carried),
    };
    match failure {
        Some(refusal) => Err(refusal.into()),
        None => session.document(view).await,
    }
}
