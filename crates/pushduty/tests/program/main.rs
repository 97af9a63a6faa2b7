//! What is around the work: the first configuration, completions, manual pages, and what every command has in common.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod dry_runs;
mod every_command;
mod init_fails;
mod init_guesses;
mod init_works;
mod manual;
mod planned;
mod running;
mod shells;
mod tree;
