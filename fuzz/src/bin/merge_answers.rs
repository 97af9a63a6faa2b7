//! Answers of `git merge-tree --stdin`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::merge_answers(bytes));
