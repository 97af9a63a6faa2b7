//! What is asked of remotes, services and programs, as whoever looks lets.

use std::collections::BTreeMap;

use train::facts::Look;
use train::gates::{Security, Told};
use train::id::{PushDate, RepoName};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::looking::Looking;
use crate::ports::ServiceVersions;

impl Conductor {
    /// The same, with others asked so.
    #[must_use]
    pub fn looking(&self, looking: Looking) -> Self {
        Self { looking, ..self.clone() }
    }

    /// Whether nobody is asked.
    pub(crate) fn remembers(&self) -> bool {
        matches!(self.looking, Looking::Remembers)
    }

    /// Looks at a remote.
    pub(crate) async fn seen_repo(
        &self,
        repo: &RepoName,
        look: impl Future<Output = Result<Look>>,
    ) -> Result<Look> {
        match &self.looking {
            Looking::Shares(shared) => shared.repos.once(repo, look).await,
            Looking::Asks | Looking::Remembers => look.await,
        }
    }

    /// Asks a service.
    pub(crate) async fn seen_service(
        &self,
        environment: &str,
        service: &str,
        look: impl Future<Output = ServiceVersions>,
    ) -> ServiceVersions {
        let about = || (environment.to_owned(), service.to_owned());
        match &self.looking {
            Looking::Shares(shared) => shared.services.once(&about(), look).await,
            Looking::Asks | Looking::Remembers => look.await,
        }
    }

    /// Runs a program of the team.
    pub(crate) async fn told_by_program(&self, command: &[String]) -> Told {
        let run = self.programs.run(command);
        match &self.looking {
            Looking::Shares(shared) => shared.programs.once(&command.to_vec(), run).await,
            Looking::Asks | Looking::Remembers => run.await,
        }
    }

    /// Asks whether something is built.
    pub(crate) async fn told_by_artifact(&self, address: &str) -> Told {
        let ask = self.artifacts.ask(address);
        match &self.looking {
            Looking::Shares(shared) => shared.artifacts.once(&address.to_owned(), ask).await,
            Looking::Asks | Looking::Remembers => ask.await,
        }
    }

    /// Looks at the private twins, for somebody who may know of them.
    pub(crate) async fn seen_twins(
        &self,
        push: PushDate,
        look: impl Future<Output = Result<Security>>,
    ) -> Result<Security> {
        match &self.looking {
            Looking::Shares(shared) => shared.security.once(&push, look).await,
            Looking::Asks | Looking::Remembers => look.await,
        }
    }

    /// Remotes as they were last seen, for whoever asks nobody.
    pub(crate) async fn remembered_looks(
        &self,
        only: &[RepoName],
    ) -> BTreeMap<RepoName, Result<Look>> {
        let kept = self.last_looks().await;
        let names = self.aboard.iter().map(|aboard| &aboard.settings.name);
        let chosen = names.filter(|name| only.is_empty() || only.contains(name));
        let look = |name: &RepoName| match &kept {
            Ok(kept) => kept.get(name).cloned().ok_or_else(|| unseen(name)),
            Err(refusal) => Err(refusal.clone()),
        };
        chosen.map(|name| (name.clone(), look(name))).collect()
    }
}

fn unseen(repo: &RepoName) -> Refusal {
    let what = format!("{repo} was not looked at yet");
    let hint = "it is looked at for whoever may act on this train: ask one of them";
    Refusal::new(Code::Unreachable, what, hint).in_repo(repo)
}
