//! What deserves a word about production: a tag that no start allowed, a blocker that came after the start, tags of earlier
//! pushes that were rolled back and not cleared.

use std::collections::BTreeSet;
use std::time::Duration;

use train::attempt::{Back, DeployRun};
use train::id::{PushDate, RepoName, quoted};
use train::pushes::Train;
use train::settings::{PRODUCTION, Repo};
use train::versions::Fleet;

use crate::conductor::Conductor;
use crate::environments::{Answers, Wait, fleet};
use crate::failure::Result;
use crate::view::StatusView;

/// How long production is waited for at the end of a run and of a rollback: what is slower stands by what it showed last.
pub(crate) const AT_MOST: Duration = Duration::from_secs(3);

/// A tag that production shows, be it on some samples alone, though no start allowed it (P8, P15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastUs {
    /// The repository.
    pub repo: RepoName,
    /// The tag.
    pub tag: String,
}

impl PastUs {
    /// In a sentence without its full stop.
    #[must_use]
    pub fn words(&self) -> String {
        format!("production shows {} {}, {PAST_US}", self.repo, self.tag)
    }
}

/// What production shows of a repository that goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Whether all of it is back.
    pub back: bool,
    /// The services that show something else or do not answer, each with that.
    others: Vec<String>,
}

impl Shown {
    /// What is not back, without a full stop.
    pub(crate) fn words(&self) -> Option<String> {
        (!self.others.is_empty()).then(|| format!("not there yet: {}", self.others.join("; ")))
    }
}

/// What is said of such a tag, after its name.
pub const PAST_US: &str = "which no start allowed";

/// Of a push that is looked at all of it, a sentence each, without full stops; `past_us` are its tags that no start allowed.
pub(crate) fn remarks(train: &Train<'_>, view: &StatusView, past_us: &[PastUs]) -> Vec<String> {
    let Some(push) = view.push else { return Vec::new() };
    let mut remarks: Vec<String> = past_us.iter().map(PastUs::words).collect();
    let day = train.state.days.of(push);
    if day.attempt().is_some() {
        let late = view.blockers.iter().filter(|blocker| blocker.open && blocker.holds);
        remarks.extend(late.map(|late| {
            format!("{} is open though the push has started: {}", late.id, quoted(&late.text))
        }));
    }
    let earlier = train.state.days.newest_first().filter(|(date, _)| *date < push);
    remarks.extend(earlier.flat_map(|(date, day)| day.bad.iter().map(move |b| b.warning(date))));
    remarks
}

impl Conductor {
    /// Tags that production shows though no start allowed them, whoever made them: of the push that is looked at, and of
    /// those that are cut.
    pub(crate) fn past_us(
        &self,
        train: &Train<'_>,
        looked_at: Option<PushDate>,
        answers: &Answers,
    ) -> Vec<PastUs> {
        let mut found = Vec::new();
        for repo in &self.settings.repos {
            let is_past_us =
                |tag: &String| is_tag(train, repo, tag) && train.is_past_us(looked_at, repo, tag);
            let shown = self.shown_in_production(&repo.name, answers);
            let tags = shown.into_iter().filter(is_past_us);
            found.extend(tags.map(|tag| PastUs { repo: repo.name.clone(), tag }));
        }
        found
    }

    /// The same by what was seen last of the remotes.
    pub async fn past_us_now(&self, answers: &Answers) -> Result<Vec<PastUs>> {
        let (state, looks) = (self.state().await?, self.last_looks().await?);
        let train = self.train(&state, &looks);
        Ok(self.past_us(&train, train.shown(), answers))
    }

    /// What a plan warns of that others did: to tags, and to production.
    pub(crate) fn by_others(
        &self,
        train: &Train<'_>,
        push: PushDate,
        answers: &Answers,
    ) -> Vec<String> {
        let moved = train::differences::told(&self.settings, train.state, train.looks);
        let past_us = self.past_us(train, Some(push), answers);
        moved.chain(past_us.iter().map(PastUs::words)).collect()
    }

    /// Whether production, asked now, answers well and shows a run's tag nowhere.
    pub(crate) async fn seen_without(&self, run: &DeployRun) -> bool {
        let wait = Wait { at_most: AT_MOST, else_kept: false };
        let asked = self.ask_until(|environment| environment.name == PRODUCTION, Some(wait));
        let Ok(answers) = asked.await else { return false };
        let services = self.settings.environment(PRODUCTION).into_iter().flat_map(|p| &p.services);
        let mut own = services.filter(|service| service.repo == run.repo).peekable();
        let key = |service: &str| (PRODUCTION.to_owned(), service.to_owned());
        let without = |fleet: Fleet| {
            let mut shown = fleet.shown.iter();
            fleet.failures.is_empty() && shown.all(|shown| shown.tag() != Some(run.tag.as_str()))
        };
        own.peek().is_some()
            && own.all(|service| answers.get(&key(&service.name)).map(fleet).is_some_and(without))
    }

    /// What production shows of a repository that goes back.
    pub(crate) fn back_in(&self, answers: &Answers, one: &Back) -> Shown {
        let production = self.settings.environment(PRODUCTION).into_iter();
        let services = production.flat_map(|p| &p.services).filter(|s| s.repo == one.repo);
        let (mut asked, mut others) = (false, Vec::new());
        for service in services {
            asked = true;
            let answer = answers.get(&(PRODUCTION.to_owned(), service.name.clone()));
            let fleet = answer.map(fleet).unwrap_or_default();
            let told = |shown: &&train::versions::Shown| shown.tag() != one.to.as_deref();
            let other = fleet.shown.iter().find(told).map(|shown| shown.tag().unwrap_or("?"));
            others.extend(match (other, fleet.failures.first()) {
                (Some(tag), _) => Some(format!("{} shows {tag}", service.name)),
                (None, Some(why)) => Some(format!("{}: {why}", service.name)),
                (None, None) if fleet.shown.is_empty() => {
                    Some(format!("{} was not asked", service.name))
                }
                (None, None) => None,
            });
        }
        Shown { back: asked && one.to.is_some() && others.is_empty(), others }
    }

    /// Every version that some sample of production shows of a repository.
    pub(crate) fn shown_in_production(
        &self,
        repo: &RepoName,
        answers: &Answers,
    ) -> BTreeSet<String> {
        let production = self.settings.environment(PRODUCTION).into_iter();
        let services = production.flat_map(|p| &p.services).filter(|s| s.repo == *repo);
        let key = |service: &str| (PRODUCTION.to_owned(), service.to_owned());
        let fleets = services.filter_map(|s| answers.get(&key(&s.name))).map(fleet);
        let shown = fleets.flat_map(|fleet| fleet.shown);
        shown.filter_map(|shown| shown.tag().map(str::to_owned)).collect()
    }
}

/// Whether a version is a tag of a repository: as its remote shows it, or as it was given.
fn is_tag(train: &Train<'_>, repo: &Repo, version: &str) -> bool {
    let seen = train.looks.get(&repo.name).is_some_and(|look| look.tags.contains_key(version));
    let given = train.state.pushes.values().filter_map(|push| push.tags.get(&repo.name));
    seen || given.flatten().any(|given| given.tag.tag == version)
}
