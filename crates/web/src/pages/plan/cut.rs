//! The plan of `tag` and `pick`: the tags that would be published, what they bring, and what does not apply.

use conductor::view::{CutView, OutcomeWord, RepoOutcome};
use train::command::{Command, PickWish, RepoCommit};
use train::id::TrainName;
use train::pick::{ConflictReport, StepKind};

use super::laid::{
    Brought, Commit, Compare, Conflict, ConflictFile, FAIL, Ladder, Laid, Look, ODD, Rung, SKIP,
    commits, listed, migration, whence,
};
use crate::pages::act;
use crate::pages::push::Picked;
use crate::pages::words;

/// How many authors of what a tag brings are named.
const NAMED: usize = 4;

/// Laid out.
pub(super) fn laid(train: &TrainName, wish: &Command, view: &CutView, hero: Option<&str>) -> Laid {
    let conflict = |repo: &RepoOutcome| {
        let report = repo.conflict.as_ref()?;
        Some(conflict(train, wish, repo, report))
    };
    Laid {
        says: says(view),
        crew: hero.map(|hero| ("Hero", hero.to_owned())).into_iter().collect(),
        looks: looks(view),
        name: "Repositories",
        ladders: view.repos.iter().map(ladder).collect(),
        conflicts: view.repos.iter().filter_map(conflict).collect(),
        brought: view.repos.iter().filter_map(brought).collect(),
        ..Laid::default()
    }
}

fn says(view: &CutView) -> String {
    let planned = view.repos.iter().filter(|repo| repo.outcome == OutcomeWord::Planned).count();
    let picks: usize = view.repos.iter().map(|repo| repo.picks.len()).sum();
    match (planned, picks) {
        (0, _) => format!("{}: no new tag.", view.push),
        (tags, 0) => format!("{}: {}.", view.push, words::count(tags, "new tag")),
        (tags, picks) => {
            let (tags, picks) = (words::count(tags, "new tag"), words::count(picks, "pick"));
            format!("{}: {tags} with {picks}.", view.push)
        }
    }
}

fn ladder(repo: &RepoOutcome) -> Ladder {
    let (mark, word) = became(repo.outcome);
    let stays = repo.outcome == OutcomeWord::Stays;
    let base = repo.base.clone().filter(|_| !stays);
    let tagged = repo.tag.is_some();
    let first = if tagged && base.is_none() && !stays { "a first push" } else { "" };
    let commit = repo.commit.as_ref().map(|commit| commit.short().to_owned());
    let to = Rung {
        tag: repo.tag.clone().unwrap_or_else(|| "no tag".to_owned()),
        mark,
        planned: repo.outcome == OutcomeWord::Planned,
        says: listed([
            word.to_owned(),
            commits(repo.commit_count.filter(|_| tagged)),
            first.to_owned(),
            commit.unwrap_or_default(),
        ]),
        picks: repo.picks.iter().map(pick).collect(),
    };
    let (url, head) = (repo.compare_url.as_deref(), repo.tag.as_deref());
    Ladder {
        name: repo.name.to_string(),
        compare: Compare::of(url, base.as_deref(), head),
        from: base.map(|base| (base, whence(repo.base_from).to_owned())),
        to: Some(to),
        ..Ladder::default()
    }
}

/// What becomes of a repository: a mark and a word.
fn became(outcome: OutcomeWord) -> (&'static str, &'static str) {
    match outcome {
        OutcomeWord::Published => ("pass", "published"),
        OutcomeWord::Already => ("pass", "there already"),
        OutcomeWord::Planned => ("plan", "planned"),
        OutcomeWord::Stays => ("stop", "stays"),
        OutcomeWord::Skipped => ("skip", "nothing to do"),
        OutcomeWord::Refused => ("fail", "refused"),
        OutcomeWord::Unknown => ("odd", "not known"),
        OutcomeWord::Failed => ("fail", "failed"),
    }
}

fn pick(pick: &train::intent::PickRecord) -> Picked {
    let author = match &pick.whose {
        Some(whose) => format!("of {whose}, taken back by {}", pick.author),
        None => pick.author.clone(),
    };
    Picked {
        sign: if pick.reverted { "− " } else { "" },
        commit: pick.commit.short().to_owned(),
        subject: pick.subject.clone(),
        author,
    }
}

/// What the tag of a plan to cut brings: how much, by whom, and its newest commits.
fn brought(repo: &RepoOutcome) -> Option<Brought> {
    if repo.outcome != OutcomeWord::Planned {
        return None;
    }
    let others = repo.authors.len().saturating_sub(NAMED);
    let rest = words::count(others, "other");
    let authors = repo.authors.iter().take(NAMED);
    let mut names: Vec<&str> = authors.map(|(name, _)| name.as_str()).collect();
    if others > 0 {
        names.push(&rest);
    }
    let by = if names.is_empty() { String::new() } else { format!("by {}", names.join(", ")) };
    let all = repo.commit_count.unwrap_or(repo.commits.len());
    let says = listed([words::count(all, "commit"), by]);
    Brought::of(repo.name.as_str(), &repo.commits, all, says)
}

/// What deserves a word: merges that come first, migrations, remarks, every no but the one that is told at the end.
fn looks(view: &CutView) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for merge in view.merges.iter().filter(|merge| !merge.branches.is_empty()) {
        let numbers: Vec<String> = merge.branches.iter().map(ToString::to_string).collect();
        let words =
            format!("{}: reviewed branches are merged first: {}", merge.name, numbers.join(", "));
        looks.push(Look::of(ODD, &words));
    }
    let first = view.repos.iter().position(|repo| repo.error.is_some());
    for (at, repo) in view.repos.iter().enumerate() {
        let name = &repo.name;
        looks.extend(repo.migrations.iter().map(|path| migration(name, path)));
        let notes = repo.notes.iter().map(|note| format!("{name}: {note}"));
        looks.extend(notes.map(|words| Look::of(ODD, &words)));
        if let (Some(error), true) = (&repo.error, first != Some(at)) {
            let words = format!("{name}: {}: {}", error.message, error.hint);
            looks.push(Look::of(FAIL, words.trim_end_matches([' ', ':'])));
        }
        let there = repo.contained.iter().map(|commit| (commit, "is on the tag already"));
        let gone = repo.taken_back.iter().map(|commit| (commit, "is taken back already"));
        looks.extend(
            there.chain(gone).map(|(commit, words)| {
                Look::of(SKIP, &format!("{name}: {} {words}", commit.short()))
            }),
        );
    }
    looks.extend(view.warnings.iter().map(|warning| Look::of(ODD, warning)));
    looks
}

/// What does not apply: the commit, its files and their lines, and what it likely needs first.
fn conflict(
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
        first: report.prerequisites.iter().map(first).collect(),
        with: with_these_first(train, wish, repo, report),
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
        ("because", wish.because.clone().unwrap_or_default()),
    ];
    fields.into_iter().filter(|(_, said)| !said.is_empty()).collect()
}

fn written(one: &RepoCommit) -> String {
    match &one.repo {
        Some(repo) => format!("{repo}:{}", one.commit),
        None => one.commit.clone(),
    }
}
