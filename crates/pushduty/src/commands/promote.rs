//! `promote`: what was brought to production takes over.

use conductor::carry::Shown;
use conductor::view::PromoteView;
use train::command::{Command, PromoteWish};
use train::id::{PushDate, RepoName};
use train::reason::Reason;

use super::named;
use crate::desk::other_view;
use crate::options::Consent;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words::sentence;

/// Let what was brought to production take over, once its own tasks are done
///
/// Where [environments.production] has a promote, its program is run for one repository after another; else people do it,
/// and this records that it is done.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty promote
  pushduty promote --because \"the cache is warm enough\"     with tasks of its phase left
  pushduty promote --retry web                              a promotion that failed, once more")]
pub struct Args {
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Why it goes on though tasks are left, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<Reason>,
    /// Promote this repository again, which failed (may be given several times)
    #[arg(long, value_name = "REPO")]
    retry: Vec<RepoName>,
    #[command(flatten)]
    consent: Consent,
}

/// Shows what it does, asks, and promotes.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::Promote(PromoteWish {
        push: args.push,
        because: args.because.clone(),
        retry: args.retry.iter().cloned().collect(),
    });
    let plan = desk.plan(&wish).await?;
    let Shown::Promote(view) = plan.shown else { return Err(other_view().into()) };
    session.header().await?;
    session.screen.show(&[Line::plain(sentence(&view.change))]);
    if args.consent.dry_run {
        return session.document(view).await;
    }
    if !args.consent.yes && plan.changes {
        session.agree("Promote it?").await?;
    }
    desk.carry(&wish, None).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ promoted")]);
    session.document(PromoteView { done: true, ..view }).await
}
