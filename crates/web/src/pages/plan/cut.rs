//! The plan of `tag` and `pick`: the tags that would be published, what they bring, and what does not apply.

use conductor::view::{CutView, OutcomeWord, RepoOutcome};
use train::command::Command;
use train::id::TrainName;

use super::conflict::conflict;
use super::laid::{
    Brought, Compare, FAIL, Ladder, Laid, Look, ODD, Rung, SKIP, commits, listed, migration, whence,
};
use super::stay::stays;
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
        stays: stays(wish, view),
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
