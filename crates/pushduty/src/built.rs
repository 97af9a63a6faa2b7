//! What this program is built from, taken when it is compiled: `PUSHDUTY_SOURCE`, `PUSHDUTY_COMMIT` and `PUSHDUTY_BUILD`.

use web::Built;

/// As far as whoever built it said.
pub const BUILT: Built = Built {
    source: said(option_env!("PUSHDUTY_SOURCE")),
    version: env!("CARGO_PKG_VERSION"),
    commit: said(option_env!("PUSHDUTY_COMMIT")),
    build: said(option_env!("PUSHDUTY_BUILD")),
};

/// A variable that is set to nothing says nothing.
const fn said(text: Option<&'static str>) -> Option<&'static str> {
    match text {
        Some(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The version with its commit, in one line.
pub fn long(built: &Built) -> String {
    let unnamed = || "of a commit that its build did not name".to_owned();
    let commit = built.commit.map_or_else(unnamed, |commit| format!("of commit {commit}"));
    let from = built.source.map(|source| format!("of {source}"));
    let by = built.build.map(|build| format!("built by {build}"));
    let parts: Vec<String> = [Some(commit), from, by].into_iter().flatten().collect();
    format!("{} ({})", built.version, parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_says_its_commit_or_that_nobody_named_it() {
        let plain = Built { source: None, version: "1.2.3", commit: None, build: None };
        assert_eq!(long(&plain), "1.2.3 (of a commit that its build did not name)");
        let whole = Built {
            source: Some("https://git.example.org/pushduty"),
            commit: Some("0123abcd"),
            build: Some("https://ci.example.org/7"),
            ..plain
        };
        let words = "1.2.3 (of commit 0123abcd, of https://git.example.org/pushduty, \
                     built by https://ci.example.org/7)";
        assert_eq!(long(&whole), words);
        assert_eq!(said(Some("")), None);
        assert_eq!(said(Some("0123abcd")), Some("0123abcd"));
    }
}
