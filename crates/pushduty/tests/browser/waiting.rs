//! What waits for somebody, on its page and as notifications.

use crate::scenario::House;

#[test]
fn what_waits_is_answered_put_off_and_told_once() {
    let house = House::new();
    house.plays_with_a_commit("waiting", &["mat", "kumar", "krupa"]);
    let kept = house.world.hero("mat").types("notes show").ok().stdout;
    assert!(kept.contains("the css is gone"), "{kept}");
}
