//! `notes set` of a long page, against that of a short one.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use testkit::PushDuty;

use super::table::Table;
use super::worlds::{another, remote, train, typed};
use super::{Bench, Benchmark, done, pair};
use crate::trouble::Trouble;

/// The benchmark.
pub const BENCHMARK: Benchmark = Benchmark {
    name: "notes",
    about: "`notes set` of a page of 100 kB, one line of it changed, start to exit.",
    run,
};

/// What it may take.
const MOST: Duration = Duration::from_millis(20);
/// What a long page may cost beside one of 5 kB.
const BOUND: f64 = 2.5;

fn run(bench: &Bench) -> Result<Table, Trouble> {
    let server = remote("server");
    let mut table = Table::default();
    let (long, short) = (Pages::of(bench, &server, 100_000)?, Pages::of(bench, &server, 5_000)?);
    let (mut ours, mut theirs) = (0, 0);
    let pair =
        pair::time(bench.rounds, &mut || long.set(&mut ours), &mut || short.set(&mut theirs))?;
    table.pair("100 kB, against 5", &pair, BOUND);
    table.time("100 kB", pair.ours, MOST);
    Ok(table)
}

/// A train that is cut, and two pages to go to and fro between.
struct Pages {
    world: PushDuty,
    files: [PathBuf; 2],
}

impl Pages {
    fn of(bench: &Bench, server: &testkit::Remote, size: usize) -> Result<Self, Trouble> {
        let world = train(bench).repo(server);
        another(server, 1);
        done(&mut typed(&world, &["adopt", "--because", "a fresh start", "--yes", "--quiet"]))?;
        let files = ["one", "other"].map(|name| world.dir().join(format!("{name}.md")));
        for (at, file) in files.iter().enumerate() {
            fs::write(file, page(size, at)).map_err(|e| {
                Trouble::new(format!("no page can be made: {e}"), "see to the temporary folder")
            })?;
        }
        Ok(Self { world, files })
    }

    fn set(&self, count: &mut usize) -> Result<(), Trouble> {
        let file = self.files[*count % 2].to_string_lossy().into_owned();
        *count += 1;
        done(&mut typed(&self.world, &["notes", "set", &file, "--yes", "--quiet"]))
    }
}

/// A page as people fill it: sections, items with links and owners.
fn page(size: usize, other: usize) -> String {
    let mut page = String::from("This week's push hero is mat\n\nNotable things shipping:\n\n");
    let headings = ["Blockers:", "To pick:", "Before we push:", "After we're done:", "Later:"];
    let mut line = 0;
    for heading in headings {
        page += &format!("\n{heading}\n\n");
        let end = page.len() + size / headings.len();
        while page.len() < end {
            let said = if line == 40 { other } else { 0 };
            page += &format!(
                "* item {line} of somebody, see https://example.org/issues/{line} ({said}) @mat\n"
            );
            line += 1;
        }
    }
    page
}
