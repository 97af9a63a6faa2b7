//! Where a command is killed, chosen from its system calls as counted from outside.
//!
//! The great commands (cut, another tag, pick, merge) are killed right before *every* start of a process and every call that
//! makes something last, and right after the first start of each verb of git. The rest are killed at each *distinct* place
//! (the call, with git's verb or the file's name) the first time it comes, at every start of a push and every commit of
//! the ledger, and at a few more of the remaining calls, drawn by a fixed seed. That keeps the suite short where most of
//! what runs is the same code again.
//!
//! Of what is written only the last piece before each sync of the ledger counts: the end of a transaction, torn.
//!
//! A push whose parent dies as it begins soon ends: there is nobody to tell how it goes on. So each push is also held at
//! its remote, when that has everything and has moved no ref, and its parent killed then: it lives on and lands.

use testkit::{Call, Place};

/// What starts a process (or a thread); what follows once it runs; what makes something last: the ledger's commits, git
/// stores and notes put in place.
pub const CALLS: &[&str] = &[
    "clone",
    "clone3",
    "fork",
    "vfork",
    "wait4",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "ftruncate",
];

/// The ledger, where its transactions go first.
const LEDGER: &str = "ledger.db-wal";
/// What reaches a remote.
const PUSH: &str = "git push";

/// How much of a command is killed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Every call.
    Every,
    /// Every distinct place, and this many more calls.
    Distinct(usize),
}

/// When it is killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// Right before this call.
    Before(Call),
    /// When its push has come to the remote in the folder of this name.
    Held(String),
}

/// A place to be killed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// When.
    pub moment: Moment,
    /// What it is about: a verb of git, or a file's name.
    about: String,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.moment {
            Moment::Before(call) => write!(f, "before {call} ({})", self.about),
            Moment::Held(remote) => write!(f, "{} at {remote}", self.about),
        }
    }
}

impl Point {
    fn of(place: &Place) -> Self {
        let about = match &place.about[..] {
            [program, words @ ..] if program == "git" => format!("git {}", verb(words)),
            [path] if path.contains("/objects/") => "an object".to_owned(),
            [path] => last(path),
            words => words.join(" "),
        };
        Self { moment: Moment::Before(place.call.clone()), about }
    }

    /// The push that this place is the start of, at its remote.
    fn held(place: &Place) -> Option<Self> {
        let point = Self::of(place);
        let begins = place.call.name == "wait4" && point.about == PUSH;
        let remote = place.about.iter().rfind(|word| word.ends_with(".git")).filter(|_| begins)?;
        Some(Self { moment: Moment::Held(last(remote)), ..point })
    }

    /// Whether it is the same call about the same thing.
    fn is_like(&self, other: &Self) -> bool {
        let name = |point: &Self| match &point.moment {
            Moment::Before(call) => call.name.clone(),
            Moment::Held(remote) => remote.clone(),
        };
        name(self) == name(other) && self.about == other.about
    }
}

/// The last part of a path.
fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// What git is asked to do: the first word that is no option nor an option's value.
fn verb(words: &[String]) -> &str {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-c" => drop(words.next()),
            option if option.starts_with('-') => {}
            verb => return verb,
        }
    }
    ""
}

/// The points of a run that made these calls.
pub fn chosen(places: &[Place], extent: Extent) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    // A push is waited for more than once.
    for held in places.iter().filter_map(Point::held) {
        if !points.iter().any(|point| point.is_like(&held)) {
            points.push(held);
        }
    }
    let mut rest = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let point = Point::of(place);
        let fresh = !points.iter().any(|p| p.is_like(&point));
        let always = point.about == PUSH || point.about == LEDGER;
        let counts = match place.call.name.as_str() {
            "pwrite64" if !is_end(&places[at..]) => continue,
            "wait4" if extent != Extent::Every => continue,
            "wait4" => fresh,
            _ => fresh || always || extent == Extent::Every,
        };
        if counts { points.push(point) } else { rest.push(point) }
    }
    if let Extent::Distinct(more) = extent {
        let mut dice = Dice(20_261_126);
        for _ in 0..more.min(rest.len()) {
            points.push(rest.swap_remove(dice.below(rest.len())));
        }
    }
    points
}

/// Whether the first call writes the last piece before the ledger is synced.
fn is_end(calls: &[Place]) -> bool {
    let of_ledger = |place: &&Place| place.about.iter().any(|path| path.ends_with(LEDGER));
    let mut written = calls.iter().filter(of_ledger);
    written.next() == calls.first()
        && written.next().is_some_and(|next| next.call.name.ends_with("sync"))
}

/// A small generator: the same draw every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % sides
    }
}
