//! A remote again, as it is now.

use super::Remote;
use crate::copy;
use crate::sealed::Sealed;

impl Remote {
    /// Another remote of the same name with the same objects, refs, configuration and hooks, at a place of its own.
    #[must_use]
    pub fn copied(&self) -> Self {
        let sealed = Sealed::new();
        let path = sealed.path(&format!("{}.git", self.name));
        copy::tree(&self.path, &path);
        sealed.continues(&self.sealed);
        Self { sealed, name: self.name.clone(), path }
    }
}
