//! How the private twins stand, for the gate: asked now, or as whoever asks nobody may know it (P9).

use std::collections::BTreeMap;

use train::gates::Security;
use train::id::PushDate;
use train::people::Role;
use train::pushes::Train;
use train::security::BranchState;
use train::state::State;

use super::Twin;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::looking::Looking;

impl Conductor {
    fn has_security(&self) -> bool {
        self.aboard.iter().any(|aboard| aboard.security.is_some())
    }

    /// How the private twins stand for whoever asks nobody.
    pub(crate) fn security_unseen(&self, train: &Train<'_>) -> Security {
        if !self.has_security() {
            return Security::NotSetUp;
        }
        match self.acting(train.state).holds(&[Role::Security]) {
            true => Security::NotAsked,
            false => Security::Hidden { ask: self.security_person(train.state) },
        }
    }

    /// The same for whoever looks at a server: as its rounds last fetched them. A command on its own has none,
    /// and would tell of what was fetched by chance. What starts a push asks them anew, always.
    pub(crate) async fn security_as_seen(
        &self,
        train: &Train<'_>,
        push: PushDate,
    ) -> Result<Security> {
        let unseen = self.security_unseen(train);
        if unseen != Security::NotAsked || matches!(self.looking, Looking::Asks) {
            return Ok(unseen);
        }
        let twins = self.twins_as_seen(train.state).await?;
        let twins: Option<Vec<Twin>> = twins.into_iter().collect();
        Ok(twins.map_or(unseen, |twins| stands(&twins, let_go(train.state, push))))
    }

    /// How they stand, asked now; for the security role only (P9).
    pub(crate) async fn security_seen(&self, push: PushDate) -> Result<Security> {
        let state = self.state().await?;
        let looks = BTreeMap::new();
        let train = self.train(&state, &looks);
        match self.security_unseen(&train) {
            Security::NotAsked => {}
            other => return Ok(other),
        }
        let let_go = let_go(&state, push);
        let look = async {
            Ok(match self.security_list(None).await {
                Err(refusal) => Security::Seen { unwell: vec![refusal.message], late: Vec::new() },
                Ok(pairs) => {
                    let twins: Vec<Twin> = pairs.into_iter().map(|pair| pair.twin).collect();
                    stands(&twins, let_go)
                }
            })
        };
        self.seen_twins(push, look).await
    }
}

/// Whether reviewed branches may be left out of a push.
fn let_go(state: &State, push: PushDate) -> bool {
    let overrides = state.pushes.get(&push).map_or(&[][..], |known| &known.overrides);
    overrides.iter().any(|(rule, _)| rule == "without-security")
}

/// How twins stand that were looked at.
fn stands(twins: &[Twin], let_go: bool) -> Security {
    let late = twins.iter().filter(|twin| twin.security.behind);
    Security::Seen {
        unwell: twins.iter().filter_map(|twin| unwell(twin, let_go)).collect(),
        late: late.map(|twin| twin.repo.clone()).collect(),
    }
}

/// Why a twin is not well, in a sentence.
fn unwell(twin: &Twin, let_go: bool) -> Option<String> {
    if !twin.security.ahead.is_empty() {
        return Some(train::security::diverged(&twin.repo, twin.security.ahead.len()).message);
    }
    let reviewed = twin.branches.iter().filter(|(_, state)| *state == BranchState::Reviewed);
    let numbers: Vec<String> = reviewed.map(|(branch, _)| branch.number.to_string()).collect();
    if !numbers.is_empty() && !let_go {
        return Some(format!(
            "reviewed branches of {} are left out: {}",
            twin.repo,
            numbers.join(", ")
        ));
    }
    None
}
