//! `cargo xtask check`: formatting, lints, documents, the laws of the architecture, dependencies.
//!
//! Every part runs, whatever the others say, so that one run shows everything there is to mend.

mod code;
mod cycles;
mod deny;
mod edges;
mod law;
mod laws;
mod length;
mod links;
mod lock;
mod marks;
mod opening;
mod planted;
mod scripts;
mod snapshots;

use std::time::Instant;

use crate::trouble::Trouble;
use crate::workspace::Workspace;
use crate::{docs, process, say};

/// Check formatting, lints, architecture, documents and dependencies.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only these parts
    #[arg(value_enum)]
    only: Vec<Part>,
    /// Fail where a part cannot be checked: no cargo-deny, no advisory database
    #[arg(long)]
    strict: bool,
}

/// A part of the check; the quick ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The architecture: crate edges, file lengths, module circles and the like
    Laws,
    /// The documents: links, the book's summary, generated parts
    Docs,
    /// rustfmt
    Format,
    /// cargo-deny: licences, sources, duplicates, advisories
    Deny,
    /// What pages run in the browser: its types, and whether the bundles are what the sources make
    Scripts,
    /// clippy with warnings denied
    Lints,
    /// rustdoc with warnings denied
    Rustdoc,
}

const PARTS: [Part; 7] =
    [Part::Laws, Part::Docs, Part::Format, Part::Deny, Part::Scripts, Part::Lints, Part::Rustdoc];

/// Runs the parts asked for, or all of them.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let workspace = Workspace::read()?;
    let mut broken = Vec::new();
    for part in PARTS {
        if !arguments.only.is_empty() && !arguments.only.contains(&part) {
            continue;
        }
        let began = Instant::now();
        let name = format!("{part:?}").to_lowercase();
        match part.check(&workspace, arguments.strict) {
            Ok(()) => say::step("holds", &name, began.elapsed()),
            Err(trouble) => {
                say::trouble(&trouble);
                say::step("broken", &name, began.elapsed());
                broken.push(name);
            }
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("the check found something to mend in: {}", broken.join(", ")),
        format!("mend it, then run `cargo xtask check {}`", broken.join(" ")),
    ))
}

impl Part {
    fn check(self, workspace: &Workspace, strict: bool) -> Result<(), Trouble> {
        let mut cargo = process::cargo();
        cargo.current_dir(&workspace.root);
        match self {
            Self::Laws => laws::check(workspace),
            Self::Docs => docs::check(workspace).and_then(|()| links::check(workspace)),
            Self::Format => process::run(cargo.args(["fmt", "--all", "--check"])),
            Self::Deny => deny::check(workspace, strict),
            Self::Scripts => scripts::check(workspace, strict),
            Self::Lints => process::run(cargo.args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--all-features",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ])),
            Self::Rustdoc => process::run(
                cargo
                    .args(["doc", "--workspace", "--no-deps", "--quiet"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
        }
    }
}
