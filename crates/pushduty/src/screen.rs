//! The one place that writes to the terminal. Text gets here as [`Line`]s alone, whose parts are filtered as they are put
//! in: no escape code from a commit, a name or a remote reaches a terminal raw.

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::{Arc, OnceLock};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use train::letter::is_harmful;
use unicode_width::UnicodeWidthStr;

/// How a part of a line looks. Colour never stands alone: words say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As the terminal has it.
    Plain,
    /// What the line is about.
    Strong,
    /// What supports it.
    Dim,
    /// Well.
    Good,
    /// Worth a look.
    Odd,
    /// Stopped.
    Bad,
    /// A tag.
    Tag,
    /// Something to follow or to type.
    Link,
}

impl Tone {
    fn style(self) -> Style {
        let color = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => color(AnsiColor::Green),
            Self::Odd => color(AnsiColor::Yellow),
            Self::Bad => color(AnsiColor::Red).bold(),
            Self::Tag => color(AnsiColor::Blue).bold(),
            Self::Link => color(AnsiColor::Cyan),
        }
    }
}

/// Text with control characters made visible.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect()
}

/// A line of text in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    parts: Vec<(Tone, String)>,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of one tone.
    #[must_use]
    pub fn of(tone: Tone, text: impl AsRef<str>) -> Self {
        Self::new().put(tone, text)
    }

    /// A plain line.
    #[must_use]
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::of(Tone::Plain, text)
    }

    /// With one more part.
    #[must_use]
    pub fn put(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.parts.push((tone, clean(text.as_ref())));
        self
    }

    /// With more plain text.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.put(Tone::Plain, text)
    }

    /// With another line's parts.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = (Tone, &str)> {
        self.parts.iter().map(|(tone, text)| (*tone, text.as_str()))
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }

    /// The line as far as it fits into so many columns.
    #[must_use]
    pub fn cut(mut self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut left = columns.saturating_sub(1);
        for (_, text) in &mut self.parts {
            let fits = |c: &char| {
                let taken = c.to_string().width();
                let fits = taken <= left;
                left = if fits { left - taken } else { 0 };
                fits
            };
            *text = text.chars().take_while(fits).collect();
        }
        self.text("…")
    }

    /// The line as it goes to a stream, in colour or plain.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let paint = |(tone, text): &(Tone, String)| {
            let style = tone.style();
            if color && *tone != Tone::Plain {
                format!("{style}{text}{style:#}")
            } else {
                text.clone()
            }
        };
        let line: String = self.parts.iter().map(paint).collect();
        if color { line } else { line.trim_end().to_owned() }
    }
}

/// Rows whose cells line up, two spaces apart; the last column takes what is left.
#[must_use]
pub fn columns(indent: usize, rows: Vec<Vec<Line>>) -> Vec<Line> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(Line::width).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let place = |row: Vec<Line>| {
        let last = row.len().saturating_sub(1);
        row.into_iter().enumerate().fold(Line::plain(" ".repeat(indent)), |line, (at, cell)| {
            let gap = if at == last || widths[at] == 0 { 0 } else { widths[at] - cell.width() + 2 };
            line.then(cell).text(" ".repeat(gap))
        })
    };
    rows.into_iter().map(place).collect()
}

/// Where people's text and documents go.
#[derive(Debug, Clone)]
pub struct Screen {
    /// One document on standard output instead of text.
    pub json: bool,
    /// Whether text may be coloured.
    pub color: bool,
    /// No progress, no remarks.
    pub quiet: bool,
    /// Whether a person can be asked.
    pub asks: bool,
    /// Why something could not be written, the first time that happened.
    lost: Arc<OnceLock<std::io::Error>>,
}

impl Screen {
    /// A screen as the options and the streams have it.
    #[must_use]
    pub fn new(json: bool, color: clap::ColorChoice, no_color: bool, quiet: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let color = match color {
            clap::ColorChoice::Always => true,
            clap::ColorChoice::Never => false,
            clap::ColorChoice::Auto => terminal && !no_color,
        };
        let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal() && !json;
        Self { json, color, quiet, asks, lost: Arc::default() }
    }

    /// Prints people's text on standard output; nothing when a document is wanted.
    pub fn show(&self, lines: &[Line]) {
        if !self.json {
            let text: String = lines.iter().map(|line| line.render(self.color) + "\n").collect();
            self.write(&text);
        }
    }

