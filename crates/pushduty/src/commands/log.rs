//! `log`: the ledger, entry by entry.

use std::time::Duration;

use conductor::LogWish;
use serde::Serialize;
use train::id::PushDate;

use super::named;
use crate::desk::Follows;
use crate::screen::Line;
use crate::session::{Ended, Session};
use crate::words;

/// The ledger: who did what, when
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty log
  pushduty log --push 2026.11.26 --json
  pushduty log --follow
  pushduty log --deploy 2026.11.26-1-start-web-1-0a1b2c3d")]
pub struct Args {
    /// Only this push
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// The newest N entries
    #[arg(long, short = 'n', value_name = "N")]
    last: Option<usize>,
    /// Go on as entries come; one document per entry with --json
    #[arg(long)]
    follow: bool,
    /// What a deploy put out, by its key
    #[arg(long, value_name = "KEY", conflicts_with_all = ["push", "last", "follow"])]
    deploy: Option<String>,
}

#[derive(Serialize)]
struct DeployOutput<'a> {
    deploy: &'a str,
    output: &'a str,
}

/// Shows it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    if let Some(key) = &args.deploy {
        let output = desk.deploy_output(key).await?;
        let lines = output.lines().map(|line| Line::plain(line.trim_end_matches('\r')));
        session.screen.show(&lines.collect::<Vec<_>>());
        return session.document(DeployOutput { deploy: key, output: &output }).await;
    }
    session.header().await?;
    let mut wish = LogWish { push: args.push, last: args.last };
    let mut follows = Follows::default();
    loop {
        let view = desk.log(&wish, &mut follows).await?;
        wish.last = None;
        session.screen.show(&words::log(&view));
        if !args.follow {
            if view.entries.is_empty() && args.last != Some(0) {
                session.screen.show(&[words::no_entries(args.push)]);
            }
            return session.document(view).await;
        }
        for entry in view.entries {
            session.document(entry).await?;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
