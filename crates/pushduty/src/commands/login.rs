//! `login`: keep the token by which a server knows us.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use adapters::server::Asked;
use conductor::failure::Failure;
use serde::Serialize;
use train::id::quoted;
use train::refusal::{Code, Refusal};
use url::Url;

use crate::remote;
use crate::screen::{Line, Tone};
use crate::session::{Ended, Session};

/// The longest token that is read.
const LONGEST: u64 = 4_096;

/// Keep a token, so that a server knows you
///
/// The token is made on the page of your name there. It is read from a file, or from standard input, never from the command
/// line; it is tried, and kept in a file that only you may read. `--server URL` then takes it from there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty login https://push.example.org --token-file token
  pass pushduty | pushduty login https://push.example.org
  pushduty status --server https://push.example.org")]
pub struct Args {
    /// The server
    #[arg(value_name = "URL")]
    url: Url,
    /// Read the token from this file instead of standard input
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Kept {
    server: String,
    trains: Vec<String>,
    file: String,
}

/// Reads, tries, keeps.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let token = read(args)?;
    let place = remote::shown(&args.url);
    let server = remote::server(&args.url, Some(&token))?;
    let answered = server.ask(&["trains"], Asked::Look(&[]), &mut |_| ()).await;
    let trains = remote::trains(&place, answered)?;
    let file = remote::keep(&session.environment, &place, &token)?.display().to_string();
    let said = format!("{place} knows you; its trains: {}.", trains.join(", "));
    session.screen.show(&[
        Line::of(Tone::Good, "✓ ").text(said),
        Line::of(Tone::Dim, format!("kept in {file}")),
    ]);
    if session.screen.json {
        session.trainless(Kept { server: place, trains, file });
    }
    Ok(())
}

fn read(args: &Args) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match &args.token_file {
        Some(file) => {
            std::fs::File::open(file).and_then(|f| f.take(LONGEST).read_to_string(&mut text))
        }
        None if std::io::stdin().is_terminal() => {
            let what = "a token that is typed is seen by whoever looks on";
            let hint = "give it with --token-file FILE, or on standard input";
            return Err(Refusal::new(Code::Usage, what, hint));
        }
        None => std::io::stdin().lock().take(LONGEST).read_to_string(&mut text),
    };
    let from = args
        .token_file
        .as_ref()
        .map_or_else(|| "standard input".to_owned(), |file| quoted(&file.display().to_string()));
    read.map_err(|error| {
        let what = format!("no token can be read from {from}: {error}");
        Refusal::new(Code::Usage, what, "make one on the page of your name, and put it there")
    })?;
    let token = text.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        let what = format!("what is read from {from} is no token");
        return Err(Refusal::new(
            Code::Usage,
            what,
            "make one on the page of your name, and put it there",
        ));
    }
    Ok(token.to_owned())
}
