//! `security list`: the branches by number, and whether the two repositories are in step.

use conductor::ports::Clock;
use train::id::RepoName;
use train::people::Role;

use crate::session::{Ended, Session};
use crate::words;

/// Looks and shows.
pub async fn run(session: &Session, repo: Option<&RepoName>) -> Ended {
    let conductor = session.conductor().await?;
    let state = conductor.state().await?;
    // Whether and how many there are is embargoed too (P9): without the role there is nothing to show.
    conductor.acting(&state).must_hold(&[Role::Security], "see security branches")?;
    let view = conductor.security_view(repo).await?;
    session.screen.show(&words::list(&view, session.clock().now()));
    session.document(view).await
}
