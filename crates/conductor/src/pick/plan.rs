//! One repository's picks: onto which tag, what comes of them, and what the new tag is called.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use train::command::PickWish;
use train::cut::{self, Chosen};
use train::facts::Look;
use train::id::{Oid, PushDate, RepoName};
use train::intent::PickRecord;
use train::pick::{PickFate, RepoPicks};
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;

use crate::bench::{Bench, OffMain, Order, Put, Resolution, Tip};
use crate::conductor::{Aboard, Conductor};
use crate::environments::Answers;
use crate::failure::Result;
use crate::pick::again::{made_before, there};

/// Where a repository's picks go.
struct Onto {
    tag: String,
    tip: Tip,
    /// The tags of the push that are newer than it: there are some where production runs an older one.
    newer: Vec<(String, Oid)>,
}

/// What one repository's plan is made from that is the same for all of them.
#[derive(Clone, Copy)]
pub(super) struct Picking<'a> {
    /// What is recorded.
    pub state: &'a State,
    /// What is asked.
    pub wish: &'a PickWish,
    /// The push that is picked onto.
    pub push: PushDate,
    /// What the environments answered.
    pub answers: &'a Answers,
    /// What people resolved by hand.
    pub resolved: &'a [Resolution],
    /// The time of every commit that is made.
    pub at: Timestamp,
}

impl Conductor {
    /// The push of what production runs, for a hot-fix.
    pub(super) fn hot_fixed(
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
    pub(super) fn in_production(
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

    pub(super) async fn plan_repo(
        &self,
        picking: Picking<'_>,
        aboard: &Aboard,
        look: &Look,
        mut order: Order,
    ) -> Result<RepoPicks> {
        let Picking { state, wish, push, answers, resolved, at } = picking;
        let name = &aboard.settings.name;
        let onto = self.onto(wish, push, aboard, look, answers)?;
        let main = look.main.as_ref().unwrap_or(&onto.tip.newest);
        let (stamp, branch) = (self.stamp(at), &look.branch);
        let off_main = if wish.off_main { OffMain::Let } else { OffMain::Refused };
        let bench = Bench { aboard, main, branch, stamp: &stamp, resolved, off_main };
        let newest = &onto.tip.newest;
        let replaced = self.replaced((state, push), aboard, look, newest, &mut order).await?;
        let mut put = bench.put(&onto.tip, &order).await?;
        let base = self.base(state, &aboard.settings, push, &look.tags, answers);
        let mut picks = RepoPicks {
            repo: name.clone(),
            onto: Some((onto.tag.clone(), newest.clone())),
            base,
            steps: put.steps.clone(),
            fate: PickFate::Nothing,
            contained: std::mem::take(&mut put.contained),
            notes: std::mem::take(&mut put.notes),
            migrations: Vec::new(),
        };
        if let Some(conflict) = put.conflict.take() {
            let refusal = crate::put::conflict_refusal(name, &conflict);
            picks.fate = PickFate::Refused { refusal, conflict: Some(conflict) };
        } else if let Some(made) = made_before(aboard, newest, &onto.newer, &put).await? {
            picks.contained = there(aboard, &picks).await?;
            picks.onto = Some(made);
        } else if &put.tip != newest {
            if let Some(replaced) = replaced {
                replaced.carried_by(aboard, &put.tip).await?;
            }
            let tag = cut::next_tag(state, &aboard.settings, look, push, true)?;
            let all = self.picks_on(state, aboard, main, &onto, &put, &tag).await?;
            let new = put.picks.into_iter().map(|p| PickRecord { tag: tag.clone(), ..p }).collect();
            picks.migrations = aboard.repo.migrations(newest, &put.tip).await?;
            picks.fate = PickFate::Tag { tag, tip: put.tip, picks: new, all };
        }
        if !picks.migrations.is_empty() {
            let lacking = aboard.repo.migrations(newest, main).await?;
            picks.notes.extend(train::pick::migration_gaps(&lacking, &picks.migrations));
        }
        Ok(picks)
    }

    /// All that a new tip has over the push's first tag, each with the tag that first had it.
    async fn picks_on(
        &self,
        state: &State,
        aboard: &Aboard,
        main: &Oid,
        onto: &Onto,
        put: &Put,
        tag: &str,
    ) -> Result<Vec<PickRecord>> {
        let name = &aboard.settings.name;
        let given = state.pushes.values().filter_map(|p| p.tags.get(name)).flatten();
        let known: Vec<&PickRecord> = given.flat_map(|g| &g.tag.picks).collect();
        let picked = aboard.repo.picked(main, &put.tip).await?;
        let made: Vec<Oid> = picked.iter().map(|p| p.made.id.clone()).collect();
        let added = aboard.repo.outside(onto.tip.first(), &made).await?;
        let mut all = Vec::new();
        for picked in picked.into_iter().filter(|p| added.contains(&p.made.id)) {
            let origin = picked.origin.clone().or_else(|| picked.reverts.clone());
            let commit = origin.unwrap_or_else(|| picked.made.id.clone());
            let is_new = put.picks.iter().any(|p| p.made == picked.made.id);
            let was = put.remade.get(&picked.made.id).unwrap_or(&picked.made.id);
            let alike =
                |k: &&&PickRecord| k.commit == commit && k.reverted == picked.reverts.is_some();
            let before = known.iter().find(|k| &k.made == was);
            let before = before.or_else(|| known.iter().find(alike));
            let first = match before {
                Some(before) if !is_new => before.tag.clone(),
                None if !is_new => onto.tag.clone(),
                _ => tag.to_owned(),
            };
            // A message may say that it reverts a commit that is nowhere.
            let whose = match &picked.reverts {
                Some(reverted) => aboard.repo.commit(reverted).await.ok().map(|c| c.author),
                None => None,
            };
            all.push(PickRecord {
                commit,
                whose,
                made: picked.made.id,
                subject: picked.made.subject,
                author: picked.made.author,
                reverted: picked.reverts.is_some(),
                tag: first,
            });
        }
        Ok(all)
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
        let (_, last, commit) = revisions.last().cloned().ok_or_else(not_cut)?;
        let (tag, newest) = if wish.onto_production {
            let (tag, _) = self.in_production(name, look, answers)?;
            let commit = look.tags[&tag].commit.clone();
            (tag, commit)
        } else {
            (last, commit)
        };
        let above = revisions.iter().skip_while(|(_, name, _)| name != &tag).skip(1);
        let newer = above.map(|(_, name, commit)| (name.clone(), commit.clone())).collect();
        let tags = revisions.into_iter().map(|(_, _, commit)| commit).collect();
        Ok(Onto { tag, tip: Tip { newest, tags }, newer })
    }
}

pub(super) fn opened(train: &Train<'_>, push: PushDate) -> Chosen {
    let departure = train.departure(push);
    Chosen {
        push,
        scheduled: departure.as_ref().map_or(push, |d| d.scheduled),
        hero: departure.as_ref().and_then(|d| d.hero.clone()),
        turn: departure.as_ref().and_then(|d| d.turn.clone()),
        off_cycle: departure.is_none(),
        frozen: None,
    }
}
