//! Notes that are written live.

use crate::scenario::{House, PUSH, played};

#[test]
fn two_write_at_once_and_one_comes_back_from_offline() {
    let house = House::new();
    house.plays("together", &["kumar", "krupa"]);
    let kept = house.world.hero("mat").types(&format!("notes show --push {PUSH}")).ok().stdout;
    assert!(kept.contains("* kumar was here, and wrote in a tunnel"), "{kept}");
}

#[test]
fn what_was_typed_offline_outlives_its_page_for_whoever_typed_it() {
    let house = House::new();
    house.plays("drafts", &["kumar", "krupa"]);
    let who = house.world.hero("mat").types(&format!("notes show --who --push {PUSH}")).ok().stdout;
    let line = who.lines().find(|line| line.contains("* written in it"));
    assert!(line.is_some_and(|line| line.contains("kumar (")), "{who}");
    assert!(!who.contains("never to be seen"), "{who}");
}

#[test]
fn markup_in_the_notes_is_text() {
    House::new().plays("foreign", &["kumar", "krupa"]);
}

#[test]
fn people_and_what_the_machine_wrote_stand_out_with_a_script_and_without() {
    House::new().plays("marks", &["kumar", "krupa"]);
}

#[test]
fn nothing_serious_is_found_on_pages_with_notes() {
    House::new().plays("looks", &["kumar", "krupa"]);
}

#[test]
fn an_earlier_version_is_looked_at_and_brought_back() {
    House::new().plays("past", &["kumar", "krupa"]);
}

#[test]
fn without_a_script_by_keyboard_and_too_much() {
    House::new().plays("edges", &["kumar", "krupa"]);
}

#[test]
fn whoever_is_signed_out_goes_on_later() {
    House::new().plays("signed_out", &["kumar", "krupa"]);
}

#[test]
fn whoever_only_reads_reads_along() {
    House::serving("--public").plays("reading", &["kumar"]);
}

#[test]
fn lines_are_read_for_the_eye() {
    played("words", &serde_json::Value::Null);
}
