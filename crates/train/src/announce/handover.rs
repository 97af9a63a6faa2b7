//! What is told when a push is over: the mail to the list, the topic, and the next hero. The runbook's own words.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Facts, nick};
use crate::calendar::Departure;
use crate::id::{PushDate, TrainName};
use crate::pushes::Train;

/// The push after one that is over, as mail and topic name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Its hero; nobody where no rotation is set up.
    pub hero: Option<String>,
    /// What the hero is called in chat.
    pub nick: Option<String>,
    /// Where its notes are.
    pub notes: String,
    /// When it is cut and leaves, and what it is called.
    pub departure: Departure,
}

/// What is told when a push is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The mail's subject.
    pub subject: String,
    /// The mail, by the runbook's template; no line's end at its end.
    pub mail: String,
    /// The topic, one line; none where no departure is to come, or a later push has the topic already.
    pub topic: Option<String>,
    /// The push to come.
    pub next: Option<Next>,
}

/// Mail, topic and next hero of a push that is over at `at`, with these issues; `again`: it was over before, and open again.
#[must_use]
pub fn handover(
    facts: Facts<'_>,
    push: PushDate,
    issues: &[String],
    at: Timestamp,
    again: bool,
) -> Handover {
    let train = &facts.settings.train;
    let issues: Vec<String> = issues.iter().filter_map(|issue| facts.quotable(issue)).collect();
    let next = next(facts, push, at);
    let named = next.as_ref().map(|next| (next.hero.as_deref(), next.notes.as_str()));
    Handover {
        subject: format!("{train}: the push {push} is done"),
        mail: mail(&notes_address(facts.notes, train, push), &issues, named),
        topic: next
            .as_ref()
            .filter(|_| !again || !is_current(facts, push))
            .map(|next| topic(&next.notes, next.nick.as_deref())),
        next,
    }
}

/// Whether a push after this one is cut and not over: the channel is about that.
fn is_current(facts: Facts<'_>, push: PushDate) -> bool {
    let mut later = facts.state.pushes.keys().filter(|other| **other > push);
    later.any(|later| facts.state.over(*later).is_none())
}

/// The runbook's mail. `next` is the next push's hero and notes; no line's end at its end.
#[must_use]
pub fn mail(notes: &str, issues: &[String], next: Option<(Option<&str>, &str)>) -> String {
    let none = ["None".to_owned()];
    let issues = if issues.is_empty() { &none } else { issues };
    let next = match next {
        Some((hero, notes)) => format!("    {}\n    {notes}", hero.unwrap_or("nobody yet")),
        None => "    not planned yet".to_owned(),
    };
    format!(
        "This week's push is done!\n\nNotes:\n    {notes}\n\nIssues:\n    {}\n\nNext Push:\n{next}",
        issues.join("\n    ")
    )
}

/// The topic: the new notes and the nick of the next hero.
#[must_use]
pub fn topic(notes: &str, nick: Option<&str>) -> String {
    match nick {
        Some(nick) => format!("Next push: {notes} | push hero: {nick}"),
        None => format!("Next push: {notes}"),
    }
}

/// Where a push's notes are: the configured address, or the command that shows them.
#[must_use]
pub fn notes_address(template: Option<&str>, train: &TrainName, push: PushDate) -> String {
    match template {
        Some(url) => url.replace("{push}", &push.to_string()).replace("{train}", train.as_str()),
        None => format!("`pushduty notes show --push {push}`"),
    }
}

/// The departure after `push`, with its hero and its notes.
fn next(facts: Facts<'_>, push: PushDate, at: Timestamp) -> Option<Next> {
    let looks = BTreeMap::new();
    let train = Train { settings: facts.settings, state: facts.state, looks: &looks, now: at };
    let later = || train.next().filter(|departure| departure.push != push);
    let departure = train.following(push).or_else(later)?;
    let hero = departure.hero.as_ref().map(ToString::to_string);
    Some(Next {
        nick: hero.as_deref().map(|hero| nick(facts.settings, hero)),
        hero,
        notes: notes_address(facts.notes, &facts.settings.train, departure.push),
        departure,
    })
}
