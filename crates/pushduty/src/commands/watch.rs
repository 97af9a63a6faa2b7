//! `watch`: follow an environment until it shows the tags.

use std::time::Duration;

use conductor::Wait;
use train::id::PushDate;
use train::refusal::{Code, Refusal};

use super::named;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Follow an environment until every service shows the push's tags on all samples
///
/// One JSON document per look with --json.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty watch
  pushduty watch production --limit 1200")]
pub struct Args {
    /// The environment
    #[arg(default_value = "stage")]
    environment: String,
    /// The push, by its date
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Seconds between looks
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = waited)]
    every: f64,
    /// Give up after so many seconds (exit 1)
    #[arg(long, value_name = "SECONDS", default_value = "3600", value_parser = waited)]
    limit: f64,
    /// Look once (exit 1 when the tags are not there)
    #[arg(long)]
    once: bool,
}

/// Watches.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    session.header().await?;
    let seconds = Duration::from_secs_f64;
    let began = tokio::time::Instant::now();
    let (mut shown, mut push) = (None, args.push);
    loop {
        let left = seconds(args.limit).saturating_sub(began.elapsed());
        // The end of the time says nothing of a service that was well a look ago.
        let wait = Wait { at_most: left, else_kept: shown.is_some() };
        let watched = desk.watch(&args.environment, push, wait).await?;
        if let (None, Some(first)) = (&shown, watched.push) {
            // From the first look on it is this one, whatever else is cut meanwhile.
            push = Some(first);
            let what = format!("Watching {} for {first}", args.environment);
            session.screen.show(&[Line::of(Tone::Strong, what)]);
        }
        session.document(&watched).await?;
        let states: Vec<_> =
            watched.environment.services.iter().map(|s| (s.state, s.versions.clone())).collect();
        if shown.as_ref() != Some(&states) {
            session.screen.show(&words::environment(&watched.environment, desk.now()));
            shown = Some(states);
        }
        if watched.arrived {
            return Ok(());
        }
        if args.once || began.elapsed() >= seconds(args.limit) {
            return Err(not_there(args, session.screen.json));
        }
        tokio::time::sleep(seconds(args.every)).await;
    }
}

/// The time is over, and the tags are not there: the last look tells so where it was a document.
fn not_there(args: &Args, told: bool) -> Ending {
    let what = format!("{} does not show the tags", args.environment);
    let hint = "look at its services; run the same command again";
    Ending { told, ..Refusal::new(Code::Unreachable, what, hint).into() }
}

/// A time that something can be waited for: not less than a twentieth of a second, not more than a day.
fn waited(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.05..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("give seconds from 0.05 to 86400".to_owned()),
    }
}
