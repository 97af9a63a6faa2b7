//! `demo`: a week on real git, played before one's eyes.

mod crew;
mod landed;
mod player;
mod story;
mod stream;
mod thursday;
mod world;

use std::path::PathBuf;

use conductor::ports::Clock;
use conductor::view::{Document, Moment, SCHEMA};
use serde::Serialize;

use self::crew::Crew;
use self::landed::REPOS;
use self::player::{Player, Step};
use self::world::World;
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session};

/// Play a push from Monday to Thursday on real git, in a sandbox
///
/// Makes bare remotes in a temporary folder, a pretend operations crew that deploys tags to stage over HTTP, and lets a
/// team of six do its week with the commands of this program, on a rehearsal's clock. Nothing of yours is read or
/// touched, and nothing is left behind unless --keep says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty demo
  pushduty demo --keep ~/train       go on by hand afterwards")]
pub struct Args {
    /// Make the sandbox in this new or empty folder, and leave it
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// The push that is played.
const PUSH: &str = "2026.11.26";

#[derive(Serialize)]
struct DemoView {
    steps: Vec<Step>,
    tags: Vec<TagView>,
    kept: Option<String>,
}

#[derive(Serialize)]
struct TagView {
    repo: &'static str,
    tag: String,
    before: Vec<String>,
    commit: String,
    compare_url: Option<String>,
}

/// Builds the sandbox, plays the days, shows what came of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let world = World::new(args.keep.as_deref())?;
    world.furnish().await?;
    let crew = Crew::start(&world).await?;
    world.configure(crew.port)?;
    session.screen.show(&opening());
    let mut player = Player::new(&world, &session.screen);
    story::monday(&mut player).await?;
    story::tuesday(&mut player).await?;
    story::wednesday(&mut player).await?;
    thursday::thursday(&mut player, &crew).await?;
    let tags = resulting(&player).await?;
    session.screen.show(&closing(&tags));
    session.screen.show(&next(&player)?);
    let kept = world.stays().then(|| world.dir().display().to_string());
    let as_of = Moment::new(session.clock().now(), jiff::tz::TimeZone::UTC);
    let body = DemoView { steps: player.steps, tags, kept };
    session.screen.document(&Document { schema: SCHEMA, as_of, rehearsal: true, body });
    Ok(())
}

fn opening() -> Vec<Line> {
    let text = [
        "Three repositories leave together on Thursday: server, with a private security twin,",
        "frontend and worker. They are real git remotes in a sandbox; stage and production answer",
        "over real HTTP; every command is this program, run as you would run it. Only the clock is",
        "set by hand, which makes the record a rehearsal for ever.",
    ];
    let mut lines = vec![Line::of(Tone::Strong, "A push, from Monday to Thursday"), Line::new()];
    lines.extend(text.map(Line::plain));
    lines.push(Line::new());
    let cast = [
        ("mara", "push hero of the week"),
        ("noor, theo", "developers"),
        ("iris", "reviews security fixes"),
        ("quinn", "QA"),
        ("otto", "brings the push to production"),
        ("the crew", "deploys every new tag to stage"),
    ];
    let row = |(who, what)| vec![Line::of(Tone::Strong, who), Line::of(Tone::Dim, what)];
    lines.extend(columns(2, cast.map(row).to_vec()));
    lines
}

/// The newest tag of each repository, with the link that status gives.
async fn resulting(player: &Player<'_>) -> Result<Vec<TagView>, Ending> {
    let status = player.asks(&["status", "--push", PUSH]).await?;
    let mut tags = Vec::new();
    for repo in REPOS {
        let mut all = player.world.tags(repo).await?;
        let (tag, commit) = all.pop().unwrap_or_default();
        let shown = status["repos"].as_array().into_iter().flatten().find(|r| r["name"] == repo);
        player.must(
            shown.is_some_and(|r| r["tag"] == tag.as_str()),
            &format!("the tag of {repo} is not {tag}, which its remote has"),
        )?;
        let link = shown.and_then(|r| r["compare_url"].as_str()).map(str::to_owned);
        let of_this = |(tag, _): (String, String)| Some(tag).filter(|t| t.starts_with(PUSH));
        let before = all.into_iter().filter_map(of_this).collect();
        tags.push(TagView { repo, tag, before, commit, compare_url: link });
    }
    Ok(tags)
}

fn closing(tags: &[TagView]) -> Vec<Line> {
    let row = |tag: &TagView| {
        vec![
            Line::of(Tone::Strong, tag.repo),
            Line::of(Tone::Tag, &tag.tag),
            Line::of(Tone::Link, tag.compare_url.as_deref().unwrap_or("")),
            Line::of(Tone::Dim, before(tag)),
        ]
    };
    let title = Line::of(Tone::Strong, "What left on Thursday");
    let mut lines = vec![Line::new(), Line::new(), title, Line::new()];
    lines.extend(columns(2, tags.iter().map(row).collect()));
    lines.push(Line::new());
    lines
}

/// What a repository's newest tag follows.
fn before(tag: &TagView) -> String {
    if tag.before.is_empty() {
        "stays".to_owned()
    } else {
        format!("after {}", tag.before.join(", "))
    }
}

/// How to go on.
fn next(player: &Player<'_>) -> Result<Vec<Line>, Ending> {
    let command = |text: &str| Line::plain("  ").put(Tone::Link, text);
    if !player.world.stays() {
        return Ok(vec![
            Line::plain("The sandbox is gone. Next:"),
            command("pushduty demo --keep DIR").put(Tone::Dim, "   the same, to go on by hand"),
            command("pushduty init URL…").put(Tone::Dim, "         your own repositories"),
        ]);
    }
    let dir = player.world.dir().display().to_string();
    player.world.leave_surroundings(&player.now())?;
    Ok(vec![
        Line::plain("Everything is in ")
            .put(Tone::Link, &dir)
            .text(": configuration, remotes, state. Go on as theo:"),
        command(&format!("cd {dir} && . ./surroundings")),
        command("pushduty status"),
        command("pushduty log"),
        Line::of(Tone::Dim, "The crew has gone home: stage and production no longer answer."),
    ])
}
