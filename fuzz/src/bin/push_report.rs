//! Reports of `git push --porcelain`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::push_report(bytes));
