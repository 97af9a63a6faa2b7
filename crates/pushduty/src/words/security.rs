//! `security`: numbers, and for the security role the names.

use conductor::view::{
    BranchView, DivergedView, MergeView, OutcomeWord, ProductionWord, SecurityView,
};
use train::command::RepairWay;
use train::id::RepoName;
use train::security::BranchState;

use super::{ago, count, sentence, time};
use crate::screen::{Line, Tone, columns};

/// The branches of every security remote.
#[must_use]
pub fn list(view: &SecurityView, now: jiff::Timestamp) -> Vec<Line> {
    let mut lines = Vec::new();
    for repo in &view.repos {
        let sync = if repo.ahead > 0 {
            Line::of(
                Tone::Bad,
                format!("✗ diverged: {} that upstream lacks", count(repo.ahead, "commit")),
            )
        } else if repo.in_sync {
            Line::of(Tone::Good, "✓ in sync")
        } else {
            Line::of(Tone::Odd, "◆ behind upstream")
        };
        lines.push(Line::of(Tone::Strong, repo.name.as_str()).text("  ").then(sync));
        lines.extend(columns(2, repo.branches.iter().map(|b| branch(b, now)).collect()));
        if repo.branches.is_empty() {
            lines.push(Line::of(Tone::Dim, "  no branches"));
        }
    }
    lines
}

fn branch(branch: &BranchView, now: jiff::Timestamp) -> Vec<Line> {
    let (tone, word) = match branch.state {
        BranchState::Open => (Tone::Plain, "○ open"),
        BranchState::Reviewed => (Tone::Good, "✓ reviewed"),
        BranchState::Moved => (Tone::Odd, "◆ moved since its review"),
        BranchState::Merged => (Tone::Dim, "= merged"),
    };
    let public = branch.public_since.as_ref();
    let public = public.map(|at| format!("public since {}{}", time(at), came_to(branch, now)));
    let is_over = branch.production.as_ref().is_some_and(|p| p.state == ProductionWord::There);
    let tone_of_it = if is_over { Tone::Dim } else { Tone::Odd };
    vec![
        Line::of(Tone::Strong, format!("{:>3}", branch.n)),
        Line::of(tone, word),
        Line::of(Tone::Dim, branch.commit.short()),
        Line::plain(branch.branch.as_deref().unwrap_or("")),
        Line::plain(branch.subject.as_deref().unwrap_or("")),
        Line::of(Tone::Dim, branch.author.as_deref().unwrap_or("")),
        Line::of(tone_of_it, public.unwrap_or_default()),
    ]
}

/// Where a public branch has come: in production since when, else in which tag.
fn came_to(branch: &BranchView, now: jiff::Timestamp) -> String {
    let tag = branch.tag.as_ref().map(|tag| format!(", in {tag}")).unwrap_or_default();
    let Some(production) = &branch.production else { return tag };
    match production.state {
        ProductionWord::NotYet => format!("{tag}, production not yet"),
        ProductionWord::NotKnown => format!("{tag}, production not known"),
        ProductionWord::There => {
            let since = production.since.as_ref().map(|at| format!(" since {}", time(at)));
            let seen = production.observed_at.as_ref().map(|at| ago(at, now)).unwrap_or_default();
            let failing = production.failing.as_ref();
            let failing = failing.map(|_| format!(", as it showed {seen}; it fails now"));
            let version = production.version.as_deref().unwrap_or_default();
            let [since, failing] = [since, failing].map(Option::unwrap_or_default);
            format!(", in production with {version}{since}{failing}")
        }
    }
}

/// A merge to read: what, and the difference against upstream.
#[must_use]
pub fn merge_plan(view: &MergeView, diffs: &[String]) -> Vec<Line> {
    let mut lines = merged(view);
    lines.extend(diffs.iter().flat_map(|diff| difference(diff)));
    if let Some(digest) = &view.digest {
        lines.push(Line::new());
        lines.push(Line::of(Tone::Dim, format!("plan {digest}")));
    }
    lines
}

