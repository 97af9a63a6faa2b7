//! `pick`: commits onto a push's tags.

use conductor::carry::Shown;
use conductor::view::{CutView, OutcomeWord};
use conductor::{Opened, outcome};
use train::command::{Command, PickWish};
use train::id::PushDate;
use train::pick::StepKind;
use train::reason::Reason;
use train::refusal::{Code, Refusal};

use super::named;
use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session, usage};
use crate::words;

/// Why a server is not asked about a work tree.
const BY_HAND: &str = "a conflict is finished by hand in a work tree, beside the train's record";

/// Put commits on the tags of the push that is cut
///
/// Makes the next suffix tag in each repository a commit is named of. Commits are put on in main's order, with their
/// authors, dates and origin kept; merge commits are refused. Nothing is published unless everything applies, in every
/// repository. Commits are named by hash, abbreviation, link or range, with their repository where it is not clear;
/// --asked takes them from the notes, and tells which of them stay there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty pick server:3f2a91c web:77be01d         onto the next suffix of both
  pushduty pick --dry-run 3f2a91c                  does it apply?
  pushduty pick --asked                            all that is asked for and applies
  pushduty pick --asked server:3f2a91c             of what is asked for only this
  pushduty pick --drop 3f2a91c                     make the tag again without it
  pushduty pick --revert 3f2a91c                   take it back, on the tag only
  pushduty pick --onto production 3f2a91c          a hot-fix
  pushduty pick --resolve 3f2a91c                  finish a conflict by hand, then
  pushduty pick --continue")]
pub struct Args {
    /// The commits
    #[arg(value_name = "[REPO:]COMMIT")]
    commits: Vec<String>,
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// Take what is asked for in the notes: all that can be picked, or only the commits named
    #[arg(long, conflicts_with_all = ["onto", "resume", "abort"])]
    asked: bool,
    /// Make the tag again without this pick; may be repeated
    #[arg(long, value_name = "[REPO:]COMMIT")]
    drop: Vec<String>,
    /// Take this commit back on the tag only; may be repeated
    #[arg(long, value_name = "[REPO:]COMMIT")]
    revert: Vec<String>,
    /// Allow commits of upstream that are not on main
    #[arg(long)]
    off_main: bool,
    /// `production`: onto what users run, a hot-fix
    #[arg(long, value_name = "ENVIRONMENT", value_parser = ["production"], conflicts_with = "push")]
    onto: Option<String>,
    /// Open a work tree at the first conflict
    #[arg(long, conflicts_with_all = ["resume", "abort"])]
    resolve: bool,
    /// Take the work tree as it is now, and go on
    #[arg(long = "continue", conflicts_with_all = ["commits", "push", "drop", "revert", "off_main", "onto", "abort"])]
    resume: bool,
    /// Drop the work tree; nothing is published
    #[arg(long, conflicts_with_all = ["commits", "push", "drop", "revert", "off_main", "onto", "because"])]
    abort: bool,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<Reason>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

/// Plans, asks, picks; or opens, takes or drops a work tree for a conflict.
pub async fn run(args: &Args, session: &Session) -> Ended {
    session.header().await?;
    if args.abort {
        return abort(args, session).await;
    }
    if args.resume {
        return resume(args, session).await;
    }
    let wish = wish(args, session).await?;
    if args.resolve {
        return resolve(args, session, &wish).await;
    }
    let desk = session.desk().await?;
    let wish = Command::Pick(wish);
    let mut saw = args.bound.digest.clone();
    if !args.consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Cut(view) = plan.shown else { return Err(other_view().into()) };
        session.screen.show(&words::plan_pick(&view));
        if let Some(refusal) = plan.refusal {
            return Err(Ending { repos: view.repos.into(), ..refusal.into() });
        }
        let nothing = view.repos.iter().all(|r| r.outcome == OutcomeWord::Skipped);
        if args.consent.dry_run || nothing {
            session
                .screen
                .show(&[Line::new(), Line::of(Tone::Dim, format!("plan {}", view.digest))]);
            return session.document(view).await;
        }
        session.agree(&format!("Publish these tags of {}?", view.push)).await?;
        saw = saw.or(Some(view.digest));
    }
    let done = desk.carry(&wish, saw.as_deref()).await?;
    let Shown::Cut(view) = done.shown else { return Err(other_view().into()) };
    finish(session, view, done.refusal).await
}

async fn finish(session: &Session, view: CutView, failed: Option<Refusal>) -> Ended {
    session.screen.show(&words::plan_pick(&view));
    match failed {
        Some(refusal) => Err(Ending { repos: view.repos.into(), ..refusal.into() }),
        None => session.document(view).await,
    }
}

async fn resolve(args: &Args, session: &Session, wish: &PickWish) -> Ended {
    if args.consent.dry_run {
        return Err(usage(
            "--resolve opens a work tree; --dry-run without it shows the conflict".to_owned(),
        )
        .into());
    }
    match session.here(BY_HAND).await?.resolve(wish).await? {
        Some(opened) => tell_opened(session, &opened, None).await,
        None => {
            session.screen.show(&[Line::plain(
                "Everything applies; run the same command without --resolve.",
            )]);
            session.document(serde_json::json!({ "conflict": null })).await
        }
    }
}

