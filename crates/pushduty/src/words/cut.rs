//! The plans of `tag` and `pick` to read before the yes, and what came of them.

use conductor::view::{CutView, OutcomeWord, RepoOutcome};
use train::base::BaseFrom;

use super::{by, count, names, sentence};
use crate::screen::{Line, Tone, columns};

/// A cut to read: a row per repository, then what deserves a word.
#[must_use]
pub fn plan_tag(view: &CutView, hero: Option<&str>) -> Vec<Line> {
    let mut lines = vec![title("Cut", view, hero), Line::new()];
    for (repo, row) in view.repos.iter().zip(rows(view)) {
        lines.push(row);
        lines.extend(link(repo));
        if repo.outcome == OutcomeWord::Planned {
            lines.extend(brought(repo));
        }
        lines.extend(repo.picks.iter().map(pick));
    }
    lines.extend(remarks(view));
    lines
}

/// What a tag brings: who wrote it, and its newest commits.
fn brought(repo: &RepoOutcome) -> Vec<Line> {
    let shown: Vec<String> = repo.authors.iter().take(4).map(|(name, _)| name.clone()).collect();
    let others = repo.authors.len().saturating_sub(shown.len());
    let by = match (shown.is_empty(), others) {
        (true, _) => return Vec::new(),
        (_, 0) => format!("by {}", shown.join(", ")),
        (_, others) => format!("by {} and {}", shown.join(", "), count(others, "other")),
    };
    let mut lines = vec![Line::plain("      ").put(Tone::Dim, by)];
    let commit = |c: &conductor::view::CommitView| {
        let tone = if c.merge { Tone::Dim } else { Tone::Plain };
        Line::plain("      ").put(Tone::Dim, c.commit.short()).text(" ").put(tone, &c.subject)
    };
    lines.extend(repo.commits.iter().map(commit));
    let more = repo.commit_count.unwrap_or_default().saturating_sub(repo.commits.len());
    if more > 0 {
        let words = format!("and {more} more: pushduty compare {}", repo.name);
        lines.push(Line::plain("      ").put(Tone::Dim, words));
    }
    lines
}

/// Picks to read: under each repository what goes on, what comes off, and what does not apply.
#[must_use]
pub fn plan_pick(view: &CutView) -> Vec<Line> {
    let mut lines = vec![title("Pick onto", view, None), Line::new()];
    for (repo, row) in view.repos.iter().zip(rows(view)) {
        lines.push(row);
        lines.extend(link(repo));
        lines.extend(repo.picks.iter().map(pick));
        let there = repo.contained.iter().map(|c| (c, "is on the tag already"));
        let gone = repo.taken_back.iter().map(|c| (c, "is taken back already"));
        lines.extend(there.chain(gone).map(|(commit, words)| {
            Line::plain("      ").put(Tone::Dim, format!("= {} {words}", commit.short()))
        }));
        lines.extend(conflict(repo));
    }
    lines.extend(remarks(view));
    lines
}

fn pick(pick: &train::intent::PickRecord) -> Line {
    let (tone, sign) = if pick.reverted { (Tone::Odd, "− ") } else { (Tone::Good, "+ ") };
    Line::plain("      ")
        .put(tone, sign)
        .put(Tone::Dim, pick.commit.short())
        .text(format!(" {} ", pick.subject))
        .put(Tone::Dim, by(&pick.author, pick.whose.as_deref()))
}

/// What came of it.
#[must_use]
pub fn result(view: &CutView) -> Vec<Line> {
    let with_link = |(repo, row)| std::iter::once(row).chain(link(repo));
    view.repos.iter().zip(rows(view)).flat_map(with_link).collect()
}

/// The compare link, on a line of its own: whole, so that a terminal can open it.
fn link(repo: &RepoOutcome) -> Option<Line> {
    repo.compare_url.as_ref().map(|url| Line::plain("      ").put(Tone::Link, url))
}

fn title(deed: &str, view: &CutView, hero: Option<&str>) -> Line {
    let line = Line::plain(format!("{deed} ")).put(Tone::Strong, view.push.to_string());
    match hero {
        Some(hero) => line.put(Tone::Dim, format!(", hero {hero}")),
        None => line,
    }
}

fn rows(view: &CutView) -> Vec<Line> {
    columns(2, view.repos.iter().map(row).collect())
}

