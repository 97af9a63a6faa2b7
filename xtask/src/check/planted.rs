//! Law: every planted bug still applies.
//!
//! A bug whose text moved away proves nothing. It is told here within a second, and not after the copy is built.

use super::law::{Finding, Law};
use crate::planted;
use crate::workspace::{Workspace, read};

/// The law.
pub const LAW: Law = Law {
    name: "planted bugs",
    reason: "a bug is planted where its old text stands exactly once; write it anew in bugs.toml",
    find,
};

fn find(workspace: &Workspace) -> Finding {
    let bugs = match planted::all() {
        Ok(bugs) => bugs,
        Err(trouble) => return Finding::of(vec![trouble.to_string()]),
    };
    let broken = bugs.iter().filter_map(|bug| {
        let text = match read(&workspace.root.join(&bug.file)) {
            Ok(text) => text,
            Err(trouble) => return Some(format!("{}: {trouble}", bug.name)),
        };
        judge(&text, &bug.old, &bug.new).map(|what| format!("{}: {what} {}", bug.name, bug.file))
    });
    let broken: Vec<String> = broken.collect();
    Finding { broken, figure: Some(format!("{} for the promises", bugs.len())) }
}

/// What is wrong with a bug's place, if anything.
fn judge(text: &str, old: &str, new: &str) -> Option<String> {
    match text.matches(old).count() {
        _ if old == new => Some("it changes nothing in".into()),
        1 => None,
        count => Some(format!("its old text is {count} times in")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_gone_or_twice_there_is_found() {
        assert_eq!(judge("one two", "two", "three"), None);
        assert!(judge("one", "two", "three").is_some());
        assert!(judge("two two", "two", "three").is_some());
        assert!(judge("two", "two", "two").is_some());
    }
}
