//! Writing in a page: what a wish comes to, and doing it under the lock.

use train::command::{NotesWish, WhichPush, Writing};
use train::event::{Event, Hand};
use train::id::{PersonName, PushDate, quoted};
use train::notes::follow::{Family, ItemId};
use train::notes::page::{ItemChange, Known, Page, Standing, What};
use train::notes::{Clash, Notes, SectionKind, Who, apply, changed_lines, given, merge, write};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use super::replay::decided;
use super::sheet::Sheet;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{AskView, WritingView};

/// What a wish to write comes to.
#[derive(Debug, Clone)]
pub struct NotesPlan {
    /// The push.
    pub push: PushDate,
    /// The version that it was planned on.
    pub version: u32,
    /// The page as it is.
    pub before: String,
    /// As it will be.
    pub after: String,
    /// Lines that others changed too.
    pub clashes: Vec<Clash>,
    /// In a sentence.
    pub words: String,
    /// The asks it is about, tried.
    pub asks: Vec<AskView>,
    /// The item it is about.
    pub(crate) item: Option<ItemId>,
    /// What is recorded beside the writing.
    pub(crate) event: Option<Event>,
}

/// Something written.
#[derive(Debug, Clone)]
pub struct NotesDone {
    /// The plan.
    pub plan: NotesPlan,
    /// The version that came of it.
    pub version: u32,
    /// What became of items.
    pub items: Vec<ItemChange>,
    /// Those of them whose end does not count before somebody confirms it who may.
    pub unconfirmed: Vec<ItemId>,
    /// The asks that came of it, tried.
    pub asks: Vec<AskView>,
}

impl NotesPlan {
    /// Whether it changes anything.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.before != self.after || self.event.is_some()
    }

    /// The plan as a document.
    #[must_use]
    pub fn view(&self) -> WritingView {
        WritingView {
            push: self.push,
            version: self.version,
            done: false,
            change: self.words.clone(),
            changed: self.changes_something(),
            lines: changed_lines(&self.before, &self.after),
            clashes: self.clashes.clone(),
            item: self.item.map(|item| item.to_string()),
            items: Vec::new(),
            unconfirmed: Vec::new(),
            asks: self.asks.clone(),
        }
    }
}

impl NotesDone {
    /// What was done, as a document.
    #[must_use]
    pub fn view(&self) -> WritingView {
        let raised = self.items.iter().find(|change| change.change == What::Raised);
        let item = self.plan.item.or(raised.map(|change| change.item));
        WritingView {
            version: self.version,
            done: true,
            item: item.map(|item| item.to_string()),
            items: self.items.clone(),
            unconfirmed: self.unconfirmed.iter().map(ItemId::to_string).collect(),
            asks: self.asks.clone(),
            ..self.plan.view()
        }
    }
}

impl Conductor {
    /// Plans a writing without changing anything.
    pub async fn plan_notes(&self, wish: &NotesWish) -> Result<NotesPlan> {
        let state = self.state().await?;
        self.known_actor(&state, TO_WRITE)?;
        self.look_for_ask(&wish.writing).await?;
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let sheet = self.sheet(&train, self.notes_push(&train, wish.push)?).await?;
        self.planned(&train, &sheet, &wish.writing).await
    }

    /// Writes: plans again under the lock, opens the page if need be, and records what was written.
    pub async fn write_notes(&self, wish: &NotesWish) -> Result<NotesDone> {
        self.known_actor(&*self.state().await?, TO_WRITE)?;
        self.look_for_ask(&wish.writing).await?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let mut sheet = self.sheet(&train, self.notes_push(&train, wish.push)?).await?;
        let plan = self.planned(&train, &sheet, &wish.writing).await?;
        if let (Writing::PassOn { item }, true) = (&wish.writing, plan.changes_something()) {
            // Killed in between, the same wish finds it there and ticks it here.
            sheet = self.passed_on(&mut journal, &train, &sheet, *item).await?;
        }
        let mut items = Vec::new();
        if plan.before != plan.after {
            self.open_sheet(&mut journal, &mut sheet).await?;
            let text = plan.after.clone();
            items = self.write_sheet(&mut journal, &mut sheet, text, Hand::Person).await?;
        }
        if let Some(event) = &plan.event {
            let at = self.now(journal.state());
            decided(&mut sheet.page, event, &self.actor.name, at);
            self.note_sheet(&mut journal, &sheet, event.clone()).await?;
        }
        let asks = match plan.asks.is_empty() {
            true => {
                // Remotes may be slow: nobody else waits for them.
                let state = self.with_external(journal.state().clone());
                drop(journal);
                self.new_asks(&state, &sheet, &items).await?
            }
            false => plan.asks.clone(),
        };
        let unconfirmed = unconfirmed(&sheet.page, &items);
        Ok(NotesDone { plan, version: sheet.page.version, items, unconfirmed, asks })
    }

