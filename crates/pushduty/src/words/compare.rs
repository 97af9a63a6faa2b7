//! `compare`: what a push brings.

use conductor::view::{CompareView, ComparedRepo};

use super::{count, time};
use crate::screen::{Line, Tone, columns};

/// How many pull requests a line names: the commits below name theirs, and the document has all.
const PULLS: usize = 10;

/// The comparison, repository by repository.
#[must_use]
pub fn compare(view: &CompareView) -> Vec<Line> {
    let mut lines: Vec<Line> = view
        .push
        .iter()
        .map(|push| Line::of(Tone::Strong, format!("What {push} brings")))
        .collect();
    for repo in view.repos.iter().filter(|repo| repo.error.is_none()) {
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        lines.extend(one(repo));
    }
    lines
}

fn one(repo: &ComparedRepo) -> Vec<Line> {
    let base = repo.base.as_deref().unwrap_or("the beginning");
    let head = repo.head.as_deref().unwrap_or_default();
    if repo.commit.is_none() {
        return vec![
            Line::of(Tone::Strong, repo.name.as_str())
                .text(format!(" has no commit on {head} yet.")),
        ];
    }
    let mut lines = vec![
        Line::of(Tone::Strong, repo.name.as_str())
            .text("  ")
            .put(Tone::Tag, base)
            .text(" … ")
            .put(Tone::Tag, head),
        size(repo),
    ];
    let (all, behind) =
        (repo.commit_count.unwrap_or_default(), repo.behind_count.unwrap_or_default());
    if behind > 0 {
        let words = format!("  ◆ {base} has {} that {head} lacks", count(behind, "commit"));
        lines.push(Line::of(Tone::Odd, words));
    }
    if !repo.authors.is_empty() {
        let by: Vec<String> =
            repo.authors.iter().take(8).map(|(name, n)| format!("{name} {n}")).collect();
        lines.push(Line::plain("  by ").text(by.join(", ")));
    }
    if !repo.pull_requests.is_empty() {
        lines.push(Line::plain("  pull requests ").text(pull_requests(&repo.pull_requests)));
    }
    lines.extend(
        repo.migrations.iter().map(|m| Line::of(Tone::Odd, "  ◆ ").text(format!("migration {m}"))),
    );
    lines.extend(repo.tasks.iter().map(|t| Line::plain("  task ").text(t)));
    let row = |c: &conductor::view::CommitView| {
        vec![
            Line::of(Tone::Dim, c.commit.short()),
            Line::of(Tone::Dim, time(&c.committed_at)),
            Line::of(if c.merge { Tone::Dim } else { Tone::Plain }, &c.subject),
            Line::of(Tone::Dim, &c.author),
            Line::of(Tone::Good, if c.confirmed.is_some() { "✓ confirmed" } else { "" }),
        ]
    };
    lines.extend(columns(2, repo.commits.iter().map(row).collect()));
    if repo.commits.len() < all && !repo.commits.is_empty() {
        lines.push(Line::of(Tone::Dim, format!("  and {} more", all - repo.commits.len())));
    }
    lines.extend(repo.compare_url.as_ref().map(|url| Line::plain("  ").put(Tone::Link, url)));
    lines
}

/// The first of them by number; how many more there are.
fn pull_requests(numbers: &[u64]) -> String {
    let shown: Vec<String> = numbers.iter().take(PULLS).map(|n| format!("#{n}")).collect();
    let more = numbers.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    shown.join(" ") + &more
}

fn size(repo: &ComparedRepo) -> Line {
    let [commits, files, more, less] =
        [repo.commit_count, repo.files, repo.insertions, repo.deletions]
            .map(Option::unwrap_or_default);
    Line::plain(format!("  {}, {}, ", count(commits, "commit"), count(files, "file")))
        .put(Tone::Good, format!("+{more}"))
        .put(Tone::Bad, format!(" −{less}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_pull_requests_are_named_and_the_rest_is_counted() {
        let numbers: Vec<u64> = (1..=12).collect();
        assert_eq!(pull_requests(&numbers[..10]), "#1 #2 #3 #4 #5 #6 #7 #8 #9 #10");
        assert_eq!(pull_requests(&numbers), "#1 #2 #3 #4 #5 #6 #7 #8 #9 #10 and 2 more");
    }
}
