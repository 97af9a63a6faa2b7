//! `history`: past pushes, newest first, from the ledger, from notes and from the mirrors as they were last fetched.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use train::facts::{Brought, Look, SeenRef};
use train::id::{Oid, PushDate, RepoName};
use train::past::{Past, PastPush, blocker_name};
use train::refusal::{Code, Refusal};
use train::stats::{PushFacts, RepoFacts, joined};

use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::view::{
    HistoryView, Moment, PastAsk, PastBlockerView, PastHoldView, PastItem, PastPushView, PastRepo,
    PastTime, PushDetail,
};

/// Which past pushes to show.
#[derive(Debug, Clone, Default)]
pub struct HistoryWish {
    /// Only this one, with all that is known of it.
    pub push: Option<PushDate>,
    /// Only those that say this, in any case.
    pub search: Option<String>,
    /// From this day on.
    pub from: Option<Date>,
    /// Until this day.
    pub to: Option<Date>,
}

impl HistoryWish {
    fn covers(&self, push: PushDate) -> bool {
        self.push.is_none_or(|only| only == push)
            && self.from.is_none_or(|from| push.0 >= from)
            && self.to.is_none_or(|to| push.0 <= to)
    }

    pub(super) fn check(&self) -> Result<()> {
        match (self.from, self.to) {
            (Some(from), Some(to)) if to < from => Err(Refusal::new(
                Code::Usage,
                format!("from {} to {} there is no day", PushDate(from), PushDate(to)),
                "give the earlier date with --from",
            )),
            _ => Ok(()),
        }
    }
}

/// Past pushes, each with what is known of it.
pub(super) struct Told {
    pub past: Past,
    /// Oldest first.
    pub facts: Vec<PushFacts>,
    /// How many are known, of any day.
    pub known: usize,
}

impl Conductor {
    /// Past pushes, newest first.
    pub async fn past_pushes(&self, wish: &HistoryWish) -> Result<HistoryView> {
        let Told { past, facts, known } = self.known_past(wish).await?;
        if let (Some(push), true) = (wish.push, facts.is_empty()) {
            return Err(Refusal::new(
                Code::NotFound,
                format!("nothing is known of a push of {push}"),
                "`pushduty history` lists those that are known",
            ));
        }
        let sought = wish.search.as_deref().map(str::to_lowercase);
        let says = |facts: &&PushFacts| {
            let past = &past.pushes[&facts.push];
            sought.as_deref().is_none_or(|sought| says(facts, past, sought))
        };
        let shown = facts.iter().rev().filter(says);
        let view = |facts: &PushFacts| {
            let past = &past.pushes[&facts.push];
            let detail = wish.push.is_some().then(|| self.detail(past));
            self.past_view(facts, past, detail)
        };
        Ok(HistoryView {
            train: self.settings.train.to_string(),
            pushes: shown.map(view).collect(),
            search: wish.search.clone(),
            among: facts.len(),
            known,
        })
    }

    /// What is known of the pushes that are meant, oldest first.
    pub(super) async fn known_past(&self, wish: &HistoryWish) -> Result<Told> {
        wish.check()?;
        self.state().await?;
        let past = self.past().await?;
        let told = past.pushes.iter().filter(|(_, told)| told.is_told());
        let known = told.clone().count();
        let meant = told.filter(|(push, _)| wish.covers(**push));
        let mut facts: Vec<PushFacts> =
            meant.map(|(push, past)| joined(*push, past, &self.settings.repos)).collect();
        for aboard in &self.aboard {
            let Some(look) = aboard.repo.last_look(self.clock.now()).await? else { continue };
            self.ask_mirror(aboard, &look, &mut facts).await?;
        }
        Ok(Told { past, facts, known })
    }

