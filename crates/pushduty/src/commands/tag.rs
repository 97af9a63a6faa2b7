//! `tag`: cut a push.

use std::collections::BTreeSet;

use conductor::carry::{Beside, Shown};
use conductor::view::{CutView, MergeView, MergedRepo};
use train::command::{Command, TagWish};
use train::id::RepoName;
use train::reason::Reason;

use super::named::{self, When};
use super::security::told::{done, told};
use crate::desk::other_view;
use crate::options::{Bound, Consent};
use crate::screen::{Line, Tone};
use crate::session::{Ended, Ending, Session, usage};
use crate::words;

/// What says nothing beside --settle.
const SETTLES_ALONE: [&str; 13] = [
    "push",
    "repos",
    "at",
    "from",
    "pick",
    "stay",
    "again",
    "off_cycle",
    "without_security",
    "with_security",
    "leave",
    "because",
    "digest",
];

/// Why a server is not asked to settle.
const SETTLES_ITSELF: &str =
    "it settles what a run left open by itself, each round and before the next wish";

/// Cut a push: tag every repository with the push's date
///
/// Looks at every upstream, plans a tag for each repository, shows the plan, and after one yes pushes all tags at once.
/// It tags main, for the next push that is not cut; every push is named by the date it is to reach production.
/// A tag is never moved: another cut of the same push makes the next suffix.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty tag --dry-run                           what would be tagged, and why
  pushduty tag                                     cut the next push
  pushduty tag --stay web --because \"nothing new\"  web keeps its production tag
  pushduty tag --at server:3f2a91c                 an older commit of main
  pushduty tag --from server:2026.11.19 --pick server:3f2a91c   when main can't go
  pushduty tag --again --because \"kick the build\"  the next suffix
  pushduty tag --settle                            after a run that was interrupted")]
pub struct Args {
    /// The push, by its date; the next one that is not cut by default
    #[arg(long, value_name = "DATE|today", value_parser = named::when)]
    push: Option<When>,
    /// Only this repository; may be repeated
    #[arg(long = "repo", value_name = "REPO")]
    repos: Vec<RepoName>,
    /// Tag this commit of main instead of its tip
    #[arg(long, value_name = "[REPO:]COMMIT")]
    at: Vec<String>,
    /// Start from this tag, when main can't go
    #[arg(long, value_name = "[REPO:]TAG", requires = "pick")]
    from: Vec<String>,
    /// Put this commit on it; may be repeated
    #[arg(long, value_name = "[REPO:]COMMIT", requires = "from")]
    pick: Vec<String>,
    /// Let this repository keep its production tag; may be repeated
    #[arg(long, value_name = "REPO")]
    stay: Vec<RepoName>,
    /// Make the next suffix, though there is a tag
    #[arg(long)]
    again: bool,
    /// Allow a date off the schedule
    #[arg(long)]
    off_cycle: bool,
    /// Leave reviewed security branches out; needs --because
    #[arg(long, requires = "because", conflicts_with = "with_security")]
    without_security: bool,
    /// Merge reviewed security branches first, in the same run
    #[arg(long, conflicts_with_all = ["at", "from"])]
    with_security: bool,
    /// Allow this pick of production to be missing; may be repeated
    #[arg(long, value_name = "[REPO:]COMMIT", requires = "because")]
    leave: Vec<String>,
    /// Only settle what an interrupted run left open; nothing new is cut
    #[arg(long, conflicts_with_all = SETTLES_ALONE)]
    settle: bool,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<Reason>,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    bound: Bound,
}

