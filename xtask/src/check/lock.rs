//! Law: the lock file stays lean.
//!
//! Every crate in it is built on every fresh machine, audited by somebody, and a door. The number is printed at every
//! check; whoever raises the ceiling says why in the commit.

use super::law::{Finding, Law};
use crate::workspace::{Workspace, read};

/// The law.
pub const LAW: Law = Law {
    name: "lock file",
    reason: "every crate in the lock file is built, audited and trusted; drop one, or raise the ceiling and say why",
    find,
};

/// The most crates the lock file may name, ours included. 363 is what the whole planned set of libraries came to when
/// it was measured (a debug build from nothing in 3.6 minutes on two cores): room for what is still to come, not for
/// a second of anything. Raised to what there is when objects and refs began to be read and written in process: by
/// gitoxide's plumbing, of which only `gix-odb`, `gix-ref` and what these rest on is taken; by one since a store is kept
/// open for all threads. Raised by five for the shared text of the notes: `yrs`, three it rests on, and our crate around
/// it (docs/adr/0007-the-notes-are-a-shared-document.md). Raised by four for sockets, over which notes are written live
/// (`tungstenite`, its driver, and the two that its handshake takes), and by three for `prometheus-client`, which writes
/// `/metrics`. Raised by two for backups: `tar` and `filetime`, since every tool reads that form, and its headers are not
/// ours to get wrong.
const CEILING: usize = 415;

fn find(workspace: &Workspace) -> Finding {
    match read(&workspace.root.join("Cargo.lock")) {
        Ok(lock) => judge(&lock),
        Err(trouble) => Finding::of(vec![trouble.to_string()]),
    }
}

fn judge(lock: &str) -> Finding {
    let crates = lock
        .parse::<toml::Table>()
        .ok()
        .and_then(|lock| Some(lock.get("package")?.as_array()?.len()));
    match crates {
        None => Finding::of(vec!["Cargo.lock is not a lock file".into()]),
        Some(crates) => Finding {
            broken: (crates > CEILING)
                .then(|| format!("Cargo.lock names {crates} crates; the ceiling is {CEILING}"))
                .into_iter()
                .collect(),
            figure: Some(format!("{crates} crates of at most {CEILING}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(crates: usize) -> String {
        "[[package]]\nname = \"a\"\n".repeat(crates)
    }

    #[test]
    fn one_crate_too_many_is_found() {
        assert!(judge(&lock(CEILING)).broken.is_empty());
        assert_eq!(judge(&lock(CEILING + 1)).broken.len(), 1);
    }

    #[test]
    fn a_file_that_is_none_is_found() {
        assert_eq!(judge("version = 4\n").broken.len(), 1);
    }
}
