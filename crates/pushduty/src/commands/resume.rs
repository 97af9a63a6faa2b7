//! `resume`: lift holds.

use train::command::Command;
use train::id::{PushDate, RepoName};

use super::{departure_move, named};
use crate::options::Consent;
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
    /// The push, by its date; the one that is cut by default, or the next
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Lifts them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = Command::Resume { push: args.push, repo: args.repo.clone() };
    departure_move::change(session, &args.consent, &wish).await
}
