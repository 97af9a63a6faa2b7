//! `security merge`: reviewed branches into upstream's main, then security follows.

use conductor::carry::Shown;
use train::command::{Command, MergeWish};

use super::told::told;
use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::session::{Ended, Session};
use crate::words;

/// Plans, asks, merges.
pub async fn run(session: &Session, wish: &MergeWish, consent: &Consent, bound: &Bound) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::SecurityMerge(wish.clone());
    let mut saw = bound.digest.clone();
    if !consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Merge(view) = plan.shown else { return Err(other_view().into()) };
        session.screen.show(&words::merge_plan(&view, &plan.beside.diffs));
        if consent.dry_run || !plan.changes {
            return session.document(view).await;
        }
        session
            .agree(if plan.beside.merges {
                "Merge into upstream? It is public from then on."
            } else {
                "Let security's main follow upstream's?"
            })
            .await?;
        saw = saw.or(view.digest);
    }
    told(session, desk.carry(&wish, saw.as_deref()).await?).await
}
