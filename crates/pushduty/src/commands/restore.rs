//! `restore`: a backup becomes the data folder.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure};
use conductor::ports::Clock;
use jiff::Timestamp;
use serde::Serialize;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::keeping::{self, Alone, Kept, Keys, Manifest, Opened, Outcome};
use crate::options::Consent;
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Session};

/// Put a backup back as the data folder
///
/// Into a folder that is empty or not there. The backup is held against its digest, unpacked beside and every ledger in it
/// proven before anything is in its place. Repositories are fetched again by the next command. Nobody is let in by what let
/// them in when it was made.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty restore /backups/pushduty.tar --dry-run
  pushduty restore /backups/pushduty.tar
  pushduty restore /backups/pushduty.tar --force     what is there is moved aside")]
pub struct Args {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Move what is in the data folder aside, into a folder in it
    #[arg(long)]
    force: bool,
    /// Bring links, sessions and tokens back too, those that were revoked since among them
    #[arg(long)]
    with_sessions: bool,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Serialize)]
struct RestoreView<'a> {
    outcome: Outcome,
    data: &'a Path,
    made_at: Timestamp,
    made_by: &'a str,
    trains: &'a [Kept],
    configuration: Option<PathBuf>,
    sessions: bool,
    before: Option<PathBuf>,
}

/// Restores.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let data = session.all_data()?;
    is_free(&data, args.force)?;
    let mut opened = keeping::opened(&args.file).await?;
    let keys = if args.with_sessions { Keys::Kept } else { Keys::Dropped };
    session.screen.show(&contents(&opened));
    if args.consent.dry_run {
        session.trainless(view(&opened.manifest, &data, keys, Outcome::Planned, None));
        return Ok(());
    }
    if !args.consent.yes {
        session.agree(&format!("Put it back as {}?", quoted(&data.to_string_lossy()))).await?;
    }
    let made = made(&data)?;
    let alone = Alone::of(&data)?;
    let done = placed(&mut opened, &data, keys, args.force, &alone, session).await;
    let before = match done {
        Ok(before) => before,
        Err(failure) => {
            drop(alone);
            if made {
                // What is in it is a lock, and nothing else.
                let _ = std::fs::remove_dir_all(&data);
            }
            return Err(failure.into());
        }
    };
    session.screen.show(&afterwards(&opened, &data, keys, before.as_deref()));
    session.trainless(view(&opened.manifest, &data, keys, Outcome::Done, before));
    Ok(())
}

/// Refuses a folder that is in use, as far as can be seen from what is in it.
fn is_free(data: &Path, force: bool) -> Result<(), Failure> {
    let io = |e: &std::io::Error| failure::io("the data folder can't be read", e);
    let others = keeping::others(data).map_err(|e| io(&e))?;
    if others.is_empty() || force {
        return Ok(());
    }
    let what = format!("{} is not empty", quoted(&data.to_string_lossy()));
    let hint =
        "name another folder with --data DIR, or have what is there moved aside with --force";
    Err(Refusal::new(Code::Refused, what, hint))
}

/// Makes the folder where there is none; whether it was made.
fn made(data: &Path) -> Result<bool, Failure> {
    if data.is_dir() {
        return Ok(false);
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map(|()| true).map_err(|e| failure::io("the data folder can't be made", &e))
}

async fn placed(
    opened: &mut Opened,
    data: &Path,
    keys: Keys,
    force: bool,
    alone: &Alone,
    session: &Session,
) -> Result<Option<PathBuf>, Failure> {
    // Somebody may have begun there while a person was asked.
    is_free(data, force)?;
    session.progress().remark("unpacking and proving the backup");
    let staged = keeping::staged(opened, data, keys, alone).await?;
    keeping::put_back(staged, data, alone, session.clock().now())
}

fn view<'a>(
    manifest: &'a Manifest,
    data: &'a Path,
    keys: Keys,
    outcome: Outcome,
    before: Option<PathBuf>,
) -> RestoreView<'a> {
    RestoreView {
        outcome,
        data,
        made_at: manifest.made_at,
        made_by: &manifest.made_by,
        trains: &manifest.trains,
        configuration: manifest.configuration.then(|| data.join(crate::config::FILE)),
        sessions: keys == Keys::Kept,
        before,
    }
}

/// What is in it, before a yes.
fn contents(opened: &Opened) -> Vec<Line> {
    let Manifest { made_at, made_by, trains, .. } = &opened.manifest;
    let rows = trains.iter().map(|kept| {
        let last = kept.last_entry_at.map_or_else(|| "none".to_owned(), |at| at.to_string());
        vec![
            Line::of(Tone::Strong, &kept.name),
            Line::plain(format!("{} entries", kept.entries)),
            Line::of(Tone::Dim, format!("the last at {last}")),
        ]
    });
    let first = format!("A backup of {made_at}, made by pushduty {made_by}:");
    std::iter::once(Line::plain(first)).chain(columns(2, rows.collect())).collect()
}

/// What a person must know of a record that was set back.
fn afterwards(opened: &Opened, data: &Path, keys: Keys, before: Option<&Path>) -> Vec<Line> {
    let shown = |path: &Path| quoted(&path.to_string_lossy()).clone();
    let has = |part: &str| opened.members.iter().any(|member| member.path.contains(part));
    let mut lines = vec![
        Line::of(Tone::Good, "✓ ").text(format!("{} is as it was then.", shown(data))),
        Line::plain(format!(
            "Whatever was done after {} is not in its record.",
            opened.manifest.made_at
        )),
        Line::plain(
            "Where something was published since, the fence on the remote is ahead, and nothing is published before \
             `pushduty adopt --because TEXT` takes the train over; `pushduty verify` tells what differs.",
        ),
        Line::plain("Let nothing run on any other copy of this folder from now on."),
    ];
    match keys {
        Keys::Dropped if has("accounts.db") => lines.push(Line::plain(
            "Links, sessions and tokens were dropped: `pushduty serve --link NAME` lets somebody in.",
        )),
        Keys::Dropped => {}
        Keys::Kept => lines.push(Line::of(
            Tone::Odd,
            "Links, sessions and tokens are back, those that were revoked since among them.",
        )),
    }
    if opened.manifest.configuration {
        let place = shown(&data.join(crate::config::FILE));
        lines.push(Line::plain(format!(
            "The configuration as it was is {place}: it is not in force."
        )));
    }
    if has("/deploys/") {
        lines.push(Line::plain(
            "A deploy that had no end then counts as ended in a way that nobody knows; it is not begun again.",
        ));
    }
    if has("/scratch.brought/") {
        lines.push(Line::plain(
            "A conflict was being resolved by hand: its files are in scratch.brought of the train's folder; begin it \
             again with `pushduty pick --resolve`.",
        ));
    }
    if let Some(before) = before {
        lines.push(Line::plain(format!("What was there before is in {}.", shown(before))));
    }
    lines
}
