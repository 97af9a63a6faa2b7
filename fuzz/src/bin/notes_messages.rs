//! Messages of editors of a page.
#![no_main]

#[path = "../../../crates/notes/tests/any.rs"]
mod any;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any::notes_messages(bytes));
