//! `import`: what a team has from before.

mod folder;
mod notes;
mod repository;

use clap::Subcommand;

use crate::options::Consent;
use crate::session::{Ended, Session};

/// Take past pushes in from the notes that a team has of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty import notes notes --dry-run
  pushduty import notes https://github.com/team/notes.git")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read pages of past pushes, one file each, and keep what they tell
    ///
    /// The push is the date in a file's path: 2026/11/26.md, 2026-11-26.md, amo-2026.11.26.txt. Whatever is doubtful is told with
    /// its file and line, and kept as it was written; nothing is dropped in silence. Pages that are in the record already
    /// add nothing; one that was changed takes the place of its earlier version. `pushduty history` and `pushduty stats` show
    /// what came of it.
    #[command(after_help = "Examples:
  pushduty import notes notes --dry-run     what it would add, and what to look at again
  pushduty import notes notes
  pushduty import notes https://github.com/team/notes.git --yes")]
    Notes {
        /// A folder, or a git repository by its URL or path
        #[arg(value_name = "DIR|GIT-URL")]
        place: String,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Runs it.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let Command::Notes { place, consent } = &args.command;
    notes::run(session, place, consent).await
}
