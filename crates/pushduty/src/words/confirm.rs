//! `confirm`, `call`: what authors say of their own changes, and who of them is called.

use conductor::view::{CallView, ChangeToConfirm, ConfirmView, RepoToConfirm};

use super::{count, sentence};
use crate::screen::{Line, Tone, columns};

/// The changes that are confirmed, or taken back.
#[must_use]
pub fn to_confirm(view: &ConfirmView) -> Vec<Line> {
    let head = match &view.withdraw {
        Some(because) => {
            format!("Take back what you confirmed of {}, because {}", view.push, sentence(because))
        }
        None => format!("Confirm your changes of {} on stage", view.push),
    };
    let mut lines = vec![Line::of(Tone::Strong, head)];
    for repo in &view.repos {
        lines.push(Line::new());
        lines.extend(one(repo));
    }
    let remark = |remark: &String| Line::of(Tone::Odd, "◆ ").text(sentence(remark));
    lines.extend(view.remarks.iter().map(remark));
    if view.repos.iter().all(|repo| repo.changes.iter().all(|change| change.already)) {
        lines.push(Line::of(Tone::Dim, "You have confirmed this already."));
    }
    lines
}

fn one(repo: &RepoToConfirm) -> Vec<Line> {
    let mut head = Line::of(Tone::Strong, repo.name.as_str());
    if let Some((tag, commit)) = repo.tag.as_ref().zip(repo.commit.as_ref()) {
        head = head.text("  ").put(Tone::Tag, tag).text("  ").put(Tone::Dim, commit.short());
    }
    let row = |change: &ChangeToConfirm| {
        vec![
            Line::of(Tone::Dim, change.commit.short()),
            Line::plain(&change.subject),
            Line::of(Tone::Good, if change.already { "✓ confirmed already" } else { "" }),
        ]
    };
    let rows = columns(2, repo.changes.iter().map(row).collect());
    std::iter::once(head).chain(rows).collect()
}

/// Who is called, and the message.
#[must_use]
pub fn call(view: &CallView) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, sentence(&view.change))];
    let row = |one: &conductor::view::CalledView| {
        let left = match one.waiting {
            0 => "has confirmed".to_owned(),
            n => format!("{} to confirm", count(n, "change")),
        };
        vec![Line::of(Tone::Strong, one.who.as_str()), Line::of(Tone::Dim, left)]
    };
    lines.extend(columns(2, view.whom.iter().map(row).collect()));
    if let Some((subject, text)) = view.subject.as_ref().zip(view.text.as_ref()) {
        let channels = match view.channels.is_empty() {
            true => "No channel is set up for it: it waits for them here alone.".to_owned(),
            false => format!("In {}:", view.channels.join(", ")),
        };
        lines.push(Line::of(Tone::Dim, channels));
        lines.push(Line::plain("  ").text(subject));
        lines.extend(text.lines().map(|line| Line::plain("  ").text(line)));
    }
    lines
}
