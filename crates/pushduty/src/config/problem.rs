//! What is wrong with a configuration, where, and what to do: shown with a caret to people, on one line to scripts.

use super::plain::safe;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};
use train::letter::is_harmful;
use train::refusal::{Code, Refusal};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The bytes of the file it is about.
    pub span: Range<usize>,
    /// Whether those bytes may be a secret, never to be shown.
    pub hidden: bool,
}

/// How many mistakes are told at once.
const MOST: usize = 100;

/// What was found wrong so far.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes one; the same thing said again of the same place is dropped (several trains may share a part), and so is what
    /// nobody would read after a hundred others.
    pub fn add(&mut self, problem: Problem) {
        if self.0.len() < MOST && !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// Notes a sentence about a place.
    pub fn at(&mut self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let (message, help) = (message.into(), help.into());
        self.add(Problem { message, help, span: span.clone(), hidden: false });
    }

    /// The value, or nothing after noting why there is none.
    pub fn take<T, E: fmt::Display>(
        &mut self,
        span: &Range<usize>,
        read: Result<T, E>,
        help: &str,
    ) -> Option<T> {
        read.map_err(|why| self.at(span, why.to_string(), help)).ok()
    }

    /// The address, or nothing after noting what is wrong with it.
    pub fn address(
        &mut self,
        span: &Range<usize>,
        read: Result<String, super::remote::Wrong>,
    ) -> Option<String> {
        read.map_err(|(what, help)| self.at(span, what, help)).ok()
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order of the file.
    #[must_use]
    pub fn in_order(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|p| p.span.start);
        self.0
    }
}

/// Why there is no configuration to work with. Exit code 2.
#[derive(Debug)]
pub struct ConfigError {
    code: Code,
    file: String,
    located: Vec<Located>,
    plain: Option<(String, String)>,
}

/// One problem with the file it is in.
#[derive(Debug)]
struct Located {
    problem: Problem,
    line: usize,
    column: usize,
    source: NamedSource<Arc<String>>,
}

impl ConfigError {
    /// Something that is about no place in a file.
    #[must_use]
    pub fn plain(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        let plain = Some((message.into(), help.into()));
        Self { code, file: String::new(), located: Vec::new(), plain }
    }

    /// What is wrong in the file of that name.
    #[must_use]
    pub fn located(file: &str, text: &str, problems: Problems) -> Self {
        let problems = problems.in_order();
        let file = safe(file);
        let source = Arc::new(shown(text, &problems));
        let locate = |problem: Problem| {
            let (line, column) = place(text, problem.span.start);
            Located {
                problem,
                line,
                column,
                source: NamedSource::new(&file, Arc::clone(&source)).with_language("TOML"),
            }
        };
        let located = problems.into_iter().map(locate).collect();
        Self { code: Code::Configuration, file, located, plain: None }
    }

    /// The problems, in the order of the file; none where the file itself is missing.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.located.iter().map(|l| &l.problem)
    }

    /// For people: each problem with its line and a caret. Ends with a line break.
    #[must_use]
    pub fn render(&self, colour: bool, width: usize) -> String {
        let theme =
            if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width.max(40));
        let mut out = String::new();
        let draw = |out: &mut String, diagnostic: &dyn Diagnostic| {
            // Writing to a string does not fail; what miette itself may refuse is still said, without its drawing.
            if handler.render_report(out, diagnostic).is_err() {
                out.push_str(&diagnostic.to_string());
                out.push('\n');
            }
        };
        if self.located.is_empty() {
            draw(&mut out, self);
        }
        for (n, located) in self.located.iter().enumerate() {
            if n > 0 {
                out.push('\n');
            }
            draw(&mut out, located);
        }
        out
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((message, _)) = &self.plain {
            return f.write_str(message);
        }
        for (n, l) in self.located.iter().enumerate() {
            let gap = if n == 0 { "" } else { "; " };
            write!(f, "{gap}{}:{}:{}: {}", self.file, l.line, l.column, l.problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Diagnostic for ConfigError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.plain.as_ref().map(|(_, help)| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.located.iter().map(|l| l as &dyn Diagnostic)))
    }
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        let first = error.located.first().map(|l| l.problem.help.clone());
        let hint = first.or_else(|| error.plain.as_ref().map(|(_, help)| help.clone()));
        Self::new(error.code, error.to_string(), hint.unwrap_or_default())
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Located {}

