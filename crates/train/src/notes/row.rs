//! Rows: what each line is, before anybody asks what it means. Fences, comments and rules are found here.
//!
//! Whatever is not closed hides nothing: a fence without an end, up to the next heading with `##`, is one odd line, and so
//! is a comment without `-->`. Else a blocker could vanish behind three backquotes.

use std::ops::Range;

use super::context::Context;
use super::heading::{Heading, Opens, read};
use super::line::{Line, Shape};

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Blank,
    /// A fence with its content, over several lines.
    Fence {
        content: Range<usize>,
        indent: usize,
    },
    /// A fence that nothing closes.
    OpenFence,
    /// In an HTML comment.
    Comment,
    /// `-----`.
    Rule,
    Heading(Heading),
    /// Text of the template.
    Prose,
    Text,
}

/// A line, or the lines of a fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub what: What,
    pub shape: Shape,
    /// From the start of its first line to the end of its last one's text.
    pub span: Range<usize>,
}

/// All rows of the page, and where a comment begins that nothing ends.
pub(super) fn rows(text: &str, lines: &[Line], context: &Context) -> (Vec<Row>, Option<usize>) {
    let mut reader = Reader { text, lines, context, hidden: 0, open: None, no_fence: Vec::new() };
    let mut rows: Vec<Row> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (row, next) = reader.row(at);
        at = next;
        if let Some(previous) = rows.last_mut()
            && is_second_line(text, previous, &row)
        {
            previous.span.end = row.span.end;
            if let What::Heading(heading) = &mut previous.what {
                heading.open_ended = false;
            }
            continue;
        }
        rows.push(row);
    }
    comments_in_hashes(&mut rows);
    (rows, reader.open)
}

/// A heading runs to its colon, over two lines if need be: the second goes on with the sentence and ends it.
fn is_second_line(text: &str, previous: &Row, row: &Row) -> bool {
    let open = matches!(&previous.what, What::Heading(heading) if heading.open_ended);
    let plain = matches!(row.what, What::Text | What::Prose) && !row.shape.bullet;
    let line = &text[row.shape.visible.clone()];
    open && plain && line.starts_with(char::is_lowercase) && line.ends_with(':')
}

/// Two lines with one `#` each, one under the other, are a remark as in a script, not two headings.
fn comments_in_hashes(rows: &mut [Row]) {
    let single = |row: &Row| {
        let other = Opens::Section(super::heading::SectionKind::Other);
        matches!(&row.what, What::Heading(h) if h.level == 1 && h.opens == other)
    };
    let mut at = 0;
    while at < rows.len() {
        let run = rows[at..].iter().take_while(|row| single(row)).count();
        if run >= 2 {
            rows[at..at + run].iter_mut().for_each(|row| row.what = What::Prose);
        }
        at += run.max(1);
    }
}

struct Reader<'t> {
    text: &'t str,
    lines: &'t [Line],
    context: &'t Context,
    /// Where the comment that is open ends.
    hidden: usize,
    /// Where a comment begins that nothing ends.
    open: Option<usize>,
    /// For fences that were not closed: the mark, how many of it, and up to which line there is no end.
    no_fence: Vec<(u8, usize, usize)>,
}

