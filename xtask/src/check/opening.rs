//! Law: every module opens by saying what it is for.
//!
//! The compiler asks this of public modules only; a reader needs it of every file. A library crate opens with its
//! README, so that there is one text and not two.

use super::law::{Finding, Law};
use crate::workspace::{Source, Workspace};

/// The law.
pub const LAW: Law = Law {
    name: "module openings",
    reason: "every file opens with `//!` and what it is for; a library's root with its README",
    find,
};

fn find(workspace: &Workspace) -> Finding {
    Finding::of(workspace.sources.iter().filter_map(breach).collect())
}

fn breach(source: &Source) -> Option<String> {
    let root = source.module.as_deref().is_some_and(|module| module.as_os_str() == "lib.rs");
    let first = source.text.trim_start().lines().next().unwrap_or_default();
    let (holds, wanted) = if root {
        (first == r#"#![doc = include_str!("../README.md")]"#, "its README")
    } else {
        (first.starts_with("//! ") || first.starts_with("#![doc = include_str!"), "`//!`")
    };
    (!holds).then(|| format!("{} does not open with {wanted}", source.path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(module: &str, text: &str) -> bool {
        breach(&Source { module: Some(module.into()), text: text.into(), ..Source::default() })
            .is_some()
    }

    #[test]
    fn a_silent_module_is_found() {
        assert!(broken("a.rs", "use b;\n"));
        assert!(!broken("a.rs", "//! What a is for.\nuse b;\n"));
    }

    #[test]
    fn a_library_with_another_text_than_its_readme_is_found() {
        assert!(broken("lib.rs", "//! Something else.\n"));
        assert!(!broken("lib.rs", "#![doc = include_str!(\"../README.md\")]\n"));
    }
}
