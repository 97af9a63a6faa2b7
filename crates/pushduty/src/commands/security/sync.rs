//! `security sync`: security's main follows upstream's.

use conductor::carry::Shown;
use train::command::Command;
use train::id::RepoName;

use super::told::told;
use crate::desk::other_view;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};

/// Says where it is due, asks, lets security follow.
pub async fn run(session: &Session, repo: Option<&RepoName>, consent: &Consent) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::SecuritySync { repo: repo.cloned() };
    if !consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Merge(view) = plan.shown else { return Err(other_view().into()) };
        for repo in &view.repos {
            let to = repo.commit.as_ref().map_or("", |commit| commit.short());
            let line = Line::of(Tone::Strong, repo.name.as_str())
                .text(format!("  security's main goes forward to {to}."));
            session.screen.show(&[line]);
        }
        if !plan.changes {
            session.screen.show(&[Line::of(Tone::Dim, "Nothing to do.")]);
        }
        if consent.dry_run || !plan.changes {
            return session.document(view).await;
        }
        session.agree("Push it?").await?;
    }
    told(session, desk.carry(&wish, None).await?).await
}
