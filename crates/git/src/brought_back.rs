//! What a backup takes of the object stores, and how it comes back. All that is on a remote can be fetched again; the rest
//! lies beside the stores, or is kept for intents that are open.
//!
//! A restored folder has no stores: what was brought back waits in a folder beside where each will be, and the first fetch
//! takes it in (P11: an intent that was open is settled with the very same objects).

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use conductor::failure::{self, Result};

use crate::environment::Environment;
use crate::guard::Guard;
use crate::process::Git;
use crate::refs::{At, Edit, below};
use crate::store::COMPUTING;

/// The refs that keep objects for intents.
const KEEP: &str = "refs/keep/";
const REFS: &str = "kept.json";
const PACK: &str = "kept.pack";
const NUMBERS: &str = "numbers.json";
const FIRSTS: &str = "tags.json";

/// Refs that keep objects, each with what it names.
type Kept = BTreeMap<String, String>;

/// What is in a train's stores alone, while it is gathered.
#[derive(Debug)]
pub struct Keepsakes {
    repos: Vec<PathBuf>,
    kept: BTreeMap<PathBuf, Kept>,
}

impl Keepsakes {
    /// What `data`, the folder of a train, has at this moment. The record is copied between this and [`Self::gather`]:
    /// an intent that was open then is in one of the two lists.
    ///
    /// # Errors
    /// `io` where a folder or a store can't be read.
    pub fn of(data: &Path) -> Result<Self> {
        let io = |e: &io::Error| failure::io("the folder of the repositories can't be read", e);
        let mut found = Self { repos: Vec::new(), kept: BTreeMap::new() };
        let entries = match fs::read_dir(data.join("repos")) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(found),
            Err(e) => return Err(io(&e)),
        };
        for entry in entries {
            found.repos.push(entry.map_err(|e| io(&e))?.path());
        }
        found.look()?;
        Ok(found)
    }

    fn look(&mut self) -> Result<()> {
        let stores = |repo: &PathBuf| ["upstream.git", "security.git"].map(|name| repo.join(name));
        for store in self.repos.iter().flat_map(stores).filter(|dir| dir.join("HEAD").exists()) {
            let kept = self.kept.entry(store.clone()).or_default();
            for (name, at) in below(&store, KEEP)? {
                if let At::Object(object) = at {
                    kept.insert(name, object.to_string());
                }
            }
        }
        Ok(())
    }

    /// Writes it below `to`, as a folder of a train has it.
    ///
    /// # Errors
    /// `io` and `git` where it can't be read or written.
    pub async fn gather(mut self, to: &Path) -> Result<()> {
        self.look()?;
        let io = |e: &io::Error| failure::io("what the stores keep can't be copied", e);
        for repo in &self.repos {
            let Some(name) = repo.file_name() else { continue };
            let there = to.join("repos").join(name);
            copied(&repo.join(FIRSTS), &there.join(FIRSTS)).map_err(|e| io(&e))?;
            for side in ["upstream", "security"] {
                let (store, beside) = (repo.join(side).with_extension("git"), brought(repo, side));
                let there = brought(&there, side);
                // What a restore brought and no fetch took in yet goes along as it is.
                for file in [NUMBERS, REFS, PACK] {
                    copied(&beside.join(file), &there.join(file)).map_err(|e| io(&e))?;
                }
                copied(&store.join(NUMBERS), &there.join(NUMBERS)).map_err(|e| io(&e))?;
                if let Some(kept) = self.kept.get(&store).filter(|kept| !kept.is_empty()) {
                    let seen = seen(repo)?;
                    pack(&store, kept, &seen, &there).await?;
                }
            }
        }
        Ok(())
    }
}

/// The folder beside a store for what was brought back.
fn brought(repo: &Path, side: &str) -> PathBuf {
    repo.join(side).with_extension("brought")
}

