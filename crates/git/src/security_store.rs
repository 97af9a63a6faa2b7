//! The private twin of a repository, in an object store of its own that borrows upstream's objects (P9).
//!
//! Names and hashes of embargoed branches go to git by standard input, never as arguments, where any user of the
//! machine could read them; and what git says of them stays here.

use conductor::failure::{Failure, Result};
use train::id::Oid;
use train::intent::IntentId;

use crate::environment::Environment;
use crate::guard::Guard;
use crate::output::Output;
use crate::process::Git;
use crate::read;
use crate::store::Store;
use crate::trouble::{self, Remote};
use crate::write;

/// The security side of a repository: what is fetched into it is never seen by the public side.
///
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct SecurityStore {
    store: Store,
    url: String,
}

impl Store {
    /// The private twin, where there is one.
    #[must_use]
    pub fn security_store(&self) -> Option<SecurityStore> {
        SecurityStore::of(self)
    }
}

impl SecurityStore {
    /// The twin of `store`, where one is configured.
    pub(crate) fn of(store: &Store) -> Option<Self> {
        let url = store.settings().security.clone()?;
        Some(Self { store: store.clone(), url })
    }

    /// Where the security remote is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The public side.
    pub(crate) fn public(&self) -> &Store {
        &self.store
    }

    /// git on the security store. What it says never gets into a message.
    pub(crate) fn git(&self, environment: Environment) -> Git {
        self.store.security(environment).withheld()
    }

    /// Whether it was ever fetched.
    pub(crate) fn is_made(&self) -> bool {
        self.store.security_dir().join("HEAD").exists()
    }

    /// The right to write refs of this store.
    pub(crate) async fn guard(&self) -> Result<Guard> {
        Guard::of(&self.store.security_dir(), self.store.patience()).await
    }

    /// Keeps objects until the intent is settled.
    pub(crate) async fn keep_objects(&self, intent: &IntentId, objects: &[Oid]) -> Result<()> {
        write::keep(self.git(Environment::Compute).dir(), &self.guard().await?, intent, objects)
    }

    /// Lets them go.
    pub(crate) async fn release_objects(&self, intent: &IntentId) -> Result<()> {
        write::release(self.git(Environment::Compute).dir(), &self.guard().await?, intent)
    }

    /// Whether `commit` is `tip` or in its history.
    pub(crate) async fn has(&self, tip: &Oid, commit: &Oid) -> Result<bool> {
        read::contains(&self.git(Environment::Compute), tip, commit).await
    }

    /// The failure that an output of the transport means.
    pub(crate) fn trouble(&self, output: &Output) -> Failure {
        let remote = Remote { what: "the security remote", url: &self.url };
        trouble::failure(remote, output, self.store.options().silence)
            .in_repo(&self.store.settings().name)
    }
}
