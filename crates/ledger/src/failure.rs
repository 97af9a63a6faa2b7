//! What went wrong in the store, as a sentence and its mend. SQLite's own words are filtered: they can hold a file's
//! name.

use conductor::failure::Failure;
use sqlx::migrate::MigrateError;
use train::id::quoted;
use train::refusal::Code;

const NOTHING_LOST: &str = "free some disk space and run the same command again: nothing was lost";
const RIGHTS: &str = "give this user the right to read and write the data directory, or choose another one with --data";
const RESTORE: &str = "put a backup in its place, or move the data directory away and run `pushduty adopt`: \
                       the remotes keep what was published";

/// Primary result codes of <https://www.sqlite.org/rescode.html>.
mod result {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const NOTADB: i32 = 26;
}

/// The primary result code behind an error, where SQLite gave one.
fn primary(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// A failure of the store.
pub(crate) fn store(error: &sqlx::Error) -> Failure {
    let words = || {
        quoted(
            &error
                .as_database_error()
                .map_or_else(|| error.to_string(), |e| e.message().to_owned()),
        )
    };
    match primary(error) {
        Some(result::FULL) => {
            Failure::new(Code::Io, "the disk is full, so the ledger can't be written", NOTHING_LOST)
        }
        Some(result::IOERR) => Failure::new(
            Code::Io,
            format!("the ledger's file can't be read or written: {}", words()),
            "look for a full or failing disk, mend it and run the same command again: nothing was lost",
        ),
        Some(result::READONLY) => {
            Failure::new(Code::Io, "the ledger's file may only be read", RIGHTS)
        }
        Some(result::CANTOPEN) => {
            Failure::new(Code::Io, "the ledger's file can't be opened", RIGHTS)
        }
        Some(result::BUSY | result::LOCKED) => Failure::new(
            Code::Busy,
            "another program keeps the ledger's database to itself",
            "end that program, or wait for it, and run the same command again",
        ),
        Some(result::CORRUPT) => Failure::new(
            Code::BrokenChain,
            format!("the ledger's file is damaged: {}", words()),
            RESTORE,
        ),
        Some(result::NOTADB) => {
            Failure::new(Code::BrokenChain, "the ledger's file holds no ledger", RESTORE)
        }
        _ => Failure::new(
            Code::Ledger,
            format!("the ledger failed: {}", words()),
            "run `pushduty verify`; if the ledger holds, run the same command again",
        ),
    }
}

/// A failure to bring a ledger's form up to this version's.
pub(crate) fn migration(error: MigrateError) -> Failure {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => store(&error),
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => newer(),
        other => Failure::new(
            Code::Ledger,
            format!(
                "the ledger's form can't be brought up to this version's: {}",
                quoted(&other.to_string())
            ),
            "put a backup in its place, or use the version of pushduty that made it",
        ),
    }
}

/// The file's form is of a version to come.
pub(crate) fn newer() -> Failure {
    Failure::new(
        Code::Ledger,
        "the ledger was made by a newer version of pushduty",
        "use that version, or a newer one, on this data directory",
    )
}

/// The chain does not hold.
pub(crate) fn broken(what: impl Into<String>) -> Failure {
    Failure::new(
        Code::BrokenChain,
        what,
        "run `pushduty verify` for the whole of it, and put a backup in its place",
    )
}

/// Entries at the end are gone: a view has seen `seq`.
pub(crate) fn cut_short(seq: i64, head: u64) -> Failure {
    let what = format!("a view has seen entry {seq}, but the ledger ends with entry {head}");
    Failure::new(Code::BrokenChain, what, RESTORE)
}
