//! `ready`: whether production may be started.

use train::id::PushDate;
use train::refusal::{Code, Refusal};

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// Whether production may be started: every gate, why, and whom to ask (exit 3 when not)
///
/// Looks at remotes and services first, and runs the team's own programs of [gates]. `status` shows the same from what was
/// last seen.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty ready
  pushduty ready --push 2026.11.26 --json")]
pub struct Args {
    /// The push, by its date; the one that matters now by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
}

/// Looks and judges.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let view = session.desk().await?.ready(args.push).await?;
    session.header().await?;
    session.screen.show(&words::ready(&view));
    let closed = view.gates.iter().find(|gate| !gate.is_open());
    let refusal = closed.map(|gate| {
        let what = format!("{} is not ready: the gate {} does not pass", view.push, gate.name);
        let whom = gate.ask.as_ref().map(|who| format!("ask {who}; ")).unwrap_or_default();
        Refusal::new(Code::Refused, what, format!("{whom}`pushduty ready` looks again"))
    });
    session.judged(view, refusal).await
}
