//! Puts rows together: which section a line stands in, where an item begins and what belongs to it.

use std::ops::Range;

use crate::id::RepoName;

use super::context::Context;
use super::heading::{Heading, Opens, SectionKind, after};
use super::item::{Command, Draft};
use super::line::{Shape, split};
use super::row::{Row, What, rows};
use super::token::is_url;
use super::{Notes, Odd, Section, Stay, ask, clock, link, person};

/// The most items of a page. A page with more is cut short there and says so: it is no page of notes.
const MOST_ITEMS: usize = 50_000;
/// Widths between which a line may have been broken by an editor: shorter ones were ended by their author.
const BROKEN: Range<usize> = 66..121;

/// Reads a page.
pub(super) fn page(text: &str, context: &Context) -> Notes {
    let lines = split(text);
    let (rows, comment) = rows(text, &lines, context);
    let links = link::links(text, &lines, context);
    let notes = Notes {
        text: String::new(),
        lines: Vec::new(),
        sections: vec![section(SectionKind::Loose, 0..0, 0)],
        items: Vec::new(),
        asks: Vec::new(),
        links: Vec::new(),
        heroes: Vec::new(),
        ops: Vec::new(),
        qa: Vec::new(),
        starts: Vec::new(),
        ends: Vec::new(),
        stays: Vec::new(),
        odd: Odd { comment, ..Odd::default() },
    };
    let mut reader =
        Reader { text, context, notes, draft: None, repo: None, gap: false, guide: false };
    rows.into_iter().for_each(|row| reader.row(row));
    reader.finish();
    let mut notes = reader.notes;
    if let Some(last) = notes.sections.last_mut() {
        last.body.end = text.len();
    }
    order_times(&mut notes);
    notes.asks = ask::asks(text, &lines, &notes.items, &links, context);
    notes.text = text.to_owned();
    notes.lines = lines;
    notes.links = links;
    notes
}

fn order_times(notes: &mut Notes) {
    let Some(start) = notes.start().cloned() else { return };
    notes.ends.iter_mut().for_each(|end| clock::ordered(&start, end));
}

fn section(kind: SectionKind, heading: Range<usize>, level: usize) -> Section {
    Section { kind, body: heading.end..heading.end, heading, level }
}

struct Reader<'t> {
    text: &'t str,
    context: &'t Context,
    notes: Notes,
    draft: Option<Draft>,
    repo: Option<RepoName>,
    /// A blank line came since the last text.
    gap: bool,
    /// In a paragraph that tells how to fill the section in.
    guide: bool,
}

