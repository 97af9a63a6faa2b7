//! Paused with everything it started, at four points; another machine takes over; let go on, it changes nothing and
//! says so (P2, P3, P12).

use std::path::Path;
use std::process::Command;

use testkit::{Gate, PushDuty, Remote, Running, Trace};

use crate::scene::Scene;

/// Where the process is when it is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// The objects are built; nothing is written down.
    BeforeIntent,
    /// The intent is in the ledger; git has not started to push.
    AfterIntent,
    /// git has read the remote's refs and sent what it wants of them.
    RefsRead,
    /// The remote has the pack, and has not moved a ref.
    PackSent,
}

const POINTS: [Point; 4] =
    [Point::BeforeIntent, Point::AfterIntent, Point::RefsRead, Point::PackSent];

/// What the other machine does when it takes over.
#[derive(Debug, Clone, Copy)]
enum TakeOver {
    /// It takes the fence and nothing else.
    Only,
    /// It makes the very tag that the paused process was about to make, with another commit on it.
    AndPicks,
}

/// A push that is cut, and two commits since: one for each machine.
struct Rivals {
    scene: Scene,
    ours: String,
    theirs: String,
}

impl Rivals {
    fn new() -> Self {
        let server = Remote::tagged("server");
        server.commit_on("main", &[("form.py", "1\n")], "Fix the form");
        let scene = Scene::of(vec![server], None);
        scene.mat(&["tag", "--yes"]).ok();
        let ours = scene.remotes[0].commit_on("main", &[("a.py", "1\n")], "Fix a");
        let theirs = scene.remotes[0].commit_on("main", &[("b.py", "1\n")], "Fix b");
        Self { scene, ours, theirs }
    }

    /// Starts the pick and comes back when it is at the point, waiting there.
    fn started_to(&self, point: Point) -> (Running, Gate) {
        let world = &self.scene.world;
        let gate = Gate::new(world.sealed(), "point");
        let mut run = world.hero("mat").command();
        run.args(["pick", &self.ours, "--yes"]);
        match point {
            Point::BeforeIntent => return (self.stops_before_keeping(&run), gate),
            Point::AfterIntent => git_waits_before("push", world, &gate, &mut run),
            Point::RefsRead => self.remote_waits_for_commands(&gate),
            Point::PackSent => {
                self.server()
                    .hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here_once()));
            }
        }
        let running = world.start_command(&mut run);
        gate.wait_until_reached();
        self.expect_nothing_public(1);
        (running, gate)
    }

    /// Starts the pick and comes back when it is stopped where it begins to keep the objects it has built.
    fn stops_before_keeping(&self, run: &Command) -> Running {
        let world = &self.scene.world;
        let store = world.data_path().join("amo/repos/server/upstream.git");
        // It is made anew when an intent's first ref is put there.
        let keep = store.join("refs/keep");
        std::fs::remove_dir(&keep)
            .or_else(|e| if keep.exists() { Err(e) } else { Ok(()) })
            .expect("nothing is kept");
        let built = loose(&store);
        let trace = Trace::new(world.sealed(), &["mkdir", "mkdirat"]);
        let running = world.start_command(&mut trace.stopping(world.sealed(), run, &keep));
        trace.wait_until_stopped();
        self.expect_nothing_public(0);
        assert!(loose(&store) > built + 2, "a commit, a tag and a fence are built");
        assert!(
            keep.read_dir().is_ok_and(|mut of| of.next().is_none()),
            "and no ref keeps them yet"
        );
        running
    }

    #[track_caller]
    fn expect_nothing_public(&self, intents: usize) {
        assert_eq!(self.scene.open(), intents);
        assert!(!self.server().tags().contains_key("2026.11.26-1"));
    }

    fn server(&self) -> &Remote {
        &self.scene.remotes[0]
    }

    /// The remote's side shows its refs, and takes what git sends only when the gate is open.
    fn remote_waits_for_commands(&self, gate: &Gate) {
        let home = self.scene.world.sealed();
        let first = home.path("first").display().to_string();
        // The first bytes from git say that it has read the refs.
        let side = format!(
            "{{ dd bs=4 count=1 of='{first}' 2>/dev/null; {}cat '{first}'; cat; }} | exec git-receive-pack \"$@\"",
            gate.wait_here_once()
        );
        let script = home.script("receive-pack", &side);
        let key = format!("remote.{}.receivepack", self.server().file_url());
        home.git_config(&key, &script.display().to_string());
    }
}

