//! Standard error, and other text that is shown.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::shown_words(bytes));
