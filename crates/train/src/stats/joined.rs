//! What is known of one push, whoever tells: the ledger's own acts first, then what was imported.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Precision;
use crate::calendar::Timetable;
use crate::id::{Oid, PushDate, RepoName};
use crate::import::{Compared, Imported, Revision};
use crate::past::{OwnTag, PastHold, PastPush};
use crate::settings::Repo;

/// Who tells of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// This ledger.
    Own,
    /// Notes that were imported.
    Imported,
    /// Both.
    Both,
}

/// One push, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct PushFacts {
    /// Its date.
    pub push: PushDate,
    /// Who tells of it.
    pub origin: Origin,
    /// The hero; none where nobody is named, or several.
    pub hero: Option<String>,
    /// Its repositories, in the configuration's order.
    pub repos: Vec<RepoFacts>,
    /// When the first tag was given.
    pub cut_at: Option<Timestamp>,
    /// When it was started.
    pub start: Option<Timestamp>,
    /// When it was over.
    pub end: Option<Timestamp>,
    /// Commits picked, or asked for.
    pub picks: Option<usize>,
    /// Tags with a suffix.
    pub retags: Option<usize>,
    /// Blockers in its notes.
    pub blockers: Vec<Blocker>,
    /// Holds.
    pub holds: Vec<PastHold>,
    /// Why it did not run.
    pub cancelled: Option<String>,
    /// When it was taken back.
    pub rolled_back: Vec<Timestamp>,
    /// What there was to tell of it.
    pub issues: Vec<String>,
}

/// One repository's part.
#[derive(Debug, Clone, PartialEq)]
pub struct RepoFacts {
    /// The repository.
    pub repo: RepoName,
    /// What its tag is compared with.
    pub base: Option<String>,
    /// The bases of all its links, as notes have them.
    pub bases: Vec<String>,
    /// Its newest tag; none where it stayed.
    pub tag: Option<String>,
    /// The commit of that tag, where the ledger gave it.
    pub commit: Option<Oid>,
    /// All its tags that are told of, oldest first, with when each was given where that is known.
    pub tags: Vec<(String, Option<Timestamp>)>,
    /// The first of them that was given after its end, or while production ran the push already: a hot-fix.
    pub hot_fix: Option<String>,
    /// How many tags came after its first.
    pub retags: usize,
    /// Why it stayed.
    pub stayed: Option<String>,
    /// How many commits it brought; none where the mirror does not have both ends.
    pub commits: Option<usize>,
    /// When each of those came to main, merges and what an earlier push brought by pick left out.
    pub landed: Vec<Timestamp>,
}

/// A blocker.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocker {
    /// Its text.
    pub text: String,
    /// Whether it was done.
    pub done: bool,
    /// Whether its words held the push.
    pub holds: bool,
    /// From when to when, where both are known.
    pub lasted: Option<(Timestamp, Timestamp)>,
}

impl RepoFacts {
    /// The tag that its hot-fix came after; none where there was no hot-fix, or nothing tells what was before.
    #[must_use]
    pub fn before_hot_fix(&self) -> Option<&String> {
        let hot = self.tags.iter().position(|(tag, _)| Some(tag) == self.hot_fix.as_ref())?;
        self.tags.get(hot.checked_sub(1)?).map(|(tag, _)| tag)
    }
}

impl PushFacts {
    /// When it was in production, where a time is known: its end, else its start.
    #[must_use]
    pub fn arrived(&self) -> Option<Timestamp> {
        self.end.or(self.start)
    }

    /// When it was in production: a known time; else, of a push that notes tell of, its day at the timetable's time.
    #[must_use]
    pub fn production(&self, timetable: &Timetable) -> Option<(Timestamp, Precision)> {
        if let Some(at) = self.arrived() {
            return Some((at, Precision::Time));
        }
        let at = self
            .push
            .0
            .to_datetime(timetable.push.time)
            .to_zoned_datetime(timetable.zone())
            .ok()?;
        (self.origin != Origin::Own).then(|| (at.timestamp(), Precision::Day))
    }
}

/// What is known of a push, from the ledger and from notes.
#[must_use]
pub fn joined(push: PushDate, past: &PastPush, repos: &[Repo]) -> PushFacts {
    let (own, told) = (&past.own, past.imported.as_ref());
    let is_own = own.opened.is_some() || own.cancelled.is_some();
    let origin = match (is_own, told) {
        (true, Some(_)) => Origin::Both,
        (false, Some(_)) => Origin::Imported,
        (_, None) => Origin::Own,
    };
    let repos: Vec<RepoFacts> = repos.iter().filter_map(|repo| of_repo(push, past, repo)).collect();
    let own_tags = || own.tags.values().flatten();
    let hero = own.hero.as_ref().map(ToString::to_string);
    let picked = own.tags.values().filter_map(|tags| tags.last()).map(|tag| tag.picks).sum();
    let asked = |told: &Imported| told.picks.iter().filter(|pick| !pick.forbidden).count();
    let tagged = own_tags().next().is_some();
    let time = |time: &Option<crate::import::Time>| time.as_ref().map(|time| time.at);
    PushFacts {
        push,
        origin,
        hero: hero.or_else(|| told.and_then(|told| Some(told.hero()?.name().to_owned()))),
        cut_at: own_tags().map(|tag| tag.at).min(),
        start: own.production.started.or_else(|| time(&told?.start)),
        end: own.production.ended.or_else(|| time(&told?.end)),
        picks: if tagged { Some(picked) } else { told.map(asked) },
        retags: repos
            .iter()
            .any(|repo| repo.tag.is_some())
            .then(|| repos.iter().map(|repo| repo.retags).sum()),
        blockers: blockers(past),
        holds: own.holds.clone(),
        cancelled: own.cancelled.clone(),
        rolled_back: own.production.rolled_back.clone(),
        issues: told.map_or(&own.production.issues, |told| &told.issues).clone(),
        repos,
    }
}

