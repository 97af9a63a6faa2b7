//! The operations crew, for show: machines that answer `/__version__` over HTTP. Stage gets each new tag of the bare
//! remotes, half of the machines at a time; production does so from when it is told to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use conductor::failure;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::landed::REPOS;
use super::world::{MACHINES, World, tags};
use crate::session::Ending;

/// A tag and its commit.
type Release = (String, String);

/// The machines of a service, asked in turn, as behind a load balancer.
struct Fleet {
    remote: PathBuf,
    /// Whether new tags are deployed to it.
    rolls: bool,
    machines: [Release; MACHINES],
    turn: usize,
}

impl Fleet {
    /// Looks at the remote's tags; a newer one goes to half of the machines that lack it, and to the rest at the next look.
    async fn look(&mut self) {
        let Ok(Some(newest)) = tags(&self.remote).await.map(|mut tags| tags.pop()) else { return };
        let old: Vec<usize> = (0..MACHINES).filter(|n| self.machines[*n] != newest).collect();
        let batch = MACHINES.div_ceil(2);
        for n in old.into_iter().take(batch) {
            self.machines[n] = newest.clone();
        }
    }

    /// What the machine whose turn it is runs. The crew looks once in each round of all machines.
    async fn answer(&mut self) -> Value {
        if self.rolls && self.turn.is_multiple_of(MACHINES) {
            self.look().await;
        }
        let (version, commit) = &self.machines[self.turn % MACHINES];
        self.turn += 1;
        json!({ "version": version, "commit": commit, "source": "https://example.org", "build": "" })
    }
}

type Fleets = BTreeMap<(&'static str, &'static str), Mutex<Fleet>>;

/// The crew at work; it goes home when this is dropped.
pub struct Crew {
    /// Where its machines answer, on loopback.
    pub port: u16,
    fleets: Arc<Fleets>,
    serving: JoinHandle<()>,
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Crew {
    /// Everything runs what is tagged now.
    pub async fn start(world: &World) -> Result<Self, Ending> {
        let mut fleets = Fleets::new();
        for (environment, rolls) in [("stage", true), ("production", false)] {
            for repo in REPOS {
                let now = world.tags(repo).await?.pop().unwrap_or_default();
                let machines = std::array::from_fn(|_| now.clone());
                let fleet = Fleet { remote: world.remote(repo), rolls, machines, turn: 0 };
                fleets.insert((environment, repo), Mutex::new(fleet));
            }
        }
        let failed = |e: std::io::Error| failure::io("no port of this machine can be opened", &e);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let fleets = Arc::new(fleets);
        let routes = Router::new()
            .route("/{environment}/{service}/__version__", get(version))
            .with_state(Arc::clone(&fleets));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { port, fleets, serving })
    }
}

impl Crew {
    /// From now on new tags are rolled out to an environment too.
    pub async fn deploys(&self, environment: &str) {
        for ((_, _), fleet) in self.fleets.iter().filter(|((name, _), _)| *name == environment) {
            fleet.lock().await.rolls = true;
        }
    }
}

async fn version(
    State(fleets): State<Arc<Fleets>>,
    Path((environment, service)): Path<(String, String)>,
) -> Result<Json<Value>, StatusCode> {
    let fleet = fleets.iter().find(|((e, s), _)| *e == environment && *s == service);
    match fleet {
        Some((_, fleet)) => Ok(Json(fleet.lock().await.answer().await)),
        None => Err(StatusCode::NOT_FOUND),
    }
}
