//! `completions`: for shells.

use crate::session::{Ended, Session};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty completions bash > /etc/bash_completion.d/pushduty
  pushduty completions zsh > ~/.zfunc/_pushduty
  pushduty completions fish > ~/.config/fish/completions/pushduty.fish")]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints them.
#[expect(clippy::unused_async, reason = "every command is run the same way")]
pub async fn run(args: &Args, session: &Session) -> Ended {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut session.shape.clone(), "pushduty", &mut text);
    session.printed(&String::from_utf8_lossy(&text));
    Ok(())
}
