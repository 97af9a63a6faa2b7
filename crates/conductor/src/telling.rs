//! The ledger in sentences, for `log`.

use train::event::{Event, Hand, Outcome, Written};
use train::id::{PushDate, quoted};
use train::intent::{Intent, Purpose};
use train::notes::page::What;

/// An event in a sentence; of a result, with what it is the result of.
#[must_use]
pub(crate) fn words(event: &Event, about: Option<&str>) -> String {
    match event {
        Event::Began { rehearsal: true, .. } => "began a rehearsal".to_owned(),
        Event::Began { .. } => "began the ledger".to_owned(),
        Event::Configured { changes, .. } if changes.is_empty() => {
            "took the configuration".to_owned()
        }
        Event::Configured { changes, .. } => {
            format!("changed the configuration: {}", changes.join("; "))
        }
        Event::Wished { .. } => "asked for another tag".to_owned(),
        Event::Told => "was told what came of it".to_owned(),
        Event::Adopted { because, .. } => format!("took the train over: {because}"),
        Event::Opened { push, hero: Some(hero), .. } => format!("opened {push}, hero {hero}"),
        Event::Opened { push, .. } => format!("opened {push}"),
        Event::Stayed { repo, tag: Some(tag), .. } => format!("let {repo} stay on {tag}"),
        Event::Stayed { repo, .. } => format!("let {repo} stay"),
        Event::Overridden { rule, because, .. } => format!("overrode {rule}: {because}"),
        Event::Intended(intent) => format!("is about to {}", intended(intent)),
        Event::Settled { outcome, .. } => settled(outcome, about.unwrap_or("an intent")),
        Event::Noticed { repo, name, .. } => {
            format!("noticed that {name} of {repo} differs from the record")
        }
        Event::Synced { repo } => format!("found the security remote of {repo} in sync"),
        Event::Moved { push, change } => format!("moved {push} to {}", change.to),
        Event::Cancelled { push, because } => format!("cancelled {push}: {because}"),
        Event::OffCycle { push } => format!("declared {push}, off the schedule"),
        Event::Swapped(swap) => format!("swapped {} for {} on {}", swap.from, swap.to, swap.date),
        Event::Away(absence) => format!(
            "noted {} away from {} to {}",
            absence.who,
            PushDate(absence.from),
            PushDate(absence.to)
        ),
        Event::Back(absence) => format!(
            "took back that {} is away from {} to {}",
            absence.who,
            PushDate(absence.from),
            PushDate(absence.to)
        ),
        Event::Unreviewed { repo, branches, because } => {
            let numbers: Vec<String> = branches.iter().map(ToString::to_string).collect();
            format!("took security branches {} of {repo} unreviewed: {because}", numbers.join(", "))
        }
        Event::Approved { repo, branch, commit, own } => {
            let own = if *own { ", their own: nobody else holds the role" } else { "" };
            format!("reviewed security branch {branch} of {repo} at {}{own}", commit.short())
        }
        Event::NotesWritten(written) => wrote(written),
        Event::BlockerSettled { push, item, text, because, .. } => {
            let why = because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("settled {item} of {push}, {}{why}", quoted(text))
        }
    }
}

/// What was written in notes: of many items the first.
fn wrote(written: &Written) -> String {
    const TOLD: usize = 3;
    let Written { push, version, hand, items, .. } = written;
    let what = match (hand, &written.template) {
        (_, Some(_)) => format!("opened the notes of {push}"),
        (Hand::Machine, None) => format!("brought the notes of {push} up to what was done"),
        (Hand::Person, None) => format!("wrote in the notes of {push}"),
    };
    let told = items.iter().take(TOLD).map(|change| {
        let verb = match change.change {
            What::Raised => "new",
            What::Reworded => "reworded",
            What::Done => "done",
            What::Reopened => "reopened",
            What::Removed => "removed",
            What::Back => "back",
        };
        format!("{verb} {} {}", change.item, quoted(&change.text))
    });
    let mut told: Vec<String> = told.collect();
    told.extend((items.len() > TOLD).then(|| format!("and {} more", items.len() - TOLD)));
    let items = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    format!("{what}, version {version}{items}")
}

fn intended(intent: &Intent) -> String {
    match &intent.purpose {
        Purpose::Tag(tag) => {
            let why = tag.because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("tag {} at {}{why}", about(intent), tag.commit.short())
        }
        Purpose::Pick(tag) => {
            let new = tag.picks.iter().filter(|pick| pick.tag == tag.tag).count();
            format!(
                "tag {} at {} with {}",
                about(intent),
                tag.commit.short(),
                count(new, "new pick", "new picks")
            )
        }
        Purpose::Merge { branches } => {
            let what = count(branches.len(), "security branch", "security branches");
            format!("merge {what} into {}", about(intent))
        }
        Purpose::Sync => format!("bring {} up to upstream", about(intent)),
        Purpose::SetAside => format!("set commits of {} aside", about(intent)),
    }
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// What an intent is about, in a few words: a repository's tag, or a remote.
#[must_use]
pub(crate) fn about(intent: &Intent) -> String {
    match &intent.purpose {
        Purpose::Tag(tag) | Purpose::Pick(tag) => format!("{} {}", intent.repo, tag.tag),
        Purpose::Merge { .. } => format!("upstream of {}", intent.repo),
        Purpose::Sync | Purpose::SetAside => format!("the security remote of {}", intent.repo),
    }
}

fn settled(outcome: &Outcome, about: &str) -> String {
    match outcome {
        Outcome::Published => format!("{about} is done"),
        Outcome::Already => format!("{about} was done by somebody else"),
        Outcome::Refused { why } => format!("{about} was refused by the remote: {why}"),
        Outcome::Overtaken { name, .. } => {
            format!("{about} is not done, somebody else was first: {name}")
        }
    }
}
