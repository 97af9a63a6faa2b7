//! What runs where: asks services, keeps the answers, and reads them again without asking.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join, join_all};
use train::base::Running;
use train::facts::Look;
use train::id::RepoName;
use train::settings::{Environment, PRODUCTION, Service};
use train::versions::{Fleet, agreed};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Observation, Sample, ServiceVersions};
use crate::view::Moment;

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

impl Conductor {
    /// Asks every service of the environments that `wanted` takes, all at once, and keeps the answers.
    pub async fn ask(&self, wanted: impl Fn(&Environment) -> bool) -> Result<Answers> {
        self.ask_until(wanted, None).await
    }

    /// The same, for so long: a service that is slower is told as one that gave no answer, or left as it was last
    /// seen.
    pub(crate) async fn ask_until(
        &self,
        wanted: impl Fn(&Environment) -> bool,
        wait: Option<Wait>,
    ) -> Result<Answers> {
        let services = self
            .settings
            .environments
            .iter()
            .filter(|e| wanted(e))
            .flat_map(|e| e.services.iter().map(move |s| (e, s)));
        let asked = services.map(|(environment, service): (&Environment, &Service)| async move {
            let answer = self.ask_one(&environment.name, service, wait).await?;
            Some(((environment.name.clone(), service.name.clone()), answer))
        });
        let answers: Answers = join_all(asked).await.into_iter().flatten().collect();
        for answer in answers.values() {
            let body = serde_json::to_string(answer).unwrap_or_default();
            self.keep_since(answer).await?;
            let name = format!("versions/{}/{}", answer.environment, answer.service);
            self.ledger
                .observe(Observation { name, observed_at: answer.observed_at, body })
                .await?;
        }
        Ok(answers)
    }

    async fn ask_one(
        &self,
        environment: &str,
        service: &Service,
        wait: Option<Wait>,
    ) -> Option<ServiceVersions> {
        let (at, asked) = (self.clock.now(), self.versions.ask(environment, service));
        let Some(Wait { at_most, else_kept }) = wait else { return Some(asked.await) };
        match tokio::time::timeout(at_most, asked).await {
            Ok(answer) => Some(answer),
            Err(_) if else_kept => None,
            Err(_) => Some(ServiceVersions {
                environment: environment.to_owned(),
                service: service.name.clone(),
                observed_at: at,
                samples: vec![Sample::Failed("gave no answer in the time there was".to_owned())],
            }),
        }
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

    /// Keeps the time from which a service was first seen with the version it shows.
    async fn keep_since(&self, answer: &ServiceVersions) -> Result<()> {
        let Some(running) = fleet(answer).running() else { return Ok(()) };
        let name = format!("since/{}/{}", answer.environment, answer.service);
        match self.ledger.observation(&name).await? {
            Some(kept) if kept.body == running.version => Ok(()),
            _ => {
                self.ledger
                    .observe(Observation {
                        name,
                        observed_at: answer.observed_at,
                        body: running.version,
                    })
                    .await
            }
        }
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
        let fleets: Option<Vec<Fleet>> = services
            .map(|s| answers.get(&(environment.name.clone(), s.name.clone())).map(fleet))
            .collect();
        agreed(fleets?.iter())
    }
}
