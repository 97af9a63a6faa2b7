//! Text in columns.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pushduty::any::screen(bytes));
