//! What `status` reminds people of beside the push: a conflict half resolved, and security fixes that wait.

use train::people::Role;
use train::security::BranchState;
use train::state::State;

use crate::conductor::Conductor;
use crate::security::candidates;

impl Conductor {
    /// That a conflict is being resolved on this machine.
    pub(crate) fn resolving_note(&self) -> Option<String> {
        match self.resolving() {
            Ok(None) => None,
            Ok(Some(open)) => Some(format!(
                "a conflict of {} is being resolved in {}: `pushduty pick --continue` goes on from it, `pushduty pick --abort` drops it",
                open.repo,
                open.tree.dir.display()
            )),
            Err(refusal) => Some(format!("{}: {}", refusal.message, refusal.hint)),
        }
    }

    /// For the security role alone (P9): branches that are reviewed and wait, and mains that have diverged, as last fetched.
    pub(crate) async fn security_notes(&self, state: &State) -> Vec<String> {
        if !self.acting(state).holds(&[Role::Security]) {
            return Vec::new();
        }
        let mut notes = Vec::new();
        for aboard in &self.aboard {
            let (Some(twin), repo) = (&aboard.security, &aboard.settings.name) else { continue };
            let Ok(Some(look)) = twin.last_look(self.clock.now()).await else { continue };
            if !look.ahead.is_empty() {
                notes.push(format!(
                    "the security remote of {repo} has diverged: `pushduty security repair --repo {repo}` shows how the two come together"
                ));
            }
            let reviewed: Vec<String> = candidates(state, repo, &look)
                .iter()
                .filter(|branch| branch.state() == BranchState::Reviewed)
                .map(|branch| branch.number.to_string())
                .collect();
            if !reviewed.is_empty() {
                notes.push(format!(
                    "reviewed and not merged yet are the security branches of {repo}: {}; `pushduty security merge` merges them",
                    reviewed.join(", ")
                ));
            }
        }
        notes
    }
}
