//! `pick`: commits onto a push's tags. All repositories are planned before anything is published (P5).

mod again;
mod named;
mod plan;
mod replaced;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;
use train::command::PickWish;
use train::cut::{self};
use train::facts::Look;
use train::id::{Oid, RepoName};
use train::intent::{Purpose, Tagged};
use train::people::Role;
use train::pick::{PickFate, PickPlan, RepoPicks};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::bench::{Order, Resolution};
use crate::bound::same_plan;
use crate::build::NewTag;
use crate::conductor::Conductor;
use crate::drive::{Carried, reached};
use crate::environments::looked_at;
use crate::failure::Result;
use crate::journal::Journal;
use crate::settle::LeftOpen;

pub(crate) use named::no_commit;
use named::repos_meant;
use plan::{Picking, opened};

/// A plan, and what it was made from.
#[derive(Debug, Clone)]
pub struct PlannedPick {
    /// The plan.
    pub plan: PickPlan,
    /// The looks it was made from.
    pub looks: BTreeMap<RepoName, Look>,
    /// What was asked for, each commit by name.
    pub wish: PickWish,
}

/// A pick carried out.
#[derive(Debug, Clone)]
pub struct PickDone {
    /// The plan.
    pub planned: PlannedPick,
    /// What became of each tag.
    pub carried: Vec<Carried>,
    /// Why nothing was done.
    pub refused: Option<Refusal>,
}

impl PickDone {
    /// Whether something does not apply, which a person could resolve.
    pub(crate) fn conflicts(&self) -> bool {
        let fates = self.planned.plan.repos.iter().map(|repo| &repo.fate);
        fates.into_iter().any(|f| matches!(f, PickFate::Refused { conflict: Some(_), .. }))
    }
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
        self.must_hold(who_picks(wish), "pick onto a tag").await?;
        let mut journal = self.journal().await?;
        let left = self.settle_open(&mut journal).await?;
        self.finish_syncs(&mut journal, |_| false).await?;
        let state = self.with_external(journal.state().clone());
        let planned = self.plan_picks(&state, wish, resolved).await;
        let mut planned = planned.map_err(|refusal| left.instead_of(refusal))?;
        // All or nothing: one where something stays open stops the others that the wish names.
        planned.plan.repos.iter().try_for_each(|picks| left.may_begin(&picks.repo))?;
        self.notice(&mut journal, &planned.looks).await?;
        let settled = settled_first(&planned.plan, &left);
        if settled.is_empty() || !planned.plan.is_nothing() {
            // Where settling has done all of it, what was seen is there, and nothing is left to do.
            same_plan(saw, &planned.plan.digest())?;
        }
        planned.plan.warnings.extend(settled);
        if let Some(refusal) = planned.plan.refusal().cloned() {
            return Ok(PickDone { planned, carried: Vec::new(), refused: Some(refusal) });
        }
        let carried = self.publish_picks(&mut journal, wish, &planned, resolved).await?;
        let remark = self.notes_follow(&mut journal, planned.plan.push).await;
        planned.plan.warnings.extend(remark);
        Ok(PickDone { planned, carried, refused: None })
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
            let PickFate::Tag { tag, tip, all, .. } = &repo.fate else { continue };
            let tagged = Tagged {
                tag: tag.clone(),
                object: tip.clone(),
                commit: tip.clone(),
                base: repo.base.tag.as_ref().map(|(name, _)| name.clone()),
                base_from: repo.base.from,
                picks: all.clone(),
                resolved_by: resolved
                    .iter()
                    .any(|r| r.repo == repo.repo)
                    .then(|| self.actor.name.clone()),
                because: wish.because.clone().map(String::from),
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
        self.carry_out(journal, planned.plan.opening(), intents).await
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
        let actor = self.acting(state);
        actor.must_hold(who_picks(wish), "pick onto a tag")?;
        let all = wish.picks.iter().chain(&wish.drop).chain(&wish.revert);
        cut::check_names(&self.settings, all.clone().filter_map(|c| c.repo.clone()))?;
        if all.clone().next().is_none() && !wish.asked {
            return Err(Refusal::new(
                Code::Usage,
                "no commit was named",
                "name commits: `pushduty pick server:3f2a91c`",
            ));
        }
        let only = repos_meant(all);
        let (looked, answers) = self.look_around(&only).await?;
        let looks = looked_at(&looked);
        let train = self.train(state, &looks);
        let (wish, left) = self.taken_of_asks(&train, wish).await?;
        let (wish, asked) = (&wish, wish.asked);
        let named = self.sort_out(wish, &looked).await?;
        let frozen = if wish.onto_production { train.hot_fix_now(&actor)? } else { None };
        let because = wish.because.as_deref().unwrap_or_default();
        let overrides: Vec<_> =
            frozen.iter().map(|freeze| cut::freeze_override(freeze, because)).collect();
        let push = if wish.onto_production {
            self.hot_fixed(&named, &looks, &answers)?
        } else {
            train.meant(Want::Cut, wish.push)?
        };
        if asked {
            self.all_asked(&train, push, &named).await?;
        }
        let picking = Picking { state, wish, push, answers: &answers, resolved, at };
        let repos = self.plan_each(picking, named, &looks).await?;
        let mut warnings = left;
        warnings.extend(cut::overridden(&overrides));
        warnings.extend(self.lacking_after(state, &looks, push, &repos).await?);
        warnings.extend(self.by_others(&train, push, &answers));
        let tags = repos.iter().filter_map(new_tag);
        warnings.extend(self.words_passed_on(state, push, &looks, tags).await);
        let opens = (!state.pushes.contains_key(&push)).then(|| opened(&train, push));
        Ok(PlannedPick {
            plan: PickPlan {
                push,
                opens,
                repos,
                warnings,
                overrides,
                settings: self.settings.digest(),
            },
            looks,
            wish: PickWish { asked: false, ..wish.clone() },
        })
    }

