//! The operations crew, for show: machines that answer `/__version__` over HTTP. They get tags of the sandbox's remotes as
//! they are told, half of the machines at a time. Nothing else is ever deployed by anybody here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path as Asked, State};
use axum::http::StatusCode;
use axum::routing::get;
use conductor::failure;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use train::tag::TagScheme;

use super::sandbox::git;
use crate::session::Ending;

/// A tag and its commit.
pub type Release = (String, String);

/// What the crew does with the machines of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rolls {
    /// They keep what they run.
    Nothing,
    /// Each new tag goes out.
    Newest,
    /// This tag goes out.
    Tag(String),
}

/// A service that the crew looks after.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where it runs.
    pub environment: String,
    /// Its name there.
    pub service: String,
    /// The remote it is built from.
    pub remote: PathBuf,
    /// How that names its tags.
    pub scheme: TagScheme,
    /// How many machines it has: at least one.
    pub machines: usize,
    /// What is done at first.
    pub rolls: Rolls,
}

/// The machines of a service, asked in turn, as behind a load balancer. One that has nothing yet does not answer.
struct Fleet {
    post: Post,
    machines: Vec<Option<Release>>,
    turn: usize,
}

impl Fleet {
    async fn of(post: Post) -> Result<Self, Ending> {
        let now = tags(&post.remote, &post.scheme).await?.pop();
        let machines = vec![now; post.machines.max(1)];
        Ok(Self { post, machines, turn: 0 })
    }

    /// Looks at the remote's tags; the one to roll out goes to half of the machines that lack it, and to the rest at the
    /// next look.
    async fn look(&mut self) {
        let Ok(mut tags) = tags(&self.post.remote, &self.post.scheme).await else { return };
        let next = match &self.post.rolls {
            Rolls::Nothing => None,
            Rolls::Newest => tags.pop(),
            Rolls::Tag(wanted) => tags.into_iter().find(|(tag, _)| tag == wanted),
        };
        let Some(next) = next else { return };
        let count = self.machines.len();
        let lacks = |machine: &&mut Option<Release>| machine.as_ref() != Some(&next);
        for machine in self.machines.iter_mut().filter(lacks).take(count.div_ceil(2)) {
            *machine = Some(next.clone());
        }
    }

    /// What the machine whose turn it is runs. The crew looks once in each round of all machines.
    async fn answer(&mut self) -> Option<Value> {
        let count = self.machines.len();
        if self.turn.is_multiple_of(count) {
            self.look().await;
        }
        let machine = &self.machines[self.turn % count];
        self.turn += 1;
        let (version, commit) = machine.as_ref()?;
        let source = "https://example.org";
        Some(json!({ "version": version, "commit": commit, "source": source, "build": "" }))
    }
}

/// The crew at work; it goes home when this is dropped.
pub struct Crew {
    /// Where its machines answer, on loopback.
    pub port: u16,
    fleets: Arc<Vec<Mutex<Fleet>>>,
    serving: JoinHandle<()>,
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Crew {
    /// Takes the posts. Everything runs what is tagged now.
    pub async fn start(posts: Vec<Post>) -> Result<Self, Ending> {
        let fleets = try_join_all(posts.into_iter().map(Fleet::of)).await?;
        let fleets: Vec<_> = fleets.into_iter().map(Mutex::new).collect();
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

    /// The address at which a service of an environment tells its version.
    pub fn address(port: u16, environment: &str, service: &str) -> String {
        format!("http://127.0.0.1:{port}/{environment}/{service}/__version__")
    }

    /// From now on this is done with an environment: with all its services, or those built from one remote.
    pub async fn deploys(&self, environment: &str, remote: Option<&Path>, rolls: &Rolls) {
        for fleet in self.fleets.iter() {
            let post = &mut fleet.lock().await.post;
            if post.environment == environment && remote.is_none_or(|remote| post.remote == remote)
            {
                post.rolls = rolls.clone();
            }
        }
    }
}

async fn version(
    State(fleets): State<Arc<Vec<Mutex<Fleet>>>>,
    Asked((environment, service)): Asked<(String, String)>,
) -> Result<Json<Value>, StatusCode> {
    for fleet in fleets.iter() {
        let mut fleet = fleet.lock().await;
        if fleet.post.environment == environment && fleet.post.service == service {
            return fleet.answer().await.map(Json).ok_or(StatusCode::SERVICE_UNAVAILABLE);
        }
    }
    Err(StatusCode::NOT_FOUND)
}

/// The tags of a scheme and their commits, in the order of date and suffix.
pub async fn tags(remote: &Path, scheme: &TagScheme) -> Result<Vec<Release>, Ending> {
    let format = "--format=%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
    let list = git(remote, &["for-each-ref", format, "refs/tags"], None).await?;
    let read = |line: &str| {
        let (tag, commit) = line.split_once(' ')?;
        Some((scheme.parse(tag)?, (tag.to_owned(), commit.to_owned())))
    };
    let mut tags: Vec<_> = list.lines().filter_map(read).collect();
    tags.sort();
    Ok(tags.into_iter().map(|(_, release)| release).collect())
}
