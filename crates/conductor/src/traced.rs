//! A commit traced through a repository's tags, for `where` and for hot-fixes that another push still lacks.

use std::collections::{BTreeMap, BTreeSet};

use train::cut;
use train::facts::{Commit, Look};
use train::id::{Oid, PushDate, RepoName};
use train::pick::{PickFate, RepoPicks};
use train::settings::Repo;
use train::state::{Given, State};
use train::trace::{HotFix, Stands, Trace, hot_fixes};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;

/// A trace, with the tags whose history has each of its commits.
pub(crate) struct Traced {
    trace: Trace,
    tags: BTreeMap<Oid, BTreeSet<String>>,
}

impl Traced {
    /// How the commit stands on a tag.
    pub(crate) fn on(&self, tag: &str) -> Stands {
        self.trace.on(|commit| self.tags.get(commit).is_some_and(|tags| tags.contains(tag)))
    }

    /// The commit that `main` has of it, and the one that brought that there: the commit itself, or what it was picked from
    /// or as.
    pub(crate) async fn on_main(
        &self,
        aboard: &Aboard,
        main: Option<&Oid>,
    ) -> Result<Option<(Oid, Commit)>> {
        let Some(main) = main else { return Ok(None) };
        for name in self.trace.names() {
            if let Some(brought) = aboard.repo.brought_by(main, name).await? {
                return Ok(Some((name.clone(), brought)));
            }
        }
        Ok(None)
    }

    /// Every tag that has it in some form, or had it taken back.
    pub(crate) fn tags(&self) -> BTreeSet<&String> {
        self.tags.values().flatten().collect()
    }
}

impl Conductor {
    /// Traces a commit by the mirror and the ledger.
    pub(crate) async fn traced(
        &self,
        state: &State,
        aboard: &Aboard,
        look: &Look,
        commit: &Oid,
    ) -> Result<Traced> {
        let trace = trace(state, &aboard.settings.name, look, commit);
        let mut tags = BTreeMap::new();
        for commit in trace.commits() {
            let with = aboard.repo.tags_with(commit).await?;
            tags.insert(commit.clone(), with.into_iter().collect());
        }
        Ok(Traced { trace, tags })
    }

    /// What `push` lacks of the hot-fixes that older pushes got since it was cut, a sentence each (P6). The ledger and the
    /// mirrors answer; nobody is asked.
    pub(crate) async fn lacking(
        &self,
        state: &State,
        looks: &BTreeMap<RepoName, Look>,
        push: PushDate,
    ) -> Result<Vec<String>> {
        self.lacking_after(state, looks, push, &[]).await
    }

    /// What is lacking once `planned` is on the tags of `push`: there itself, and on pushes that were cut after it.
    pub(crate) async fn lacking_after(
        &self,
        state: &State,
        looks: &BTreeMap<RepoName, Look>,
        push: PushDate,
        planned: &[RepoPicks],
    ) -> Result<Vec<String>> {
        let new = planned.iter().flat_map(|repo| {
            let picks = if let PickFate::Tag { picks, .. } = &repo.fate { &picks[..] } else { &[] };
            picks.iter().map(|pick| HotFix { repo: &repo.repo, pick })
        });
        let new: Vec<HotFix<'_>> = new.collect();
        let is_planned = |fix: &HotFix<'_>| {
            new.iter().any(|n| n.repo == fix.repo && n.pick.commit == fix.pick.commit)
        };
        let here = hot_fixes(state, push).into_iter().filter(|fix| !is_planned(fix));
        let later = state.pushes.range(push..).map(|(date, _)| *date);
        let later = later.filter(|date| *date != push && state.over(*date).is_none());
        let there = later.flat_map(|date| new.iter().map(move |fix| (date, *fix)));
        let mut lacking = Vec::new();
        for (push, fix) in here.map(|fix| (push, fix)).chain(there) {
            if self.lacks(state, looks, push, &fix).await? {
                lacking.push(fix.ask(push));
            }
        }
        Ok(lacking)
    }

    /// Whether the newest tag of `push` lacks a hot-fix.
    async fn lacks(
        &self,
        state: &State,
        looks: &BTreeMap<RepoName, Look>,
        push: PushDate,
        fix: &HotFix<'_>,
    ) -> Result<bool> {
        let Ok(aboard) = self.aboard(fix.repo) else { return Ok(false) };
        let Some(look) = looks.get(fix.repo) else { return Ok(false) };
        let given = state.pushes.get(&push).and_then(|p| p.tags.get(fix.repo));
        let given = given.map_or(&[][..], Vec::as_slice);
        let tags = tags_seen(&aboard.settings, Some(look), Some(push), given);
        let Some((.., newest)) = tags.last() else { return Ok(false) };
        let trace = trace(state, fix.repo, look, &fix.pick.commit);
        let mut had = BTreeSet::new();
        for commit in trace.commits() {
            if aboard.repo.contains(newest, commit).await? {
                had.insert(commit);
            }
        }
        Ok(fix.is_lacking(&trace.on(|commit| had.contains(commit))))
    }
}

/// The tags of a push, oldest first: name, object, commit; as seen on the remote, and as recorded where it was not seen since.
pub(crate) fn tags_seen(
    repo: &Repo,
    look: Option<&Look>,
    push: Option<PushDate>,
    given: &[Given],
) -> Vec<(String, Oid, Oid)> {
    let Some(push) = push else { return Vec::new() };
    let mut found: BTreeMap<_, _> = BTreeMap::new();
    for given in given {
        if let Some(revision) = repo.scheme.parse(&given.tag.tag) {
            found.insert(
                revision,
                (given.tag.tag.clone(), given.tag.object.clone(), given.tag.commit.clone()),
            );
        }
    }
    if let Some(look) = look {
        for (revision, name, commit) in cut::revisions(repo, look, push) {
            let object =
                look.tags.get(&name).map_or_else(|| commit.clone(), |seen| seen.object.clone());
            found.insert(revision, (name, object, commit));
        }
    }
    found.into_values().collect()
}

/// The trace by the tags that the look shows, and by those that are younger than it.
fn trace(state: &State, repo: &RepoName, look: &Look, commit: &Oid) -> Trace {
    let given = state.pushes.values().filter_map(|push| push.tags.get(repo)).flatten();
    let younger: BTreeSet<&str> =
        given.filter(|g| g.at >= look.observed_at).map(|g| g.tag.tag.as_str()).collect();
    let is_known = |tag: &str| look.tags.contains_key(tag) || younger.contains(tag);
    Trace::of(state, repo, commit, is_known)
}
