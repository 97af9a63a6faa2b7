//! `config`: about the configuration itself.

use clap::Subcommand;

use crate::config;
use crate::session::{Ended, Session};

/// About the configuration: its JSON schema
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty config schema > pushduty.schema.json")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the JSON schema of pushduty.toml, for editors
    #[command(after_help = "Examples:
  pushduty config schema > pushduty.schema.json")]
    Schema,
}

/// Prints it.
#[expect(clippy::unused_async, reason = "every command is run the same way")]
pub async fn run(args: &Args, session: &Session) -> Ended {
    let Command::Schema = args.command;
    session.screen.raw(&format!("{:#}\n", config::schema()));
    Ok(())
}
