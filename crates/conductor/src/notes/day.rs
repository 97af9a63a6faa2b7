//! What push day and the calendar write into the page: when it was started and when it ended, and who has it now.

use jiff::Timestamp;
use train::event::Hand;
use train::id::{PersonName, PushDate};
use train::notes::{Notes, apply, write};
use train::pushes::Train;
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::{Failure, Result};
use crate::journal::Journal;

/// A time that the page has a line for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageTime {
    /// `start:`.
    Start,
    /// `end:`.
    End,
}

impl Conductor {
    /// Writes when a push was started, or when it ended, with the train's zone. A time that stands there stays: a person's, or
    /// the one that an earlier run wrote.
    pub async fn write_time(
        &self,
        journal: &mut Journal,
        push: PushDate,
        which: PageTime,
        at: Timestamp,
    ) -> Result<()> {
        let state = self.with_external(journal.state().clone());
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let mut sheet = self.sheet(&train, push).await?;
        self.open_sheet(journal, &mut sheet).await?;
        let notes = Notes::parse(&sheet.text, &self.notes_context(&sheet));
        let zone = self.settings.timetable.zone();
        let edit = match which {
            PageTime::Start => write::start(&notes, at, &zone),
            PageTime::End => write::end(&notes, at, &zone, &state.days.of(push).ends),
        };
        let text = apply(&sheet.text, edit.as_slice());
        self.write_sheet(journal, &mut sheet, text, Hand::Machine).await?;
        Ok(())
    }

    /// Brings the hero's line of open pages up to who has duty now, where it says whom the machine wrote there. The change is
    /// recorded whatever comes of it: a failure comes back as a remark.
    pub(crate) async fn heroes_follow(
        &self,
        journal: &mut Journal,
        before: &State,
    ) -> Option<String> {
        let failed = self.follow_heroes(journal, before).await.err()?;
        Some(self.notes_remark(failed))
    }

    /// That the notes are not up to date, for whoever reads what was done, be it a stranger. What git said of it is told to whoever
    /// waits.
    pub(super) fn notes_remark(&self, failed: Failure) -> String {
        let failed = not_up_to_date(failed);
        if failed.unquoted.is_some() {
            self.progress.failed(&failed);
        }
        failed.for_strangers().message
    }

    async fn follow_heroes(&self, journal: &mut Journal, before: &State) -> Result<()> {
        let after = self.with_external(journal.state().clone());
        let looks = self.last_looks().await?;
        let now = self.now(&after);
        let train = |state| Train { settings: &self.settings, state, looks: &looks, now };
        let (old, new) = (train(before), train(&after));
        let coming = new.departures(new.today()).into_iter().map(|departure| departure.push);
        let mut pushes: Vec<PushDate> = after.pushes.keys().copied().chain(coming).collect();
        pushes.sort_unstable();
        pushes.dedup();
        for push in pushes {
            let (Some(was), Some(is)) = (hero(&old, push), hero(&new, push)) else { continue };
            if was == is {
                continue;
            }
            let Some(mut sheet) = self.opened_sheet(&new, push).await? else { continue };
            let context = self.notes_context(&sheet);
            let notes = Notes::parse(&sheet.text, &context);
            let edit = write::relieved(&notes, &context, &sheet.page.template, (&was, &is));
            let text = apply(&sheet.text, edit.as_slice());
            self.write_sheet(journal, &mut sheet, text, Hand::Machine).await?;
        }
        Ok(())
    }
}

/// Why the notes are not up to date: what stands in the way, and what to do about it.
pub(crate) fn not_up_to_date(failed: Failure) -> Failure {
    let hint = failed.hint.clone();
    failed.within(|why| format!("the notes are not up to date: {why}; {hint}"))
}

/// Who has a push: who had it when its cut began, or who will.
fn hero(train: &Train<'_>, push: PushDate) -> Option<PersonName> {
    let recorded = train.state.pushes.get(&push).and_then(|known| known.hero.clone());
    recorded.or_else(|| train.departure(push)?.hero)
}
