//! A scenario of `web/tests`, played by node against a server of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};

use serde_json::{Map, Value, json};
use testkit::{Gate, PushDuty, Remote};

use crate::server::Server;

/// The push of the world.
pub const PUSH: &str = "2026.11.26";

/// A train of one repository, cut: mat is the hero, krupa is QA, kumar develops.
pub struct House {
    pub world: PushDuty,
    pub server: Server,
    remote: Remote,
}

impl House {
    pub fn new() -> Self {
        Self::serving("")
    }

    /// The same, with further options for the server.
    pub fn serving(more: &str) -> Self {
        let (world, remote) = cut();
        let server = Server::start(&world, "mat", more);
        Self { world, server, remote }
    }

    /// Plays a scenario, with people who can sign in. What it says is shown where it fails.
    #[track_caller]
    pub fn plays(&self, name: &str, people: &[&str]) {
        self.plays_about(name, people, None);
    }

    /// The same, with a commit that landed since the cut and can be picked.
    #[track_caller]
    pub fn plays_with_a_commit(&self, name: &str, people: &[&str]) {
        let commit = self.remote.commit_on("main", &[("late.js", "late\n")], "Arrive late");
        self.plays_about(name, people, Some(&commit));
    }

    /// The same, where what is pushed waits until the scenario lets it on.
    #[track_caller]
    pub fn plays_with_a_gate(&self, name: &str, people: &[&str]) {
        let gate = Gate::new(self.world.sealed(), "push");
        self.remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
        played_with(name, &self.told(people), |what| {
            assert_eq!(what, "let the push on");
            gate.open();
            Value::Null
        });
    }

    #[track_caller]
    fn plays_about(&self, name: &str, people: &[&str], commit: Option<&str>) {
        let mut told = self.told(people);
        told["commit"] = commit.into();
        played(name, &told);
    }

    /// What a scenario is told of it. Whoever comes first can come in a second time.
    fn told(&self, people: &[&str]) -> Value {
        let mut told = told(&self.world, &self.server, people);
        told["again"] = people.first().map(|name| self.server.link_for(&self.world, name)).into();
        told
    }
}

/// The world of it, before anybody serves it.
pub fn cut() -> (PushDuty, Remote) {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).crew().repo(&remote);
    world.hero("mat").types("tag --yes").ok();
    (world, remote)
}

/// Brings the push of a world to production by its program, and gives the key of the first deploy.
pub fn brought(world: &PushDuty, who: &str) -> String {
    let sheet = world.as_person(who).reads("start --dry-run");
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    world.as_person(who).types(&format!("start --yes --if {digest}")).ok();
    let log = world.as_person(who).reads("log");
    let entries = log["entries"].as_array().expect("entries");
    let began = entries.iter().find(|entry| entry["event"]["kind"] == "deploy_began");
    let key = began.expect("a deploy began")["event"]["deploy"]["key"].as_str();
    key.expect("it has a key").to_owned()
}

/// What a scenario is told of a server: its address, and links for people.
pub fn told(world: &PushDuty, server: &Server, people: &[&str]) -> Value {
    let link = |name: &&str| ((*name).to_owned(), Value::from(server.link_for(world, name)));
    let links: Map<_, _> = people.iter().map(link).collect();
    json!({ "base": server.url(), "train": "amo", "push": PUSH, "links": links })
}

/// Plays a scenario that is told so much, and asks for nothing.
#[track_caller]
pub fn played(name: &str, told: &Value) {
    played_with(name, told, |what| panic!("{name} asks for {what}"));
}

/// Plays a scenario that lets the world around it go on, step by step: `goes_on` is given what it asks for. Gives what the
/// scenario says beside.
#[track_caller]
pub fn played_with(name: &str, told: &Value, mut goes_on: impl FnMut(&str) -> Value) -> String {
    let mut node = testkit::node(&format!("{name}.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node is installed: run `cargo xtask test`");
    let mut stderr = node.stderr.take().expect("node complains");
    let complained = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let said = conversed(&mut node, told, &mut goes_on);
    let complained = complained.join().expect("what node says is text");
    let ended = node.wait().expect("node ends");
    assert!(ended.success(), "{name} failed:\n{said}\n{complained}");
    said
}

/// Tells a scenario what it has to know, and answers until it says no more; gives what it said beside.
fn conversed(node: &mut Child, told: &Value, goes_on: &mut impl FnMut(&str) -> Value) -> String {
    let mut stdin = node.stdin.take().expect("node reads");
    // One that needs to be told nothing may have ended before it is.
    let _ = writeln!(stdin, "{told}");
    let mut said = String::new();
    let stdout = BufReader::new(node.stdout.take().expect("node speaks"));
    for line in stdout.lines() {
        let line = line.expect("node speaks UTF-8");
        let asked = serde_json::from_str::<Value>(&line).ok();
        match asked.as_ref().and_then(|asked| asked["asks"].as_str()) {
            Some(what) => {
                let _ = writeln!(stdin, "{}", goes_on(what));
            }
            None => said += &format!("{line}\n"),
        }
    }
    said
}
