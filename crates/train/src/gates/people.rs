//! Gates that people open: sign-offs, the claim, and what only the security role sees.

use std::collections::BTreeSet;

use super::{Facts, Gate, SECURITY, Security, listed};
use crate::answered_for;
use crate::digest;
use crate::people::Role;
use crate::signoff::{Counting, NewestTag, SignoffState};

/// So many people of a role signed off each repository's newest tag (P7).
pub(super) fn signed(facts: &Facts<'_>, role: Role) -> Gate {
    let name = role.word();
    let Some((need, own)) = facts.settings.signoffs(role) else {
        return Gate::not_set_up(name, "nobody has to sign off");
    };
    let digest = facts.settings.digest();
    let counting = Counting { role, own, hero: facts.hero, settings: &digest };
    let need = usize::try_from(need).unwrap_or(usize::MAX);
    let (mut counts, mut lacking, mut closed_by) = (Vec::new(), None, Vec::new());
    let mut waits_for = BTreeSet::new();
    let heros = |who: &str| !own && facts.hero.is_some_and(|hero| hero.as_str() == who);
    for tag in facts.leaving() {
        let people = counting.people(&facts.day.signoffs, tag);
        counts.push(format!("{} {} of {need}", tag.repo, people.len()));
        if people.len() < need {
            // Who signs off meanwhile closes nothing; who takes their word back does.
            closed_by.push(format!("{} {} lacks {need}", tag.repo, tag.tag));
            waits_for.extend(facts.everybody(role, |who| people.contains(who) || heros(who)));
            let no = why_not(facts, role, tag, &digest);
            closed_by
                .extend(no.filter(|(state, ..)| *state != SignoffState::Overtaken).map(|no| no.2));
            lacking = lacking.or(Some((tag, people)));
        }
    }
    let Some((tag, people)) = lacking else {
        return match counts.is_empty() {
            true if facts.repos.iter().all(|repo| repo.stays) => {
                Gate::pass(name, "every repository stays: there is nothing to sign off")
            }
            true if facts.repos.iter().all(|repo| repo.stays || repo.settled) => {
                Gate::pass(name, "all of it was in production: there is nothing to sign off")
            }
            true => Gate::wait(name, "there is no tag to sign off yet"),
            false => Gate::pass(name, format!("signed off: {}", counts.join(", "))),
        };
    };
    let ask = facts.somebody(role, |who| people.contains(who) || heros(who));
    let (gate, signer) = match why_not(facts, role, tag, &digest) {
        Some((SignoffState::Overtaken, by, why)) => (Gate::wait(name, why), Some(by)),
        Some((_, by, why)) => (Gate::fail(name, why), Some(by)),
        None => {
            let lacks = match need.saturating_sub(people.len()) {
                1 => "1 sign-off".to_owned(),
                n => format!("{n} sign-offs"),
            };
            let by = if role == Role::Qa { "QA" } else { role.word() };
            let why = format!("{} {} lacks {lacks} by {by}", tag.repo, tag.tag);
            (Gate::wait(name, why), None)
        }
    };
    gate.by(closed_by).waits_for(waits_for.into_iter().collect()).ask(signer.or(ask))
}

/// Why the newest word for a repository does not count, where there is one that did: whose, and in a sentence.
fn why_not(
    facts: &Facts<'_>,
    role: Role,
    tag: &NewestTag,
    digest: &str,
) -> Option<(SignoffState, String, String)> {
    let mut signoffs = facts.day.signoffs.iter().rev();
    let last = signoffs.find(|s| s.word.role == role && s.word.repo == tag.repo)?;
    let state = last.state(Some(tag), digest);
    let (by, repo, seen) = (&last.by, &tag.repo, &last.word.tag);
    let why = match state {
        SignoffState::Given => return None,
        SignoffState::Withdrawn => {
            let because = last.withdrawn.as_deref().unwrap_or_default();
            format!("{by} withdrew the sign-off of {repo} {seen}: {because}")
        }
        SignoffState::Overtaken => {
            format!("{by} signed off {repo} {seen}, and {} has other files", tag.tag)
        }
        SignoffState::Reconfigured => {
            format!("the configuration changed since {by} signed off {repo} {seen}")
        }
    };
    Some((state, by.clone(), why))
}

/// Somebody took it on themselves to bring the push to production: as many as the train wants.
pub(super) fn ops(facts: &Facts<'_>) -> Gate {
    let Some((need, own)) = facts.settings.signoffs(Role::Ops) else {
        return Gate::not_set_up("ops", "nobody has to claim the push");
    };
    let heros = |who: &str| !own && facts.hero.is_some_and(|hero| hero.as_str() == who);
    let claims = facts.day.claims.iter().map(|claim| claim.by.clone());
    let who: Vec<String> = claims.filter(|by| !heros(by)).collect();
    let need = usize::try_from(need).unwrap_or(usize::MAX);
    if who.len() >= need {
        return Gate::pass("ops", format!("claimed by {}", listed(&who)));
    }
    let why = match who.len() {
        0 => "nobody has claimed the push".to_owned(),
        n => format!("claimed by {n} of {need}: {}", listed(&who)),
    };
    let taken = |name: &str| heros(name) || who.iter().any(|by| by == name);
    let closed_by = vec![format!("lacks {need}")];
    let waits_for = facts.everybody(Role::Ops, taken);
    let ask = waits_for.first().cloned();
    Gate::wait("ops", why).by(closed_by).waits_for(waits_for).ask(ask)
}

/// Who answers for the private twins.
fn answers_for(facts: &Facts<'_>) -> Option<String> {
    let who = answered_for::by(&facts.day.signoffs, facts.leaving(), facts.settings)?;
    Some(listed(&who.into_iter().map(str::to_owned).collect::<Vec<_>>()))
}

/// The private twins are in sync and nothing reviewed is left out. Whoever lacks the role reads the same whatever there is
/// (P9).
pub(super) fn security(facts: &Facts<'_>) -> Gate {
    match &facts.security {
        Security::NotSetUp => Gate::not_set_up(SECURITY, "no security remote"),
        Security::Hidden { ask } => match answers_for(facts) {
            Some(who) => Gate::pass(SECURITY, format!("{who} answers for it")),
            None => Gate::wait(SECURITY, "this is for somebody with the security role to see")
                .ask(ask.as_ref().map(ToString::to_string)),
        },
        Security::NotAsked => match answers_for(facts) {
            Some(who) => Gate::pass(SECURITY, format!("{who} answers for it")),
            None => Gate::not_asked(SECURITY, "the security remotes were not asked now"),
        },
        Security::Seen { unwell, late } => {
            // Kept with the record of whoever lets it go: what only that role sees is in it by its digest alone.
            let late: Vec<String> = late
                .iter()
                .map(|repo| {
                    format!("security's main of {repo} lags behind; `pushduty security sync`")
                })
                .collect();
            let closed_by = unwell.iter().chain(&late).map(digest::of).collect();
            let gate = match (unwell.first(), late.first()) {
                (Some(why), _) => Gate::fail(SECURITY, why),
                (None, Some(why)) => Gate::wait(SECURITY, why),
                (None, None) => {
                    return Gate::pass(SECURITY, "in sync, and nothing reviewed is left out");
                }
            };
            gate.by(closed_by).ask(facts.hero_name())
        }
    }
}
