//! Notes that several people write at once: a socket for each editor, a room for each page.

mod opening;
mod presence;
mod room;
mod seat;
mod socket;

pub(crate) use opening::{Opening, called};
pub(crate) use socket::join;
