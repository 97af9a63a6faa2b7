//! The objects of a store, read and written in this process: the one place that knows gitoxide's object database.
//!
//! A store opened here follows its alternates and sees what git writes meanwhile. Loose objects are written to a
//! temporary file and renamed, as git does. Whatever is damaged is a failure with a sentence; what the library says of
//! it is not told, since it may name what is embargoed (P9).

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use conductor::failure::{self, Failure, Result};
use gix_hash::ObjectId;
use gix_object::{Exists, Find, FindHeader, Kind, Write};
use train::id::{Oid, quoted};
use train::refusal::Code;

use crate::raw::Raw;

/// An object as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A store's objects, opened when they are first asked for, and open from then on for all that ask: opening takes as
/// long as reading dozens of them. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Opened>>>);

#[derive(Clone)]
struct Opened {
    store: Arc<gix_odb::Store>,
    format: gix_hash::Kind,
    /// When the folder of packs was changed last before this.
    packs: Option<SystemTime>,
    peeled: Arc<Mutex<Peeled>>,
}

/// What refs were seen to lead to: a look reads every tag, and one command looks several times. Of what is here, a name
/// tells for ever what it is.
type Peeled = HashMap<Oid, (Oid, Kind)>;

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

impl Kept {
    /// The objects of the store at `dir`, a bare repository of ours.
    pub(crate) fn at(&self, dir: &Path) -> Result<Objects> {
        let mut kept = self.lock();
        // The library makes room for as many packs as there are, and has no way back from one that was broken.
        let opened = match &*kept {
            Some(opened) if opened.packs == packs(dir) => opened.clone(),
            _ => kept.insert(Opened::at(dir)?).clone(),
        };
        let store = opened.store.to_cache_arc();
        let (format, peeled) = (opened.format, opened.peeled);
        Ok(Objects { store, format, peeled, kept: self.clone() })
    }

    /// Closes the store for those that ask from now on: it is about to be another, or could not be read.
    pub(crate) fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Opened>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the folder of packs of the store at `dir` was changed last.
fn packs(dir: &Path) -> Option<SystemTime> {
    std::fs::metadata(dir.join("objects").join("pack")).and_then(|folder| folder.modified()).ok()
}

impl Opened {
    fn at(dir: &Path) -> Result<Self> {
        let (format, packs) = (format(dir)?, packs(dir));
        let options = gix_odb::store::init::Options::default();
        let store =
            gix_odb::Store::at_opts(dir.join("objects"), format, &mut std::iter::empty(), options)
                .map_err(|e| failure::io("the object store could not be opened", &e))?;
        Ok(Self { store: Arc::new(store), format, packs, peeled: Arc::default() })
    }
}

/// The objects of one store and of those it borrows from.
pub(crate) struct Objects {
    store: gix_odb::Cache<gix_odb::store::Handle<Arc<gix_odb::Store>>>,
    format: gix_hash::Kind,
    peeled: Arc<Mutex<Peeled>>,
    kept: Kept,
}

impl Objects {
    /// Whether a name is as long as this store's are: of the other format nothing is here.
    pub(crate) fn may_have(&self, id: &Oid) -> Result<bool> {
        Ok(self.named(id)?.is_some())
    }

    fn named(&self, id: &Oid) -> Result<Option<ObjectId>> {
        Ok(Some(name(id)?).filter(|id| id.kind() == self.format))
    }

    /// The object of that name, where there is one.
    pub(crate) fn find(&self, id: &Oid) -> Result<Option<Stored>> {
        let Some(id) = self.named(id)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let kind = match self.store.try_find(&id, &mut bytes) {
            Ok(found) => found.map(|found| found.kind),
            Err(error) => return Err(self.unreadable(&error)),
        };
        Ok(kind.map(|kind| Stored { kind, bytes }))
    }

    /// The kind and the size of an object, without reading it.
    pub(crate) fn kind(&self, id: &Oid) -> Result<Option<(Kind, u64)>> {
        let Some(id) = self.named(id)? else { return Ok(None) };
        let header = self.store.try_header(&id);
        let header = header.map_err(|e| self.unreadable(&e))?;
        Ok(header.map(|header| (header.kind, header.size)))
    }

    fn unreadable(&self, error: &gix_error::Error) -> Failure {
        self.kept.forget();
        trouble("an object could not be read", error)
    }

    /// The commit's bytes; none where there is no commit of that name.
    pub(crate) fn commit(&self, id: &Oid) -> Result<Option<Vec<u8>>> {
        Ok(self.find(id)?.filter(|found| found.kind == Kind::Commit).map(|found| found.bytes))
    }

    /// The tree that a commit holds.
    pub(crate) fn tree_of(&self, commit: &Oid) -> Result<Oid> {
        let bytes = self.commit(commit)?.ok_or_else(|| no_such(commit))?;
        Raw::parse(&bytes).tree().ok_or_else(|| damaged("a commit holds no tree"))
    }

    /// The bytes of a tree.
    pub(crate) fn tree(&self, id: ObjectId) -> Result<Vec<u8>> {
        // Known to git whether it is stored or not.
        if id == ObjectId::empty_tree(self.format) {
            return Ok(Vec::new());
        }
        let found = self.find(&oid(id)?)?.filter(|found| found.kind == Kind::Tree);
        found.map(|found| found.bytes).ok_or_else(|| damaged("a tree is missing"))
    }

    /// Those of `commits` that are here.
    pub(crate) fn existing(&self, commits: &[Oid]) -> Result<Vec<Oid>> {
        let mut found = Vec::new();
        for id in commits {
            if self.kind(id)?.is_some_and(|(kind, _)| kind == Kind::Commit) {
                found.push(id.clone());
            }
        }
        Ok(found)
    }

