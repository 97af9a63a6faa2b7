//! Command lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pushduty::any::command_line(bytes));
