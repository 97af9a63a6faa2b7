//! One page: what it tells, and what is doubtful about it by itself.

use std::collections::BTreeSet;

use super::facts::{Asked, Compared, Imported, Noted, Stays, TaskNoted, Time, Told};
use super::problem::{OwnKind, Problem};
use super::source::Source;
use crate::id::PushDate;
use crate::links::Target;
use crate::notes::embargo::Embargoed;
use crate::notes::{
    Ask, Clock, Context, Item, Named, Notes, ProblemKind, SectionKind, Weight, Who,
};

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file.
    pub file: String,
    /// What is kept of it.
    pub imported: Imported,
    /// The lines of its compare links, from 1, in the order of `imported.links`.
    pub lines: Vec<usize>,
    /// What is doubtful about it by itself.
    pub problems: Vec<Problem>,
}

/// Reads a page; refuses one that tells of what is not public yet.
pub(super) fn read(
    source: &Source,
    push: PushDate,
    text: &str,
    context: &Context,
    embargoed: &Embargoed,
) -> Result<Page, Problem> {
    if let Some(at) = text.lines().position(|line| embargoed.told_by(line)) {
        let what = "this tells of a fix that is not public yet: the page is left out".to_owned();
        let hint = "import it when the fix is on upstream, or leave the line out";
        return Err(Problem::at(&source.file, at + 1, OwnKind::Embargoed, what, hint));
    }
    let mut context = context.clone();
    context.push = Some(push);
    let notes = Notes::parse(text, &context);
    let (links, lines) = compared(&notes);
    let page = Page {
        file: source.file.clone(),
        imported: Imported { links, ..facts(source, push, &notes) },
        lines,
        problems: doubts(source, &notes, &context),
    };
    Ok(page)
}

fn compared(notes: &Notes) -> (Vec<Compared>, Vec<usize>) {
    let found = notes.links.iter().filter_map(|link| {
        let (Some(repo), Some(Target::Compare { base, head })) = (&link.repo, &link.target) else {
            return None;
        };
        let (repo, base, head) = (repo.clone(), base.clone(), head.clone());
        let link_here = Compared { repo, base, head, struck: link.struck };
        Some((link_here, notes.line_at(link.span.start)))
    });
    found.unzip()
}

fn facts(source: &Source, push: PushDate, notes: &Notes) -> Imported {
    let of = |kind: SectionKind| {
        let items = notes.items.iter().filter(move |item| item.kind == kind);
        items.map(|item| item.text.clone()).collect::<Vec<_>>()
    };
    let hero = notes.hero();
    Imported {
        push,
        source: source.file.clone(),
        digest: blake3::hash(notes.text().as_bytes()).to_hex().to_string(),
        heroes: hero.map(|line| told(&line.names)).unwrap_or_default(),
        remark: hero.and_then(|line| line.remark.clone()),
        ops: told(&notes.ops),
        qa: told(&notes.qa),
        links: Vec::new(),
        stays: notes
            .stays
            .iter()
            .map(|stay| Stays { repo: stay.repo.clone(), because: stay.because.clone() })
            .collect(),
        picks: notes.asks.iter().map(asked).collect(),
        blockers: notes.blockers().map(noted).collect(),
        tasks: notes.items.iter().filter_map(task).collect(),
        notable: of(SectionKind::Notable),
        issues: of(SectionKind::Issues),
        later: of(SectionKind::Later),
        start: notes.start().and_then(time),
        end: notes.end().and_then(time),
    }
}

fn told(names: &[Named]) -> Vec<Told> {
    let one = |named: &Named| {
        let person = match &named.who {
            Who::Person(person) => Some(person.clone()),
            Who::Role(_) | Who::Unknown(_) => None,
        };
        Told { written: named.text.clone(), person }
    };
    names.iter().map(one).collect()
}

fn asked(ask: &Ask) -> Asked {
    let (commit, pull) = match &ask.what {
        Target::Commit(hash) => (Some(hash.clone()), None),
        Target::Pull(number) => (None, Some(*number)),
        Target::Issue(_) | Target::Compare { .. } => (None, None),
    };
    Asked {
        repo: ask.repo.clone(),
        commit,
        pull,
        done: ask.done.is_some(),
        forbidden: ask.forbidden,
        words: ask.condition.clone(),
    }
}

fn owner(item: &Item) -> Option<String> {
    Some(match item.owner.as_ref()? {
        Who::Person(person) => person.to_string(),
        Who::Role(role) => role.word().to_owned(),
        Who::Unknown(name) => name.clone(),
    })
}

fn noted(item: &Item) -> Noted {
    Noted {
        text: item.text.clone(),
        owner: owner(item),
        done: item.done.is_some(),
        holds: item.weight == Weight::Hard,
    }
}

fn task(item: &Item) -> Option<TaskNoted> {
    let SectionKind::Tasks(when) = item.kind else { return None };
    let done = item.done.is_some();
    Some(TaskNoted { text: item.text.clone(), when, owner: owner(item), done })
}

fn time(clock: &Clock) -> Option<Time> {
    let at = clock.at.as_ref()?.timestamp();
    Some(Time { written: clock.text.clone(), at, about: clock.about })
}

/// What its own check says, and whatever of links and picks would be dropped in silence.
fn doubts(source: &Source, notes: &Notes, context: &Context) -> Vec<Problem> {
    // How bases and heads follow each other is judged beside the other pages.
    let own = notes.check(context).into_iter().filter(|p| p.kind != ProblemKind::HeadBeforeBase);
    let mut problems: Vec<Problem> = own.map(|p| Problem::page(&source.file, p)).collect();
    let told: BTreeSet<usize> = problems.iter().filter_map(|problem| problem.line).collect();
    let mut add = |at: usize, kind: OwnKind, what: &str, hint: &str| {
        let line = notes.line_at(at);
        if !told.contains(&line) {
            problems.push(Problem::at(&source.file, line, kind, what.to_owned(), hint));
        }
    };
    let asks: BTreeSet<usize> = notes.asks.iter().map(|ask| ask.span.start).collect();
    for link in &notes.links {
        let at = link.span.start;
        match &link.target {
            Some(Target::Commit(_)) if !asks.contains(&at) => add(
                at,
                OwnKind::CommitAside,
                "this commit is not among those to pick: it is counted as none",
                "under To pick, if it was picked",
            ),
            Some(_) => {}
            // The address is not repeated: it may be of what is not public yet (P9).
            None if notes.text()[link.span.clone()].contains("/compare/") => add(
                at,
                OwnKind::UnreadLink,
                "this compares nothing of a repository aboard: it is left out",
                "…/compare/BASE...HEAD, of a repository under [repos]",
            ),
            None => {}
        }
    }
    let with_asks: BTreeSet<usize> = notes.asks.iter().map(|ask| ask.item).collect();
    for (at, item) in notes.items.iter().enumerate() {
        if item.kind == SectionKind::Picks && !with_asks.contains(&at) {
            add(
                item.span.start,
                OwnKind::NoCommit,
                "this names no commit of a repository aboard: it is counted as no pick",
                "the link to the commit, or REPO@HASH, if something was picked",
            );
        }
    }
    problems
}
