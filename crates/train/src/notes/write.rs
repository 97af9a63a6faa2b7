//! What the machine writes into a page, as one more author: links, marks, times, tasks, the hero.
//!
//! Each function gives edits for the page as it was read, and none where it says already what it should.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::id::{PersonName, PushDate, RepoName};
use crate::links::Target;

use super::context::Context;
use super::edit::Edit;
use super::heading::SectionKind;
use super::line::{Shape, columns};
use super::person::HeroLine;
use super::token::struck;
use super::{Ask, Clock, Item, Line, Link, Notes, clock, place};

/// What *Pushing* says of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushing {
    /// It is compared.
    Compare {
        /// With this.
        base: String,
        /// This.
        head: String,
        /// By this link.
        link: String,
    },
    /// It stays, for this reason.
    Stays(String),
}

/// Writes the compare link of a repository, or that it stays. A link of this push or of the template is replaced where it
/// stands; a link to another push's tag is a person's and stays.
#[must_use]
pub fn pushing(notes: &Notes, context: &Context, repo: &RepoName, wanted: &Pushing) -> Vec<Edit> {
    let written = match wanted {
        Pushing::Compare { link, .. } => link.clone(),
        Pushing::Stays(because) if because.trim().is_empty() => format!("no {repo} push"),
        Pushing::Stays(because) => format!("no {repo} push: {}", one_line(because)),
    };
    let stay = notes.stays.iter().find(|stay| stay.repo == *repo).map(|stay| stay.span.clone());
    let own = notes.links.iter().find(|link| is_own(notes, context, link, repo));
    let place = own.map(|link| link.span.clone()).or(stay);
    match place {
        Some(place) if notes.text()[place.clone()] == written => Vec::new(),
        Some(at) => vec![Edit { at, text: written }],
        None => vec![line(notes, SectionKind::Pushing, "Pushing:", &written)],
    }
}

/// Whether a link in *Pushing* is the one of this push, or the template's.
fn is_own(notes: &Notes, context: &Context, link: &Link, repo: &RepoName) -> bool {
    let there = notes.section_at(link.span.start).is_some_and(|s| s.kind == SectionKind::Pushing);
    let Some(Target::Compare { head, .. }) = &link.target else { return false };
    let push = context.push.map(|push| push.to_string());
    let own = head.contains("YYYY.MM.DD") || push.is_some_and(|push| head.contains(&push));
    there && !link.struck && own && link.repo.as_ref() == Some(repo)
}

/// Marks a picked line with the suffix of its tag: `(in -1)`; with its date where the first tag of the push has it. A line
/// that is done already is left alone.
#[must_use]
pub fn picked(ask: &Ask, push: PushDate, suffix: u32) -> Option<Edit> {
    let mark = if suffix == 0 { format!("(in {push})") } else { format!("(in -{suffix})") };
    ask.done.is_none().then(|| Edit::insert(ask.line_end, format!(" {mark}")))
}

/// Ticks an item; none where it is done already, or its line can't be ticked.
#[must_use]
pub fn done(notes: &Notes, item: &Item) -> Option<Edit> {
    let text = notes.text();
    let line = notes.lines().iter().find(|line| line.span.contains(&item.span.start))?;
    let shape = Shape::of(text, line.span.start..line.end);
    if item.done.is_some() {
        return None;
    }
    let boxed = text[shape.visible.start..shape.body.start].rfind('[');
    Some(match shape.ticked.and(boxed) {
        Some(at) => {
            let at = shape.visible.start + at;
            let end = at + text[at..].find(']')? + 1;
            Edit { at: at..end, text: "[x]".to_owned() }
        }
        None => Edit::insert(shape.body.start.max(item.span.start), "[x] "),
    })
}

/// Ticks a task for one of its environments; none where it is so already.
#[must_use]
pub fn done_on(notes: &Notes, item: &Item, environment: &str) -> Option<Edit> {
    if item.done.is_some() || item.done_on.iter().any(|name| name == environment) {
        return None;
    }
    let line = &notes.text()[item.span.start..item.line_end];
    let (at, text) = place::one_more(line, environment);
    Some(Edit::insert(item.span.start + at, text))
}

/// Writes when production was started. A time that somebody wrote is left alone.
#[must_use]
pub fn start(notes: &Notes, at: Timestamp, zone: &TimeZone) -> Option<Edit> {
    time(notes, &notes.starts, "start:", at, zone, &[])
}

/// Writes when it ended, in the place of an end that the machine wrote before it was open again. A time that somebody wrote is
/// left alone.
#[must_use]
pub fn end(notes: &Notes, at: Timestamp, zone: &TimeZone, before: &[Timestamp]) -> Option<Edit> {
    time(notes, &notes.ends, "end:", at, zone, before)
}

