//! `pick`: commits onto a push's tags. All repositories are planned before anything is published (P5).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use jiff::Timestamp;
use train::base::{self, Base};
use train::command::{PickWish, RepoCommit};
use train::cut::{self, Chosen};
use train::event::Event;
use train::facts::Look;
use train::id::{Oid, PushDate, RepoName};
use train::intent::Tagged;
use train::people::Role;
use train::pick::{PickFate, PickPlan, RepoPicks};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::settings::PRODUCTION;
use train::state::State;

use crate::build::NewTag;
use crate::conductor::{Aboard, Conductor};
use crate::cut::same_plan;
use crate::drive::Carried;
use crate::environments::Answers;
use crate::failure::Result;
use crate::journal::Journal;
use crate::put::{Order, Resolution};

/// A plan, and what it was made from.
#[derive(Debug, Clone)]
pub struct PlannedPick {
    /// The plan.
    pub plan: PickPlan,
    /// The looks it was made from.
    pub looks: BTreeMap<RepoName, Look>,
}

/// A pick carried out.
#[derive(Debug, Clone)]
pub struct PickDone {
    /// The plan.
    pub planned: PlannedPick,
    /// What became of each tag.
    pub carried: Vec<Carried>,
    /// What became of what earlier runs had left open.
    pub settled: Vec<Carried>,
    /// Why nothing was done.
    pub refused: Option<Refusal>,
}

/// Where a repository's picks go.
struct Onto {
    tag: String,
    commit: Oid,
    first: Oid,
}

impl Conductor {
    /// Plans picks without changing anything anywhere.
    pub async fn plan_pick(&self, wish: &PickWish) -> Result<PlannedPick> {
        let state = self.state().await?;
        self.plan_picks(&state, wish, &[]).await
    }

    /// Picks: plans again under the lock, and refuses what is not what the person saw.
    pub async fn pick(&self, wish: &PickWish, saw: Option<&str>) -> Result<PickDone> {
        self.pick_resolved(wish, saw, &[]).await
    }

    /// The same, with conflicts that a person has resolved.
    pub(crate) async fn pick_resolved(
        &self,
        wish: &PickWish,
        saw: Option<&str>,
        resolved: &[Resolution],
    ) -> Result<PickDone> {
        let mut journal = self.journal().await?;
        let settled = self.settle_open(&mut journal).await?;
        self.finish_syncs(&mut journal).await?;
        let planned =
            self.plan_picks(&self.with_external(journal.state().clone()), wish, resolved).await?;
        same_plan(saw, &planned.plan.digest())?;
        if let Some(refusal) = planned.plan.refusal().cloned() {
            return Ok(PickDone { planned, carried: Vec::new(), settled, refused: Some(refusal) });
        }
        let carried = self.publish_picks(&mut journal, wish, &planned, resolved).await?;
        Ok(PickDone { planned, carried, settled, refused: None })
    }

    async fn publish_picks(
        &self,
        journal: &mut Journal,
        wish: &PickWish,
        planned: &PlannedPick,
        resolved: &[Resolution],
    ) -> Result<Vec<Carried>> {
        let stamp = self.stamp(self.now(journal.state()));
        let mut intents = Vec::new();
        for repo in &planned.plan.repos {
            let PickFate::Tag { tag, tip, picks } = &repo.fate else { continue };
            let tagged = Tagged {
                tag: tag.clone(),
                object: tip.clone(),
                commit: tip.clone(),
                base: repo.base.tag.as_ref().map(|(name, _)| name.clone()),
                base_from: repo.base.from,
                picks: picks.clone(),
                resolved_by: resolved
                    .iter()
                    .any(|r| r.repo == repo.repo)
                    .then(|| self.actor.name.clone()),
                because: wish.because.clone(),
            };
            let new = NewTag { push: planned.plan.push, tagged, picked: true };
            let look = &planned.looks[&repo.repo];
            intents.push(
                self.build_tag(self.aboard(&repo.repo)?, look, journal.head(), &stamp, new).await?,
            );
        }
        if intents.is_empty() {
            return Ok(Vec::new());
        }
        let opening = planned.plan.opens.iter().map(|c| Event::Opened {
            push: c.push,
            scheduled: c.scheduled,
            hero: c.hero.clone(),
            turn: c.turn.clone(),
            off_cycle: c.off_cycle,
        });
        self.carry_out(journal, opening.collect(), intents).await
    }

    pub(crate) async fn plan_picks(
        &self,
        state: &State,
        wish: &PickWish,
        resolved: &[Resolution],
    ) -> Result<PlannedPick> {
        let at = resolved.first().map_or_else(|| self.now(state), |r| r.at);
        self.plan_picks_at(state, wish, resolved, at).await
    }

