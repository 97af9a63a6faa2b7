//! Building and running tests in the copy. A bug that does not compile, and a test that does not run, prove nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::trouble::Trouble;

use super::bugs::Bug;
use super::copy::Copy;

/// How long tests may run. A bug that lets its test hang is seen by it as well as one that lets it fail.
const LIMIT: Duration = Duration::from_mins(5);

/// Runs the tests of all bugs without any; all must pass.
pub fn green(copy: &Copy, bugs: &[Bug]) -> Result<(), Trouble> {
    let mut tests: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for bug in bugs {
        tests.entry((&bug.package, &bug.binary)).or_default().insert(&bug.test);
    }
    for ((package, binary), tests) in tests {
        build(copy, package, binary)?;
        let tests: Vec<&str> = tests.into_iter().collect();
        let ran = tried(copy, package, binary, &tests)?;
        if ran.failed > 0 || ran.passed != tests.len() {
            return Err(Trouble::new(
                format!(
                    "without a bug {} of {} tests of {package} pass:\n{}",
                    ran.passed,
                    tests.len(),
                    ran.words
                ),
                format!("mend them, or their names in bugs.toml: {}", tests.join(", ")),
            ));
        }
    }
    Ok(())
}

/// Whether the bug's test fails with the bug planted. The copy is as it was afterwards.
pub fn red(copy: &Copy, bug: &Bug) -> Result<bool, Trouble> {
    let own = copy.plant(bug)?;
    let ran = build(copy, &bug.package, &bug.binary)
        .and_then(|()| tried(copy, &bug.package, &bug.binary, &[&bug.test]));
    copy.put(Path::new(&bug.file), own.as_bytes())?;
    match ran? {
        Ran { passed: 0, failed: 0, .. } => Err(Trouble::new(
            format!("{} ran no test", bug.name),
            "mend the test's name in bugs.toml",
        )),
        ran => Ok(ran.failed > 0),
    }
}

/// What the test runner counted.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    passed: usize,
    failed: usize,
    words: String,
}

impl Ran {
    /// Of tests that were ended: they did not pass.
    fn hung(tests: &[&str]) -> Self {
        let words = format!("ended after {} minutes", LIMIT.as_secs() / 60);
        Self { passed: 0, failed: tests.len(), words }
    }
}

fn build(copy: &Copy, package: &str, binary: &str) -> Result<(), Trouble> {
    let output = process::output(cargo(copy, package, binary).args(["--quiet", "--no-run"]))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("{package} does not build:\n{}", String::from_utf8_lossy(&output.stderr)),
        "a planted bug has to compile: mend it in bugs.toml",
    ))
}

fn tried(copy: &Copy, package: &str, binary: &str, tests: &[&str]) -> Result<Ran, Trouble> {
    let mut cargo = cargo(copy, package, binary);
    let ran = cargo.args(["--quiet", "--", "--exact"]).args(tests);
    let Some(output) = process::output_within(ran, LIMIT)? else { return Ok(Ran::hung(tests)) };
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    counted(&words).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        Trouble::new(
            format!("the tests of {package} gave no result: {}\n{errors}", output.status),
            "run the same test by hand",
        )
    })
}

/// Reads `test result: FAILED. 0 passed; 1 failed; …`.
fn counted(words: &str) -> Option<Ran> {
    let line = words.lines().rev().find_map(|line| line.strip_prefix("test result: "))?;
    let (_, counts) = line.split_once(". ")?;
    let count = |name: &str| {
        let of = |part: &str| part.trim().strip_suffix(name).map(|n| n.trim().parse::<usize>());
        counts.split(';').find_map(of)?.ok()
    };
    let (passed, failed) = (count("passed")?, count("failed")?);
    Some(Ran { passed, failed, words: words.to_owned() })
}

/// `cargo test` of one test binary in the copy. Dependencies are built plainly: they are built once and run little.
fn cargo(copy: &Copy, package: &str, binary: &str) -> Command {
    let mut cargo = process::cargo();
    cargo.current_dir(&copy.root).env("CARGO_TARGET_DIR", &copy.target);
    let plain = [r#"profile.dev.package."*".opt-level=0"#, "profile.dev.debug=false"];
    cargo.args(["test", "--locked", "--package", package]);
    cargo.args(plain.iter().flat_map(|setting| ["--config", setting]));
    match binary {
        "lib" => cargo.arg("--lib"),
        binary => cargo.args(["--test", binary]),
    };
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_hangs_has_not_passed() {
        let ran = Ran::hung(&["one", "two"]);
        assert_eq!((ran.passed, ran.failed, &*ran.words), (0, 2, "ended after 5 minutes"));
    }

    #[test]
    fn the_runners_last_line_is_read() {
        let ran = |words: &str| counted(words).map(|ran| (ran.passed, ran.failed));
        let line = "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.0s";
        assert_eq!(ran(&format!("running 1 test\n\n{line}\n")), Some((0, 1)));
        assert_eq!(ran("test result: ok. 12 passed; 0 failed; 0 ignored"), Some((12, 0)));
        assert_eq!(ran("error: could not compile"), None);
    }
}
