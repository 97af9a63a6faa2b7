//! A terminal's coloured output as an SVG picture that is light on light pages and dark on dark ones.
//!
//! Each run of text gets its column as a coordinate of its own, so that what lines up in a terminal lines up in every
//! monospaced font.

use std::fmt::Write as _;

/// Width of a column, in the picture's units: what monospaced fonts of this size have.
const COLUMN: f64 = 7.8;
/// From line to line.
const LINE: usize = 20;
/// Around the text.
const PAD: usize = 18;

const STYLE: &str = "
  .paper { fill: #ffffff; stroke: #d0d7de }
  text { font: 13px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre }
  .bold { font-weight: 600 }
  .dim { fill: #6e7781 }
  .red { fill: #cf222e }
  .green { fill: #1a7f37 }
  .yellow { fill: #9a6700 }
  .blue { fill: #0550ae }
  .cyan { fill: #1b7c83 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; stroke: #30363d }
    text { fill: #e6edf3 }
    .dim { fill: #8b949e }
    .red { fill: #f85149 }
    .green { fill: #3fb950 }
    .yellow { fill: #d29922 }
    .blue { fill: #79c0ff }
    .cyan { fill: #56d4dd }
  }
";

/// One command as it was typed, and what it printed, with colours.
pub struct Typed {
    /// The command.
    pub command: String,
    /// Its output.
    pub output: String,
}

/// The picture of some commands, one after the other.
pub fn picture(about: &str, typed: &[Typed]) -> String {
    let mut lines = Vec::new();
    for one in typed {
        if !lines.is_empty() {
            lines.push(Vec::new());
        }
        lines.push(spans(&format!("\u{1b}[2m$ \u{1b}[0m\u{1b}[1m{}\u{1b}[0m", one.command)));
        lines.extend(one.output.trim_end().lines().map(spans));
    }
    let columns = lines.iter().map(|line| width(line)).max().unwrap_or_default();
    let wide = (columns as f64 * COLUMN).ceil() as usize + 2 * PAD;
    let high = lines.len() * LINE + 2 * PAD - 6;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\">\n<title>{}</title>\n<style>{STYLE}</style>\n<rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n",
        escaped(about),
        wide - 1,
        high - 1,
    );
    for (at, line) in lines.iter().enumerate() {
        put(&mut svg, line, PAD + 12 + at * LINE);
    }
    svg + "</svg>\n"
}

/// Text of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    classes: String,
    text: String,
}

/// A line in parts, by its escape codes: bold, dim and the six colours the program uses.
fn spans(line: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut classes: Vec<&str> = Vec::new();
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default();
    found.push(Span { classes: String::new(), text: first.to_owned() });
    for part in parts {
        let (codes, text) = part.split_once('m').unwrap_or((part, ""));
        for code in codes.split(';') {
            match class(code) {
                Some(class) => classes.push(class),
                None => classes.clear(),
            }
        }
        found.push(Span { classes: classes.join(" "), text: text.to_owned() });
    }
    found.retain(|span| !span.text.is_empty());
    found
}

/// The class of a code; none for those that end all.
fn class(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" => "bold",
        "2" => "dim",
        "31" => "red",
        "32" => "green",
        "33" => "yellow",
        "34" => "blue",
        "36" => "cyan",
        _ => return None,
    })
}

/// Columns a line takes; the program's own signs take one each.
fn width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.chars().count()).sum()
}

fn put(svg: &mut String, line: &[Span], y: usize) {
    let mut column = 0;
    for span in line {
        let text = span.text.trim_start();
        let start = column + span.text.chars().count() - text.chars().count();
        column += span.text.chars().count();
        let text = text.trim_end();
        if text.is_empty() {
            continue;
        }
        let x = PAD as f64 + start as f64 * COLUMN;
        let class = if span.classes.is_empty() {
            String::new()
        } else {
            format!(" class=\"{}\"", span.classes)
        };
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y}\"{class}>{}</text>", escaped(text));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(classes: &str, text: &str) -> Span {
        Span { classes: classes.into(), text: text.into() }
    }

    #[test]
    fn escape_codes_become_classes() {
        let line = "a \u{1b}[1m\u{1b}[34mtag\u{1b}[0m b \u{1b}[31;1mno\u{1b}[0m";
        let expected =
            [span("", "a "), span("bold blue", "tag"), span("", " b "), span("red bold", "no")];
        assert_eq!(spans(line), expected);
    }

    #[test]
    fn what_lines_up_in_a_terminal_lines_up_in_the_picture() {
        let output = "\u{1b}[32m✓\u{1b}[0m   <b>\nabc  x\n".to_owned();
        let svg = picture("A & B", &[Typed { command: "look".into(), output }]);
        let x = |text: &str| {
            let line = svg.lines().find(|line| line.contains(text)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        assert_eq!(x(">✓<"), x(">abc  x<"));
        assert_eq!(x("&lt;b&gt;"), "49.2");
        assert!(svg.contains("<title>A &amp; B</title>") && !svg.contains('\u{1b}'));
    }
}
