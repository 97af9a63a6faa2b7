//! `approve`: what is put one's name to.

use conductor::view::{ApproveView, ToSignView, WithdrawView};

use super::{count, sentence};
use crate::screen::{Line, Tone, columns};

/// The tags to sign off, each with what changed since the last time.
#[must_use]
pub fn to_sign(view: &ApproveView) -> Vec<Line> {
    let mut lines =
        vec![Line::of(Tone::Strong, format!("Sign off {} as {}", view.push, view.role.word()))];
    for repo in &view.repos {
        lines.push(Line::new());
        lines.extend(one(repo));
    }
    if view.repos.is_empty() {
        lines.push(Line::of(Tone::Dim, "  every repository stays: there is nothing to sign off."));
    }
    lines.push(Line::new());
    if view.own {
        lines.push(Line::of(Tone::Odd, "◆ ").text("you are the hero of this push: recorded."));
    }
    if !view.configuration.is_empty() {
        let what =
            "the configuration changed since your last sign-off; this one takes it as it is:";
        lines.push(Line::of(Tone::Odd, "◆ ").text(what));
        lines.extend(view.configuration.iter().map(|line| Line::plain("    ").text(line)));
    }
    if view.repos.iter().all(|repo| repo.already) {
        lines.push(Line::of(Tone::Dim, "You have signed this off already."));
    }
    lines
}

fn one(repo: &ToSignView) -> Vec<Line> {
    let head = Line::of(Tone::Strong, repo.name.as_str())
        .text("  ")
        .put(Tone::Tag, &repo.tag)
        .text("  ")
        .put(Tone::Dim, repo.commit.short());
    let head = if repo.already { head.put(Tone::Good, "  ✓ signed off already") } else { head };
    let mut lines = vec![head, since(repo)];
    if repo.behind_count > 0 {
        let gone = format!("  ◆ {} on it no more", are(repo.behind_count));
        lines.push(Line::of(Tone::Odd, gone));
    }
    lines.extend(
        repo.migrations.iter().map(|m| Line::of(Tone::Odd, "  ◆ ").text(format!("migration {m}"))),
    );
    let row = |c: &conductor::view::CommitView| {
        vec![
            Line::of(Tone::Dim, c.commit.short()),
            Line::of(if c.merge { Tone::Dim } else { Tone::Plain }, &c.subject),
            Line::of(Tone::Dim, &c.author),
        ]
    };
    lines.extend(columns(2, repo.commits.iter().map(row).collect()));
    let more = repo.commit_count.saturating_sub(repo.commits.len());
    if more > 0 {
        lines.push(Line::of(Tone::Dim, format!("  and {more} more")));
    }
    lines.extend(repo.compare_url.as_ref().map(|url| Line::plain("  ").put(Tone::Link, url)));
    lines
}

fn are(n: usize) -> String {
    if n == 1 { "1 commit is".to_owned() } else { format!("{n} commits are") }
}

fn since(repo: &ToSignView) -> Line {
    let from = match (&repo.since, repo.since_signed) {
        (Some(tag), true) => format!("since {tag}, which you signed off"),
        (Some(tag), false) => format!("since {tag}"),
        (None, _) => "since the beginning".to_owned(),
    };
    if repo.commit_count + repo.behind_count + repo.files == 0 {
        return Line::plain(format!("  nothing changed {from}"));
    }
    Line::plain(format!(
        "  {}, {}, ",
        count(repo.commit_count, "commit"),
        count(repo.files, "file")
    ))
    .put(Tone::Good, format!("+{}", repo.insertions))
    .put(Tone::Bad, format!(" −{}", repo.deletions))
    .text(format!(" {from}"))
}

/// What is taken back.
#[must_use]
pub fn withdrawn(view: &WithdrawView) -> Vec<Line> {
    if view.repos.is_empty() {
        let words = format!("Your sign-offs of {} are withdrawn already.", view.push);
        return vec![Line::of(Tone::Dim, words)];
    }
    let one = |repo: &conductor::view::WithdrawnView| {
        let words = format!("  {} {}, signed off as {}", repo.name, repo.tag, repo.role.word());
        Line::plain(words)
    };
    let because = sentence(&view.because);
    let head = Line::plain(format!("Withdraw sign-offs of {}, because {because}", view.push));
    std::iter::once(head).chain(view.repos.iter().map(one)).collect()
}
