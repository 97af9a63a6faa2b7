//! `security repair`: two repositories that diverged come together again.

use conductor::carry::Shown;
use conductor::view::MergeView;
use train::command::{Command, RepairWay};
use train::id::RepoName;

use super::told::told;
use crate::desk::{Desk, other_view};
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
    let desk = session.desk().await?;
    let wish = Command::SecurityRepair { repo: repo.cloned(), way: way.cloned() };
    let mut saw = bound.digest.clone();
    if !consent.yes || way.is_none() {
        let plan = desk.plan(&wish).await?;
        let Shown::Merge(view) = plan.shown else { return Err(other_view().into()) };
        let Some(diverged) = &plan.beside.diverged else {
            return second(session, &desk, view, consent).await;
        };
        session.screen.show(&words::repair(&view, diverged, &plan.beside.diffs, way));
        if way.is_none() || consent.dry_run {
            return session.document(view).await;
        }
        session.agree("Do it?").await?;
        saw = saw.or(view.digest);
    }
    told(session, desk.carry(&wish, saw.as_deref()).await?).await
}

/// The two have not diverged, but a run that was killed between its two pushes may have left the second.
async fn second(session: &Session, desk: &Desk<'_>, due: MergeView, consent: &Consent) -> Ended {
    let Some(one) = due.repos.first() else {
        let words = "Nothing to do: upstream has all that security's main has.";
        session.screen.show(&[Line::of(Tone::Dim, words)]);
        return session.document(due).await;
    };
    let to = one.commit.as_ref().map_or("", |commit| commit.short());
    let line = Line::of(Tone::Strong, one.name.as_str()).text(format!(
        "  upstream has all that security's main has. The second push is due: security's main goes forward to {to}."
    ));
    session.screen.show(&[line]);
    if consent.dry_run {
        return session.document(due).await;
    }
    if !consent.yes {
        session.agree("Push it?").await?;
    }
    let wish = Command::SecuritySync { repo: Some(one.name.clone()) };
    told(session, desk.carry(&wish, None).await?).await
}
