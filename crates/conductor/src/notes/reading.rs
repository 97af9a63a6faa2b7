//! A page as it is read: its items and asks, remembered while the page is as it was.

use std::ops::Range;
use std::sync::Arc;

use train::command::WhichPush;
use train::id::PushDate;
use train::notes::Notes;
use train::pushes::Train;

use super::MACHINE;
use super::sheet::Sheet;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::read_page::ReadPage;

impl Conductor {
    /// A push's page, as it is read.
    pub async fn notes_as_read(&self, which: WhichPush) -> Result<Arc<ReadPage>> {
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let push = self.notes_seen(&train, which)?;
        if let Some(read) = self.read_page(&train, push).await? {
            return Ok(read);
        }
        let sheet = self.sheet(&train, push).await?;
        Ok(Arc::new(self.read_sheet(&sheet)?))
    }

    /// The same, where it is open: read once, until it is another.
    pub(crate) async fn read_page(
        &self,
        train: &Train<'_>,
        push: PushDate,
    ) -> Result<Option<Arc<ReadPage>>> {
        let key = train.scheduled(push);
        let kept = self.kept_view(key).await?;
        if let Some(read) = kept.as_ref().and_then(|kept| self.remembered.page(push, kept)) {
            return Ok(Some(read));
        }
        let found = self.sheet_of(push, key, kept.as_ref()).await?;
        let Some((sheet, shared)) = found else { return Ok(None) };
        let read = Arc::new(self.read_with(&sheet, self.by_machine(&*shared)));
        if let Some(kept) = kept {
            self.remembered.keep_page(push, kept, Arc::clone(&read));
        }
        Ok(Some(read))
    }

    /// A page's items under today's configuration.
    pub(crate) fn read_sheet(&self, sheet: &Sheet) -> Result<ReadPage> {
        let machine = match sheet.document() {
            Some(document) => self.by_machine(&*self.texts.open(Some(document), MACHINE)?),
            None => Vec::new(),
        };
        Ok(self.read_with(sheet, machine))
    }

    /// The same, with what of it the machine wrote.
    fn read_with(&self, sheet: &Sheet, machine: Vec<Range<usize>>) -> ReadPage {
        let context = self.notes_context(sheet);
        let notes = Notes::parse(&sheet.text, &context);
        let page = sheet.page.reread(&notes);
        let (push, opened) = (sheet.push, sheet.is_open());
        ReadPage { push, opened, notes, page, machine, context }
    }
}
