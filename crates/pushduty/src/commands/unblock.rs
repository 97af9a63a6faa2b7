//! `unblock`: blockers are settled.

use conductor::view::WritingView;
use serde::Serialize;
use train::command::{NotesWish, WhichPush, Writing};
use train::notes::follow::ItemId;
use train::reason::Reason;

use super::which::OfTheCut;
use super::{named, writing};
use crate::session::{Ended, Session};
use crate::words;

/// Settle blockers: they are fixed, or none
///
/// Ticks their lines. One whose line is gone, or was marked by somebody who may not settle it, is confirmed. That is for
/// whoever raised it, the hero, QA and ops. Of several, all may be settled or none is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty unblock b3
  pushduty unblock b3 b4
  pushduty unblock b3 --because \"fixed in 2026.11.26-1\"")]
pub struct Args {
    /// The blockers, as `notes show` and `status` name them
    #[arg(value_name = "ID", required = true, value_parser = named::blocker)]
    items: Vec<ItemId>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT", value_parser = named::reason)]
    because: Option<Reason>,
    #[command(flatten)]
    which: OfTheCut,
}

/// What came of several.
#[derive(Serialize)]
struct Settled {
    done: bool,
    blockers: Vec<WritingView>,
}

/// Settles them.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let push = args.which.push.map_or(WhichPush::Cut, WhichPush::On);
    let mut items = args.items.clone();
    let mut seen = std::collections::BTreeSet::new();
    items.retain(|item| seen.insert(*item));
    let wish = |item: ItemId| {
        let writing = Writing::Done { item, on: None, because: args.because.clone() };
        NotesWish { push, writing }
    };
    match items[..] {
        [item] => writing::change(session, &args.which.consent, wish(item)).await,
        _ => several(session, args, items.into_iter().map(wish).collect()).await,
    }
}

/// Plans each before any is written, and writes each after one yes.
async fn several(session: &Session, args: &Args, mut wishes: Vec<NotesWish>) -> Ended {
    session.header().await?;
    let desk = session.desk().await?;
    let (mut blockers, mut changes) = (Vec::new(), false);
    for wish in &mut wishes {
        let (view, differs) = writing::planned(&desk, wish).await?;
        session.screen.show(&words::writing(&view));
        // What was agreed to is this page.
        wish.push = WhichPush::On(view.push);
        blockers.push(view);
        changes |= differs;
    }
    let consent = &args.which.consent;
    if consent.dry_run || !changes {
        return session.document(Settled { done: false, blockers }).await;
    }
    if !consent.yes {
        session.agree("Write this into the notes?").await?;
    }
    let mut blockers = Vec::new();
    for wish in &wishes {
        let done = writing::written(&desk, wish).await?;
        session.screen.show(&words::written(&done));
        blockers.push(done);
    }
    session.document(Settled { done: true, blockers }).await
}
