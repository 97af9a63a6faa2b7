//! The one next step of a push: whose it is, what, and the command.

use train::asks::AskState;
use train::attempt::{DeployEnd, DeployFor};
use train::gates::GateState;
use train::id::PushDate;
use train::pushes::Train;
use train::settings::PRODUCTION;

use crate::view::{AskView, NextView, PushState, StatusView};

/// Commands that may mean another push where several are cut.
const OF_THE_CUT: [&str; 8] =
    ["pick", "approve", "claim", "resume", "ready", "start", "finish", "watch"];

/// The one next step: whose, what, and the command; with the push in it where another could be meant.
pub(crate) fn next_step(train: &Train<'_>, view: &StatusView) -> NextView {
    let next = step_of(train, view);
    let says = |command: String| {
        let word = command.split(' ').nth(1);
        match view.push.filter(|_| word.is_some_and(|word| OF_THE_CUT.contains(&word))) {
            Some(push) => train.saying(&command, push),
            None => command,
        }
    };
    NextView { command: next.command.map(says), ..next }
}

fn step_of(train: &Train<'_>, view: &StatusView) -> NextView {
    let hero = view.hero.as_ref().map(ToString::to_string);
    let step = |who: Option<String>, what: String, command: Option<&str>| NextView {
        who,
        what,
        command: command.map(str::to_owned),
    };
    if !view.unsettled.is_empty() {
        return step(
            hero,
            "settle what an interrupted run left open".to_owned(),
            Some("pushduty tag"),
        );
    }
    let Some(push) = view.push else {
        return step(
            None,
            "no departure runs in the coming year".to_owned(),
            Some("pushduty schedule"),
        );
    };
    match view.state {
        PushState::Planned | PushState::Open => {
            let partly = view.repos.iter().any(|r| r.tag.is_some());
            let due = view.cut_at.as_ref().is_some_and(|at| at.0.timestamp() <= train.now);
            let what = match (partly, due) {
                (true, _) => format!("finish cutting {push}"),
                (false, true) => format!("cut {push}"),
                (false, false) => format!("cut {push} when it is due"),
            };
            step(hero, what, Some("pushduty tag"))
        }
        PushState::Pushing => pushing_step(train, push, hero),
        PushState::Watching | PushState::RolledBack => after_step(view.state, hero),
        PushState::Held => {
            let hold = view.hold.as_ref();
            let what = hold.map_or_else(String::new, |hold| format!(": {}", hold.because));
            let who = hold.map(|hold| hold.by.clone());
            step(who, format!("lift the hold{what}"), Some("pushduty resume"))
        }
        PushState::Cut if waits_for_stage(view) => {
            step(hero, "see that stage shows the tags".to_owned(), Some("pushduty watch stage"))
        }
        PushState::Cut | PushState::Staged | PushState::Approved => {
            if let Some(what) = asked_for(&view.asks) {
                return step(hero, what, Some("pushduty pick --asked"));
            }
            if let Some((gate, command)) = next_gate(view) {
                return step(gate.ask.clone(), gate.why.clone(), Some(command));
            }
            let ops = view.claims.first().map(|claim| claim.by.clone());
            step(ops.or(hero), format!("start {push}"), Some("pushduty start"))
        }
        PushState::Cancelled => {
            step(hero, format!("{push} does not run"), Some("pushduty schedule"))
        }
        _ => step(hero, "nothing is due".to_owned(), None),
    }
}

/// What is next for a push that was in production.
fn after_step(state: PushState, hero: Option<String>) -> NextView {
    let (what, command) = match state {
        PushState::RolledBack => ("mend it with picks, then lift the hold", "pushduty pick COMMIT"),
        _ => ("watch graphs and errors, then hand over", "pushduty finish"),
    };
    NextView { who: hero, what: what.to_owned(), command: Some(command.to_owned()) }
}

/// What is next for a push on its way: a deploy that failed, one that runs, or services that do not show it yet.
fn pushing_step(train: &Train<'_>, push: PushDate, hero: Option<String>) -> NextView {
    let attempt = train.state.days.of(push).attempt();
    let ops = attempt.map(|attempt| attempt.by.clone()).or(hero);
    let step = |what: String, command: &str| NextView {
        who: ops.clone(),
        what,
        command: Some(command.to_owned()),
    };
    let failed = attempt.into_iter().flat_map(|a| &a.leaving).find_map(|one| {
        let newest = attempt?.newest(DeployFor::Start, &one.repo, &one.tag)?;
        let (end, _) = newest.ended.as_ref()?;
        (*end != DeployEnd::Succeeded).then(|| (one, end.words()))
    });
    if let Some((one, words)) = failed {
        let what = format!("the deploy of {} {} {words}", one.repo, one.tag);
        return step(what, &format!("pushduty start --retry {}", one.repo));
    }
    let program = train.settings.environment(PRODUCTION).and_then(|p| p.deploy.as_ref());
    match program {
        Some(_) => step("follow the deploys".to_owned(), "pushduty start"),
        None => {
            step("deploy, and see production show the tags".to_owned(), "pushduty watch production")
        }
    }
}

/// That there are asks which can be picked.
fn asked_for(asks: &[AskView]) -> Option<String> {
    let goes = |ask: &&AskView| matches!(ask.state, AskState::Applies | AskState::Needs);
    let count = asks.iter().filter(goes).count();
    let many = if count == 1 { "ask" } else { "asks" };
    (count > 0).then(|| format!("{count} {many} can be picked"))
}

fn waits_for_stage(view: &StatusView) -> bool {
    let staged = view.gates.iter().find(|gate| gate.name == "staged");
    staged.is_some_and(|gate| gate.state != GateState::Pass)
}

/// The first gate that somebody opens by a command, and does not pass.
fn next_gate(view: &StatusView) -> Option<(&train::gates::Gate, &'static str)> {
    let command = |name: &str| match name {
        "carried" => Some("pushduty pick COMMIT"),
        "qa" | "developer" => Some("pushduty approve"),
        "ops" => Some("pushduty claim"),
        "window" => Some("pushduty resume"),
        "blockers" | "tasks" => Some("pushduty ready"),
        _ => None,
    };
    let mut closed = view.gates.iter().filter(|gate| !gate.is_open());
    closed.find_map(|gate| Some((gate, command(&gate.name)?)))
}