    /// The push that a wish to change something means.
    pub(crate) fn notes_push(&self, train: &Train<'_>, which: WhichPush) -> Result<PushDate> {
        match which {
            // Of several pages a guess could write over the wrong one.
            WhichPush::Shown if train.live().len() > 1 => train.meant(Want::Cut, None),
            WhichPush::Shown => train.meant(Want::Look, None),
            WhichPush::Uncut => train.meant(Want::Uncut, None),
            WhichPush::Cut => train.meant(Want::Cut, None),
            WhichPush::On(push) => train.meant(Want::Look, Some(push)),
        }
    }

    /// The push that is looked at, which is never refused; and it is said where others are cut too.
    pub(crate) fn notes_seen(&self, train: &Train<'_>, which: WhichPush) -> Result<PushDate> {
        let push = match which {
            WhichPush::Cut => train.meant(Want::LookCut, None)?,
            WhichPush::Shown => train.meant(Want::Look, None)?,
            _ => self.notes_push(train, which)?,
        };
        if matches!(which, WhichPush::Cut | WhichPush::Shown) {
            self.say_others(train, push);
        }
        Ok(push)
    }

    async fn planned(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        writing: &Writing,
    ) -> Result<NotesPlan> {
        let state = train.state;
        self.known_actor(state, TO_WRITE)?;
        let plan = match writing {
            Writing::Text { text, base } => self.rewritten(sheet, text, *base).await,
            Writing::Item { kind, text, owner } => {
                self.with_item(sheet, *kind, text, owner.as_ref())
            }
            Writing::Ask { commit, why } => {
                self.with_ask(train, sheet, commit, why.as_deref()).await
            }
            Writing::Decline { ask, because } => {
                self.with_decline(train, sheet, ask, because.as_deref())
            }
            Writing::Done { item, on: Some(on), .. } => self.with_done_on(sheet, *item, on),
            Writing::Done { item, because, .. } => {
                self.with_done(state, sheet, *item, because.as_deref())
            }
            Writing::PassOn { item } => self.with_passed_on(train, sheet, *item),
        }?;
        self.not_embargoed(&plan).await?;
        Ok(plan)
    }

    async fn rewritten(&self, sheet: &Sheet, text: &str, base: Option<u32>) -> Result<NotesPlan> {
        super::sheet::fits(text)?;
        let others = base.filter(|base| *base != sheet.page.version);
        let merged = match others {
            Some(base) => merge(&self.text_at(sheet, base).await?, text, &sheet.text),
            None => merge(&sheet.text, text, &sheet.text),
        };
        let lines = changed_lines(&sheet.text, &merged.text);
        let (more, fewer) =
            (lines.iter().filter(|l| l.added).count(), lines.iter().filter(|l| !l.added).count());
        let more = if more == 1 { "1 line".to_owned() } else { format!("{more} lines") };
        let words = match others {
            _ if lines.is_empty() => format!("the notes of {} stay as they are", sheet.push),
            Some(base) => format!(
                "merged with what came after version {base} of the notes of {}: {more} in, {fewer} out",
                sheet.push
            ),
            None => format!("the notes of {}: {more} in, {fewer} out", sheet.push),
        };
        Ok(NotesPlan { clashes: merged.clashes, ..plan(sheet, merged.text, words) })
    }

    pub(crate) fn with_item(
        &self,
        sheet: &Sheet,
        kind: SectionKind,
        text: &str,
        owner: Option<&PersonName>,
    ) -> Result<NotesPlan> {
        let context = self.notes_context(sheet);
        let text = given::text(text, kind, &context)?;
        let text = match owner {
            Some(owner) => given::text(&format!("{text} (@{owner})"), kind, &context)?,
            None => text,
        };
        let notes = Notes::parse(&sheet.text, &context);
        let after = apply(&sheet.text, &[write::item(&notes, kind, &text)]);
        let read = Notes::parse(&after, &context);
        let new = read.items.iter().filter(|item| item.kind == kind && item.text == text);
        let before = notes.items.iter().filter(|item| item.kind == kind && item.text == text);
        if read.items.len() != notes.items.len() + 1 || new.clone().count() != before.count() + 1 {
            return Err(Refusal::new(
                Code::Refused,
                format!(
                    "the notes of {} have no place where this would be read as meant",
                    sheet.push
                ),
                "`pushduty notes check` says what is odd in them; `pushduty notes edit` writes it by hand",
            ));
        }
        let owned = |item: &train::notes::Item| match (&item.owner, owner) {
            (Some(Who::Person(named)), Some(owner)) => named == owner,
            (_, owner) => owner.is_none(),
        };
        if !new.clone().any(owned) {
            return Err(Refusal::new(
                Code::Refused,
                format!("{} names somebody else already", quoted(&text)),
                "leave --owner out, or the name",
            ));
        }
        let what = match kind {
            SectionKind::Blockers => "blocker",
            SectionKind::Picks => "ask",
            _ => "task",
        };
        Ok(plan(sheet, after, format!("a new {what} of {}: {text}", sheet.push)))
    }

