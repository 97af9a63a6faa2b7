//! A server with a private twin, its people, and remotes on which a force push leaves a trace.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{Person, PushDuty, Ran, Remote, Running};

/// Monday of the week that is played: the day before the cut, from when the hero holds the security role.
pub const MONDAY: &str = "2026-11-23T10:00:00Z";
/// Tuesday, the cut.
pub const TUESDAY: &str = "2026-11-24T09:00:00Z";
/// Wednesday, between cut and push.
pub const WEDNESDAY: &str = "2026-11-25T10:00:00Z";

/// Refuses what is no fast-forward and any tag that moves, and writes down that it was tried.
const NEVER_FORCED: &str = r#"
case "$1" in refs/heads/*|refs/tags/*) ;; *) exit 0 ;; esac
case "$2" in *[!0]*) ;; *) exit 0 ;; esac
case "$1" in refs/heads/*) git merge-base --is-ancestor "$2" "$3" && exit 0 ;; esac
echo "$1 $2 $3" >> "$GIT_DIR/forced"
exit 1
"#;

/// The shell of a hook that commits on another repository's main as its own user would.
const FREE: &str = r#"
elsewhere() {
    env -u GIT_DIR -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY -u GIT_ALTERNATE_OBJECT_DIRECTORIES \
        GIT_AUTHOR_NAME=Bea GIT_AUTHOR_EMAIL=bea@example.org GIT_COMMITTER_NAME=Bea \
        GIT_COMMITTER_EMAIL=bea@example.org git --git-dir="$@"
}
button() {
    tip=$(elsewhere "$1" rev-parse refs/heads/main)
    made=$(elsewhere "$1" commit-tree -p "$tip" -m "$2" "$tip^{tree}")
    elsewhere "$1" update-ref refs/heads/main "$made"
}
"#;

/// The scene.
pub struct Stage {
    pub upstream: Remote,
    pub twin: Remote,
    pub world: PushDuty,
}

impl Stage {
    /// A server tagged last week, with its twin. hana and nils are on duty in turn, iris and sven have the security
    /// role, mat is a hero who is not on duty, dora a developer, ada an admin.
    pub fn new() -> Self {
        let upstream = Remote::tagged("server");
        upstream.commit_on("main", &[("form.py", "form = 1\n")], "Add a form");
        let twin = upstream.twin();
        for remote in [&upstream, &twin] {
            remote.hook("update", NEVER_FORCED);
        }
        let world = people(PushDuty::new(env!("CARGO_BIN_EXE_pushduty")));
        let world = world.repo(&upstream).security_twin("server", &twin);
        Self { upstream, twin, world }
    }

    /// A fix on a branch of the twin.
    pub fn fix(&self, branch: &str) -> String {
        let file = format!("{branch}.py");
        self.fix_file(branch, &file, "fixed = True\n")
    }

    /// The same, in a file and with a content of one's choice.
    pub fn fix_file(&self, branch: &str, file: &str, content: &str) -> String {
        let subject = format!("Close {branch}");
        self.twin.commit(branch).from("main").file(file, content).subject(&subject).make()
    }

    pub fn iris(&self) -> Person<'_> {
        self.world.security("iris")
    }

    pub fn hana(&self) -> Person<'_> {
        self.world.as_person("hana")
    }

    /// iris reviews a branch.
    pub fn approve(&self, n: u32) -> Ran {
        self.iris().runs(&["security", "approve", &n.to_string(), "--yes"]).ok()
    }

    /// What `security list` gives iris for the one repository.
    pub fn listed(&self) -> Value {
        self.iris().json(&["security", "list"])["repos"][0].clone()
    }

    /// The number by which a branch goes.
    pub fn number(&self, branch: &str) -> u32 {
        let listed = self.listed();
        let branches = listed["branches"].as_array().unwrap();
        let found = branches.iter().find(|b| b["branch"] == branch);
        let found = found.unwrap_or_else(|| panic!("{branch} is in {listed}"));
        u32::try_from(found["n"].as_u64().unwrap()).unwrap()
    }

    /// A branch that is reviewed, and its commit.
    pub fn reviewed(&self, branch: &str) -> String {
        let commit = self.fix(branch);
        self.approve(self.number(branch));
        commit
    }

    /// A hook on a remote in which `button REPOSITORY SUBJECT` commits on that repository's main.
    pub fn hook_with_button(&self, on: &Remote, name: &str, script: &str) {
        on.hook(name, &format!("{FREE}\n{script}"));
    }

    /// Whether `upstream`'s main has this commit.
    pub fn is_public(&self, commit: &str) -> bool {
        has(&self.upstream, commit)
    }

    /// Both mains are the same: what every story ends with.
    #[track_caller]
    pub fn in_step(&self) {
        assert_eq!(self.upstream.oid("main"), self.twin.oid("main"), "security follows upstream");
        self.never_forced();
    }

    /// Nobody tried to rewrite anything.
    #[track_caller]
    pub fn never_forced(&self) {
        for remote in [&self.upstream, &self.twin] {
            let forced = std::fs::read_to_string(remote.path().join("forced")).unwrap_or_default();
            assert_eq!(forced, "", "{} saw no force push", remote.name());
        }
    }
}

/// The people of every scene here.
pub fn people(world: PushDuty) -> PushDuty {
    world
        .rotation(&["hana", "nils"])
        .person("hana", &["developer"])
        .person("nils", &["developer"])
        .person("iris", &["security"])
        .person("sven", &["security"])
        .person("mat", &["hero"])
        .person("dora", &["developer"])
        .person("ada", &["admin"])
}

/// Whether main of `remote` has this commit.
pub fn has(remote: &Remote, commit: &str) -> bool {
    remote.find(commit).is_some()
        && remote.try_git(&["merge-base", "--is-ancestor", commit, "main"]).status.success()
}

/// A hook that stops until it is let go. It can stop a push before its refs move (`pre-receive`) or after
/// (`post-receive`).
pub struct Gate {
    waiting: PathBuf,
    open: PathBuf,
}

impl Gate {
    /// Puts the hook there; `then` is what it does once it is let go.
    pub fn on(remote: &Remote, hook: &str, then: &str) -> Self {
        let (waiting, open) = (remote.path().join("waiting"), remote.path().join("open"));
        let wait =
            "touch \"$GIT_DIR/waiting\"; while [ ! -e \"$GIT_DIR/open\" ]; do sleep 0.01; done";
        remote.hook(hook, &format!("{wait}\n{then}"));
        Self { waiting, open }
    }

    /// Waits until a push has come to it.
    pub fn reached(&self, running: &mut Running) {
        let begun = Instant::now();
        while !self.waiting.exists() {
            let late = begun.elapsed() > Duration::from_secs(30);
            let said = running.stderr_so_far();
            assert!(!running.has_ended() && !late, "a push comes to the hook; so far: {said}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets it go on.
    pub fn open(&self) {
        std::fs::write(&self.open, "").unwrap();
    }
}
