//! What a page was: earlier versions, who wrote what, its history.

use std::ops::Range;

use train::event::{Hand, Written};
use train::id::PushDate;
use train::notes::changed_lines;
use train::refusal::{Code, Refusal};

use super::MACHINE;
use super::replay::{PAGE, Replay};
use super::sheet::Sheet;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Entry, SharedText};
use crate::view::{Moment, NotesVersion};

impl Conductor {
    /// Whether anybody wrote in a page.
    pub(super) async fn has_notes(&self, key: PushDate) -> Result<bool> {
        let mut found = false;
        self.replayed(key, |_, _, _| {
            found = true;
            false
        })
        .await?;
        Ok(found)
    }

    /// Plays a page's writings again, and shows each to `each` until that has seen enough.
    async fn replayed(
        &self,
        key: PushDate,
        mut each: impl FnMut(&Replay, &Written, &Entry) -> bool,
    ) -> Result<Replay> {
        let mut replay = Replay::of(key, self.texts.open(None, MACHINE)?);
        let stream = format!("push/{key}");
        let mut after = 0;
        loop {
            let entries = self.ledger.read(after, PAGE, Some(&stream)).await?;
            let Some(last) = entries.last() else { return Ok(replay) };
            after = last.seq;
            for entry in &entries {
                if let Some(written) = replay.learn(entry)?
                    && !each(&replay, written, entry)
                {
                    return Ok(replay);
                }
            }
        }
    }

    /// The text of a page as it was at a version. Before it was opened it is what it was opened with.
    pub(super) async fn text_at(&self, sheet: &Sheet, version: u32) -> Result<String> {
        if version == sheet.page.version || !sheet.is_open() && version == 0 {
            return Ok(sheet.text.clone());
        }
        if version > sheet.page.version {
            return Err(Refusal::new(
                Code::NotFound,
                format!(
                    "the notes of {} are at version {}; there is no version {version}",
                    sheet.push, sheet.page.version
                ),
                "`pushduty notes show --history` lists the versions",
            ));
        }
        let wanted = version.max(1);
        let replay = self.replayed(sheet.key, |_, written, _| written.version < wanted).await?;
        Ok(replay.text)
    }

    /// Every writing in a page, the oldest first; and for each of its lines the version that wrote in it last.
    pub(super) async fn history(&self, key: PushDate) -> Result<(Vec<NotesVersion>, Vec<u32>)> {
        let mut versions = Vec::new();
        let mut before = String::new();
        let replay = self
            .replayed(key, |replay, written, entry| {
                let lines = changed_lines(&before, &replay.text);
                before.clone_from(&replay.text);
                let added = lines.iter().filter(|line| line.added).count();
                versions.push(NotesVersion {
                    version: written.version,
                    at: Moment(self.local(entry.at)),
                    by: author(written, entry),
                    actor: entry.content.as_ref().map(|(actor, _)| actor.name.clone()),
                    opened: written.template.is_some(),
                    added,
                    removed: lines.len() - added,
                    items: written.items.clone(),
                });
                true
            })
            .await?;
        let lines = replay.authors.lines(&replay.text);
        Ok((versions, lines))
    }

    /// What of a text the machine wrote.
    pub(super) fn by_machine(&self, shared: &dyn SharedText) -> Vec<Range<usize>> {
        let own = self.texts.mark(MACHINE);
        let mut machine: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        for (length, mark) in shared.pieces() {
            let piece = at..at + length;
            at = piece.end;
            if mark != own {
                continue;
            }
            match machine.last_mut().filter(|last| last.end == piece.start) {
                Some(last) => last.end = piece.end,
                None => machine.push(piece),
            }
        }
        machine
    }
}

fn author(written: &Written, entry: &Entry) -> String {
    match (written.hand, &entry.content) {
        (Hand::Person, Some((actor, _))) => actor.name.clone(),
        _ => MACHINE.to_owned(),
    }
}
