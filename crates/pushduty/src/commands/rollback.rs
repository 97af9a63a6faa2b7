//! `rollback`: production goes back, and stays there.

use train::attempt::DeployFor;
use train::command::{Command, RollbackWish};
use train::id::{PushDate, RepoName};

use super::{departure_move, named};
use crate::options::{Bound, Consent};
use crate::session::{Ended, Session};
use crate::words;

/// Bring production back to what it ran before, and keep it there
///
/// The push is held, its tags are marked as bad, and later pushes are warned until somebody clears them. Deploys that run are
/// ended first. Migrations in between are shown: the older version may not bear them. To leave again the push gets other
/// tags, and another attempt.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty rollback --dry-run --because \"errors on login\"
  pushduty rollback --because \"errors on login\"
  pushduty rollback --repo web --because \"blank pages\"
  pushduty rollback --retry web
  pushduty rollback --clear --because \"it was the network\"")]
pub struct Args {
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason, required_unless_present = "retry")]
    because: Option<String>,
    /// Only this repository (may be given several times)
    #[arg(long = "repo", value_name = "REPO")]
    repos: Vec<RepoName>,
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Bring this repository back again, where that failed (may be given several times)
    #[arg(long, value_name = "REPO")]
    retry: Vec<RepoName>,
    /// Let tags that were rolled back leave again
    #[arg(long, conflicts_with_all = ["retry", "digest"])]
    clear: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

/// Shows what goes back, asks, and brings it back.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let repos = args.repos.iter().cloned().collect();
    let because = args.because.clone().unwrap_or_default();
    if args.clear {
        let wish = Command::Clear { push: args.push, repos, because };
        return departure_move::change(session, &args.consent, &wish).await;
    }
    let conductor = session.conductor().await?;
    let wish = RollbackWish {
        push: args.push,
        repos,
        because,
        retry: args.retry.iter().cloned().collect(),
    };
    let plan = conductor.plan_rollback(&wish).await?;
    session.header().await?;
    let view = conductor.rollback_view(&plan, false).await?;
    session.screen.show(&words::rollback(&view));
    if args.consent.dry_run {
        return session.document(view).await;
    }
    let going_on = plan.running && wish.retry.is_empty();
    if !args.consent.yes && !going_on {
        session.agree("Bring production back?").await?;
    }
    let saw = args.bound.digest.clone().unwrap_or_else(|| plan.digest());
    conductor.roll_back(&wish, Some(&saw)).await?;
    let view = conductor
        .rollback_view(&conductor.plan_rollback(&wish_to_look(&plan)).await?, true)
        .await?;
    session
        .screen
        .show(&words::rolled_back(&view, conductor.deploy_program(DeployFor::Rollback).is_some()));
    session.document(view).await
}

fn wish_to_look(plan: &conductor::RollbackPlan) -> RollbackWish {
    let because = plan.rollback.because.clone();
    RollbackWish { push: Some(plan.push), because, ..RollbackWish::default() }
}
