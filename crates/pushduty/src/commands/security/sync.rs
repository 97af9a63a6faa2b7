//! `security sync`: security's main follows upstream's.

use train::id::RepoName;

use super::told::told;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};

/// Says where it is due, asks, lets security follow.
pub async fn run(session: &Session, repo: Option<&RepoName>, consent: &Consent) -> Ended {
    let conductor = session.conductor().await?;
    if !consent.yes {
        let due = conductor.plan_sync(repo).await?;
        for (repo, update) in &due {
            let line = Line::of(Tone::Strong, repo.as_str())
                .text(format!("  security's main goes forward to {}.", update.commit.short()));
            session.screen.show(&[line]);
        }
        if due.is_empty() {
            session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
        }
        if consent.dry_run || due.is_empty() {
            return session.document(conductor::due(&due)).await;
        }
        session.agree("Push it?").await?;
    }
    let carried = conductor.security_sync(repo).await?;
    told(session, None, &carried, None).await
}
