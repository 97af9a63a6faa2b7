//! How everything is written into notes: the plan, a yes, the writing, what came of it.

use train::command::{NotesWish, WhichPush, Writing};

use crate::options::Consent;
use crate::session::{Ended, Session};
use crate::words;

/// Shows what would be written, asks, and writes it: the same for every command that does.
pub async fn change(session: &Session, consent: &Consent, mut wish: NotesWish) -> Ended {
    session.header().await?;
    let conductor = session.conductor().await?;
    if !consent.yes {
        let plan = conductor.plan_notes(&wish).await?;
        session.screen.show(&words::writing(&plan.view()));
        if consent.dry_run || !plan.changes_something() {
            return session.document(plan.view()).await;
        }
        session.agree(&format!("Write this into the notes of {}?", plan.push)).await?;
        // What was agreed to is this page: what others write before it is done is merged.
        wish.push = WhichPush::On(plan.push);
        if let Writing::Text { base, .. } = &mut wish.writing {
            *base = base.or(Some(plan.version));
        }
    }
    let done = conductor.write_notes(&wish).await?.view();
    session.screen.show(&if consent.yes { words::writing(&done) } else { Vec::new() });
    session.screen.show(&words::written(&done));
    session.document(done).await
}