    pub(super) fn with_done(
        &self,
        state: &State,
        sheet: &Sheet,
        id: ItemId,
        because: Option<&str>,
    ) -> Result<NotesPlan> {
        let notes = Notes::parse(&sheet.text, &self.notes_context(sheet));
        let page = sheet.page.reread(&notes);
        let known = page.item(id).ok_or_else(|| no_item(sheet, &page, id))?;
        let text = &known.tracked.text;
        let (push, page) = (sheet.push, sheet.key);
        if id.family == Family::Blocker {
            let actor = self.acting(state);
            if !self.settles(state, sheet.push) && known.raised.by != actor.name {
                return Err(Refusal::new(
                    Code::NotAllowed,
                    format!("{} may not settle {id}, {}", quoted(&actor.name), quoted(text)),
                    format!("ask {}, who raised it, the hero, QA or ops", known.raised.by),
                ));
            }
        }
        let because = because.map(str::to_owned);
        let event = || Event::BlockerSettled {
            push,
            page,
            item: id,
            text: text.clone(),
            because: because.clone(),
        };
        let words = format!("{id} of {push} is done: {text}");
        let done = match known.standing() {
            Standing::Done => {
                plan(sheet, sheet.text.clone(), format!("{id} of {push} is done already: {text}"))
            }
            Standing::Removed | Standing::Marked => {
                NotesPlan { event: Some(event()), ..plan(sheet, sheet.text.clone(), words) }
            }
            Standing::Open => {
                let event = because.is_some().then(event);
                NotesPlan { event, ..plan(sheet, self.ticked(sheet, &notes, known)?, words) }
            }
        };
        Ok(NotesPlan { item: Some(id), ..done })
    }

    /// A task ticked for one of its environments.
    fn with_done_on(&self, sheet: &Sheet, id: ItemId, on: &str) -> Result<NotesPlan> {
        let context = self.notes_context(sheet);
        let notes = Notes::parse(&sheet.text, &context);
        let page = sheet.page.reread(&notes);
        let known = page.item(id).ok_or_else(|| no_item(sheet, &page, id))?;
        let item = &notes.items[known.tracked.item.unwrap_or_default()];
        let named =
            context.environment(on).filter(|name| item.environments.iter().any(|e| e == name));
        let Some(environment) = named else {
            let hint = match item.environments.is_empty() {
                true => "leave --on out: it is ticked as a whole".to_owned(),
                false => format!("it names {}", item.environments.join(" and ")),
            };
            let what = format!("{id}, {}, does not name {}", quoted(&item.text), quoted(on));
            return Err(Refusal::new(Code::NotFound, what, hint));
        };
        let text = &known.tracked.text;
        let Some(edit) = write::done_on(&notes, item, environment) else {
            let words = format!("{id} of {} is done on {environment} already: {text}", sheet.push);
            return Ok(NotesPlan { item: Some(id), ..plan(sheet, sheet.text.clone(), words) });
        };
        let words = format!("{id} of {} is done on {environment}: {text}", sheet.push);
        Ok(NotesPlan { item: Some(id), ..plan(sheet, apply(&sheet.text, &[edit]), words) })
    }

    /// The page with an item ticked; the grammar itself says whether it is.
    fn ticked(&self, sheet: &Sheet, notes: &Notes, known: &Known) -> Result<String> {
        let at = known.tracked.item.unwrap_or_default();
        let edit = write::done(notes, &notes.items[at]);
        let after = edit.map(|edit| apply(&sheet.text, &[edit]));
        let context = self.notes_context(sheet);
        after
            .filter(|after| {
                Notes::parse(after, &context).items.get(at).is_some_and(|item| item.done.is_some())
            })
            .ok_or_else(|| {
                Refusal::new(
                    Code::Refused,
                    format!("the line of {} can't be ticked", known.tracked.id),
                    "`pushduty notes edit` marks it by hand",
                )
            })
    }
}

pub(super) const TO_WRITE: &str = "write in the notes";

pub(crate) fn plan(sheet: &Sheet, after: String, words: String) -> NotesPlan {
    NotesPlan {
        push: sheet.push,
        version: sheet.page.version,
        before: sheet.text.clone(),
        after,
        clashes: Vec::new(),
        words,
        asks: Vec::new(),
        item: None,
        event: None,
    }
}

/// Of what was marked or taken out, what is to be confirmed.
fn unconfirmed(page: &Page, items: &[ItemChange]) -> Vec<ItemId> {
    let ended = items.iter().filter(|one| matches!(one.change, What::Done | What::Removed));
    let waits = |id: &ItemId| {
        let standing = page.item(*id).map(Known::standing);
        matches!(standing, Some(Standing::Marked | Standing::Removed))
    };
    ended.map(|one| one.item).filter(waits).collect()
}

fn no_item(sheet: &Sheet, page: &Page, id: ItemId) -> Refusal {
    let open = page
        .items
        .iter()
        .filter(|known| known.tracked.id.family == id.family && known.standing() != Standing::Done);
    let named: Vec<String> =
        open.map(|known| format!("{} {}", known.tracked.id, quoted(&known.tracked.text))).collect();
    let hint = match named.is_empty() {
        true => "there is nothing of that kind to be done".to_owned(),
        false => format!("there are {}", named.join(", ")),
    };
    Refusal::new(Code::NotFound, format!("the notes of {} have no {id}", sheet.push), hint)
}
