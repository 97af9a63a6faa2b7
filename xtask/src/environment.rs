//! What the tasks read from the environment, in one place.
#![expect(clippy::disallowed_methods, reason = "this module is where xtask reads the environment")]

use std::ffi::OsString;
use std::path::PathBuf;

/// The cargo that runs this task, so that its children use the same toolchain.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Whether this is a continuous integration run: nobody is there to ask.
pub fn ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Where tools built for the checks are kept between runs, outside any clone: `PUSHDUTY_TOOLS`, or a folder in the
/// user's cache.
pub fn tools() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("PUSHDUTY_TOOLS").or_else(|| {
        let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
        Some(cache.join("pushduty-tools"))
    })
}
