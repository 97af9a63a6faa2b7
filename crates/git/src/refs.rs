//! The refs that a fetch of upstream left, read in one go.

use std::collections::BTreeMap;

use conductor::failure::Result;
use train::id::Oid;

use crate::process::Git;

/// Remembers the branch that ships where none is configured: a symbolic ref, as git keeps for a clone.
pub(crate) const DEFAULT: &str = "refs/upstream/HEAD";

/// The refs under `refs/upstream/`, by their names without it, and the branch remembered.
pub(crate) struct Refs {
    /// By name: `heads/…`, `tags/…`, `pushduty/…`.
    pub all: BTreeMap<String, Named>,
    /// The branch remembered as the one that ships.
    pub default: Option<String>,
}

/// What a ref names, and what that is peeled to.
pub(crate) struct Named {
    /// The object named.
    pub object: Oid,
    /// Its kind: `commit`, `tag`, `blob`.
    pub kind: String,
    peeled: Option<Oid>,
    peeled_kind: String,
}

impl Named {
    /// The commit, where one peel finds it.
    pub(crate) fn commit(&self) -> Option<&Oid> {
        match (self.kind.as_str(), self.peeled_kind.as_str()) {
            ("commit", _) => Some(&self.object),
            ("tag", "commit") => self.peeled.as_ref(),
            _ => None,
        }
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

/// Reads them, tags peeled, in one run of git.
pub(crate) async fn read(git: &Git) -> Result<Refs> {
    let format = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)%00%(symref)";
    Ok(parse(&git.text(["for-each-ref", format, "refs/upstream/"]).await?))
}

/// The refs that `for-each-ref` listed; what is no such line is passed over.
pub(crate) fn parse(text: &str) -> Refs {
    let mut refs = Refs { all: BTreeMap::new(), default: None };
    for line in text.lines() {
        let mut parts = line.split('\0');
        let mut part = || parts.next().unwrap_or_default();
        let (name, object, kind, peeled, peeled_kind, target) =
            (part(), part(), part(), part(), part(), part());
        if name == DEFAULT {
            refs.default = target.strip_prefix("refs/upstream/heads/").map(str::to_owned);
        } else if let (Some(name), Ok(object)) =
            (name.strip_prefix("refs/upstream/"), object.parse())
        {
            let named = Named {
                object,
                kind: kind.to_owned(),
                peeled: peeled.parse().ok(),
                peeled_kind: peeled_kind.to_owned(),
            };
            refs.all.insert(name.to_owned(), named);
        }
    }
    refs
}
