//! What each tag of upstream named when it was first seen: kept beside the mirror, so that one that somebody moved or
//! deleted is told however many fetches later (P2).
//!
//! A fetch takes over whatever the remote shows. What the mirror has is therefore written down before it: killed at any
//! instant, the mirror or the file still has it (P11). The file is not the record: what a person settled is the ledger's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use conductor::failure::{self, Failure, Result};
use gix_object::Kind;
use train::facts::{MovedTag, SeenRef};
use train::refusal::Code;

use crate::guard::Guard;
use crate::refs::{At, below};
use crate::store::Store;

/// Where the mirror keeps tags.
const TAGS: &str = "refs/upstream/tags/";

/// Tags by name, each with what it named first.
pub(crate) type Firsts = BTreeMap<String, SeenRef>;

/// What was written down so far.
pub(crate) fn read(store: &Store) -> Result<Firsts> {
    match std::fs::read(file(store)) {
        Ok(json) => serde_json::from_slice(&json).map_err(|_| {
            let hint = "restore tags.json beside the mirror from a backup, or remove it: what was noticed before is in the ledger";
            Failure::new(Code::Io, "what the tags named first can't be read", hint)
                .in_repo(&store.settings().name)
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Firsts::new()),
        Err(e) => Err(failure::io("what the tags named first can't be read", &e)),
    }
}

/// Writes down the tags that the mirror has and the file has not, before every fetch, under its guard; and gives all of them.
pub(crate) fn note(store: &Store, _guard: &Guard) -> Result<Firsts> {
    let mut firsts = read(store)?;
    let known = firsts.len();
    let objects = store.computing().objects()?;
    for (name, at) in below(&store.upstream_dir(), TAGS)? {
        let Some(name) = name.strip_prefix(TAGS) else { continue };
        let At::Object(object) = at else { continue };
        if firsts.contains_key(name) {
            continue;
        }
        if let Some((commit, Kind::Commit)) = objects.peeled(&object)? {
            firsts.insert(name.to_owned(), SeenRef { object, commit });
        }
    }
    if firsts.len() == known {
        return Ok(firsts);
    }
    let io = |e: &std::io::Error| failure::io("what the tags named first could not be written", e);
    let new = file(store).with_extension("new");
    let json = serde_json::to_vec(&firsts).map_err(|e| io(&e.into()))?;
    std::fs::write(&new, json)
        .and_then(|()| std::fs::rename(&new, file(store)))
        .map_err(|e| io(&e))?;
    Ok(firsts)
}

/// Those of `firsts` that are another object in `tags`, or gone.
pub(crate) fn moved(
    firsts: Firsts,
    tags: &BTreeMap<String, SeenRef>,
) -> BTreeMap<String, MovedTag> {
    let changed = firsts.into_iter().filter_map(|(name, first)| {
        let now = tags.get(&name);
        (now != Some(&first)).then(|| (name, MovedTag { first, now: now.cloned() }))
    });
    changed.collect()
}

fn file(store: &Store) -> PathBuf {
    store.upstream_dir().with_file_name("tags.json")
}
