//! `block`: something holds the push.

use train::command::{NotesWish, WhichPush, Writing};
use train::notes::SectionKind;

use super::which::OfTheCut;
use super::{named, writing};
use crate::session::{Ended, Session};

/// Raise a blocker in the notes of the push that is cut
///
/// It holds the push until it is settled: by whoever raised it, the hero, QA or ops. Words such as “possible” or “nice to
/// have” make it a warning.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty block \"login is broken on stage\"
  pushduty block login is broken --owner kumar
  pushduty block \"css is gone\" --push 2026.12.03")]
pub struct Args {
    /// What holds it, in a line
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Who is at it
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    #[command(flatten)]
    which: OfTheCut,
}

/// Raises it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let owner = args.owner.as_deref().map(|name| named::person(desk.settings(), name));
    let writing = Writing::Item {
        kind: SectionKind::Blockers,
        text: args.text.join(" "),
        owner: owner.transpose()?,
    };
    let push = args.which.push.map_or(WhichPush::Cut, WhichPush::On);
    writing::change(session, &args.which.consent, NotesWish { push, writing }).await
}
