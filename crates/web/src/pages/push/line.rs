//! The line of a push: the stations that it calls at, from its cut to its end, and where it is.

use conductor::STAGE;
use conductor::view::{Moment, PushState, RepoStatus, ServiceView, StatusView};
use train::gates::{Built, Gate};
use train::versions::ServiceState;

use crate::pages::scene::Scene;
use crate::pages::words::{self, When};

/// A station of the line.
pub(crate) struct Station {
    pub name: &'static str,
    /// `past`, `now` or `ahead`.
    pub place: &'static str,
    pub mark: &'static str,
    pub time: Option<When>,
    pub note: String,
    /// A line for each repository that was tagged again.
    pub halts: Vec<String>,
}

/// What is known of a station by itself.
#[derive(Default)]
struct Call<'a> {
    name: &'static str,
    reached: bool,
    failed: bool,
    time: Option<&'a Moment>,
    note: String,
    halts: Vec<String>,
}

/// Where production begins.
const PUSHING: &str = "Pushing";

/// The stations that a push calls at, and where it is.
pub(super) fn line(status: &StatusView, scene: &Scene) -> Vec<Station> {
    let left = has_left(status);
    let calls = calls(status);
    let last = calls.len().saturating_sub(1);
    let next = calls.iter().position(|call| !call.reached).unwrap_or(calls.len());
    // A push stands at a station until it leaves it: one that may leave does so by its start alone.
    let waits = calls.get(next).is_some_and(|call| call.name == PUSHING) && !left;
    let here = if waits { next.saturating_sub(1) } else { next };
    let station = |(at, call): (usize, Call<'_>)| {
        let (place, mark) = match at.cmp(&here) {
            std::cmp::Ordering::Less => ("past", "pass"),
            std::cmp::Ordering::Equal if call.failed => ("now", "fail"),
            std::cmp::Ordering::Equal => ("now", here_mark(status.state)),
            std::cmp::Ordering::Greater if at == last => ("ahead", "end"),
            std::cmp::Ordering::Greater => ("ahead", "stop"),
        };
        let Call { name, time, note, halts, .. } = call;
        Station { name, place, mark, time: time.map(|at| scene.near(at)), note, halts }
    };
    calls.into_iter().enumerate().map(station).collect()
}

/// The stations in their order. What is built from the tags is one of them where somebody watches that.
fn calls(status: &StatusView) -> Vec<Call<'_>> {
    let (cut, left) = (is_cut(status), has_left(status));
    let staged = left || (cut && open(status, "staged").is_some());
    let done = status.state == PushState::Done;
    let named = |name, reached, note| Call { name, reached, note, ..Call::default() };
    let why = |name: &str| asked(status, name).unwrap_or_default();
    let tags: usize = status.repos.iter().map(|repo| repo.tags.len()).sum();
    let ops = status.claims.first().map(|claim| claim.by.clone()).unwrap_or_default();
    let hero = status.hero.as_ref().map(ToString::to_string).unwrap_or_default();
    let first = Call {
        time: status.cut_at.as_ref(),
        halts: status.repos.iter().filter_map(halt).collect(),
        ..named("Cut", cut || left, if cut { words::count(tags, "tag") } else { String::new() })
    };
    let approved = left || (staged && open(status, "qa").is_some());
    let out = matches!(status.state, PushState::Watching | PushState::Done);
    let pushing = Call { time: status.push_at.as_ref(), ..named(PUSHING, out, ops) };
    let mut calls = vec![first];
    calls.extend(built(status));
    calls.extend([
        named("Staged", staged, why("staged")),
        named("Approved", approved, why("qa")),
        pushing,
        named("Watching", done, hero),
        named("Done", done, String::new()),
    ]);
    calls
}

