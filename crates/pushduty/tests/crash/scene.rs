//! The worlds that are crashed: remotes, a train, a hero, and what is compared afterwards.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::{Gate, PushDuty, Ran, Remote};

/// The remotes and the world that acts on them.
pub struct Scene {
    /// Upstreams first, then the twin if there is one.
    pub remotes: Vec<Remote>,
    /// The twin's place.
    twin: Option<usize>,
    /// The program.
    pub world: PushDuty,
}

/// Every ref of every remote but the fences: its full name, the object, and the commit it comes to.
pub type Shown = Vec<BTreeMap<String, (String, String)>>;

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
        Self { remotes: remotes.into_iter().chain(twin).collect(), twin: place, world }
    }

    /// The same again, at a place of its own.
    pub fn again(&self) -> Self {
        let mut remotes: Vec<Remote> = self.remotes.iter().map(Remote::copied).collect();
        let twin = self.twin.map(|place| remotes.remove(place));
        let again = Self::of(remotes, twin);
        if self.world.data_path().exists() {
            again.world.take_data_of(&self.world);
        }
        again
    }

    /// What the remotes show.
    pub fn shown(&self) -> Shown {
        self.remotes.iter().map(shown).collect()
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

    /// What the open intent for a remote means, by the name of the remote's folder.
    pub fn pushing_to(&self, folder: &str) -> Option<String> {
        let server = folder.trim_end_matches(".git");
        let (repo, remote) = match server.strip_suffix("-security") {
            Some(repo) => (repo, "security"),
            None => (server, "upstream"),
        };
        let events = self.events();
        let open = Self::unsettled(&events).find(|e| e["repo"] == repo && e["remote"] == remote)?;
        Some(open["purpose"]["is"].as_str().expect("an intent means something").to_owned())
    }

    /// A gate at which a push to this remote waits, before its refs move.
    pub fn gate_at(&self, folder: &str) -> Gate {
        let gate = Gate::new(self.world.sealed(), "remote");
        let at = |remote: &&Remote| remote.path().ends_with(folder);
        let remote = self.remotes.iter().find(at).expect("the push goes to a remote of the scene");
        remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
        gate
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

fn shown(remote: &Remote) -> BTreeMap<String, (String, String)> {
    let form = "--format=%(refname) %(objectname) %(*objectname)";
    let listed = remote.git(&["for-each-ref", form, "refs/heads", "refs/tags"]);
    let seen = listed.lines().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let commit = if words[2].is_empty() { words[1] } else { words[2] };
        (words[0].to_owned(), (words[1].to_owned(), commit.to_owned()))
    });
    seen.collect()
}

/// Two upstreams, each with a tag of last week and something new since.
pub fn two_to_cut() -> Scene {
    let remotes = ["server", "front"].map(|name| {
        let remote = Remote::new(name);
        remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
        remote.commit_on("main", &[("form.py", "1\n")], "Fix the form");
        remote
    });
    Scene::of(remotes.into(), None)
}
