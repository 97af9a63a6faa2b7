//! The refs of a store, read and changed in this process: the one place that knows gitoxide's refs.

use std::collections::BTreeMap;
use std::path::Path;

use conductor::failure::{Failure, Result};
use gix_lock::acquire::Fail;
use gix_object::Kind;
use gix_path::RelativePath;
use gix_ref::file::Store;
use gix_ref::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};
use gix_ref::{FullName, Target, store::WriteReflog, store::init};
use train::id::Oid;
use train::refusal::Code;

use crate::objects::{self, Objects, trouble};

/// Remembers the branch that ships where none is configured: a symbolic ref, as git keeps for a clone.
pub(crate) const DEFAULT: &str = "refs/upstream/HEAD";

/// How often refs are listed at most: one that another process removes meanwhile was in the list and can't be read.
const TURNS: usize = 32;

/// The refs under `refs/upstream/`, by their names without it, and the branch remembered.
pub(crate) struct Refs {
    /// By name: `heads/…`, `tags/…`, `pushduty/…`.
    pub all: BTreeMap<String, Named>,
    /// The branch remembered as the one that ships.
    pub default: Option<String>,
}

/// What a ref names, and what tags there lead to.
pub(crate) struct Named {
    /// The object named.
    pub object: Oid,
    /// Where tags lead, and what that is.
    peeled: (Oid, Kind),
}

impl Named {
    /// The commit it comes to.
    pub(crate) fn commit(&self) -> Option<&Oid> {
        (self.peeled.1 == Kind::Commit).then_some(&self.peeled.0)
    }
}

impl Refs {
    /// Whether there is any branch: an empty repository has none.
    pub(crate) fn has_branches(&self) -> bool {
        self.all.keys().any(|name| name.starts_with("heads/"))
    }

    /// The branches' names.
    pub(crate) fn branches(&self) -> Vec<String> {
        self.all.keys().filter_map(|name| name.strip_prefix("heads/")).map(str::to_owned).collect()
    }
}

/// Reads those of upstream, tags peeled.
pub(crate) fn read(objects: &Objects, dir: &Path) -> Result<Refs> {
    let mut refs = Refs { all: BTreeMap::new(), default: None };
    for (name, target) in below(dir, "refs/upstream/")? {
        match target {
            At::Object(object) => {
                let peeled = objects.peeled(&object)?;
                let peeled = peeled.ok_or_else(|| objects::damaged("a ref names no object"))?;
                let name = name.trim_start_matches("refs/upstream/").to_owned();
                refs.all.insert(name, Named { object, peeled });
            }
            At::Ref(target) if name == DEFAULT => {
                refs.default = target.strip_prefix("refs/upstream/heads/").map(str::to_owned);
            }
            At::Ref(_) => {}
        }
    }
    // One whose branch is gone is as good as none: it is asked for again.
    let all = &refs.all;
    refs.default = refs.default.filter(|branch| all.contains_key(&format!("heads/{branch}")));
    Ok(refs)
}

/// What a ref is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    /// An object.
    Object(Oid),
    /// Another ref.
    Ref(String),
}

/// The refs whose full names begin with `prefix`, which ends in a slash; by name. A name that is no text is none of
/// ours and left out.
pub(crate) fn below(dir: &Path, prefix: &str) -> Result<Vec<(String, At)>> {
    let store = open(dir)?;
    let mut references = list(&store, prefix);
    for _ in 1..TURNS {
        match &references {
            Err(error) if error.is_not_found() => references = list(&store, prefix),
            _ => break,
        }
    }
    let references = references.map_err(|e| trouble("the refs could not be read", &e))?;
    let mut found = Vec::with_capacity(references.len());
    for reference in references {
        let at = match reference.target {
            Target::Object(id) => At::Object(objects::oid(id)?),
            Target::Symbolic(name) => At::Ref(name.as_bstr().to_string()),
        };
        if let Ok(name) = std::str::from_utf8(reference.name.as_bstr()) {
            found.push((name.to_owned(), at));
        }
    }
    Ok(found)
}

/// The commits that the refs under `prefix` come to.
pub(crate) fn commits(objects: &Objects, dir: &Path, prefix: &str) -> Result<Vec<Oid>> {
    let mut commits = Vec::new();
    for (_, at) in below(dir, prefix)? {
        if let At::Object(id) = at
            && let Some((commit, Kind::Commit)) = objects.peeled(&id)?
        {
            commits.push(commit);
        }
    }
    Ok(commits)
}

fn list(store: &Store, prefix: &str) -> gix_error::Result<Vec<gix_ref::Reference>> {
    let all = store.iter()?;
    let prefix = <&RelativePath>::try_from(prefix.as_bytes())?;
    all.prefixed(prefix).map_err(gix_error::Error::from_error)?.collect()
}

/// A change of one ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It is to be at that.
    Set(String, At),
    /// It is to be gone; it may be gone already.
    Remove(String),
}

/// Changes refs, all or none. Only under the guard (see `guard`): no other of ours writes refs meanwhile.
pub(crate) fn change(
    store: &Store,
    edits: &[RefEdit],
) -> std::result::Result<(), gix_error::Error> {
    let edits = edits.iter().cloned();
    store.transaction().prepare(edits, Fail::Immediately, Fail::Immediately)?.commit(None).map(drop)
}

/// An edit in the library's form.
pub(crate) fn edit(edit: &Edit) -> Result<RefEdit> {
    let (name, change) = match edit {
        Edit::Set(name, at) => {
            let new = match at {
                At::Object(id) => Target::Object(objects::name(id)?),
                At::Ref(name) => Target::Symbolic(full(name)?),
            };
            (name, Change::Update { log: LogChange::default(), expected: PreviousValue::Any, new })
        }
        Edit::Remove(name) => {
            (name, Change::Delete { expected: PreviousValue::Any, log: RefLog::AndReference })
        }
    };
    Ok(RefEdit { change, name: full(name)?, deref: false })
}

/// A full name, where git would take it as one.
pub(crate) fn full(name: &str) -> Result<FullName> {
    let message = || format!("{} can't be a ref's name", train::id::quoted(name));
    FullName::try_from(name)
        .map_err(|_| Failure::new(Code::Refused, message(), "name the tag or branch otherwise"))
}

/// Opens the refs of the store at `dir`.
pub(crate) fn open(dir: &Path) -> Result<Store> {
    let options = init::Options { write_reflog: WriteReflog::Disable, ..init::Options::default() };
    Ok(Store::at_opts(dir.to_owned(), objects::format(dir)?, options))
}
