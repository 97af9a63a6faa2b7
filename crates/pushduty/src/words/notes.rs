//! `notes`, `block`, `unblock`, `task`: pages with calm colours, what is written in them, what to look at again.

use std::collections::BTreeMap;

use conductor::view::{
    BlockerView, ItemView, LineView, NotesCheckView, NotesVersion, NotesView, SectionWord,
    TaskView, WritingView,
};
use train::asks::AskState;
use train::id::{PushDate, quoted};
use train::notes::Phase;
use train::notes::page::{ItemChange, Standing, What};

use super::{asks, count, sentence, time};
use crate::screen::{Line, Tone, columns};

/// How many changed lines of a plan are shown, how many items that changed, and how many asks.
const SHOWN: usize = 20;

/// How many columns a line takes where it tells what changed: the page itself has all of it.
const WIDTH: usize = 100;

/// A page, with what else was asked for.
#[must_use]
pub fn notes(view: &NotesView) -> Vec<Line> {
    let mut lines = vec![title(view), Line::new()];
    lines.extend(page(view));
    let removed: Vec<Line> = view
        .items
        .iter()
        .filter(|item| matches!(item.state, Standing::Removed | Standing::Marked))
        .map(unconfirmed)
        .collect();
    if !removed.is_empty() {
        lines.push(Line::new());
        lines.extend(removed);
    }
    if let Some(history) = &view.history {
        lines.push(Line::new());
        lines.extend(history.iter().flat_map(version));
    }
    lines
}

fn title(view: &NotesView) -> Line {
    let line = Line::of(Tone::Strong, format!("Notes of {}", view.push));
    let version = match (view.opened, view.newest) {
        (false, _) => "not opened yet: this is what they will begin as".to_owned(),
        (true, true) => format!("version {}", view.version),
        (true, false) => format!("as they were at version {}", view.version),
    };
    line.put(Tone::Dim, format!("  {version}"))
}

/// The lines of a page, each with its item's name where it has one.
fn page(view: &NotesView) -> Vec<Line> {
    let items: BTreeMap<usize, &ItemView> =
        view.items.iter().filter_map(|item| Some((item.line?, item))).collect();
    let width = view.items.iter().map(|item| item.id.len()).max().unwrap_or(0);
    let text = view.text.lines().enumerate();
    let mut told: BTreeMap<usize, Vec<Line>> = BTreeMap::new();
    for ask in view.asks.iter().filter(|ask| shows(ask.state)) {
        let lead = Line::plain(" ".repeat(if width == 0 { 4 } else { width + 6 }));
        told.entry(ask.line.unwrap_or(0)).or_default().push(lead.then(asks::under(ask)));
    }
    let rows = text.map(|(at, line)| {
        let item = items.get(&(at + 1)).copied();
        let id = item.map_or("", |item| item.id.as_str());
        let mark = if width == 0 { String::new() } else { format!("{id:<width$}  ") };
        Line::of(Tone::Dim, mark).then(text_line(line, item))
    });
    match &view.lines {
        None => rows
            .enumerate()
            .flat_map(|(at, row)| {
                std::iter::once(row).chain(told.remove(&(at + 1)).unwrap_or_default())
            })
            .collect(),
        Some(who) => with_writers(who, rows),
    }
}

/// Whether it is told under its line how an ask stands: where the line itself does not say it.
fn shows(state: AskState) -> bool {
    !matches!(state, AskState::Picked | AskState::Settled | AskState::Forbidden)
}

fn with_writers(who: &[LineView], rows: impl Iterator<Item = Line>) -> Vec<Line> {
    let cell = |line: &LineView| {
        Line::of(Tone::Dim, format!("{} {} ({})", time(&line.at), line.by, line.version))
    };
    let cells = who.iter().map(cell).chain(std::iter::repeat_with(Line::new));
    columns(0, rows.zip(cells).map(|(row, cell)| vec![cell, row]).collect())
}

fn text_line(text: &str, item: Option<&ItemView>) -> Line {
    let text = text.replace('\t', "    ");
    let tone = match item {
        Some(item) if item.state == Standing::Done => Tone::Dim,
        Some(item) if item.holds => Tone::Odd,
        None if text.starts_with('#') || text.trim_end().ends_with(':') => Tone::Strong,
        None if text.trim_start().starts_with("http") => Tone::Link,
        _ => Tone::Plain,
    };
    Line::of(tone, text.trim_end_matches('\r'))
}

/// A blocker that somebody has to confirm.
fn unconfirmed(item: &ItemView) -> Line {
    let by = item.ended_by.as_deref().unwrap_or("somebody");
    let what = if item.state == Standing::Removed { "removed" } else { "marked as done" };
    let confirms = match item.section {
        SectionWord::Picks => format!("ask --decline {} --because TEXT", item.id),
        _ => format!("unblock {}", item.id),
    };
    Line::of(Tone::Odd, "◆ ")
        .text(format!("{} ", item.id))
        .text(
            format!("{} was {what} by {by}; `pushduty {confirms}` confirms.", quoted(&item.text),),
        )
}

