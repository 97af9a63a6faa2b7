//! What nobody has to ask for: the rounds that a server makes, as often as it is told to.
//!
//! Each part is what a command does (`settle`, `security sync`, `status`, `tell`), and goes by itself: one that fails stops
//! none of the others, and is tried again in the next round. Nothing is decided here that a person decides.

use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::environments::fleet;
use crate::failure::{Failure, Result};
use crate::outbox::TellWish;
use crate::view::{HealthLine, LeansOn, TellView};

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// What failed, in the order it was tried.
    pub failed: Vec<Failure>,
    /// How everything fares that the train leans on.
    pub health: Vec<HealthLine>,
    /// Whether something is on its way that is to be followed closely: a deploy runs, or a push leaves.
    pub busy: bool,
}

impl Conductor {
    /// One round.
    pub async fn work(&self) -> Round {
        let (mut failed, mut health) = (Vec::new(), Vec::new());
        failed.extend(self.settle_typed().await.err());
        failed.extend(self.settle_left_open().await.err().map(|_| unsaid()));
        failed.extend(self.security_follows().await.err().map(|_| unsaid()));
        failed.extend(self.see_remotes(&mut health).await);
        failed.extend(self.see_services(&mut health).await.err());
        failed.extend(self.see_deploys_end().await.err());
        match self.tell(&TellWish::default()).await {
            Ok(told) => health.extend(self.channels_fare(&told)),
            Err(failure) => failed.push(failure),
        }
        Round { failed, health, busy: self.is_busy().await.unwrap_or(false) }
    }

    /// What a killed run left open. What somebody is doing right now is waited for, and is not open then.
    async fn settle_left_open(&self) -> Result<()> {
        match self.state().await?.open.is_empty() {
            true => Ok(()),
            false => self.settle().await.map(drop),
        }
    }

    /// Security's mains follow upstream's. It is looked first: nobody waits for the lock while nothing is due.
    async fn security_follows(&self) -> Result<()> {
        let twins = self.aboard.iter().any(|aboard| aboard.security.is_some());
        if !twins || self.plan_sync(None).await?.is_empty() {
            return Ok(());
        }
        self.security_sync(None).await.map(drop)
    }

    async fn see_remotes(&self, health: &mut Vec<HealthLine>) -> Vec<Failure> {
        let mut looks = self.look(&[]).await;
        let mut failed = Vec::new();
        for aboard in &self.aboard {
            let name = &aboard.settings.name;
            let failure = looks.remove(name).and_then(Result::err);
            // Why a private twin can't be reached is for those who know of it (P9).
            let trouble = failure.as_ref().map(|failure| match aboard.security {
                None => failure.message.clone(),
                Some(_) => "not all of it can be reached".to_owned(),
            });
            health.push(HealthLine { kind: LeansOn::Repository, name: name.to_string(), trouble });
            failed.extend(failure);
        }
        failed
    }

    async fn see_services(&self, health: &mut Vec<HealthLine>) -> Result<()> {
        let answers = self.ask(|_| true).await?;
        health.extend(answers.iter().map(|((environment, service), answer)| HealthLine {
            kind: LeansOn::Service,
            name: format!("{environment}/{service}"),
            trouble: fleet(answer).failures.into_iter().next(),
        }));
        Ok(())
    }

    fn channels_fare(&self, told: &TellView) -> impl Iterator<Item = HealthLine> {
        let why = |channel: &str| {
            let mut late = told.announcements.iter().filter(|one| one.channel == channel);
            late.find_map(|one| one.why.clone())
        };
        self.outgoing.channels.iter().map(move |named| HealthLine {
            kind: LeansOn::Channel,
            name: named.name.clone(),
            trouble: why(&named.name),
        })
    }

    /// Whether a deploy runs, or a push has left and its end is not in sight.
    async fn is_busy(&self) -> Result<bool> {
        if !self.running_deploys(None).await?.is_empty() {
            return Ok(true);
        }
        let state = self.state().await?;
        let leaving = |push: &train::id::PushDate| {
            state.days.of(*push).attempt().is_some() && state.over(*push).is_none()
        };
        Ok(state.pushes.keys().any(leaving))
    }
}

/// What fails here may be about what is under embargo, and whoever runs a server reads its log: it is said to the security
/// role alone, where that asks (P9).
fn unsaid() -> Failure {
    Refusal::new(
        Code::Incomplete,
        "what an earlier run began, or what follows upstream, is not done yet",
        "`pushduty settle` and `pushduty security list` say more to whoever may know",
    )
}
