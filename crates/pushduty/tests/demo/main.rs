//! The demo, as somebody runs it who has just built the program: on a machine of which it knows nothing.

mod parts;
#[expect(dead_code, reason = "a browser asks for its address")]
mod served;
mod steps;
mod terminal;

use std::path::Path;

use testkit::Sealed;

/// The tags of this push on a remote.
fn tags(sealed: &Sealed, remote: &Path) -> Vec<String> {
    let list = sealed.git(remote, &["tag", "--list", "2026.11.26*"]);
    list.lines().map(str::to_owned).collect()
}
