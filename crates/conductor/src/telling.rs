//! The ledger in sentences, for `log`.

use std::collections::BTreeMap;

use train::attempt::{DeployFor, DeployRun};
use train::changes::{Absence, Offer};
use train::confirm::{Call, Confirmation};
use train::event::{Event, Hand, KeyWord, Outcome, Written};
use train::id::{Oid, PersonName, PushDate, RepoName, quoted};
use train::intent::{Intent, PickRecord, Purpose, Tagged};
use train::notes::page::What;

/// An event in a sentence; of a result, with what it is the result of; of a tag to come, beside the one before it.
#[must_use]
pub(crate) fn words(event: &Event, about: Option<&str>, before: Option<&Tagged>) -> String {
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
        Event::Told => {
            "read what came of that: --again from here on asks for one more tag".to_owned()
        }
        Event::Adopted { because, .. } => format!("took the train over: {because}"),
        Event::Opened { push, hero: Some(hero), .. } => format!("opened {push}, hero {hero}"),
        Event::Opened { push, .. } => format!("opened {push}"),
        Event::Stayed { repo, tag: Some(tag), .. } => format!("let {repo} stay on {tag}"),
        Event::Stayed { repo, .. } => format!("let {repo} stay"),
        Event::Overridden { rule, because, .. } => format!("overrode {rule}: {because}"),
        Event::Intended(intent) => format!("is about to {}", intended(intent, before)),
        Event::Settled { outcome, .. } => settled(outcome, about.unwrap_or("an intent")),
        Event::Noticed { repo, name, recorded, found, .. } => {
            noticed(repo, name, recorded, found.as_ref())
        }
        Event::TagsTaken { tags, because } => {
            let what = count(tags.values().map(BTreeMap::len).sum(), "tag", "tags");
            format!("took {what} into the record as the remotes show them: {because}")
        }
        Event::Synced { repo } => format!("found the security remote of {repo} in sync"),
        Event::Moved { push, change } => format!("moved {push} to {}", change.to),
        Event::Cancelled { push, because } => format!("cancelled {push}: {because}"),
        Event::OffCycle { push } => format!("declared {push}, off the schedule"),
        Event::Swapped(swap) => format!("swapped {} for {} on {}", swap.from, swap.to, swap.date),
        Event::Offered(_) | Event::OfferDeclined { .. } | Event::OfferKept(_) => of_offers(event),
        Event::Away(absence) => format!("noted {} {}", absence.who, away(absence)),
        Event::Back(absence) => format!("took back that {} is {}", absence.who, away(absence)),
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
        other => of_asks(other).unwrap_or_else(|| of_push_day(other)),
    }
}

fn away(absence: &Absence) -> String {
    format!("away from {} to {}", PushDate(absence.from), PushDate(absence.to))
}

/// A push that a hero would have somebody else serve.
fn of_offers(event: &Event) -> String {
    match event {
        Event::Offered(Offer { date, to: Some(to), .. }) => format!("offered {date} to {to}"),
        Event::Offered(Offer { date, to: None, .. }) => {
            format!("offered {date} to whoever of the heroes takes it")
        }
        Event::OfferDeclined { offer, because } => {
            let why = because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("declined {}, which {} offers{why}", offer.date, offer.from)
        }
        Event::OfferKept(offer) => format!("kept {}, which was offered", offer.date),
        _ => String::new(),
    }
}

/// What somebody did to a ref that is nobody's to touch.
fn noticed(repo: &RepoName, name: &str, recorded: &Oid, found: Option<&Oid>) -> String {
    let (name, was) = (name.trim_start_matches("refs/tags/"), recorded.short());
    match found {
        None => format!("noticed that somebody deleted {name} from {repo}; it was {was}"),
        Some(found) => {
            format!("noticed that somebody moved {name} of {repo} from {was} to {}", found.short())
        }
    }
}

/// What somebody did at the door of a server.
fn at_the_door(event: &Event) -> Option<String> {
    Some(match event {
        Event::SignedIn { browser: true } => "signed in with a browser".to_owned(),
        Event::SignedIn { browser: false } => "signed in without a browser".to_owned(),
        Event::RoleGiven { who, role } => format!("gave {who} the role {}", role.word()),
        Event::RoleTaken { who, role } => format!("took the role {} from {who}", role.word()),
        Event::SignedOut { here: true } => "signed out".to_owned(),
        Event::SignedOut { here: false } => "signed out of every browser".to_owned(),
        Event::KeyRevoked { key } => match key {
            KeyWord::Link => "revoked a link of their own",
            KeyWord::Session => "signed another browser out",
            KeyWord::Token => "revoked a token of their own",
            KeyWord::Calendar => "revoked a calendar key of their own",
        }
        .to_owned(),
        Event::TokenMade { acts: true, .. } => "made a token that may act".to_owned(),
        Event::TokenMade { notes: true, .. } => "made a token to write in notes with".to_owned(),
        Event::TokenMade { calendar: true, .. } => {
            "made an address to read the calendars by".to_owned()
        }
        Event::TokenMade { .. } => "made a token to look with".to_owned(),
        Event::LinkMade { who } => format!("made a link that lets {who} in"),
        _ => return None,
    })
}

