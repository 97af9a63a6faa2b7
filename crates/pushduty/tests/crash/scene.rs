//! The worlds that are crashed: remotes, a train, a hero, and what is compared afterwards.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use testkit::{Gate, PushDuty, Ran, Remote, Services};

/// The remotes and the world that acts on them.
pub struct Scene {
    /// Upstreams first, then the twin if there is one.
    pub remotes: Vec<Remote>,
    /// The twin's place.
    pub twin: Option<usize>,
    /// The services that tell what production runs, if there are any.
    pub production: Option<Arc<Services>>,
    /// The program.
    pub world: PushDuty,
}

impl Scene {
    /// A train with these remotes aboard; `twin` is the security twin of the first.
    pub fn of(remotes: Vec<Remote>, twin: Option<Remote>) -> Self {
        let mut world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero", "security"])
            .person("kumar", &["security"]);
        for remote in &remotes {
            // Over a URL: git takes no settings for a remote that begins with a slash.
            world = world.repo_at(remote.name(), &remote.file_url(), "");
        }
        if let Some(twin) = &twin {
            twin.hook("update", &upstream_first(&remotes[0]));
            world = world.security_twin(remotes[0].name(), twin);
        }
        let place = twin.as_ref().map(|_| remotes.len());
        let remotes = remotes.into_iter().chain(twin).collect();
        Self { remotes, twin: place, production: None, world }
    }

    /// The same, where these services tell what production runs of each upstream.
    pub fn running_on(self, services: &Arc<Services>) -> Self {
        let upstreams = &self.remotes[..self.twin.unwrap_or(self.remotes.len())];
        let world = upstreams.iter().fold(self.world, |world, remote| {
            world.service("production", remote.name(), services, 1)
        });
        Self { production: Some(Arc::clone(services)), world, ..self }
    }

    /// Runs as the hero.
    pub fn mat(&self, args: &[&str]) -> Ran {
        self.world.hero("mat").runs(args)
    }

    /// The ledger's events, oldest first.
    pub fn events(&self) -> Vec<Value> {
        let log = self.mat(&["log", "--json"]).ok().json();
        log["entries"]
            .as_array()
            .expect("a log has entries")
            .iter()
            .map(|entry| entry["event"].clone())
            .collect()
    }

    /// How many intents are without a result.
    pub fn open(&self) -> usize {
        Self::unsettled(&self.events()).count()
    }

    /// The intents among `events` that have no result.
    pub fn unsettled(events: &[Value]) -> impl Iterator<Item = &Value> {
        let settled =
            |id: &Value| events.iter().any(|e| e["kind"] == "settled" && e["intent"] == *id);
        events.iter().filter(move |e| e["kind"] == "intended" && !settled(&e["id"]))
    }

    /// A gate at which a push to this remote waits, before its refs move.
    pub fn gate_at(&self, folder: &str) -> Gate {
        let gate = Gate::new(self.world.sealed(), "remote");
        let at = |remote: &&Remote| remote.path().ends_with(folder);
        let remote = self.remotes.iter().find(at).expect("the push goes to a remote of the scene");
        remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
        gate
    }

    /// Ends every git at once, those that the remotes run too. What such an end can leave on a remote's refs is for its
    /// admin to remove, and is removed: no program of ours ever ends a remote's git.
    pub fn end_every_git(&self) {
        self.world.sealed().end_all();
        self.world.sealed().wait_until_still();
        for remote in &self.remotes {
            unlock(&remote.path().join("refs"));
        }
    }

    /// The ledgers that the fences of the upstreams name.
    pub fn conductors(&self) -> Vec<Option<String>> {
        let named = |remote: &Remote| {
            let fence = remote.find("refs/pushduty/amo")?;
            let body: Value =
                serde_json::from_str(&remote.git(&["cat-file", "blob", &fence])).ok()?;
            Some(body["ledger"].as_str()?.to_owned())
        };
        self.remotes.iter().map(named).collect()
    }

    /// Nothing was ever pushed to the twin's main that upstream's lacked: the twin's own hook watched.
    #[track_caller]
    pub fn upstream_was_first(&self) {
        let early = self.twin.map(|place| self.remotes[place].path().join("early"));
        assert!(!early.is_some_and(|early| early.exists()), "upstream first, always (P1)");
    }
}

/// The twin's hook: writes down what its main gets that the main at `upstream` lacks, and refuses it.
fn upstream_first(upstream: &Remote) -> String {
    format!(
        "[ \"$1\" = refs/heads/main ] || exit 0\n\
         env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES \
         git --git-dir='{}' merge-base --is-ancestor \"$3\" main && exit 0\n\
         echo \"$3\" >> early; exit 1",
        upstream.url()
    )
}

/// Removes the lock files below `folder`.
fn unlock(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("refs are in folders") {
        let path = entry.expect("and can be listed").path();
        if path.is_dir() {
            unlock(&path);
        } else if path.extension().is_some_and(|end| end == "lock") {
            std::fs::remove_file(&path).expect("a lock file can be removed");
        }
    }
}

/// Two upstreams, each with a tag of last week and something new since.
pub fn two_to_cut() -> Scene {
    let remotes = ["server", "front"].map(|name| {
        let remote = Remote::tagged(name);
        remote.commit_on("main", &[("form.py", "1\n")], "Fix the form");
        remote
    });
    Scene::of(remotes.into(), None)
}
