//! The browser of whoever sits at this machine.

use std::process::{Command, Stdio};

use crate::stage::sandbox::unsealed;

/// What opens an address on this platform.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Asks the desktop to open an address of ours; false where it can't be asked. Nobody waits for it.
pub fn open(address: &str) -> bool {
    let mut command = Command::new(OPENER);
    unsealed(&mut command);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}
