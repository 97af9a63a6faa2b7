//! Lists of refs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::refs_listed(bytes));
