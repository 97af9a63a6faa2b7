//! What somebody with the security role reads before a yes: a branch with its commits, and what branches change (P9: a plan that
//! has such things is made for them alone).

use conductor::carry::Beside;

use super::words::When;

/// How many lines of a difference a page has: a longer one is read where the branch is.
const LINES: usize = 4_000;

/// What there is to read.
pub(crate) struct Read {
    pub branch: Option<Branch>,
    pub patches: Vec<Patch>,
}

/// A branch that is reviewed.
pub(crate) struct Branch {
    pub name: String,
    pub subject: String,
    pub author: String,
    pub commits: Vec<Commit>,
}

pub(crate) struct Commit {
    pub short: String,
    pub whole: String,
    pub subject: String,
    pub author: String,
    pub at: When,
}

/// A difference, line by line, each with how it looks.
pub(crate) struct Patch {
    pub lines: Vec<(&'static str, String)>,
    /// How many lines are left out.
    pub more: usize,
}

impl Read {
    /// None where a plan has nothing of that kind.
    pub fn of(beside: &Beside) -> Option<Self> {
        let branch = beside.branch.as_ref().map(|name| Branch {
            name: name.clone(),
            subject: beside.subject.clone().unwrap_or_default(),
            author: beside.author.clone().unwrap_or_default(),
            commits: beside.commits.iter().map(commit).collect(),
        });
        let diffs = beside.diffs.iter().filter(|diff| !diff.is_empty());
        let patches: Vec<Patch> = diffs.map(|diff| patch(diff)).collect();
        (branch.is_some() || !patches.is_empty()).then_some(Self { branch, patches })
    }
}

fn commit(commit: &conductor::view::CommitView) -> Commit {
    Commit {
        short: commit.commit.short().to_owned(),
        whole: commit.commit.to_string(),
        subject: commit.subject.clone(),
        author: commit.author.clone(),
        at: When::date(&commit.committed_at),
    }
}

fn patch(diff: &str) -> Patch {
    let line = |line: &str| (looks(line), line.to_owned());
    let more = diff.lines().count().saturating_sub(LINES);
    Patch { lines: diff.lines().take(LINES).map(line).collect(), more }
}

/// As git colours it; its sign stands before each line.
fn looks(line: &str) -> &'static str {
    match line.chars().next() {
        _ if line.starts_with("+++") || line.starts_with("---") => "strong",
        Some('+') => "good",
        Some('-') => "bad",
        Some('@') => "link",
        _ => "plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_without_branches_has_nothing_to_read() {
        assert!(Read::of(&Beside::default()).is_none());
        let empty = Beside { diffs: vec![String::new()], ..Beside::default() };
        assert!(Read::of(&empty).is_none());
    }

    #[test]
    fn a_difference_is_read_line_by_line() {
        let diff = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n";
        let beside = Beside { diffs: vec![diff.to_owned()], ..Beside::default() };
        let read = Read::of(&beside).unwrap();
        let looks: Vec<&str> =
            read.patches.iter().flat_map(|patch| &patch.lines).map(|(looks, _)| *looks).collect();
        assert_eq!(looks, ["strong", "strong", "link", "bad", "good", "plain"]);
        let long = patch(&"+x\n".repeat(LINES + 3));
        assert_eq!((long.lines.len(), long.more), (LINES, 3));
    }
}
