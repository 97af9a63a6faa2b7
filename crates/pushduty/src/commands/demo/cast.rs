//! The people of the demo.

/// The hero of this push.
pub const MARA: &str = "mara";
/// Writes most of what lands.
pub const NOOR: &str = "noor";
/// Is on duty next.
pub const THEO: &str = "theo";
/// Reviews embargoed fixes.
pub const IRIS: &str = "iris";
/// Signs off for QA.
pub const QUINN: &str = "quinn";
/// Brings the push to production.
pub const OTTO: &str = "otto";
