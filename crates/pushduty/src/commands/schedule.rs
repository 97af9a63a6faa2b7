//! `schedule`: departures and who is on duty.

use conductor::view::DepartureView;
use jiff::civil::Date;
use serde::Serialize;

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// Departures: when each push is cut, when it leaves, who is on duty
///
/// --ics prints an iCalendar file (RFC 5545) with one event per push and per cut, to subscribe to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty schedule
  pushduty schedule --from 2026.12.01 --to 2027.01.31
  pushduty schedule --ics > train.ics")]
pub struct Args {
    /// First day; today by default, with --ics a year back or to the train's first day
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    from: Option<Date>,
    /// Last day; ten weeks from today by default
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    to: Option<Date>,
    /// As an iCalendar file
    #[arg(long, conflicts_with = "json")]
    ics: bool,
}

/// A departure, and what of the calendars it was worked out without.
#[derive(Serialize)]
struct Departure<'a> {
    #[serde(flatten)]
    departure: DepartureView,
    remarks: &'a [String],
}

/// Shows it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    if args.ics {
        session.screen.exact(&desk.calendar(args.from, args.to).await?);
        return Ok(());
    }
    let view = desk.schedule(args.from, args.to).await?;
    session.header().await?;
    session.screen.show(&words::schedule(&view));
    if session.screen.json {
        // A list, as the contract has it; each departure is a document of its own.
        let mut list = Vec::new();
        for departure in view.departures {
            let remarks = session.calendar_remarks();
            list.push(session.wrap(Departure { departure, remarks }).await?);
        }
        session.screen.document(&list);
    }
    Ok(())
}
