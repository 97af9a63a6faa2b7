//! What is computed in the object store, beside what git does in a work tree.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod apply;
mod compare;
mod conflict;
mod history;
mod merge;
mod picked;
mod pulls;
mod random;
mod resolve;
mod resolve_tree;
mod shapes;
mod tecken;
mod trees;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use conductor::ports::{Applied, Ident, Repository, Stamp, StepOutcome};
use git::{Options, Store};
use jiff::Timestamp;
use testkit::{Remote, Sealed};
use train::id::Oid;
use train::pick::{PickStep, StepKind};
use train::settings::Repo;
/// A remote, the store that mirrors it, and a work tree in which git does the same by hand.
struct Bench {
    sealed: Sealed,
    remote: Remote,
    store: Store,
}

/// A repository as configured, with defaults.
fn repo(remote: &Remote) -> Repo {
    Repo {
        migrations: vec!["**/migrations/*.py".to_owned()],
        ..Repo::new("server".parse().unwrap(), remote.url())
    }
}

impl Bench {
    fn of(remote: Remote) -> Self {
        let sealed = Sealed::new();
        let store = open(&sealed, &repo(&remote));
        Self { sealed, remote, store }
    }

    fn new() -> Self {
        Self::of(Remote::new("server"))
    }

    async fn fetch(&self) {
        self.store.fetch(Timestamp::UNIX_EPOCH).await.unwrap();
    }

    /// Where git is run by hand: a work tree of the remote itself, at no branch.
    fn tree(&self) -> PathBuf {
        let place = self.sealed.path("tree");
        if !place.exists() {
            let (path, all) = (place.to_str().unwrap(), "--detach");
            self.remote.git(&["worktree", "add", "--quiet", all, path, "main"]);
        }
        place
    }

    /// Runs git with `input`, in `dir`.
    fn feed(&self, dir: &Path, args: &[&str], input: &[u8]) -> Output {
        let mut git = self.sealed.git_command();
        git.current_dir(dir).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = git.stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Writes a commit to the remote as it is, whatever git thinks of it, and a branch that names it.
    fn raw(&self, branch: &str, bytes: &[u8]) -> String {
        let args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
        let made = self.feed(self.remote.path(), &args, bytes);
        let id = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        self.remote.git(&["update-ref", &format!("refs/heads/{branch}"), &id]);
        id
    }

    /// A tree with these entries: mode, path, content (of a submodule: its commit).
    fn tree_of(&self, entries: &[(&str, &str, &str)]) -> String {
        let index = self.sealed.path("index");
        let _ = std::fs::remove_file(&index);
        let mut lines = String::new();
        for (mode, path, content) in entries {
            let id = if *mode == "160000" {
                (*content).to_owned()
            } else {
                let args = ["hash-object", "-w", "--stdin"];
                let made = self.feed(self.remote.path(), &args, content.as_bytes());
                String::from_utf8(made.stdout).unwrap().trim().to_owned()
            };
            lines.push_str(&format!("{mode} {id}\t{path}\n"));
        }
        let run = |args: &[&str], input: &[u8]| {
            let mut git = self.sealed.git_command();
            git.current_dir(self.remote.path()).env("GIT_INDEX_FILE", &index).args(args);
            let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(input).unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        run(&["update-index", "--index-info"], lines.as_bytes());
        run(&["write-tree"], b"").trim().to_owned()
    }

    /// A commit of these entries on a branch, on top of `parent`.
    fn entries(&self, branch: &str, parent: &str, entries: &[(&str, &str, &str)]) -> String {
        let tree = self.tree_of(entries);
        let head = format!("tree {tree}\nparent {parent}\n{BY}\n\nChange {branch}\n");
        self.raw(branch, head.as_bytes())
    }

    async fn apply(&self, onto: &str, steps: &[PickStep]) -> Applied {
        self.store.apply(&oid(onto), steps, &stamp()).await.unwrap()
    }

    /// An object of the store, as it is.
    fn object(&self, id: &Oid) -> Vec<u8> {
        let output = self
            .sealed
            .git_command()
            .current_dir(self.mirror())
            .args(["cat-file", "commit", id.as_str()])
            .output();
        output.unwrap().stdout
    }

    fn mirror(&self) -> PathBuf {
        self.sealed.path("data/repos/server/upstream.git")
    }

    /// What git makes of a step by hand: the commit's bytes, or none when it conflicts.
    fn by_hand(&self, onto: &str, step: &PickStep) -> Option<Vec<u8>> {
        let tree = self.tree();
        let verb: &[&str] = match step.kind {
            StepKind::Revert => &["revert", "--no-edit"],
            _ => &["cherry-pick", "-x", "--allow-empty-message", "--keep-redundant-commits"],
        };
        self.sealed.git(&tree, &["checkout", "--quiet", "--force", "--detach", onto]);
        let args = [verb, &[step.commit.as_str()]].concat();
        let tried = self.sealed.try_git(&tree, &args);
        // Where two renames collide, git 2.47 tells of a conflict and commits nevertheless: its own markers, or one of
        // two changes. To us that is a conflict (P5).
        let told = String::from_utf8_lossy(&tried.stdout).contains("CONFLICT (");
        // A revert of nothing is refused, and is no conflict.
        let empty = ["status", "--porcelain"];
        if told || !tried.status.success() && !self.sealed.git(&tree, &empty).is_empty() {
            self.sealed.try_git(&tree, &[verb[0], "--quit"]);
            self.sealed.git(&tree, &["reset", "--quiet", "--hard"]);
            self.sealed.git(&tree, &["clean", "--quiet", "-fdx"]);
            return None;
        }
        let args = ["cat-file", "commit", "HEAD"];
        Some(self.sealed.git_command().current_dir(&tree).args(args).output().unwrap().stdout)
    }
}

/// Author and committer of commits written as they are.
const BY: &str = "author A <a@x> 1700000000 +0545\ncommitter C <c@x> 1700000000 -0030";

fn open(sealed: &Sealed, repo: &Repo) -> Store {
    let options = Options { configuration: Some(sealed.path("none")), ..Options::default() };
    std::fs::write(sealed.path("none"), "").unwrap();
    Store::open(&sealed.path("data"), &"amo".parse().unwrap(), repo, options).unwrap()
}

fn oid(text: &str) -> Oid {
    text.parse().unwrap()
}

fn stamp() -> Stamp {
    let by = Ident { name: "Hero".to_owned(), email: "hero@example.org".to_owned() };
    Stamp { by, at: "2026-11-24T17:00:00Z".parse().unwrap(), offset: -8 * 3600 }
}

fn pick(commit: &str) -> PickStep {
    PickStep { commit: oid(commit), kind: StepKind::Pick }
}

fn revert(commit: &str) -> PickStep {
    PickStep { commit: oid(commit), kind: StepKind::Revert }
}

/// The commit that the first step made.
fn made(applied: &Applied) -> Option<&Oid> {
    match &applied.done.first()?.outcome {
        StepOutcome::Made { commit, .. } => Some(commit),
        StepOutcome::Contained => None,
    }
}

/// One header of a commit, and its message.
fn header<'a>(commit: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let end = commit.windows(2).position(|w| w == b"\n\n").unwrap_or(commit.len());
    commit[..end]
        .split(|b| *b == b'\n')
        .find_map(|l| l.strip_prefix(name.as_bytes())?.strip_prefix(b" "))
}

fn message(commit: &[u8]) -> &[u8] {
    let end = commit.windows(2).position(|w| w == b"\n\n").unwrap();
    &commit[end + 2..]
}
