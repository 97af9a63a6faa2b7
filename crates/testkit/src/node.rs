//! Scripts of `web/tests`, run by node with the packages of `web/`.

use std::path::Path;
use std::process::Command;

/// A script of `web/tests`, to be run by node.
///
/// # Panics
/// Where the packages are missing; nothing is skipped for that.
#[must_use]
pub fn node(script: &str) -> Command {
    let web = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web"));
    assert!(
        web.join("node_modules").is_dir(),
        "web/node_modules is missing: run cargo xtask test, or npm ci in web/"
    );
    let mut node = Command::new("node");
    node.arg(web.join("tests").join(script));
    node
}
