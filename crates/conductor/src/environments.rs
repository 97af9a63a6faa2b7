//! What runs where: asks services, keeps the answers, and reads them again without asking.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join, join_all};
use jiff::Timestamp;
use train::attempt::Leaving;
use train::base::Running;
use train::facts::Look;
use train::id::RepoName;
use train::settings::{Environment, PRODUCTION, Service};
use train::versions::{Fleet, Together};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Observation, Sample, ServiceVersions};
use crate::view::{EnvironmentView, Moment, ServiceView};

/// The answers of every service, by environment and service.
pub type Answers = BTreeMap<(String, String), ServiceVersions>;

/// How long services are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// The time.
    pub at_most: Duration,
    /// Whether what was last seen of a slower one stays, instead of that it gave no answer.
    pub else_kept: bool,
}

/// What an environment shows of a repository, with its age: a service that fails now stands by what it showed last.
#[derive(Debug, Clone)]
pub(crate) struct LastShown {
    /// The version that all of its services show, or showed.
    pub running: Running,
    /// When the one that was heard of longest ago showed it.
    pub observed_at: Timestamp,
    /// Why a service gives no answer now, with its name; none while all do.
    pub failing: Option<String>,
}

/// The looks of those that could be looked at.
pub(crate) fn looked_at(looked: &BTreeMap<RepoName, Result<Look>>) -> BTreeMap<RepoName, Look> {
    let seen = looked.iter().filter_map(|(name, look)| Some((name, look.as_ref().ok()?)));
    seen.map(|(name, look)| (name.clone(), look.clone())).collect()
}

/// A service's samples, counted.
#[must_use]
pub fn fleet(answer: &ServiceVersions) -> Fleet {
    Fleet::count(answer.samples.iter().map(|sample| match sample {
        Sample::Told { version, commit, .. } => Ok((version.clone(), commit.clone())),
        Sample::Failed(why) => Err(why.clone()),
    }))
}

/// What production shows of a repository, by the answers as a view has them.
pub(crate) fn production_of(environments: &[EnvironmentView], repo: &RepoName) -> Together {
    let production = environments.iter().filter(|e| e.name == PRODUCTION);
    let services = production.flat_map(|e| &e.services).filter(|s| &s.repo == repo);
    services.map(ServiceView::fleet).collect()
}

/// The one version that a service shows, kept so that it is known with its age once the service fails.
fn shown(answer: &ServiceVersions) -> Option<Observation> {
    let running = fleet(answer).running()?;
    let name = shown_name(&answer.environment, &answer.service);
    let body = serde_json::to_string(&running).unwrap_or_default();
    Some(Observation { name, observed_at: answer.observed_at, body })
}

/// What is told of a service that there was no time left to hear.
fn not_heard((environment, service): (String, String), observed_at: Timestamp) -> ServiceVersions {
    let samples = vec![Sample::Failed("gave no answer in the time there was".to_owned())];
    ServiceVersions { environment, service, observed_at, samples }
}

/// Under which name it is kept what a service showed when it last answered well.
fn shown_name(environment: &str, service: &str) -> String {
    format!("shown/{environment}/{service}")
}

impl Conductor {
    /// Asks every service of the environments that `wanted` takes, all at once, and keeps the answers.
    pub async fn ask(&self, wanted: impl Fn(&Environment) -> bool) -> Result<Answers> {
        self.ask_until(wanted, None).await
    }

    /// The same, for so long: a service that is slower is told as one that gave no answer, or left out. Either way it stays
    /// kept as it was last seen.
    pub(crate) async fn ask_until(
        &self,
        wanted: impl Fn(&Environment) -> bool,
        wait: Option<Wait>,
    ) -> Result<Answers> {
        let chosen =
            |name: &str| self.settings.environments.iter().any(|e| e.name == name && wanted(e));
        if self.remembers() {
            let mut kept = self.last_answers().await?;
            kept.retain(|(environment, _), _| chosen(environment));
            return Ok(kept);
        }
        let services = self
            .settings
            .environments
            .iter()
            .filter(|e| wanted(e))
            .flat_map(|e| e.services.iter().map(move |s| (e, s)));
        let at = self.clock.now();
        let asked = services.map(|(environment, service): (&Environment, &Service)| async move {
            let answer = self.ask_one(&environment.name, service, wait).await;
            ((environment.name.clone(), service.name.clone()), answer)
        });
        let (mut answers, mut unheard) = (Answers::new(), Vec::new());
        for (key, answer) in join_all(asked).await {
            if let Some(answer) = answer {
                answers.insert(key, answer);
            } else {
                unheard.push(key);
            }
        }
        self.keep_answers(&answers).await?;
        // That we had no more time says nothing of a service: whoever set the limit is told, and nothing is kept.
        if wait.is_some_and(|wait| !wait.else_kept) {
            answers.extend(unheard.into_iter().map(|key| (key.clone(), not_heard(key, at))));
        }
        Ok(answers)
    }

    /// What a service answers; nothing where there was no time left to hear it.
    async fn ask_one(
        &self,
        environment: &str,
        service: &Service,
        wait: Option<Wait>,
    ) -> Option<ServiceVersions> {
        let asked = self.versions.ask(environment, service);
        let asked = self.seen_service(environment, &service.name, asked);
        match wait {
            Some(Wait { at_most, .. }) => tokio::time::timeout(at_most, asked).await.ok(),
            None => Some(asked.await),
        }
    }

