//! What others ask of somebody: to serve a push, to see their changes on stage, to come.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Answer, Facts, PushFacts, Stage, Thing, short};
use crate::command::{Command, ConfirmWish};
use crate::confirm::{Called, Change};
use crate::id::{PersonName, PushDate, RepoName, quoted};
use crate::key::Kind;

/// A push that somebody offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferFacts {
    /// The push.
    pub push: PushDate,
    /// Its hero.
    pub by: PersonName,
    /// Whether it is offered to every hero; else to whoever asks alone.
    pub to_all: bool,
    /// Since when.
    pub at: Timestamp,
    /// When it is cut.
    pub cut_at: Option<Timestamp>,
}

/// A change that stage shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeFacts {
    /// The push.
    pub push: PushDate,
    /// The repository.
    pub repo: RepoName,
    /// The tag that stage shows.
    pub tag: String,
    /// The change.
    pub change: Change,
}

/// All of it.
pub(super) fn of(facts: &Facts<'_>) -> Vec<Thing> {
    let mut things: Vec<Thing> = facts.offers.iter().map(offered).collect();
    things.extend(to_see(facts));
    things.extend(calls(facts));
    things
}

fn offered(offer: &OfferFacts) -> Thing {
    let OfferFacts { push, by, .. } = offer;
    let whom = if offer.to_all { "every hero" } else { "you" };
    let says = format!("{by} offers {push} to {whom}: take it, or not");
    // Offered once more it is another offer.
    let about = format!("from.{}", short(&(by, offer.at)));
    let take = Command::TakeOffer { push: *push };
    let decline = Command::DeclineOffer { push: *push, because: None };
    Thing::of_push_named(Kind::Offer, *push, &about, says)
        .since(Some(offer.at))
        .due(offer.cut_at)
        .answered(Answer::yes("Take the push…", take, format!("pushduty rotation take {push}")))
        .answered(Answer::no(
            "Decline…",
            decline,
            format!("pushduty rotation decline {push} --because TEXT"),
        ))
}

/// Their changes, a thing for each repository and its tag: with another tag they are seen anew.
fn to_see(facts: &Facts<'_>) -> Vec<Thing> {
    let mut all: BTreeMap<(PushDate, &RepoName, &str), Vec<&Change>> = BTreeMap::new();
    for see in &facts.to_see {
        all.entry((see.push, &see.repo, &see.tag)).or_default().push(&see.change);
    }
    let one = |((push, repo, tag), changes): ((PushDate, &RepoName, &str), Vec<&Change>)| {
        let says = match &changes[..] {
            [one] => format!("stage shows your change in {repo} {tag}: {}", quoted(&one.subject)),
            [first, ..] => format!(
                "stage shows {} changes of yours in {repo} {tag}, the first {}",
                changes.len(),
                quoted(&first.subject)
            ),
            [] => format!("stage shows {repo} {tag}"),
        };
        let commits: Vec<_> = changes.iter().map(|change| &change.commit).collect();
        let about = format!("{repo}.{}", short(&(tag, commits)));
        let repos = [repo.clone()].into();
        let wish = ConfirmWish { push: Some(push), repos, ..ConfirmWish::default() };
        let line = format!("pushduty confirm --repo {repo} --push {push}");
        Thing::of_push_named(Kind::Confirm, push, &about, says)
            .due(leaves(facts, push))
            .of_repo(repo)
            .answered(Answer::yes("Confirm…", Command::Confirm(wish), line))
    };
    all.into_iter().map(one).collect()
}

/// The last call of each push.
fn calls(facts: &Facts<'_>) -> Vec<Thing> {
    let mut last: BTreeMap<PushDate, &Called> = BTreeMap::new();
    for (push, called) in &facts.calls {
        last.insert(*push, called);
    }
    let one = |(push, called): (PushDate, &Called)| {
        let what = called.call.text.as_ref().map(|text| format!(": {}", quoted(text)));
        let says = format!("{} calls you about {push}{}", called.by, what.unwrap_or_default());
        let about = format!("by.{}", short(&(&called.by, called.at)));
        let thing = Thing::of_push_named(Kind::Call, push, &about, says)
            .since(Some(called.at))
            .due(leaves(facts, push));
        // What answers it is beside it: their changes, where there are any.
        match facts.to_see.iter().any(|see| see.push == push) {
            true => thing,
            false => thing.answered(Answer::typed(
                "On the push’s page",
                format!("pushduty status --push {push}"),
            )),
        }
    };
    last.into_iter().map(one).collect()
}

fn leaves(facts: &Facts<'_>, push: PushDate) -> Option<Timestamp> {
    let known = |one: &&PushFacts<'_>| one.push == push && one.stage != Stage::Over;
    facts.pushes.iter().find(known)?.push_at
}