/// A difference after an empty line, coloured as git does.
fn difference(diff: &str) -> Vec<Line> {
    if diff.is_empty() {
        return Vec::new();
    }
    let line = |line: &str| {
        let tone = match line.chars().next() {
            _ if line.starts_with("+++") || line.starts_with("---") => Tone::Strong,
            Some('+') => Tone::Good,
            Some('-') => Tone::Bad,
            Some('@') => Tone::Link,
            _ => Tone::Plain,
        };
        Line::of(tone, line)
    };
    std::iter::once(Line::new()).chain(diff.lines().map(line)).collect()
}

/// A repair to read: what only security has, and the way out that was named, or both.
#[must_use]
pub fn repair(
    view: &MergeView,
    diverged: &DivergedView,
    diffs: &[String],
    way: Option<&RepairWay>,
) -> Vec<Line> {
    let DivergedView { repo, branch, commit, ahead, merges } = diverged;
    let mut lines =
        vec![Line::of(Tone::Bad, "✗ diverged  ").put(Tone::Strong, repo.as_str()).text(format!(
            ": security's {branch} is at {} and has {} that upstream lacks.",
            commit.short(),
            count(*ahead, "commit")
        ))];
    lines.extend(diffs.iter().flat_map(|diff| difference(diff)));
    lines.push(Line::new());
    if !merges {
        lines.push(Line::of(Tone::Odd, "◆ ").text("It does not merge into upstream's main."));
    }
    lines.extend(match way {
        Some(RepairWay::Publish) => vec![Line::plain(format!(
            "It is merged into upstream's {branch}, and is public from then on."
        ))],
        Some(RepairWay::SetAside(aside)) => vec![Line::plain(format!(
            "It is kept as the branch {aside} there; then an admin resets {branch}."
        ))],
        None => both_ways(repo),
    });
    lines.extend(view.digest.as_ref().map(|digest| Line::of(Tone::Dim, format!("plan {digest}"))));
    lines
}

/// The two ways out of a divergence, each with its command.
fn both_ways(repo: &RepoName) -> Vec<Line> {
    let way = |way: &str, comes_to: &str| {
        let command = format!("pushduty security repair --repo {repo} {way}");
        vec![Line::of(Tone::Link, command), Line::of(Tone::Dim, comes_to)]
    };
    let ways = vec![
        way("--publish", "merges it into upstream: public from then on"),
        way("--set-aside BRANCH", "keeps it as a branch there; an admin resets main"),
    ];
    columns(2, ways)
}

/// What became of each repository.
#[must_use]
pub fn merged(view: &MergeView) -> Vec<Line> {
    let mut lines = Vec::new();
    for repo in &view.repos {
        let numbers: Vec<String> = repo.branches.iter().map(ToString::to_string).collect();
        let noun = if numbers.len() == 1 { "branch" } else { "branches" };
        let what = if numbers.is_empty() {
            String::new()
        } else {
            format!(": {noun} {}", numbers.join(", "))
        };
        let (tone, word) = match repo.outcome {
            OutcomeWord::Published => (Tone::Good, "✓ done"),
            OutcomeWord::Already => (Tone::Dim, "= already"),
            OutcomeWord::Planned => (Tone::Plain, "○ planned"),
            OutcomeWord::Skipped | OutcomeWord::Stays => (Tone::Dim, "– nothing to do"),
            OutcomeWord::Refused => (Tone::Bad, "✗ refused"),
            OutcomeWord::Unknown => (Tone::Odd, "◆ not known"),
            OutcomeWord::Failed => (Tone::Bad, "✗ failed"),
        };
        lines
            .push(Line::of(tone, word).text("  ").put(Tone::Strong, repo.name.as_str()).text(what));
        for n in &repo.held {
            lines.push(
                Line::of(Tone::Odd, "  ◆ ")
                    .text(format!("branch {n} moved since its review and is held.")),
            );
        }
        if let Some(error) = &repo.error {
            lines.push(Line::of(Tone::Bad, "  ✗ ").text(sentence(&error.message)));
        }
    }
    if let Some(command) = &view.command {
        lines.push(Line::plain("An admin of the security remote resets its main with:"));
        lines.push(Line::plain("  ").put(Tone::Link, command));
    }
    lines
}
