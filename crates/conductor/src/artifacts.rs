//! Artifacts: whether what is built from a push's tags is there. `ready` and `start` ask; what was told is kept for the tag.

use futures_util::future::join_all;
use train::gates::Told;
use train::id::{Oid, PushDate, RepoName};
use train::settings::Artifact;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::Observation;
use crate::view::RepoStatus;

/// A tag by its name and its object.
type About = (String, Oid);

impl Conductor {
    /// Asks for every artifact of the push's newest tags, all at once, and keeps what was told.
    pub(crate) async fn ask_artifacts(&self, push: PushDate, repos: &[RepoStatus]) -> Result<()> {
        let asked = repos.iter().filter_map(|repo| {
            let artifact = self.settings.repo(&repo.name)?.artifact.as_ref()?;
            Some((repo, artifact, about(repo)?, repo.commit.as_ref()?))
        });
        let told = asked.map(|(repo, artifact, about, commit)| async move {
            let filled = |word: &String| {
                word.replace("{repo}", repo.name.as_str())
                    .replace("{tag}", &about.0)
                    .replace("{commit}", commit.as_str())
                    .replace("{push}", &push.to_string())
            };
            let told = match artifact {
                Artifact::Url(url) => self.told_by_artifact(&filled(url)).await,
                Artifact::Command(words) => {
                    self.told_by_program(&words.iter().map(filled).collect::<Vec<_>>()).await
                }
            };
            (&repo.name, about, told)
        });
        for (repo, about, told) in join_all(told).await {
            let body = serde_json::to_string(&(about, told)).unwrap_or_default();
            let (name, observed_at) = (format!("built/{push}/{repo}"), self.clock.now());
            self.ledger.observe(vec![Observation { name, observed_at, body }]).await?;
        }
        Ok(())
    }

    /// What was told of these very tags when they were last asked for.
    pub(crate) async fn told_of_artifacts(
        &self,
        push: PushDate,
        repos: &[RepoStatus],
    ) -> Result<Vec<(RepoName, Told)>> {
        let prefix = format!("built/{push}/");
        let kept = self.ledger.observations(&prefix).await?;
        let read = |kept: Observation| {
            let name: RepoName = kept.name.strip_prefix(&prefix)?.parse().ok()?;
            let (asked, told) = serde_json::from_str::<(About, Told)>(&kept.body).ok()?;
            let repo = repos.iter().find(|repo| repo.name == name)?;
            (about(repo)? == asked).then_some((name, told))
        };
        Ok(kept.into_iter().filter_map(read).collect())
    }
}

/// The newest tag of a repository that has one and does not stay.
fn about(repo: &RepoStatus) -> Option<About> {
    (!repo.stays).then_some((repo.tag.clone()?, repo.tag_object.clone()?))
}
