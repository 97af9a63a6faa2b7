//! `adopt`: this ledger takes the train over.

use serde::Serialize;
use train::id::RepoName;

use super::tag;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};

/// Take the train over with this ledger
///
/// Each remote carries a fence that names the ledger which conducts the train. When that ledger is lost, or an older copy
/// was restored, adopt moves every fence to this one. Whatever the other had under way can't land after that.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty adopt --dry-run
  pushduty adopt --because \"the old machine is gone\"")]
pub struct Args {
    /// Why, for the record
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    because: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Serialize)]
struct AdoptView {
    done: bool,
    ledger: String,
    repos: Vec<Fenced>,
}

#[derive(Serialize)]
struct Fenced {
    name: RepoName,
    ledger_before: Option<String>,
    node_before: Option<String>,
}

/// Takes over.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await?;
    let plan = conductor.plan_adopt().await?;
    let ledger = conductor.ledger.identity().id.clone();
    session.header().await?;
    let mut lines = Vec::new();
    let mut repos = Vec::new();
    for (name, fence) in &plan.repos {
        let body = fence.as_ref().and_then(|f| f.body.as_ref());
        let words = match body {
            None if fence.is_none() => "has no fence".to_owned(),
            None => "has a fence that this version can't read".to_owned(),
            Some(body) if body.ledger == ledger => "is run by this ledger".to_owned(),
            Some(body) => format!("is run by ledger {}, last used on {}", body.ledger, body.node),
        };
        lines.push(Line::of(Tone::Strong, name.as_str()).text(format!(" {words}.")));
        let of = |get: fn(&train::facts::Fence) -> String| body.map(get);
        repos.push(Fenced {
            name: name.clone(),
            ledger_before: of(|b| b.ledger.clone()),
            node_before: of(|b| b.node.clone()),
        });
    }
    session.screen.show(&lines);
    if args.consent.dry_run {
        return session.document(AdoptView { done: false, ledger, repos }).await;
    }
    if !args.consent.yes {
        session.must_ask()?;
        if !session.screen.asked("Take the train over?") {
            return Err(tag::declined());
        }
    }
    conductor.adopt(args.because.as_deref().unwrap_or_default()).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ ").text("this ledger runs the train.")]);
    session.document(AdoptView { done: true, ledger, repos }).await
}
