//! What people typed in a page, put on record: by whoever takes the lock next, one event for each of them.

use std::sync::Arc;

use train::event::Event;
use train::id::PushDate;
use train::people::Actor;

use super::MACHINE;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{SharedText, Typed};

impl Conductor {
    /// Records what people typed and nobody recorded yet. What can't be is kept, and said: it stops nobody from anything else.
    pub(crate) async fn record_typed(&self, journal: &mut Journal) {
        if let Err(failed) = self.record_pages(journal).await {
            let what = "what was typed in the notes is kept, and not on record yet";
            self.progress.failed(&failed.within(|why| format!("{what}: {why}")));
        }
    }

    /// The same, page by page: one that can't be recorded stops none of the others. The first failure is told.
    pub(super) async fn record_pages(&self, journal: &mut Journal) -> Result<()> {
        let mut failed = None;
        for page in self.typing.pages().await? {
            let recorded = self.record_page(journal, page).await;
            failed = failed.or(recorded.err());
        }
        failed.map_or(Ok(()), Err)
    }

    async fn record_page(&self, journal: &mut Journal, page: PushDate) -> Result<()> {
        let typed = self.typing.typed(page).await?;
        let Some((last, newest)) = typed.last() else { return Ok(()) };
        let (last, called) = (*last, newest.push);
        let state = self.with_external(journal.state().clone());
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let now = train.now;
        let push = if train.scheduled(called) == page { called } else { page };
        let mut sheet = self.sheet(&train, push).await?;
        self.open_sheet(journal, &mut sheet).await?;
        let mut shared = self.texts.open(sheet.document(), MACHINE)?;
        let mut events: Vec<(Actor, Event)> = Vec::new();
        let mut rest: Vec<Typed> = typed.into_iter().map(|(_, typed)| typed).collect();
        while !rest.is_empty() {
            let (by, updates) = take_turn(&mut *shared, &mut rest)?;
            let acting = Self { actor: by.clone(), ..self.clone() };
            let update = self.texts.joined(&updates)?;
            events.push((by, acting.typed(&mut sheet, &state, &*shared, update)));
        }
        sheet.set_document(shared.kept());
        let sheet = Arc::new(sheet);
        journal.append_by(now, events, &move |seq| sheet.keep(seq)).await?;
        self.typing.forget(page, last).await
    }
}

/// Takes in what the first writer of `rest` typed, as far as it stands on what is there: what stands on the words of others
/// waits for its turn after theirs. Each was looked at when it was kept; where none stands on what is there, the record is
/// another than it was then, and the first is taken as it is.
fn take_turn(shared: &mut dyn SharedText, rest: &mut Vec<Typed>) -> Result<(Actor, Vec<Vec<u8>>)> {
    let by = rest[0].by.clone();
    let mut updates = Vec::new();
    let mut left = Vec::new();
    for one in rest.drain(..) {
        if one.by == by && shared.fits(&one.update) {
            shared.take_in(&one.update)?;
            updates.push(one.update);
        } else {
            left.push(one);
        }
    }
    *rest = left;
    if updates.is_empty() {
        let first = rest.remove(0);
        shared.take_in(&first.update)?;
        updates.push(first.update);
    }
    Ok((by, updates))
}
