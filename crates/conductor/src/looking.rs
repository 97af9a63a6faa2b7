//! Who is asked when somebody looks: everybody now; or everybody at most once in a few seconds, however many look; or nobody, so
//! that what was last seen answers, with its age (P15).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use train::facts::Look;
use train::gates::{Security, Told};
use train::id::{PushDate, RepoName};
use train::refusal::{Code, Refusal};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::ServiceVersions;

/// How long what was seen answers whoever looks next.
const FRESH: Duration = Duration::from_secs(5);

/// Who is asked.
#[derive(Clone, Default)]
pub enum Looking {
    /// Remotes, services and programs, now.
    #[default]
    Asks,
    /// The same, unless somebody else asked just now or is about to hear: then that is the answer.
    Shares(Arc<Shared>),
    /// Nobody: what was last seen is the answer.
    Remembers,
}

/// What was seen within the last seconds, for everybody who looks at a train.
#[derive(Default)]
pub struct Shared {
    repos: Memo<RepoName, Result<Look>>,
    services: Memo<(String, String), ServiceVersions>,
    programs: Memo<Vec<String>, Told>,
    artifacts: Memo<String, Told>,
    /// Looked at for those who may know alone (P9).
    security: Memo<PushDate, Result<Security>>,
}

/// A cell: empty until what it is for was seen, and taken while that is being looked at.
type Cell<T> = Arc<tokio::sync::Mutex<Option<(Instant, T)>>>;

/// Answers, each until it is no longer fresh.
struct Memo<K, T> {
    cells: Mutex<BTreeMap<K, Cell<T>>>,
}

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Ord + Clone, T: Clone> Memo<K, T> {
    /// What is fresh, or what is being looked at by somebody else by now; else what `look` sees.
    async fn once(&self, about: &K, look: impl Future<Output = T>) -> T {
        let cell = self.cell(about);
        let mut seen = cell.lock().await;
        if let Some((at, kept)) = &*seen
            && at.elapsed() < FRESH
        {
            return kept.clone();
        }
        let now = look.await;
        *seen = Some((Instant::now(), now.clone()));
        now
    }

    fn cell(&self, about: &K) -> Cell<T> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        // What is no longer fresh goes, so that there are never more cells than questions of a few seconds.
        cells.retain(|_, cell| {
            let Ok(seen) = cell.try_lock() else { return true };
            seen.as_ref().is_none_or(|(at, _)| at.elapsed() < FRESH)
        });
        Arc::clone(cells.entry(about.clone()).or_default())
    }
}

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
