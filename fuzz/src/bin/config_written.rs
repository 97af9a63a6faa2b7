//! What `init` writes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pushduty::any::config_written(bytes));
