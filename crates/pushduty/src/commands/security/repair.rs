//! `security repair`: two repositories that diverged come together again.

use train::command::RepairWay;
use train::id::RepoName;

use super::told::{self, told};
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Shows what only security has, asks, repairs; without a way, it shows both.
pub async fn run(
    session: &Session,
    repo: Option<&RepoName>,
    way: Option<&RepairWay>,
    consent: &Consent,
    bound: &Bound,
) -> Ended {
    let conductor = session.conductor().await?;
    let mut saw = bound.digest.clone();
    if !consent.yes || way.is_none() {
        let Some(plan) = conductor.plan_repair(repo, way).await? else {
            return second(session, repo, consent).await;
        };
        session.screen.show(&words::repair(&plan));
        if way.is_none() || consent.dry_run {
            return session.document(plan.view()).await;
        }
        session.agree("Do it?").await?;
        saw = saw.or_else(|| Some(plan.digest()));
    }
    let Some(way) = way else { return Ok(()) };
    let done = conductor.security_repair(repo, way, saw.as_deref()).await?;
    told(session, told::done(&done.carried, done.command)).await
}

/// The two have not diverged, but a run that was killed between its two pushes may have left the second.
async fn second(session: &Session, repo: Option<&RepoName>, consent: &Consent) -> Ended {
    let conductor = session.conductor().await?;
    let Some((name, update)) = conductor.plan_second(repo).await? else {
        let words = "Nothing to do: upstream has all that security's main has.";
        session.screen.show(&[Line::of(Tone::Dim, words)]);
        return session.document(conductor::due(&[])).await;
    };
    let line = Line::of(Tone::Strong, name.as_str()).text(format!(
        "  upstream has all that security's main has. The second push is due: security's main goes forward to {}.",
        update.commit.short()
    ));
    session.screen.show(&[line]);
    if consent.dry_run {
        return session.document(conductor::due(&[(name, update)])).await;
    }
    if !consent.yes {
        session.agree("Push it?").await?;
    }
    let carried = conductor.security_sync(Some(&name)).await?;
    told(session, told::done(&carried, None)).await
}
