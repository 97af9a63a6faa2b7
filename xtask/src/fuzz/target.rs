//! A fuzz target: what it is about, its run, and what came of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::trouble::Trouble;
use crate::workspace::{Workspace, files, read};

/// Longest input that is tried, in bytes.
const LONGEST: usize = 8192;
/// Seconds that one input may take: what takes longer is a find.
const PATIENCE: u64 = 10;
/// Megabytes that a run may take.
const MEMORY: u64 = 1024;

/// A file of `fuzz/src/bin`.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What it hands over, one sentence.
    pub about: String,
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// How much was tried.
    pub figures: String,
    /// The input that breaks, where one does.
    pub find: Option<PathBuf>,
    /// What the program said last.
    pub words: String,
}

/// Every target, by name.
pub fn all(workspace: &Workspace) -> Result<Vec<Target>, Trouble> {
    let paths = files(&workspace.root.join("fuzz/src/bin"), "rs")?;
    paths.iter().map(|path| Ok(Target::of(path, &read(path)?))).collect()
}

impl Target {
    fn of(path: &Path, text: &str) -> Self {
        let about = text.lines().next().unwrap_or_default().trim_start_matches("//! ");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Self { name, about: about.to_owned() }
    }

    /// Runs the target for so many seconds, from its seeds and from what earlier runs found interesting.
    pub fn run(
        &self,
        workspace: &Workspace,
        programs: &Path,
        seconds: u64,
    ) -> Result<Ran, Trouble> {
        let kept = workspace.target.join("fuzz");
        let (corpus, finds) = (kept.join("corpus").join(&self.name), kept.join("finds"));
        for folder in [&corpus, &finds] {
            fs::create_dir_all(folder).map_err(|e| {
                Trouble::new(format!("{} cannot be made: {e}", folder.display()), "see whose it is")
            })?;
        }
        let find = finds.join(&self.name);
        // A find of an earlier run is not this one's.
        let _ = fs::remove_file(&find);
        let mut command = Command::new(programs.join(&self.name));
        command
            .arg(&corpus)
            .arg(workspace.root.join("fuzz/seeds").join(&self.name))
            .arg(format!("-exact_artifact_path={}", find.display()))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-timeout={PATIENCE}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg("-print_final_stats=1")
            .env("RUST_BACKTRACE", "0");
        let output = process::output(&mut command)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let words: Vec<&str> = said.lines().rev().take(40).collect();
        let words = words.into_iter().rev().collect::<Vec<_>>().join("\n");
        if !output.status.success() && !find.is_file() {
            let what = format!("{} did not run: {}\n{words}", self.name, output.status);
            return Err(Trouble::new(what, "its words are above"));
        }
        let find = (!output.status.success()).then_some(find);
        Ok(Ran { figures: figures(&said), find, words })
    }

    /// How a person keeps a find as a seed.
    pub fn keep(&self, find: &Path) -> String {
        format!("cp {} fuzz/seeds/{}/WHAT_IT_SHOWS", find.display(), self.name)
    }
}

/// How many inputs were tried and how many edges of the program they reached, in libFuzzer's words.
fn figures(said: &str) -> String {
    let tried = said.lines().find_map(|l| l.strip_prefix("stat::number_of_executed_units:"));
    let reached = said.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "cov:");
        words.nth(1)
    });
    let word = |found: Option<&str>| found.map_or("?", str::trim).to_owned();
    format!("{} inputs, {} edges", word(tried), word(reached))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_libfuzzers_last() {
        let said = "#2\tINITED cov: 5 ft: 6 corp: 1/1b\n#9\tDONE   cov: 12 ft: 13 corp: 4/9b\nstat::number_of_executed_units: 4096\n";
        assert_eq!(figures(said), "4096 inputs, 12 edges");
        assert_eq!(figures(""), "? inputs, ? edges");
    }

    #[test]
    fn every_target_has_seeds_and_a_test_that_holds_it_too() {
        let workspace = Workspace::read().expect("the workspace is read");
        let targets = all(&workspace).expect("the targets are read");
        let seeds = workspace.root.join("fuzz/seeds");
        for Target { name, about } in &targets {
            assert!(about.ends_with('.'), "{name} says what it is about");
            let held = format!("hold(\"{name}\"");
            assert!(workspace.sources.iter().any(|s| s.text.contains(&held)), "{name} is held");
        }
        let named = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut folders: Vec<String> = fs::read_dir(seeds)
            .expect("there are seeds")
            .map(|e| named(e.expect("a folder")))
            .collect();
        folders.sort();
        assert_eq!(folders, targets.iter().map(|t| t.name.clone()).collect::<Vec<_>>());
    }
}
