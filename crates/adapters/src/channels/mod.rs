//! Where announcements are handed over to, a module per kind.

mod file;

pub use file::JsonLines;
