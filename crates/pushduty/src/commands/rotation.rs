//! `rotation`: who is on duty in turn, swaps, offers and absences.

use clap::Subcommand;
use jiff::civil::Date;
use train::command::Command;
use train::id::{PersonName, PushDate};
use train::reason::Reason;

use super::{departure_move, named};
use crate::options::Consent;
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Who is on duty in turn; swap duty or offer it, or say who is away
///
/// Duty goes to whoever had a turn longest ago. A swap exchanges two turns and moves nobody else; somebody who is away
/// keeps their place in the queue; a cancelled push leaves its hero the turn.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty rotation
  pushduty rotation swap 2026.11.26 kumar
  pushduty rotation offer 2026.11.26 kumar
  pushduty rotation away mat 2026.12.21 2027.01.03")]
pub struct Args {
    #[command(subcommand)]
    change: Option<Change>,
}

/// A change of duty.
#[derive(Debug, Subcommand)]
enum Change {
    /// Let somebody else serve on a date; who had it takes their next turn
    ///
    /// A swap with whoever had it exchanges the two again.
    #[command(after_help = "Examples:
  pushduty rotation swap 2026.11.26 kumar --dry-run
  pushduty rotation swap 2026.11.26 kumar
  pushduty rotation swap 2026.11.26 mat          back again")]
    Swap {
        /// The push
        #[arg(value_parser = named::date)]
        date: PushDate,
        /// Who serves
        name: String,
        #[command(flatten)]
        consent: Consent,
    },
    /// Offer a push of yours to another hero, or to whoever of the heroes takes it
    ///
    /// You serve it until somebody takes it. Whoever does serves in your place, and you take their next turn.
    #[command(after_help = "Examples:
  pushduty rotation offer 2026.12.03
  pushduty rotation offer 2026.12.03 kumar --dry-run")]
    Offer {
        /// The push
        #[arg(value_parser = named::date)]
        date: PushDate,
        /// To whom; to whoever of the heroes takes it by default
        name: Option<String>,
        #[command(flatten)]
        consent: Consent,
    },
    /// Take a push that is offered to you, or to all heroes
    #[command(after_help = "Examples:
  pushduty rotation take 2026.12.03 --dry-run
  pushduty rotation take 2026.12.03")]
    Take {
        /// The push
        #[arg(value_parser = named::date)]
        date: PushDate,
        #[command(flatten)]
        consent: Consent,
    },
    /// Do not take a push that is offered to you
    ///
    /// An offer to you alone is over by that; one to all heroes stays with the others.
    #[command(after_help = "Examples:
  pushduty rotation decline 2026.12.03
  pushduty rotation decline 2026.12.03 --because \"I have the release after it\"")]
    Decline {
        /// The push
        #[arg(value_parser = named::date)]
        date: PushDate,
        /// Why, for whoever offers it
        #[arg(long, value_name = "TEXT", value_parser = named::reason)]
        because: Option<Reason>,
        #[command(flatten)]
        consent: Consent,
    },
    /// Keep a push that you offered
    #[command(after_help = "Examples:
  pushduty rotation keep 2026.12.03 --dry-run
  pushduty rotation keep 2026.12.03")]
    Keep {
        /// The push
        #[arg(value_parser = named::date)]
        date: PushDate,
        #[command(flatten)]
        consent: Consent,
    },
    /// Say who is away, first and last day included
    #[command(after_help = "Examples:
  pushduty rotation away mat 2026.12.21 2027.01.03
  pushduty rotation away mat 2026.12.21 2027.01.03 --undo")]
    Away {
        /// Who
        name: String,
        /// First day
        #[arg(value_parser = named::day)]
        from: Date,
        /// Last day
        #[arg(value_parser = named::day)]
        to: Date,
        /// Take back what was noted: they are not away after all
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Shows or changes it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    match &args.change {
        None => show(session).await,
        Some(Change::Swap { date, name, consent }) => {
            let with = person(session, name).await?;
            departure_move::change(session, consent, &Command::Swap { push: *date, with }).await
        }
        Some(Change::Offer { date, name, consent }) => {
            let to = match name {
                Some(name) => Some(person(session, name).await?),
                None => None,
            };
            departure_move::change(session, consent, &Command::Offer { push: *date, to }).await
        }
        Some(Change::Take { date, consent }) => {
            departure_move::change(session, consent, &Command::TakeOffer { push: *date }).await
        }
        Some(Change::Decline { date, because, consent }) => {
            let wish = Command::DeclineOffer { push: *date, because: because.clone() };
            departure_move::change(session, consent, &wish).await
        }
        Some(Change::Keep { date, consent }) => {
            departure_move::change(session, consent, &Command::KeepOffer { push: *date }).await
        }
        Some(Change::Away { name, from, to, undo, consent }) => {
            let (who, from, to) = (person(session, name).await?, *from, *to);
            let wish = match undo {
                true => Command::Back { who, from, to },
                false => Command::Away { who, from, to },
            };
            departure_move::change(session, consent, &wish).await
        }
    }
}

/// A person by name; whoever is nobody is told so in a rehearsal as in earnest.
async fn person(session: &Session, name: &str) -> Result<PersonName, Ending> {
    let found = named::person(session.desk().await?.settings(), name);
    if found.is_err() {
        session.header().await?;
    }
    Ok(found?)
}

async fn show(session: &Session) -> Ended {
    let desk = session.desk().await?;
    let view = desk.rotation().await?;
    session.header().await?;
    session.screen.show(&words::rotation(&view));
    session.document(view).await
}
