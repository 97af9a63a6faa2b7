//! What runs on dev: which picks were seen there before they leave. `ready` and `start` ask; what was seen is kept.

use train::id::{Oid, RepoName};

use crate::conductor::Conductor;
use crate::environments::{Answers, fleet};
use crate::failure::Result;
use crate::ports::Observation;
use crate::view::StatusView;

/// The environment that runs main before it is cut.
pub(crate) const DEV: &str = "dev";

impl Conductor {
    /// Keeps which picks a service of dev was seen with: seen once is seen.
    pub(crate) async fn note_dev(&self, status: &StatusView, answers: &Answers) -> Result<()> {
        let Some(dev) = self.settings.environments.iter().find(|e| e.name == DEV) else {
            return Ok(());
        };
        let looks = self.last_looks().await?;
        for repo in &status.repos {
            let aboard = self.aboard(&repo.name)?;
            let services = dev.services.iter().filter(|s| s.repo == repo.name);
            let shown = services.filter_map(|service| {
                let answer = answers.get(&(DEV.to_owned(), service.name.clone()))?;
                let running = fleet(answer).running()?;
                let tagged =
                    || Some(looks.get(&repo.name)?.tags.get(&running.version)?.commit.clone());
                running.commit.clone().or_else(tagged)
            });
            let tips: Vec<Oid> = shown.collect();
            for pick in &repo.picks {
                for tip in &tips {
                    if aboard.repo.contains(tip, &pick.commit).await.unwrap_or(false) {
                        let name = on_dev(&repo.name, &pick.commit);
                        let body = tip.to_string();
                        let observed_at = self.clock.now();
                        self.ledger.observe(vec![Observation { name, observed_at, body }]).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Under which name it is kept that dev was seen with a pick.
pub(crate) fn on_dev(repo: &RepoName, pick: &Oid) -> String {
    format!("dev/{repo}/{pick}")
}