fn time(
    notes: &Notes,
    clocks: &[Clock],
    label: &str,
    at: Timestamp,
    zone: &TimeZone,
    before: &[Timestamp],
) -> Option<Edit> {
    let written = clock::written(at, zone);
    let old = before.iter().map(|before| clock::written(*before, zone));
    let old: Vec<String> = old.filter(|old| *old != written).collect();
    if let Some(ours) = clocks.iter().find(|clock| old.contains(&clock.text)) {
        let from = ours.span.start + notes.text()[ours.span.clone()].find(&ours.text)?;
        return Some(Edit { at: from..from + ours.text.len(), text: written });
    }
    match clocks.first() {
        None => {
            let line = format!("{}{label} {written}\n", line_start(notes.text()));
            Some(Edit::insert(notes.text().len(), line))
        }
        Some(_) if clocks.iter().any(|clock| !clock.text.is_empty()) => None,
        Some(clock) => {
            let at = clock.span.start;
            let spaced = notes.text()[..at].ends_with(char::is_whitespace);
            Some(Edit::insert(at, if spaced { written } else { format!(" {written}") }))
        }
    }
}

/// Names the hero. The old one is struck, as people do; a placeholder is replaced.
#[must_use]
pub fn hero(notes: &Notes, context: &Context, name: &PersonName) -> Option<Edit> {
    let Some(line) = notes.heroes.first() else {
        return Some(Edit::insert(0, format!("This week's push hero is {name}\n\n")));
    };
    if line.hero().is_some_and(|named| context.person(&named.text) == Some(name)) {
        return None;
    }
    Some(rename(notes, line, name))
}

/// Names another hero where the line is as the machine wrote it, or left it after an earlier change: a line that a person
/// worded is theirs. `was` is who had it until now.
#[must_use]
pub fn relieved(
    notes: &Notes,
    context: &Context,
    template: &str,
    (was, is): (&PersonName, &PersonName),
) -> Option<Edit> {
    let hero = notes.heroes.first()?;
    let line = notes.lines().iter().find(|line| line.span.contains(&hero.span.start))?;
    let written = without_strikes(&notes.text()[line.span.start..line.end]);
    let ours =
        |line: &str| line.contains("{hero}") && line.replace("{hero}", was.as_str()) == written;
    if !template.lines().any(ours) {
        return None;
    }
    self::hero(notes, context, is)
}

/// Without what is struck, and the space behind it.
fn without_strikes(line: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for strike in struck(line) {
        out.push_str(&line[at..strike.start]);
        at = strike.end + usize::from(line[strike.end..].starts_with(' '));
    }
    out + &line[at..]
}

fn rename(notes: &Notes, line: &HeroLine, name: &PersonName) -> Edit {
    let (Some(first), Some(last)) = (line.names.first(), line.names.last()) else {
        let spaced = notes.text()[..line.span.start].ends_with(char::is_whitespace);
        let text = if spaced { name.to_string() } else { format!(" {name}") };
        // Only a placeholder is taken away; what a person wrote behind it stays.
        let value = &notes.text()[line.span.clone()];
        let end = if value.starts_with('<') { value.find('>').map_or(0, |end| end + 1) } else { 0 };
        return Edit { at: line.span.start..line.span.start + end, text };
    };
    // A link is struck as a whole.
    let text = notes.text();
    let at =
        text[..first.span.start].trim_end_matches(['[', '@', '*', '_']).len().max(line.span.start);
    let rest = &text[last.span.end..line.span.end];
    let linked =
        rest.strip_prefix(']').filter(|rest| rest.starts_with('(')).and_then(|rest| rest.find(')'));
    let end = last.span.end + linked.map_or(0, |end| end + 2);
    Edit { at: at..end, text: format!("~~{}~~ {name}", &text[at..end]) }
}

/// A new item at the end of its section: a task out of a trailer, a blocker raised by command.
#[must_use]
pub fn item(notes: &Notes, kind: SectionKind, text: &str) -> Edit {
    line(notes, kind, heading(kind), &one_line(text))
}

/// An item as it is written: its line, and further ones that belong to it.
pub type Written<'a> = (&'a str, &'a [String]);

