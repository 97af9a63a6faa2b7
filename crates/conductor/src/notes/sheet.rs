//! A page as it stands: read from its view, made anew from the events, written in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::event::{Bytes, Event, Hand, Written};
use train::id::{PersonName, PushDate};
use train::notes::page::{CarriedItem, ItemChange, Page, Writer};
use train::notes::{Context, Edit, Notes, edits};
use train::people::Role;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;

use super::replay::Replay;
use super::{LONGEST, MACHINE};
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::ports::{Projection, SharedText};

/// A push's page: its text, and what is known of its items.
pub(crate) struct Sheet {
    /// The push.
    pub push: PushDate,
    /// What the page is kept under: the date that the push was scheduled for.
    pub key: PushDate,
    /// What is known of it; of version 0 where nobody wrote in it yet.
    pub page: Page,
    /// Its text; where it is not opened yet, what it will begin as.
    pub text: String,
    /// The shared document; none where it is not opened yet.
    document: Option<Vec<u8>>,
}

/// The view that is kept of a page.
#[derive(Serialize, Deserialize)]
struct Kept {
    page: Page,
    document: Bytes,
}

/// What is recorded with a writing of the machine.
#[derive(Default)]
pub(super) struct Marked<'a> {
    /// Items that come from an earlier push.
    pub carried: Vec<CarriedItem>,
    /// What is put in once for all, by its key.
    pub once: Vec<String>,
    /// What this is for another page, as it is known by then.
    pub beside: Option<(&'a Sheet, Event)>,
}

/// A writing, and what is recorded with it.
struct Said {
    hand: Hand,
    update: Bytes,
    edits: Vec<Edit>,
    carried: Vec<CarriedItem>,
    once: Vec<String>,
}

impl Said {
    fn of(hand: Hand, update: Bytes, edits: Vec<Edit>) -> Self {
        Self { hand, update, edits, carried: Vec::new(), once: Vec::new() }
    }
}

/// The name of the view of a page.
fn view_name(key: PushDate) -> String {
    format!("notes/{key}")
}

impl Sheet {
    /// Whether it is opened: made from its template, and recorded.
    pub fn is_open(&self) -> bool {
        self.document.is_some()
    }

    /// What it is kept as.
    pub(super) fn document(&self) -> Option<&[u8]> {
        self.document.as_deref()
    }

    /// It is kept as this now.
    pub(super) fn set_document(&mut self, document: Vec<u8>) {
        self.document = Some(document);
    }

    pub(super) fn keep(&self, seq: u64) -> Vec<Projection> {
        let document = Bytes(self.document.clone().unwrap_or_default());
        let kept = Kept { page: self.page.clone(), document };
        let body = serde_json::to_string(&kept).ok();
        let name = view_name(self.key);
        body.map(|body| Projection { name, seq, body }).into_iter().collect()
    }
}

impl Conductor {
    /// What the notes of a push are read with.
    pub(crate) fn notes_context(&self, sheet: &Sheet) -> Context {
        Context::of(&self.settings, &sheet.page.template, Some(sheet.push))
    }

    /// The page of a push, where it is open.
    pub(crate) async fn opened_sheet(
        &self,
        train: &Train<'_>,
        push: PushDate,
    ) -> Result<Option<Sheet>> {
        let key = train.scheduled(push);
        let kept = self.kept_view(key).await?;
        Ok(self.sheet_of(push, key, kept.as_ref()).await?.map(|(sheet, _)| sheet))
    }

    /// The same, from what is kept of it, with its document as it was opened.
    pub(super) async fn sheet_of(
        &self,
        push: PushDate,
        key: PushDate,
        kept: Option<&Projection>,
    ) -> Result<Option<(Sheet, Box<dyn SharedText>)>> {
        let Some((page, document)) = self.kept_page(key, kept).await? else { return Ok(None) };
        let shared = self.texts.open(Some(&document), MACHINE)?;
        let text = shared.text();
        Ok(Some((Sheet { push, key, page, text, document: Some(document) }, shared)))
    }

    /// The view that is kept of a page.
    pub(super) async fn kept_view(&self, key: PushDate) -> Result<Option<Projection>> {
        self.ledger.projection(&view_name(key)).await
    }

    /// The page of a push as it stands, or as it will begin.
    pub(super) async fn sheet(&self, train: &Train<'_>, push: PushDate) -> Result<Sheet> {
        if let Some(sheet) = self.opened_sheet(train, push).await? {
            return Ok(sheet);
        }
        let template = self.template.clone()?;
        let opened = train.state.pushes.get(&push).and_then(|p| p.hero.clone());
        let hero = opened.or_else(|| train.departure(push)?.hero);
        let hero = hero.as_ref().map(|hero| hero.as_str());
        let text = train::notes::page(&template, push, hero, &self.settings.repos);
        let page = Page::from_template(template);
        Ok(Sheet { push, key: train.scheduled(push), page, text, document: None })
    }

    /// A page from its view; where that was dropped, from the events.
    async fn kept_page(
        &self,
        key: PushDate,
        kept: Option<&Projection>,
    ) -> Result<Option<(Page, Vec<u8>)>> {
        if let Some(kept) = kept
            && let Ok(Kept { page, document }) = serde_json::from_str(&kept.body)
        {
            return Ok(Some((page, document.0)));
        }
        self.page_anew(key).await
    }

    /// A page from the events alone: what the view must equal.
    pub(crate) async fn page_anew(&self, key: PushDate) -> Result<Option<(Page, Vec<u8>)>> {
        let mut replay = Replay::of(key, self.texts.open(None, MACHINE)?);
        // A push without notes is known by its own stream; items are read under the configuration of their time.
        if !self.has_notes(key).await? {
            return Ok(None);
        }
        let mut after = 0;
        loop {
            let entries = self.ledger.read(after, super::replay::PAGE, None).await?;
            let Some(last) = entries.last() else { break };
            after = last.seq;
            for entry in &entries {
                replay.learn(entry)?;
            }
        }
        Ok(Some((replay.page, replay.shared.kept())))
    }

