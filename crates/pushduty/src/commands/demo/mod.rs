//! `demo`: a week on real git, played before one's eyes.

mod by_hand;
mod cast;
mod landed;
mod story;
mod thursday;
mod world;

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

/// Builds the sandbox, plays the days, shows what came of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let sandbox = Sandbox::new("demo", args.keep.as_deref())?;
    world::furnish(&sandbox).await?;
    let crew = Crew::start(world::posts(&sandbox)).await?;
    world::configure(&sandbox, crew.port)?;
    session.screen.show(&opening());
    let play = Play {
        name: "demo",
        day: date(2026, 11, 23),
        zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
        who: cast::MARA.to_owned(),
    };
    let mut player = Player::new(&sandbox, &session.screen, play);
    story::monday(&mut player).await?;
    story::tuesday(&mut player).await?;
    story::wednesday(&mut player, &crew).await?;
    thursday::thursday(&mut player, &crew).await?;
    let tags = outcome::resulting(&player, PUSH, world::aboard(&sandbox)).await?;
    session.screen.show(&outcome::left("What left on Thursday", &tags));
    session.screen.show(&next(&player)?);
    let kept = sandbox.stays().then(|| sandbox.dir().display().to_string());
    let as_of = Moment::new(session.clock().now(), TimeZone::UTC);
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
