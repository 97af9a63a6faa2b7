//! `watch`: asks an environment's services until all show the push's tags.

use train::id::PushDate;
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::environments::Wait;
use crate::failure::Result;
use crate::gates::Judging;
use crate::view::WatchView;

impl Conductor {
    /// Asks an environment's services once, waiting so long, and compares with the push's newest tags as last seen.
    pub async fn watch_once(
        &self,
        environment: &str,
        push: Option<PushDate>,
        wait: Wait,
    ) -> Result<WatchView> {
        if !self.settings.environments.iter().any(|e| e.name == environment) {
            let known: Vec<&str> =
                self.settings.environments.iter().map(|e| e.name.as_str()).collect();
            let hint = if known.is_empty() {
                format!("add [environments.{environment}] with its services to the configuration")
            } else {
                format!("configured are: {}", known.join(", "))
            };
            let what = format!("no environment {} is set up", train::id::quoted(environment));
            return Err(Refusal::new(Code::NotFound, what, hint));
        }
        let asked = self.ask_until(|e| e.name == environment, Some(wait)).await?;
        let mut answers = self.last_answers().await?;
        // What is told of this look alone, and is not kept, is part of it.
        answers.extend(asked);
        let status = self.status_by(push, &Judging::default(), &answers).await?.status;
        if let (None, Some(shown)) = (push, status.push) {
            self.say_others_of(shown).await?;
        }
        let Some(view) = status.environments.iter().find(|e| e.name == environment) else {
            return Err(Refusal::new(
                Code::NotFound,
                "the environment has no services",
                "add some to the configuration",
            ));
        };
        let arrived = !view.services.is_empty()
            && view.services.iter().all(|service| service.has_arrived(&status.repos));
        Ok(WatchView { push: status.push, arrived, environment: view.clone() })
    }
}
