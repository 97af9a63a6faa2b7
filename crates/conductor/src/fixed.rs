//! Blockers whose fix the newest tags have, found whenever somebody looks and kept until tags or blockers are others.

use std::collections::BTreeSet;

use train::fixed::{Aboard, Fix, Thing, fix, things};
use train::id::{Oid, PushDate, RepoName};
use train::notes::Context;
use train::notes::follow::{Family, ItemId};
use train::notes::page::Known;
use train::pushes::Train;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::BlockerView;

/// How many commits of a tag are read: the newest.
const NEWEST: usize = 2_000;

/// A newest tag, from what it is compared with to its commit.
type Span = (RepoName, String, Oid, Oid);

impl Conductor {
    /// The blockers, each open one whose fix is aboard as settled by it.
    pub(crate) async fn with_fixes(
        &self,
        train: &Train<'_>,
        push: Option<PushDate>,
        mut blockers: Vec<BlockerView>,
    ) -> Vec<BlockerView> {
        let Some(push) = push else { return blockers };
        let mut open: Vec<&mut BlockerView> = blockers.iter_mut().filter(|b| b.open).collect();
        let texts: Vec<&str> = open.iter().map(|blocker| blocker.text.as_str()).collect();
        // What can't be read now settles nothing now.
        let found = self.fixed(train, push, &texts).await.unwrap_or_default();
        for (blocker, fix) in open.iter_mut().zip(found) {
            blocker.open = fix.is_none();
            blocker.fixed = fix;
        }
        blockers
    }

    /// Those of a push's open items that are blockers whose fix is aboard.
    pub(crate) async fn fixed_items(
        &self,
        train: &Train<'_>,
        push: PushDate,
        open: impl Iterator<Item = &Known>,
    ) -> BTreeSet<ItemId> {
        let blockers: Vec<_> = open
            .map(|known| &known.tracked)
            .filter(|tracked| tracked.id.family == Family::Blocker)
            .collect();
        let texts: Vec<&str> = blockers.iter().map(|tracked| tracked.text.as_str()).collect();
        let found = self.fixed(train, push, &texts).await.unwrap_or_default();
        let fixed = blockers.iter().zip(found).filter(|(_, fix)| fix.is_some());
        fixed.map(|(tracked, _)| tracked.id).collect()
    }

    /// Where the fix of each blocker is, in their order.
    async fn fixed(
        &self,
        train: &Train<'_>,
        push: PushDate,
        texts: &[&str],
    ) -> Result<Vec<Option<Fix>>> {
        let context = Context::of(&self.settings, "", Some(push));
        let named: Vec<BTreeSet<Thing>> = texts.iter().map(|t| things(t, &context)).collect();
        if named.iter().all(BTreeSet::is_empty) {
            return Ok(vec![None; texts.len()]);
        }
        let spans = spans(train, push);
        let (name, of) = (format!("fixed/{push}"), train::digest::of(&(&spans, &named)));
        if let Some(found) = self.recalled(&name, &of).await? {
            return Ok(found);
        }
        let mut aboard = Vec::new();
        for (repo, tag, base, head) in spans {
            let said = self.aboard(&repo)?.repo.said(&base, &head, NEWEST).await?;
            aboard.push(Aboard { repo, tag, said });
        }
        let found = named.iter().map(|named| fix(named, &aboard, &context)).collect();
        self.keep_found(name, of, found).await
    }
}

/// The newest tags of a push, as far as what they are compared with is known.
fn spans(train: &Train<'_>, push: PushDate) -> Vec<Span> {
    let tags = train.state.pushes.get(&push).map(|known| &known.tags).into_iter().flatten();
    let span = |(repo, given): (&RepoName, &Vec<train::state::Given>)| {
        let newest = &given.last()?.tag;
        let base = train.looks.get(repo)?.tags.get(newest.base.as_ref()?)?;
        Some((repo.clone(), newest.tag.clone(), base.commit.clone(), newest.commit.clone()))
    };
    tags.filter_map(span).collect()
}