fn row(repo: &RepoOutcome) -> Vec<Line> {
    let tag = repo.tag.as_deref().unwrap_or("–");
    use OutcomeWord::{Failed, Refused, Unknown};
    let stopped = matches!(repo.outcome, Refused | Failed | Unknown);
    let none = stopped && repo.tag.is_none();
    let base = match (&repo.base, repo.base_from) {
        _ if none => Line::new(),
        (Some(base), from) => Line::of(Tone::Dim, format!("since {base}{}", whence(from))),
        (None, _) => Line::of(Tone::Dim, "a first push"),
    };
    let commit = repo.commit.as_ref().map_or("", |c| c.short());
    let commits = repo.commit_count.filter(|_| !none);
    let commits = commits.map(|n| count(n, "commit")).unwrap_or_default();
    vec![
        mark(repo.outcome),
        Line::of(Tone::Strong, repo.name.as_str()),
        Line::of(Tone::Tag, tag),
        Line::of(Tone::Dim, commit),
        Line::plain(commits),
        base,
    ]
}

fn whence(from: BaseFrom) -> &'static str {
    match from {
        BaseFrom::Production => ", in production",
        BaseFrom::LastPush => ", the last push",
        BaseFrom::OlderTag => ", the newest older tag",
        BaseFrom::Nothing => "",
    }
}

/// What became of a repository: a sign and a word.
fn mark(outcome: OutcomeWord) -> Line {
    let (tone, words) = match outcome {
        OutcomeWord::Published => (Tone::Good, "✓ published"),
        OutcomeWord::Already => (Tone::Dim, "= already"),
        OutcomeWord::Planned => (Tone::Plain, "○ planned"),
        OutcomeWord::Stays => (Tone::Dim, "– stays"),
        OutcomeWord::Skipped => (Tone::Dim, "– nothing to do"),
        OutcomeWord::Refused => (Tone::Bad, "✗ refused"),
        OutcomeWord::Unknown => (Tone::Odd, "◆ not known"),
        OutcomeWord::Failed => (Tone::Bad, "✗ failed"),
    };
    Line::of(tone, words)
}

fn remarks(view: &CutView) -> Vec<Line> {
    let mut lines = Vec::new();
    let first = view.repos.iter().position(|r| r.error.is_some());
    for (at, repo) in view.repos.iter().enumerate() {
        for migration in &repo.migrations {
            lines.push(
                Line::of(Tone::Odd, "  ◆ ").text(format!("{}: migration {migration}", repo.name)),
            );
        }
        for note in &repo.notes {
            lines.push(Line::of(Tone::Odd, "  ◆ ").text(format!(
                "{}: {}",
                repo.name,
                sentence(note)
            )));
        }
        // The first refusal is told at the end, as every failure is; the others here, each with its repository.
        if let (Some(error), true) = (&repo.error, first != Some(at)) {
            let place = if names(&error.message, &repo.name) {
                String::new()
            } else {
                format!("{}: ", repo.name)
            };
            lines.push(
                Line::of(Tone::Bad, "  ✗ ").put(Tone::Strong, place).text(sentence(&error.message)),
            );
            lines.push(Line::of(Tone::Dim, "    → ").text(sentence(&error.hint)));
        }
    }
    lines.extend(view.warnings.iter().map(|w| Line::of(Tone::Odd, "  ◆ ").text(sentence(w))));
    if !lines.is_empty() {
        lines.insert(0, Line::new());
    }
    lines
}

/// A conflict: files, places, and what is likely needed first.
fn conflict(repo: &RepoOutcome) -> Vec<Line> {
    let Some(conflict) = &repo.conflict else { return Vec::new() };
    let mut lines = Vec::new();
    for (path, what) in &conflict.files {
        lines.push(Line::plain("      ").text(path).put(Tone::Dim, format!("  {what}")));
    }
    for hunk in &conflict.hunks {
        lines.push(Line::plain("      ").put(Tone::Dim, format!("conflict at {hunk}")));
    }
    if !conflict.prerequisites.is_empty() {
        lines.push(Line::plain(
            "      commits on main that touch these files and are not on the tag:",
        ));
    }
    for commit in &conflict.prerequisites {
        lines.push(
            Line::plain("        ")
                .put(Tone::Dim, commit.id.short())
                .text(format!(" {}", commit.subject)),
        );
    }
    lines
}
