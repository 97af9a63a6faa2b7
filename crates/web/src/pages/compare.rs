//! What ships with a push in one repository: commit by commit, over what users run.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{CommitView, ComparedRepo};
use conductor::{CompareWish, Conductor};
use serde::Deserialize;
use train::base::BaseFrom;
use train::id::{PushDate, RepoName, TrainName};
use train::links;
use train::settings::Repo;

use super::words::{self, When};
use super::{Layout, NoPage, encoded, hints, looked, shown};
use crate::asked::{Path, Query, revisions};
use crate::house::House;
use crate::visitor::Visitor;

/// How many commits are listed.
const COMMITS: usize = 300;

/// What is compared: two revisions, or what a push brings.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `BASE..HEAD`.
    range: Option<String>,
    push: Option<PushDate>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    layout: Layout,
    train: String,
    repo: String,
    push: Option<String>,
    ends: Option<(String, String)>,
    says: String,
    /// What is odd: the base has what the head lacks; or why nothing is known.
    odd: Option<String>,
    forge: Option<String>,
    commits: Vec<Row>,
    /// How many are not listed.
    more: usize,
    figures: Vec<(&'static str, String)>,
    authors: Vec<(String, String)>,
    /// Pull requests, each with what *Where is…* is asked with.
    pulls: Vec<(u64, String)>,
    tasks: Vec<String>,
    migrations: Vec<String>,
    asked_at: Option<When>,
}

/// A commit of it.
struct Row {
    short: String,
    whole: String,
    /// Where the forge shows it, where one is known.
    link: Option<String>,
    subject: String,
    author: String,
    merge: bool,
    at: When,
    /// Who said when that it does on stage what it should.
    confirmed: Option<(String, When)>,
}

impl Row {
    fn of(commit: &CommitView, repo: Option<&Repo>) -> Self {
        let whole = commit.commit.to_string();
        let confirmed = commit.confirmed.as_ref();
        Self {
            short: commit.commit.short().to_owned(),
            link: repo.and_then(|repo| links::commit(repo, &whole)),
            whole,
            subject: commit.subject.clone(),
            author: commit.who.as_ref().map_or(commit.author.clone(), ToString::to_string),
            merge: commit.merge,
            at: When::date(&commit.committed_at),
            confirmed: confirmed.map(|word| (word.by.clone(), When::date(&word.at))),
        }
    }
}

/// What it comes to, in a sentence.
fn says(compared: &ComparedRepo) -> String {
    let from = match compared.base_from {
        Some(BaseFrom::Production) => ", what production runs",
        Some(BaseFrom::LastPush) => ", what the last push left",
        Some(BaseFrom::OlderTag) => ", the newest older tag",
        Some(BaseFrom::Nothing) | None => "",
    };
    match (compared.commit_count, &compared.base) {
        (None, _) => "Not known.".to_owned(),
        (Some(0), Some(base)) => format!("Nothing over {base}{from}."),
        (Some(n), Some(base)) => format!("{} over {base}{from}.", words::count(n, "commit")),
        (Some(n), None) => format!("{}, with nothing before.", words::count(n, "commit")),
    }
}

/// What is odd about it, or why nothing is known.
fn odd(compared: &ComparedRepo) -> Option<String> {
    if let Some(error) = &compared.error {
        let (message, hint) = (hints::said(&error.message), hints::said(&error.hint));
        return Some(format!("{} {}", words::sentence(&message), words::sentence(&hint)));
    }
    let (base, head) = compared.base.as_ref().zip(compared.head.as_ref())?;
    match compared.behind_count {
        None | Some(0) => None,
        Some(1) => Some(format!("1 commit of {base} is not in {head}.")),
        Some(n) => Some(format!("{n} commits of {base} are not in {head}.")),
    }
}

fn figures(compared: &ComparedRepo) -> Vec<(&'static str, String)> {
    let number = |what, n: Option<usize>| n.map(|n| (what, n.to_string()));
    let known = compared.commit_count.is_some_and(|n| n > 0);
    let all = [
        number("commits", compared.commit_count),
        number("files", compared.files),
        number("lines added", compared.insertions),
        number("lines removed", compared.deletions),
        number("migrations", Some(compared.migrations.len())),
    ];
    all.into_iter().flatten().filter(|_| known).collect()
}

