//! `finish`: the push is over, and the next hero has it.

use train::command::FinishWish;

use super::which::OfTheCut;
use super::{named, settle};
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
    issues: Vec<String>,
    /// Why it is over though production does not show it, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<String>,
    #[command(flatten)]
    which: OfTheCut,
}

/// Shows mail and topic, asks, and ends it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await?;
    let wish = FinishWish {
        push: args.which.push,
        issues: args.issues.clone(),
        because: args.because.clone(),
    };
    let mut plan = conductor.plan_finish(&wish).await?;
    session.header().await?;
    if !args.which.consent.dry_run && !args.which.consent.yes && !plan.already {
        let status = conductor.status(Some(plan.push)).await?;
        if settle::unticked(session, plan.push, settle::at_the_end(&status)).await? {
            plan = conductor.plan_finish(&wish).await?;
        }
    }
    let view = plan.view(conductor, false);
    session.screen.show(&words::finish(&view));
    if args.which.consent.dry_run || plan.already {
        return session.document(view).await;
    }
    if !args.which.consent.yes {
        session.agree(&format!("End {}?", plan.push)).await?;
    }
    let view = conductor.finish(&wish).await?.view(conductor, true);
    session.screen.show(&[Line::of(Tone::Good, "✓ done")]);
    session.document(view).await
}
