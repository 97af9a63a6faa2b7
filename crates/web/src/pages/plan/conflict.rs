//! What does not apply in a plan of `tag` or `pick`: where, what stands there, and what to do about it.

use conductor::view::RepoOutcome;
use train::command::{Command, PickWish, RepoCommit};
use train::id::{RepoName, TrainName};
use train::pick::{ConflictReport, StepKind};

use super::laid::{Commit, Conflict, ConflictFile, ConflictText};
use crate::pages::act;
use crate::pages::lines::seen;
use crate::pages::words;

/// What does not apply: the commit, its files and their lines, what stands there, and what it likely needs first.
pub(super) fn conflict(
    train: &TrainName,
    wish: &Command,
    repo: &RepoOutcome,
    report: &ConflictReport,
) -> Conflict {
    let file = |(path, what): &(String, String)| {
        let places = report.hunks.iter().filter_map(|hunk| hunk.strip_prefix(path.as_str()));
        let lines: Vec<&str> = places.filter_map(|place| place.strip_prefix(':')).collect();
        ConflictFile { path: path.clone(), lines: lines.join(", "), what: what.clone() }
    };
    let first = |commit: &train::facts::Commit| Commit {
        short: commit.id.short().to_owned(),
        subject: commit.subject.clone(),
        author: commit.author.clone(),
        merge: commit.is_merge(),
    };
    Conflict {
        repo: repo.name.to_string(),
        commit: report.step.commit.short().to_owned(),
        subject: report.subject.clone(),
        onto: report.onto.short().to_owned(),
        files: report.files.iter().map(file).collect(),
        texts: report.texts.iter().map(standing).collect(),
        more: match report.hunks.len().saturating_sub(report.texts.len()) {
            0 => String::new(),
            more => format!("and {} more", words::count(more, "place")),
        },
        then: then(report),
        first: report.prerequisites.iter().map(first).collect(),
        with: with_these_first(train, wish, repo, report),
    }
}

/// What stands at a place. It is anybody's text.
fn standing(told: &train::pick::ConflictText) -> ConflictText {
    ConflictText {
        at: told.at.clone(),
        lines: told.lines.iter().map(|line| seen(line)).collect(),
        more: match told.more {
            0 => String::new(),
            more => format!("and {} more", words::count(more, "line")),
        },
    }
}

/// What to do about it.
fn then(report: &ConflictReport) -> &'static str {
    match (report.step.kind, report.prerequisites.is_empty()) {
        (StepKind::Revert, _) => {
            "What it changed was changed again since. Take that back as well, leave it out, or finish it by hand:"
        }
        (_, false) => "Pick what it likely needs before it, leave it out, or finish it by hand:",
        (_, true) => "Nothing on main would help. Leave it out, or finish it by hand:",
    }
}

/// The form of the picks with what is likely needed before the commit that does not apply.
fn with_these_first(
    train: &TrainName,
    wish: &Command,
    repo: &RepoOutcome,
    report: &ConflictReport,
) -> Option<String> {
    let Command::Pick(wish) = wish else { return None };
    if report.prerequisites.is_empty() || report.step.kind != StepKind::Pick {
        return None;
    }
    let named = |commit: &train::id::Oid| format!("{}:{}", repo.name, commit.short());
    let mut all: Vec<String> = report.prerequisites.iter().map(|one| named(&one.id)).collect();
    match wish.picks.is_empty() {
        // All that was asked for, in the order in which it was tried, and the one that stopped it.
        true => {
            let tried = repo.picks.iter().map(|pick| named(&pick.commit));
            all.extend(tried.chain([named(&report.step.commit)]));
            let mut seen = std::collections::BTreeSet::new();
            all.retain(|one| seen.insert(one.clone()));
        }
        false => all.extend(wish.picks.iter().map(written)),
    }
    let mut fields = vec![("commit", all.join(" "))];
    fields.extend(rest(wish));
    Some(act::address(train, "pick", &fields))
}

/// What else was said in the form of the picks.
fn rest(wish: &PickWish) -> Vec<(&'static str, String)> {
    let several =
        |commits: &[RepoCommit]| commits.iter().map(written).collect::<Vec<_>>().join(" ");
    let flag = |up: bool| if up { "true".to_owned() } else { String::new() };
    let fields = [
        ("push", wish.push.map(|push| push.to_string()).unwrap_or_default()),
        ("drop", several(&wish.drop)),
        ("revert", several(&wish.revert)),
        ("onto_production", flag(wish.onto_production)),
        ("off_main", flag(wish.off_main)),
        ("because", wish.because.as_deref().unwrap_or_default().to_owned()),
    ];
    fields.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}

/// A commit as a form takes it.
pub(super) fn written(one: &RepoCommit) -> String {
    named(one.repo.as_ref(), &one.commit)
}

/// The same of a repository and anything that names a commit there.
pub(super) fn named(repo: Option<&RepoName>, commit: &str) -> String {
    match repo {
        Some(repo) => format!("{repo}:{commit}"),
        None => commit.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_place_hides_nothing() {
        let told = train::pick::ConflictText {
            at: "a.js:1-5".to_owned(),
            lines: vec!["\tif (admin\u{202e}) {".to_owned(), "<b>\u{1b}[2J".to_owned()],
            more: 2,
        };
        let shown = standing(&told);
        assert_eq!(shown.lines, ["\tif (admin\u{fffd}) {", "<b>\u{fffd}[2J"]);
        assert_eq!(shown.more, "and 2 lines more");
    }
}
