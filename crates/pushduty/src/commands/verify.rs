//! `verify`: does the record hold?

use conductor::view::VerifyView;
use train::refusal::{Code, Refusal};

use crate::session::{Ended, Ending, Session};
use crate::words;

/// What helps a ledger that does not hold.
pub(super) const NEWEST_COPY: &str = "bring the newest copy of the data folder back";

/// Prove the ledger: its chain, the anchors outside, and the record against the remotes
///
/// Exit code 1 when the chain is broken, 4 when remotes show something else than was recorded, 6 when one could not be asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty verify
  pushduty verify --json")]
pub struct Args {}

/// Verifies.
pub async fn run(_: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await.map_err(nowhere_else)?;
    let view = conductor.verify().await.map_err(|refusal| nowhere_else(refusal.into()))?;
    session.header().await?;
    session.screen.show(&words::verify(&view));
    let refusal = failure(&view);
    session.judged(view, refusal).await
}

/// A failure that would send people to `verify` gets the hint of what comes after it.
fn nowhere_else(mut ending: Ending) -> Ending {
    if ending.refusal.hint.contains("`pushduty verify`") {
        NEWEST_COPY.clone_into(&mut ending.refusal.hint);
    }
    ending
}

/// What is worst: a broken chain, then what remotes show otherwise, then what could not be looked at.
fn failure(view: &VerifyView) -> Option<Refusal> {
    if let Some(why) = &view.broken {
        return Some(Refusal::new(Code::BrokenChain, why.clone(), NEWEST_COPY));
    }
    if let Some(difference) = view.differences.first() {
        let what = difference.message.clone();
        return Some(Refusal::new(Code::Differs, what, difference.way_out()));
    }
    let repo = view.unreachable.first()?;
    let what = format!("the chain holds, but {repo} could not be asked");
    let hint =
        "run the same command again when it can be reached; `pushduty check` says what is wrong";
    Some(Refusal::new(Code::Incomplete, what, hint).in_repo(repo))
}
