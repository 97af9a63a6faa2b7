//! How a push stands. *Planned, open, cut, pushing, watching, done, cancelled* follow from what was decided; *staged* and
//! *approved* from what is seen.

use train::attempt::{Attempt, Back, DeployEnd, DeployFor, Leaving};
use train::gates::signed_off;
use train::id::{PushDate, RepoName};
use train::pushday::PushDay;
use train::pushes::Train;
use train::settings::PRODUCTION;
use train::state::Over;

use crate::environments::is_live;
use crate::gates::{DayView, STAGE};
use crate::view::{EnvironmentView, PushState, RepoStatus};

/// How a push stands: what was decided, else what is seen.
pub(crate) fn push_state(
    train: &Train<'_>,
    push: PushDate,
    environments: &[EnvironmentView],
    day: &DayView,
    repos: &[RepoStatus],
) -> PushState {
    let decided = train.state.days.of(push);
    match train.over(push) {
        Some(Over::Cancelled(_)) => return PushState::Cancelled,
        Some(Over::Done(_)) => return PushState::Done,
        None => {}
    }
    if is_back(train, decided, repos) {
        return PushState::RolledBack;
    }
    if day.hold.as_ref().is_some_and(|hold| hold.repo.is_none()) {
        return PushState::Held;
    }
    if let Some(attempt) = decided.attempt() {
        let deploys = train.settings.environment(PRODUCTION).and_then(|p| p.deploy.as_ref());
        let there = |one: &Leaving| is_there(environments, one, Some(attempt), deploys.is_some());
        let all = attempt.leaving.iter().all(|one| is_settled(repos, &one.repo) || there(one));
        return if all { PushState::Watching } else { PushState::Pushing };
    }
    if !train.is_cut(push) {
        return if train.next().is_some_and(|d| d.push == push) {
            PushState::Open
        } else {
            PushState::Planned
        };
    }
    let stage = environments.iter().find(|e| e.name == STAGE && !e.services.is_empty());
    let staged = stage.map(|s| s.services.iter().all(|s| s.has_arrived(repos)));
    match staged {
        None | Some(true) if signed_off(train.settings, &day.gates) => PushState::Approved,
        Some(true) => PushState::Staged,
        _ => PushState::Cut,
    }
}

/// Whether the newest attempt was rolled back, and there is no newer tag that nobody holds back.
fn is_back(train: &Train<'_>, decided: &PushDay, repos: &[RepoStatus]) -> bool {
    let Some((rollback, _)) = decided.attempts.last().and_then(|last| last.rolled_back.as_ref())
    else {
        return false;
    };
    let bad = |back: &Back| decided.bad.iter().any(|b| b.repo == back.repo && b.tag == back.tag);
    let still = |back: &Back| {
        repos.iter().any(|r| r.name == back.repo && r.tag.as_ref() == Some(&back.tag))
    };
    let held = decided.holding(train.now).iter().any(|held| held.hold.repo.is_none());
    held || rollback.back.iter().any(|back| bad(back) && still(back))
}

/// Whether nothing is left to be done for a repository of the push.
pub(crate) fn is_settled(repos: &[RepoStatus], name: &RepoName) -> bool {
    repos.iter().any(|repo| repo.name == *name && repo.settled)
}

/// Whether a tag that left is there: production shows it, and its deploy did not fail; where it has no services, its deploy ended well, or people did it.
pub(crate) fn is_there(
    environments: &[EnvironmentView],
    one: &Leaving,
    attempt: Option<&Attempt>,
    deploys: bool,
) -> bool {
    let production = environments.iter().find(|e| e.name == PRODUCTION);
    let has_services =
        production.is_some_and(|p| p.services.iter().any(|service| service.repo == one.repo));
    let newest = attempt.and_then(|a| a.newest(DeployFor::Start, &one.repo, &one.tag));
    if has_services {
        let live = is_live(environments, one);
        return live && newest.is_none_or(|newest| newest.failed(live).is_none());
    }
    let ended = newest.and_then(|deployed| deployed.ended.as_ref());
    !deploys || ended.is_some_and(|(end, _)| *end == DeployEnd::Succeeded)
}
