//! Remotes as they come, by real git: looking, publishing, racing, keeping secrets.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod examine;
mod held;
mod live;
mod local;
mod look;
mod publish;
mod race;
mod security;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use conductor::ports::{Ident, Lock, Publish, Repository, Stamp, TagDraft};
use git::{Options, Store};
use jiff::Timestamp;
use testkit::{Remote, Sealed};
use train::facts::{Anchor, Fence};
use train::id::Oid;
use train::intent::{Expect, FenceMove, Update};
use train::settings::{Repo, Tagging};
/// The ref of the fence in these tests.
const FENCE: &str = "refs/pushduty/amo";

/// A machine with pushduty on it: a data directory and a user's git configuration.
struct Machine {
    sealed: Sealed,
    silence: Duration,
}

impl Machine {
    fn new() -> Self {
        let sealed = Sealed::new();
        std::fs::write(sealed.path("gitconfig"), "").unwrap();
        Self { sealed, silence: Duration::from_secs(60) }
    }

    /// One that has little patience with remotes.
    fn hasty() -> Self {
        Self { silence: Duration::from_millis(300), ..Self::new() }
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.sealed.path("gitconfig"), text).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.sealed.path("data")
    }

    fn open(&self, repo: &Repo) -> conductor::failure::Result<Store> {
        let options = Options {
            silence: self.silence,
            configuration: Some(self.sealed.path("gitconfig")),
            ..Options::default()
        };
        Store::open(&self.data(), &"amo".parse().unwrap(), repo, options)
    }

    fn store(&self, remote: &Remote) -> Store {
        self.open(&repo(&remote.url())).unwrap()
    }

    fn lock(&self) -> Lock {
        let file = File::create(self.sealed.path("lock")).unwrap();
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).unwrap();
        Lock::held_by(file)
    }
}

/// A repository as configured, with defaults.
fn repo(upstream: &str) -> Repo {
    Repo::new("server".parse().unwrap(), upstream)
}

fn now() -> Timestamp {
    "2026-11-24T17:00:00Z".parse().unwrap()
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn stamp() -> Stamp {
    Stamp {
        by: Ident { name: "Mat".into(), email: "mat@example.org".into() },
        at: now(),
        offset: -8 * 3600,
    }
}

fn draft(name: &str, commit: &Oid, tagging: Tagging) -> TagDraft {
    TagDraft {
        name: name.into(),
        commit: commit.clone(),
        message: "Push 2026.11.26\n".into(),
        stamp: stamp(),
        tagging,
    }
}

/// A fence with a token of its own.
fn fence() -> Fence {
    static TOKEN: AtomicU32 = AtomicU32::new(0);
    Fence {
        schema: 1,
        ledger: "0123".into(),
        url: None,
        node: "box".into(),
        token: TOKEN.fetch_add(1, Ordering::Relaxed).to_string(),
        intent: None,
        head: Anchor { seq: None, hash: "f".repeat(64) },
        suffixes: BTreeMap::new(),
    }
}

/// A new ref at an object.
fn new_ref(name: &str, new: &Oid, commit: &Oid) -> Update {
    Update { name: name.into(), expect: Expect::Absent, new: new.clone(), commit: commit.clone() }
}

/// A branch that goes on.
fn forward(name: &str, from: &Oid, to: &Oid) -> Update {
    Update {
        name: name.into(),
        expect: Expect::FastForward(from.clone()),
        new: to.clone(),
        commit: to.clone(),
    }
}

/// A cut: a new annotated tag on main, and the fence moved from what was seen.
async fn cut(store: &Store, tag: &str, message: &str) -> Publish {
    let look = store.last_look(now()).await.unwrap().unwrap();
    let main = look.main.unwrap();
    let draft = TagDraft { message: message.into(), ..draft(tag, &main, Tagging::Annotated) };
    let object = store.write_tag(&draft).await.unwrap();
    let to = store.write_fence(&fence()).await.unwrap();
    let fence = FenceMove { name: FENCE.into(), from: look.fence.map(|f| f.object), to };
    Publish {
        updates: vec![new_ref(&format!("refs/tags/{tag}"), &object, &main)],
        fence: Some(fence),
    }
}

/// What a ref on a remote names; nothing where there is none.
fn at(remote: &Remote, name: &str) -> Option<String> {
    let output = remote.try_git(&["rev-parse", "--verify", "--quiet", name]);
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Waits for a thing, by looking; fails after half a minute.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain: {what}");
}
