//! `tell`: announcements and reminders that are due.

use conductor::TellWish;
use conductor::view::{DeliveryWord, TellView};
use train::refusal::{Code, Refusal};

use crate::options::Consent;
use crate::session::{Ended, Session};
use crate::words;

/// Tell the channels what is due: announcements and reminders
///
/// Every command that records something tells the channels at its end. This one is for a timer, so that reminders come in
/// time and what did not arrive is tried again. What was tried five times waits for a person: --again tries it once more,
/// --drop gives it up.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty tell --dry-run
  pushduty tell --yes --quiet              every minute, by cron or a timer of systemd
  pushduty tell --again
  pushduty tell --drop 3f2a9c1d")]
pub struct Args {
    /// Try these again now, by the beginnings of their names; all that are on their way by default
    #[arg(long, value_name = "NAME", num_args = 0..)]
    again: Option<Vec<String>>,
    /// Give these up
    #[arg(long, value_name = "NAME", num_args = 1..)]
    drop: Vec<String>,
    #[command(flatten)]
    consent: Consent,
}

/// Hands them over.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await?;
    session.header().await?;
    let wish = TellWish { again: args.again.clone(), drop: args.drop.clone() };
    let plan = conductor.plan_tell(&wish).await?;
    if !args.consent.yes {
        session.screen.show(&words::told(&plan));
        let nothing = plan.count(DeliveryWord::Due) == 0 && wish.drop.is_empty();
        if args.consent.dry_run || !plan.set_up || nothing {
            return session.document(plan).await;
        }
        session.agree("Do it?").await?;
    }
    let done = conductor.tell(&wish).await?;
    session.screen.show(&words::told(&done));
    let failed = untold(&done).into_iter().collect();
    session.told_of(done, failed).await
}

/// That not everything arrived.
fn untold(view: &TellView) -> Option<Refusal> {
    let (later, waits) = (view.count(DeliveryWord::PutOff), view.count(DeliveryWord::Waits));
    if later + waits == 0 {
        return None;
    }
    let what = format!("{} not told yet", words::count(later + waits, "announcement"));
    let hint = match waits {
        0 => "what was put off is tried again by the same command when its time has come",
        _ => {
            "mend the channel, then `pushduty tell --again`; `pushduty tell --drop NAME` gives one up"
        }
    };
    Some(Refusal::new(Code::Incomplete, what, hint))
}
