//! Commits as a stream for `git fast-import`: history with fixed authors and dates, without a work tree.

use std::fmt::Write;

use jiff::Timestamp;

/// One commit of the story.
pub struct Commit<'a> {
    /// The ref it goes on.
    pub on: &'a str,
    /// Its parent, where it is not the commit before it on the same ref of the same stream.
    pub parent: Option<&'a str>,
    /// Its second parent.
    pub merges: Option<&'a str>,
    /// Who wrote it.
    pub who: &'a str,
    /// When (RFC 3339).
    pub at: &'a str,
    /// Its message.
    pub message: &'a str,
    /// What it writes: paths and whole contents.
    pub files: &'a [(&'a str, &'a str)],
}

/// The stream that adds these commits, then these annotated tags: name, ref, who, when.
pub fn of(commits: &[Commit<'_>], tags: &[(&str, &str, &str, &str)]) -> String {
    let mut text = String::new();
    for commit in commits {
        one(&mut text, commit);
    }
    for (name, at_ref, who, at) in tags {
        let _ = writeln!(text, "tag {name}\nfrom {at_ref}");
        let _ = writeln!(text, "tagger {}", signature(who, at));
        data(&mut text, name);
    }
    text + "done\n"
}

fn one(text: &mut String, commit: &Commit<'_>) {
    let signed = signature(commit.who, commit.at);
    let _ = writeln!(text, "commit {}\nauthor {signed}\ncommitter {signed}", commit.on);
    data(text, commit.message);
    if let Some(parent) = commit.parent {
        let _ = writeln!(text, "from {parent}");
    }
    if let Some(other) = commit.merges {
        let _ = writeln!(text, "merge {other}");
    }
    for (path, content) in commit.files {
        let _ = writeln!(text, "M 100644 inline {path}");
        data(text, content);
    }
    text.push('\n');
}

fn data(text: &mut String, content: &str) {
    let _ = writeln!(text, "data {}\n{content}", content.len() + 1);
}

/// A name, an address, and a time with the offset that it is written with.
fn signature(who: &str, at: &str) -> String {
    let seconds = at.parse().map_or(0, Timestamp::as_second);
    let offset = at.get(at.len().saturating_sub(6)..).unwrap_or_default().replace(':', "");
    let mut letters = who.chars();
    let name: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{name} <{who}@example.org> {seconds} {offset}")
}