    /// Keeps what services answered, or failed to within the time that each of them has.
    async fn keep_answers(&self, answers: &Answers) -> Result<()> {
        let mut kept = Vec::new();
        for answer in answers.values() {
            let body = serde_json::to_string(answer).unwrap_or_default();
            kept.extend(self.since(answer).await?);
            kept.extend(shown(answer));
            let name = format!("versions/{}/{}", answer.environment, answer.service);
            kept.push(Observation { name, observed_at: answer.observed_at, body });
        }
        self.ledger.observe(kept).await
    }

    /// Asks remotes and production at the same time: what every plan starts from.
    pub(crate) async fn look_around(
        &self,
        only: &[RepoName],
    ) -> Result<(BTreeMap<RepoName, Result<Look>>, Answers)> {
        let production = self.ask(|environment| environment.name == PRODUCTION);
        let (looked, answers) = join(self.look(only), production).await;
        Ok((looked, answers?))
    }

    /// The time from which a service was first seen with the version it shows; none where that is kept already.
    async fn since(&self, answer: &ServiceVersions) -> Result<Option<Observation>> {
        let Some(running) = fleet(answer).running() else { return Ok(None) };
        let name = format!("since/{}/{}", answer.environment, answer.service);
        let kept = self.ledger.observation(&name).await?;
        let is_new = kept.is_none_or(|kept| kept.body != running.version);
        let observed_at = answer.observed_at;
        Ok(is_new.then_some(Observation { name, observed_at, body: running.version }))
    }

    /// What a service showed when it last showed one version on all samples.
    pub(crate) async fn showed_last(
        &self,
        environment: &str,
        service: &str,
    ) -> Result<Option<(Running, Timestamp)>> {
        let kept = self.ledger.observation(&shown_name(environment, service)).await?;
        Ok(kept.and_then(|kept| Some((serde_json::from_str(&kept.body).ok()?, kept.observed_at))))
    }

    /// What an environment shows of `repo` where all of its services agree; of one that fails what it showed last, unless
    /// what it still answers is something else.
    pub(crate) async fn last_shown_in(
        &self,
        answers: &Answers,
        environment: &Environment,
        repo: &RepoName,
    ) -> Result<Option<LastShown>> {
        let (mut fleets, mut observed_at, mut failing) = (Vec::new(), None, None);
        for service in environment.services.iter().filter(|s| &s.repo == repo) {
            let key = (environment.name.clone(), service.name.clone());
            let Some(answer) = answers.get(&key) else { return Ok(None) };
            let (mut fleet, mut at) = (fleet(answer), answer.observed_at);
            if let Some(why) = fleet.failures.first() {
                let kept = self.showed_last(&environment.name, &service.name).await?;
                let Some((last, seen)) = kept.filter(|(last, _)| fleet.shows_only(last)) else {
                    return Ok(None);
                };
                failing.get_or_insert(format!("{}: {why}", service.name));
                (fleet, at) = (Fleet::of(last), seen);
            }
            observed_at = observed_at.map_or(Some(at), |before: Timestamp| Some(before.min(at)));
            fleets.push(fleet);
        }
        let running = fleets.into_iter().collect::<Together>().running();
        Ok(running.zip(observed_at).map(|(running, observed_at)| LastShown {
            running,
            observed_at,
            failing,
        }))
    }

    /// Since when every service of `repo` in an environment was seen with `version`: the last of them to show it.
    pub(crate) async fn shown_since(
        &self,
        environment: &str,
        repo: &RepoName,
        version: &str,
    ) -> Result<Option<Moment>> {
        let services = self
            .settings
            .environments
            .iter()
            .filter(|e| e.name == environment)
            .flat_map(|e| &e.services);
        let mut since = None;
        for service in services.filter(|s| &s.repo == repo) {
            match self.ledger.observation(&format!("since/{environment}/{}", service.name)).await? {
                Some(kept) if kept.body == version => since = since.max(Some(kept.observed_at)),
                _ => return Ok(None),
            }
        }
        Ok(since.map(|at| Moment(self.local(at))))
    }

    /// The answers as last kept.
    pub async fn last_answers(&self) -> Result<Answers> {
        let kept = self.ledger.observations("versions/").await?;
        let read = |o: Observation| serde_json::from_str::<ServiceVersions>(&o.body).ok();
        Ok(kept
            .into_iter()
            .filter_map(read)
            .map(|a| ((a.environment.clone(), a.service.clone()), a))
            .collect())
    }

    /// What production runs of `repo`, where all of its services agree.
    #[must_use]
    pub fn running(&self, answers: &Answers, repo: &RepoName) -> Option<Running> {
        let production = self.settings.environments.iter().find(|e| e.name == PRODUCTION)?;
        self.running_in(answers, production, repo)
    }

    /// What an environment runs of `repo`, where all of its services agree.
    #[must_use]
    pub fn running_in(
        &self,
        answers: &Answers,
        environment: &Environment,
        repo: &RepoName,
    ) -> Option<Running> {
        let services = environment.services.iter().filter(|s| &s.repo == repo);
        let answer = |s: &Service| answers.get(&(environment.name.clone(), s.name.clone()));
        let all: Together = services.map(|s| answer(s).map(fleet).unwrap_or_default()).collect();
        all.running()
    }
}

/// Whether every service of production that is built from a repository showed this very tag, on all samples.
pub(crate) fn is_live(environments: &[EnvironmentView], one: &Leaving) -> bool {
    shows(environments, &one.repo, &one.tag)
}

/// The same of any tag.
pub(crate) fn shows(environments: &[EnvironmentView], repo: &RepoName, tag: &str) -> bool {
    production_of(environments, repo).shows(tag)
}