/// Items of an earlier push, one after another.
#[must_use]
pub fn carried(notes: &Notes, kind: SectionKind, items: &[Written<'_>]) -> Edit {
    lines(notes, kind, heading(kind), items)
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The heading of a section that the page lacks, in the runbook's words.
fn heading(kind: SectionKind) -> &'static str {
    use super::heading::Phase;
    match kind {
        SectionKind::Blockers => "Blockers:",
        SectionKind::Picks => "To pick:",
        SectionKind::Pushing => "Pushing:",
        SectionKind::Tasks(Phase::BeforePush) => "Before we push:",
        SectionKind::Tasks(Phase::BeforeStart) => "Before we start:",
        SectionKind::Tasks(Phase::BeforePromote) => "Before we promote:",
        SectionKind::Tasks(Phase::AfterDone) => "After we're done:",
        SectionKind::Later => "Later:",
        SectionKind::Issues => "Issues:",
        SectionKind::Notable | SectionKind::Loose | SectionKind::Other => {
            "Notable things shipping:"
        }
    }
}

/// Puts a line in at the end of the first section of a kind, formed like the last line there; makes the section where there
/// is none.
fn line(notes: &Notes, kind: SectionKind, heading: &str, written: &str) -> Edit {
    lines(notes, kind, heading, &[(written, &[])])
}

/// The same for several, each with lines that belong to it, deeper than it.
fn lines(notes: &Notes, kind: SectionKind, heading: &str, items: &[Written<'_>]) -> Edit {
    let text = notes.text();
    let Some(section) = notes.section(kind) else {
        let hashes = notes
            .sections
            .iter()
            .map(|section| section.level)
            .find(|level| *level > 1)
            .unwrap_or(0);
        let marks = if hashes == 0 { String::new() } else { format!("{} ", "#".repeat(hashes)) };
        let gap = if text.is_empty() { "" } else { "\n" };
        let written = listed(items, "", "* ");
        return Edit::insert(
            text.len(),
            format!("{}{gap}{marks}{heading}\n\n* {written}\n", line_start(text)),
        );
    };
    let from = notes.lines().partition_point(|line| line.span.start < section.body.start);
    let to = notes.lines().partition_point(|line| line.span.start < section.body.end);
    let shape = |line: &Line| Shape::of(text, line.span.start..line.end);
    let said = |line: &&Line| text[line.span.start..line.end].contains(char::is_alphanumeric);
    let lines = &notes.lines()[from.min(to)..to];
    // The end of the last item, or of the last line that says anything.
    let last_item = notes.items.iter().rfind(|item| section.body.contains(&item.span.start));
    let begun = last_item.map(|item| item.span.start);
    let model = match begun {
        Some(at) => notes.lines().iter().find(|line| line.span.contains(&at)),
        None => lines.iter().rfind(said),
    };
    let Some(model) = model else {
        return first_line(notes, section.heading.end, lines, items);
    };
    let shape = shape(model);
    let lead = &text[model.span.start..shape.visible.start];
    let marker = match shape.bullet || kind == SectionKind::Pushing {
        true => marker(text, &shape),
        false => "* ",
    };
    let end = last_item.map_or(model.end, |item| item.span.end);
    Edit::insert(end, format!("\n{lead}{marker}{}", listed(items, lead, marker)))
}

/// What a line like this one begins with, behind its indentation; no number and no box.
fn marker<'t>(text: &'t str, shape: &Shape) -> &'t str {
    let marker = text[shape.visible.start..shape.body.start].split('[').next().unwrap_or_default();
    if marker.starts_with(|c: char| c.is_ascii_digit()) { "* " } else { marker }
}

/// Items one after another; the first is without what its line begins with.
fn listed(items: &[Written<'_>], lead: &str, marker: &str) -> String {
    // In spaces: what is deeper is told by columns, and a fence's own indentation is taken off again.
    let deeper = " ".repeat(columns(lead, 0) + 2);
    let one = |(written, more): &Written<'_>| {
        let more: String = more.iter().map(|line| format!("\n{deeper}{line}")).collect();
        format!("{written}{more}")
    };
    let all: Vec<String> = items.iter().map(one).collect();
    all.join(&format!("\n{lead}{marker}"))
}

/// The first lines of an empty section: an empty bullet is filled in, else they go under the heading with a line between.
fn first_line(notes: &Notes, heading_end: usize, lines: &[Line], items: &[Written<'_>]) -> Edit {
    let text = notes.text();
    for line in lines {
        let shape = Shape::of(text, line.span.start..line.end);
        if shape.bullet && shape.body.is_empty() {
            let spaced = text[shape.visible.end..line.end].starts_with(' ');
            let lead = &text[line.span.start..shape.visible.start];
            let marker = format!("{} ", marker(text, &shape).trim_end());
            let written = listed(items, lead, &marker);
            return match spaced {
                true => Edit::insert(shape.visible.end + 1, written),
                false => Edit::insert(shape.visible.end, format!(" {written}")),
            };
        }
    }
    Edit::insert(heading_end, format!("\n\n* {}", listed(items, "", "* ")))
}

/// What has to stand before a new line at the text's end.
fn line_start(text: &str) -> &'static str {
    if text.is_empty() || text.ends_with('\n') { "" } else { "\n" }
}
