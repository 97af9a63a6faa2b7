//! A push on its way: its cut, its start, its promotion, and whatever else its next step is.

use super::{Answer, Facts, PushFacts, Stage, Thing, short};
use crate::command::{Command, FinishWish, PromoteWish, StartWish, TagWish};
use crate::gate::{Gate, GateState, SECURITY};
use crate::key::Kind;
use crate::notes::Phase;
use crate::settings::PRODUCTION;

/// Gates that have things of their own here.
const ELSEWHERE: [&str; 6] = ["blockers", "tasks", "qa", "developer", "ops", SECURITY];

/// A cut that is due, or was begun and is not over.
pub(super) fn cut(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    let Stage::Uncut { begun } = push.stage else { return None };
    let due = push.cut_at.is_some_and(|at| at <= facts.now);
    if !facts.serves(push) || !(begun || due) {
        return None;
    }
    let (about, says) = match begun {
        true => (
            "begun",
            format!("the cut of {} was begun, and not every repository has its tag", push.push),
        ),
        false => ("due", format!("{} is to be cut", push.push)),
    };
    let wish = Command::Tag(TagWish { push: Some(push.push), ..TagWish::default() });
    let thing = Thing::new(Kind::Cut, Some(push), about, says).since(push.cut_at).due(push.cut_at);
    Some(thing.answered(Answer::yes("Review the cut…", wish, push.line("pushduty tag"))))
}

/// Nothing holds it: those who claimed it may start, else whoever the next step is for.
pub(super) fn started(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    let asks = word(push.next.command) == Some("start") && push.stage == Stage::Cut;
    let claimed = push.day.claims.iter().any(|claim| claim.by == facts.me());
    let next = push.next.who == Some(facts.me());
    if !asks || push.next.alarm || !(claimed || next) {
        return None;
    }
    let says = format!("nothing holds {}: it may be started", push.push);
    let about = format!("start.{}", short(&push.tagset));
    let thing = Thing::new(Kind::Start, Some(push), &about, says);
    Some(thing.answered(start(push)))
}

/// All of it is in production, and has not taken over: where that is a step of its own.
pub(super) fn promoted(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    let attempt = push.day.attempt().filter(|_| push.stage == Stage::Watching)?;
    if attempt.promoted.is_some() || attempt.by != facts.me() {
        return None;
    }
    let program = facts.settings.environment(PRODUCTION).and_then(|p| p.promote.as_ref());
    let of_it = |task: &&super::ItemFacts| task.when == Some(Phase::BeforePromote) && task.holds;
    let left = push.tasks.iter().filter(of_it).count();
    let says = match (left, program) {
        (0, None) => return None,
        (0, Some(_)) => format!("{} is in production: it may take over", push.push),
        (1, _) => format!("{} takes over once its task is done", push.push),
        (n, _) => format!("{} takes over once its {n} tasks are done", push.push),
    };
    let wish = Command::Promote(PromoteWish { push: Some(push.push), ..PromoteWish::default() });
    let about = format!("attempt-{}", attempt.number);
    let thing = Thing::new(Kind::Promote, Some(push), &about, says);
    Some(thing.answered(Answer::yes("Promote…", wish, push.line("pushduty promote"))))
}

