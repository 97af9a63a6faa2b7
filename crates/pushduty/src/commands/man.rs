//! `man`: the manual pages.

use std::path::PathBuf;

use crate::session::{Ended, Session};

/// Print the manual page, or write one per command into a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty man | man -l -
  pushduty man --dir ~/.local/share/man/man1")]
pub struct Args {
    /// A folder for a page per command
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(serde::Serialize)]
struct Written {
    dir: String,
}

/// Prints or writes them.
#[expect(clippy::unused_async, reason = "every command is run the same way")]
pub async fn run(args: &Args, session: &Session) -> Ended {
    let failed =
        |e: std::io::Error| conductor::failure::io("the manual pages can't be written", &e);
    match &args.dir {
        Some(dir) => {
            std::fs::create_dir_all(dir).map_err(failed)?;
            clap_mangen::generate_to(session.shape.clone(), dir).map_err(failed)?;
            session.trainless(Written { dir: dir.display().to_string() });
        }
        None => {
            let mut page = Vec::new();
            // As it is written into a folder: with the names of the other pages.
            let mut shape = session.shape.clone().disable_help_subcommand(true);
            shape.build();
            clap_mangen::Man::new(shape).render(&mut page).map_err(failed)?;
            session.printed(&String::from_utf8_lossy(&page));
        }
    }
    Ok(())
}
