//! What a benchmark found, in rows: ours, what it is held against, the ratio, and the bound on it.

use std::fmt;
use std::time::Duration;

use super::pair::Pair;

/// The rows of one benchmark.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    what: String,
    ours: String,
    against: String,
    ratio: Option<f64>,
    spread: Option<(f64, f64)>,
    bound: f64,
}

impl Row {
    fn over(&self) -> bool {
        // What is no number, as of nothing by nothing, keeps no bound.
        self.ratio.is_some_and(|ratio| ratio.is_nan() || ratio > self.bound)
    }
}

impl Table {
    /// Adds a pair: ours may take at most `bound` times as long as theirs.
    pub fn pair(&mut self, what: &str, pair: &Pair, bound: f64) {
        self.rows.push(Row {
            what: what.into(),
            ours: milliseconds(pair.ours),
            against: milliseconds(pair.theirs),
            ratio: Some(pair.ratio),
            spread: Some(pair.spread),
            bound,
        });
    }

    /// Adds a time, ours and theirs: ours may be at most `bound` of theirs.
    pub fn against(&mut self, what: &str, [ours, theirs]: [Duration; 2], bound: f64) {
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        self.ratio(what, [milliseconds(ours), milliseconds(theirs)], ratio, bound);
    }

    /// Adds a rate, ours and theirs, of which more is better: theirs may be at most `bound` of ours.
    pub fn rates(&mut self, what: &str, [ours, theirs]: [u32; 2], bound: f64) {
        let ratio = f64::from(theirs) / f64::from(ours);
        self.ratio(what, [ours, theirs].map(|rate| rate.to_string()), ratio, bound);
    }

    /// Adds what memory grew by, ours and theirs in bytes: ours may be at most `bound` of theirs.
    pub fn grown(&mut self, what: &str, [ours, theirs]: [f64; 2], bound: f64) {
        let shown = [ours, theirs].map(|bytes| format!("{:.1} MB", bytes / 1e6));
        self.ratio(what, shown, ours / theirs, bound);
    }

    fn ratio(&mut self, what: &str, [ours, against]: [String; 2], ratio: f64, bound: f64) {
        let (what, ratio) = (what.to_owned(), Some(ratio));
        self.rows.push(Row { what, ours, against, ratio, spread: None, bound });
    }

    /// Adds a time that may be at most `most`.
    pub fn time(&mut self, what: &str, time: Duration, most: Duration) {
        self.rows.push(Row {
            what: what.into(),
            ours: milliseconds(time),
            against: milliseconds(most),
            ratio: Some(time.as_secs_f64() / most.as_secs_f64()),
            spread: None,
            bound: 1.0,
        });
    }

    /// Adds a number of things that may be at most `most`.
    pub fn count(&mut self, what: &str, count: usize, most: usize) {
        self.rows.push(Row {
            what: what.into(),
            ours: count.to_string(),
            against: most.to_string(),
            ratio: Some(count as f64 / most as f64),
            spread: None,
            bound: 1.0,
        });
    }

    /// Adds a size in bytes that may be at most `most`; nothing where it could not be measured.
    pub fn bytes(&mut self, what: &str, bytes: Option<u64>, most: u64) {
        self.rows.push(Row {
            what: what.into(),
            ours: bytes.map_or("not measured".into(), megabytes),
            against: megabytes(most),
            ratio: bytes.map(|bytes| bytes as f64 / most as f64),
            spread: None,
            bound: 1.0,
        });
    }

    /// Whether a bound is not kept.
    pub fn over(&self) -> bool {
        self.rows.iter().any(Row::over)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max().unwrap_or_default();
        writeln!(
            f,
            "  {:width$}  {:>12}  {:>12}  {:>6}  {:>6}",
            "", "ours", "against", "ratio", "bound"
        )?;
        for row in &self.rows {
            let ratio = row.ratio.map_or("-".into(), |ratio| format!("{ratio:.2}"));
            let word = if row.over() { "over" } else { "" };
            let spread = row
                .spread
                .map_or(String::new(), |(low, high)| format!("  ({low:.2} to {high:.2})"));
            let line = format!(
                "  {:width$}  {:>12}  {:>12}  {ratio:>6}  {:>6.2}  {word:<4}{spread}",
                row.what, row.ours, row.against, row.bound
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_not_kept_is_marked() {
        let pair = Pair {
            ours: Duration::from_millis(26),
            theirs: Duration::from_millis(20),
            ratio: 1.3,
            spread: (1.2, 1.4),
        };
        let mut table = Table::default();
        table.pair("cut", &pair, 1.3);
        table.bytes("memory", None, 40_000_000);
        table.time("status", Duration::from_millis(40), Duration::from_millis(40));
        table.count("files", 3, 3);
        assert!(!table.over());
        table.pair("cut again", &pair, 1.29);
        table.bytes("binary", Some(21_000_000), 20_000_000);
        assert!(table.over());
        let text = table.to_string();
        assert_eq!(text.matches("over").count(), 2, "{text}");
        assert!(
            text.contains(
                "cut again       26.0 ms       20.0 ms    1.30    1.29  over  (1.20 to 1.40)"
            ),
            "{text}"
        );
    }
}
