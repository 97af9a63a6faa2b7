//! `verify`: does the record hold?

use train::refusal::{Code, Refusal};

use crate::session::{Ended, Ending, Session};
use crate::words;

/// Prove the ledger: its chain, the anchors outside, and the record against the remotes
///
/// Exit code 1 when the chain is broken, 4 when remotes show something else than was recorded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty verify
  pushduty verify --json")]
pub struct Args {}

/// Verifies.
pub async fn run(_: &Args, session: &Session) -> Ended {
    let view = session.conductor().await?.verify().await?;
    session.header().await?;
    session.screen.show(&words::verify(&view));
    let refusal = match (&view.broken, view.differences.first()) {
        (Some(why), _) => Some(Refusal::new(
            Code::BrokenChain,
            why.clone(),
            "bring the newest copy of the data folder back",
        )),
        (None, Some(difference)) => Some(Refusal::new(
            Code::Differs,
            difference.message.clone(),
            "find out who did it; the remote counts",
        )),
        (None, None) => view.unreachable.first().map(|repo| {
            Refusal::new(
                Code::Unreachable,
                format!("{repo} could not be asked"),
                "run the same command again",
            )
            .in_repo(repo)
        }),
    };
    session.document(view).await?;
    match refusal {
        Some(refusal) => Err(Ending { told: true, ..refusal.into() }),
        None => Ok(()),
    }
}