async fn abort(args: &Args, session: &Session) -> Ended {
    let conductor = session.here(BY_HAND).await?;
    if !args.consent.dry_run {
        let tried = conductor.plan_abort()?.is_some_and(|open| open.tried);
        if !args.consent.yes {
            session.agree("Drop the work tree, with what was changed in it?").await?;
        }
        conductor.abort().await?;
        let line = if tried {
            Line::plain("The work tree is gone. What came of the try to publish it: ")
                .put(Tone::Link, "pushduty status")
        } else {
            Line::plain("The work tree is gone; nothing was published.")
        };
        session.screen.show(&[line]);
        return session.document(serde_json::json!({ "aborted": true })).await;
    }
    let Some(open) = conductor.plan_abort()? else {
        session
            .screen
            .show(&[Line::plain("The note of a conflict, which can't be read, would be dropped.")]);
        return session.document(serde_json::json!({ "aborted": false })).await;
    };
    let dir = open.tree.dir.display().to_string();
    let mut lines = vec![
        Line::plain(
            "Would be dropped, with what was changed in it: the work tree at the conflict of ",
        )
        .put(Tone::Dim, open.conflict.step.commit.short())
        .text(format!(" {} in {}:", open.conflict.subject, open.repo)),
        Line::plain("  ").put(Tone::Link, &dir),
    ];
    lines.extend(open.resolved.iter().map(|one| {
        Line::plain("  and what was resolved before of ")
            .put(Tone::Dim, one.step.commit.short())
            .text(format!(" in {}", one.repo))
    }));
    session.screen.show(&lines);
    let resolved: Vec<_> = open.resolved.iter().map(|one| &one.step.commit).collect();
    session
        .document(serde_json::json!({
            "aborted": false, "repo": open.repo, "dir": dir, "conflict": open.conflict, "resolved": resolved
        }))
        .await
}

async fn resume(args: &Args, session: &Session) -> Ended {
    let conductor = session.here(BY_HAND).await?;
    let mut saw = args.bound.digest.clone();
    if !args.consent.yes {
        let planned = conductor.plan_resume(args.because.as_ref()).await?;
        let view = conductor.pick_plan_view(&planned);
        session.screen.show(&words::plan_pick(&view));
        if args.consent.dry_run {
            if let Some(refusal) = planned.plan.refusal() {
                return Err(Ending { repos: view.repos.into(), ..refusal.clone().into() });
            }
            let line = Line::of(Tone::Dim, format!("plan {}", view.digest));
            session.screen.show(&[Line::new(), line]);
            return session.document(view).await;
        }
        // One more conflict is opened without a question, and a work tree closed of which all is there: nothing is published.
        if planned.plan.refusal().is_none() && !planned.plan.is_nothing() {
            session.agree(&format!("Publish these tags of {}?", view.push)).await?;
            saw = saw.or(Some(view.digest));
        }
    }
    match conductor.resume(args.because.as_ref(), saw.as_deref()).await? {
        Err(next) => {
            let refusal = Refusal::new(Code::Conflict, next_conflict(&next), "");
            tell_opened(session, &next, Some(refusal)).await
        }
        Ok(done) => {
            let view = conductor.pick_view(&done);
            finish(session, view, done.refused.or_else(|| outcome::failure(&done.carried))).await
        }
    }
}

fn next_conflict(next: &Opened) -> &'static str {
    match next.conflict.step.kind {
        _ if next.is_overtaken() => "what was resolved is in conflict with a tag made meanwhile",
        StepKind::Revert => "the next commit can't be taken back without a conflict either",
        _ => "the next commit does not apply either",
    }
}

/// Exact instructions: where the work tree is, what is in conflict, and how to go on. With what the run fails with, where it
/// was to do more than open.
async fn tell_opened(session: &Session, opened: &Opened, refusal: Option<Refusal>) -> Ended {
    let dir = opened.tree.dir.display().to_string();
    let of = match opened.conflict.step.kind {
        _ if opened.is_overtaken() => {
            "A tag was made meanwhile; a work tree is open where it conflicts with what was made of "
        }
        StepKind::Revert => "A work tree is open at the conflict of taking back ",
        _ => "A work tree is open at the conflict of ",
    };
    let mut lines = vec![
        Line::plain(of)
            .put(Tone::Dim, opened.conflict.step.commit.short())
            .text(format!(" {} in {}:", opened.conflict.subject, opened.repo)),
        Line::plain("  ").put(Tone::Link, &dir),
    ];
    lines.extend(
        opened
            .conflict
            .files
            .iter()
            .map(|(path, what)| Line::plain("    ").text(path).put(Tone::Dim, format!("  {what}"))),
    );
    lines.push(Line::plain(
        "Edit these files until no marker is left; `git add` or `git rm` what has none. Then:",
    ));
    lines.push(
        Line::plain("  ")
            .put(Tone::Link, "pushduty pick --continue")
            .put(Tone::Dim, "    or --abort"),
    );
    session.screen.show(&lines);
    let body = serde_json::json!({ "repo": opened.repo, "dir": dir, "conflict": opened.conflict });
    session.judged(body, refusal).await
}

async fn wish(args: &Args, session: &Session) -> Result<PickWish, Ending> {
    let desk = session.desk().await?;
    let settings = desk.settings();
    Ok(PickWish {
        push: args.push,
        picks: named::commits(settings, &args.commits)?,
        asked: args.asked,
        drop: named::commits(settings, &args.drop)?,
        revert: named::commits(settings, &args.revert)?,
        off_main: args.off_main,
        onto_production: args.onto.is_some(),
        because: args.because.clone(),
    })
}