    /// What tags lead to, through tags of tags: the object and its kind. None where it is not here.
    pub(crate) fn peeled(&self, id: &Oid) -> Result<Option<(Oid, Kind)>> {
        let known = || self.peeled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peeled) = known().get(id) {
            return Ok(Some(peeled.clone()));
        }
        let peeled = self.peel(id)?;
        if let Some(peeled) = &peeled {
            known().insert(id.clone(), peeled.clone());
        }
        Ok(peeled)
    }

    fn peel(&self, id: &Oid) -> Result<Option<(Oid, Kind)>> {
        let mut at = id.clone();
        loop {
            let Some((kind, _)) = self.kind(&at)? else { return Ok(None) };
            if kind != Kind::Tag {
                return Ok(Some((at, kind)));
            }
            let Some(tag) = self.find(&at)? else { return Ok(None) };
            match Raw::parse(&tag.bytes).object() {
                Some(object) => at = object,
                None => return Ok(None),
            }
        }
    }

    /// Writes an object; one that is here already is not written again.
    pub(crate) fn write(&self, kind: Kind, bytes: &[u8]) -> Result<Oid> {
        let failed = |e: gix_error::Error| unwritten(&e);
        let id = gix_object::compute_hash(self.format, kind, bytes).map_err(failed)?;
        if !self.store.exists(&id) {
            self.store.write_buf(kind, bytes).map_err(failed)?;
        }
        oid(id)
    }
}

/// The object format of the store at `dir`, whose refs are files: no other form of them is read here.
pub(crate) fn format(dir: &Path) -> Result<gix_hash::Kind> {
    let config = std::fs::read_to_string(dir.join("config")).map_err(|e| match e.kind() {
        ErrorKind::NotFound => Failure::new(
            Code::Git,
            "this repository was never fetched here",
            "run `pushduty check`: it fetches it",
        ),
        _ => failure::io("the store's configuration could not be read", &e),
    })?;
    let extension = |name: &str| {
        let values = config.lines().filter_map(|line| line.split_once('='));
        let mut named = values.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        named.next_back().map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    if let Some(form) = extension("refstorage").filter(|form| form != "files") {
        let message = format!("a store of ours keeps its refs as {}, not as files", quoted(&form));
        let hint = "remove this repository's folder under --data: the next command fetches it anew";
        return Err(Failure::new(Code::Unsupported, message, hint));
    }
    match extension("objectformat").as_deref() {
        Some("sha256") => Ok(gix_hash::Kind::Sha256),
        _ => Ok(gix_hash::Kind::Sha1),
    }
}

/// A name in the library's form.
pub(crate) fn name(id: &Oid) -> Result<ObjectId> {
    ObjectId::from_hex(id.as_str().as_bytes()).map_err(|_| damaged("a name is no name"))
}

/// A name of the library's in ours.
pub(crate) fn oid(id: ObjectId) -> Result<Oid> {
    id.to_string().parse().map_err(|_| damaged("a name is no name"))
}

/// The failure that one of the library's is when it reads: of the disk, or damage.
pub(crate) fn trouble(what: &str, error: &gix_error::Error) -> Failure {
    match causes(error).find(|e| e.raw_os_error().is_some()) {
        Some(io) => failure::io(what, io),
        None => damaged(what),
    }
}

/// The failure that one of the library's is when it writes: of the disk, and never damage. What it compresses may end in a
/// write of nothing, without the system's own error: then the disk took no more.
fn unwritten(error: &gix_error::Error) -> Failure {
    let what = "an object could not be written";
    if let Some(io) = causes(error).find(|e| e.raw_os_error().is_some()) {
        return failure::io(what, io);
    }
    let full =
        |e: &std::io::Error| matches!(e.kind(), ErrorKind::WriteZero | ErrorKind::StorageFull);
    if causes(error).any(full) {
        return failure::io(what, &ErrorKind::StorageFull.into());
    }
    let hint =
        "look for a full or failing disk, mend it and run the same command again: nothing was lost";
    Failure::new(Code::Io, what, hint)
}

fn causes(error: &gix_error::Error) -> impl Iterator<Item = &std::io::Error> {
    error.iter_errors().filter_map(|e| e.downcast_ref::<std::io::Error>())
}

/// A full name that names no commit here.
pub(crate) fn no_such(id: &Oid) -> Failure {
    let hint = "look at the hash again; `pushduty` knows what is on upstream's branches and tags";
    Failure::new(Code::NoSuchCommit, format!("no commit {id} is on upstream"), hint)
}

/// What is said of a store in which something is missing or not as it should be.
pub(crate) fn damaged(what: &str) -> Failure {
    let hint = "run `git fsck` in the store under --data; if it is damaged, remove this repository's folder there: the next command fetches it anew";
    Failure::new(Code::Io, format!("{what}: the object store is damaged"), hint)
}

#[cfg(test)]
mod tests {
    use gix_error::{ErrorExt, Message};

    use super::*;

    fn told(cause: std::io::Error) -> Failure {
        unwritten(&cause.and_raise(Message::new("Could not stream loose object data")))
    }

    #[test]
    fn what_could_not_be_written_is_never_damage() {
        for kind in [ErrorKind::WriteZero, ErrorKind::StorageFull] {
            let told = told(kind.into());
            assert!(told.hint.contains("free some disk space"), "{told:?}");
        }
        let no_space = std::io::Error::from_raw_os_error(28);
        assert!(told(no_space).hint.contains("free some disk space"));
        let told = told(std::io::Error::other("the deflater gave up"));
        assert!(!told.message.contains("damaged") && told.hint.contains("full or failing disk"));
    }
}
