//! The private twin of a repository, in an object store of its own that borrows upstream's objects (P9).

use crate::environment::Environment;
use crate::process::Git;
use crate::store::Store;

/// The security side of a repository: what is fetched into it is never seen by the public side.
///
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct SecurityStore {
    store: Store,
    url: String,
}

impl SecurityStore {
    /// The twin of `store`, where one is configured.
    pub(crate) fn of(store: &Store) -> Option<Self> {
        let url = store.settings().security.clone()?;
        Some(Self { store: store.clone(), url })
    }

    /// The public side.
    pub(crate) fn public(&self) -> &Store {
        &self.store
    }

    /// git on the security store. What it says never gets into a message.
    pub(crate) fn git(&self, environment: Environment) -> Git {
        self.store.git_at(&self.store.security_dir(), environment).withheld()
    }
}
