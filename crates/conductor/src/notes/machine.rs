//! What the machine writes by itself: pages opened at the cut, compare links, which picks are in which tag.

use std::collections::BTreeMap;

use train::event::{Event, Hand};
use train::id::{PushDate, RepoName};
use train::links;
use train::notes::write::{self, Pushing};
use train::notes::{Notes, apply};
use train::settings::Repo;
use train::state::Push;

use super::sheet::Sheet;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::journal::Journal;

impl Conductor {
    /// Brings the notes up to what is tagged: opens the page of `push` and that of the push after it, and writes links and
    /// marks. The tags are there whatever comes of it: a failure comes back as a remark.
    pub(crate) async fn notes_follow(
        &self,
        journal: &mut Journal,
        push: PushDate,
    ) -> Option<String> {
        let failed = self.follow_tags(journal, push).await.err()?;
        Some(self.notes_remark(failed))
    }

    async fn follow_tags(&self, journal: &mut Journal, push: PushDate) -> Result<()> {
        let state = self.with_external(journal.state().clone());
        let Some(opened) = state.pushes.get(&push) else { return Ok(()) };
        let looks = self.last_looks().await?;
        let train = self.train(&state, &looks);
        let mut sheet = self.sheet(&train, push).await?;
        self.open_sheet(journal, &mut sheet).await?;
        self.take_over(journal, &train, push).await?;
        let mut sheet = self.sheet(&train, push).await?;
        let text = self.with_tags(&sheet, opened, &self.reasons_to_stay(push).await?);
        let text = self.with_marks(&train, &sheet, &text, opened).await?;
        self.write_sheet(journal, &mut sheet, text, Hand::Machine).await?;
        self.with_trailers(journal, &train, &mut sheet, opened).await?;
        if let Some(next) = train.following(push) {
            let mut sheet = self.sheet(&train, next.push).await?;
            self.open_sheet(journal, &mut sheet).await?;
        }
        Ok(())
    }

    /// The page with a line in *Pushing* for each repository.
    fn with_tags(
        &self,
        sheet: &Sheet,
        push: &Push,
        reasons: &BTreeMap<RepoName, String>,
    ) -> String {
        let context = self.notes_context(sheet);
        let mut text = sheet.text.clone();
        for repo in &self.settings.repos {
            let Some(wanted) = pushing(repo, push, reasons) else { continue };
            let notes = Notes::parse(&text, &context);
            text = apply(&text, &write::pushing(&notes, &context, &repo.name, &wanted));
        }
        text
    }

    /// Why repositories stay, as it was said.
    async fn reasons_to_stay(&self, push: PushDate) -> Result<BTreeMap<RepoName, String>> {
        let (mut reasons, mut after) = (BTreeMap::new(), 0);
        let stream = format!("push/{push}");
        loop {
            let entries = self.ledger.read(after, super::replay::PAGE, Some(&stream)).await?;
            let Some(last) = entries.last() else { return Ok(reasons) };
            after = last.seq;
            for (_, event) in entries.iter().filter_map(|entry| entry.content.as_ref()) {
                if let Event::Stayed { repo, because, .. } = event {
                    reasons.insert(repo.clone(), because.clone());
                }
            }
        }
    }
}

/// What *Pushing* says of a repository; nothing where it has no tag yet, or nothing to compare it with.
fn pushing(repo: &Repo, push: &Push, reasons: &BTreeMap<RepoName, String>) -> Option<Pushing> {
    if push.stays.contains_key(&repo.name) {
        let because = reasons.get(&repo.name).cloned().unwrap_or_default();
        return Some(Pushing::Stays(because));
    }
    let tag = &push.tags.get(&repo.name)?.last()?.tag;
    let base = tag.base.clone()?;
    let link = links::compare(repo, &base, &tag.tag)?;
    Some(Pushing::Compare { base, head: tag.tag.clone(), link })
}
