//! `confirm`: say that one's own changes do on stage what they should, or take that back.

use conductor::carry::Shown;
use train::command::{Command, ConfirmWish};
use train::id::{PushDate, RepoName};
use train::reason::Reason;

use super::named;
use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Confirm that your own changes do on stage what they should
///
/// Each is confirmed by its author alone, once stage shows the push's tag. A later tag keeps the word as long as it has that
/// very commit; one that drops it, or takes it back, has none.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty confirm --dry-run                 what of yours is on stage
  pushduty confirm
  pushduty confirm web:3f2a91c
  pushduty confirm --repo web --push 2026.11.26
  pushduty confirm --withdraw \"the form loses its text\"")]
pub struct Args {
    /// Only these commits: COMMIT, REPO:COMMIT, or a link to one; all of your own by default
    #[arg(value_name = "COMMIT")]
    commits: Vec<String>,
    /// Only of this repository; may be repeated
    #[arg(long = "repo", value_name = "REPO")]
    repos: Vec<RepoName>,
    /// Take back what you confirmed, for this reason
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    withdraw: Option<Reason>,
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

/// Shows, asks, records.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let Args { consent, bound, .. } = args;
    session.header().await?;
    let desk = session.desk().await?;
    let wish = Command::Confirm(ConfirmWish {
        push: args.push,
        commits: named::commits(desk.settings(), &args.commits)?,
        repos: args.repos.iter().cloned().collect(),
        withdraw: args.withdraw.clone(),
    });
    let plan = desk.plan(&wish).await?;
    let Shown::Confirm(view) = plan.shown else { return Err(other_view().into()) };
    session.screen.show(&words::to_confirm(&view));
    if consent.dry_run || !plan.changes {
        return session.document(view).await;
    }
    if !consent.yes {
        let question = if args.withdraw.is_some() { "Take it back?" } else { "Confirm it?" };
        session.agree(question).await?;
    }
    // What was shown is what is said, unless somebody says what they saw before.
    let saw = bound.digest.clone().unwrap_or(view.digest);
    let done = desk.carry(&wish, Some(&saw)).await?;
    let word = if args.withdraw.is_some() { "✓ taken back" } else { "✓ confirmed" };
    session.screen.show(&[Line::of(Tone::Good, word)]);
    session.document(done.shown).await
}
