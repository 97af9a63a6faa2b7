//! Gates of what is tagged, and of where it was seen.

use super::{Facts, Gate, OnStage, RepoFacts, listed};
use crate::attempt::Bad;
use crate::command::RepoCommit;
use crate::cut;
use crate::differences;
use crate::facts::Picked;
use crate::id::RepoName;
use crate::settings::Opens;
use crate::versions::ServiceState;

/// Every repository has its tag where it was put, or stays.
pub(super) fn cut(facts: &Facts<'_>) -> Gate {
    let lacks = |repo: &&RepoFacts| repo.newest.is_none() && !repo.stays;
    let untagged: Vec<String> =
        facts.judged().filter(lacks).map(|repo| repo.name.to_string()).collect();
    if facts.repos.is_empty() {
        return Gate::wait("cut", "no repository is aboard");
    }
    let bad: Vec<String> = taken_back(facts).map(|bad| bad.way_out(facts.push)).collect();
    let moved = facts.judged().filter_map(|repo| repo.moved.leaving.as_deref());
    let moved: Vec<String> = moved.map(differences::with_way_out).collect();
    let has = if untagged.len() == 1 { "has" } else { "have" };
    let gate = match (bad.first(), untagged.is_empty(), moved.first()) {
        (Some(bad), ..) => Gate::fail("cut", bad),
        (None, false, _) => {
            let why = format!("{} {has} no tag of {}", listed(&untagged), facts.push);
            Gate::wait("cut", why)
        }
        (None, true, Some(moved)) => Gate::fail("cut", moved),
        (None, true, None) => return Gate::pass("cut", "every repository has its tag, or stays"),
    };
    gate.by([bad, untagged, moved].concat()).ask(facts.hero_name())
}

/// Tags that are to leave though they were taken back from production, and nobody cleared them.
fn taken_back<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a Bad> {
    facts.leaving().filter_map(move |newest| {
        facts.day.bad.iter().find(|bad| bad.repo == newest.repo && bad.tag == newest.tag)
    })
}

/// P6: the tags have every pick and revert that production runs, but those that a person named. Where somebody moved the tag
/// that it is compared with, nobody can tell.
pub(super) fn carried(facts: &Facts<'_>) -> Gate {
    let moved = facts.judged().filter_map(|repo| repo.moved.before.as_deref());
    // What it dropped or took in is nowhere to be read any more.
    let moved: Vec<String> = moved.map(differences::with_way_out).collect();
    let (mut lost, mut unknown) = (Vec::new(), Vec::new());
    for repo in facts.judged().filter(|repo| !repo.stays && repo.newest.is_some()) {
        let Some(uncarried) = &repo.uncarried else {
            unknown.push(repo.name.to_string());
            continue;
        };
        let named = |picked: &&Picked| !named_to_leave(facts.overrides, &repo.name, picked);
        lost.extend(uncarried.iter().filter(named).map(|picked| lacks(&repo.name, picked)));
    }
    let gate = match (moved.first().or(lost.first()), unknown.is_empty()) {
        (Some(why), _) => Gate::fail("carried", why),
        (None, false) => {
            let why = format!("what production runs of {} is not known here", listed(&unknown));
            Gate::wait("carried", why)
        }
        (None, true) => {
            let why = "nothing that production runs by pick or revert is lost";
            return Gate::pass("carried", why);
        }
    };
    gate.by([moved, lost, unknown].concat()).ask(facts.hero_name())
}

fn lacks(repo: &RepoName, picked: &Picked) -> String {
    let (id, subject) = (picked.made.id.short(), crate::id::quoted(&picked.made.subject));
    format!("the tag of {repo} lacks {id} {subject}, which production runs")
}

/// Whether somebody let it go by name, as the record of `--leave` has it: the commit, then why.
fn named_to_leave(overrides: &[(String, String)], repo: &RepoName, picked: &Picked) -> bool {
    overrides.iter().filter(|(rule, _)| rule == "leave").any(|(_, because)| {
        let commit = because.split(' ').next().unwrap_or_default().to_owned();
        cut::leaves(&RepoCommit { repo: None, commit }, repo, picked)
    })
}

