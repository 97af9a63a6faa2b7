//! The events of a ledger.
#![no_main]

#[expect(dead_code, reason = "a target holds one of its functions")]
#[path = "../../../crates/train/tests/any.rs"]
mod any;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any::events(bytes));
