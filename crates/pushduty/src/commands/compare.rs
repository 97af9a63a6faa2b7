//! `compare`: what a push brings.

use conductor::CompareWish;
use train::id::{PushDate, RepoName};

use super::named;
use crate::session::{Ended, Session, usage};
use crate::words;

/// What a push brings over what users run: commits, authors, pull requests, tasks, migrations
///
/// The base is what production shows; failing that the last finished push; failing that the newest older tag.
/// The head is the push's newest tag, or main before the cut.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty compare
  pushduty compare server
  pushduty compare server 2026.11.19..2026.11.26-1")]
pub struct Args {
    /// The repository; all by default
    repo: Option<RepoName>,
    /// Two revisions of it
    #[arg(value_name = "BASE..HEAD", requires = "repo")]
    range: Option<String>,
    /// The push, by its date
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// How many commits to list per repository
    #[arg(long, value_name = "N", default_value_t = 30)]
    limit: usize,
}

/// Compares.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let range = match &args.range {
        None => None,
        Some(text) => {
            let (base, head) =
                text.split_once("...").or_else(|| text.split_once("..")).unwrap_or(("", ""));
            if base.is_empty() || head.is_empty() {
                return Err(usage(format!("{} is no BASE..HEAD", train::id::quoted(text))).into());
            }
            Some((base.to_owned(), head.to_owned()))
        }
    };
    let wish = CompareWish { repo: args.repo.clone(), range, push: args.push, limit: args.limit };
    let (view, failed) = session.desk().await?.compare(&wish).await?;
    session.header().await?;
    session.screen.show(&words::compare(&view));
    session.told_of(view, failed).await
}
