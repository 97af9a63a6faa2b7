//! `demo`: a week on real git, played before one's eyes.

mod by_hand;
mod cast;
mod goals;
mod landed;
mod served;
mod story;
mod thursday;
mod world;

use std::net::SocketAddr;
use std::path::PathBuf;

use conductor::ports::Clock;
use conductor::view::{Document, Moment, SCHEMA};
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session};
use crate::stage::outcome::{self, TagView};
use crate::stage::player::Play;
use crate::stage::{Crew, Player, Sandbox, Step};

/// Play a push from Monday to Thursday on real git, in a sandbox
///
/// Makes bare remotes in a temporary folder, a pretend operations crew that deploys tags to stage over HTTP, and lets a
/// team of six do its week with the commands of this program, on a rehearsal's clock: a cut, picks, a conflict that is
/// finished by hand, a hot-fix, a blocker, sign-offs, production. Nothing of yours is read or touched, and nothing is left
/// behind unless --keep says so. `pushduty rehearse` does the same with your own configuration.
///
/// With --serve the week is played in the browser, scene by scene, by a server on this machine: one looks as anybody of the
/// team, and acts with the forms of the product. It ends on an interrupt.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty demo
  pushduty demo --keep ~/train       go on by hand afterwards
  pushduty demo --serve              in the browser, with parts to try
  pushduty demo --serve --no-open --listen 127.0.0.1:8080")]
pub struct Args {
    /// Play it in the browser
    #[arg(long)]
    serve: bool,
    /// Where the browser reaches it, on this machine alone; 127.0.0.1:7381 by default, or a free port where that is taken
    #[arg(long, value_name = "ADDRESS", requires = "serve")]
    listen: Option<SocketAddr>,
    /// Open no browser, only show the link
    #[arg(long, requires = "serve")]
    no_open: bool,
    /// Wait for a click before each scene, from the first one on
    #[arg(long, requires = "serve")]
    paused: bool,
    /// The process sees nothing of the machine's git configuration any more
    #[arg(long, hide = true, requires = "serve")]
    sealed: bool,
    /// Make the sandbox in this new or empty folder, and leave it
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Args {
    /// Whether it is played before visitors until it is told to end.
    pub fn serves(&self) -> bool {
        self.serve
    }
}

/// The push that is played.
const PUSH: &str = "2026.11.26";

#[derive(Serialize)]
struct DemoView {
    steps: Vec<Step>,
    tags: Vec<TagView>,
    kept: Option<String>,
}

/// Builds the sandbox, plays the days, shows what came of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    if args.serve {
        return served::run(args, session).await;
    }
    let (sandbox, crew) = furnished(args).await?;
    session.screen.show(&opening());
    let mut player = Player::new(&sandbox, &session.screen, play());
    week(&mut player, &crew).await?;
    let tags = outcome::resulting(&player, PUSH, world::aboard(&sandbox)).await?;
    session.screen.show(&outcome::left("What left on Thursday", &tags));
    session.screen.show(&next(&player)?);
    let kept = sandbox.stays().then(|| sandbox.dir().display().to_string());
    let as_of = Moment::new(session.clock().now(), TimeZone::UTC);
    let body = DemoView { steps: player.steps, tags, kept };
    session.screen.document(&Document { schema: SCHEMA, as_of, rehearsal: true, body });
    Ok(())
}

/// The sandbox, with everything in it as it is on Monday morning.
async fn furnished(args: &Args) -> Result<(Sandbox, Crew), Ending> {
    let sandbox = Sandbox::new("demo", args.keep.as_deref())?;
    world::furnish(&sandbox).await?;
    let crew = Crew::start(world::posts(&sandbox)).await?;
    world::configure(&sandbox, crew.port)?;
    Ok((sandbox, crew))
}

fn play() -> Play {
    Play {
        name: "demo",
        day: date(2026, 11, 23),
        zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
        who: cast::MARA.to_owned(),
    }
}

/// Monday to Thursday.
async fn week(player: &mut Player<'_>, crew: &Crew) -> Result<(), Ending> {
    story::monday(player).await?;
    story::tuesday(player).await?;
    story::wednesday(player, crew).await?;
    thursday::thursday(player, crew).await
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

/// How to go on.
fn next(player: &Player<'_>) -> Result<Vec<Line>, Ending> {
    if player.sandbox.stays() {
        return outcome::go_on(player, cast::THEO);
    }
    Ok(vec![
        Line::plain("The sandbox is gone. Next:"),
        outcome::typed("pushduty demo --keep DIR").put(Tone::Dim, "   the same, to go on by hand"),
        outcome::typed("pushduty init URL…").put(Tone::Dim, "         your own repositories"),
        outcome::typed("pushduty rehearse")
            .put(Tone::Dim, "          your own week, on copies of them"),
    ])
}
