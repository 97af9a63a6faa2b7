//! `start`: the run sheet, and the way to production.

use conductor::view::StoppedView;
use conductor::{Deploying, StartPlan};
use train::attempt::DeployFor;
use train::command::StartWish;
use train::id::{PushDate, RepoName};
use train::refusal::{Code, Refusal};

use super::{named, settle};
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
    because: Option<String>,
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
    let conductor = session.conductor().await?;
    let wish = StartWish {
        push: args.push,
        repos: args.repos.iter().cloned().collect(),
        overrides: args.overrides.iter().cloned().collect(),
        because: args.because.clone(),
        retry: args.retry.iter().cloned().collect(),
    };
    let mut plan = conductor.plan_start(&wish).await?;
    session.header().await?;
    let asks = !args.consent.dry_run && !args.consent.yes && !plan.leaving.is_empty();
    if asks && settle::unticked(session, plan.push, settle::before_start(&plan.status)).await? {
        plan = conductor.plan_start(&wish).await?;
    }
    let sheet = conductor.run_sheet(&plan, false).await?;
    session.screen.show(&words::run_sheet(&sheet));
    if args.consent.dry_run {
        return session.document(sheet).await;
    }
    let fresh = !plan.leaving.is_empty();
    if fresh {
        plan.may_leave()?;
    }
    if fresh || !plan.again.is_empty() {
        agreed(args, session, &plan).await?;
        let saw = args.bound.digest.clone().unwrap_or_else(|| plan.digest());
        conductor.start(&wish, Some(&saw)).await?;
    }
    follow(session, &plan).await?;
    let view = conductor.run_sheet(&conductor.plan_start(&again(&plan)).await?, true).await?;
    session.screen.show(&words::started(&view));
    session.document(view).await
}

/// The plan once more, as it is after what was done.
fn again(plan: &StartPlan) -> StartWish {
    StartWish { push: Some(plan.push), ..StartWish::default() }
}

async fn agreed(args: &Args, session: &Session, plan: &StartPlan) -> Result<(), Ending> {
    if !args.consent.yes {
        let question = match plan.leaving.is_empty() {
            true => "Run that deploy again?",
            false => "Start production?",
        };
        return Ok(session.agree(question).await?);
    }
    if args.bound.digest.is_none() {
        let hint = format!("read the run sheet, then say --if {}", plan.digest());
        let what = "production is not started unread: --yes takes --if DIGEST with it";
        return Err(Refusal::new(Code::NeedsYes, what, hint).into());
    }
    Ok(())
}

async fn follow(session: &Session, plan: &StartPlan) -> Ended {
    let conductor = session.conductor().await?;
    if !plan.running && plan.leaving.is_empty() {
        session.screen.show(&[Line::of(Tone::Dim, "Every repository stays: nothing leaves.")]);
        return Ok(());
    }
    let again = plan.again.clone();
    conductor.deploy(Deploying { push: plan.push, purpose: DeployFor::Start, again }).await?;
    Ok(())
}

async fn stop(args: &Args, session: &Session) -> Ended {
    let conductor = session.conductor().await?;
    session.header().await?;
    let runs = conductor.running_deploys(args.push).await?;
    session.screen.show(&words::to_stop(&runs));
    let done = !args.consent.dry_run;
    let stopped = match done {
        true => {
            if !args.consent.yes && !runs.is_empty() {
                session.agree("End the deploys that run?").await?;
            }
            conductor.stop_deploys(args.push).await?
        }
        false => runs,
    };
    let view = StoppedView::of(&stopped, done);
    if done && !view.stopped.is_empty() {
        let line = format!("✓ ended: {}", view.stopped.join(", "));
        session.screen.show(&[Line::of(Tone::Good, line)]);
    }
    session.document(view).await
}
