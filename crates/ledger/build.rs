//! Has the crate built again when a migration is added: the compiler sees only the files it already knows.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    writeln!(io::stdout(), "cargo:rerun-if-changed=migrations")?;
    writeln!(io::stdout(), "cargo:rerun-if-changed=accounts")?;
    writeln!(io::stdout(), "cargo:rerun-if-changed=wishes")
}
