//! What is left of a push's page when a later one takes over: open blockers, asks, tasks, and what is meant for later.
//! Nothing that somebody waits for is lost, and nothing is carried twice.

use crate::id::PushDate;

use super::context::Context;
use super::follow::{Family, ItemId};
use super::heading::SectionKind;
use super::page::{CarriedItem, Known, Page, Standing};
use super::{Ask, Item, Notes, Weight, apply, write};

/// An item that goes on to a later push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Which it is, on its own page.
    pub item: ItemId,
    /// Its section.
    kind: SectionKind,
    /// Its line, marked with the date it comes from.
    line: String,
    /// Its further lines and commands.
    more: Vec<String>,
    by: String,
    at: jiff::Timestamp,
}

/// The items of a page that somebody still waits for, in its order, whether they were carried over or not.
pub fn waiting<'p>(notes: &'p Notes, page: &'p Page) -> impl Iterator<Item = &'p Known> {
    page.items.iter().filter(|known| waits(notes, page, known))
}

/// What is left of the page of the push `from`, in its order; what was carried over before is not.
#[must_use]
pub fn left(notes: &Notes, page: &Page, context: &Context, from: PushDate) -> Vec<Left> {
    let left = waiting(notes, page).filter(|one| !page.carried.contains_key(&one.tracked.id));
    left.flat_map(|known| lines(notes, page, known, context, from)).collect()
}

/// The page `text` with all of these items, and who raised each of them. An item that would be read as something else there
/// is told of by where it stands; so are the longest, where the page would have more than `longest` bytes.
#[must_use]
pub fn carried(
    text: &str,
    context: &Context,
    left: &[Left],
    longest: usize,
) -> (String, Vec<CarriedItem>) {
    let alone = |one: &Left| {
        let after = put("", context, std::slice::from_ref(one));
        if reads_well("", &after, context, 1) { one.clone() } else { one.pointer() }
    };
    let mut all: Vec<Left> = left.iter().map(alone).collect();
    let mut whole = together(text, context, &mut all);
    let mut over = whole.len().saturating_sub(longest);
    if over > 0 {
        let mut by_length: Vec<usize> = (0..all.len()).collect();
        by_length.sort_by_key(|at| (std::cmp::Reverse(all[*at].len()), *at));
        for at in by_length {
            let pointer = all[at].pointer();
            let saved = all[at].len().saturating_sub(pointer.len());
            if over > 0 && saved > 0 {
                over = over.saturating_sub(saved);
                all[at] = pointer;
            }
        }
        whole = together(text, context, &mut all);
    }
    (whole, all.iter().map(Left::told).collect())
}

/// The page with all of them; those that are read as something else beside the others become pointers.
fn together(text: &str, context: &Context, all: &mut [Left]) -> String {
    let whole = put(text, context, all);
    if reads_well(text, &whole, context, all.len()) {
        return whole;
    }
    if let [one] = all {
        *one = one.pointer();
        return put(text, context, all);
    }
    let (first, rest) = all.split_at_mut(all.len() / 2);
    let page = together(text, context, first);
    together(&page, context, rest)
}

impl Left {
    fn told(&self) -> CarriedItem {
        CarriedItem { text: self.line.clone(), by: self.by.clone(), at: self.at }
    }

    /// What stands for it where its own words can't.
    fn pointer(&self) -> Self {
        let from = self.line.rsplit("(from ").next().unwrap_or_default().trim_end_matches(')');
        let line = format!("look at {} in the notes of {from}", self.item);
        Self { line, more: Vec::new(), ..self.clone() }
    }

    /// How many bytes it takes, about.
    fn len(&self) -> usize {
        self.line.len() + self.more.iter().map(|line| line.len() + 3).sum::<usize>()
    }
}

/// The page with these at the ends of their sections.
fn put(text: &str, context: &Context, items: &[Left]) -> String {
    let mut kinds: Vec<SectionKind> = Vec::new();
    for one in items {
        if !kinds.contains(&one.kind) {
            kinds.push(one.kind);
        }
    }
    kinds.into_iter().fold(text.to_owned(), |page, kind| {
        let of = items.iter().filter(|one| one.kind == kind);
        let written: Vec<_> = of.map(|one| (one.line.as_str(), &one.more[..])).collect();
        apply(&page, &[write::carried(&Notes::parse(&page, context), kind, &written)])
    })
}

/// Whether exactly `count` items came, all of them open.
fn reads_well(before: &str, after: &str, context: &Context, count: usize) -> bool {
    let (old, new) = (Notes::parse(before, context), Notes::parse(after, context));
    let open = |notes: &Notes| notes.items.iter().filter(|item| item.done.is_none()).count();
    new.items.len() == old.items.len() + count
        && open(&new) == open(&old) + count
        && new.sections.len() <= old.sections.len() + count
}

