//! `notes`, `block`, `unblock`, `task`: the page of a push, which everybody writes in.
//!
//! Every writing is an event with what was written as the shared document has it, so that who wrote what, every earlier
//! version and the items' history follow from the ledger. A page by now is kept beside them, as a view.

mod carry;
mod day;
mod embargo;
mod live;
mod machine;
mod past;
mod plan;
mod reading;
mod replay;
mod sheet;
mod show;
mod trailers;
mod typed;

pub use day::PageTime;
pub(crate) use day::not_up_to_date;
pub use live::LivePage;
use plan::TO_WRITE;
pub(crate) use plan::plan;
pub use plan::{NotesDone, NotesPlan};
pub(crate) use sheet::Sheet;
pub use show::ShownNotes;

/// The longest page that is taken, in bytes: ten times the longest of eight years of real ones.
pub const LONGEST: usize = 1_000_000;

/// The name that the machine writes by.
pub const MACHINE: &str = "pushduty";
