//! An intent that a killed run has left without a result, on a remote that somebody has changed since.

use std::path::PathBuf;

use serde_json::Value;
use testkit::{Ran, Remote};

use crate::scene::Scene;

/// What the run was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Tag,
    Pick,
    Merge,
    Sync,
    SetAside,
}

/// All of them.
pub const KINDS: [Kind; 5] = [Kind::Tag, Kind::Pick, Kind::Merge, Kind::Sync, Kind::SetAside];

impl Kind {
    /// Whether it makes a tag.
    pub fn tags(self) -> bool {
        matches!(self, Self::Tag | Self::Pick)
    }

    /// A world in which the command has something to do, and the command.
    fn scene(self) -> (Scene, Vec<String>) {
        let server = Remote::tagged("server");
        server.commit_on("main", &[("form.py", "1\n")], "Fix the form");
        let twin = (!self.tags()).then(|| server.twin());
        let scene = Scene::of(vec![server], twin);
        let command = match self {
            Self::Tag => "tag".to_owned(),
            Self::Pick => {
                scene.mat(&["tag", "--yes"]).ok();
                let fix =
                    scene.remotes[0].commit_on("main", &[("form.py", "2\n")], "Fix it better");
                format!("pick {fix}")
            }
            Self::Merge => {
                scene.mat(&["tag", "--yes"]).ok();
                let fix = scene.remotes[1].commit("fix").from("main").file("a.py", "safe\n");
                fix.subject("Close the hole").make();
                scene.mat(&["security", "list"]).ok();
                scene.mat(&["security", "approve", "1", "--yes"]).ok();
                "security merge".to_owned()
            }
            Self::Sync => {
                scene.remotes[0].commit_on("main", &[("a.py", "1\n")], "Go on");
                "security sync".to_owned()
            }
            Self::SetAside => {
                scene.remotes[1].commit_on("main", &[("a.py", "1\n")], "Merge by button");
                "security repair --set-aside aside".to_owned()
            }
        };
        let words = command.split(' ').chain(["--yes"]).map(str::to_owned).collect();
        (scene, words)
    }
}

/// The world, and the intent in it.
pub struct Left {
    /// What the run was about.
    pub kind: Kind,
    /// The world.
    pub scene: Scene,
    command: Vec<String>,
    intent: Value,
}

impl Left {
    /// Killed while its push was at the remote, which then lands, or dies too.
    pub fn by(kind: Kind, lands: bool) -> Self {
        let (scene, command) = kind.scene();
        let left = Self { kind, scene, command, intent: Value::Null };
        let folder = left.remote().path().file_name().expect("a remote has a folder");
        let gate = left.scene.gate_at(folder.to_str().expect("and its name is text"));
        let mut run = left.scene.world.hero("mat").starts(&left.words());
        gate.wait_until_reached();
        run.kill();
        assert_eq!(run.wait().code, -9);
        if !lands {
            left.scene.world.sealed().end_all();
        }
        gate.open();
        left.scene.world.sealed().wait_until_still();
        left.remote().unhook("pre-receive");
        let events = left.scene.events();
        let open: Vec<&Value> = Scene::unsettled(&events).collect();
        let [intent] = open[..] else { panic!("{kind:?} leaves one intent: {open:?}") };
        Self { intent: intent.clone(), ..left }
    }

    /// The command.
    pub fn words(&self) -> Vec<&str> {
        self.command.iter().map(String::as_str).collect()
    }

    /// The remote that it was about.
    pub fn remote(&self) -> &Remote {
        let place = usize::from(matches!(self.kind, Kind::Sync | Kind::SetAside));
        &self.scene.remotes[place]
    }

    /// The full name of the ref.
    pub fn name(&self) -> &str {
        self.intent["updates"][0]["name"].as_str().expect("a ref has a name")
    }

    /// The object that it was to be at.
    pub fn object(&self) -> &str {
        self.intent["updates"][0]["new"].as_str().expect("an object has a name")
    }

    /// The commit that this comes to.
    pub fn commit(&self) -> &str {
        self.intent["updates"][0]["commit"].as_str().expect("a commit has a name")
    }

    /// What the ref is at.
    pub fn shown(&self) -> Option<String> {
        self.remote().find(self.name())
    }

    /// Somebody else has our commit on the remote; no ref of it stays.
    pub fn somebody_brings_the_commit(&self) {
        for store in ["upstream", "security"] {
            let store: PathBuf =
                self.scene.world.data_path().join(format!("amo/repos/server/{store}.git"));
            if store.exists() {
                let store = store.to_str().expect("a temporary path is text");
                let kept = "+refs/keep/*:refs/brought/*";
                self.remote().git(&["fetch", "--quiet", "--no-write-fetch-head", store, kept]);
            }
        }
        let brought = ["for-each-ref", "--format=%(refname)", "refs/brought/"];
        for name in self.remote().git(&brought).lines() {
            self.remote().delete_ref(name);
        }
    }

    /// The same command again.
    pub fn again(&self) -> Ran {
        self.scene.mat(&self.words())
    }

    /// What is recorded of the intent; none while it is open.
    pub fn outcome(&self) -> Option<String> {
        let events = self.scene.events();
        let of = |e: &&Value| e["kind"] == "settled" && e["intent"] == self.intent["id"];
        let outcome = events.iter().find(of)?["outcome"]["is"].as_str();
        Some(outcome.expect("an outcome has a name").to_owned())
    }
}
