//! What is left of a push's notes goes into those of a later one: when that is cut, or when the push is finished.

use train::event::{Event, Hand};
use train::id::{PushDate, quoted};
use train::notes::carry;
use train::notes::follow::ItemId;
use train::notes::page::ItemChange;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::{Over, State};

use super::plan::NotesPlan;
use super::replay::decided;
use super::sheet::{Marked, Sheet};
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;
use crate::read_page::ReadPage;

/// How many earlier pushes are looked at for what is left: of those before them it was carried long ago.
const BEFORE: usize = 3;

impl Conductor {
    /// Writes what is left of the notes of `from` into those of `to`: open blockers, asks and tasks, and what stands under
    /// *Later*, each marked with the date it comes from. Each goes once, however often this is run. What came of it in the
    /// notes of `to`.
    pub async fn carry_over(
        &self,
        journal: &mut Journal,
        from: PushDate,
        to: PushDate,
    ) -> Result<Vec<ItemChange>> {
        self.carry_items(journal, (from, to), None).await
    }

    /// What of a push's notes somebody still waits for: it goes with the next push, or went there before.
    pub(crate) async fn left_of(&self, state: &State, push: PushDate) -> Result<Vec<String>> {
        let looks = self.last_looks().await?;
        let train = self.train(state, &looks);
        let Some(read) = self.read_page(&train, push).await? else { return Ok(Vec::new()) };
        let ReadPage { notes, page, .. } = &*read;
        let fixed = self.fixed_items(&train, push, carry::waiting(notes, page)).await;
        let left = carry::waiting(notes, page).map(|known| &known.tracked);
        let left = left.filter(|tracked| !fixed.contains(&tracked.id));
        Ok(left.map(|tracked| tracked.text.clone()).collect())
    }

    /// The page with an item ticked that goes on to the push after.
    pub(super) fn with_passed_on(
        &self,
        train: &Train<'_>,
        sheet: &Sheet,
        item: ItemId,
    ) -> Result<NotesPlan> {
        let next = goes_on_to(train, sheet, item)?;
        let because = format!("goes with {next}");
        let done = self.with_done(train.state, sheet, item, Some(&because))?;
        if !done.changes_something() {
            return Ok(done);
        }
        let ReadPage { notes, page, .. } = self.read_sheet(sheet)?;
        let text = page.item(item).map(|known| known.tracked.text.as_str()).unwrap_or_default();
        let waits = || carry::waiting(&notes, &page).any(|known| known.tracked.id == item);
        if !page.carried.contains_key(&item) && !waits() {
            let what = format!("nobody waits for {item}, {}: it goes nowhere", quoted(text));
            return Err(Refusal::new(Code::Refused, what, "leave it as it stands"));
        }
        let words = format!("{item} of {} {because}: {text}", sheet.push);
        Ok(NotesPlan { words, ..done })
    }

    /// Writes an item into the notes of the push that it goes on to, once (P11). The page that it comes from, as it is known then.
    pub(super) async fn passed_on(
        &self,
        journal: &mut Journal,
        train: &Train<'_>,
        sheet: &Sheet,
        item: ItemId,
    ) -> Result<Sheet> {
        let next = goes_on_to(train, sheet, item)?;
        self.carry_items(journal, (sheet.push, next), Some(item)).await?;
        self.sheet(train, sheet.push).await
    }

    /// Writes what is left of one page, or one item of it, into another.
    async fn carry_items(
        &self,
        journal: &mut Journal,
        (from, to): (PushDate, PushDate),
        only: Option<ItemId>,
    ) -> Result<Vec<ItemChange>> {
        let state = self.with_external(journal.state().clone());
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let Some(mut old) = self.opened_sheet(&train, from).await? else { return Ok(Vec::new()) };
        let ReadPage { notes, page, context, .. } = self.read_sheet(&old)?;
        let fixed = self.fixed_items(&train, from, carry::waiting(&notes, &page)).await;
        let mut left = carry::left(&notes, &page, &context, from);
        left.retain(|one| match only {
            Some(only) => one.item == only,
            None => !fixed.contains(&one.item),
        });
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let mut new = self.sheet(&train, to).await?;
        self.open_sheet(journal, &mut new).await?;
        let (text, carried) =
            carry::carried(&new.text, &self.notes_context(&new), &left, super::LONGEST);
        let mut items: Vec<ItemId> = left.iter().map(|one| one.item).collect();
        items.dedup();
        let event = Event::CarriedOver { push: old.push, page: old.key, to, items };
        decided(&mut old.page, &event, &self.actor.name, train.now);
        let old: &Sheet = &old;
        let marked = Marked { carried, once: Vec::new(), beside: Some((old, event)) };
        self.write_marked(journal, &mut new, (text, Hand::Machine), marked).await
    }

    /// Carries over what earlier pushes left that were never finished: from here on nobody comes back to them.
    pub(super) async fn take_over(
        &self,
        journal: &mut Journal,
        train: &Train<'_>,
        push: PushDate,
    ) -> Result<()> {
        let cut = train.state.pushes.range(..push).rev().take(BEFORE);
        let done = |push: &PushDate| matches!(train.over(*push), Some(Over::Done(_)));
        let unfinished = cut.map(|(date, _)| *date).filter(|push| !done(push));
        let cancelled = train.state.changes.cancelled.keys().rev();
        let cancelled = cancelled.filter(|date| **date < push).take(BEFORE).copied();
        let mut earlier: Vec<PushDate> = unfinished.chain(cancelled).collect();
        earlier.sort_unstable();
        earlier.dedup();
        for from in earlier {
            self.carry_over(journal, from, push).await?;
        }
        Ok(())
    }
}

/// The push that an item goes on to: the one that it went to before, else the one after.
fn goes_on_to(train: &Train<'_>, sheet: &Sheet, item: ItemId) -> Result<PushDate> {
    let before = sheet.page.carried.get(&item).copied();
    before.or_else(|| Some(train.following(sheet.push)?.push)).ok_or_else(|| {
        let what = format!("no departure runs after {}", sheet.push);
        Refusal::new(Code::BadDate, what, "`pushduty schedule` shows what does")
    })
}
