//! One ref of a push, and what is demanded of it.

use train::id::Oid;

/// One ref of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What is pushed: an object's name, or a local ref where that must not be seen in the list of processes (P9).
    pub source: String,
    /// The ref's full name on the remote.
    pub name: String,
    /// What is demanded of it.
    pub demand: Demand,
}

/// What is demanded of a ref before it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Demand {
    /// It moves forward.
    Forward,
    /// There is none of the name.
    Absent,
    /// It names that object.
    At(Oid),
}