    /// Adds what a mirror knows of each push: how many commits, when they came to main, when the first tag was made.
    async fn ask_mirror(
        &self,
        aboard: &Aboard,
        look: &Look,
        facts: &mut [PushFacts],
    ) -> Result<()> {
        let name = &aboard.settings.name;
        let (mut spans, mut tagged) = (Vec::new(), Vec::new());
        for (at, push) in facts.iter().enumerate() {
            let Some(repo) = push.repos.iter().find(|repo| &repo.repo == name) else { continue };
            spans.extend(ends(repo, &look.tags).map(|ends| (at, ends)));
            let first = repo.tags.iter().find_map(|(tag, _)| look.tags.get(tag));
            tagged.extend(
                first.filter(|_| push.cut_at.is_none()).map(|seen| (at, seen.object.clone())),
            );
        }
        let objects: Vec<Oid> = tagged.iter().map(|(_, object)| object.clone()).collect();
        for ((at, _), made) in tagged.iter().zip(aboard.repo.tagged_at(&objects).await?) {
            let cut = &mut facts[*at].cut_at;
            *cut = [*cut, made].into_iter().flatten().min();
        }
        let late = hot_fixed(aboard, look, facts).await?;
        let ends: Vec<(Oid, Oid)> = spans.iter().map(|(_, ends)| ends.clone()).collect();
        // What was picked onto an earlier tag comes once more with main; it was in production by then.
        let mut delivered: BTreeSet<Oid> = BTreeSet::new();
        for ((at, _), brought) in spans.iter().zip(aboard.repo.brought(&ends).await?) {
            let Some(repo) = part(&mut facts[*at], name) else { continue };
            repo.commits = Some(brought.len());
            let first: Vec<_> = brought
                .iter()
                .filter(|b| !b.merge && !delivered.contains(b.origin.as_ref().unwrap_or(&b.commit)))
                .collect();
            let with_it = |b: &&&Brought| late.get(at).is_none_or(|late| !late.contains(&b.commit));
            repo.landed = first.iter().filter(with_it).map(|brought| brought.landed_at).collect();
            delivered.extend(
                brought.iter().map(|b| b.origin.clone().unwrap_or_else(|| b.commit.clone())),
            );
        }
        Ok(())
    }

    fn past_view(
        &self,
        facts: &PushFacts,
        past: &PastPush,
        detail: Option<PushDetail>,
    ) -> PastPushView {
        let told = past.imported.as_ref();
        let at = |at: jiff::Timestamp| Moment(self.local(at));
        let repo = |repo: &RepoFacts| PastRepo {
            name: repo.repo.clone(),
            base: repo.base.clone(),
            tag: repo.tag.clone(),
            tags: repo.tags.iter().map(|(tag, _)| tag.clone()).collect(),
            retags: repo.retags,
            commits: repo.commits,
            stays: repo.stayed.is_some(),
            because: repo.stayed.clone().filter(|because| !because.is_empty()),
        };
        PastPushView {
            push: facts.push,
            origin: facts.origin,
            hero: facts.hero.clone(),
            hero_written: told.and_then(|told| told.hero()).map(|hero| hero.written.clone()),
            repos: facts.repos.iter().map(repo).collect(),
            links: told.map(|told| told.links.len()),
            picks: facts.picks,
            retags: facts.retags,
            blockers: facts.blockers.len(),
            tasks: told.map(|told| told.tasks.len()),
            cut_at: facts.cut_at.map(at),
            start: facts.start.map(at),
            end: facts.end.map(at),
            cancelled: facts.cancelled.clone(),
            file: told.map(|told| told.source.clone()),
            versions: past.versions,
            detail,
        }
    }

