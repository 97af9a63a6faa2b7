//! A repository's bare object store on this machine: where it is, how it is made, and git on it.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use conductor::failure::{self, Result};
use conductor::ports::Progress;
use train::id::TrainName;
use train::settings::Repo;

use crate::asking::Asking;
use crate::environment::Environment;
use crate::guard::Guard;
use crate::live::Live;
use crate::objects::Kept;
use crate::process::Git;
use crate::rewrite::Rewrites;
use crate::url;

/// What can be chosen about a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a remote may make no progress before git is ended.
    pub silence: Duration,
    /// A file to stand in for the user's git configuration; git's own choice where there is none.
    pub configuration: Option<PathBuf>,
    /// Who asks a person for credentials; none: nobody is asked.
    pub asking: Option<Arc<Asking>>,
    /// What the user's configuration says of addresses, asked for once: stores of one run share it.
    pub rewrites: Arc<Rewrites>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(60),
            configuration: None,
            asking: None,
            rewrites: Arc::default(),
        }
    }
}

/// How long a computation on this machine may say nothing: long enough for any, short enough to end one that hangs.
pub(crate) const COMPUTING: Duration = Duration::from_secs(600);

/// A repository aboard, with its mirror of upstream in `<data>/repos/<name>/upstream.git`, and beside it
/// `security.git` where there is a private twin: that one borrows upstream's objects, never the reverse (P9).
///
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    live: Option<Live>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    train: TrainName,
    settings: Repo,
    options: Options,
    upstream_objects: Kept,
    security_objects: Kept,
    upstream_one_by_one: AtomicBool,
    security_one_by_one: AtomicBool,
}

impl Store {
    /// The store of `repo` under `data`, which is made for this user alone (0700). Nothing is asked of any remote;
    /// the object stores themselves are made by the first fetch, in the remote's object format.
    ///
    /// # Errors
    /// `Configuration` for a URL that is not taken (see [`url::check`]), `Io` where `data` can't be made.
    pub fn open(data: &Path, train: &TrainName, repo: &Repo, options: Options) -> Result<Self> {
        for remote in [Some(&repo.upstream), repo.security.as_ref()].into_iter().flatten() {
            url::check(remote).map_err(|f| f.in_repo(&repo.name))?;
        }
        let dir = data.join("repos").join(repo.name.as_str());
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)
            .map_err(|e| failure::io("the data directory could not be made", &e))?;
        Ok(Self {
            inner: Arc::new(Inner {
                dir,
                train: train.clone(),
                settings: repo.clone(),
                options,
                upstream_objects: Kept::default(),
                security_objects: Kept::default(),
                upstream_one_by_one: AtomicBool::new(false),
                security_one_by_one: AtomicBool::new(false),
            }),
            live: None,
        })
    }

    /// The same store, with `progress` told what upstream says while git fetches and pushes, and how far it is.
    #[must_use]
    pub fn telling(&self, progress: &Arc<dyn Progress>) -> Self {
        Self { inner: Arc::clone(&self.inner), live: Some(Live::of(progress)) }
    }

    /// What is configured of the repository.
    pub(crate) fn settings(&self) -> &Repo {
        &self.inner.settings
    }

    /// The ref of this train's fence, as on the remote.
    pub(crate) fn fence_ref(&self) -> String {
        format!("refs/pushduty/{}", self.inner.train)
    }

    /// The mirror of upstream.
    pub(crate) fn upstream_dir(&self) -> PathBuf {
        self.inner.dir.join("upstream.git")
    }

    /// The store that holds what is embargoed.
    pub(crate) fn security_dir(&self) -> PathBuf {
        self.inner.dir.join("security.git")
    }

    /// git on the mirror of upstream.
    pub(crate) fn upstream(&self, environment: Environment) -> Git {
        self.git_at(&self.upstream_dir(), environment).sharing(&self.inner.upstream_objects)
    }

    /// `git`, with whoever waits told of what it says. Never one on the store that holds what is embargoed (P9).
    pub(crate) fn aloud(&self, git: Git) -> Git {
        match &self.live {
            Some(live) => git.watched(live.watch(&self.settings().name)),
            None => git,
        }
    }

    /// git on the mirror of upstream, for computing in it.
    pub(crate) fn computing(&self) -> Git {
        self.upstream(Environment::Compute)
    }

    /// git on the store that holds what is embargoed.
    pub(crate) fn security(&self, environment: Environment) -> Git {
        self.git_at(&self.security_dir(), environment).sharing(&self.inner.security_objects)
    }

    /// Closes the objects of both stores: one of them is about to be made.
    pub(crate) fn close(&self) {
        self.inner.upstream_objects.forget();
        self.inner.security_objects.forget();
    }

    /// Whether the mirror was ever made: before that there is nothing to look at.
    pub(crate) fn is_made(&self) -> bool {
        self.upstream_dir().join("HEAD").exists()
    }

    /// Whether upstream said that it takes no several refs at once.
    pub(crate) fn upstream_one_by_one(&self) -> &AtomicBool {
        &self.inner.upstream_one_by_one
    }

    /// Whether the security remote said so.
    pub(crate) fn security_one_by_one(&self) -> &AtomicBool {
        &self.inner.security_one_by_one
    }

    /// What was chosen about it.
    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    /// The right to write refs of the mirror.
    pub(crate) async fn guard(&self) -> Result<Guard> {
        Guard::of(&self.upstream_dir(), self.patience()).await
    }

    /// How long another process of ours may keep a store: one that makes no progress ends before.
    pub(crate) fn patience(&self) -> Duration {
        self.inner.options.silence + COMPUTING
    }

    pub(crate) fn git_at(&self, dir: &Path, environment: Environment) -> Git {
        let silence = match environment {
            Environment::Transport => self.inner.options.silence,
            Environment::Compute | Environment::Sign => COMPUTING,
        };
        Git::new(dir, environment, Some(silence))
            .configuration(self.inner.options.configuration.as_deref())
            .asking(self.inner.options.asking.as_ref())
    }
}
