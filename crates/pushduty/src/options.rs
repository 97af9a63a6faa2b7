//! Options that commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// Options that every command has.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The configuration; found upward from here by default
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where state is kept; the platform's data folder by default
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A database instead of a folder
    #[arg(long, global = true, value_name = "URL", hide = true)]
    pub database: Option<String>,
    /// A server that runs the train: wishes and looks go there
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// The train, where several are configured
    #[arg(long, global = true, value_name = "NAME")]
    pub train: Option<String>,
    /// Who acts; git's user by default
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// When to colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: clap::ColorChoice,
    /// No progress, no remarks
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// More words; twice for git's own
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Seconds after which a remote that makes no progress counts as unreachable; a held train is waited for as long, and 30 at most
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60, hide = true)]
    pub silence: u64,
}

impl Global {
    /// How long is waited for something that makes no progress.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.silence.clamp(1, 3600))
    }
}

/// How a change is agreed to.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Before it is done")]
pub struct Consent {
    /// Show the plan and change nothing
    #[arg(long, conflicts_with_all = ["yes"])]
    pub dry_run: bool,
    /// Do it without asking; never overrides a rule
    #[arg(long, short)]
    pub yes: bool,
}

/// Binds a change to the plan that was read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Before it is done")]
pub struct Bound {
    /// Do it only if the plan is still this one (exit 5 if not)
    #[arg(long = "if", value_name = "DIGEST")]
    pub digest: Option<String>,
}