/// How many tags of `push` came after the first, by their suffixes: the last one tells of those before it.
fn retags(push: PushDate, repo: &Repo, heads: &[&str]) -> usize {
    let of = |head: &&str| Revision::of(head).filter(|revision| revision.push == push);
    let last =
        heads.iter().filter_map(of).map(|revision| revision.suffix).max().unwrap_or_default();
    let after = (last > 0).then(|| (last + 1).saturating_sub(repo.scheme.first_suffix()).max(1));
    after.and_then(|after| usize::try_from(after).ok()).unwrap_or_default()
}

/// Whether a tag is compared with what was there before its push. Else production ran the push already when it was given.
fn began(push: PushDate, tags: &[OwnTag], tag: &OwnTag) -> bool {
    let own = |base: &String| {
        tags.iter().any(|other| &other.tag == base)
            || Revision::of(base).is_some_and(|revision| revision.push == push)
    };
    !tag.base.as_ref().is_some_and(own)
}

/// What a push is compared with, by its tags and by its notes. A hot-fix came onto the push itself: that is no base of it.
fn base(push: PushDate, tags: &[OwnTag], noted: Option<&str>) -> Option<String> {
    match (tags.iter().rfind(|tag| began(push, tags, tag)), noted) {
        (Some(tag), _) => tag.base.clone(),
        (None, Some(noted)) => Some(noted.to_owned()),
        (None, None) => tags.first()?.base.clone(),
    }
}

fn of_repo(push: PushDate, past: &PastPush, repo: &Repo) -> Option<RepoFacts> {
    let name = &repo.name;
    let links = past.imported.iter().flat_map(|told| &told.links);
    let links: Vec<&Compared> = links.filter(|l| &l.repo == name && !l.struck).collect();
    let mut facts = RepoFacts {
        repo: name.clone(),
        base: None,
        bases: links.iter().map(|link| link.base.clone()).collect(),
        tag: None,
        commit: None,
        tags: Vec::new(),
        hot_fix: None,
        stayed: None,
        retags: 0,
        commits: None,
        landed: Vec::new(),
    };
    if let Some(tags) = past.own.tags.get(name) {
        let last = tags.last()?;
        facts.tags = tags.iter().map(|tag| (tag.tag.clone(), Some(tag.at))).collect();
        facts.retags = tags.len() - 1;
        facts.tag = Some(last.tag.clone());
        facts.commit = Some(last.commit.clone());
        let ended = |tag: &OwnTag| past.own.production.ended.is_some_and(|end| tag.at > end);
        let late = tags.iter().find(|tag| ended(tag) || !began(push, tags, tag));
        facts.hot_fix = late.map(|tag| tag.tag.clone());
        let newest = links.iter().max_by_key(|link| Revision::of(&link.head));
        facts.base = base(push, tags, newest.map(|link| link.base.as_str()));
        return Some(facts);
    }
    if let Some(last) = links.iter().max_by_key(|link| Revision::of(&link.head)) {
        let mut heads: Vec<&str> = links.iter().map(|link| link.head.as_str()).collect();
        heads.sort_by_key(|head| Revision::of(head));
        heads.dedup();
        facts.retags = retags(push, repo, &heads);
        facts.tags = heads.into_iter().map(|head| (head.to_owned(), None)).collect();
        facts.tag = Some(last.head.clone());
        facts.base = Some(last.base.clone());
        return Some(facts);
    }
    if let Some((tag, because)) = past.own.stays.get(name) {
        facts.base.clone_from(tag);
        facts.stayed = Some(because.clone());
        return Some(facts);
    }
    let stays = past.imported.iter().flat_map(|told| &told.stays).find(|stay| &stay.repo == name);
    let because = stays.map(|stay| stay.because.clone().unwrap_or_default())?;
    facts.stayed = Some(because);
    Some(facts)
}

fn blockers(past: &PastPush) -> Vec<Blocker> {
    let own = past.own.blockers.values().map(|blocker| Blocker {
        text: blocker.text.clone(),
        done: blocker.ended.is_some(),
        holds: true,
        lasted: blocker.ended.map(|ended| (blocker.raised, ended)),
    });
    let told = past.imported.iter().flat_map(|told| &told.blockers).map(|blocker| Blocker {
        text: blocker.text.clone(),
        done: blocker.done,
        holds: blocker.holds,
        lasted: None,
    });
    // A page that was written here and imported too tells the same twice.
    let mut seen = BTreeSet::new();
    own.chain(told).filter(|blocker| seen.insert(blocker.text.clone())).collect()
}
