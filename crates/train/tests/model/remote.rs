//! The two remotes of one repository: refs that change by atomic pushes which demand what is there, as git's do.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use train::facts::{Fence, Look, SeenFence, SeenRef};
use train::id::Oid;
use train::intent::{Expect, FenceMove, Remote, Update};
use train::publish::Pushed;

use crate::{BRANCH, Bug};

/// A commit is the set of all that it has in its history, itself included: one bit each.
pub(crate) fn commit(bits: u64) -> Oid {
    format!("{bits:040x}").parse().unwrap()
}

/// The bits of a commit.
pub(crate) fn bits(commit: &Oid) -> u64 {
    u64::from_str_radix(&commit.as_str()[24..], 16).unwrap()
}

/// Whether `tip` has `other` in its history.
pub(crate) fn contains(tip: &Oid, other: &Oid) -> bool {
    bits(tip) & bits(other) == bits(other)
}

/// Both remotes; the private twin has a main and one branch with a fix, which stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Remotes {
    pub(crate) main: Oid,
    pub(crate) tags: BTreeMap<String, SeenRef>,
    pub(crate) fence: Option<SeenFence>,
    pub(crate) security: Oid,
    pub(crate) blobs: Blobs,
}

/// The fences ever written. Their names say what is in them, so they tell no two worlds apart.
#[derive(Clone, Default)]
pub(crate) struct Blobs(Arc<BTreeMap<Oid, Fence>>);

impl Blobs {
    pub(crate) fn write(&mut self, name: Oid, body: Fence) {
        Arc::make_mut(&mut self.0).insert(name, body);
    }
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} fences", self.0.len())
    }
}

impl PartialEq for Blobs {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Blobs {}

impl Hash for Blobs {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A push on its way: it lands once, or never, whatever becomes of who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Flight {
    pub(crate) by: usize,
    pub(crate) run: u8,
    pub(crate) remote: Remote,
    pub(crate) updates: Vec<Update>,
    pub(crate) fence: Option<FenceMove>,
    pub(crate) adopting: bool,
    pub(crate) awaited: bool,
}

impl Remotes {
    pub(crate) fn new() -> Self {
        let base = commit(crate::BASE);
        Self {
            main: base.clone(),
            tags: BTreeMap::new(),
            fence: None,
            security: base,
            blobs: Blobs::default(),
        }
    }

    pub(crate) fn look(&self) -> Look {
        Look {
            observed_at: jiff::Timestamp::UNIX_EPOCH,
            branch: BRANCH.to_owned(),
            main: Some(self.main.clone()),
            tags: self.tags.clone(),
            moved: BTreeMap::new(),
            fence: self.fence.clone(),
        }
    }

    /// What a ref is at: object and commit.
    pub(crate) fn at(&self, remote: Remote, name: &str) -> Option<SeenRef> {
        let branch = |tip: &Oid| SeenRef { object: tip.clone(), commit: tip.clone() };
        match (remote, name.strip_prefix("refs/tags/")) {
            (Remote::Upstream, Some(tag)) => self.tags.get(tag).cloned(),
            (Remote::Upstream, None) => Some(branch(&self.main)),
            (Remote::Security, _) => Some(branch(&self.security)),
        }
    }

    /// All of a push, or nothing of it.
    pub(crate) fn land(&mut self, flight: &Flight, bug: Bug) -> Pushed {
        let lost = |name: &str| Pushed::Lost(format!("{name}: stale info"));
        if let Some(fence) = &flight.fence
            && self.fence.as_ref().map(|f| &f.object) != fence.from.as_ref()
            && bug != Bug::FenceWithoutLease
        {
            return lost(&fence.name);
        }
        for update in &flight.updates {
            let there = self.at(flight.remote, &update.name);
            let fits = match (&update.expect, &there) {
                (Expect::Absent, there) => there.is_none() || bug == Bug::TagWithoutLease,
                (Expect::FastForward(_), Some(there)) => contains(&update.new, &there.object),
                (Expect::FastForward(_), None) => false,
            };
            if !fits {
                return lost(&update.name);
            }
        }
        for update in &flight.updates {
            self.set(flight.remote, update);
        }
        if let Some(fence) = &flight.fence {
            let body = self.blobs.0.get(&fence.to).cloned();
            self.fence = Some(SeenFence { object: fence.to.clone(), body });
        }
        Pushed::Done
    }

    fn set(&mut self, remote: Remote, update: &Update) {
        let new = SeenRef { object: update.new.clone(), commit: update.commit.clone() };
        match (remote, update.name.strip_prefix("refs/tags/")) {
            (Remote::Upstream, Some(tag)) => drop(self.tags.insert(tag.to_owned(), new)),
            (Remote::Upstream, None) => self.main = new.object,
            (Remote::Security, _) => self.security = new.object,
        }
    }
}
