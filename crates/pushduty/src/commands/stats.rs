//! `stats`: past pushes in numbers, and as plots.

use std::io::Write;
use std::path::{Path, PathBuf};

use conductor::HistoryWish;
use conductor::failure::Failure;
use conductor::view::StatsView;
use jiff::civil::Date;
use train::id::quoted;
use train::refusal::{Code, Refusal};
use train::stats::{Stats, bars, timeline};

use super::named;
use crate::session::{Ended, Session};
use crate::words;

/// Past pushes in numbers: cadence, re-tags, picks, lead time, what held us, fairness, DORA's four
///
/// What is not known of a push is left out and counted as such; nothing is guessed. The book's page on history has each
/// definition. With --svg each figure is also a plot in a file of its own, readable in light and dark.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  pushduty stats
  pushduty stats --from 2020.01.01 --to 2020.12.31
  pushduty stats --svg plots")]
pub struct Args {
    /// From the push of this day on
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    from: Option<Date>,
    /// Until the push of this day
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    to: Option<Date>,
    /// Write plots into this folder, over those that are there
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
}

/// Counts, and shows.
pub async fn run(args: &Args, session: &Session) -> Ended {
    let wish = HistoryWish { from: args.from, to: args.to, ..HistoryWish::default() };
    let StatsView { train, stats, .. } = session.desk().await?.stats(&wish).await?;
    session.header().await?;
    session.screen.show(&words::stats(&stats));
    let mut files = Vec::new();
    if let Some(folder) = &args.svg {
        files = write(folder, &stats)?;
        session.screen.show(&words::plots(&files));
    }
    session.document(StatsView { train, stats, files }).await
}

/// Each plot with its file's name.
fn plots(stats: &Stats) -> Vec<(&'static str, String)> {
    let heroes: Vec<(String, f64)> = stats
        .fairness
        .heroes
        .iter()
        .map(|turns| {
            (turns.hero.clone(), f64::from(u32::try_from(turns.turns).unwrap_or(u32::MAX)))
        })
        .collect();
    let figures = stats.figures().into_iter();
    let figures = figures.map(|(file, title, figure)| (file, timeline(title, figure)));
    figures.chain([("fairness", bars("Turns by hero", "pushes", &heroes))]).collect()
}

fn write(folder: &Path, stats: &Stats) -> Result<Vec<String>, Failure> {
    let shown = quoted(&folder.display().to_string());
    let failed = |what: &str, e: &std::io::Error| {
        let hint = "name a folder that can be written";
        Refusal::new(Code::Io, format!("{what} {shown} can't be written: {e}"), hint)
    };
    std::fs::create_dir_all(folder).map_err(|e| failed("the folder", &e))?;
    let mut written = Vec::new();
    for (name, plot) in plots(stats) {
        let path = folder.join(format!("{name}.svg"));
        // Whole or not at all, and never through a link to somewhere else.
        let kept = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(plot.as_bytes())?;
            file.persist(&path).map_err(std::io::Error::from)
        });
        kept.map_err(|e| failed("a plot in", &e))?;
        written.push(path.display().to_string());
    }
    Ok(written)
}
