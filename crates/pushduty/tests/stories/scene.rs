//! Where most stories play, and small ways to look at documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{Person, PushDuty, Ran, Remote};

/// A train of two repositories, *server* with two older tags and *web* with one; mat is the hero of this Tuesday.
pub struct Scene {
    pub server: Remote,
    pub web: Remote,
    pub world: PushDuty,
}

impl Scene {
    /// Both have something new since their last tags.
    pub fn new() -> Self {
        let (server, web) = server_and_web();
        let world = train().repo(&server).repo(&web);
        Self { server, web, world }
    }

    /// The hero of the week.
    pub fn mat(&self) -> Person<'_> {
        self.world.hero("mat")
    }

    /// Both repositories tagged for Thursday.
    pub fn cut(self) -> Self {
        self.mat().types("tag --yes").ok();
        self
    }
}

/// Two repositories with a tag of last week, and something new since.
pub fn server_and_web() -> (Remote, Remote) {
    let (server, web) = (Remote::tagged("server"), Remote::tagged("web"));
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    web.commit_on("main", &[("page.js", "page\n")], "Add a page");
    (server, web)
}

/// A train without repositories: mat and eviljeff are heroes, kumar develops, jason is ops.
pub fn train() -> PushDuty {
    PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("eviljeff", &["hero"])
        .person("kumar", &["developer"])
        .person("jason", &["ops", "hero"])
        .rotation(&["mat", "eviljeff"])
}

/// A train of one repository.
pub fn alone(remote: &Remote) -> PushDuty {
    train().repo(remote)
}

/// One repository's part of a document.
#[track_caller]
pub fn of<'a>(document: &'a Value, repo: &str) -> &'a Value {
    let repos = document["repos"].as_array().expect("the document has repositories");
    repos.iter().find(|r| r["name"] == repo).unwrap_or_else(|| panic!("{repo} is in {document}"))
}

/// What became of each repository of a document: `server 2026.11.26 published, web …`.
#[track_caller]
pub fn outcomes(document: &Value) -> String {
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let repos = document["repos"].as_array().expect("the document has repositories");
    let one = |r: &Value| [&r["name"], &r["tag"], &r["outcome"]].map(word).join(" ");
    repos.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The names of a remote's tags.
pub fn tags(remote: &Remote) -> Vec<String> {
    remote.tags().into_keys().collect()
}

/// Everything that a dry run may not change: every ref of these remotes, and what the ledger says.
pub fn everything(world: &PushDuty, remotes: &[&Remote]) -> (Vec<BTreeMap<String, String>>, Value) {
    let mut log = world.json(&["log"]);
    log["as_of"] = Value::Null;
    (remotes.iter().map(|r| r.refs()).collect(), log)
}

/// What a failure said: its lines on standard error, without the progress before them.
pub fn failure(world: &PushDuty, ran: &Ran) -> String {
    let from = ran.stderr.find('✗').unwrap_or_else(|| panic!("a failure is told by {ran}"));
    world.tidy(&ran.stderr[from..])
}

/// Everything below a directory, files and directories.
pub fn below(dir: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![dir.to_owned()], Vec::new());
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).expect("a directory can be read").flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
            }
            found.push(entry.path());
        }
    }
    found
}