    /// Plans with every commit stamped at `at`: the same time gives the same commits.
    pub(crate) async fn plan_picks_at(
        &self,
        state: &State,
        wish: &PickWish,
        resolved: &[Resolution],
        at: Timestamp,
    ) -> Result<PlannedPick> {
        self.acting(state).must_hold(&[Role::Hero], "pick onto a tag")?;
        let all = wish.picks.iter().chain(&wish.drop).chain(&wish.revert);
        cut::check_names(&self.settings, all.clone().filter_map(|c| c.repo.clone()))?;
        if all.clone().next().is_none() {
            return Err(Refusal::new(
                Code::Usage,
                "no commit was named",
                "name commits: `pushduty pick server:3f2a91c`",
            ));
        }
        let only = self.repos_meant(all)?;
        let looked = self.look(&only).await;
        let looks: BTreeMap<RepoName, Look> = looked
            .iter()
            .filter_map(|(name, look)| Some((name.clone(), look.as_ref().ok()?.clone())))
            .collect();
        let answers = self.ask(|e| e.name == PRODUCTION).await?;
        let named = self.sort_out(wish, &looked).await?;
        let train = Train { settings: &self.settings, state, looks: &looks, now: self.now(state) };
        let push = if wish.onto_production {
            self.hot_fixed(&named, &looks, &answers)?
        } else {
            train.cut(wish.push)?
        };
        let planned = named.into_iter().map(|(name, order)| {
            let (looks, answers) = (&looks, &answers);
            async move {
                let aboard = self.aboard(&name)?;
                let look = &looks[&name];
                self.check_fence(&name, look.fence.as_ref()).await?;
                self.plan_repo(state, wish, push, aboard, look, answers, order, (resolved, at))
                    .await
                    .map_err(|r| r.in_repo(&name))
            }
        });
        let repos = join_all(planned).await.into_iter().collect::<Result<Vec<_>>>()?;
        let opens = (!state.pushes.contains_key(&push)).then(|| opened(&train, push));
        Ok(PlannedPick {
            plan: PickPlan { push, opens, repos, settings: self.settings.digest() },
            looks,
        })
    }

