//! Lines as people type them: indentation, the bullet or number, the box to tick.

use std::ops::Range;

/// A line and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// With its line end. The spans of all lines, one after the other, are the text.
    pub span: Range<usize>,
    /// Where its text ends: before `\n` or `\r\n`.
    pub end: usize,
}

/// The lines of a text: none for the empty text, else each up to its `\n`.
pub(super) fn split(text: &str) -> Vec<Line> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let span = start..start + line.len();
            start = span.end;
            let bare = line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l));
            Line { end: span.start + bare.len(), span }
        })
        .collect()
}

/// How a line begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Columns before the first visible character; a tab goes to the next multiple of four.
    pub indent: usize,
    /// The column where its own text begins, after a bullet and a box.
    pub content: usize,
    /// Whether it has a bullet or a number.
    pub bullet: bool,
    /// `[ ]` or `[x]`.
    pub ticked: Option<bool>,
    /// From the first visible character to the last.
    pub visible: Range<usize>,
    /// What is left of it after the bullet and the box.
    pub body: Range<usize>,
}

impl Shape {
    /// The shape of `text[span]`, which is within one line.
    pub fn of(text: &str, span: Range<usize>) -> Self {
        let line = &text[span.clone()];
        let trimmed = line.trim();
        let start = span.start + (line.len() - line.trim_start().len());
        let visible = start..start + trimmed.len();
        let indent = columns(&text[span.start..start], 0);
        let marker = marker(trimmed);
        let bullet = marker > 0;
        let after = trimmed[marker..].trim_start();
        let (ticked, boxed) = ticked(after);
        let body = after[boxed..].trim_start();
        let content = indent + if bullet { marker + 1 } else { 0 };
        Self {
            indent,
            content,
            bullet,
            ticked,
            body: visible.end - body.len()..visible.end,
            visible,
        }
    }
}

/// The column behind these spaces and tabs, which begin at `from`.
pub(super) fn columns(space: &str, from: usize) -> usize {
    space.chars().fold(from, |at, c| if c == '\t' { at / 4 * 4 + 4 } else { at + 1 })
}

/// The length of the bullet (`*`, `-`, `+`, `•`, also escaped as `\*`) or number (`1.`, `1)`) that a line begins with.
fn marker(trimmed: &str) -> usize {
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let length = if (1..=9).contains(&digits) && trimmed[digits..].starts_with(['.', ')']) {
        digits + 1
    } else {
        let escaped = usize::from(trimmed.starts_with('\\'));
        match trimmed[escaped..].chars().next() {
            Some(c @ ('*' | '-' | '+' | '•' | '◦' | '·' | '‣' | '–')) => {
                escaped + c.len_utf8()
            }
            _ => return 0,
        }
    };
    let ends = trimmed[length..].chars().next().is_none_or(char::is_whitespace);
    if ends { length } else { 0 }
}

/// A box at the beginning, and its length.
fn ticked(text: &str) -> (Option<bool>, usize) {
    for (mark, ticked) in
        [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true), ("[✓]", true), ("[✔]", true)]
    {
        if let Some(rest) = text.strip_prefix(mark)
            && !rest.starts_with('(')
        {
            return (Some(ticked), mark.len());
        }
    }
    (None, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(line: &str) -> (usize, usize, bool, Option<bool>, &str) {
        let s = Shape::of(line, 0..line.len());
        (s.indent, s.content, s.bullet, s.ticked, &line[s.body])
    }

    #[test]
    fn bullets_numbers_and_boxes() {
        assert_eq!(shape("  * [x] a b "), (2, 4, true, Some(true), "a b"));
        assert_eq!(shape("10) a"), (0, 4, true, None, "a"));
        assert_eq!(shape("\\*"), (0, 3, true, None, ""));
        assert_eq!(shape("\t[ ] a"), (4, 4, false, Some(false), "a"));
        for plain in ["*a*", "-prod", "-> a", "1.5.0", "[x](y)", "2018.06.01-2"] {
            assert_eq!(shape(plain), (0, 0, false, None, plain));
        }
    }

    #[test]
    fn lines_cover_the_text() {
        for (text, lines) in [("", 0), ("\n", 1), ("a\r\n\r\nb", 3), ("a\rb\n", 1)] {
            let split = split(text);
            assert_eq!(split.len(), lines, "{text:?}");
            assert_eq!(split.iter().map(|l| &text[l.span.clone()]).collect::<String>(), text);
        }
        assert_eq!(split("a\r\nb")[0].end, 1);
    }
}
