//! What is unticked when a push is to leave: settled on the spot, with one key each.

use conductor::view::{FinishView, StatusView};
use train::command::{NotesWish, WhichPush, Writing};
use train::id::{PushDate, quoted};
use train::notes::Phase;
use train::notes::follow::ItemId;
use train::reason::Reason;

use crate::screen::{Line, Tone};
use crate::session::{Ending, Session, usage};
use crate::words::sentence;

/// The keys, as they are shown.
const KEYS: &str = "[d]one, [n]ot needed, next [p]ush, Enter leaves it:";

/// An item as it is asked about: its name and its text.
type Unticked = (String, String);

/// The blockers and tasks that hold the start.
pub fn before_start(status: &StatusView) -> Vec<Unticked> {
    let before = [Some(Phase::BeforePush), Some(Phase::BeforeStart)];
    let blockers = status.blockers.iter().filter(|blocker| blocker.open && blocker.holds);
    let tasks = status.tasks.iter().filter(|task| task.holds && before.contains(&task.when));
    let blockers = blockers.map(|blocker| (blocker.id.clone(), blocker.text.clone()));
    blockers.chain(tasks.map(|task| (task.id.clone(), task.text.clone()))).collect()
}

/// All that is open when a push ends.
pub fn at_the_end(view: &FinishView) -> Vec<Unticked> {
    view.unticked.iter().map(|item| (item.id.clone(), item.text.clone())).collect()
}

/// Asks about each on a terminal. Whether anything was settled.
pub async fn unticked(
    session: &Session,
    push: PushDate,
    items: Vec<Unticked>,
) -> Result<bool, Ending> {
    let mut settled = false;
    for (id, text) in items.into_iter().filter(|_| session.screen.asks) {
        let Ok(item) = id.parse::<ItemId>() else { continue };
        settled |= one(session, push, item, &text).await?;
    }
    Ok(settled)
}

/// One item, until its answer is understood or nothing more can be read. Whether it was settled.
async fn one(session: &Session, push: PushDate, item: ItemId, text: &str) -> Result<bool, Ending> {
    loop {
        let answer = session.line(&format!("{item} {}: {KEYS}", quoted(text))).await?;
        let done = |because| Writing::Done { item, on: None, because };
        let writing = match answer.as_deref().map(str::to_lowercase).as_deref() {
            None | Some("") => return Ok(false),
            Some("d" | "done") => done(None),
            Some("n" | "not needed") => {
                let why = session.line("  why not?").await?.unwrap_or_default();
                let because = match why.is_empty() {
                    true => "not needed".to_owned(),
                    false => format!("not needed: {why}"),
                };
                match because.parse::<Reason>() {
                    Ok(because) => done(Some(because)),
                    Err(why) => return told(session, Err(usage(why.to_string()))),
                }
            }
            Some("p" | "next push") => Writing::PassOn { item },
            Some(_) => continue,
        };
        let wish = NotesWish { push: WhichPush::On(push), writing };
        let done = super::writing::written(&session.desk().await?, &wish).await;
        return told(session, done.map(|done| done.change));
    }
}

/// What came of one; somebody who may not settle it is told so, and goes on with the next.
fn told(session: &Session, done: Result<String, train::refusal::Refusal>) -> Result<bool, Ending> {
    match done {
        Ok(words) => {
            session.screen.show(&[Line::of(Tone::Good, "✓ ").text(sentence(&words))]);
            Ok(true)
        }
        Err(refusal) => {
            session.screen.fail(&crate::words::refusal(&refusal));
            Ok(false)
        }
    }
}
