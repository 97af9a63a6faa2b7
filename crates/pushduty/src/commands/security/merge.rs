//! `security merge`: reviewed branches into upstream's main, then security follows.

use train::command::MergeWish;

use super::told::told;
use crate::options::{Bound, Consent};
use crate::session::{Ended, Session};
use crate::words;

/// Plans, asks, merges.
pub async fn run(session: &Session, wish: &MergeWish, consent: &Consent, bound: &Bound) -> Ended {
    let conductor = session.conductor().await?;
    let mut saw = bound.digest.clone();
    if !consent.yes {
        let plan = conductor.plan_merge(wish).await?;
        let view = plan.view(&[]);
        let diffs: Vec<String> = plan.repos.iter().map(|r| r.diff.clone()).collect();
        session.screen.show(&words::merge_plan(&view, &diffs));
        if consent.dry_run || !plan.changes_something() {
            return session.document(view).await;
        }
        let merges = plan.repos.iter().any(|r| r.tip.is_some());
        session
            .agree(if merges {
                "Merge into upstream? It is public from then on."
            } else {
                "Let security's main follow upstream's?"
            })
            .await?;
        saw = saw.or(view.digest);
    }
    let (plan, carried) = conductor.security_merge(wish, saw.as_deref()).await?;
    told(session, Some(&plan), &carried, None).await
}
