//! `where`: is it out yet?

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// Where a commit or pull request is: since when on main, in which tag and environment, and what next
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty where 3f2a91c
  pushduty where https://github.com/mozilla/addons-server/commit/3f2a91c0aa
  pushduty where server:#3333                      the commits of main that name that pull request")]
pub struct Args {
    /// The commit, or the pull request by its number or link
    #[arg(value_name = "[REPO:]COMMIT|PR")]
    commit: String,
}

/// Looks for it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    session.header().await?;
    let desk = session.desk().await?;
    let commit = named::commit_or_pull(desk.settings(), &args.commit)?;
    let (view, failed) = desk.find_commit(&commit).await?;
    session.screen.show(&words::place(&view, desk.now()));
    session.told_of(view, failed).await
}
