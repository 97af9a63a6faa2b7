//! `notes`: the push's page.

mod check;
mod edit;
mod set;
mod show;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use train::command::WhichPush;
use train::id::{PushDate, quoted};
use train::refusal::{Code, Refusal};

use super::named;
use crate::options::Consent;
use crate::session::{Ended, Ending, Session};

/// The push's notes: what ships, what blocks, what to pick, what to do and when
///
/// A page that everybody writes in, read as what people ask for. It opens at the cut of the push before, or when somebody
/// writes in it. Everything that was written is kept, with who wrote it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty notes show
  pushduty notes edit
  pushduty notes check
  pushduty block \"login is broken\" --owner kumar")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// Whose notes.
#[derive(Debug, clap::Args)]
struct Which {
    /// The push, by its date; the one that `status` shows by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    /// The next push that is not cut
    #[arg(long, conflicts_with = "push")]
    next: bool,
}

impl Which {
    fn push(&self) -> WhichPush {
        match (self.push, self.next) {
            (Some(push), _) => WhichPush::On(push),
            (None, true) => WhichPush::Uncut,
            (None, false) => WhichPush::Shown,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the page, who wrote it, and what it was
    #[command(after_help = "Examples:
  pushduty notes show
  pushduty notes show --who                 each line with who wrote it last
  pushduty notes show --history             every writing
  pushduty notes show --at 3                as it was at version 3
  pushduty notes show --raw > notes.md      byte for byte")]
    Show {
        #[command(flatten)]
        which: Which,
        /// As it was at this version
        #[arg(long, value_name = "VERSION", conflicts_with = "who")]
        at: Option<u32>,
        /// Each line with who wrote it last
        #[arg(long)]
        who: bool,
        /// Every writing: when, who, and what became of items
        #[arg(long)]
        history: bool,
        /// The text alone, byte for byte; for files and pipes
        #[arg(long, conflicts_with_all = ["who", "history"])]
        raw: bool,
    },
    /// Write in your editor; what others wrote meanwhile is merged
    ///
    /// Opens VISUAL or EDITOR. Saving is the yes: without a terminal --yes is needed. A text that could not be taken is kept in
    /// a file, which is named.
    #[command(after_help = "Examples:
  pushduty notes edit
  pushduty notes edit --next                the push after the one that is cut
  EDITOR=\"code --wait\" pushduty notes edit")]
    Edit {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        consent: Consent,
    },
    /// Replace the page by a file, or merge a file into it
    ///
    /// With --base the file is merged with what others wrote after that version: no line that anybody added is lost. Where
    /// both changed the same line, both are there, and it is told.
    #[command(after_help = "Examples:
  pushduty notes set notes.md
  pushduty notes set notes.md --base 3      made from version 3: merge what came since
  generate | pushduty notes set - --yes")]
    Set {
        /// The file; `-` for standard input
        file: PathBuf,
        /// The version that the file was made from
        #[arg(long, value_name = "VERSION")]
        base: Option<u32>,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        consent: Consent,
    },
    /// What to look at again: unknown names, odd times, wrong links, what is not closed
    #[command(after_help = "Examples:
  pushduty notes check
  pushduty notes check notes.md             a file, before it is set")]
    Check {
        /// A file instead of the page; `-` for standard input
        file: Option<PathBuf>,
        #[command(flatten)]
        which: Which,
    },
}

/// Runs one of them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    match &args.command {
        Command::Show { which, at, who, history, raw } => {
            let shown = conductor::ShownNotes { version: *at, lines: *who, history: *history };
            show::run(session, which.push(), shown, *raw).await
        }
        Command::Edit { which, consent } => edit::run(session, which.push(), consent).await,
        Command::Set { file, base, which, consent } => {
            set::run(session, file, *base, which.push(), consent).await
        }
        Command::Check { file, which } => check::run(session, file.as_deref(), which.push()).await,
    }
}

/// The text of a file, or of standard input.
fn text_of(file: &Path) -> Result<String, Ending> {
    let read = match file.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin().lock()),
        false => std::fs::read_to_string(file),
    };
    read.map_err(|error| {
        let name = quoted(&file.display().to_string());
        let what = match error.kind() {
            std::io::ErrorKind::InvalidData => format!("{name} is no text in UTF-8"),
            _ => format!("{name} can't be read: {error}"),
        };
        let hint = "name a file that has the notes as text, or `-` for standard input";
        Refusal::new(Code::Usage, what, hint).into()
    })
}
