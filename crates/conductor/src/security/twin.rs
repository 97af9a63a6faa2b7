//! A private twin as it was looked at: its branches, and how each stands by what was reviewed.

use train::id::RepoName;
use train::security::{BranchState, Candidate};
use train::state::State;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::ports::{Branch, SecurityLook};

/// A private twin.
#[derive(Debug, Clone)]
pub struct Twin {
    /// The repository.
    pub repo: RepoName,
    /// What its remote showed.
    pub security: SecurityLook,
    /// Its branches with how they stand, by number.
    pub branches: Vec<(Branch, BranchState)>,
}

impl Twin {
    pub(super) fn of(state: &State, repo: RepoName, security: SecurityLook) -> Self {
        let candidates = candidates(state, &repo, &security);
        let branches = security
            .branches
            .iter()
            .cloned()
            .zip(candidates.iter().map(Candidate::state))
            .collect();
        Self { repo, security, branches }
    }
}

impl Conductor {
    /// Every private twin as it was last fetched, without asking; none in the place of one that never was.
    pub(super) async fn twins_as_seen(&self, state: &State) -> Result<Vec<Option<Twin>>> {
        let (at, mut twins) = (self.clock.now(), Vec::new());
        for aboard in &self.aboard {
            let Some(twin) = &aboard.security else { continue };
            let look = twin.last_look(at).await?;
            twins.push(look.map(|look| Twin::of(state, aboard.settings.name.clone(), look)));
        }
        Ok(twins)
    }
}

/// The branches as the rules see them, in the look's order.
pub(crate) fn candidates(state: &State, repo: &RepoName, look: &SecurityLook) -> Vec<Candidate> {
    let reviews = state.reviews.get(repo);
    let candidate = |b: &Branch| Candidate {
        number: b.number,
        commit: b.commit.clone(),
        merged: b.is_merged(),
        review: reviews.and_then(|r| r.get(&b.number)).cloned(),
    };
    look.branches.iter().map(candidate).collect()
}
