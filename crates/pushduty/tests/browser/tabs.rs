//! Many tabs of one browser, which has few connections for all of them.

use crate::scenario::House;

#[test]
fn of_many_tabs_the_one_in_sight_is_live_and_none_keeps_another_from_loading() {
    House::new().plays_with_a_gate("tabs", &["mat", "kumar"]);
}