/// Plans, asks, cuts.
pub async fn run(args: &Args, session: &Session) -> Ended {
    if args.settle {
        return settle(args, session).await;
    }
    let wish = Command::Tag(wish(args, session).await?);
    let desk = session.desk().await?;
    session.header().await?;
    let mut saw = args.bound.digest.clone();
    if !args.consent.yes {
        let plan = desk.plan(&wish).await?;
        let Shown::Cut(view) = plan.shown else { return Err(other_view().into()) };
        session.screen.show(&words::plan_tag(&view, plan.beside.hero.as_deref()));
        session.screen.show(&merged_first(&view, &plan.beside));
        if let Some(refusal) = plan.refusal {
            return Err(Ending { repos: view.repos.into(), ..refusal.into() });
        }
        if args.consent.dry_run || !plan.changes {
            session
                .screen
                .show(&[Line::new(), Line::of(Tone::Dim, format!("plan {}", view.digest))]);
            return match plan.unknown {
                Some(why) => Err(Ending { repos: view.repos.into(), ..why.into() }),
                None => session.document(view).await,
            };
        }
        let merge = if view.merges.is_empty() { "Cut" } else { "Merge into upstream and cut" };
        session.agree(&format!("{merge} {}?", view.push)).await?;
        saw = saw.or(Some(view.digest));
    }
    let done = desk.carry(&wish, saw.as_deref()).await?;
    let Shown::Cut(view) = done.shown else { return Err(other_view().into()) };
    show(session, &view, args.consent.yes);
    if let Some(refusal) = done.refusal {
        return Err(Ending { repos: view.repos.into(), ..refusal.into() });
    }
    session.document(view).await?;
    if let Err(refusal) = desk.has_read(&wish).await {
        // The tags are there and told of; only a wish in the same words will be taken for this one once more.
        session.screen.tell(&Line::of(Tone::Odd, "◆ ").text(&refusal.message));
    }
    Ok(())
}

/// Shows what is open, asks, settles it.
async fn settle(args: &Args, session: &Session) -> Ended {
    let conductor = session.here(SETTLES_ITSELF).await?;
    session.header().await?;
    let open = conductor.unsettled(&*conductor.state().await?);
    if open.is_empty() {
        return told(session, done(&[], None)).await;
    }
    let what = "an earlier run was interrupted: what it began is looked for, and done where it is not there";
    session.screen.show(
        &open
            .iter()
            .map(|repo| Line::of(Tone::Strong, repo.as_str()).text(format!("  {what}.")))
            .collect::<Vec<_>>(),
    );
    if args.consent.dry_run {
        let repos = open.into_iter().map(|repo| MergedRepo::planned(repo, None)).collect();
        return session.document(MergeView { digest: None, repos, command: None }).await;
    }
    if !args.consent.yes {
        session.agree("Settle it?").await?;
    }
    let (carried, remarks) = conductor.settle().await?;
    let remark = |remark: &String| Line::of(Tone::Odd, "◆ ").text(words::sentence(remark));
    session.screen.show(&remarks.iter().map(remark).collect::<Vec<_>>());
    told(session, done(&carried, None)).await
}

/// What `--with-security` makes public before the cut, with the difference.
fn merged_first(view: &CutView, beside: &Beside) -> Vec<Line> {
    let mut lines = Vec::new();
    for (merge, diff) in view.merges.iter().zip(&beside.diffs) {
        lines.extend([Line::new(), Line::plain("Merged first, and public from then on:")]);
        let merge = MergeView { digest: None, repos: vec![merge.clone()], command: None };
        lines.extend(words::merge_plan(&merge, std::slice::from_ref(diff)));
    }
    lines
}

/// Shows what came of it; with --yes the plan was not shown, so its remarks come now.
fn show(session: &Session, view: &CutView, unseen: bool) {
    session.screen.show(&if unseen { words::plan_tag(view, None) } else { words::result(view) });
}

async fn wish(args: &Args, session: &Session) -> Result<TagWish, Ending> {
    let desk = session.desk().await?;
    let settings = desk.settings();
    let repos: BTreeSet<RepoName> = args.repos.iter().cloned().collect();
    let stay: BTreeSet<RepoName> = args.stay.iter().cloned().collect();
    let aboard = |repo: &RepoName| repos.is_empty() || repos.contains(repo);
    if let Some(both) = stay.iter().find(|repo| !aboard(repo)) {
        return Err(usage(format!(
            "--stay {both} is not among the repositories that --repo names"
        ))
        .into());
    }
    let push = match args.push {
        Some(When::Today) => Some(desk.today().await?),
        Some(When::On(date)) => Some(date),
        None => None,
    };
    Ok(TagWish {
        push,
        repos,
        at: named::by_repo(&args.at)?,
        from: named::by_repo(&args.from)?,
        picks: named::commits(settings, &args.pick)?,
        stay,
        again: args.again,
        off_cycle: args.off_cycle || args.push == Some(When::Today),
        without_security: args.without_security,
        with_security: args.with_security,
        leave: named::commits(settings, &args.leave)?,
        because: args.because.clone(),
    })
}
