//! What people put their name to: holds, sign-offs, claims.

use super::{Answer, Facts, PushFacts, Stage, Thing, short};
use crate::answered_for;
use crate::command::{ApproveWish, Command};
use crate::gate::{GateState, SECURITY};
use crate::key::Kind;
use crate::people::Role;

/// The roles that sign off, each a gate of its name.
const SIGNERS: [Role; 2] = [Role::Qa, Role::Developer];

/// Holds of theirs that still keep the push.
pub(super) fn holds(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    if push.stage == Stage::Over {
        return Vec::new();
    }
    let holding = push.day.holding(facts.now);
    let mine = holding.into_iter().filter(|held| held.by == facts.me());
    let of = |held: &crate::hold::Held| {
        let repo = held.hold.repo.as_ref();
        let what =
            repo.map_or_else(|| push.push.to_string(), |repo| format!("{repo} of {}", push.push));
        let says = format!("you hold {what}: {}", held.hold.because);
        let about = format!("{}.{}", repo.map_or("all", |repo| repo.as_str()), short(&held.at));
        let on = repo.map_or_else(String::new, |repo| format!(" --repo {repo}"));
        let wish = Command::Resume { push: Some(push.push), repo: repo.cloned() };
        let command = push.line(&format!("pushduty resume{on}"));
        let thing = Thing::new(Kind::Hold, Some(push), &about, says).since(Some(held.at));
        let thing = if let Some(repo) = repo { thing.of_repo(repo) } else { thing };
        thing.answered(Answer::yes("Lift the hold…", wish, command))
    };
    mine.map(of).collect()
}

/// Tags on stage that lack their word. With new tags it is another thing.
pub(super) fn signed_off(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    if push.stage != Stage::Cut || !push.is_open("staged") {
        return Vec::new();
    }
    let of = |role: Role| {
        let gate = push.gate(role.word()).filter(|gate| !gate.is_open())?;
        let asked = gate.waits_for.iter().any(|who| who == facts.me());
        if !asked {
            return None;
        }
        let says =
            format!("{} waits for your sign-off as {}: {}", push.push, title(role), gate.why);
        let about = format!("{}.{}", role.word(), short(&push.tagset));
        let wish = Command::Approve(ApproveWish {
            push: Some(push.push),
            role: Some(role),
            ..ApproveWish::default()
        });
        let command = push.line(&format!("pushduty approve --role {}", role.word()));
        let thing = Thing::new(Kind::SignOff, Some(push), &about, says);
        Some(thing.answered(Answer::yes("Review the tags…", wish, command)))
    };
    SIGNERS.into_iter().filter_map(of).collect()
}

fn title(role: Role) -> &'static str {
    match role {
        Role::Qa => "QA",
        other => other.word(),
    }
}

/// A push that is cut and that nobody takes to production.
pub(super) fn claimed(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    let gate = push.gate("ops").filter(|gate| !gate.is_open() && push.stage == Stage::Cut)?;
    gate.waits_for.iter().find(|who| *who == facts.me())?;
    let says = format!("{} waits for ops: {}", push.push, gate.why);
    let wish = Command::Claim { push: Some(push.push) };
    let thing = Thing::new(Kind::Claim, Some(push), "ops", says);
    Some(thing.answered(Answer::yes("Claim the push…", wish, push.line("pushduty claim"))))
}

/// Tags that somebody with the security role has to answer for, where whoever takes them to production can't: asked when
/// nothing else holds the push.
pub(super) fn answered_for(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    if push.stage != Stage::Cut || !facts.holds(Role::Security) {
        return None;
    }
    // Where it fails, that is to be mended first: nobody can answer for it.
    push.gate(SECURITY).filter(|gate| !push.answered && gate.state != GateState::Fail)?;
    push.gates.iter().all(|gate| gate.name == SECURITY || gate.is_open()).then_some(())?;
    let mut claimed = push.day.claims.iter().map(|claim| claim.by.as_str());
    let needed = answered_for::is_needed(facts.settings, facts.given(), push.hero, claimed.clone());
    if !needed || claimed.any(|who| who == facts.me()) {
        return None;
    }
    let says = format!("{} waits for somebody with the security role to answer for it", push.push);
    let about = format!("tags.{}", short(&push.tagset));
    let wish = Command::Approve(ApproveWish {
        push: Some(push.push),
        role: Some(Role::Security),
        ..ApproveWish::default()
    });
    let thing = Thing::new(Kind::AnswerFor, Some(push), &about, says);
    let command = push.line("pushduty approve --role security");
    Some(thing.answered(Answer::yes("Review the tags…", wish, command)))
}