impl Reader<'_> {
    /// The row that begins with this line, and the line after it.
    fn row(&mut self, at: usize) -> (Row, usize) {
        let line = &self.lines[at];
        let Some(seen) = self.seen(line) else {
            let shape = Shape::of(self.text, line.end..line.end);
            return (Row { what: What::Comment, shape, span: line.span.start..line.end }, at + 1);
        };
        let shape = Shape::of(self.text, seen.clone());
        if let Some((mark, ticks)) = self.fence(&shape) {
            return match self.closed(at, mark, ticks) {
                Some(end) => (self.fenced(at, end, shape), end + 1),
                None => {
                    (Row { what: What::OpenFence, shape, span: line.span.start..line.end }, at + 1)
                }
            };
        }
        let (shape, ruled) = self.after_rule(seen, shape);
        let what = if ruled { What::Rule } else { self.what(&shape) };
        (Row { what, shape, span: line.span.start..line.end }, at + 1)
    }

    fn what(&self, shape: &Shape) -> What {
        let visible = &self.text[shape.visible.clone()];
        if visible.is_empty() {
            return What::Blank;
        }
        if let Some(heading) = read(self.text, shape, self.context) {
            return What::Heading(heading);
        }
        if self.context.is_prose(visible) { What::Prose } else { What::Text }
    }

    /// What of a line is no comment; nothing when all of it is.
    fn seen(&mut self, line: &Line) -> Option<Range<usize>> {
        let mut start = line.span.start.max(self.hidden.min(line.end));
        let began_inside = self.hidden > line.span.start;
        loop {
            let rest = &self.text[start..line.end];
            let Some(found) = rest.find("<!--") else { break };
            let at = start + found;
            if self.open.is_some_and(|open| open <= at) {
                break;
            }
            let Some(length) = self.text[at..].find("-->") else {
                self.open = Some(at);
                break;
            };
            let end = at + length + 3;
            if end > line.end {
                self.hidden = end;
                let seen = !rest[..found].trim().is_empty();
                return seen.then_some(start..at);
            }
            if !rest[..found].trim().is_empty() {
                // One in the middle of a line; there may be more behind it, the last over the line's end.
                return Some(start..self.tail(end, line));
            }
            start = end;
        }
        let hidden = began_inside || start > line.span.start;
        let empty = self.text[start..line.end].trim().is_empty();
        (!hidden || !empty).then_some(start..line.end)
    }

    /// Where the visible part of a line ends that has comments within it, the first of which ends at `from`.
    fn tail(&mut self, mut from: usize, line: &Line) -> usize {
        while let Some(found) = self.text[from..line.end].find("<!--") {
            let at = from + found;
            match self.text[at..].find("-->") {
                None => {
                    self.open = Some(at);
                    break;
                }
                Some(length) if at + length + 3 > line.end => {
                    self.hidden = at + length + 3;
                    return at;
                }
                Some(length) => from = at + length + 3,
            }
        }
        line.end
    }

    /// Whether a fence opens here: its mark and how many.
    fn fence(&self, shape: &Shape) -> Option<(u8, usize)> {
        let line = &self.text[shape.body.clone()];
        let mark = line.bytes().next().filter(|b| matches!(b, b'`' | b'~'))?;
        let ticks = line.bytes().take_while(|b| *b == mark).count();
        (ticks >= 3 && !line[ticks..].contains('`')).then_some((mark, ticks))
    }

    /// The line that closes the fence opened at `at`, before the next heading with `##`.
    fn closed(&mut self, at: usize, mark: u8, ticks: usize) -> Option<usize> {
        let known = |(m, t, until): &(u8, usize, usize)| *m == mark && ticks >= *t && at < *until;
        if self.no_fence.iter().any(known) {
            return None;
        }
        let mut until = self.lines.len();
        for (next, line) in self.lines.iter().enumerate().skip(at + 1) {
            let trimmed = self.text[line.span.start..line.end].trim();
            let run = trimmed.bytes().take_while(|b| *b == mark).count();
            if run >= ticks && run == trimmed.len() {
                return Some(next);
            }
            if trimmed.starts_with("##") && self.is_known(line) {
                until = next;
                break;
            }
        }
        self.no_fence.retain(|(m, _, _)| *m != mark);
        self.no_fence.push((mark, ticks, until));
        None
    }

    fn is_known(&self, line: &Line) -> bool {
        let shape = Shape::of(self.text, line.span.start..line.end);
        let other = Opens::Section(super::heading::SectionKind::Other);
        read(self.text, &shape, self.context).is_some_and(|heading| heading.opens != other)
    }

    fn fenced(&self, at: usize, end: usize, shape: Shape) -> Row {
        let content = self.lines[at].span.end..self.lines[end].span.start;
        let span = self.lines[at].span.start..self.lines[end].end;
        Row { what: What::Fence { content, indent: shape.indent }, shape, span }
    }

    /// A rule, and what is glued to its end: a heading, or words enough to mean something.
    fn after_rule(&self, seen: Range<usize>, shape: Shape) -> (Shape, bool) {
        let visible = &self.text[shape.visible.clone()];
        let Some(first) = visible.chars().next().filter(|c| "-=_*".contains(*c)) else {
            return (shape, false);
        };
        let bare = visible.chars().filter(|c| !c.is_whitespace());
        if bare.clone().all(|c| c == first) && bare.count() >= 3 {
            return (shape, true);
        }
        let rest = visible.trim_start_matches(first).trim_start();
        let glued = visible.len() - rest.len();
        if glued < 5 || !matches!(first, '-' | '=') || rest.starts_with('>') {
            return (shape, false);
        }
        let words = rest.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() >= 3);
        (Shape::of(self.text, shape.visible.end - rest.len()..seen.end), !words)
    }
}
