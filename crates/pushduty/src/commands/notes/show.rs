//! `notes show`: the page as it is, or was.

use conductor::ShownNotes;
use train::command::WhichPush;

use crate::session::{Ended, Session};
use crate::words;

/// Shows it.
pub async fn run(session: &Session, which: WhichPush, shown: ShownNotes, raw: bool) -> Ended {
    let view = session.desk().await?.notes(which, shown).await?;
    if raw && !session.screen.json {
        session.screen.exact(&view.text);
        return Ok(());
    }
    session.header().await?;
    session.screen.show(&words::notes(&view));
    session.document(view).await
}