    fn detail(&self, past: &PastPush) -> PushDetail {
        let told = past.imported.as_ref();
        let at = |at: jiff::Timestamp| Moment(self.local(at));
        let time = |time: &train::import::Time| PastTime {
            written: time.written.clone(),
            at: at(time.at),
            about: time.about,
        };
        let own = past.own.blockers.iter().map(|(number, blocker)| PastBlockerView {
            id: Some(blocker_name(*number)),
            text: blocker.text.clone(),
            owner: None,
            done: blocker.ended.is_some(),
        });
        let noted = told.into_iter().flat_map(|t| &t.blockers).map(|blocker| PastBlockerView {
            id: None,
            text: blocker.text.clone(),
            owner: blocker.owner.clone(),
            done: blocker.done,
        });
        PushDetail {
            heroes: told.map(|t| t.heroes.clone()).unwrap_or_default(),
            remark: told.and_then(|told| told.remark.clone()),
            ops: told.map(|t| t.ops.clone()).unwrap_or_default(),
            qa: told.map(|t| t.qa.clone()).unwrap_or_default(),
            links: told.map(|t| t.links.clone()).unwrap_or_default(),
            asks: told.into_iter().flat_map(|t| &t.picks).map(PastAsk::from).collect(),
            blockers: own.chain(noted).collect(),
            tasks: told.into_iter().flat_map(|t| &t.tasks).map(PastItem::from).collect(),
            notable: told.map(|t| t.notable.clone()).unwrap_or_default(),
            issues: told.map(|t| t.issues.clone()).unwrap_or_default(),
            later: told.map(|t| t.later.clone()).unwrap_or_default(),
            start: told.and_then(|told| told.start.as_ref().map(time)),
            end: told.and_then(|told| told.end.as_ref().map(time)),
            holds: past
                .own
                .holds
                .iter()
                .map(|held| PastHoldView {
                    by: held.by.clone(),
                    at: at(held.at),
                    over: held.over().map(at),
                    repo: held.hold.repo.clone(),
                    because: held.hold.because.clone(),
                })
                .collect(),
            overrides: past.own.overrides.clone(),
            digest: told.map(|told| told.digest.clone()),
        }
    }
}

fn part<'f>(facts: &'f mut PushFacts, name: &RepoName) -> Option<&'f mut RepoFacts> {
    facts.repos.iter_mut().find(|repo| &repo.repo == name)
}

/// The commits of a tag and of its base, where the mirror has both.
fn ends(repo: &RepoFacts, tags: &BTreeMap<String, SeenRef>) -> Option<(Oid, Oid)> {
    let commit = |tag: &String| tags.get(tag).map(|seen| seen.commit.clone());
    let head = repo.tag.as_ref().and_then(commit).or_else(|| repo.commit.clone())?;
    Some((repo.base.as_ref().and_then(commit)?, head))
}

/// What came to each push with a hot-fix: it was not in production when the push was.
async fn hot_fixed(
    aboard: &Aboard,
    look: &Look,
    facts: &[PushFacts],
) -> Result<BTreeMap<usize, BTreeSet<Oid>>> {
    let commit = |tag: &String| look.tags.get(tag).map(|seen| seen.commit.clone());
    let mut spans = Vec::new();
    for (at, push) in facts.iter().enumerate() {
        let repo = push.repos.iter().find(|repo| repo.repo == aboard.settings.name);
        let span = repo.and_then(|repo| {
            // The newest tag may be newer than the look.
            let newest = repo.tag.as_ref().and_then(commit).or_else(|| repo.commit.clone());
            Some((at, (commit(repo.before_hot_fix()?)?, newest?)))
        });
        spans.extend(span);
    }
    let (pushes, ends): (Vec<usize>, Vec<(Oid, Oid)>) = spans.into_iter().unzip();
    let brought = aboard.repo.brought(&ends).await?;
    let commits = |all: Vec<Brought>| all.into_iter().map(|brought| brought.commit).collect();
    Ok(pushes.into_iter().zip(brought.into_iter().map(commits)).collect())
}

/// Whether a push says what is sought, which is in small letters.
fn says(facts: &PushFacts, past: &PastPush, sought: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(sought);
    let own = &past.own;
    let repos = facts.repos.iter().flat_map(|r| {
        [Some(r.repo.as_str()), r.base.as_deref(), r.tag.as_deref(), r.stayed.as_deref()]
    });
    let tags = own.tags.values().flatten();
    has(&facts.push.to_string())
        || facts.hero.as_deref().is_some_and(has)
        || repos.flatten().any(has)
        || past.imported.as_ref().is_some_and(|told| told.texts().any(has))
        || tags.clone().any(|t| {
            t.texts.iter().any(|text| has(text))
                || has(t.commit.as_str())
                || t.because.as_deref().is_some_and(has)
        })
        || own.blockers.values().any(|blocker| has(&blocker.text))
        || own.holds.iter().any(|held| has(&held.hold.because) || has(&held.by))
        || own.overrides.iter().any(|(rule, because)| has(rule) || has(because))
        || own.cancelled.as_deref().is_some_and(has)
}
