//! `ask`: a pick that somebody wants, and the no to one.

use train::command::{AskName, NotesWish, WhichPush, Writing};
use train::id::PushDate;
use train::reason::Reason;

use super::{named, writing};
use crate::options::Consent;
use crate::session::{Ended, Session, usage};
use crate::words;

/// Ask for a pick, or list what is asked for
///
/// The ask goes into the notes, under “To pick”, and is tried at once: on the push's newest tag, by itself and after the
/// other asks. It stays until it is picked, carried over or settled by a person. Without a commit the asks are listed. It is
/// for the next push that is not cut; --this means the one that is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty ask server:3f2a91c \"login is broken without it\" --this
  pushduty ask https://github.com/mozilla/addons-server/commit/3f2a91c
  pushduty ask                                     what is asked for
  pushduty ask --this --json
  pushduty ask --decline server:3f2a91c --because \"too late\" --this")]
pub struct Args {
    /// The commit, or a pull request that is one
    #[arg(value_name = "[REPO:]COMMIT")]
    commit: Option<String>,
    /// Why, in a line
    #[arg(value_name = "WHY")]
    why: Vec<String>,
    /// Say no to this ask, by its commit or its name in the notes (a3)
    #[arg(long, value_name = "ASK", requires = "because", conflicts_with_all = ["commit", "why"])]
    decline: Option<String>,
    /// Why not
    #[arg(long, value_name = "TEXT", value_parser = named::reason, requires = "decline")]
    because: Option<Reason>,
    /// The push that is cut, instead of the next one
    #[arg(long, conflicts_with = "push")]
    this: bool,
    /// The push, by its date
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    push: Option<PushDate>,
    #[command(flatten)]
    consent: Consent,
}

impl Args {
    fn push(&self) -> WhichPush {
        match (self.push, self.this) {
            (Some(push), _) => WhichPush::On(push),
            (None, true) => WhichPush::Cut,
            (None, false) => WhichPush::Uncut,
        }
    }
}

/// Lists, asks or declines.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let desk = session.desk().await?;
    let settings = desk.settings();
    let writing = match (&args.commit, &args.decline, &args.because) {
        (Some(commit), ..) => {
            let why = args.why.join(" ");
            let why = (!why.trim().is_empty()).then_some(why);
            Writing::Ask { commit: named::commit_or_pull(settings, commit)?, why }
        }
        (None, Some(ask), Some(because)) => {
            let ask = match ask.parse() {
                Ok(item) => AskName::Item(item),
                Err(_) => AskName::Commit(named::commit_or_pull(settings, ask)?),
            };
            Writing::Decline { ask, because: Some(because.clone()) }
        }
        (None, Some(_), None) => return Err(usage("--decline takes --because".to_owned()).into()),
        (None, None, _) => return list(session, args.push()).await,
    };
    writing::change(session, &args.consent, NotesWish { push: args.push(), writing }).await
}

async fn list(session: &Session, which: WhichPush) -> Ended {
    let view = session.desk().await?.asks(which).await?;
    session.header().await?;
    session.screen.show(&words::asks(&view));
    session.document(view).await
}
