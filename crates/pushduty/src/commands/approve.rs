//! `approve`: sign the push's tags off, or take that back.

use conductor::carry::Shown;
use train::command::{ApproveWish, Command};
use train::id::{PushDate, RepoName};
use train::people::Role;
use train::reason::Reason;
use train::refusal::{Code, Refusal};

use super::named;
use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};
use crate::words;

/// Sign off the push's tags, after seeing what changed since your last sign-off
///
/// A sign-off is for one repository's tag as you saw it. Another tag of that repository has none, unless it has the very
/// same files; nor has any under a configuration that has changed since.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty approve --dry-run                       what you would sign off, and its digest
  pushduty approve
  pushduty approve --repo web --role qa
  pushduty approve --yes --if 0123456789abcdef
  pushduty approve --withdraw \"the form loses its text\"")]
pub struct Args {
    /// Only this repository; may be repeated
    #[arg(long = "repo", value_name = "REPO")]
    repos: Vec<RepoName>,
    /// In which role, where you hold several that sign off
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Option<Role>,
    /// Take your sign-off back, for this reason
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    withdraw: Option<Reason>,
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

fn role(text: &str) -> Result<Role, String> {
    let found = train::signoff::ROLES.into_iter().find(|role| role.word() == text);
    found.ok_or_else(|| match text {
        "ops" => "ops claims the push and does not sign it off: `pushduty claim`".to_owned(),
        _ => "the roles that sign off are qa, developer and security".to_owned(),
    })
}

/// Shows, asks, records.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = ApproveWish {
        push: args.push,
        repos: args.repos.iter().cloned().collect(),
        role: args.role,
        withdraw: args.withdraw.clone(),
    };
    session.header().await?;
    match &args.withdraw {
        Some(_) => withdraw(session, wish, args).await,
        None => approve(session, wish, &args.consent, &args.bound).await,
    }
}

async fn approve(session: &Session, wish: ApproveWish, consent: &Consent, bound: &Bound) -> Ended {
    let desk = session.desk().await?;
    let wish = Command::Approve(wish);
    let mut saw = bound.digest.clone();
    if consent.yes && saw.is_none() {
        return Err(Refusal::new(
            Code::Usage,
            "a sign-off is for what was seen: --yes takes the digest of the plan that was",
            "read it with --dry-run, and give its digest with --if",
        )
        .into());
    }
    if !consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Approve(view) = plan.shown else { return Err(other_view().into()) };
        session.screen.show(&words::to_sign(&view));
        if consent.dry_run || !plan.changes {
            session.screen.show(&[Line::of(Tone::Dim, format!("plan {}", view.digest))]);
            return session.document(view).await;
        }
        session.agree(&format!("Sign off as {}?", view.role.word())).await?;
        saw = saw.or(Some(view.digest));
    }
    let done = desk.carry(&wish, saw.as_deref()).await?;
    let Shown::Approve(view) = done.shown else { return Err(other_view().into()) };
    if consent.yes {
        session.screen.show(&words::to_sign(&view));
    }
    session.screen.show(&[Line::of(Tone::Good, "✓ signed off")]);
    session.document(view).await
}

async fn withdraw(session: &Session, wish: ApproveWish, args: &Args) -> Ended {
    let Args { consent, bound, .. } = args;
    let desk = session.desk().await?;
    let wish = Command::Approve(wish);
    let plan = desk.plan(&wish).await?;
    let Shown::Withdraw(view) = plan.shown else { return Err(other_view().into()) };
    session.screen.show(&words::withdrawn(&view));
    if consent.dry_run || !plan.changes {
        return session.document(view).await;
    }
    if !consent.yes {
        session.agree("Take it back?").await?;
    }
    let done = desk.carry(&wish, bound.digest.as_deref()).await?;
    session.screen.show(&[Line::of(Tone::Good, "✓ withdrawn")]);
    session.document(done.shown).await
}
