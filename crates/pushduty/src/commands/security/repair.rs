//! `security repair`: two repositories that diverged come together again.

use conductor::RepairPlan;
use conductor::view::{MergeView, MergedRepo};
use train::command::RepairWay;
use train::id::RepoName;

use super::told::told;
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
        let plan = conductor.plan_repair(repo, way).await?;
        session.screen.show(&plan.as_ref().map_or_else(nothing, words::repair));
        let (Some(plan), Some(_), false) = (&plan, way, consent.dry_run) else {
            return session.document(view(plan.as_ref())).await;
        };
        session.agree("Do it?")?;
        saw = saw.or_else(|| Some(plan.digest()));
    }
    let Some(way) = way else { return Ok(()) };
    let done = conductor.security_repair(repo, way, saw.as_deref()).await?;
    told(session, None, &done.carried, done.command).await
}

fn nothing() -> Vec<Line> {
    vec![Line::of(Tone::Dim, "Nothing to do: upstream has all that security's main has.")]
}

fn view(plan: Option<&RepairPlan>) -> MergeView {
    let planned = |plan: &RepairPlan| MergedRepo::planned(plan.pair.repo.clone(), plan.tip.clone());
    let digest = plan.map(RepairPlan::digest);
    MergeView { digest, repos: plan.map(planned).into_iter().collect(), command: None }
}