/// Every service of stage shows its tag, on all samples.
pub(super) fn staged(facts: &Facts<'_>) -> Gate {
    let Some(stage) = facts.stage.as_ref().filter(|services| !services.is_empty()) else {
        return Gate::not_set_up("staged", "no stage has services");
    };
    let judged: Vec<&OnStage> =
        stage.iter().filter(|on| facts.judged().any(|repo| repo.name == on.repo)).collect();
    let closes = |on: &&&OnStage| on.state != ServiceState::Current;
    // What a service shows on its way to its tag is no other thing; that it fails is.
    let word = |on: &&OnStage| match on.state {
        ServiceState::Failing => format!("{} fails", on.service),
        _ => format!("{} is late", on.service),
    };
    let closed_by = judged.iter().filter(closes).map(word).collect();
    let failing = judged.iter().find(|on| on.state == ServiceState::Failing);
    if let Some(on) = failing {
        let why = format!("{} on stage does not answer well: {}", on.service, on.shows);
        return Gate::fail("staged", why).by(closed_by).ask(facts.hero_name());
    }
    let mut late = judged.iter().filter(closes);
    let Some(on) = late.next() else {
        return Gate::pass("staged", "every service of stage shows its tag, on all samples");
    };
    let more = late.count();
    let others = if more > 0 { format!(", and {more} more wait") } else { String::new() };
    let why = format!("{} on stage shows {}{others}", on.service, on.shows);
    Gate::wait("staged", why).by(closed_by).ask(facts.hero_name())
}

/// A pick that no service of dev was ever seen with is said; it holds the push up where the train wants that.
pub(super) fn dev(facts: &Facts<'_>) -> Gate {
    if !facts.has_dev {
        return Gate::not_set_up("dev", "no dev has services");
    }
    let repos = facts.judged().filter(|repo| !repo.stays);
    let unseen: Vec<String> = repos
        .flat_map(|repo| repo.unseen.iter().map(|id| format!("{} of {}", id.short(), repo.name)))
        .collect();
    if unseen.is_empty() {
        return Gate::pass("dev", "every pick was seen on dev");
    }
    let were = if unseen.len() == 1 { "was" } else { "were" };
    let why = format!("{} {were} never seen on dev", listed(&unseen));
    let holds = facts.settings.gates.iter().any(|rule| rule.opens == Opens::SeenOnDev);
    let gate = if holds { Gate::wait("dev", why).by(unseen) } else { Gate::pass("dev", why) };
    gate.ask(facts.hero_name())
}

/// What a repository is deployed after leaves with this push, or stays.
pub(super) fn dependencies(facts: &Facts<'_>) -> Gate {
    let settled = |name: &RepoName| {
        let gone = |repo: &RepoFacts| repo.stays || repo.has_left;
        let goes = |repo: &RepoFacts| facts.leaving().any(|newest| newest.repo == repo.name);
        facts.repos.iter().any(|repo| &repo.name == name && (gone(repo) || goes(repo)))
    };
    let leaves = |name: &RepoName| facts.leaving().any(|tag| &tag.repo == name);
    let pairs = facts.settings.repos.iter().filter_map(|repo| {
        Some((&repo.name, repo.after.as_ref()?)).filter(|(name, _)| leaves(name))
    });
    let word = |(name, after): (&RepoName, &RepoName)| {
        format!("{name} is deployed after {after}, which neither leaves with it nor stays")
    };
    let broken: Vec<String> = pairs.filter(|(_, after)| !settled(after)).map(word).collect();
    match broken.first() {
        Some(why) => Gate::wait("dependencies", why).by(broken.clone()).ask(facts.hero_name()),
        None if facts.settings.repos.iter().all(|repo| repo.after.is_none()) => {
            Gate::not_set_up("dependencies", "no repository is deployed after another")
        }
        None => Gate::pass("dependencies", "what others are deployed after leaves first, or stays"),
    }
}
