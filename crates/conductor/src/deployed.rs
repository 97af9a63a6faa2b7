//! Deploys as somebody looks at them: those of a push, and what each put out.

use train::attempt::Deployed;
use train::id::{PushDate, quoted};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::DeployState;

impl Conductor {
    /// The deploys of a push, attempt by attempt, oldest first.
    pub async fn deploys_of(&self, push: PushDate) -> Result<Vec<Deployed>> {
        let state = self.state().await?;
        let attempts = &state.days.of(push).attempts;
        Ok(attempts.iter().flat_map(|attempt| &attempt.deploys).cloned().collect())
    }

    /// One of them by its key, with all that it put out, as far as it is kept.
    pub async fn deploy_of(&self, push: PushDate, key: &str) -> Result<(Deployed, Vec<u8>)> {
        let all = self.deploys_of(push).await?;
        let Some(found) = all.into_iter().find(|one| one.run.key == key) else {
            return Err(none_such(key));
        };
        // One that is recorded may not have come so far as to put anything out.
        let output = match self.deploys.state(key).await? {
            DeployState::NotBegun => Vec::new(),
            DeployState::Running | DeployState::Ended(_) => self.put_out(key).await?,
        };
        Ok((found, output))
    }

    /// All that a deploy put out, by its key; as far as it is kept.
    pub async fn deploy_output(&self, key: &str) -> Result<Vec<u8>> {
        match self.deploys.state(key).await? {
            DeployState::NotBegun => Err(none_such(key)),
            DeployState::Running | DeployState::Ended(_) => self.put_out(key).await,
        }
    }

    async fn put_out(&self, key: &str) -> Result<Vec<u8>> {
        let (mut all, mut from) = (Vec::new(), 0);
        loop {
            let (piece, next) = self.deploys.output(key, from).await?;
            if piece.is_empty() {
                return Ok(all);
            }
            all.extend(piece);
            from = next;
        }
    }
}

fn none_such(key: &str) -> Refusal {
    let what = format!("there was no deploy {}", quoted(key));
    Refusal::new(Code::NotFound, what, "`pushduty log` tells the keys of all")
}
