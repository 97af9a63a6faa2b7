//! The one next step of a push: whose it is, what, and the command.

use train::answered_for;
use train::asks::AskState;
use train::attempt::{DeployFor, Leaving};
use train::expected::came_past;
use train::gates::{Gate, GateState, SECURITY};
use train::id::{PushDate, quoted};
use train::notes::Phase;
use train::pushes::Train;
use train::settings::PRODUCTION;

use crate::environments::shows;
use crate::production::PastUs;
use crate::standing::{is_settled, is_there};
use crate::view::{AskView, NextView, PushState, StatusView};

/// Commands that may mean another push where several are cut.
const OF_THE_CUT: [&str; 9] =
    ["pick", "approve", "claim", "resume", "ready", "start", "promote", "finish", "watch"];

/// The one next step: whose, what, and the command; with the push in it where another could be meant.
/// `answered` says whether somebody answers for the private twins. `past_us` are the tags that production shows though no start
/// allowed them: what alarms comes first.
pub(crate) fn next_step(
    train: &Train<'_>,
    view: &StatusView,
    answered: bool,
    past_us: &[PastUs],
) -> NextView {
    let next = alarm(train, view, past_us).unwrap_or_else(|| step_of(train, view, answered));
    let says = |command: String| {
        let word = command.split(' ').nth(1);
        match view.push.filter(|_| word.is_some_and(|word| OF_THE_CUT.contains(&word))) {
            Some(push) => train.saying(&command, push),
            None => command,
        }
    };
    NextView { command: next.command.map(says), ..next }
}

/// A blocker that came after the start and nobody let go, or a tag in production that no start allowed.
fn alarm(train: &Train<'_>, view: &StatusView, past_us: &[PastUs]) -> Option<NextView> {
    let push = view.push?;
    let day = train.state.days.of(push);
    let hero = view.hero.as_ref().map(ToString::to_string);
    let closed = view.gates.iter().any(|gate| gate.name == "blockers" && !gate.is_open());
    let runs = day.attempt().filter(|_| closed);
    let late = runs.and_then(|_| view.blockers.iter().find(|one| one.open && one.holds));
    if let Some(late) = late {
        return Some(NextView {
            who: late.owner.clone().or(hero),
            what: format!(
                "{} is open though the push has started: {}: settle it, mend it with a hot-fix, or roll back",
                late.id,
                quoted(&late.text)
            ),
            command: Some(format!("pushduty unblock {}", late.id)),
            alarm: true,
        });
    }
    let is_its = |one: &&PastUs| {
        let repo = train.settings.repo(&one.repo);
        repo.is_some_and(|repo| came_past(train.state, repo, &one.tag) == Some(push))
    };
    let past_us = past_us.iter().find(is_its)?;
    Some(NextView {
        who: view.claims.first().map(|claim| claim.by.clone()).or(hero),
        what: format!("{}: have it on record, or take it back", past_us.words()),
        command: Some("pushduty start".to_owned()),
        alarm: true,
    })
}

fn step_of(train: &Train<'_>, view: &StatusView, answered: bool) -> NextView {
    let hero = view.hero.as_ref().map(ToString::to_string);
    let step = |who: Option<String>, what: String, command: Option<&str>| NextView {
        who,
        what,
        command: command.map(str::to_owned),
        alarm: false,
    };
    if !view.unsettled.is_empty() {
        return step(
            hero,
            "settle what an interrupted run left open".to_owned(),
            Some("pushduty tag --settle"),
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
            step(hero, to_cut(train, view, push), Some("pushduty tag"))
        }
        PushState::Pushing => pushing_step(train, view, push, hero),
        PushState::RolledBack => back_step(train, view, push, hero),
        PushState::Watching if waits_to_take_over(train, view, push) => {
            let ops = view.claims.first().map(|claim| claim.by.clone());
            let what = format!("let {push} take over: production shows its tags");
            step(ops.or(hero), what, Some("pushduty promote"))
        }
        PushState::Watching => {
            let what = "watch graphs and errors, then hand over".to_owned();
            step(hero, what, Some("pushduty finish"))
        }
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
            to_leave(train, view, answered, push, hero)
        }
        PushState::Cancelled => {
            step(hero, format!("{push} does not run"), Some("pushduty schedule"))
        }
        _ => step(hero, "nothing is due".to_owned(), None),
    }
}

/// That a push is to be cut, or that its cut is to be finished.
fn to_cut(train: &Train<'_>, view: &StatusView, push: PushDate) -> String {
    let partly = view.repos.iter().any(|r| r.tag.is_some());
    let due = view.cut_at.as_ref().is_some_and(|at| at.0.timestamp() <= train.now);
    match (partly, due) {
        (true, _) => format!("finish cutting {push}"),
        (false, true) => format!("cut {push}"),
        (false, false) => format!("cut {push} when it is due"),
    }
}

