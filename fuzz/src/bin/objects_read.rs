//! Answers of `git cat-file --batch`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::objects_read(bytes));
