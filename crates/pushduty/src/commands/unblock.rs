//! `unblock`: a blocker is settled.

use train::command::{NotesWish, WhichPush, Writing};
use train::notes::follow::ItemId;

use super::which::OfTheCut;
use super::{named, writing};
use crate::session::{Ended, Session};

/// Settle a blocker: it is fixed, or none
///
/// Ticks its line. One whose line is gone, or was marked by somebody who may not settle it, is confirmed. That is for
/// whoever raised it, the hero, QA and ops.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty unblock b3
  pushduty unblock b3 --because \"fixed in 2026.11.26-1\"")]
pub struct Args {
    /// The blocker, as `notes show` and `status` name it
    #[arg(value_name = "ID", value_parser = named::blocker)]
    item: ItemId,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<String>,
    #[command(flatten)]
    which: OfTheCut,
}

/// Settles it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let push = args.which.push.map_or(WhichPush::Cut, WhichPush::On);
    let writing = Writing::Done { item: args.item, on: None, because: args.because.clone() };
    writing::change(session, &args.which.consent, NotesWish { push, writing }).await
}
