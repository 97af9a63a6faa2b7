//! The searcher: everything by which an embargoed fix could be known, and where it was found.

use std::collections::BTreeSet;
use std::path::Path;

use testkit::{Remote, Sealed};

/// The word that is in every part of the secret; what follows it says which part.
pub const CANARY: &str = "kanari7";

/// How much of a hash gives it away.
const GIVES_AWAY: usize = 8;

/// A commit on a branch whose name, subject, author, mail, path, file name and content all hold the canary.
pub fn plant(twin: &Remote) -> String {
    twin.commit(&format!("{CANARY}-branch"))
        .from("main")
        .author(&format!("{CANARY}-author <{CANARY}-mail@example.org>"))
        .file(&format!("{CANARY}-path/{CANARY}-file.py"), format!("{CANARY}-content = 1\n"))
        .subject(&format!("Close {CANARY}-subject"))
        .make()
}

/// What must not be found.
#[derive(Debug)]
pub struct Secret {
    ids: BTreeSet<String>,
}

impl Secret {
    /// Every object of the twin that upstream does not have, whatever ref leads to it.
    pub fn of(twin: &Remote, upstream: &Remote) -> Self {
        let sealed = Sealed::new();
        let public = objects(upstream.path(), &sealed);
        let ids = objects(twin.path(), &sealed).difference(&public).cloned().collect();
        Self { ids }
    }

    /// Whether the secret has this object.
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The canary in some bytes, in any letters' case, with what is around it.
    pub fn word_in(&self, bytes: &[u8]) -> Option<String> {
        let lower = bytes.to_ascii_lowercase();
        let at = position(&lower, CANARY.as_bytes())?;
        Some(around(bytes, at))
    }

    /// The canary, or a secret hash: as text, shortened, or as git keeps it in trees.
    pub fn anything_in(&self, bytes: &[u8]) -> Option<String> {
        self.word_in(bytes).or_else(|| self.ids.iter().find_map(|id| hash_in(bytes, id)))
    }

    /// Asserts that the bytes hold nothing of it.
    #[track_caller]
    pub fn is_not_in(&self, what: &str, bytes: &[u8]) {
        if let Some(found) = self.anything_in(bytes) {
            panic!("{what} holds something embargoed: {found}");
        }
    }

    /// What a repository's object store holds of it: names of objects, and the canary in their contents.
    pub fn in_store(&self, git_dir: &Path) -> Option<String> {
        let sealed = Sealed::new();
        if let Some(id) = objects(git_dir, &sealed).intersection(&self.ids).next() {
            return Some(format!("object {id}"));
        }
        let args = ["cat-file", "--batch-all-objects", "--unordered", "--batch"];
        let all = sealed.try_git(git_dir, &args);
        assert!(all.status.success(), "the objects of {} can be read", git_dir.display());
        self.anything_in(&all.stdout)
    }
}

/// Every object of a store of its own, not of those it borrows from.
fn objects(git_dir: &Path, sealed: &Sealed) -> BTreeSet<String> {
    let args = ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"];
    sealed.git(git_dir, &args).lines().map(str::to_owned).collect()
}

/// The file names and contents under a directory but those of `skip`, each with its place.
pub fn files(dir: &Path, skip: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(dir) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_name() == skip {
            continue;
        }
        let kind = entry.file_type().unwrap();
        let name = path.display().to_string();
        found.push((format!("the name of {name}"), name.clone().into_bytes()));
        if kind.is_dir() {
            found.extend(files(&path, skip));
        } else if kind.is_file() {
            found.push((name, std::fs::read(&path).unwrap_or_default()));
        }
    }
    found
}

fn hash_in(bytes: &[u8], id: &str) -> Option<String> {
    let raw: Vec<u8> =
        (0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16).unwrap()).collect();
    let at = position(bytes, &id.as_bytes()[..GIVES_AWAY]).or_else(|| position(bytes, &raw))?;
    Some(format!("{id} in {}", around(bytes, at)))
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let first = *part.first()?;
    let mut from = 0;
    while let Some(next) = bytes[from..].iter().position(|b| *b == first) {
        let at = from + next;
        if bytes[at..].starts_with(part) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn around(bytes: &[u8], at: usize) -> String {
    let part = &bytes[at.saturating_sub(80)..bytes.len().min(at + 80)];
    String::from_utf8_lossy(part).escape_debug().to_string()
}
