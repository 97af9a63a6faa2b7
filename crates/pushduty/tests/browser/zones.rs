//! Times, for somebody whose clock is not the train's.

use crate::gallery::Gallery;
use crate::scenario::{played, told};

#[test]
fn times_are_the_readers_with_the_trains_beside_them() {
    let gallery = Gallery::new();
    played("zones", &told(&gallery.world, &gallery.server, &["mat", "jason"]));
}