    /// The repositories that must be asked: those named, or all when a commit came without its repository.
    fn repos_meant<'a>(
        &self,
        commits: impl Iterator<Item = &'a RepoCommit>,
    ) -> Result<Vec<RepoName>> {
        let named: Option<BTreeSet<RepoName>> = commits.map(|c| c.repo.clone()).collect();
        Ok(named.map(|names| names.into_iter().collect()).unwrap_or_default())
    }

    /// Which repository each commit is of.
    async fn sort_out(
        &self,
        wish: &PickWish,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<BTreeMap<RepoName, Order>> {
        let mut orders: BTreeMap<RepoName, Order> = BTreeMap::new();
        for (list, commits) in [(0, &wish.picks), (1, &wish.drop), (2, &wish.revert)] {
            for named in commits {
                let (repo, found) = self.find(named, looked).await?;
                let found = if list == 1 {
                    found
                } else {
                    self.without_merges(self.aboard(&repo)?, &named.commit, found).await?
                };
                let order = orders.entry(repo).or_default();
                let into = [&mut order.picks, &mut order.drop, &mut order.revert];
                if let Some(into) = into.into_iter().nth(list) {
                    into.extend(found);
                }
            }
        }
        Ok(orders)
    }

    /// The commits that a person named, in the one repository that has them.
    pub(crate) async fn find(
        &self,
        named: &RepoCommit,
        looked: &BTreeMap<RepoName, Result<Look>>,
    ) -> Result<(RepoName, Vec<train::facts::Commit>)> {
        let mut found = Vec::new();
        let mut missing = None;
        for aboard in &self.aboard {
            let name = &aboard.settings.name;
            if named.repo.as_ref().is_some_and(|r| r != name) {
                continue;
            }
            match looked.get(name) {
                Some(Ok(_)) => {}
                Some(Err(refusal)) => return Err(refusal.clone()),
                None => continue,
            }
            match aboard.repo.resolve(&named.commit).await {
                Ok(commits) => found.push((name.clone(), commits)),
                Err(refusal) if refusal.code == Code::NoSuchCommit => {
                    missing.get_or_insert(if named.repo.is_some() {
                        refusal.in_repo(name)
                    } else {
                        refusal
                    });
                }
                Err(refusal) => return Err(refusal.in_repo(name)),
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(missing.unwrap_or_else(|| no_commit(&named.commit))),
            _ => {
                let names: Vec<String> =
                    found.iter().map(|(name, _)| format!("{name}:{}", named.commit)).collect();
                let what = format!(
                    "{} is a commit in {} repositories",
                    train::id::quoted(&named.commit),
                    names.len()
                );
                Err(Refusal::new(
                    Code::Ambiguous,
                    what,
                    format!("say which: {}", names.join(" or ")),
                ))
            }
        }
    }

    /// The push of what production runs, for a hot-fix.
    fn hot_fixed(
        &self,
        named: &BTreeMap<RepoName, Order>,
        looks: &BTreeMap<RepoName, Look>,
        answers: &Answers,
    ) -> Result<PushDate> {
        let mut pushes = BTreeSet::new();
        for name in named.keys() {
            let (_, revision) = self.in_production(name, &looks[name], answers)?;
            pushes.insert(revision);
        }
        match pushes.len() {
            1 => Ok(pushes.pop_first().unwrap_or(PushDate(jiff::civil::Date::ZERO))),
            _ => Err(Refusal::new(
                Code::Ambiguous,
                "production runs tags of different pushes in these repositories",
                "make one hot-fix per repository",
            )),
        }
    }

    /// The tag that production runs of a repository, and the push it is of.
    fn in_production(
        &self,
        name: &RepoName,
        look: &Look,
        answers: &Answers,
    ) -> Result<(String, PushDate)> {
        let running = self.running(answers, name);
        let repo = &self.aboard(name)?.settings;
        let tag = running.as_ref().filter(|r| {
            look.tags
                .get(&r.version)
                .is_some_and(|t| r.commit.as_ref().is_none_or(|c| c == &t.commit))
        });
        let known =
            tag.and_then(|r| Some((r.version.clone(), repo.scheme.parse(&r.version)?.push)));
        known.ok_or_else(|| {
            let what = match running {
                Some(r) => format!("production of {name} shows {}, which is no tag of this train at that commit", train::id::quoted(&r.version)),
                None => format!("what production runs of {name} is not known: its services are not set up, not reached, or mixed"),
            };
            Refusal::new(Code::WrongState, what, "`pushduty compare` shows what each environment says; --push DATE picks onto a push's tag")
                .in_repo(name)
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one of the things a repository's plan is made from, used once"
    )]
    async fn plan_repo(
        &self,
        state: &State,
        wish: &PickWish,
        push: PushDate,
        aboard: &Aboard,
        look: &Look,
        answers: &Answers,
        order: Order,
        (resolved, at): (&[Resolution], Timestamp),
    ) -> Result<RepoPicks> {
        let name = &aboard.settings.name;
        let onto = self.onto(wish, push, aboard, look, answers)?;
        let main = look.main.clone().unwrap_or_else(|| onto.commit.clone());
        let stamp = self.stamp(at);
        let put = self
            .put(
                aboard,
                &main,
                &onto.first,
                &onto.commit,
                &order,
                wish.off_main,
                &look.branch,
                &stamp,
                resolved,
            )
            .await?;
        let running = self.running(answers, name);
        let tags = &look.tags;
        let base: Base = base::choose(&aboard.settings.scheme, push, tags, running.as_ref(), None);
        let tag = cut::next_tag(state, &aboard.settings, look, push, true);
        let migrations = aboard.repo.migrations(&onto.commit, &put.tip).await?;
        let mut notes = put.notes;
        if !migrations.is_empty() {
            let before = aboard.repo.migrations(&main, &onto.commit).await.unwrap_or_default();
            notes.extend(train::pick::migration_gaps(&before, &migrations));
        }
        let fate = match put.conflict {
            Some(conflict) => PickFate::Refused {
                refusal: crate::put::conflict_refusal(name, &conflict),
                conflict: Some(conflict),
            },
            None if put.tip == onto.commit => PickFate::Nothing,
            None => {
                let named = put
                    .picks
                    .into_iter()
                    .map(|p| train::intent::PickRecord { tag: tag.clone(), ..p })
                    .collect();
                PickFate::Tag { tag, tip: put.tip, picks: named }
            }
        };
        Ok(RepoPicks {
            repo: name.clone(),
            onto: Some((onto.tag, onto.commit)),
            base,
            steps: put.steps,
            fate,
            contained: put.contained,
            notes,
            migrations,
        })
    }

    fn onto(
        &self,
        wish: &PickWish,
        push: PushDate,
        aboard: &Aboard,
        look: &Look,
        answers: &Answers,
    ) -> Result<Onto> {
        let name = &aboard.settings.name;
        let revisions = cut::revisions(&aboard.settings, look, push);
        let not_cut = || {
            let what = format!("{name} has no tag of {push}");
            Refusal::new(
                Code::WrongState,
                what,
                format!("`pushduty tag --push {push} --repo {name}` cuts it"),
            )
            .in_repo(name)
        };
        let (_, _, first) = revisions.first().cloned().ok_or_else(not_cut)?;
        let (tag, commit) = if wish.onto_production {
            let (tag, _) = self.in_production(name, look, answers)?;
            let commit = look.tags[&tag].commit.clone();
            (tag, commit)
        } else {
            let (_, tag, commit) = revisions.last().cloned().ok_or_else(not_cut)?;
            (tag, commit)
        };
        Ok(Onto { tag, commit, first })
    }
}

fn opened(train: &Train<'_>, push: PushDate) -> Chosen {
    let departure = train.departure(push);
    Chosen {
        push,
        scheduled: departure.as_ref().map_or(push, |d| d.scheduled),
        hero: departure.as_ref().and_then(|d| d.hero.clone()),
        turn: departure.as_ref().and_then(|d| d.turn.clone()),
        off_cycle: departure.is_none(),
    }
}

/// The one answer to a commit that is nowhere among upstream's, whatever else may have it (P9).
pub(crate) fn no_commit(text: &str) -> Refusal {
    Refusal::new(
        Code::NoSuchCommit,
        format!("no commit {} on upstream's branches", train::id::quoted(text)),
        "check the hash; a commit must be pushed to upstream before it can ship",
    )
}