/// How many objects of a store lie by themselves.
fn loose(store: &Path) -> usize {
    let folders = std::fs::read_dir(store.join("objects")).expect("the store is there").flatten();
    let folders = folders.filter(|folder| folder.file_name().len() == 2);
    folders.map(|folder| std::fs::read_dir(folder.path()).expect("a folder").count()).sum()
}

/// A git that waits at the gate before the first `verb`, in front of the real one.
fn git_waits_before(verb: &str, world: &PushDuty, gate: &Gate, run: &mut Command) {
    let home = world.sealed();
    let found = home
        .command("sh")
        .args(["-c", "command -v git; echo \"$PATH\""])
        .output()
        .expect("a shell is there");
    let found = String::from_utf8(found.stdout).expect("paths are text");
    let (git, path) = found.trim_end().split_once('\n').expect("git is installed");
    let waits = gate.wait_here_once();
    let lines = format!("case \" $* \" in *' {verb} '*)\n{waits};; esac\nexec '{git}' \"$@\"");
    let script = home.script("bin/git", &lines);
    run.env("PATH", format!("{}:{path}", script.parent().expect("it lies in a folder").display()));
}

#[test]
fn a_process_that_was_paused_changes_nothing_after_a_take_over() {
    for point in POINTS {
        for take_over in [TakeOver::Only, TakeOver::AndPicks] {
            let rivals = Rivals::new();
            let server = rivals.server();
            let (paused, gate) = rivals.started_to(point);
            rivals.scene.world.sealed().pause_all();

            let there = rivals.scene.world.elsewhere();
            there.hero("mat").runs(&["adopt", "--because", "the machine hangs", "--yes"]).ok();
            if matches!(take_over, TakeOver::AndPicks) {
                there.hero("mat").runs(&["pick", &rivals.theirs, "--yes"]).ok();
                assert!(server.tags().contains_key("2026.11.26-1"), "{point:?}");
            }
            let before = server.refs();

            gate.open();
            rivals.scene.world.sealed().resume_all();
            let ended = paused.wait();
            let case = format!("{point:?}, {take_over:?}: {ended}");
            assert_eq!(server.refs(), before, "{case}");
            assert!(matches!(ended.code, 3 | 5), "{case}");

            assert!(ended.stderr.contains('✗') && ended.stderr.contains('→'), "{case}");
            let again = rivals.scene.mat(&["pick", &rivals.ours, "--yes"]);
            assert_eq!(server.refs(), before, "{again}");
            let again = again.expect_code(3);
            again.says("this train is run by another ledger");
            there.hero("mat").runs(&["verify"]).ok();
        }
    }
}

#[test]
fn a_push_that_outlived_its_parent_changes_nothing_after_a_take_over() {
    for point in [Point::AfterIntent, Point::RefsRead, Point::PackSent] {
        let rivals = Rivals::new();
        let (mut parent, gate) = rivals.started_to(point);
        parent.kill();
        assert_eq!(parent.wait().code, -9);
        let home = rivals.scene.world.sealed();
        assert!(!home.processes().is_empty(), "{point:?}: its git is there");

        let there = rivals.scene.world.elsewhere();
        there.hero("mat").runs(&["adopt", "--because", "the machine hangs", "--yes"]).ok();
        let before = rivals.server().refs();
        gate.open();
        home.wait_until_still();
        assert_eq!(rivals.server().refs(), before, "{point:?}");
        rivals.scene.mat(&["pick", &rivals.ours, "--yes"]).expect_code(3);
        assert_eq!(rivals.server().refs(), before, "{point:?}");
    }
}
