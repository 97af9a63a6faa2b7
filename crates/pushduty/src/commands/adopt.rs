//! `adopt`: this ledger takes the train over.

use conductor::carry::Shown;
use conductor::view::{AdoptView, OutcomeWord};
use train::command::Command;
use train::reason::Reason;
use train::refusal::Refusal;

use super::named;
use crate::desk::other_view;
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
    because: Option<Reason>,
    #[command(flatten)]
    consent: Consent,
}

/// Takes over.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::Adopt { because: args.because.clone() };
    session.header().await?;
    let mut saw = None;
    if !args.consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Adopt(view) = plan.shown else { return Err(other_view().into()) };
        show(session, &view);
        if !plan.changes || args.consent.dry_run {
            return session.document(view).await;
        }
        session.agree(question(&view)).await?;
        saw = plan.digest;
    }
    let done = desk.carry(&wish, saw.as_deref()).await?;
    let Shown::Adopt(view) = done.shown else { return Err(other_view().into()) };
    if args.consent.yes {
        show(session, &as_found(&view));
    }
    if done.refusal.is_none() && !is_nothing(&view) {
        let taken = (!view.moved.is_empty()).then_some(", and has the tags as they are");
        let words = format!("this ledger runs the train{}.", taken.unwrap_or_default());
        session.screen.show(&[Line::of(Tone::Good, "✓ ").text(words)]);
    }
    for error in view.repos.iter().filter_map(|repo| repo.error.clone()) {
        session.screen.fail(&words::refusal(&Refusal::from(error)));
    }
    session.judged(view, done.refusal).await
}

/// What there was before anything was taken over.
fn as_found(view: &AdoptView) -> AdoptView {
    let mut found = view.clone();
    found.repos.iter_mut().for_each(|repo| repo.error = None);
    found
}

/// What is found: whose fences these are, and which tags are others.
fn show(session: &Session, view: &AdoptView) {
    session.screen.show(&words::adopt(view));
    if is_nothing(view) {
        session.screen.show(&[Line::plain("There is nothing to take over.")]);
    }
}

fn is_nothing(view: &AdoptView) -> bool {
    is_conducted(view) && view.moved.is_empty()
}

/// Whether every fence is this ledger's already.
fn is_conducted(view: &AdoptView) -> bool {
    view.repos.iter().all(|repo| repo.outcome == OutcomeWord::Already)
}

fn question(view: &AdoptView) -> &'static str {
    match is_conducted(view) {
        true => "Take these tags as they are?",
        false => "Take the train over?",
    }
}
