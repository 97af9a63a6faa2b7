//! `pick --asked`: which of the asks go onto the tags, and what is told of the others.

use std::collections::BTreeMap;

use train::command::RepoCommit;
use train::id::{Oid, PushDate, RepoName, quoted};
use train::pushes::Train;
use train::refusal::{Code, Refusal};

use crate::bench::Order;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::AskView;

/// What is taken of the asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen {
    /// The commits.
    pub picks: Vec<RepoCommit>,
    /// What is told of those that stay.
    pub left: Vec<String>,
}

impl Conductor {
    /// All asks of a push that can be picked together. The others are told, and stay in the notes.
    pub(crate) async fn asked_picks(&self, train: &Train<'_>, push: PushDate) -> Result<Chosen> {
        let Some(read) = self.read_page(train, push).await? else { return Ok(nobody(push)) };
        let mut chosen = Chosen::default();
        let tried = self.asks_tried(train, &read).await?;
        let mut open = tried.into_iter().filter(|(ask, _)| ask.state.is_open()).peekable();
        if open.peek().is_none() {
            return Ok(nobody(push));
        }
        for (ask, trial) in open {
            match (&ask.repo, trial.goes_on) {
                (Some(repo), true) => chosen.picks.extend(trial.commits.iter().map(|commit| {
                    RepoCommit { repo: Some(repo.clone()), commit: commit.to_string() }
                })),
                _ => chosen.left.push(told(&ask)),
            }
        }
        chosen.picks.sort();
        chosen.picks.dedup();
        Ok(chosen)
    }

    /// Refuses commits that nobody asks for.
    pub(crate) async fn all_asked(
        &self,
        train: &Train<'_>,
        push: PushDate,
        named: &BTreeMap<RepoName, Order>,
    ) -> Result<()> {
        let asked: Vec<(RepoName, Oid)> = match self.read_page(train, push).await? {
            Some(read) => {
                let tried = self.asks_tried(train, &read).await?.into_iter();
                let open = tried.filter(|(ask, _)| ask.state.is_open() || is_picked(ask));
                let of = |(ask, trial): (AskView, train::asks::Trial)| {
                    let repo = ask.repo?;
                    let commits = trial.commits.into_iter().chain(ask.commit);
                    Some(commits.map(move |commit| (repo.clone(), commit)).collect::<Vec<_>>())
                };
                open.filter_map(of).flatten().collect()
            }
            None => Vec::new(),
        };
        for (repo, order) in named {
            let of_repo =
                |id: &Oid| asked.iter().any(|(name, commit)| name == repo && commit == id);
            if let Some(commit) = order.picks.iter().find(|commit| !of_repo(&commit.id)) {
                let (short, subject) = (commit.id.short(), quoted(&commit.subject));
                return Err(Refusal::new(
                    Code::NotFound,
                    format!("nobody asks for {short} {subject} in the notes of {push}"),
                    "`pushduty ask --this` lists what is asked for; without --asked it is picked all the same",
                )
                .in_repo(repo));
            }
        }
        Ok(())
    }
}

/// Run again after it is done, the same command finds them picked.
fn is_picked(ask: &AskView) -> bool {
    matches!(ask.state, train::asks::AskState::Picked | train::asks::AskState::Settled)
}

fn nobody(push: PushDate) -> Chosen {
    let left = vec![format!("the notes of {push} ask for no pick that is not done")];
    Chosen { picks: Vec::new(), left }
}

fn told(ask: &AskView) -> String {
    format!("{}, which {} asks for, stays: {}", ask.name(), ask.by, ask.says)
}
