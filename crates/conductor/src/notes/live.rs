//! A page as it is while people write in it: what is on record, and what is typed.

use std::sync::Arc;

use train::id::PushDate;
use train::notes::embargo::Embargoed;
use train::refusal::{Code, Refusal};

use super::embargo::may_be_added;
use super::{LONGEST, MACHINE, TO_WRITE};
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Guesser, SharedText, SharedTexts, Typed};

/// The most that the document of a page may take with all that was ever taken out of it, in bytes.
const LARGEST: usize = 4 * LONGEST;

/// A page in which people write.
pub struct LivePage {
    /// The push.
    pub push: PushDate,
    /// What it is kept under: the date that the push was scheduled for.
    pub page: PushDate,
    /// The document.
    pub shared: Box<dyn SharedText>,
    /// What is said of it in bytes.
    pub texts: Arc<dyn SharedTexts>,
    /// The last entry of the record that it knows.
    seq: u64,
    embargoed: Embargoed,
    text: String,
    full: bool,
    spoiled: bool,
}

impl Conductor {
    /// Opens a page to write in; one that nobody wrote in yet begins with its template, if the actor may write.
    pub async fn live_page(&self, push: PushDate) -> Result<LivePage> {
        let seq = self.ledger.head().await?.seq;
        let state = self.state().await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let push = self.notes_push(&train, train::command::WhichPush::On(push))?;
        let sheet = match self.opened_sheet(&train, push).await? {
            Some(sheet) => sheet,
            None => {
                self.known_actor(&state, TO_WRITE)?;
                let mut journal = self.journal().await?;
                let mut sheet = self.sheet(&train, push).await?;
                self.open_sheet(&mut journal, &mut sheet).await?;
                sheet
            }
        };
        let mut shared = self.texts.open(sheet.document(), MACHINE)?;
        for (_, typed) in self.typing.typed(sheet.key).await? {
            shared.take_in(&typed.update)?;
        }
        let live = LivePage::new(push, shared, Arc::clone(&self.texts), self.embargoed().await?);
        Ok(LivePage { page: sheet.key, seq, ..live })
    }

    /// Takes in what was written in a page elsewhere; answers with the updates that bring it to whoever has the page open.
    pub async fn follow_page(&self, live: &mut LivePage) -> Result<Vec<Vec<u8>>> {
        let stream = format!("push/{}", live.page);
        let mut news = Vec::new();
        loop {
            let entries = self.ledger.read(live.seq, super::replay::PAGE, Some(&stream)).await?;
            let Some(last) = entries.last() else { break };
            live.seq = last.seq;
            for entry in &entries {
                let Some((_, train::event::Event::NotesWritten(written))) = &entry.content else {
                    continue;
                };
                if written.page == live.page && live.learn(&written.update.0)? {
                    news.push(written.update.0.clone());
                }
            }
        }
        live.embargoed = self.embargoed().await?;
        live.full = live.shared.kept().len() > LARGEST;
        Ok(news)
    }

    /// Refuses whoever may not write in notes.
    pub async fn may_write_notes(&self) -> Result<()> {
        self.known_actor(&*self.state().await?, TO_WRITE)
    }

    /// Keeps what people typed. From here on nothing of it is lost.
    pub async fn keep_typed(&self, typed: &[Typed]) -> Result<()> {
        self.typing.keep(typed).await
    }

    /// Puts on record what people typed and is kept.
    pub async fn settle_typed(&self) -> Result<()> {
        if self.typing.pages().await?.is_empty() {
            return Ok(());
        }
        let mut journal = self.journal_before_typed().await?;
        self.record_pages(&mut journal).await
    }
}

impl LivePage {
    /// The page of a push by its document, before anything of the record is known.
    #[must_use]
    pub fn new(
        push: PushDate,
        shared: Box<dyn SharedText>,
        texts: Arc<dyn SharedTexts>,
        embargoed: Embargoed,
    ) -> Self {
        let (text, full) = (shared.text(), shared.kept().len() > LARGEST);
        Self { push, page: push, shared, texts, seq: 0, embargoed, text, full, spoiled: false }
    }

    /// Takes in what somebody typed, whose guesses are counted; answers with what of it was new, which is what is kept and told.
    pub fn take_in(
        &mut self,
        update: &[u8],
        by: &str,
        guesser: Option<&dyn Guesser>,
    ) -> Result<Option<Vec<u8>>> {
        let brought = self.shared.by(update, by)?;
        if brought > 0 && (self.full || self.text.len() + brought > LONGEST) {
            return Err(Refusal::new(
                Code::TooLarge,
                format!("a page of notes takes at most {LONGEST} bytes"),
                "keep logs and data elsewhere and put a link to them here",
            ));
        }
        let new = self.shared.take_in(update)?;
        let text = self.shared.text();
        if !self.embargoed.is_empty() {
            may_be_added(&self.embargoed, guesser, &self.text, &text)
                .inspect_err(|_| self.spoiled = true)?;
        }
        self.text = text;
        Ok(new)
    }

    /// Whether it has what may not stay: it has to be opened anew.
    #[must_use]
    pub fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Takes in what is on record; whether it was new.
    fn learn(&mut self, update: &[u8]) -> Result<bool> {
        let new = self.shared.take_in(update)?;
        self.text = self.shared.text();
        Ok(new.is_some())
    }
}