    /// Plans every repository at once, in the order of the run sheet.
    async fn plan_each(
        &self,
        picking: Picking<'_>,
        named: BTreeMap<RepoName, Order>,
        looks: &BTreeMap<RepoName, Look>,
    ) -> Result<Vec<RepoPicks>> {
        let recorded = &self.recorded_by_now().await?;
        let planned = named.into_iter().map(|(name, order)| async move {
            let aboard = self.aboard(&name)?;
            let look = &looks[&name];
            self.check_fence(&name, look.fence.as_ref(), recorded).await?;
            let planned = self.plan_repo(picking, aboard, look, order).await;
            planned.map_err(|r| r.in_repo(&name))
        });
        let mut repos = join_all(planned).await.into_iter().collect::<Result<Vec<_>>>()?;
        repos.sort_by_key(|r| self.rank(&r.repo));
        Ok(repos)
    }

    /// What a wish takes of the asks, commit by commit; and what is told of those that stay. Whether it named its commits
    /// itself, so that they are to be asked for, it still says as `asked`.
    async fn taken_of_asks(
        &self,
        train: &Train<'_>,
        wish: &PickWish,
    ) -> Result<(PickWish, Vec<String>)> {
        let all = wish.asked && wish.picks.is_empty();
        if !all || wish.onto_production {
            return Ok((wish.clone(), Vec::new()));
        }
        let chosen = self.asked_picks(train, train.meant(Want::Cut, wish.push)?).await?;
        let wish = PickWish { picks: chosen.picks, asked: false, ..wish.clone() };
        Ok((wish, chosen.left))
    }
}

/// What an earlier run began of tags that are now all there is to make.
fn settled_first(plan: &PickPlan, left: &LeftOpen) -> Vec<String> {
    let there = reached(&left.carried).filter_map(|intent| {
        let Purpose::Pick(made) = &intent.purpose else { return None };
        let mut repos = plan.repos.iter();
        let now = |r: &RepoPicks| r.repo == intent.repo && r.fate == PickFate::Nothing;
        repos.any(now).then(|| {
            format!("an earlier run began {} of {}: it is there now", made.tag, intent.repo)
        })
    });
    there.collect()
}

/// The tag that a repository gets, and its commit.
fn new_tag(repo: &RepoPicks) -> Option<(&RepoName, &String, &Oid)> {
    match &repo.fate {
        PickFate::Tag { tag, tip, .. } => Some((&repo.repo, tag, tip)),
        PickFate::Nothing | PickFate::Refused { .. } => None,
    }
}

/// Who may pick: the hero; and a hot-fix is also for ops to make.
fn who_picks(wish: &PickWish) -> &'static [Role] {
    if wish.onto_production { &[Role::Hero, Role::Ops] } else { &[Role::Hero] }
}
