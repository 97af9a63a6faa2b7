//! How everything is written into notes: the plan, a yes, the writing, what came of it.

use conductor::carry::Shown;
use conductor::failure::Failure;
use conductor::view::WritingView;
use train::command::{Command, NotesWish, WhichPush, Writing};

use crate::desk::{Desk, other_view};
use crate::options::Consent;
use crate::session::{Ended, Session};
use crate::words;

/// What would be written, and whether anything is different by it.
pub async fn planned(desk: &Desk<'_>, wish: &NotesWish) -> Result<(WritingView, bool), Failure> {
    let plan = desk.plan(&Command::Notes(wish.clone())).await?;
    match plan.shown {
        Shown::Writing(view) => Ok((view, plan.changes)),
        _ => Err(other_view()),
    }
}

/// What was written.
pub async fn written(desk: &Desk<'_>, wish: &NotesWish) -> Result<WritingView, Failure> {
    match desk.carry(&Command::Notes(wish.clone()), None).await?.shown {
        Shown::Writing(view) => Ok(view),
        _ => Err(other_view()),
    }
}

/// Shows what would be written, asks, and writes it: the same for every command that does.
pub async fn change(session: &Session, consent: &Consent, mut wish: NotesWish) -> Ended {
    session.header().await?;
    let desk = session.desk().await?;
    if !consent.yes {
        let (view, changes) = planned(&desk, &wish).await?;
        session.screen.show(&words::writing(&view));
        if consent.dry_run || !changes {
            return session.document(view).await;
        }
        session.agree(&format!("Write this into the notes of {}?", view.push)).await?;
        // What was agreed to is this page: what others write before it is done is merged.
        wish.push = WhichPush::On(view.push);
        if let Writing::Text { base, .. } = &mut wish.writing {
            *base = base.or(Some(view.version));
        }
    }
    let done = written(&desk, &wish).await?;
    session.screen.show(&if consent.yes { words::writing(&done) } else { Vec::new() });
    session.screen.show(&words::written(&done));
    session.document(done).await
}
