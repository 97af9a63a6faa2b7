//! `adopt`: this ledger takes the train over.

use conductor::view::OutcomeWord;
use conductor::{Adopted, Adoption};
use train::differences::Difference;

use super::named;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Take the train over with this ledger
///
/// Each remote carries a fence that names the ledger which conducts the train. When that ledger is lost, or an older copy
/// was restored, adopt moves every fence to this one. Whatever the other had under way can't land after that. A fence that
/// is damaged is written anew. The tags that the remotes show are recorded: whatever somebody does to one later is noticed. A
/// tag that somebody moved or deleted before is told until it is put back, or until adopt takes it as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty adopt --dry-run
  pushduty adopt --because \"the old machine is gone\"
  pushduty adopt --because \"2026.11.19 was made again with the right commit\"")]
pub struct Args {
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason, required_unless_present = "dry_run")]
    because: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

/// Takes over.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await?;
    let plan = conductor.plan_adopt().await?;
    let ledger = conductor.ledger.identity().id.clone();
    session.header().await?;
    let mut lines: Vec<Line> = plan.repos.iter().map(|repo| found(repo, &ledger)).collect();
    lines.extend(plan.moved.iter().map(moved));
    session.screen.show(&lines);
    let view = |adoption: &Adoption, outcome| conductor.adopt_view(adoption, outcome);
    if plan.is_done() {
        session.screen.show(&[Line::plain("There is nothing to take over.")]);
        return session.document(view(&plan, OutcomeWord::Already)).await;
    }
    if args.consent.dry_run {
        return session.document(view(&plan, OutcomeWord::Planned)).await;
    }
    if !args.consent.yes {
        session.agree(question(&plan)).await?;
    }
    let adoption = conductor.adopt(plan, args.because.as_deref().unwrap_or_default()).await?;
    let failure = adoption.failure();
    if failure.is_none() {
        let taken = (!adoption.moved.is_empty()).then_some(", and has the tags as they are");
        let words = format!("this ledger runs the train{}.", taken.unwrap_or_default());
        session.screen.show(&[Line::of(Tone::Good, "✓ ").text(words)]);
    }
    for refusal in adoption.repos.iter().filter_map(|repo| repo.failed.as_ref()) {
        session.screen.fail(&words::refusal(refusal));
    }
    session.judged(view(&adoption, OutcomeWord::Published), failure).await
}

fn question(plan: &Adoption) -> &'static str {
    match plan.is_conducted() {
        true => "Take these tags as they are?",
        false => "Take the train over?",
    }
}

/// A tag that is not what it was.
fn moved(difference: &Difference) -> Line {
    let words = format!("{} It is taken as it is.", words::sentence(&difference.message));
    Line::of(Tone::Odd, "◆ ").text(words)
}

/// Who runs the train by one repository's fence.
fn found(repo: &Adopted, ledger: &str) -> Line {
    let words = match repo.fence.as_ref().map(|fence| fence.body.as_ref()) {
        None => "has no fence".to_owned(),
        Some(None) => "has a fence that this version can't read".to_owned(),
        Some(Some(_)) if repo.ours => "is run by this ledger".to_owned(),
        Some(Some(_)) if !repo.nonsense.is_empty() => {
            format!("has a fence with suffixes that nobody gave: {}", repo.nonsense.join(", "))
        }
        Some(Some(body)) if body.ledger == ledger => {
            format!("is run by a newer copy of this ledger, last used on {}", body.node)
        }
        Some(Some(body)) => format!("is run by ledger {}, last used on {}", body.ledger, body.node),
    };
    Line::of(Tone::Strong, repo.repo.as_str()).text(format!(" {words}."))
}