/// Gates that are closed, and that ask for them by name: those of which somebody has to do something.
pub(super) fn gates(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    if push.stage != Stage::Cut {
        return Vec::new();
    }
    let elsewhere = |gate: &&Gate| ELSEWHERE.contains(&gate.name.as_str());
    let acts = |gate: &&Gate| {
        // What waits comes by itself: a build, a deploy to stage, a program that says *not yet*.
        gate.state == GateState::Fail || ["dev", "dependencies"].contains(&gate.name.as_str())
    };
    let closed = push.gates.iter().filter(|gate| !gate.is_open() && !elsewhere(gate));
    let theirs = closed.filter(acts).filter(|gate| gate.is_for(facts.me()));
    // A hold of theirs is told as one.
    let holding = push.day.holding(facts.now);
    let held = holding.first().is_some_and(|held| held.by == facts.me());
    let theirs = theirs.filter(|gate| !(gate.name == "window" && held));
    let of = |gate: &Gate| {
        let about = format!("{}.{}", gate.name, short(&gate.closed_by));
        let says = format!("the gate {} holds {}: {}", gate.name, push.push, gate.why);
        let holding = holding.first().map(|held| held.hold.repo.as_ref());
        let command = gate.opened_by(holding, push.push);
        Thing::new(Kind::Gate, Some(push), &about, says).answered(command_of(push, &command))
    };
    theirs.map(of).collect()
}

/// The next step, where it is theirs and none of the others says it.
pub(super) fn step(facts: &Facts<'_>, push: &PushFacts<'_>, others: &[Thing]) -> Option<Thing> {
    let next = &push.next;
    let mine = match next.who {
        Some(who) => facts.is_me(who),
        None => false,
    };
    let command = next.command.filter(|_| mine && push.stage != Stage::Over)?;
    let said = |thing: &Thing| {
        thing.kind != Kind::AskToMend
            && thing.answers.iter().any(|answer| word(Some(&answer.command)) == word(next.command))
    };
    // The cut before its time, what is seen by itself, and gates that wait: nobody has to do anything.
    let waits = push.gates.iter().any(|gate| gate.why == next.what);
    let idle = matches!(word(next.command), Some("schedule" | "ready"))
        || command == "pushduty watch stage"
        || matches!(push.stage, Stage::Uncut { .. })
            && command.starts_with("pushduty tag")
            && !command.contains("--settle");
    if !next.alarm && (waits || idle || others.iter().any(said)) {
        return None;
    }
    if next.alarm && others.iter().any(|thing| thing.kind == Kind::Blocker && said(thing)) {
        return None;
    }
    let kind = match (next.alarm, word(next.command)) {
        (true, _) => Kind::Alarm,
        (false, Some("finish")) => Kind::Finish,
        (false, _) => Kind::Step,
    };
    let says = match kind {
        Kind::Finish => format!("{} is in production: {}", push.push, next.what),
        _ => format!("{}: {}", push.push, next.what),
    };
    let about = format!("{}.{}", kind.word(), short(&next.what));
    Some(Thing::new(kind, Some(push), &about, says).answered(command_of(push, command)))
}

/// The word of a command line: `tag` of `pushduty tag --push …`.
fn word(command: Option<&str>) -> Option<&str> {
    command?.strip_prefix("pushduty ")?.split(' ').next()
}

fn start(push: &PushFacts<'_>) -> Answer {
    let wish = Command::Start(StartWish { push: Some(push.push), ..StartWish::default() });
    Answer::yes("Read the run sheet…", wish, push.line("pushduty start"))
}

/// A command line as an answer; with a wish where it needs no words of a person.
fn command_of(push: &PushFacts<'_>, command: &str) -> Answer {
    let says_more = command.contains("--retry") || command.contains("--settle");
    let of = Some(push.push);
    match word(Some(command)).filter(|_| !says_more) {
        Some("start") => start(push),
        Some("finish") => {
            let wish = Command::Finish(FinishWish { push: of, ..FinishWish::default() });
            Answer::yes("Review the hand-over…", wish, push.line("pushduty finish"))
        }
        Some("tag") => {
            let wish = Command::Tag(TagWish { push: of, ..TagWish::default() });
            Answer::yes("Review the cut…", wish, push.line("pushduty tag"))
        }
        Some("resume") => {
            let repo = command
                .split_once("--repo ")
                .and_then(|(_, rest)| rest.split(' ').next().and_then(|repo| repo.parse().ok()));
            Answer::yes("Lift the hold…", Command::Resume { push: of, repo }, command)
        }
        _ => Answer::typed("On a terminal", command),
    }
}
