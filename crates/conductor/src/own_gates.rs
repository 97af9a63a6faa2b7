//! The team's own programs that open gates. `ready` and `start` ask them; what they said is kept for these tags.

use futures_util::future::join_all;
use train::gates::Told;
use train::id::PushDate;
use train::settings::Opens;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::gates::tagset;
use crate::ports::Observation;
use crate::view::{RepoStatus, StatusView};

impl Conductor {
    /// Runs the team's own programs for the push's tags, all at once, and keeps what they said.
    pub(crate) async fn ask_programs(&self, push: PushDate, status: &StatusView) -> Result<()> {
        let Some(tagset) = &status.tagset else { return Ok(()) };
        let tags: Vec<String> = status
            .repos
            .iter()
            .filter_map(|repo| Some(format!("{}:{}", repo.name, repo.tag.as_ref()?)))
            .collect();
        let tags = tags.join(" ");
        let programs = self.settings.gates.iter().filter_map(|rule| match &rule.opens {
            Opens::Command { command } => Some((&rule.name, command)),
            Opens::Signoffs { .. } | Opens::SeenOnDev => None,
        });
        let told = programs.map(|(name, command)| {
            let filled: Vec<String> = command
                .iter()
                .map(|word| word.replace("{tags}", &tags).replace("{push}", &push.to_string()))
                .collect();
            async move { (name, self.told_by_program(&filled).await) }
        });
        for (name, told) in join_all(told).await {
            let body = serde_json::to_string(&(tagset, told)).unwrap_or_default();
            let name = format!("gate/{push}/{name}");
            let observed_at = self.clock.now();
            self.ledger.observe(vec![Observation { name, observed_at, body }]).await?;
        }
        Ok(())
    }

    /// What they said about these very tags when they were last asked.
    pub(crate) async fn told_of(
        &self,
        push: PushDate,
        repos: &[RepoStatus],
    ) -> Result<Vec<(String, Told)>> {
        let Some(tagset) = tagset(Some(push), repos) else { return Ok(Vec::new()) };
        let prefix = format!("gate/{push}/");
        let kept = self.ledger.observations(&prefix).await?;
        let read = |kept: Observation| {
            let name = kept.name.strip_prefix(&prefix)?.to_owned();
            let (about, told) = serde_json::from_str::<(String, Told)>(&kept.body).ok()?;
            (about == tagset).then_some((name, told))
        };
        Ok(kept.into_iter().filter_map(read).collect())
    }
}