/// What the remotes have, by the refs that were fetched of them.
fn seen(repo: &Path) -> Result<Vec<String>> {
    let mut seen = Vec::new();
    for (store, prefix) in [("upstream.git", "refs/upstream/"), ("security.git", "refs/security/")]
    {
        let store = repo.join(store);
        if !store.join("HEAD").exists() {
            continue;
        }
        let of = below(&store, prefix)?;
        seen.extend(of.into_iter().filter_map(|(_, at)| match at {
            At::Object(object) => Some(object.to_string()),
            At::Ref(_) => None,
        }));
    }
    Ok(seen)
}

/// Packs what is kept and is on no remote, with nothing of its names in any argument (P9).
async fn pack(store: &Path, kept: &Kept, seen: &[String], there: &Path) -> Result<()> {
    let io = |e: &io::Error| failure::io("what the stores keep can't be copied", e);
    let git = Git::new(store, Environment::Compute, Some(COMPUTING)).withheld();
    let wanted: String = kept.values().map(|object| format!("{object}\n")).collect();
    let known: String = match store.ends_with("security.git") {
        true => seen.iter().map(|object| format!("^{object}\n")).collect(),
        // Of what security has, upstream's store knows nothing.
        false => refs_of(store)?,
    };
    let args = ["pack-objects", "--revs", "--stdout", "--quiet", "--delta-base-offset"];
    let pack = git.with_input(args, format!("{wanted}{known}").as_bytes()).await?.out;
    fs::create_dir_all(there).map_err(|e| io(&e))?;
    let json = serde_json::to_vec(kept).map_err(|e| io(&e.into()))?;
    fs::write(there.join(REFS), json)
        .and_then(|()| fs::write(there.join(PACK), pack))
        .map_err(|e| io(&e))
}

fn refs_of(store: &Path) -> Result<String> {
    let of = below(store, "refs/upstream/")?;
    let objects = of.into_iter().filter_map(|(_, at)| match at {
        At::Object(object) => Some(format!("^{object}\n")),
        At::Ref(_) => None,
    });
    Ok(objects.collect())
}

/// Copies a file, where there is one.
fn copied(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = match fs::read(from) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, bytes)
}

/// Gives a store that is being made at `new` the numbers that were brought back for the one at `dir`.
pub(crate) fn numbers_into(dir: &Path, new: &Path) -> io::Result<()> {
    copied(&dir.with_extension("brought").join(NUMBERS), &new.join(NUMBERS))
}

/// Takes in what was brought back for the store that `git` runs on, once a fetch has brought what it rests on.
pub(crate) async fn take_in(git: &Git, guard: &Guard) -> Result<()> {
    let brought = git.dir().with_extension("brought");
    let io = |e: &io::Error| failure::io("what was brought back can't be read", e);
    let pack = match fs::read(brought.join(PACK)) {
        Ok(pack) => pack,
        Err(e) if e.kind() == ErrorKind::NotFound => return cleared(&brought).map_err(|e| io(&e)),
        Err(e) => return Err(io(&e)),
    };
    let json = fs::read(brought.join(REFS)).map_err(|e| io(&e))?;
    let kept: Kept = serde_json::from_slice(&json).map_err(|e| io(&e.into()))?;
    let output = guard.run(git, &["index-pack", "--stdin", "--fix-thin"], &pack).await?;
    if !output.ok() {
        return Err(git.failed(&["index-pack".into()], &output));
    }
    // Only what is whole is named: a ref to a history with a gap would fail every later fetch.
    let tips: String = kept.values().map(|object| format!("{object}\n")).collect();
    let whole = git.status_of(["rev-list", "--objects", "--quiet", "--stdin"], tips.as_bytes());
    if whole.await?.ok() {
        let edits = kept.into_iter().filter(|(name, _)| name.starts_with(KEEP));
        let edits = edits
            .filter_map(|(name, object)| Some(Edit::Set(name, At::Object(object.parse().ok()?))));
        guard.change(git.dir(), &edits.collect::<Vec<_>>())?;
    }
    fs::remove_file(brought.join(PACK)).map_err(|e| io(&e))?;
    cleared(&brought).map_err(|e| io(&e))
}

/// Removes the folder of what was brought back, once all of it is taken in.
fn cleared(brought: &Path) -> io::Result<()> {
    match fs::remove_dir_all(brought) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
