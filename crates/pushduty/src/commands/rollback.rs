//! `rollback`: production goes back, and stays there.

use conductor::carry::Shown;
use train::attempt::DeployFor;
use train::command::{Command, RollbackWish};
use train::id::{PushDate, RepoName};
use train::reason::{Reason, unsaid};

use super::{departure_move, named};
use crate::desk::other_view;
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
    because: Option<Reason>,
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
    let because = args.because.clone();
    if args.clear {
        let because = because.ok_or_else(unsaid)?;
        let wish = Command::Clear { push: args.push, repos, because };
        return departure_move::change(session, &args.consent, &wish).await;
    }
    let desk = session.desk().await?;
    let retry: std::collections::BTreeSet<RepoName> = args.retry.iter().cloned().collect();
    let wish = Command::Rollback(RollbackWish { push: args.push, repos, because, retry });
    let plan = desk.plan(&wish).await?;
    let Shown::Rollback(view) = plan.shown else { return Err(other_view().into()) };
    session.header().await?;
    session.screen.show(&words::rollback(&view));
    if args.consent.dry_run {
        return session.document(view).await;
    }
    if !args.consent.yes && plan.changes {
        session.agree("Bring production back?").await?;
    }
    let saw = args.bound.digest.clone().unwrap_or(view.digest);
    let done = desk.carry(&wish, Some(&saw)).await?;
    let Shown::Rollback(view) = done.shown else { return Err(other_view().into()) };
    session.screen.show(&words::rolled_back(&view, desk.has_program(DeployFor::Rollback)));
    session.document(view).await
}
