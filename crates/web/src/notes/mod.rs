//! Notes that several people write at once: a socket for each editor, a room for each page.

mod allowance;
mod opening;
mod presence;
mod room;
mod seat;
mod socket;

pub(crate) use allowance::Allowances;
pub(crate) use opening::Opening;
pub(crate) use socket::join;
