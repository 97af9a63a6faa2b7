//! Updates of a page of notes.
#![no_main]

#[path = "../../../crates/notes/tests/any.rs"]
mod any;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any::notes_updates(bytes));
