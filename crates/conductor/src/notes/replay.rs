//! A page made again from its events.

use jiff::Timestamp;
use train::event::{Event, Hand, Written};
use train::id::PushDate;
use train::notes::authors::Authors;
use train::notes::page::{Declined, Page, Writer};
use train::notes::{Context, Notes, edits};
use train::settings::Settings;

use super::MACHINE;
use crate::failure::Result;
use crate::ports::{Entry, SharedText};

/// How many entries are read at once.
pub(super) const PAGE: usize = 1_000;

/// A page made again, writing by writing.
pub(super) struct Replay {
    key: PushDate,
    settings: Option<Box<Settings>>,
    /// What is known of it; its items are followed only where the configuration of their time was read too.
    pub page: Page,
    pub text: String,
    pub shared: Box<dyn SharedText>,
    /// Who wrote what.
    pub authors: Authors,
}

impl Replay {
    pub fn of(key: PushDate, shared: Box<dyn SharedText>) -> Self {
        Self {
            key,
            settings: None,
            page: Page::default(),
            text: String::new(),
            shared,
            authors: Authors::default(),
        }
    }

    /// Takes an entry in; answers with what was written, where it is of this page.
    pub fn learn<'e>(&mut self, entry: &'e Entry) -> Result<Option<&'e Written>> {
        let Some((actor, event)) = &entry.content else { return Ok(None) };
        match event {
            Event::Configured { settings, .. } => self.settings = Some(settings.clone()),
            other if is_of(other, self.key) => {
                decided(&mut self.page, other, &actor.name, entry.at)
            }
            Event::NotesWritten(written) if written.page == self.key => {
                let name = match written.hand {
                    Hand::Person => actor.name.clone(),
                    Hand::Machine => MACHINE.to_owned(),
                };
                self.written(written, Writer { name, settles: written.settles, at: entry.at })?;
                return Ok(Some(written));
            }
            _ => {}
        }
        Ok(None)
    }

    fn written(&mut self, written: &Written, writer: Writer) -> Result<()> {
        if let Some(template) = &written.template {
            self.page.template.clone_from(template);
        }
        self.shared.take_in(&written.update.0)?;
        let text = self.shared.text();
        let edits = edits(&self.text, &text);
        self.text = text;
        self.authors.edited(&edits, written.version);
        match &self.settings {
            Some(settings) => {
                let context = Context::of(settings, &self.page.template, Some(written.push));
                self.page.written(&Notes::parse(&self.text, &context), &edits, &writer);
            }
            None => self.page.version += 1,
        }
        self.page.marked(&written.carried, &written.once);
        Ok(())
    }
}

/// Whether an event decides about items of the page.
fn is_of(event: &Event, key: PushDate) -> bool {
    match event {
        Event::BlockerSettled { page, .. }
        | Event::AskDeclined { page, .. }
        | Event::CarriedOver { page, .. } => *page == key,
        _ => false,
    }
}

/// What `by` decided about items of a page at `at`, without a word in its text.
pub(super) fn decided(page: &mut Page, event: &Event, by: &str, at: Timestamp) {
    match event {
        Event::BlockerSettled { item, .. } => {
            page.confirmed(*item);
        }
        Event::AskDeclined { item, repo, commit, because, .. } => page.decline(Declined {
            item: *item,
            repo: repo.clone(),
            commit: commit.clone(),
            because: because.clone(),
            by: by.to_owned(),
            at,
        }),
        Event::CarriedOver { to, items, .. } => {
            page.carried.extend(items.iter().map(|item| (*item, *to)));
        }
        _ => {}
    }
}
