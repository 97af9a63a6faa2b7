//! What became of each repository of a `security` command.

use conductor::carry::{Done, Shown};
use conductor::{Carried, merged, outcome};
use train::refusal::Refusal;

use crate::desk::other_view;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Shows what became of each repository, and ends with the failure that comes to.
pub async fn told(session: &Session, done: Done) -> Ended {
    let Shown::Merge(view) = done.shown else { return Err(other_view().into()) };
    if view.repos.is_empty() {
        session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
    }
    session.screen.show(&words::merged(&view));
    match done.refusal {
        Some(refusal) => Err(refusal.into()),
        None => session.document(view).await,
    }
}

/// What was carried, as what is told.
pub fn done(carried: &[Carried], command: Option<String>) -> Done {
    let refusal: Option<Refusal> = outcome::failure(carried);
    Done { shown: Shown::Merge(merged(carried, command)), refusal, remarks: Vec::new() }
}