    /// Whether somebody reads text here as it comes.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !self.json && std::io::stdout().is_terminal()
    }

    /// The same, on which nothing is shown: what happens is told elsewhere.
    #[must_use]
    pub fn dark(&self) -> Self {
        Self { json: true, color: false, quiet: true, ..self.clone() }
    }

    fn write(&self, text: &str) {
        self.printed(|| std::io::stdout().lock().write_all(text.as_bytes()));
    }

    /// Has something printed on standard output, and remembers a failure. A reader that went away is none.
    pub fn printed(&self, print: impl FnOnce() -> std::io::Result<()>) {
        if let Err(error) = print().and_then(|()| std::io::stdout().lock().flush())
            && error.kind() != ErrorKind::BrokenPipe
        {
            let _ = self.lost.set(error);
        }
    }

    /// Why something that belongs on standard output is not there.
    #[must_use]
    pub fn lost(&self) -> Option<&std::io::Error> {
        self.lost.get()
    }

    /// Prints a remark on standard error.
    pub fn tell(&self, line: &Line) {
        if !self.quiet {
            let _ = writeln!(
                std::io::stderr().lock(),
                "{}",
                line.render(self.color && std::io::stderr().is_terminal())
            );
        }
    }

    /// Prints a failure on standard error, quiet or not.
    pub fn fail(&self, lines: &[Line]) {
        let color = self.color && std::io::stderr().is_terminal();
        for line in lines {
            let _ = writeln!(std::io::stderr().lock(), "{}", line.render(color));
        }
    }

    /// Prints announcements on standard error, quiet or not, all at once.
    ///
    /// # Errors
    /// Nobody can know whether they were read.
    pub fn aloud(&self, lines: &[Line]) -> std::io::Result<()> {
        let color = self.color && std::io::stderr().is_terminal();
        let text: String = lines.iter().map(|line| line.render(color) + "\n").collect();
        let mut err = std::io::stderr().lock();
        err.write_all(text.as_bytes()).and_then(|()| err.flush())
    }

    /// Prints a report that was filtered where it was made, on standard error.
    pub fn report(&self, report: &str) {
        let _ = std::io::stderr().lock().write_all(report.as_bytes());
    }

    /// Prints one document on standard output, when that is wanted.
    pub fn document(&self, document: &impl Serialize) {
        if self.json
            && let Ok(text) = serde_json::to_string(document)
        {
            self.write(&(text + "\n"));
        }
    }

    /// Prints text as it is: completions, manual pages, schemas. Nothing from outside goes this way.
    pub fn raw(&self, text: &str) {
        self.write(text);
    }

    /// Prints a text from outside byte for byte, for files and pipes. A terminal gets it line by line and filtered.
    pub fn exact(&self, text: &str) {
        if self.json {
            return;
        }
        if std::io::stdout().is_terminal() {
            let line = |line: &str| Line::plain(line.trim_end_matches('\r').replace('\t', "    "));
            return self.show(&text.lines().map(line).collect::<Vec<_>>());
        }
        self.write(text);
    }

    /// Asks a question on the terminal; no is the answer to anything but yes.
    pub async fn asked(&self, question: &str) -> bool {
        let answer = self.answered(&format!("{question} [y/N]")).await;
        answer.is_some_and(|answer| matches!(answer.as_str(), "y" | "Y" | "yes" | "Yes"))
    }

    /// Asks for a line on the terminal; none where nothing more can be read. The terminal is read on a thread that nothing
    /// waits for, so that an interrupt is heard while the question stands.
    pub async fn answered(&self, question: &str) -> Option<String> {
        {
            let mut err = std::io::stderr().lock();
            let _ = write!(err, "{} ", clean(question));
            let _ = err.flush();
        }
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut answer = String::new();
            let read = matches!(std::io::stdin().read_line(&mut answer), Ok(n) if n > 0);
            let _ = tell.send(read.then(|| answer.trim().to_owned()));
        });
        told.await.ok().flatten()
    }

    /// Ends the line of a question that got no answer.
    pub fn leave_question(&self) {
        let _ = writeln!(std::io::stderr().lock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_from_outside_never_reach_the_terminal() {
        let line = Line::plain("a\u{1b}[31mred\u{9b}2J\r\nb\u{202e}c");
        assert_eq!(line.render(true), "a\u{fffd}[31mred\u{fffd}2J\u{fffd}\u{fffd}b\u{fffd}c");
    }

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let row = |a: &str, b: &str| vec![Line::of(Tone::Strong, a), Line::plain(b)];
        let lines = columns(2, vec![row("日本", "x"), row("abcdef", "y")]);
        let shown: Vec<String> = lines.iter().map(|l| l.render(false)).collect();
        assert_eq!(shown, ["  日本    x", "  abcdef  y"]);
    }
}