/// An event of what is asked for, or of who may ask.
fn of_asks(event: &Event) -> Option<String> {
    Some(match event {
        Event::AskDeclined { push, item, repo, commit, because, .. } => {
            let repo = repo.as_ref().map(|repo| format!("{repo}@")).unwrap_or_default();
            let what = if commit.is_empty() { String::new() } else { format!(", {repo}{commit}") };
            format!("declined {item} of {push}{what}: {because}")
        }
        Event::CarriedOver { push, to, items, .. } => {
            let what = count(items.len(), "item", "items");
            format!("carried {what} of the notes of {push} over to {to}")
        }
        other => return at_the_door(other),
    })
}

/// An event of push day.
fn of_push_day(event: &Event) -> String {
    match event {
        Event::SignedOff { word, .. } => {
            let own = if word.own { ", the hero's own word" } else { "" };
            let (repo, tag, role) = (&word.repo, &word.tag, word.role.word());
            format!("signed off {repo} {tag} as {role} at {}{own}", word.commit.short())
        }
        Event::Withdrawn { repo, role, because, .. } => {
            format!("withdrew the sign-off of {repo} as {}: {because}", role.word())
        }
        Event::Confirmed { confirmation, .. } => {
            let Confirmation { repo, tag, changes, .. } = &**confirmation;
            format!("confirmed on stage, with {tag}: {}", changes_of(repo, changes))
        }
        Event::ConfirmationWithdrawn { repo, changes, because, .. } => {
            format!("took back the word for {}: {because}", changes_of(repo, changes))
        }
        Event::Called { push, call } => called(*push, call),
        Event::Held { push, hold } => {
            let what = hold.repo.as_ref().map_or_else(String::new, |repo| format!("{repo} of "));
            let until = hold.until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!("held {what}{push}{until}: {}", hold.because)
        }
        Event::Resumed { push, repo: Some(repo) } => {
            format!("lifted the holds of {repo} of {push}")
        }
        Event::Resumed { push, repo: None } => format!("lifted the holds of {push}"),
        Event::Claimed { push } => format!("claimed {push}"),
        Event::PutOff { what, until } => format!("put {what} off until {until}"),
        Event::GivenUp { push, what, channel, .. } => {
            let push = push.map(|push| format!(" of {push}")).unwrap_or_default();
            format!("gave up the announcement {}{push} for {channel}", quoted(what))
        }
        Event::Unclaimed { push } => format!("gave the claim of {push} back"),
        Event::Imported(told) => format!("took {} in from {}", told.push, quoted(&told.source)),
        other => of_attempt(other),
    }
}

/// Changes of a repository: of many the first.
fn changes_of(repo: &RepoName, changes: &[Oid]) -> String {
    const TOLD: usize = 3;
    let mut told: Vec<&str> = changes.iter().take(TOLD).map(Oid::short).collect();
    let more = format!("{} more", changes.len().saturating_sub(TOLD));
    told.extend((changes.len() > TOLD).then_some(more.as_str()));
    format!("{repo} {}", told.join(", "))
}

fn called(push: PushDate, call: &Call) -> String {
    let names: Vec<&str> = call.whom.iter().map(PersonName::as_str).collect();
    let text = call.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("called those aboard {push}, {}{text}", names.join(", "))
}

