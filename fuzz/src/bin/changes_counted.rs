//! Answers of `git diff-tree -z`, and pull requests in messages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| git::any::changes_counted(bytes));
