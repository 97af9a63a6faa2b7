//! `history`: past pushes.

use conductor::HistoryWish;
use jiff::civil::Date;
use train::id::PushDate;
use train::reason::Reason;

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// Past pushes, newest first: what this train cut, and what was imported from notes
///
/// Commits are counted where the local mirror has both tags, as it was last fetched; a dash is not known.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty history
  pushduty history --from 2020.01.01 --to 2020.12.31
  pushduty history --push 2019.09.12        all that is known of one push
  pushduty history --search \"login\"")]
pub struct Args {
    /// All that is known of this one
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Only pushes that say this: in notes, blockers, picks, tags, names; letters' case is ignored
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    search: Option<Reason>,
    /// From this day on
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    from: Option<Date>,
    /// Until this day
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    to: Option<Date>,
}

/// Shows them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let search = args.search.clone().map(String::from);
    let wish = HistoryWish { push: args.push, search, from: args.from, to: args.to };
    let view = session.desk().await?.past_pushes(&wish).await?;
    session.header().await?;
    session.screen.show(&words::history(&view));
    session.document(view).await
}
