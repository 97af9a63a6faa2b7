//! `finish`: the push is over, and the next hero has it.

use conductor::carry::Shown;
use conductor::failure::Failure;
use conductor::view::FinishView;
use train::command::{Command, FinishWish};
use train::reason::Reason;

use super::which::OfTheCut;
use super::{named, settle};
use crate::desk::{Desk, other_view};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// End a push: times, what is left, the mail, the topic, the next hero
///
/// Writes start and end into the notes, carries what is left over to the next push, and shows the mail and the topic, which
/// go to the channels of the configuration. On a terminal what is unticked is settled with one key each. Refused while
/// production does not show what left, but for a reason.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty finish
  pushduty finish --issue \"search was slow for ten minutes\"
  pushduty finish --because \"the rest leaves next week\"")]
pub struct Args {
    /// Something to tell of it in the mail, beside the notes' Issues (may be given several times)
    #[arg(long = "issue", value_name = "TEXT", value_parser = named::reason)]
    issues: Vec<Reason>,
    /// Why it is over though production does not show it, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<Reason>,
    #[command(flatten)]
    which: OfTheCut,
}

/// Shows mail and topic, asks, and ends it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::Finish(FinishWish {
        push: args.which.push,
        issues: args.issues.clone(),
        because: args.because.clone(),
    });
    let (mut view, mut changes) = planned(&desk, &wish).await?;
    session.header().await?;
    let asks = !args.which.consent.dry_run && !args.which.consent.yes && changes;
    if asks && settle::unticked(session, view.push, settle::at_the_end(&view)).await? {
        (view, changes) = planned(&desk, &wish).await?;
    }
    session.screen.show(&words::finish(&view));
    if args.which.consent.dry_run || !changes {
        return session.document(view).await;
    }
    if !args.which.consent.yes {
        session.agree(&format!("End {}?", view.push)).await?;
    }
    let done = desk.carry(&wish, None).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ done")]);
    session.document(done.shown).await
}

/// What it comes to, and whether anything is left to be done.
async fn planned(desk: &Desk<'_>, wish: &Command) -> Result<(Box<FinishView>, bool), Failure> {
    let plan = desk.plan(wish).await?;
    match plan.shown {
        Shown::Finish(view) => Ok((view, plan.changes)),
        _ => Err(other_view()),
    }
}
