//! What every request has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use conductor::failure::Result;
use conductor::ports::{Accounts, Clock, KeptSteps};
use conductor::{Conductor, Shared};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinHandle};
use tokio_util::task::{LocalPoolHandle, TaskTracker};
use train::id::TrainName;
use train::refusal::Refusal;

use crate::allowance::Allowances;
use crate::attempts::Attempts;
use crate::built::Built;
use crate::caught;
use crate::fares::Fares;
use crate::guesses::Guesses;
use crate::live::Live;
use crate::log::Log;
use crate::meters::Meters;
use crate::proofs::Proofs;
use crate::rooms::Rooms;
use crate::show::Show;
use crate::steps::Steps;
use crate::trains::{Trains, Who};
use crate::waits::AllWaits;

/// How many stories are worked at in the same moment: each waits for git, the network and the disk most of the time.
const THREADS: usize = 2;
/// How many may be under way: what is asked for beyond waits its turn, so that a crowd takes no more memory than these.
const AT_ONCE: usize = 24;

/// What a server is opened with.
#[derive(Clone)]
pub struct Opening {
    /// Its trains.
    pub trains: Arc<dyn Trains>,
    /// Who may come in.
    pub accounts: Arc<dyn Accounts>,
    /// Where it tells how it fares.
    pub log: Arc<dyn Log>,
    /// Where the keys of wishes, and what steps say, are kept beyond this process.
    pub steps: Arc<dyn KeptSteps>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where people reach it; links begin with its path.
    pub base: url::Url,
    /// Whether somebody who is not signed in may look.
    pub public: bool,
    /// Whether a proxy stands before it that says where requests come from.
    pub behind_proxy: bool,
    /// What the program is built from.
    pub built: Built,
}

/// What every request has at hand: cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) open: Opening,
    pub(crate) live: Arc<Live>,
    pub(crate) steps: Arc<Steps>,
    pub(crate) notes: Arc<Rooms>,
    pub(crate) meters: Arc<Meters>,
    /// How what the trains lean on fares.
    pub(crate) fares: Arc<Fares>,
    /// Who was refused words that are under embargo.
    pub(crate) guesses: Arc<Guesses>,
    /// How much everybody may send in rooms.
    pub(crate) allowances: Arc<Allowances>,
    /// What waits for people.
    pub(crate) waits: Arc<AllWaits>,
    /// Proofs of records.
    pub(crate) proofs: Arc<Proofs>,
    /// How often somebody tried to come in.
    pub(crate) attempts: Arc<Attempts>,
    /// What was seen of each train within the last seconds.
    pub(crate) seen: Arc<BTreeMap<TrainName, Arc<Shared>>>,
    /// What is on its way into the record beside all else.
    pub(crate) noting: TaskTracker,
    /// The right to begin a wish with a key.
    pub(crate) keyed: Arc<tokio::sync::Mutex<()>>,
    /// Where stories of the conductor run.
    pub(crate) stage: LocalPoolHandle,
    /// The right to have one there.
    at_once: Arc<Semaphore>,
    /// The week that is played before visitors; none but in a demo.
    pub(crate) show: Option<Arc<dyn Show>>,
    /// What stands before every path of ours: empty, or `/push` behind a proxy.
    pub(crate) prefix: Arc<str>,
}

impl House {
    /// Opens it. From here on its trains are watched for changes; [`House::watch`] does so.
    #[must_use]
    pub fn new(open: Opening) -> Self {
        let prefix = Arc::from(open.base.path().trim_end_matches('/'));
        let names = open.trains.names();
        let live = Arc::new(Live::of(&names));
        let seen = Arc::new(names.into_iter().map(|name| (name, Arc::default())).collect());
        let stage = LocalPoolHandle::new(THREADS);
        let steps = Arc::new(Steps::kept_in(Arc::clone(&open.steps)));
        let (attempts, noting) = (Arc::default(), TaskTracker::new());
        let (notes, meters, keyed) = (Arc::default(), Arc::default(), Arc::default());
        let (allowances, guesses, fares) = (Arc::default(), Arc::default(), Arc::default());
        let (waits, proofs, show) = (Arc::default(), Arc::default(), None);
        Self {
            live,
            steps,
            notes,
            seen,
            meters,
            fares,
            waits,
            proofs,
            allowances,
            guesses,
            keyed,
            attempts,
            noting,
            stage,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            show,
            open,
            prefix,
        }
    }

    /// The same for a demo: a week is played before whoever comes, and each may be anybody of its cast. Whatever is behind
    /// this door is open to everybody who reaches it.
    #[must_use]
    pub fn playing(self, show: Arc<dyn Show>) -> Self {
        Self { show: Some(show), ..self }
    }

    /// Ends: lets everybody go who follows, and waits for what is being carried out, at most for so long. What is not over
    /// by then is settled by the next command, as after every end in between.
    pub async fn close(&self, patience: Duration) -> bool {
        self.live.close();
        self.noting.close();
        let noted = async { tokio::time::timeout(patience, self.noting.wait()).await.is_ok() };
        let (steps, notes) = (self.steps.drained(patience), self.notes.closed(patience));
        let (drained, written, noted) = tokio::join!(steps, notes, noted);
        drained && written && noted
    }

    /// Lets the conductor of a train do something for whoever comes. Its stories borrow all through, so that each stays on one
    /// thread from its begin to its end.
    pub(crate) async fn story<T, F>(&self, who: &Who, train: &TrainName, story: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFnOnce(Conductor) -> Result<T> + Send + 'static,
    {
        let told = self.begins(who, train, story).await?;
        told.await.unwrap_or_else(|error| Err(self.panicked(train, error)))
    }

    /// Begins such a story, once it is its turn. It goes on when whoever asked is gone, unless it is given up.
    pub(crate) async fn begins<T, F>(
        &self,
        who: &Who,
        train: &TrainName,
        story: F,
    ) -> Result<JoinHandle<T>>
    where
        T: Send + 'static,
        F: AsyncFnOnce(Conductor) -> T + Send + 'static,
    {
        // It is never closed. The turn is the story's, to its end.
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        let conductor = self.open.trains.conductor(train, who).await?;
        Ok(self.stage.spawn_pinned(move || async move {
            let told = story(conductor).await;
            drop(turn);
            told
        }))
    }

    /// The no for what panicked or was given up, and a word of it to whoever runs the server.
    pub(crate) fn panicked(&self, train: &TrainName, error: JoinError) -> Refusal {
        match error.try_into_panic() {
            Ok(_) => caught::told(&*self.open.log, train.as_str()),
            Err(_) => caught::fault(),
        }
    }

    /// Whether people reach it over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.open.base.scheme() == "https"
    }

    /// The name of the session's cookie. With TLS its name forbids that another host of the domain sets it. Cookies know no
    /// ports: a demo has one of its own, so that a server beside it on the same machine keeps its people.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.show.is_some() {
            return "pushduty-demo";
        }
        if self.is_secure() { "__Host-pushduty" } else { "pushduty" }
    }

    /// A path of ours as a browser asks for it.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}
