//! `Push-Task:` trailers: tasks of the push whose tag first contains their commit, each put into its notes once.

use std::collections::BTreeSet;

use train::event::Hand;
use train::id::{Oid, PushDate};
use train::notes::embargo::Embargoed;
use train::notes::{Context, Notes, Phase, SectionKind, apply, given, write};
use train::pushes::Train;
use train::state::Push;

use super::sheet::{Marked, Sheet};
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::journal::Journal;

/// A trailer, and the key under which it is put in once.
struct Trailer {
    key: String,
    repo: String,
    commit: Oid,
    text: String,
}

impl Conductor {
    /// Puts the tasks of new commits into the page. One that a person took out does not come back; one that tells of what is
    /// not public yet waits (P9).
    pub(super) async fn with_trailers(
        &self,
        journal: &mut Journal,
        train: &Train<'_>,
        sheet: &mut Sheet,
        push: &Push,
    ) -> Result<()> {
        let mut new = Vec::new();
        for aboard in &self.aboard {
            // What can't be read now is read with the next tag.
            let found = self.trailers(train, aboard, sheet.push, push).await.unwrap_or_default();
            new.extend(found.into_iter().filter(|one| !sheet.page.once.contains(&one.key)));
        }
        if new.is_empty() {
            return Ok(());
        }
        let embargoed = self.embargoed().await?;
        let context = self.notes_context(sheet);
        let (mut text, mut once) = (sheet.text.clone(), Vec::new());
        for trailer in new {
            let Some((kind, task)) = task(&trailer, &context, &embargoed) else { continue };
            let notes = Notes::parse(&text, &context);
            text = apply(&text, &[write::item(&notes, kind, &task)]);
            once.push(trailer.key);
        }
        if once.is_empty() {
            return Ok(());
        }
        let marked = Marked { once, ..Marked::default() };
        self.write_marked(journal, sheet, (text, Hand::Machine), marked).await?;
        Ok(())
    }

    /// The trailers of the commits that a push's tag is the first to contain.
    async fn trailers(
        &self,
        train: &Train<'_>,
        aboard: &Aboard,
        date: PushDate,
        push: &Push,
    ) -> Result<Vec<Trailer>> {
        let name = &aboard.settings.name;
        let Some(newest) = push.tags.get(name).and_then(|tags| tags.last()) else {
            return Ok(Vec::new());
        };
        let look = train.looks.get(name);
        let base = newest.tag.base.as_ref().and_then(|base| look?.tags.get(base));
        let Some(base) = base.map(|seen| seen.commit.clone()) else { return Ok(Vec::new()) };
        let compared = aboard.repo.compare(Some(&base), &newest.tag.commit, 0).await?;
        let mut commits: Vec<Oid> =
            compared.tasks.iter().map(|(commit, _)| commit.clone()).collect();
        commits.dedup();
        let before = self.contained_before(train, aboard, date, &commits).await?;
        // A pick has the trailers of what it was picked from: both are one.
        let origin = |made: &Oid| {
            let pick = newest.tag.picks.iter().find(|pick| &pick.made == made);
            pick.map_or_else(|| made.clone(), |pick| pick.commit.clone())
        };
        let tasks = compared.tasks.into_iter().filter(|(commit, _)| !before.contains(commit));
        let trailer = |(commit, text): (Oid, String)| {
            let commit = origin(&commit);
            let key = train::digest::of(&("trailer", name, &commit, &text));
            Trailer { key, repo: name.to_string(), commit, text }
        };
        let mut found: Vec<Trailer> = tasks.map(trailer).collect();
        // The oldest commit first; of one its trailers as they stand.
        let rank = |one: &Trailer| commits.iter().position(|c| origin(c) == one.commit);
        found.sort_by_key(|one| std::cmp::Reverse(rank(one)));
        Ok(found)
    }

    /// Those of `commits` that a tag of an earlier push had, by itself or by pick.
    async fn contained_before(
        &self,
        train: &Train<'_>,
        aboard: &Aboard,
        push: PushDate,
        commits: &[Oid],
    ) -> Result<BTreeSet<Oid>> {
        let mut before = BTreeSet::new();
        if commits.is_empty() {
            return Ok(before);
        }
        for known in train.state.pushes.range(..push).rev().map(|(_, known)| known) {
            let tags = known.tags.get(&aboard.settings.name).into_iter().flatten();
            for given in tags {
                let picked = |commit: &&Oid| {
                    given.tag.picks.iter().any(|p| !p.reverted && &p.commit == *commit)
                };
                before.extend(commits.iter().filter(picked).cloned());
                let outside = aboard.repo.outside(&given.tag.commit, commits).await?;
                before.extend(commits.iter().filter(|c| !outside.contains(c)).cloned());
            }
        }
        Ok(before)
    }
}

/// The line that a trailer becomes, and the section of its phase; none while it tells of what is not public yet.
fn task(
    trailer: &Trailer,
    context: &Context,
    embargoed: &Embargoed,
) -> Option<(SectionKind, String)> {
    let Trailer { repo, commit, text, .. } = trailer;
    if embargoed.told_by(text) {
        return None;
    }
    let (phase, what) = Phase::leading(text);
    let kind = SectionKind::Tasks(phase);
    let from = format!("({repo}@{})", commit.short());
    let line = given::text(&format!("{what} {from}"), kind, context);
    // What would be read as something else is looked up where it stands.
    let elsewhere = |_| format!("do what the Push-Task of {repo}@{} says", commit.short());
    Some((kind, line.unwrap_or_else(elsewhere)))
}
