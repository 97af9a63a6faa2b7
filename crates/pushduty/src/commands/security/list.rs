//! `security list`: the branches by number, and whether the two repositories are in step.

use train::id::RepoName;

use crate::session::{Ended, Session};
use crate::words;

/// Looks and shows.
pub async fn run(session: &Session, repo: Option<&RepoName>) -> Ended {
    let desk = session.desk().await?;
    let view = desk.security(repo).await?;
    session.screen.show(&words::list(&view, desk.now()));
    session.document(view).await
}
