//! Law: a file is about a screenful of ideas.
//!
//! Long files are where unrelated things meet and start to lean on each other. Lines of code are counted, without blank
//! lines, comments and tests, so that explaining and testing cost nothing. (Functions are held to 60 lines by
//! clippy.)

use super::code;
use super::law::{Finding, Law};
use crate::workspace::Workspace;

/// The law.
pub const LAW: Law = Law {
    name: "file length",
    reason: "a file is about a screenful of ideas: at most 400 lines of code before its tests, nine in ten at most 220",
    find,
};

/// No file may have more lines of code.
const MOST: usize = 400;
/// Nine files in ten have at most this many.
const MOST_OF_NINE_IN_TEN: usize = 220;

fn find(workspace: &Workspace) -> Finding {
    let mut lengths: Vec<(usize, String)> = workspace
        .sources
        .iter()
        .filter(|source| !source.tests())
        .map(|source| (lines(&source.text), source.path.display().to_string()))
        .collect();
    lengths.sort();
    let Some(longest) = lengths.last() else { return Finding::default() };
    let ninth = lengths[(lengths.len() - 1) * 9 / 10].0;
    let mut broken: Vec<String> = lengths
        .iter()
        .filter(|(lines, _)| *lines > MOST)
        .map(|(lines, path)| format!("{path} has {lines} lines of code"))
        .collect();
    if ninth > MOST_OF_NINE_IN_TEN {
        broken.push(format!("one file in ten has {ninth} lines of code or more"));
    }
    let figure = format!("nine in ten within {ninth}, the longest {} ({})", longest.0, longest.1);
    Finding { broken, figure: Some(figure) }
}

/// Lines of code before the file's own tests.
fn lines(source: &str) -> usize {
    code::before_tests(&code::bare(source)).lines().filter(|line| !line.trim().is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Source;

    fn workspace(files: &[usize]) -> Workspace {
        let file =
            |lines: &usize| Source { text: "let a = 1;\n".repeat(*lines), ..Source::default() };
        Workspace { sources: files.iter().map(file).collect(), ..Workspace::default() }
    }

    #[test]
    fn a_file_over_the_most_is_found() {
        assert!(find(&workspace(&[100; 20])).broken.is_empty());
        let mut files = vec![100; 20];
        files.push(401);
        assert_eq!(find(&workspace(&files)).broken.len(), 1);
    }

    #[test]
    fn many_long_files_are_found_though_none_is_too_long() {
        assert_eq!(find(&workspace(&[221; 10])).broken.len(), 1);
    }

    #[test]
    fn comments_and_tests_do_not_count() {
        assert_eq!(lines("//! a\n\nuse b;\n// c\n#[cfg(test)]\nmod tests {\n  d\n}\n"), 1);
    }
}
