//! `hold`: keep a push from leaving.

use train::command::Command;
use train::id::RepoName;
use train::reason::Reason;

use super::which::OfTheCutOrNext;
use super::{departure_move, named};
use crate::session::{Ended, Session};

/// Keep a push from leaving, for a reason and perhaps until a time
///
/// A hold fails the gate `window` until it is lifted, or until its end. It is of the push that is cut, or of the next one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty hold --because \"the database is being moved\"
  pushduty hold --because \"smoke tests\" --until 14:30
  pushduty hold --because \"broken build\" --repo web --until 2026-11-26T11:00")]
pub struct Args {
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Reason,
    /// Until when, in the train's zone: a time, a date, or both; until it is lifted by default
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only this repository
    #[arg(long, value_name = "REPO")]
    repo: Option<RepoName>,
    #[command(flatten)]
    which: OfTheCutOrNext,
}

/// Holds it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let (timetable, now) = (&desk.settings().timetable, desk.now());
    let until = args.until.as_deref().map(|text| train::hold::until(text, timetable, now));
    let wish = Command::Hold {
        push: args.which.push,
        repo: args.repo.clone(),
        until: until.transpose()?,
        because: args.because.clone(),
    };
    departure_move::change(session, &args.which.consent, &wish).await
}
