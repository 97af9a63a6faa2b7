//! `where`: the answer first, then how it is known.

use conductor::view::{WhereRepo, WhereView};

use super::{ago, sentence, time};
use crate::screen::{Line, Tone};

/// Where a commit is.
#[must_use]
pub fn place(view: &WhereView, now: jiff::Timestamp) -> Vec<Line> {
    let known = view.repos.iter().filter(|repo| repo.error.is_none());
    known.flat_map(|repo| one(repo, now)).collect()
}

fn one(repo: &WhereRepo, now: jiff::Timestamp) -> Vec<Line> {
    let commit = repo.commit.as_ref().map_or("", |c| c.short());
    let (subject, author) = (repo.subject.as_deref(), repo.author.as_deref());
    let mut lines = vec![
        Line::of(Tone::Strong, repo.name.as_str())
            .text(" ")
            .put(Tone::Dim, commit)
            .text(format!(" {} ", subject.unwrap_or_default()))
            .put(Tone::Dim, format!("({})", author.unwrap_or_default())),
        Line::plain("  ").put(Tone::Strong, sentence(&repo.answer)),
    ];
    if let Some(at) = &repo.on_main_since {
        let other = repo.on_main_as.as_ref().map(|c| format!(" as {}", c.short()));
        let other = other.unwrap_or_default();
        lines.push(Line::of(Tone::Dim, format!("  on main since {}{other}", time(at))));
    }
    for tag in &repo.tags {
        let how = tag
            .picked_as
            .as_ref()
            .map(|c| format!(", picked as {}", c.short()))
            .unwrap_or_default();
        let first = Some(&tag.tag).filter(|first| **first != tag.newest);
        let first = first.map(|first| format!(", first in {first}")).unwrap_or_default();
        lines.push(Line::of(Tone::Dim, format!("  in {}{first}{how}", tag.newest)));
    }
    for on in &repo.environments {
        let since = on.since.as_ref().map(|at| format!(" since {}", time(at))).unwrap_or_default();
        lines.push(Line::of(Tone::Dim, format!("  on {} with {}{since}", on.name, on.version)));
        if let Some(why) = &on.failing {
            let seen = ago(&on.observed_at, now);
            let words = format!("  ✗ {} fails now: {why}; it showed that {seen}", on.name);
            lines.push(Line::of(Tone::Bad, words));
        }
    }
    for one in &repo.unclear {
        let tone = if one.with.is_some() { Tone::Odd } else { Tone::Dim };
        lines.push(Line::of(tone, format!("  {}: {}", one.name, one.says())));
    }
    lines.extend(repo.command.as_ref().map(|c| Line::plain("  ").put(Tone::Link, c)));
    lines
}
