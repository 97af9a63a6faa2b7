//! Law: arrows between crates go one way, and the rules stay pure.
//!
//! The rules (`train`) can be tested in milliseconds, and the outside can be exchanged, only as long as nothing points
//! back: `pushduty → web → conductor → train`, with `ledger`, `git` and `adapters` behind the conductor's ports.

use super::law::{Finding, Law};
use crate::workspace::{Crate, Workspace};

/// The law.
pub const LAW: Law = Law {
    name: "crate edges",
    reason: "arrows go one way, so that the rules stay pure and the outside can be exchanged (ARCHITECTURE.md)",
    find,
};

/// For each crate of ours, the crates of ours it may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("train", &[]),
    ("conductor", &["train"]),
    ("ledger", &["conductor", "train"]),
    ("git", &["conductor", "train"]),
    ("notes", &["conductor", "train"]),
    ("adapters", &["conductor", "train"]),
    ("web", &["conductor", "train"]),
    ("pushduty", &["adapters", "conductor", "git", "ledger", "notes", "train", "web"]),
    ("testkit", &[]),
    ("xtask", &["testkit"]),
];

/// What the pure crate may take from outside: values and their form, hashing, likeness, words for errors; none of it can reach a file, a
/// socket, a clock or a thread by itself (jiff's clock is denied by clippy.toml).
const PURE: &[&str] =
    &["base64", "blake3", "jiff", "schemars", "serde", "serde_json", "strsim", "thiserror"];

/// The crate that only tests may know.
const TESTS_ONLY: &str = "testkit";

fn find(workspace: &Workspace) -> Finding {
    Finding::of(workspace.crates.iter().flat_map(breaches).collect())
}

fn breaches(krate: &Crate) -> Vec<String> {
    let name = &krate.name;
    let Some((_, known)) = MAY_KNOW.iter().find(|(known, _)| known == name) else {
        return vec![format!(
            "{name} has no place in the law: give it one in check/edges.rs and in ARCHITECTURE.md"
        )];
    };
    let mut broken = Vec::new();
    for dependency in &krate.dependencies {
        let to = dependency.name.as_str();
        if dependency.ours && !(known.contains(&to) || (dependency.dev && to == TESTS_ONLY)) {
            broken.push(format!(
                "{name} depends on {to}{}",
                if dependency.dev { " in its tests" } else { "" }
            ));
        }
        if name == "train" && !dependency.ours && !dependency.dev && !PURE.contains(&to) {
            broken.push(format!("train depends on {to}, which is not on the list of pure crates"));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn krate(name: &str, to: &str, ours: bool, dev: bool) -> Workspace {
        let dependencies = vec![Dependency { name: to.into(), ours, dev }];
        let krate = Crate { name: name.into(), dependencies, ..Crate::default() };
        Workspace { crates: vec![krate], ..Workspace::default() }
    }

    fn broken(name: &str, to: &str, ours: bool, dev: bool) -> bool {
        !find(&krate(name, to, ours, dev)).broken.is_empty()
    }

    #[test]
    fn the_arrows_hold() {
        assert!(!broken("pushduty", "git", true, false));
        assert!(!broken("git", "conductor", true, false));
        assert!(!broken("git", "testkit", true, true));
        assert!(!broken("conductor", "tokio", false, false));
        assert!(!broken("train", "proptest", false, true));
    }

    #[test]
    fn an_arrow_that_points_back_is_found() {
        assert!(broken("train", "conductor", true, false));
        assert!(broken("conductor", "git", true, false));
        assert!(broken("conductor", "git", true, true));
    }

    #[test]
    fn siblings_do_not_know_each_other() {
        assert!(broken("git", "ledger", true, false));
        assert!(broken("ledger", "adapters", true, true));
    }

    #[test]
    fn the_testkit_is_for_tests_and_knows_none_of_ours() {
        assert!(broken("git", "testkit", true, false));
        assert!(broken("testkit", "train", true, false));
    }

    #[test]
    fn the_rules_take_nothing_impure() {
        assert!(broken("train", "tokio", false, false));
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert!(broken("newcomer", "serde", false, false));
    }
}