fn version(one: &NotesVersion) -> Vec<Line> {
    let what = if one.opened { "  opened" } else { "" };
    let actor = one.actor.as_ref().filter(|actor| **actor != one.by);
    let for_whom = actor.map(|actor| format!(" for {actor}")).unwrap_or_default();
    let head = Line::of(Tone::Tag, format!("{:>4}  ", one.version))
        .put(Tone::Dim, format!("{}  ", time(&one.at)))
        .put(Tone::Strong, &one.by)
        .put(Tone::Dim, format!("{for_whom}{what}"));
    std::iter::once(head).chain(changes(&one.items, &[], 6)).collect()
}

/// What became of items; `unconfirmed` are those whose end does not count yet.
fn changes(items: &[ItemChange], unconfirmed: &[String], indent: usize) -> Vec<Line> {
    let line = |change: &ItemChange| {
        let waits = unconfirmed.contains(&change.item.to_string());
        let (tone, word) = match change.change {
            What::Raised => (Tone::Plain, "new"),
            What::Reworded => (Tone::Dim, "reworded"),
            What::Done if waits => (Tone::Odd, "marked, to be confirmed"),
            What::Removed if waits => (Tone::Odd, "removed, to be confirmed"),
            What::Done => (Tone::Good, "done"),
            What::Reopened => (Tone::Odd, "open again"),
            What::Removed => (Tone::Odd, "removed"),
            What::Back => (Tone::Plain, "back"),
            What::Moved => (Tone::Dim, "moved"),
        };
        Line::plain(" ".repeat(indent))
            .put(Tone::Dim, format!("{} ", change.item))
            .put(tone, word)
            .text(format!("  {}", change.text))
            .cut(WIDTH)
    };
    items.iter().map(line).collect()
}

/// The first of `lines`, `each` of them to one thing, and how many more there are.
fn first(lines: Vec<Line>, each: usize) -> Vec<Line> {
    let all = lines.len() / each;
    let mut shown = lines;
    shown.truncate(SHOWN * each);
    if all > SHOWN {
        shown.push(Line::of(Tone::Dim, format!("  and {} more", all - SHOWN)));
    }
    shown
}

/// What each ask comes to, in two lines.
fn tried(view: &WritingView) -> Vec<Line> {
    first(view.asks.iter().flat_map(asks::ask).map(|line| line.cut(WIDTH)).collect(), 2)
}

/// What is to be written, or was.
#[must_use]
pub fn writing(view: &WritingView) -> Vec<Line> {
    let mut lines = vec![Line::plain(sentence(&view.change))];
    let said = || view.lines.iter().filter(|line| !line.text.trim().is_empty());
    for line in said().take(SHOWN) {
        let (tone, sign) = if line.added { (Tone::Good, "+") } else { (Tone::Bad, "-") };
        let text = line.text.replace('\t', "    ");
        lines.push(Line::of(tone, format!("  {sign} ")).text(text).cut(WIDTH));
    }
    let more = said().count().saturating_sub(SHOWN);
    if more > 0 {
        let more = count(more, "more line");
        lines.push(Line::of(Tone::Dim, format!("  and {more}")));
    }
    if !view.done {
        lines.extend(tried(view));
    }
    for clash in &view.clashes {
        lines.push(Line::of(Tone::Odd, "◆ ").text(format!(
            "line {}: somebody else changed it too; both are there, yours below.",
            clash.line
        )));
    }
    lines
}

/// What came of a writing.
#[must_use]
pub fn written(view: &WritingView) -> Vec<Line> {
    if !view.changed {
        return tried(view);
    }
    let head = Line::of(Tone::Good, "✓ ")
        .text(format!("version {} of the notes of {}", view.version, view.push));
    let items = first(changes(&view.items, &view.unconfirmed, 2), 1);
    std::iter::once(head).chain(items).chain(tried(view)).collect()
}

/// Doubts, a line each.
#[must_use]
pub fn doubts(view: &NotesCheckView) -> Vec<Line> {
    if view.problems.is_empty() && view.asks.is_empty() && view.ownerless.is_empty() {
        return vec![
            Line::of(Tone::Good, "✓ ")
                .text(format!("nothing to look at again in the notes of {}", view.push)),
        ];
    }
    let mut lines = Vec::new();
    for problem in &view.problems {
        lines.push(
            Line::of(Tone::Odd, "◆ ")
                .put(Tone::Dim, format!("line {}: ", problem.line))
                .text(sentence(&problem.message)),
        );
        if let Some(suggestion) = &problem.suggestion {
            lines.push(Line::of(Tone::Dim, "  → ").text(suggestion));
        }
    }
    lines.extend(view.asks.iter().flat_map(asks::ask));
    for blocker in &view.ownerless {
        let what = format!("nobody owns {} {}", blocker.id, quoted(&blocker.text));
        lines.push(Line::of(Tone::Odd, "◆ ").text(sentence(&what)));
        lines.extend(proposed(blocker));
    }
    lines
}