impl Diagnostic for Located {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // A span over several lines is marked at its first: the caret is to point, not to frame.
        let text = self.source.inner().as_str();
        let start = self.problem.span.start.min(text.len());
        let end = self.problem.span.end.clamp(start, text.len());
        let length = text.get(start..end).map_or(0, |t| t.lines().next().unwrap_or("").len());
        Some(Box::new(std::iter::once(LabeledSpan::new(None, start, length))))
    }
}

/// Line and column of a byte, both from 1; the column counts characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The file as it may be shown: byte for byte as long, without what could lead a terminal and without passwords.
fn shown(text: &str, problems: &[Problem]) -> String {
    let mut hide: Vec<Range<usize>> =
        problems.iter().filter(|p| p.hidden).map(|p| p.span.clone()).collect();
    hide.extend(passwords(text));
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c == '\n' || c == '\t' {
            out.push(c);
        } else if c == '\r' && text[at..].starts_with("\r\n") {
            out.push(' ');
        } else if is_harmful(c) {
            out.push_str(&"?".repeat(c.len_utf8()));
        } else if hide.iter().any(|h| h.contains(&at)) {
            out.push_str(&"*".repeat(c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

/// Where the file has `//user:password@` or a user that looks like a token: the password or the token.
fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("//") {
        let rest = &text[at + 2..];
        let ends = |c: char| c == '/' || c == '"' || c == '\'' || c.is_whitespace();
        let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let Some(user_end) = authority.rfind('@') else { continue };
        let from = authority[..user_end].find(':').map_or(0, |colon| colon + 1);
        if from > 0 || git::url::is_token(&authority[..user_end]) {
            found.push(at + 2 + from..at + 2 + user_end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, span: Range<usize>) -> ConfigError {
        let mut problems = Problems::default();
        problems.at(&span, "this is wrong", "mend it");
        ConfigError::located("push\u{1b}duty.toml", text, problems)
    }

    #[test]
    fn the_place_counts_characters_from_one() {
        let text = "a = 1\nñ = \"x\"\n";
        let at = text.find('"').unwrap();
        assert_eq!(error(text, at..at + 3).to_string(), "push\\u{1b}duty.toml:2:5: this is wrong");
    }

    #[test]
    fn a_caret_is_under_the_value() {
        let text = "a = 1\nb = \"x\"\n";
        let drawn = error(text, 10..13).render(false, 80);
        let lines: Vec<&str> = drawn.lines().collect();
        let at = lines.iter().position(|l| l.contains("b = \"x\"")).unwrap();
        assert!(lines[at + 1].contains('─'), "{drawn}");
        assert!(drawn.contains("help: mend it"), "{drawn}");
    }

    #[test]
    fn neither_escapes_nor_passwords_are_drawn() {
        let text = "a = \"\u{1b}]0;x\u{7}\u{202e}\"\nurl = \"https://me:hunter2@h/x\"\nt = \"https://ghp_abcdefgh1234@h\"\n";
        let drawn = error(text, 0..1).render(false, 80) + &error(text, 30..31).render(false, 80);
        for never in ["\u{1b}", "\u{7}", "\u{202e}", "hunter2", "ghp_"] {
            assert!(!drawn.contains(never), "{never:?} in {drawn}");
        }
        assert_eq!(shown(text, &[]).len(), text.len());
    }

    #[test]
    fn a_refusal_has_the_place_and_the_first_help() {
        let refusal = Refusal::from(error("a = 1", 4..5));
        assert_eq!((refusal.code, refusal.code.exit()), (Code::Configuration, 2));
        assert!(refusal.message.ends_with(":1:5: this is wrong"));
        assert_eq!(refusal.hint, "mend it");
    }
}
