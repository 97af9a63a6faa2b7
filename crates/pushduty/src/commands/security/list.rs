//! `security list`: the branches by number, and whether the two repositories are in step.

use conductor::Pair;
use conductor::view::{BranchView, Moment, SecurityRepoView, SecurityView};
use train::id::RepoName;
use train::people::Role;
use train::security::BranchState;
use train::state::State;

use crate::session::{Ended, Session};
use crate::words;

/// Looks and shows.
pub async fn run(session: &Session, repo: Option<&RepoName>) -> Ended {
    let conductor = session.conductor().await?;
    let state = conductor.state().await?;
    // Whether and how many there are is embargoed too (P9): without the role there is nothing to show.
    conductor.acting(&state).must_hold(&[Role::Security], "see security branches")?;
    let pairs = conductor.security_list(repo).await?;
    let repos = pairs.iter().map(|pair| repo_view(conductor, &state, pair)).collect();
    let view = SecurityView { repos };
    session.screen.show(&words::list(&view));
    session.document(view).await
}

fn repo_view(conductor: &conductor::Conductor, state: &State, pair: &Pair) -> SecurityRepoView {
    let public = |n: u32| {
        let merged =
            state.merges.iter().find(|m| m.repo == pair.repo && m.branches.contains(&n))?;
        Some(Moment(conductor.local(merged.at)))
    };
    let branch = |(b, s): &(conductor::ports::Branch, BranchState)| BranchView {
        n: b.number,
        commit: b.commit.clone(),
        state: *s,
        branch: Some(b.name.clone()),
        subject: Some(b.subject.clone()),
        author: Some(b.author.clone()),
        commit_count: Some(b.commit_count),
        public_since: public(b.number),
    };
    SecurityRepoView {
        name: pair.repo.clone(),
        in_sync: pair.security.ahead.is_empty() && !pair.security.behind,
        ahead: pair.security.ahead.len(),
        branches: pair.branches.iter().map(branch).collect(),
        observed_at: Moment(conductor.local(pair.security.observed_at)),
    }
}