/// An event of a push on its way to production.
fn of_attempt(event: &Event) -> String {
    match event {
        Event::GateOverridden { push, gate, because, .. } => {
            format!("let the gate {gate} of {push} go: {because}")
        }
        Event::Started { push, start, .. } => {
            let tags = start.leaving.iter().map(|one| format!("{} {}", one.repo, one.tag));
            let tags: Vec<String> = tags.collect();
            format!("started {push}, attempt {}: {}", start.attempt, tags.join(", "))
        }
        Event::DeployBegan { deploy, .. } => format!("began to {}", deploys(deploy)),
        Event::DeployEnded { key, end, .. } => format!("the deploy {key}: {}", end.words()),
        Event::Promoted { push } => format!("promoted {push}"),
        Event::RolledBack { push, rollback } => {
            let back = rollback.back.iter().map(|back| match &back.to {
                Some(to) => format!("{} {} to {to}", back.repo, back.tag),
                None => format!("{} {}", back.repo, back.tag),
            });
            let back: Vec<String> = back.collect();
            format!("rolled {push} back, {}: {}", back.join(", "), rollback.because)
        }
        Event::Cleared { repo, tag, because, .. } => {
            format!("cleared {repo} {tag}, which was rolled back: {because}")
        }
        Event::Finished { push, finish } => {
            let because = finish.because.as_ref().map(|why| format!(": {why}"));
            format!("finished {push}{}", because.unwrap_or_default())
        }
        _ => String::new(),
    }
}

/// What a run deploys, in a few words.
pub(crate) fn deploys(run: &DeployRun) -> String {
    let DeployRun { repo, tag, environment, key, .. } = run;
    let again = if run.round > 1 { " again" } else { "" };
    match run.purpose {
        DeployFor::Start => format!("deploy {repo} {tag} to {environment}{again} ({key})"),
        DeployFor::Promote => format!("promote {repo} {tag} on {environment}{again} ({key})"),
        DeployFor::Rollback => {
            format!("bring {repo} back to {tag} on {environment}{again} ({key})")
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
            What::Moved => "moved",
        };
        format!("{verb} {} {}", change.item, quoted(&change.text))
    });
    let mut told: Vec<String> = told.collect();
    told.extend((items.len() > TOLD).then(|| format!("and {} more", items.len() - TOLD)));
    let items = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    format!("{what}, version {version}{items}")
}

fn intended(intent: &Intent, before: Option<&Tagged>) -> String {
    match &intent.purpose {
        Purpose::Tag(tag) => {
            format!("tag {} at {}{}", about(intent), tag.commit.short(), why(tag))
        }
        Purpose::Pick(tag) => {
            let changes = changes(tag, before);
            let with = if changes.is_empty() { "with the same picks" } else { &changes };
            format!("tag {} at {} {with}{}", about(intent), tag.commit.short(), why(tag))
        }
        Purpose::Merge { branches } => {
            let what = count(branches.len(), "security branch", "security branches");
            format!("merge {what} into {}", about(intent))
        }
        Purpose::Sync => format!("bring {} up to upstream", about(intent)),
        Purpose::SetAside => format!("set commits of {} aside", about(intent)),
    }
}

fn why(tag: &Tagged) -> String {
    tag.because.as_ref().map(|why| format!(": {why}")).unwrap_or_default()
}

/// What a tag has over the one before it: commits added, taken back, and dropped.
fn changes(tag: &Tagged, before: Option<&Tagged>) -> String {
    let new = |pick: &&PickRecord| pick.tag == tag.tag;
    let added = tag.picks.iter().filter(new).filter(|pick| !pick.reverted).count();
    let back: Vec<&PickRecord> = tag.picks.iter().filter(new).filter(|p| p.reverted).collect();
    let has = |gone: &PickRecord| {
        tag.picks.iter().any(|p| (&p.commit, p.reverted) == (&gone.commit, gone.reverted))
    };
    let before = before.map_or(&[][..], |before| &before.picks);
    let (gone_back, gone): (Vec<_>, Vec<_>) =
        before.iter().filter(|pick| !has(pick)).partition(|pick| pick.reverted);
    let with = (added > 0).then(|| format!("with {}", count(added, "new pick", "new picks")));
    let named = |what: &str, picks: &[&PickRecord]| {
        let one = |p: &&PickRecord| format!("{} {}", p.commit.short(), quoted(subject(p)));
        let all: Vec<String> = picks.iter().map(one).collect();
        (!all.is_empty()).then(|| format!("{what} {}", all.join(" and ")))
    };
    let all = [
        with,
        named("taking back", &back),
        named("dropping", &gone),
        named("dropping the revert of", &gone_back),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The subject of the commit that was asked for: a revert's own has it in quotes.
fn subject(pick: &PickRecord) -> &str {
    let inner = pick.subject.strip_prefix("Revert \"").and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|_| pick.reverted).unwrap_or(&pick.subject)
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
        Outcome::Refused { why } => format!("{about} was refused by the remote{}", quoting(why)),
        Outcome::Overtaken { name, .. } => {
            format!("{about} is not done, somebody else was first{}", quoting(name))
        }
    }
}

/// What a remote said, at the end of a sentence; it may not be there for whoever reads it.
fn quoting(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}
