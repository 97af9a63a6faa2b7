//! `start`: the run sheet, and the way to production.

use conductor::carry::{Plan, Shown};
use conductor::view::RunSheetView;
use train::command::{Command, StartWish};
use train::id::{PushDate, RepoName};
use train::reason::Reason;
use train::refusal::{Code, Refusal};

use super::{named, settle};
use crate::desk::{Desk, other_view};
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session};
use crate::words;

/// Print the run sheet and, once every gate holds, start production
///
/// Where [environments.production] has a deploy, its program is run for one repository after another, and its output is
/// shown and kept; else people deploy, and `pushduty watch production` follows. A deploy is never run twice by itself: run
/// again, this command follows what runs, and goes on.
///
/// On a terminal each blocker and task that is left is settled with one key: done, not needed, next push. A gate that does
/// not pass is let go by name and for a reason, which is recorded and holds for these very tags.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty start --dry-run                    the run sheet, any day
  pushduty start
  pushduty start --repo web                   a part of the push
  pushduty start --override tasks --because \"done by hand\"
  pushduty start --retry web                  a deploy that failed, once more
  pushduty start --stop                       end the deploys that run
  pushduty start --yes --if 0123456789abcdef")]
pub struct Args {
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Only this repository (may be given several times)
    #[arg(long = "repo", value_name = "REPO")]
    repos: Vec<RepoName>,
    /// Let a gate go that does not pass (may be given several times)
    #[arg(long = "override", value_name = "GATE", requires = "because")]
    overrides: Vec<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason, requires = "overrides")]
    because: Option<Reason>,
    /// Run the deploy of this repository again, which failed (may be given several times)
    #[arg(long, value_name = "REPO")]
    retry: Vec<RepoName>,
    /// End the deploys that run
    #[arg(long, conflicts_with_all = ["repos", "overrides", "because", "retry", "digest"])]
    stop: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

/// Shows the run sheet, asks, starts, and follows the deploys.
pub async fn run(args: &Args, session: &Session) -> Ended {
    if args.stop {
        return stop(args, session).await;
    }
    let desk = session.desk().await?;
    let wish = Command::Start(StartWish {
        push: args.push,
        repos: args.repos.iter().cloned().collect(),
        overrides: args.overrides.iter().cloned().collect(),
        because: args.because.clone(),
        retry: args.retry.iter().cloned().collect(),
    });
    let (mut plan, mut sheet) = planned(&desk, &wish).await?;
    session.header().await?;
    let asks = !args.consent.dry_run && !args.consent.yes && plan.beside.leaves;
    if asks && session.screen.asks {
        let status = desk.status(Some(sheet.push)).await?;
        if settle::unticked(session, sheet.push, settle::before_start(&status)).await? {
            (plan, sheet) = planned(&desk, &wish).await?;
        }
    }
    session.screen.show(&words::run_sheet(&sheet));
    if args.consent.dry_run {
        return session.document(sheet).await;
    }
    if let Some(refusal) = plan.refusal {
        return Err(refusal.into());
    }
    if plan.changes {
        agreed(args, session, plan.beside.leaves, &sheet.digest).await?;
    } else if !plan.follows {
        session.screen.show(&[Line::of(Tone::Dim, "Every repository stays: nothing leaves.")]);
    }
    let saw = args.bound.digest.as_deref().filter(|_| plan.changes).unwrap_or(&sheet.digest);
    let done = desk.carry(&wish, Some(saw)).await?;
    let Shown::RunSheet(view) = done.shown else { return Err(other_view().into()) };
    session.screen.show(&words::started(&view));
    session.document(view).await
}

/// What it comes to, and its run sheet.
async fn planned(desk: &Desk<'_>, wish: &Command) -> Result<(Plan, RunSheetView), Ending> {
    let plan = desk.plan(wish).await?;
    let Shown::RunSheet(sheet) = &plan.shown else { return Err(other_view().into()) };
    let sheet = RunSheetView::clone(sheet);
    Ok((plan, sheet))
}

async fn agreed(args: &Args, session: &Session, leaves: bool, digest: &str) -> Result<(), Ending> {
    if !args.consent.yes {
        let question = if leaves { "Start production?" } else { "Run that deploy again?" };
        return Ok(session.agree(question).await?);
    }
    if args.bound.digest.is_none() {
        let hint = format!("read the run sheet, then say --if {digest}");
        let what = "production is not started unread: --yes takes --if DIGEST with it";
        return Err(Refusal::new(Code::NeedsYes, what, hint).into());
    }
    Ok(())
}

async fn stop(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    session.header().await?;
    let wish = Command::StopDeploys { push: args.push };
    let plan = desk.plan(&wish).await?;
    let Shown::Stopped(mut view) = plan.shown else { return Err(other_view().into()) };
    session.screen.show(&words::to_stop(&plan.beside.runs));
    if !args.consent.dry_run {
        if !args.consent.yes && plan.changes {
            session.agree("End the deploys that run?").await?;
        }
        let done = desk.carry(&wish, None).await?;
        let Shown::Stopped(stopped) = done.shown else { return Err(other_view().into()) };
        view = stopped;
    }
    if view.done && !view.stopped.is_empty() {
        let line = format!("✓ ended: {}", view.stopped.join(", "));
        session.screen.show(&[Line::of(Tone::Good, line)]);
    }
    session.document(view).await
}
