//! Commit and tag objects.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::commit_objects(bytes));