/// Who should own a blocker, and why.
fn proposed(blocker: &BlockerView) -> Option<Line> {
    let propose = blocker.propose.as_ref()?;
    let words = format!("perhaps {}, who {}", propose.owner, propose.because);
    Some(Line::of(Tone::Dim, "  → ").text(sentence(&words)))
}

/// Tasks by phase.
#[must_use]
pub fn tasks(push: PushDate, tasks: &[TaskView]) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, format!("Tasks of {push}"))];
    if tasks.is_empty() {
        lines.push(Line::of(Tone::Dim, "  none"));
    }
    let mut phase = None;
    for task in tasks {
        if task.when != phase {
            phase = task.when;
            lines.push(Line::of(Tone::Dim, format!("  {}", phase.map_or("", phase_words))));
        }
        lines.push(task_line(task));
        let commands = task.commands.iter().flat_map(|command| command.lines());
        lines.extend(commands.map(|line| Line::plain("        ").put(Tone::Link, line)));
    }
    lines
}

fn phase_words(phase: Phase) -> &'static str {
    match phase {
        Phase::BeforePush => "before we push",
        Phase::BeforeStart => "before we start",
        Phase::BeforePromote => "before we promote",
        Phase::AfterDone => "after we're done",
    }
}

fn task_line(task: &TaskView) -> Line {
    let (tone, mark) = if task.done { (Tone::Dim, "✓") } else { (Tone::Plain, "○") };
    let owner = task.owner.as_ref().map(|owner| format!("  {owner}")).unwrap_or_default();
    let left = |name: &&String| !task.done && !task.done_on.contains(name);
    let left: Vec<&str> = task.environments.iter().filter(left).map(String::as_str).collect();
    let left = match task.done_on.is_empty() || left.is_empty() {
        true => String::new(),
        false => format!("  left: {}", left.join(", ")),
    };
    Line::plain("    ")
        .put(tone, format!("{mark} {} {}", task.id, task.text))
        .put(Tone::Dim, format!("{owner}{left}"))
}

/// Blockers that are not settled, and how many tasks are open: for `status`. The tasks of a push that is `cut` are listed
/// with --this.
#[must_use]
pub fn in_the_way(blockers: &[BlockerView], tasks: &[TaskView], cut: bool) -> Vec<Line> {
    let open = blockers.iter().filter(|blocker| blocker.open);
    let both = |blocker| std::iter::once(blocker_line(blocker)).chain(proposed(blocker));
    let mut lines: Vec<Line> = open.flat_map(both).collect();
    lines.extend(blockers.iter().filter_map(fixed));
    let left = tasks.iter().filter(|task| !task.done).count();
    if left > 0 {
        let this = if cut { " --this" } else { "" };
        let has = if left == 1 { "it" } else { "them" };
        let what = count(left, "task");
        let said = format!("{what} to do; `pushduty task list{this}` has {has}.");
        lines.push(Line::of(Tone::Dim, "○ ").text(said));
    }
    lines
}

/// One that the newest tags settle, with how.
fn fixed(blocker: &BlockerView) -> Option<Line> {
    let how = blocker.fixed.as_ref()?.sentence();
    let line = Line::of(Tone::Good, "✓ ").put(Tone::Dim, format!("{} ", blocker.id));
    Some(line.text(&blocker.text).put(Tone::Dim, format!("  {how}")))
}

fn blocker_line(blocker: &BlockerView) -> Line {
    let (tone, mark) = if blocker.holds { (Tone::Bad, "✗ ") } else { (Tone::Odd, "◆ ") };
    let by = blocker.ended_by.as_deref().unwrap_or("somebody");
    let state = match blocker.state {
        Standing::Removed => format!("  removed by {by}, confirm"),
        Standing::Marked => format!("  marked as done by {by}, confirm"),
        Standing::Open | Standing::Done if blocker.holds => String::new(),
        Standing::Open | Standing::Done => "  only warns".to_owned(),
    };
    let owner = blocker.owner.as_ref().map(|owner| format!("  {owner}")).unwrap_or_default();
    Line::of(tone, mark)
        .put(Tone::Dim, format!("{} ", blocker.id))
        .text(&blocker.text)
        .put(Tone::Dim, format!("{owner}{state}"))
}