/// `/trains/{train}/compare/{repo}`.
pub(crate) async fn compare(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, repo)): Path<(TrainName, RepoName)>,
    Query(asked): Query<Asked>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let range = asked.range.as_deref().map(revisions).transpose().map_err(no)?;
    let wish = CompareWish { repo: Some(repo.clone()), range, push: asked.push, limit: COMMITS };
    let named = repo.clone();
    let look = async move |conductor: &Conductor| {
        let (view, _) = conductor.compare(&wish).await?;
        Ok((view, conductor.settings.repo(&named).cloned()))
    };
    let ((view, settings), zone) = looked(&house, &visitor, &train, look).await?;
    let unknown = || ComparedRepo::unknown(repo.clone());
    let compared = view.repos.into_iter().next().unwrap_or_else(unknown);
    let title = format!("{repo}, what ships");
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("compare").in_zone(&zone);
    let push = view.push.map(|push| push.to_string());
    Ok(shown(&page(layout, &train, push, compared, settings.as_ref())))
}

fn page(
    layout: Layout,
    train: &TrainName,
    push: Option<String>,
    compared: ComparedRepo,
    settings: Option<&Repo>,
) -> ComparePage {
    let commits: Vec<Row> = compared.commits.iter().map(|one| Row::of(one, settings)).collect();
    let count = |(name, n): &(String, usize)| (name.clone(), words::count(*n, "commit"));
    let pull = |n: &u64| (*n, encoded(&format!("#{n}")));
    ComparePage {
        layout,
        train: train.to_string(),
        repo: compared.name.to_string(),
        push,
        says: says(&compared),
        odd: odd(&compared),
        figures: figures(&compared),
        more: compared.commit_count.unwrap_or_default().saturating_sub(commits.len()),
        commits,
        authors: compared.authors.iter().map(count).collect(),
        pulls: compared.pull_requests.iter().map(pull).collect(),
        asked_at: compared.observed_at.as_ref().map(When::date),
        ends: compared.base.zip(compared.head),
        forge: compared.compare_url,
        tasks: compared.tasks,
        migrations: compared.migrations,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(base: Option<&str>, commits: usize) -> ComparedRepo {
        ComparedRepo {
            base: base.map(str::to_owned),
            base_from: Some(BaseFrom::Production),
            head: Some("2026.11.26".to_owned()),
            commit_count: Some(commits),
            behind_count: Some(0),
            ..ComparedRepo::unknown("web".parse().unwrap())
        }
    }

    #[test]
    fn it_is_said_what_ships_over_what() {
        let base = Some("2026.11.19");
        assert_eq!(says(&compared(base, 1)), "1 commit over 2026.11.19, what production runs.");
        assert_eq!(says(&compared(base, 0)), "Nothing over 2026.11.19, what production runs.");
        let first = ComparedRepo { base_from: Some(BaseFrom::Nothing), ..compared(None, 4) };
        assert_eq!(says(&first), "4 commits, with nothing before.");
        assert_eq!(says(&ComparedRepo::unknown("web".parse().unwrap())), "Not known.");
    }

    #[test]
    fn what_the_head_lacks_is_odd() {
        let of = |n| odd(&ComparedRepo { behind_count: n, ..compared(Some("2026.11.19"), 1) });
        assert_eq!(of(Some(0)), None);
        assert_eq!(of(None), None);
        let two = "2 commits of 2026.11.19 are not in 2026.11.26.";
        assert_eq!(of(Some(2)).as_deref(), Some(two));
    }

    #[test]
    fn what_ships_nothing_has_no_figures() {
        assert!(figures(&compared(Some("2026.11.19"), 0)).is_empty());
        let figures = figures(&ComparedRepo { files: Some(3), ..compared(None, 2) });
        assert_eq!(figures.first(), Some(&("commits", "2".to_owned())));
        assert!(figures.contains(&("files", "3".to_owned())));
    }
}
