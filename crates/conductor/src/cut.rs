//! `tag`: cuts a push. Look, plan by the rules, and after one yes tag every repository at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use train::command::TagWish;
use train::cut::{
    self, Chosen, CutPlan, Earlier, Fate, RepoFacts, RepoPlan, SecurityFacts, Target,
};
use train::event::Event;
use train::facts::{Comparison, Look};
use train::id::{Oid, RepoName};
use train::intent::{PickRecord, Tagged};
use train::people::{Actor, Role};
use train::refusal::Refusal;
use train::security::BranchState;
use train::settings::Tagging;
use train::state::State;

use crate::bound::same_plan;
use crate::build::NewTag;
use crate::conductor::{Aboard, Conductor};
use crate::drive::{Carried, reached};
use crate::environments::{Answers, looked_at};
use crate::failure::Result;
use crate::journal::Journal;
use crate::security::MergePlan;
use crate::settle::LeftOpen;

/// How many of a tag's commits a plan lists: the newest. `compare` lists them all.
const SHOWN_COMMITS: usize = 5;

/// What the actor will read before saying yes, and what the plan was made from.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub plan: CutPlan,
    /// What `--with-security` merges first.
    pub merges: Vec<MergePlan>,
    /// The looks it was made from.
    pub looks: BTreeMap<RepoName, Look>,
}

impl Planned {
    /// What `--if` binds: the cut, and what is merged before it.
    #[must_use]
    pub fn digest(&self) -> String {
        let cut = self.plan.digest();
        match self.merges.is_empty() {
            true => cut,
            false => {
                let merges: Vec<String> = self.merges.iter().map(MergePlan::digest).collect();
                train::digest::of(&("tag", cut, merges))
            }
        }
    }
}

/// A cut carried out.
#[derive(Debug, Clone)]
pub struct Cut {
    /// The plan.
    pub planned: Planned,
    /// What became of each tag.
    pub carried: Vec<Carried>,
    /// Why nothing was done.
    pub refused: Option<Refusal>,
}

/// What one repository's facts are gathered from that is the same for all of them.
#[derive(Clone, Copy)]
struct Cutting<'a> {
    state: &'a State,
    wish: &'a TagWish,
    chosen: &'a Chosen,
    actor: &'a Actor,
    answers: &'a Answers,
    left: &'a LeftOpen,
}

impl Conductor {
    /// Plans a cut without changing anything anywhere.
    pub async fn plan_tag(&self, wish: &TagWish) -> Result<Planned> {
        let state = self.state().await?;
        let left = self.left_open(&state);
        let mut planned = self.plan_cut(&state, wish, &left).await?;
        let (push, repos) = (planned.plan.chosen.push, &planned.plan.repos);
        let there = repos.iter().filter(|repo| matches!(repo.fate, Fate::Already { .. }));
        let first = there.filter_map(|repo| {
            let tag = &left.begun(&repo.repo, wish, push)?.tag;
            Some(format!("an earlier run began {tag} of {}: it is finished first", repo.repo))
        });
        let first: Vec<String> = first.collect();
        planned.plan.warnings.extend(first);
        Ok(planned)
    }

    /// Cuts: plans again under the lock, and refuses what is not what the person saw (`saw`: that plan's digest).
    pub async fn tag(&self, wish: &TagWish, saw: Option<&str>) -> Result<Cut> {
        self.must_hold(&[Role::Hero, Role::Ops], "cut a push").await?;
        let mut journal = self.journal().await?;
        let left = self.settle_open(&mut journal).await?;
        // How the twins stand is for the plan to judge.
        self.finish_syncs(&mut journal, |_| false).await?;
        let wish = &cut::left_of(wish, journal.state(), reached(&left.carried));
        let state = self.with_external(journal.state().clone());
        let mut planned = self.plan_cut(&state, wish, &left).await?;
        same_plan(saw, &planned.digest()).map_err(|changed| also(changed, &planned.plan, &left))?;
        if !planned.merges.is_empty() {
            self.merge_reviewed(&mut journal, &planned.merges).await?;
            let wish = &TagWish { with_security: false, ..wish.clone() };
            let state = self.with_external(journal.state().clone());
            planned = self.plan_cut(&state, wish, &left).await?;
        }
        self.notice(&mut journal, &planned.looks).await?;
        if let Some(refusal) = planned.plan.refusal().cloned() {
            return Ok(Cut { planned, carried: Vec::new(), refused: Some(refusal) });
        }
        let carried = self.publish_cut(&mut journal, wish, &planned).await?;
        let remark = self.notes_follow(&mut journal, planned.plan.chosen.push).await;
        planned.plan.warnings.extend(remark);
        Ok(Cut { planned, carried, refused: None })
    }

