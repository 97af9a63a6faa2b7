//! Who is asked when somebody looks: everybody now; or everybody at most once in a few seconds, however many look; or nobody, so
//! that what was last seen answers, with its age (P15).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use train::facts::Look;
use train::gates::{Security, Told};
use train::id::{PushDate, RepoName};

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
    pub(crate) repos: Memo<RepoName, Result<Look>>,
    pub(crate) services: Memo<(String, String), ServiceVersions>,
    pub(crate) programs: Memo<Vec<String>, Told>,
    pub(crate) artifacts: Memo<String, Told>,
    /// Looked at for those who may know alone (P9).
    pub(crate) security: Memo<PushDate, Result<Security>>,
}

/// A cell: empty until what it is for was seen, and taken while that is being looked at.
type Cell<T> = Arc<tokio::sync::Mutex<Option<(Instant, T)>>>;

/// Answers, each until it is no longer fresh.
pub(crate) struct Memo<K, T> {
    cells: Mutex<BTreeMap<K, Cell<T>>>,
}

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Ord + Clone, T: Clone> Memo<K, T> {
    /// What is fresh, or what is being looked at by somebody else by now; else what `look` sees.
    pub(crate) async fn once(&self, about: &K, look: impl Future<Output = T>) -> T {
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
