//! `move`: a push leaves on another day.

use conductor::carry::Shown;
use train::command::Command;
use train::id::PushDate;

use super::named;
use crate::desk::other_view;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words::sentence;

/// Let a push leave on another day
///
/// Before its cut the push takes the new date as its name. Once a tag carries its date, the name and the tags stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty move 2026.11.27                 the next push leaves on Friday
  pushduty move 2026.12.04 --push 2026.12.03")]
pub struct Args {
    /// The new day
    #[arg(value_name = "DATE", value_parser = named::date)]
    to: PushDate,
    /// The push, by its date; the next one by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

/// Moves it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    change(session, &args.consent, &Command::Move { push: args.push, to: args.to }).await
}

/// Shows a change of the calendar or of a push's day, asks, and makes it: the same for every such change.
pub async fn change(session: &Session, consent: &Consent, wish: &Command) -> Ended {
    session.header().await?;
    let desk = session.desk().await?;
    let plan = desk.plan(wish).await?;
    let Shown::Change(view) = plan.shown else { return Err(other_view().into()) };
    session.screen.show(&[Line::plain(sentence(&view.change))]);
    let more = view.more.iter().map(|more| Line::plain(format!("  {}", sentence(more))));
    session.screen.show(&more.collect::<Vec<_>>());
    if !plan.changes || consent.dry_run {
        return session.document(view).await;
    }
    if !consent.yes {
        session.agree("Do it?").await?;
    }
    let done = desk.carry(wish, None).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ done")]);
    session.document(done.shown).await
}
