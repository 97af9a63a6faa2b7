//! The rules that stand between a wish and a remote, each asked for what it must refuse: the promises at their roots.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod answered_for;
mod artifacts;
mod attempts;
mod confirm;
mod cut;
mod gates;
mod offers;
mod picks;
mod remotes;
mod roles;
mod security;
mod signoffs;
mod waiting;
mod which;

use std::collections::BTreeMap;

use jiff::Timestamp;
use train::base::{Base, BaseFrom};
use train::calendar::Timetable;
use train::facts::{Commit, Look, SeenRef};
use train::id::Oid;
use train::intent::Tagged;
use train::settings::{Repo, Settings, Tagging};
use train::state::{Given, Push, State};
const TAG: &str = "2026.11.26";

fn oid(digit: char) -> Oid {
    digit.to_string().repeat(40).parse().unwrap()
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + hour * 3600).unwrap()
}

fn repo() -> Repo {
    Repo::new("server".parse().unwrap(), "/srv/server.git")
}

fn settings() -> Settings {
    let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
    Settings {
        train: "amo".parse().unwrap(),
        timetable: Timetable::new("America/Los_Angeles".parse().unwrap(), cut, push),
        rotation: Vec::new(),
        people: BTreeMap::new(),
        repos: vec![repo()],
        environments: Vec::new(),
        tagging: Tagging::default(),
        gates: Vec::new(),
        components: Vec::new(),
    }
}

/// A remote with main at `m` and these tags: name, object, commit.
fn look(hour: i64, tags: &[(&str, char, char)]) -> Look {
    let seen = |object, commit| SeenRef { object: oid(object), commit: oid(commit) };
    let tags =
        tags.iter().map(|(name, object, commit)| ((*name).to_owned(), seen(*object, *commit)));
    Look {
        observed_at: at(hour),
        branch: "main".to_owned(),
        main: Some(oid('e')),
        tags: tags.collect(),
        moved: BTreeMap::new(),
        fence: None,
    }
}

fn base() -> Base {
    Base { tag: Some(("2026.11.19".to_owned(), oid('a'))), from: BaseFrom::Production }
}

fn commit(digit: char) -> Commit {
    Commit {
        id: oid(digit),
        parents: Vec::new(),
        subject: format!("{digit} does"),
        author: "Ann".to_owned(),
        email: "ann@example.org".to_owned(),
        committed_at: at(0),
    }
}

/// `tag`, object `d` on commit `c`.
fn tagged(tag: &str) -> Tagged {
    Tagged {
        tag: tag.to_owned(),
        object: oid('d'),
        commit: oid('c'),
        base: None,
        base_from: BaseFrom::Nothing,
        picks: Vec::new(),
        resolved_by: None,
        because: None,
    }
}

/// A ledger that gave `tag` (object `d` on commit `c`) at this hour.
fn gave(tag: &str, hour: i64, by_other: bool) -> State {
    let push = Push {
        scheduled: TAG.parse().unwrap(),
        hero: None,
        opened_at: at(0),
        tags: BTreeMap::from([(
            repo().name,
            vec![Given { tag: tagged(tag), at: at(hour), by_other }],
        )]),
        stays: BTreeMap::new(),
        overrides: Vec::new(),
    };
    State { pushes: BTreeMap::from([(TAG.parse().unwrap(), push)]), ..State::default() }
}