/// What stage shows of a push that is cut and not staged yet, where that is known; in a sentence without its full stop.
pub(super) fn to_stage(status: &StatusView) -> Option<&'static str> {
    let stage = status.environments.iter().find(|environment| environment.name == STAGE)?;
    let moves = |service: &&ServiceView| {
        !status.repos.iter().any(|repo| repo.name == service.repo && repo.stays)
    };
    let states: Vec<ServiceState> =
        stage.services.iter().filter(moves).map(|service| service.state).collect();
    on_stage(&states)
}

/// The same of its services. Of one that gives no answer nobody knows what it shows.
fn on_stage(states: &[ServiceState]) -> Option<&'static str> {
    let some = |of: ServiceState| states.contains(&of);
    let old = some(ServiceState::Old);
    if some(ServiceState::Mixed) || (old && some(ServiceState::Current)) {
        return Some("Stage is changing over");
    }
    let all_old = old && states.iter().all(|state| *state == ServiceState::Old);
    all_old.then_some("Stage does not show the tags yet")
}

/// How far what is built from the tags is; none where nobody watches that. Where stage shows the tags, nobody has to ask.
fn built(status: &StatusView) -> Option<Call<'_>> {
    let built = Built::of(&status.gates)?;
    let (cut, left) = (is_cut(status), has_left(status));
    let shown = open(status, "staged").is_some_and(Gate::is_set_up);
    let there = open(status, "built").is_some() || (built == Built::NotAsked && shown);
    let note = match built {
        Built::There => "built",
        Built::Coming => "building",
        Built::Failed => "failed",
        Built::NotAsked => "not told",
    };
    Some(Call {
        name: "Built",
        reached: left || (cut && there),
        failed: cut && built == Built::Failed,
        note: if cut { note.to_owned() } else { String::new() },
        ..Call::default()
    })
}

/// A repository that was tagged again: its newest tag, and how many it has.
fn halt(repo: &RepoStatus) -> Option<String> {
    let newest = repo.tags.last().filter(|_| repo.tags.len() > 1)?;
    Some(format!("{}: {newest}, the newest of {}", repo.name, repo.tags.len()))
}

fn is_cut(status: &StatusView) -> bool {
    status.repos.iter().any(|repo| !repo.tags.is_empty())
}

fn has_left(status: &StatusView) -> bool {
    is_out(status) || status.state == PushState::Done
}

/// Whether it is on its way to production, or there.
pub(super) fn is_out(status: &StatusView) -> bool {
    matches!(status.state, PushState::Pushing | PushState::Watching)
}

fn here_mark(state: PushState) -> &'static str {
    match state {
        PushState::Held => "fail",
        PushState::RolledBack | PushState::Cancelled => "end",
        _ => "here",
    }
}

/// A gate that is open.
fn open<'a>(status: &'a StatusView, name: &str) -> Option<&'a Gate> {
    status.gates.iter().find(|gate| gate.name == name && gate.is_open())
}

/// Whom a gate asks that is not open.
pub(super) fn asked(status: &StatusView, name: &str) -> Option<String> {
    status.gates.iter().find(|gate| gate.name == name && !gate.is_open())?.ask.clone()
}

#[cfg(test)]
mod tests {
    use train::versions::ServiceState::{Current, Failing, Mixed, Old, Unknown};

    use super::*;

    #[test]
    fn stage_changes_over_where_both_versions_are_seen_and_not_where_nothing_is() {
        let (over, not_yet) =
            (Some("Stage is changing over"), Some("Stage does not show the tags yet"));
        let cases: [(&[ServiceState], Option<&str>); 10] = [
            (&[Mixed], over),
            (&[Current, Old], over),
            (&[Current, Old, Failing], over),
            (&[Mixed, Unknown], over),
            (&[Old, Old], not_yet),
            (&[Current, Failing], None),
            (&[Current, Unknown], None),
            (&[Old, Failing], None),
            (&[Current], None),
            (&[], None),
        ];
        for (states, says) in cases {
            assert_eq!(on_stage(states), says, "{states:?}");
        }
    }
}
