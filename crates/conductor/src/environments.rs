//! What runs where: asks services, keeps the answers, and reads them again without asking.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use train::base::Running;
use train::id::RepoName;
use train::settings::{Environment, PRODUCTION, Service};
use train::versions::{Fleet, agreed};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Observation, Sample, ServiceVersions};

/// The answers of every service, by environment and service.
pub type Answers = BTreeMap<(String, String), ServiceVersions>;

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
        let services = self
            .settings
            .environments
            .iter()
            .filter(|e| wanted(e))
            .flat_map(|e| e.services.iter().map(move |s| (e, s)));
        let asked = services.map(|(environment, service): (&Environment, &Service)| async move {
            let answer = self.versions.ask(&environment.name, service).await;
            ((environment.name.clone(), service.name.clone()), answer)
        });
        let answers: Answers = join_all(asked).await.into_iter().collect();
        for answer in answers.values() {
            let body = serde_json::to_string(answer).unwrap_or_default();
            let name = format!("versions/{}/{}", answer.environment, answer.service);
            self.ledger
                .observe(Observation { name, observed_at: answer.observed_at, body })
                .await?;
        }
        Ok(answers)
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
        let services = production.services.iter().filter(|s| &s.repo == repo);
        let fleets: Option<Vec<Fleet>> = services
            .map(|s| answers.get(&(PRODUCTION.to_owned(), s.name.clone())).map(fleet))
            .collect();
        agreed(fleets?.iter())
    }
}
