//! `backup`: everything of the data folder that can be had from nowhere else, in one file.

use std::fs::{File, Permissions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure};
use conductor::ports::Clock;
use serde::Serialize;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::keeping::{self, Gathered, Kept, Member, Outcome};
use crate::screen::{Line, Tone, columns};
use crate::session::{Ended, Ending, Session, usage};

/// Write everything of the data folder that no remote has into one file
///
/// The ledgers of all its trains with what is to be announced, what is being typed, deploys, keys of the server, what is kept for
/// pushes under way, and the configuration. Servers and commands go on meanwhile; each ledger is taken as it is at one instant, and
/// proven. The file is as confidential as the data folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty backup /backups/pushduty.tar
  pushduty backup --force /backups/pushduty.tar
  pushduty backup - | zstd > pushduty.tar.zst
  pushduty backup --dry-run /backups/pushduty.tar")]
pub struct Args {
    /// The file to write; - for standard output
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Leave the configuration out
    #[arg(long)]
    without_configuration: bool,
    /// Take the place of a file that is there
    #[arg(long)]
    force: bool,
    /// Show what would be taken, and write no file
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct BackupView<'a> {
    outcome: Outcome,
    file: &'a Path,
    trains: &'a [Kept],
    configuration: bool,
    members: &'a [Member],
    bytes: Option<u64>,
    digest: Option<String>,
}

/// Makes a backup.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let piped = args.file.as_os_str() == "-";
    may_be_written(args, piped, session)?;
    let data = session.all_data()?;
    let text = match args.without_configuration {
        true => None,
        false => Some(session.loaded().await.map_err(without)?.text.clone()),
    };
    if !data.is_dir() {
        return Err(keeping::nothing_in(&data).into());
    }
    let _one = keeping::one_backup(&data)?;
    let progress = session.progress();
    let now = session.clock().now();
    let gathered = keeping::gather(&data, text.as_deref(), now, &*progress).await?;
    show(session, &gathered, piped);
    let mut view = BackupView {
        outcome: Outcome::Planned,
        file: &args.file,
        trains: &gathered.manifest.trains,
        configuration: gathered.manifest.configuration,
        members: &gathered.members,
        bytes: None,
        digest: None,
    };
    if !args.dry_run {
        progress.remark("writing the backup");
        let manifest = serde_json::to_vec(&gathered.manifest).map_err(|e| unwritten(&e.into()))?;
        let (digest, bytes) = match piped {
            true => written(io::stdout().lock(), &gathered, &manifest).await?,
            false => beside(&args.file, args.force, &gathered, &manifest).await?,
        };
        let words = format!("{} in {bytes} bytes, {digest}", quoted(&args.file.to_string_lossy()));
        let done = Line::of(Tone::Good, "✓ ").text(words);
        if piped {
            session.screen.tell(&done)
        } else {
            session.screen.show(&[done])
        }
        (view.outcome, view.bytes, view.digest) = (Outcome::Done, Some(bytes), Some(digest));
    }
    session.trainless(view);
    Ok(())
}

/// Refuses before anything is read what could not be written then.
fn may_be_written(args: &Args, piped: bool, session: &Session) -> Result<(), Ending> {
    if piped && session.screen.json {
        return Err(usage("standard output can't take the backup and a document".to_owned()).into());
    }
    if piped && !args.dry_run && io::stdout().is_terminal() {
        return Err(usage("a terminal takes no backup: name a file, or a pipe".to_owned()).into());
    }
    if !piped && !args.force && args.file.symlink_metadata().is_ok() {
        return Err(is_there(&args.file).into());
    }
    Ok(())
}

fn is_there(file: &Path) -> Failure {
    let what = format!("{} is there already", quoted(&file.to_string_lossy()));
    Refusal::new(Code::Refused, what, "name another file, or put it in its place with --force")
}

/// A configuration that can't be read keeps nobody from a backup.
fn without(mut ending: Ending) -> Ending {
    let hint = "mend it, or leave it out with --without-configuration";
    hint.clone_into(&mut ending.refusal.hint);
    ending
}

fn unwritten(error: &io::Error) -> Failure {
    failure::io("the backup can't be written", error)
}

async fn written(
    to: impl Write,
    gathered: &Gathered,
    manifest: &[u8],
) -> Result<(String, u64), Failure> {
    let done = keeping::write(to, gathered.root(), &gathered.members, manifest).await;
    done.map_err(|e| unwritten(&e))
}

/// Writes a file whole or not at all: beside its place, for this user alone, and lastingly.
async fn beside(
    place: &Path,
    force: bool,
    gathered: &Gathered,
    manifest: &[u8],
) -> Result<(String, u64), Failure> {
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = place.file_name().ok_or_else(|| unwritten(&io::ErrorKind::IsADirectory.into()))?;
    let prefix = format!(".{}.", name.to_string_lossy());
    cleared(folder, &prefix).map_err(|e| unwritten(&e))?;
    let file = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(PART)
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .map_err(|e| unwritten(&e))?;
    let done = written(io::BufWriter::new(file.as_file()), gathered, manifest).await?;
    file.as_file().sync_all().map_err(|e| unwritten(&e))?;
    let placed = match force {
        true => file.persist(place),
        false => file.persist_noclobber(place),
    };
    placed.map_err(|e| match e.error.kind() {
        io::ErrorKind::AlreadyExists => is_there(place),
        _ => unwritten(&e.error),
    })?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| unwritten(&e))?;
    Ok(done)
}

/// How files that are not whole yet end.
const PART: &str = ".part";

/// Removes what a backup to the same place left behind when it was killed; one to a longer name beside it is another's.
fn cleared(folder: &Path, prefix: &str) -> io::Result<()> {
    let random = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(PART));
        if rest.is_some_and(random) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn show(session: &Session, gathered: &Gathered, piped: bool) {
    let mut rows = Vec::new();
    for kept in &gathered.manifest.trains {
        let last = kept.last_entry_at.map_or_else(|| "none".to_owned(), |at| at.to_string());
        rows.push(vec![
            Line::of(Tone::Strong, &kept.name),
            Line::plain(format!("{} entries", kept.entries)),
            Line::of(Tone::Dim, format!("the last at {last}")),
        ]);
    }
    let mut lines = columns(2, rows);
    let bytes: u64 = gathered.members.iter().map(|member| member.bytes).sum();
    let files = format!("  {} files, {bytes} bytes", gathered.members.len());
    lines.push(Line::plain(files));
    if piped {
        lines.iter().for_each(|line| session.screen.tell(line));
    } else {
        session.screen.show(&lines);
    }
}
