//! Two repositories that keep a line for every ref that is made or moved on them, and a starter that lets everybody go
//! at once.

use std::path::Path;
use std::time::{Duration, Instant};

use testkit::{Gate, Person, PushDuty, Ran, Remote, Running};

/// Where the order in which processes start comes from; each seed is another race.
pub const SEEDS: [u64; 3] = [1, 20_261_124, 0x9e37_79b9];

/// What is told to a hook goes into a file, a line for every ref.
const WRITTEN: &str = "cat >> \"$GIT_DIR/moved\"";

/// The remotes.
pub struct Track {
    pub remotes: [Remote; 2],
}

impl Track {
    /// Two repositories, tagged last week, with a commit since.
    pub fn new() -> Self {
        let remotes = ["server", "client"].map(|name| {
            let remote = Remote::tagged(name);
            remote.commit_on("main", &[("one.txt", "one\n")], "One");
            remote.hook("post-receive", WRITTEN);
            remote
        });
        Self { remotes }
    }

    /// A machine on which mat, the hero, conducts the train.
    pub fn world(&self) -> PushDuty {
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).person("mat", &["hero", "admin"]);
        self.remotes.iter().fold(world, PushDuty::repo)
    }

    /// Waits until this many tags of the new push are on the remotes.
    #[track_caller]
    pub fn has_landed(&self, tags: usize) {
        until(&format!("{tags} tags have landed"), || {
            self.pushed().iter().map(Vec::len).sum::<usize>() == tags
        });
    }

    /// Every tag that was pushed, in order; one that moved or came twice fails the test.
    #[track_caller]
    pub fn pushed(&self) -> Vec<Vec<String>> {
        self.remotes.iter().map(pushed).collect()
    }
}

#[track_caller]
fn pushed(remote: &Remote) -> Vec<String> {
    let moved = std::fs::read_to_string(remote.path().join("moved")).unwrap_or_default();
    let mut tags = Vec::new();
    for line in moved.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let Some(tag) = parts[2].strip_prefix("refs/tags/") else { continue };
        assert!(parts[0].bytes().all(|b| b == b'0'), "{tag} of {} was new: {line}", remote.name());
        assert!(!tags.contains(&tag.to_owned()), "{tag} of {} came once", remote.name());
        tags.push(tag.to_owned());
    }
    tags
}

/// A line at a remote where pushes wait until it is lifted.
pub struct Line<'a> {
    remote: &'a Remote,
    gate: Gate,
}

impl<'a> Line<'a> {
    /// Drawn at `remote`, before any ref of a push moves.
    pub fn before(remote: &'a Remote, world: &PushDuty) -> Self {
        Self::at("pre-receive", "cat > /dev/null", remote, world)
    }

    /// Drawn at `remote`, where the refs of a push have moved and nobody was told.
    pub fn after(remote: &'a Remote, world: &PushDuty) -> Self {
        Self::at("post-receive", WRITTEN, remote, world)
    }

    fn at(hook: &str, first: &str, remote: &'a Remote, world: &PushDuty) -> Self {
        let gate = Gate::new(world.sealed(), remote.name());
        let came = "echo came >> \"$GIT_DIR/came\"";
        remote.hook(hook, &format!("{first}\n{came}\n{}", gate.wait_here()));
        Self { remote, gate }
    }

    /// Waits until this many pushes stand there at once.
    #[track_caller]
    pub fn holds(&self, pushes: usize) {
        until(&format!("{pushes} pushes stand at {}", self.remote.name()), || {
            let came = std::fs::read_to_string(self.remote.path().join("came"));
            came.is_ok_and(|came| came.lines().count() >= pushes)
        });
    }

    /// Lets all of them go, and whoever comes later.
    pub fn lift(&self) {
        self.gate.open();
    }
}

/// Waits until each of these wants the lock of `world`'s ledger, or has it.
#[track_caller]
pub fn all_at_the_lock(running: &mut [Running], world: &PushDuty) {
    let lock = world.data_path().join("amo/lock");
    until("everybody wants the lock", || {
        assert!(running.iter_mut().all(|one| !one.has_ended()), "nobody gets past who is first");
        running.iter().all(|one| has_open(one.id(), &lock))
    });
}

fn has_open(process: u32, file: &Path) -> bool {
    let Ok(files) = std::fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    files.flatten().any(|open| std::fs::read_link(open.path()).is_ok_and(|path| path == file))
}

#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A small generator: what matters is that every seed gives another order, and the same one every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    pub fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }
}

/// Starts all before waiting for any.
pub fn start_all(people: &[Person<'_>], args: &[Vec<String>]) -> Vec<Running> {
    let start = |(person, args): (&Person<'_>, &Vec<String>)| -> Running {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        person.starts(&args)
    };
    people.iter().cycle().zip(args).map(start).collect()
}

/// Waits for the end of all.
pub fn ended(running: Vec<Running>) -> Vec<Ran> {
    running.into_iter().map(Running::wait).collect()
}

pub fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}

/// The chain is whole, and the remotes show what it says.
#[track_caller]
pub fn holds(person: &Person<'_>) {
    let verified = person.runs(&["verify", "--json"]).ok().json();
    assert_eq!(verified["chain"], "ok", "{verified}");
    assert_eq!(verified["differences"].as_array().map(Vec::len), Some(0), "{verified}");
}
