//! The worlds that are crashed: remotes, a train, a hero, and what is compared afterwards.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::{PushDuty, Ran, Remote};

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
        let events = self.events();
        let of = |kind: &str| events.iter().filter(|e| e["kind"] == kind).count();
        of("intended") - of("settled")
    }
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