impl Reader<'_> {
    fn kind(&self) -> SectionKind {
        self.notes.sections.last().map_or(SectionKind::Loose, |section| section.kind)
    }

    fn row(&mut self, row: Row) {
        let Row { what, shape, span } = row;
        self.guide &= matches!(what, What::Text | What::Prose);
        match what {
            What::Blank => self.gap = true,
            What::Comment => {}
            What::Rule | What::Prose => self.finish(),
            What::OpenFence => {
                self.notes.odd.fences.push(span.start);
                self.finish();
            }
            What::Fence { content, indent } => self.fence(content, indent, span.end),
            What::Heading(heading) if self.is_detail(&heading, &shape) => self.line(shape),
            What::Heading(heading) => self.heading(heading, shape, span),
            What::Text => self.line(shape),
        }
    }

    /// Whether what looks like a heading is a line of the item that is open, or an item of its own.
    fn is_detail(&self, heading: &Heading, shape: &Shape) -> bool {
        let deeper = self.draft.as_ref().is_some_and(|draft| draft.holds(shape));
        let alone = heading.rest.is_empty() && !heading.open_ended;
        let strong = match heading.opens {
            Opens::Section(kind) => !matches!(kind, SectionKind::Later | SectionKind::Issues),
            _ => false,
        };
        if heading.level == 0 && deeper && !(alone && strong) {
            return true;
        }
        // “ops: deploy nginx” among tasks is a task; “ops: jason” says who is there.
        let duty = matches!(heading.opens, Opens::Ops | Opens::Qa);
        let value = &self.text[heading.rest.clone()];
        let known = || {
            person::list(self.text, heading.rest.clone(), self.context)
                .iter()
                .all(|n| self.context.person(&n.text).is_some())
        };
        duty && self.kind().has_items() && value.split_whitespace().count() > 1 && !known()
    }

    fn heading(&mut self, heading: Heading, shape: Shape, span: Range<usize>) {
        self.finish();
        let value = heading.rest.clone();
        let push = self.context.push.map(|push| push.0);
        let zone = self.context.zone.rules();
        match heading.opens {
            Opens::Repo(repo) => {
                self.repo = Some(repo);
                return;
            }
            Opens::Section(kind) => {
                if heading.open_ended && !self.context.is_prose(&self.text[shape.visible.clone()]) {
                    self.notes.odd.headings.push(shape.visible.start);
                }
                self.open(section(kind, span, heading.level));
                if kind.has_items() && !value.is_empty() {
                    let inline = Shape::of(self.text, value);
                    self.line(inline);
                }
                return;
            }
            Opens::Hero => self.notes.heroes.push(person::hero(self.text, value, self.context)),
            Opens::Ops => self.notes.ops.extend(person::list(self.text, value, self.context)),
            Opens::Qa => self.notes.qa.extend(person::list(self.text, value, self.context)),
            Opens::Start => self.notes.starts.push(clock::read(self.text, value, push, zone)),
            Opens::End => self.notes.ends.push(clock::read(self.text, value, push, zone)),
        }
        self.open(section(SectionKind::Loose, span, heading.level));
    }

    fn open(&mut self, section: Section) {
        if let Some(last) = self.notes.sections.last_mut() {
            last.body.end = section.heading.start;
        }
        self.notes.sections.push(section);
        self.repo = None;
        self.gap = false;
    }

    fn fence(&mut self, content: Range<usize>, indent: usize, end: usize) {
        if let Some(draft) = &mut self.draft {
            let text = unindented(&self.text[content.clone()], indent);
            draft.commands.push(Command { span: content, text });
            draft.end = end;
            draft.wrap = None;
        }
        self.gap = false;
    }

    fn line(&mut self, shape: Shape) {
        let gap = std::mem::take(&mut self.gap);
        match self.kind() {
            SectionKind::Pushing => return self.stay(&shape),
            kind if !kind.has_items() => return,
            SectionKind::Picks if !shape.bullet => {
                let line = &self.text[shape.visible.clone()];
                self.guide |= after(line, "link to the actual").is_some();
                self.guide &= !is_url(line);
            }
            _ => self.guide = false,
        }
        if self.guide {
            return self.finish();
        }
        let (text, kind) = (self.text, self.kind());
        if let Some(draft) = &mut self.draft
            && draft.takes(text, &shape, gap)
        {
            return;
        }
        self.finish();
        if !shape.body.is_empty() {
            let width = text[shape.visible.clone()].chars().count() + shape.indent;
            self.draft = Some(Draft::new(shape, kind, self.repo.clone(), width));
        }
    }

    /// *no addons-frontend push: nothing new*.
    fn stay(&mut self, shape: &Shape) {
        let line = &self.text[shape.body.clone()];
        let Some(rest) = after(line, "no") else { return };
        let rest = rest.trim_start();
        let name = rest.split_whitespace().next().unwrap_or_default();
        let Some(repo) = self.context.repo(name.trim_matches('`')) else { return };
        let Some(said) = after(rest[name.len()..].trim_start(), "push") else { return };
        let because = said.trim_start_matches([':', ' ', ',', '-', '–']).trim();
        let because = (!because.is_empty()).then(|| because.to_owned());
        self.notes.stays.push(Stay { repo: repo.clone(), span: shape.body.clone(), because });
    }

    fn finish(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        if self.notes.items.len() < MOST_ITEMS {
            self.notes.items.extend(draft.finish(self.text, self.context));
        } else {
            self.notes.odd.cut_short = true;
        }
    }
}

impl Draft {
    /// Whether a line is deep enough to belong to this item, whatever is between them.
    fn holds(&self, shape: &Shape) -> bool {
        shape.indent >= self.first.content.max(self.first.indent + 1)
    }

    /// Takes the line, if it belongs to this item.
    fn takes(&mut self, text: &str, shape: &Shape, gap: bool) -> bool {
        if self.holds(shape) {
            if !shape.body.is_empty() {
                self.details.push(shape.clone());
                self.end = shape.visible.end;
            }
            self.wrap = None;
            return true;
        }
        if shape.bullet || gap || !self.continues(text, shape) {
            return false;
        }
        let width = text[shape.visible.clone()].chars().count() + shape.indent;
        self.wrap = self.wrap.map(|_| width);
        self.lines.push(shape.visible.clone());
        self.end = shape.visible.end;
        true
    }

    /// Whether a line that is no deeper goes on with the paragraph. Under a bullet it does, as in Markdown, unless both
    /// have a link: then it is the next of a list. Elsewhere people write one thing a line, and only a line that an
    /// editor broke goes on.
    fn continues(&self, text: &str, shape: &Shape) -> bool {
        let line = &text[shape.visible.clone()];
        let Some(last) = self.lines.last().map(|last| &text[last.clone()]) else { return false };
        let linked = || text[self.first.visible.start..self.end].contains("://");
        let starts = line.trim_start_matches(['~', '<', '[']);
        if self.first.bullet {
            return self.commands.is_empty() && !(is_url(starts) && linked());
        }
        let Some(width) = self.wrap.filter(|width| BROKEN.contains(width)) else { return false };
        let word = line.split_whitespace().next().map_or(0, |word| word.chars().count());
        let full = self.lines.len() == 1 || width + 1 + word > BROKEN.start;
        let small = line.starts_with(|c: char| c.is_lowercase() || c == '(');
        let same = last.split_whitespace().next() == line.split_whitespace().next();
        let ended = last.ends_with(['.', '!', '?', ':', ';', ')', '`']);
        !is_url(starts) && full && !same && (small || !ended)
    }
}

/// The content of a fence without the indentation of the fence itself.
fn unindented(content: &str, indent: usize) -> String {
    content
        .split_inclusive('\n')
        .map(|line| {
            let mut rest = line;
            for _ in 0..indent {
                rest = rest.strip_prefix(' ').unwrap_or(rest);
            }
            rest
        })
        .collect()
}
