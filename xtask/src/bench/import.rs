//! `import notes` of a team's own pages of four years, against git reading the same files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use testkit::{PushDuty, Sealed};

use super::table::Table;
use super::worlds::{git, remote, train, typed, word};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;
use crate::workspace::files;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "import",
    about: "`import notes` of 194 real pages, start to exit, against `git hash-object` of the same files.",
    run,
};

/// What it may take.
const MOST: Duration = Duration::from_secs(1);
/// What reading and judging all pages may cost beside reading and hashing their bytes.
const BOUND: f64 = 60.0;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let notes = testkit::shared("data/notes");
    let pages: Vec<PathBuf> = files(&notes, "md")?;
    if pages.len() != 194 {
        return Err(Trouble::new(
            format!("{} has {} pages, not 194", notes.display(), pages.len()),
            "put the project's shared data where the tests look for it",
        ));
    }
    let server = remote("addons-server");
    let compare = "compare = \"https://github.com/mozilla/addons-server/compare/{base}...{head}\"";
    let world = train(bench).repo_at("addons-server", &server.url(), compare);
    done(&mut typed(&world, &["compare", "--quiet"]))?;
    let mut table = Table::default();
    let pair = dry(bench, &world, &notes, &pages)?;
    table.pair("194 pages, read and judged", &pair, BOUND);
    table.time("194 pages, read and judged", pair.ours, MOST);
    for what in ["194 pages, into a fresh record", "194 pages, once more"] {
        let began = Instant::now();
        done(&mut typed(&world, &["import", "notes", &word(&notes), "--yes", "--quiet"]))?;
        table.time(what, began.elapsed(), MOST);
    }
    Ok(table)
}

fn dry(
    bench: &Bench,
    world: &PushDuty,
    notes: &Path,
    pages: &[PathBuf],
) -> Result<pair::Pair, Trouble> {
    let home = Sealed::new();
    let mut words = vec!["hash-object".to_owned(), "--".to_owned()];
    words.extend(pages.iter().map(|page| word(page)));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ours =
        &mut || done(&mut typed(world, &["import", "notes", &word(notes), "--dry-run", "--quiet"]));
    let theirs = &mut || git(&home, notes, &words);
    pair::time(bench.rounds, ours, theirs)
}
