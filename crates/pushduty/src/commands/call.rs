//! `call`: call everybody aboard whose change is not confirmed, at once and by name.

use conductor::carry::Shown;
use train::command::{CallWish, Command};
use train::id::PushDate;
use train::reason::Reason;

use super::named;
use crate::desk::other_view;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Call all authors aboard who have not confirmed their changes yet, at once
///
/// One message in the train's channels names them, and it waits for each of them until they have confirmed. For the hero, QA
/// and ops.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty call --dry-run                    whom, and the message
  pushduty call
  pushduty call \"stage is up: please look at your changes before 14:00\"
  pushduty call --all \"we leave in ten minutes\"")]
pub struct Args {
    /// What for, in a line
    #[arg(value_name = "TEXT", value_parser = named::reason)]
    text: Option<Reason>,
    /// Those too who have confirmed all of their changes
    #[arg(long)]
    all: bool,
    /// Though somebody called them a few minutes ago
    #[arg(long)]
    again: bool,
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Shows, asks, calls.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let Args { text, all, again, push, consent } = args;
    session.header().await?;
    let desk = session.desk().await?;
    let wish = CallWish { push: *push, text: text.clone(), all: *all, again: *again };
    let wish = Command::Call(wish);
    let plan = desk.plan(&wish).await?;
    let Shown::Call(view) = plan.shown else { return Err(other_view().into()) };
    session.screen.show(&words::call(&view));
    if consent.dry_run || !plan.changes {
        return session.document(view).await;
    }
    if !consent.yes {
        session.agree("Call them?").await?;
    }
    let done = desk.carry(&wish, None).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ called")]);
    session.document(done.shown).await
}
