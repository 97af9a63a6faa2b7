//! What a use case ends with when it does not end well.

use train::refusal::{Code, Refusal};

/// The failure of a use case is a refusal: a stable code, what happened, what to do.
pub type Failure = Refusal;

/// What a use case or a port returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// A failure of this machine: reading, writing, starting a process.
pub fn io(what: &str, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::StorageFull => {
            "free some disk space and run the same command again: nothing was lost"
        }
        std::io::ErrorKind::PermissionDenied => {
            "give this user the right to it, or choose another place with --data"
        }
        _ => "mend it and run the same command again: nothing was lost",
    };
    Failure::new(Code::Io, format!("{what}: {error}"), hint)
}
