//! Remotes, by URL or path.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::remote_urls(bytes));
