//! Backups: what of the data folder is taken, the archive's form, and how one is put back. `docs/src/running.md` tells it.

mod archive;
mod gather;
mod in_use;
mod names;
mod put_back;
mod unpack;

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use archive::{Member, members, write};
pub use gather::{Gathered, gather, nothing_in};
pub use in_use::{Alone, InUse, one_backup};
pub use names::DRAFTS;
pub use put_back::{Keys, others, put_back, staged};
pub use unpack::{Opened, opened};

/// The archive's form. A newer one is refused by name.
const FORM: u32 = 1;

/// What came of a backup, or of putting one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing: it was a plan.
    Planned,
    /// It is done.
    Done,
}

/// The first member of an archive: what is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The archive's form.
    pub form: u32,
    /// The version that made it.
    pub made_by: String,
    /// When it was begun, by the machine's clock.
    pub made_at: Timestamp,
    /// Each train's ledger as it is in it.
    pub trains: Vec<Kept>,
    /// Whether the configuration is in it.
    pub configuration: bool,
}

/// A train's ledger in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The train.
    pub name: String,
    /// The ledger's name.
    pub ledger: String,
    /// Whether it is a rehearsal.
    pub rehearsal: bool,
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last.
    pub head: String,
    /// When that was added.
    pub last_entry_at: Option<Timestamp>,
}

impl Kept {
    /// What a proof of `name`'s ledger says.
    fn of(name: &str, proof: ledger::Proof) -> Self {
        Self {
            name: name.to_owned(),
            ledger: proof.ledger.id,
            rehearsal: proof.ledger.rehearsal,
            entries: proof.entries,
            head: proof.head,
            last_entry_at: proof.last,
        }
    }
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    train::id::quoted(&path.to_string_lossy())
}