    /// Records that whoever wished it was told what came of it: from here on the same wish is a new one.
    pub(crate) async fn told(&self, wish: &TagWish) -> Result<()> {
        let mine =
            |state: &State| state.untold.as_ref().is_some_and(|(of, _)| of == &wish.digest());
        if !wish.again || !mine(&*self.state().await?) {
            return Ok(());
        }
        let mut journal = self.journal().await?;
        if !mine(journal.state()) {
            return Ok(());
        }
        journal.append(self.now(journal.state()), vec![Event::Told]).await
    }

    async fn publish_cut(
        &self,
        journal: &mut Journal,
        wish: &TagWish,
        planned: &Planned,
    ) -> Result<Vec<Carried>> {
        let plan = &planned.plan;
        if !plan.changes_something(journal.state()) {
            return Ok(Vec::new());
        }
        let stamp = self.stamp(self.now(journal.state()));
        let (stamp, head) = (&stamp, journal.head());
        let built =
            plan.repos.iter().filter_map(|repo| {
                let Fate::Tag { tag, target } = &repo.fate else { return None };
                let new = new_tag(plan, repo, tag, target, wish);
                let look = &planned.looks[&repo.repo];
                Some(async move {
                    self.build_tag(self.aboard(&repo.repo)?, look, head, stamp, new).await
                })
            });
        // A key may ask for its passphrase: one question at a time.
        let at_once =
            if self.settings.tagging == Tagging::Signed { 1 } else { plan.repos.len().max(1) };
        let intents: Vec<_> = stream::iter(built).buffered(at_once).try_collect().await?;
        let mut opening = plan.opening(journal.state(), wish);
        if wish.again {
            let intents = intents.iter().map(|intent| intent.id.clone()).collect();
            opening.push(Event::Wished { wish: wish.digest(), intents });
        }
        self.carry_out(journal, opening, intents).await
    }

    async fn plan_cut(&self, state: &State, wish: &TagWish, left: &LeftOpen) -> Result<Planned> {
        let actor = self.acting(state);
        actor.must_hold(&[Role::Hero, Role::Ops], "cut a push")?;
        let named = wish
            .repos
            .iter()
            .chain(&wish.stay)
            .chain(wish.at.keys().flatten())
            .chain(wish.from.keys().flatten());
        cut::check_names(&self.settings, named.cloned())?;
        cut::check_options(wish)?;
        let only: Vec<RepoName> = wish.repos.iter().cloned().collect();
        let (mut looked, answers) = self.look_around(&only).await?;
        let named = self.with_repos(wish, &looked).await;
        let wish = &named.map_err(|refusal| left.instead_of(refusal))?;
        let looks = looked_at(&looked);
        let train = self.train(state, &looks);
        let chosen = train.to_cut(wish.push, wish.again, wish.off_cycle, &actor)?;
        if chosen.frozen.is_none() {
            // In a freeze it is the ops role that cuts: that was asked for above.
            actor.must_hold(&[Role::Hero], "cut a push")?;
        }
        let recorded = self.recorded_by_now().await?;
        for (name, look) in &mut looked {
            let Ok(seen) = look else { continue };
            if let Err(refusal) = self.check_fence(name, seen.fence.as_ref(), &recorded).await {
                *look = Err(refusal);
            }
        }
        let gathered = looked.into_iter().map(|(name, look)| {
            let cutting =
                Cutting { state, wish, chosen: &chosen, actor: &actor, answers: &answers, left };
            async move {
                let facts = self.facts(cutting, &name, look).await;
                facts.map(|facts| (name, facts))
            }
        });
        let facts: BTreeMap<RepoName, RepoFacts> =
            join_all(gathered).await.into_iter().collect::<Result<_>>()?;
        let mut plan = cut::plan(&self.settings, state, wish, chosen, &facts);
        plan.warnings.extend(self.by_others(&train, plan.chosen.push, &answers));
        let tags = plan.repos.iter().filter_map(|repo| match &repo.fate {
            Fate::Tag { tag, target } => Some((&repo.repo, tag, &target.commit)),
            _ => None,
        });
        plan.warnings.extend(self.words_passed_on(state, plan.chosen.push, &looks, tags).await);
        let merges = match wish.with_security && plan.refusal().is_none() {
            // Merging can't be taken back: it waits until nothing else is in the way of the cut.
            true => self.merges_before(state, &plan).await?,
            false => Vec::new(),
        };
        Ok(Planned { plan, merges, looks })
    }

