//! The clock, so that promises about time can be tested.

use jiff::Timestamp;

/// Tells the time that events and tags carry. Time-outs never use it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
