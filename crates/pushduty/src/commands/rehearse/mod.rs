//! `rehearse`: the next push of a train, played on copies of its remotes before it happens.

mod by_hand;
mod cast;
mod copies;
mod cut;
mod hot_fix;
mod land;
mod midweek;
mod moments;
mod place;
mod plan;
mod push_day;
mod retag;
mod week;

use std::path::PathBuf;

use conductor::ports::Clock;
use conductor::view::{Document, Moment, SCHEMA};
use serde::Serialize;

use self::plan::{Copied, Plan};
use self::week::Played;
use crate::config::rehearsal::{self, Standing};
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session};
use crate::stage::outcome::{self, TagView};
use crate::stage::{Crew, Player, Sandbox, Step, sandbox};

/// Play your next push before it happens, on copies of your remotes
///
/// Copies the remotes of the configuration into a folder of its own, and lets your people do their next week there by the
/// commands of this program: cut, stage, an ask and its pick, a blocker that another tag mends, a conflict that is finished
/// by hand, a hot-fix, sign-offs, production, mail and topic. The clock is a rehearsal's, and a pretend crew answers for
/// your services on loopback.
///
/// Your remotes are read, and nothing of yours is written: not them, not your ledger, not your data. No program of the
/// configuration is run, neither one that deploys nor a gate of your own; no service, monitor or calendar at an address is
/// asked; what is announced goes to files in that folder. Security remotes are copied for those alone who hold the security
/// role by name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty rehearse
  pushduty rehearse --dry-run                 what would be copied, and what is not set up
  pushduty rehearse --keep ~/rehearsal        go on by hand afterwards
  pushduty rehearse --train web --json")]
pub struct Args {
    /// Make the sandbox in this new or empty folder, and leave it
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Tell what would be copied; copy and play nothing
    #[arg(long)]
    dry_run: bool,
}

/// The document's body; nothing is played with --dry-run.
#[derive(Serialize)]
struct RehearseView {
    train: String,
    push: Option<String>,
    hero: Option<String>,
    copied: Vec<Copied>,
    not_set_up: Vec<String>,
    left_out: Vec<String>,
    steps: Vec<Step>,
    tags: Vec<TagView>,
    kept: Option<String>,
}

/// Tells what it is going to do; copies, plays, and shows what came of it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let mut plan = Plan::of(session).await?;
    if let Some(dir) = &args.keep {
        sandbox::may_keep(dir)?;
    }
    session.screen.show(&opening(&plan, args.dry_run));
    if args.dry_run {
        return tell(session, &plan, None, None);
    }
    let sandbox = Sandbox::new("rehearsal", args.keep.as_deref())?;
    copies::make(&mut plan, &sandbox, session).await?;
    let crew = furnish(&plan, &sandbox).await?;
    let played = week::play(&plan, &sandbox, &crew, session).await?;
    session.screen.show(&outcome::left("What left", &played.tags));
    session.screen.show(&closing(&plan, &played.player)?);
    let kept = sandbox.stays().then(|| sandbox.dir().display().to_string());
    tell(session, &plan, Some(played), kept)
}

/// The configuration of the rehearsal, and the crew that it names.
async fn furnish(plan: &Plan, sandbox: &Sandbox) -> Result<Crew, Ending> {
    let crew = Crew::start(plan.posts(sandbox)).await?;
    for file in rehearsal::borrowed(&plan.loaded) {
        // One that can't be read is told of where it is needed, as in the real week.
        let _ = rehearsal::lend(&file, sandbox.dir());
    }
    let twins = plan.twins();
    let standing = Standing {
        twins: &twins,
        version: &|environment, service| Crew::address(crew.port, environment, service),
        nowhere: "https://rehearsal.invalid/?from={start}&to={end}",
    };
    sandbox.write(crate::config::FILE, &rehearsal::derived(&plan.loaded, &standing)?)?;
    Ok(crew)
}

fn tell(session: &Session, plan: &Plan, played: Option<Played<'_>>, kept: Option<String>) -> Ended {
    let (push, hero, steps, tags) = match played {
        Some(Played { push, hero, player, tags }) => (Some(push), Some(hero), player.steps, tags),
        None => (None, None, Vec::new(), Vec::new()),
    };
    let body = RehearseView {
        train: plan.loaded.settings.train.to_string(),
        push,
        hero,
        copied: plan.copied.clone(),
        not_set_up: plan.not_set_up.clone(),
        left_out: plan.left_out.clone(),
        steps,
        tags,
        kept,
    };
    let zone = plan.loaded.settings.timetable.zone();
    let as_of = Moment::new(session.clock().now(), zone);
    session.screen.document(&Document { schema: SCHEMA, as_of, rehearsal: true, body });
    Ok(())
}

fn opening(plan: &Plan, dry: bool) -> Vec<Line> {
    let train = &plan.loaded.settings.train;
    let title = Line::of(Tone::Strong, format!("The next push of {train}, before it happens"));
    let text = [
        "Your remotes are copied, and only the copies are changed. Your ledger and data are not opened,",
        "no program of yours is run, and nobody is told anything. The clock is set by hand, which makes",
        "the record a rehearsal for ever.",
    ];
    let mut lines = vec![title, Line::new()];
    lines.extend(text.map(Line::plain));
    let copied = if dry { "Would be copied:" } else { "These are copied:" };
    lines.extend([Line::new(), Line::of(Tone::Strong, copied)]);
    let row = |(name, url): (String, String)| {
        vec![Line::of(Tone::Strong, name), Line::of(Tone::Link, url)]
    };
    lines.extend(columns(2, plan.sources().into_iter().map(row).collect()));
    lines.extend(listed("Left out of a rehearsal:", &plan.left_out));
    lines.extend(listed("Not set up, so nothing is shown of it:", &plan.not_set_up));
    lines.push(Line::new());
    lines
}

fn listed(title: &str, all: &[String]) -> Vec<Line> {
    if all.is_empty() {
        return Vec::new();
    }
    let one = |what: &String| Line::of(Tone::Dim, "  · ").text(what);
    let head = [Line::new(), Line::of(Tone::Strong, title)];
    head.into_iter().chain(all.iter().map(one)).collect()
}

fn closing(plan: &Plan, player: &Player<'_>) -> Result<Vec<Line>, Ending> {
    if player.sandbox.stays() {
        let mut lines = outcome::go_on(player, &player.who())?;
        let channels = &plan.loaded.later.channels;
        lines.extend(channels.iter().map(|channel| {
            let file = rehearsal::told(&channel.name);
            Line::plain(format!("  {} was told: ", channel.name)).put(Tone::Link, file)
        }));
        return Ok(lines);
    }
    Ok(vec![
        Line::plain("The copies are gone, and nothing of yours was touched. Next:"),
        outcome::typed("pushduty rehearse --keep DIR")
            .put(Tone::Dim, "   the same, to go on by hand"),
        outcome::typed("pushduty check")
            .put(Tone::Dim, "                 whether the real things are ready"),
    ])
}