/// Whether somebody still waits for it.
fn waits(notes: &Notes, page: &Page, known: &Known) -> bool {
    let item = known.tracked.item.map(|at| &notes.items[at]);
    let weight = item.map(|item| item.weight);
    match (known.tracked.id.family, known.tracked.kind) {
        (Family::Blocker, _) => known.standing() != Standing::Done,
        (Family::Ask, _) => asked(notes, page, known),
        (Family::Task, _) => !known.tracked.done && weight != Some(Weight::Informing),
        (Family::Note, SectionKind::Later) => !known.tracked.done,
        (Family::Note, _) => false,
    }
}

/// An ask waits while one of its commits does; a line of words alone until it is marked.
fn asked(notes: &Notes, page: &Page, known: &Known) -> bool {
    let id = known.tracked.id;
    let Some(at) = known.tracked.item else { return true };
    let mut own = notes.asks.iter().filter(|ask| ask.item == at).peekable();
    if own.peek().is_some() {
        return own.any(|ask| is_open(page, id, ask));
    }
    let told = matches!(notes.items[at].weight, Weight::Informing | Weight::Negative);
    !known.tracked.done && !told && page.declined.iter().all(|no| no.item != id)
}

fn is_open(page: &Page, id: ItemId, ask: &Ask) -> bool {
    let declined = page.declined.iter().any(|no| no.is_about(id, ask));
    ask.done.is_none() && !ask.forbidden && !declined
}

fn lines(
    notes: &Notes,
    page: &Page,
    known: &Known,
    context: &Context,
    from: PushDate,
) -> Vec<Left> {
    let one = |text: &str, more: Vec<String>| Left {
        item: known.tracked.id,
        kind: known.tracked.kind,
        line: dated(text, from),
        more,
        by: known.raised.by.clone(),
        at: known.raised.at,
    };
    let Some(at) = known.tracked.item else {
        return vec![one(&known.tracked.text, Vec::new())];
    };
    let item = &notes.items[at];
    let asks: Vec<&Ask> = notes.asks.iter().filter(|ask| ask.item == at).collect();
    let open: Vec<&&Ask> = asks.iter().filter(|ask| is_open(page, known.tracked.id, ask)).collect();
    // Several commits in one item go on line by line, each as it stands by itself.
    if asks.len() > 1 || (asks.len() == 1 && bare(notes, asks[0])) {
        return open.iter().map(|ask| one(&alone(notes, ask), Vec::new())).collect();
    }
    vec![one(&with_repo(item, context), further(item))]
}

/// Whether a hash says its repository by where it stands alone.
fn bare(notes: &Notes, ask: &Ask) -> bool {
    let written = &notes.text()[ask.span.clone()];
    ask.repo.is_some() && !written.contains('@') && !written.contains('/')
}

/// An ask by itself.
fn alone(notes: &Notes, ask: &Ask) -> String {
    let written = &notes.text()[ask.span.clone()];
    let what = match (&ask.repo, bare(notes, ask)) {
        (Some(repo), true) => format!("{repo}@{written}"),
        _ => written.to_owned(),
    };
    let condition = ask.condition.trim_start_matches([')', ']', ':', ',']).trim();
    format!("{what} {condition}").trim_end().to_owned()
}

/// The item's text; with its repository, where it stood under that one's heading.
fn with_repo(item: &Item, context: &Context) -> String {
    let said = |repo: &crate::id::RepoName| {
        let first = item.text.split(':').next().unwrap_or_default();
        context.repo(first.trim()) == Some(repo)
    };
    match &item.repo {
        Some(repo) if !said(repo) && item.kind != SectionKind::Picks => {
            format!("{repo}: {}", item.text)
        }
        _ => item.text.clone(),
    }
}

/// Its deeper lines and its commands.
fn further(item: &Item) -> Vec<String> {
    let mut more: Vec<String> = item.details.iter().map(|detail| format!("* {detail}")).collect();
    for command in &item.commands {
        let fence = if command.text.contains("```") { "~~~~" } else { "```" };
        more.push(fence.to_owned());
        more.extend(command.text.lines().map(str::to_owned));
        more.push(fence.to_owned());
    }
    more
}

/// One line, marked with the date; carried twice, it keeps the date of the push that it comes from.
fn dated(text: &str, from: PushDate) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    if line.contains("(from ") { line } else { format!("{line} (from {from})") }
}
