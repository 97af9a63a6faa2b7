//! The program: all of it is in the library beside, so that tests reach its parts.

use std::process::ExitCode;

fn main() -> ExitCode {
    pushduty::run()
}