/// What is next for a push that was rolled back: the way back to its end, then mending it. Where production shows what it was
/// to go back to, it is back, unless its program failed there (P15).
fn back_step(
    train: &Train<'_>,
    view: &StatusView,
    push: PushDate,
    hero: Option<String>,
) -> NextView {
    let program = train.settings.environment(PRODUCTION).and_then(|p| p.deploy.as_ref());
    let last = train.state.days.of(push).attempts.last().filter(|_| program.is_some());
    let back = last.and_then(|last| Some((last, &last.rolled_back.as_ref()?.0)));
    let step = |who: Option<String>, what: String, command: &str| NextView {
        who,
        what,
        command: Some(command.to_owned()),
        alarm: false,
    };
    for (last, one) in
        back.into_iter().flat_map(|(last, back)| back.back.iter().map(move |one| (last, one)))
    {
        let Some(to) = one.to.as_deref() else { continue };
        let (ops, there) = (Some(last.by.clone()), shows(&view.environments, &one.repo, to));
        let run = last.newest(DeployFor::Rollback, &one.repo, to);
        if let Some(end) = run.and_then(|run| run.failed(there)) {
            let what = format!("the way back of {} to {to} {}", one.repo, end.words());
            return step(ops, what, &format!("pushduty rollback --retry {}", one.repo));
        }
        if !there && run.is_none_or(|run| run.ended.is_none()) {
            let what = format!("bring {} back to {to}", one.repo);
            return step(ops, what, "pushduty rollback --because TEXT");
        }
    }
    step(hero, "mend it with picks, then lift the hold".to_owned(), "pushduty pick COMMIT")
}

/// What is next for a push on its way: a deploy that failed, one that runs, or services that do not show it yet.
fn pushing_step(
    train: &Train<'_>,
    view: &StatusView,
    push: PushDate,
    hero: Option<String>,
) -> NextView {
    let attempt = train.state.days.of(push).attempt();
    let ops = attempt.map(|attempt| attempt.by.clone()).or(hero);
    let step = |what: String, command: &str| NextView {
        who: ops.clone(),
        what,
        command: Some(command.to_owned()),
        alarm: false,
    };
    let leaving = attempt.into_iter().flat_map(|a| &a.leaving);
    let leaving = leaving.filter(|one| !is_settled(&view.repos, &one.repo));
    let leaving: Vec<_> = leaving.collect();
    let mut all = leaving.iter().copied();
    let failed = all.find_map(|one| {
        let newest = attempt?.newest(DeployFor::Start, &one.repo, &one.tag)?;
        let end = newest.failed(shows(&view.environments, &one.repo, &one.tag))?;
        Some((one, end.words()))
    });
    if let Some((one, words)) = failed {
        let what = format!("the deploy of {} {} {words}", one.repo, one.tag);
        return step(what, &format!("pushduty start --retry {}", one.repo));
    }
    let program = train.settings.environment(PRODUCTION).and_then(|p| p.deploy.as_ref());
    // Deployed, and not there: nothing runs that could be followed.
    let deployed = |one: &&Leaving| {
        let newest = attempt.and_then(|a| a.newest(DeployFor::Start, &one.repo, &one.tag));
        newest.is_some_and(|deployed| deployed.ended.is_some())
    };
    let gone = |one: &&Leaving| !is_there(&view.environments, one, attempt, true);
    let none_runs = program.is_some() && leaving.iter().all(deployed);
    if let Some(one) = leaving.iter().copied().find(gone).filter(|_| none_runs) {
        let what = format!(
            "see why production does not show {} of {}: its deploy has ended well",
            one.tag, one.repo
        );
        return step(what, "pushduty watch production");
    }
    match program {
        Some(_) => step("follow the deploys".to_owned(), "pushduty start"),
        None => {
            step("deploy, and see production show the tags".to_owned(), "pushduty watch production")
        }
    }
}

/// Whether taking over is a step of its own that is still to come: there is a program for it, or the notes have
/// things to do before it.
fn waits_to_take_over(train: &Train<'_>, view: &StatusView, push: PushDate) -> bool {
    let production = train.settings.environment(PRODUCTION);
    let program = production.is_some_and(|production| production.promote.is_some());
    let tasks = view.tasks.iter().any(|task| task.when == Some(Phase::BeforePromote));
    let promoted = train.state.days.of(push).attempt().is_some_and(|a| a.promoted.is_some());
    (program || tasks) && !promoted
}

/// What is next for a push that is cut: what is asked for, the gates, and its start.
fn to_leave(
    train: &Train<'_>,
    view: &StatusView,
    answered: bool,
    push: PushDate,
    hero: Option<String>,
) -> NextView {
    let step = |who: Option<String>, what: String, command: &str| NextView {
        who,
        what,
        command: Some(command.to_owned()),
        alarm: false,
    };
    if let Some(what) = asked_for(&view.asks) {
        return step(hero, what, "pushduty pick --asked");
    }
    if let Some((gate, command)) = next_gate(view) {
        return step(gate.ask.clone().or(hero), gate.why.clone(), &command);
    }
    let ops = view.claims.first().map(|claim| claim.by.clone());
    if let Some(ops) = ops.as_deref().filter(|_| !answered && needs_an_answer(train, view)) {
        let what = format!("answer for the security remotes, so that {ops} may start {push}");
        return step(hero, what, "pushduty approve --role security");
    }
    step(ops.or(hero), format!("start {push}"), "pushduty start")
}

/// Whether none of those who take the push to production may see how the private twins stand.
fn needs_an_answer(train: &Train<'_>, view: &StatusView) -> bool {
    let claimed = view.claims.iter().map(|claim| claim.by.as_str());
    let (settings, given) = (train.settings, &train.state.given);
    answered_for::is_needed(settings, given, view.hero.as_ref(), claimed)
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

/// The first gate that does not pass, and the command by which somebody opens it, or looks again.
fn next_gate(view: &StatusView) -> Option<(&Gate, String)> {
    // Whoever may ask the security remotes does so with `start` and `ready`; nothing says yet that there is anything to do.
    let unasked = |gate: &&Gate| gate.name == SECURITY && gate.ask.is_none();
    let gate = view.gates.iter().find(|gate| !gate.is_open() && !unasked(gate))?;
    let holding = view.hold.as_ref().map(|hold| hold.repo.as_ref());
    let command = gate.opened_by(holding, view.push?);
    Some((gate, command))
}
