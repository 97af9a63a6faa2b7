//! A scenario of `web/tests`, played by node against a server of its own.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Map, Value, json};
use testkit::{PushDuty, Remote};

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
        let remote = Remote::new("web");
        remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
        remote.commit_on("main", &[("page.js", "page\n")], "Add a page");
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero"])
            .person("kumar", &["developer"])
            .person("krupa", &["qa"])
            .rotation(&["mat"])
            .repo(&remote);
        world.hero("mat").types("tag --yes").ok();
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

    #[track_caller]
    fn plays_about(&self, name: &str, people: &[&str], commit: Option<&str>) {
        let links: Map<_, _> = people
            .iter()
            .map(|name| ((*name).to_owned(), Value::from(self.server.link_for(&self.world, name))))
            .collect();
        // Whoever comes first can come in a second time.
        let again = people.first().map(|name| self.server.link_for(&self.world, name));
        let base = format!("http://{}", self.server.address());
        let told = json!({ "base": base, "train": "amo", "push": PUSH, "links": links, "again": again, "commit": commit });
        played(name, &told);
    }
}

/// Plays a scenario that is told so much.
#[track_caller]
pub fn played(name: &str, told: &Value) {
    let mut node = testkit::node(&format!("{name}.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node is installed: run `cargo xtask test`");
    let mut stdin = node.stdin.take().expect("node reads");
    // One that needs to be told nothing may have ended before it is.
    let _ = stdin.write_all(told.to_string().as_bytes());
    drop(stdin);
    let ended = node.wait_with_output().expect("node ends");
    assert!(
        ended.status.success(),
        "{name} failed:\n{}\n{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
}