    /// Opens a page that is not open yet: the machine makes it from its template.
    pub(super) async fn open_sheet(&self, journal: &mut Journal, sheet: &mut Sheet) -> Result<()> {
        if sheet.is_open() {
            return Ok(());
        }
        let text = std::mem::take(&mut sheet.text);
        sheet.document = Some(Vec::new());
        self.write_sheet(journal, sheet, text, Hand::Machine).await?;
        Ok(())
    }

    /// Writes the whole page anew by what is different, and records it. Answers with what became of items; nothing is
    /// recorded where nothing is different, but that a page is opened.
    pub(super) async fn write_sheet(
        &self,
        journal: &mut Journal,
        sheet: &mut Sheet,
        text: String,
        hand: Hand,
    ) -> Result<Vec<ItemChange>> {
        let opens = sheet.page.version == 0;
        if text == sheet.text && !opens {
            return Ok(Vec::new());
        }
        self.write_marked(journal, sheet, (text, hand), Marked::default()).await
    }

    /// Writes the whole page anew, and records with it, in one and the same moment, what `marked` says.
    pub(super) async fn write_marked(
        &self,
        journal: &mut Journal,
        sheet: &mut Sheet,
        (text, hand): (String, Hand),
        marked: Marked<'_>,
    ) -> Result<Vec<ItemChange>> {
        fits(&text)?;
        let at = self.now(journal.state());
        let writer = self.writer(journal.state(), sheet.push, hand, at);
        let edits = edits(&sheet.text, &text);
        let kept = sheet.document.as_deref().filter(|kept| !kept.is_empty());
        let mut shared = self.texts.open(kept, &writer.name)?;
        let update = Bytes(shared.write(&edits));
        let (carried, once) = (marked.carried, marked.once);
        let said = Said { carried, once, ..Said::of(hand, update, edits) };
        let (event, items) = self.wrote(sheet, text, &writer, said);
        sheet.document = Some(shared.kept());
        let (kept, mut events): (&Sheet, _) = (sheet, vec![event]);
        let beside = marked.beside.map(|(other, event)| {
            events.push(event);
            other
        });
        let pages: Vec<&Sheet> = std::iter::once(kept).chain(beside).collect();
        let keep = |seq| pages.iter().flat_map(|page| page.keep(seq)).collect();
        journal.append_keeping(at, events, &keep).await?;
        Ok(items)
    }

    /// Takes a writing into what is known of a page: the event that records it, and what became of items.
    fn wrote(
        &self,
        sheet: &mut Sheet,
        text: String,
        writer: &Writer,
        said: Said,
    ) -> (Event, Vec<ItemChange>) {
        let opens = sheet.page.version == 0;
        let notes = Notes::parse(&text, &self.notes_context(sheet));
        let items = sheet.page.written(&notes, &said.edits, writer);
        sheet.page.marked(&said.carried, &said.once);
        sheet.text = text;
        let event = Event::NotesWritten(Box::new(Written {
            push: sheet.push,
            page: sheet.key,
            version: sheet.page.version,
            hand: said.hand,
            settles: writer.settles,
            template: opens.then(|| sheet.page.template.clone()),
            update: said.update,
            items: items.clone(),
            carried: said.carried,
            once: said.once,
        }));
        (event, items)
    }

    /// Takes in what the actor typed: `shared` has it by now, as `update`.
    pub(super) fn typed(
        &self,
        sheet: &mut Sheet,
        state: &State,
        shared: &dyn SharedText,
        update: Vec<u8>,
    ) -> Event {
        let text = shared.text();
        let writer = self.writer(state, sheet.push, Hand::Person, self.now(state));
        let said = Said::of(Hand::Person, Bytes(update), edits(&sheet.text, &text));
        self.wrote(sheet, text, &writer, said).0
    }

    /// Records an event that changes what is known of a page's items, and not its text.
    pub(super) async fn note_sheet(
        &self,
        journal: &mut Journal,
        sheet: &Sheet,
        event: Event,
    ) -> Result<()> {
        let at = self.now(journal.state());
        journal.append_keeping(at, vec![event], &|seq| sheet.keep(seq)).await
    }

    fn writer(&self, state: &State, push: PushDate, hand: Hand, at: Timestamp) -> Writer {
        let name = self.actor.name.clone();
        match hand {
            Hand::Person => Writer { settles: self.settles(state, push), name, at },
            Hand::Machine => Writer { settles: false, name: MACHINE.to_owned(), at },
        }
    }

    /// Whether the actor may settle what others wrote of a push: its hero, whoever is on duty, QA and ops; and a hero who
    /// takes no turns. The turn of another push makes nobody the hero of this one, and no role that is given for turns does.
    pub(crate) fn settles(&self, state: &State, push: PushDate) -> bool {
        let actor = self.acting(state);
        let is = |who: Option<PersonName>| who.is_some_and(|who| who.as_str() == actor.name);
        let in_turn = self.settings.rotation.iter().any(|who| who.as_str() == actor.name);
        actor.holds(&[Role::Qa, Role::Ops])
            || (actor.holds(&[Role::Hero]) && !in_turn)
            || is(self.on_duty(state))
            || is(self.hero_of(state, push))
    }
}

/// Refuses a page that is longer than people read.
pub(super) fn fits(text: &str) -> Result<()> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Usage,
        format!("a page of notes takes at most {LONGEST} bytes; this one has {}", text.len()),
        "keep logs and data elsewhere and put a link to them here",
    ))
}