    /// Everything the rules ask about one repository.
    async fn facts(
        &self,
        cutting: Cutting<'_>,
        name: &RepoName,
        look: Result<Look>,
    ) -> Result<RepoFacts> {
        let Cutting { state, wish, chosen, actor, answers, left } = cutting;
        let aboard = self.aboard(name)?;
        let begun = left.begun(name, wish, chosen.push).cloned();
        let (look, unknown) = left.seen(name, look, begun.as_ref());
        let running = self.running(answers, name);
        let none = BTreeMap::new();
        let tags = look.as_ref().map_or(&none, |l| &l.tags);
        let base = self.base(state, &aboard.settings, chosen.push, tags, answers);
        let target = match &look {
            Ok(look) => self.target(state, aboard, wish, chosen.push, look).await,
            Err(refusal) => Err(refusal.clone()),
        };
        let mut facts = RepoFacts {
            look,
            running,
            base,
            target,
            uncarried: Vec::new(),
            brings: Comparison::default(),
            security: self.security_facts(state, aboard, actor).await,
            earlier: Earlier { begun, unknown },
        };
        if let Ok(target) = &facts.target {
            let (from, to) =
                (facts.base.tag.as_ref().map(|(_, commit)| commit.clone()), target.commit.clone());
            facts.brings = aboard.repo.compare(from.as_ref(), &to, SHOWN_COMMITS).await?;
            facts.uncarried = self.uncarried(aboard, from.as_ref(), &to).await?;
            let newest = facts
                .look
                .as_ref()
                .ok()
                .and_then(|look| self.newest_known(state, aboard, look, chosen.push));
            if let Some((_, _, replaced)) = newest {
                let known: BTreeSet<Oid> =
                    facts.uncarried.iter().map(|picked| picked.made.id.clone()).collect();
                let more = self.uncarried(aboard, Some(&replaced), &to).await?;
                facts.uncarried.extend(more.into_iter().filter(|p| !known.contains(&p.made.id)));
            }
        }
        Ok(facts)
    }

    /// Picks and reverts of `base` that `head` would drop (P6).
    pub(crate) async fn uncarried(
        &self,
        aboard: &Aboard,
        base: Option<&Oid>,
        head: &Oid,
    ) -> Result<Vec<train::facts::Picked>> {
        let Some(base) = base else { return Ok(Vec::new()) };
        if aboard.repo.contains(head, base).await? {
            return Ok(Vec::new());
        }
        let picked = aboard.repo.picked(head, base).await?;
        aboard.repo.uncarried(head, &picked).await
    }

    async fn security_facts(&self, state: &State, aboard: &Aboard, actor: &Actor) -> SecurityFacts {
        let Some(security) = &aboard.security else { return SecurityFacts::NotSetUp };
        if !actor.holds(&[Role::Security]) {
            return SecurityFacts::Hidden { ask: self.security_person(state) };
        }
        match security.fetch(self.clock.now()).await {
            Err(refusal) => SecurityFacts::Unreachable(refusal),
            Ok(look) => {
                let branches = crate::security::candidates(state, &aboard.settings.name, &look);
                let in_state = |wanted: BranchState| {
                    let alike = branches.iter().filter(|b| b.state() == wanted);
                    alike.map(|b| b.number).collect()
                };
                let (waiting, moved) =
                    (in_state(BranchState::Reviewed), in_state(BranchState::Moved));
                SecurityFacts::Seen { ahead: look.ahead.len(), waiting, moved }
            }
        }
    }
}

/// A plan that has changed, with what stays open and may be why.
fn also(changed: Refusal, plan: &CutPlan, left: &LeftOpen) -> Refusal {
    match plan.repos.iter().find_map(|repo| left.may_begin(&repo.repo).err()) {
        Some(open) => {
            let both = |one: &str, other: &str| format!("{one}; {other}");
            let message = both(&changed.message, &open.message);
            let (of_strangers, open) = (changed.clone().for_strangers(), open.for_strangers());
            let unquoted = both(&of_strangers.message, &open.message);
            Refusal { message, ..changed }.unquoted(unquoted)
        }
        None => changed,
    }
}

/// A planned tag, before its object exists.
fn new_tag(plan: &CutPlan, repo: &RepoPlan, tag: &str, target: &Target, wish: &TagWish) -> NewTag {
    // A pick that an earlier tag had first keeps that tag.
    let named = |p: &PickRecord| match p.tag.is_empty() {
        true => PickRecord { tag: tag.to_owned(), ..p.clone() },
        false => p.clone(),
    };
    let tagged = Tagged {
        tag: tag.to_owned(),
        object: target.commit.clone(),
        commit: target.commit.clone(),
        base: repo.base.tag.as_ref().map(|(name, _)| name.clone()),
        base_from: repo.base.from,
        picks: target.picks.iter().map(named).collect(),
        resolved_by: None,
        // A reason given for a stay or an override is told there, not on every tag.
        because: wish
            .because
            .clone()
            .filter(|_| wish.again || target.from.is_some())
            .map(String::from),
    };
    NewTag { push: plan.chosen.push, tagged, picked: !target.picks.is_empty() }
}
