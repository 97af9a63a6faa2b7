//! `schedule`: departures and who is on duty.

use conductor::ports::Clock;
use conductor::view::DepartureView;
use jiff::civil::Date;
use serde::Serialize;

use super::named;
use crate::desk::Desk;
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
    if args.ics {
        return ics(args, session).await;
    }
    let view = session.desk().await?.schedule(args.from, args.to).await?;
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

/// As a file. A server has it at an address of its own, to subscribe to.
async fn ics(args: &Args, session: &Session) -> Ended {
    let conductor = match session.desk().await? {
        Desk::Here(conductor) => conductor,
        Desk::There(remote) => return Err(remote.has_calendar().into()),
    };
    let from = match args.from {
        None => Some(conductor.first_told().await?),
        from => from,
    };
    let (_, departures) = conductor.schedule(from, args.to).await?;
    let changes = conductor.calendar_changes().await?;
    let url = session.loaded().await?.later.notes.url.clone();
    let text = adapters::calendars::write_ics(
        &conductor.settings.train,
        &departures,
        changes,
        session.clock().now(),
        url.as_deref(),
    );
    session.screen.raw(&text);
    Ok(())
}
