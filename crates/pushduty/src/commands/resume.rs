//! `resume`: lift holds.

use train::command::Command;
use train::id::RepoName;

use super::departure_move;
use super::which::OfTheCutOrNext;
use crate::session::{Ended, Session};

/// Lift the holds of a push, whoever set them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty resume
  pushduty resume --repo web --dry-run")]
pub struct Args {
    /// Only the holds of this repository
    #[arg(long, value_name = "REPO")]
    repo: Option<RepoName>,
    #[command(flatten)]
    which: OfTheCutOrNext,
}

/// Lifts them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Resume { push: args.which.push, repo: args.repo.clone() };
    departure_move::change(session, &args.which.consent, &wish).await
}
