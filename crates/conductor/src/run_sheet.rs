//! The run sheet: what ops does, in order, and what there is to know while doing it.

use std::collections::BTreeMap;

use train::attempt::{Attempt, DeployFor, Leaving};
use train::differences::Difference;
use train::facts::Look;
use train::id::{PushDate, RepoName};
use train::notes::Weight;
use train::notes::page::Standing;
use train::refusal::Refusal;
use train::settings::PRODUCTION;

use crate::conductor::Conductor;
use crate::deploy::run_of;
use crate::environments::is_live;
use crate::failure::Result;
use crate::production::PastUs;
use crate::start::StartPlan;
use crate::view::{
    ComponentView, ItemView, MonitorView, RunSheetView, StatusView, StepView, StepWord,
};

impl Conductor {
    /// The run sheet of a plan to start; `done` once it was started.
    pub async fn run_sheet(&self, plan: &StartPlan, done: bool) -> Result<RunSheetView> {
        let state = self.state().await?;
        let attempt = state.days.of(plan.push).attempt();
        let mut leaving: Vec<&Leaving> = attempt.into_iter().flat_map(|a| &a.leaving).collect();
        leaving.retain(|old| plan.leaving.iter().all(|new| new.repo != old.repo));
        leaving.extend(&plan.leaving);
        leaving.sort_by_key(|one| self.rank(&one.repo));
        let looks = self.last_looks().await?;
        let mut steps = Vec::new();
        for one in leaving {
            steps.push(self.step(plan, &looks, one, attempt).await?);
        }
        let train = self.train(&state, &looks);
        let past_us = self.past_us(&train, Some(plan.push), &self.last_answers().await?);
        let past_us = past_us.iter().map(PastUs::words);
        let items = &plan.notes.items;
        let moved = plan.status.differences.iter().map(Difference::warning);
        let informing = items.iter().filter(|item| informs(item)).map(|item| item.text.clone());
        Ok(RunSheetView {
            push: plan.push,
            attempt: plan.attempt,
            digest: plan.digest(),
            tagset: plan.status.tagset.clone(),
            ready: plan.is_ready(),
            done,
            gates: plan.gates(),
            steps,
            components: self.components(),
            tasks: ItemView::tasks(items).into_iter().filter(|i| is_due(i)).cloned().collect(),
            remarks: past_us.chain(moved).chain(informing).collect(),
            monitors: self.monitors(attempt),
            hero: plan.status.hero.clone(),
            claims: plan.status.claims.clone(),
            unreached: plan.unreached.as_ref().map(unreached),
        })
    }

    async fn step(
        &self,
        plan: &StartPlan,
        looks: &BTreeMap<RepoName, Look>,
        one: &Leaving,
        attempt: Option<&Attempt>,
    ) -> Result<StepView> {
        let repo = plan.status.repos.iter().find(|repo| repo.name == one.repo);
        let (state, note) = how_far(&plan.status, one, attempt);
        let run = run_of(plan.push, DeployFor::Start, plan.attempt, &one.repo, &one.tag, 1);
        let from = one.from.as_deref().unwrap_or_default();
        let command = self.filled(looks, plan.push, &run, from).map(|(command, _)| command);
        let migrations =
            self.migrations_between(looks, &one.repo, one.from.as_deref(), &one.tag).await?;
        Ok(StepView {
            repo: one.repo.clone(),
            from: one.from.clone(),
            to: one.tag.clone(),
            tag_object: one.object.clone(),
            commit: one.commit.clone(),
            after: self.settings.repo(&one.repo).and_then(|repo| repo.after.clone()),
            commit_count: repo.and_then(|repo| repo.commit_count),
            migrations,
            command,
            state,
            note,
        })
    }

    /// Migrations that lie between two tags of a repository, as the mirror has them.
    pub(crate) async fn migrations_between(
        &self,
        looks: &BTreeMap<RepoName, Look>,
        repo: &RepoName,
        from: Option<&str>,
        to: &str,
    ) -> Result<Vec<String>> {
        let commit = |tag: &str| {
            let seen = looks.get(repo)?.tags.get(tag)?;
            Some(seen.commit.clone())
        };
        match (from.and_then(commit), commit(to)) {
            (Some(from), Some(to)) => self.aboard(repo)?.repo.migrations(&from, &to).await,
            _ => Ok(Vec::new()),
        }
    }

    fn components(&self) -> Vec<ComponentView> {
        let all = self.settings.components.iter();
        let goes = all.filter(|component| component.environments.iter().any(|e| e == PRODUCTION));
        goes.map(|component| ComponentView {
            name: component.name.clone(),
            environments: component.environments.clone(),
        })
        .collect()
    }

    /// What is watched while a push is in production, or on its way there.
    pub async fn monitors_of(&self, push: PushDate) -> Result<Vec<MonitorView>> {
        let state = self.state().await?;
        Ok(self.monitors(state.days.of(push).attempt()))
    }

    /// The graphs to watch, from an hour before the start to now, or to come.
    fn monitors(&self, attempt: Option<&Attempt>) -> Vec<MonitorView> {
        const HOUR: i64 = 3_600_000;
        let now = self.clock.now().as_millisecond();
        let start = attempt.map_or(now, |a| a.started_at.as_millisecond()) - HOUR;
        let end = now + HOUR;
        let view = |monitor: &train::settings::Monitor| MonitorView {
            name: monitor.name.clone(),
            url: monitor
                .url
                .replace("{start}", &start.to_string())
                .replace("{end}", &end.to_string()),
        };
        self.addresses.monitors.iter().map(view).collect()
    }
}

fn unreached(failed: &Refusal) -> String {
    let repo = failed.repo.as_ref().map(|repo| format!("{repo}: ")).unwrap_or_default();
    format!("{repo}{}; its tags are as they were last seen", failed.message)
}

fn is_due(item: &ItemView) -> bool {
    item.line.is_some() && item.state != Standing::Done && !informs(item)
}

fn informs(item: &ItemView) -> bool {
    item.weight == Some(Weight::Informing) && item.line.is_some() && item.state != Standing::Done
}

/// How far a tag is on its way: as production shows it, else as its last deploy ended.
pub(crate) fn how_far(
    status: &StatusView,
    one: &Leaving,
    attempt: Option<&Attempt>,
) -> (StepWord, Option<String>) {
    let left = attempt.filter(|a| a.leaving.iter().any(|l| l.repo == one.repo && l.tag == one.tag));
    let Some(attempt) = left else { return (StepWord::Planned, None) };
    let newest = attempt.newest(DeployFor::Start, &one.repo, &one.tag);
    let live = is_live(&status.environments, one);
    if let Some(end) = newest.and_then(|newest| newest.failed(live)) {
        let shown = if live { "; production shows it all the same" } else { "" };
        return (StepWord::Failed, Some(format!("{}{shown}", end.words())));
    }
    if live {
        return (StepWord::Live, None);
    }
    match newest.map(|deployed| &deployed.ended) {
        None => (StepWord::Started, None),
        Some(None) => (StepWord::Deploying, None),
        Some(Some(_)) => (StepWord::Deployed, None),
    }
}
