//! Records of `git log -z`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::log_records(bytes));
