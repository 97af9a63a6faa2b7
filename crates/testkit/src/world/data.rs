//! The data directory of another world, taken over.

use std::path::{Path, PathBuf};

use super::PushDuty;
use crate::copy;

impl PushDuty {
    /// Takes over the data directory of another world; nothing may run there. What names the other's place in a small
    /// text (a work tree that is open, and the note of it) names this one's.
    ///
    /// # Panics
    /// When it cannot be copied, or this world has one of its own.
    pub fn take_data_of(&self, other: &Self) {
        copy::tree(&other.data_path(), &self.data_path());
        let text = |path: PathBuf| path.display().to_string();
        rename_in(&self.data_path(), &text(other.data_path()), &text(self.data_path()));
    }
}

/// The largest text that names a place.
const SMALL: u64 = 1 << 14;

fn rename_in(dir: &Path, from: &str, to: &str) {
    for entry in std::fs::read_dir(dir).expect("a copy can be read").flatten() {
        let (path, about) = (entry.path(), entry.metadata().expect("a copy can be read"));
        if about.is_dir() {
            rename_in(&path, from, to);
        } else if about.len() <= SMALL
            && let Ok(text) = std::fs::read_to_string(&path)
            && text.contains(from)
        {
            std::fs::write(&path, text.replace(from, to)).expect("a copy is writable");
        }
    }
}
