//! Every word of every announcement, one function per message: a line for the subject, and the rest.

use jiff::Timestamp;

use super::Facts;
use crate::attempt::{DeployEnd, DeployFor, DeployRun, Rollback, Start};
use crate::calendar::Departure;
use crate::changes::PushMove;
use crate::confirm::Call;
use crate::gate::Gate;
use crate::hold::Hold;
use crate::id::{PushDate, RepoName};
use crate::intent::{PickRecord, Tagged};
use crate::links;
use crate::notes::page::ItemChange;

/// A subject and a text.
pub(super) type Said = (String, String);

/// A tag beside the one of its push before it.
pub(super) struct Given<'a> {
    pub repo: &'a RepoName,
    pub tag: &'a Tagged,
    pub before: Option<&'a Tagged>,
}

impl Facts<'_> {
    pub(super) fn time(&self, at: Timestamp) -> String {
        let zone = self.settings.timetable.zone();
        at.to_zoned_datetime(zone).strftime("%a %d %b %H:%M %Z").to_string()
    }

    fn link(&self, repo: &RepoName, base: Option<&str>, tag: &str) -> Option<String> {
        let base = base.filter(|base| *base != tag)?;
        links::compare(self.settings.repo(repo)?, base, tag)
    }

    fn notes_of(&self, push: PushDate) -> String {
        format!("Notes: {}", super::notes_address(self.notes, &self.settings.train, push))
    }

    pub(super) fn subject(&self, words: &str) -> String {
        format!("{}: {words}", self.settings.train)
    }
}

/// A push got its tags; `rest` are lines about repositories that have none.
pub(super) fn cut(
    facts: Facts<'_>,
    push: PushDate,
    given: &[Given<'_>],
    rest: &[String],
    whole: bool,
) -> Said {
    let part = if whole { "" } else { " in part" };
    let line = |one: &Given<'_>| {
        let (repo, tag) = (one.repo, &one.tag.tag);
        let because = one.tag.because.as_deref().and_then(|why| facts.quotable(why));
        let because = because.map(|why| format!(" ({why})")).unwrap_or_default();
        match (facts.link(repo, one.tag.base.as_deref(), tag), &one.tag.base) {
            (Some(link), _) => format!("{repo} {tag}{because}: {link}"),
            (None, Some(base)) => format!("{repo} {tag}, compared with {base}{because}"),
            (None, None) => format!("{repo} {tag}, its first{because}"),
        }
    };
    let lines = given.iter().map(line).chain(rest.iter().cloned());
    let mut lines: Vec<String> = lines.collect();
    lines.push(facts.notes_of(push));
    (facts.subject(&format!("{push} is cut{part}")), lines.join("\n"))
}

/// A repository that stays.
pub(super) fn stays(repo: &RepoName, tag: Option<&str>) -> String {
    tag.map_or_else(|| format!("{repo} stays"), |tag| format!("{repo} stays on {tag}"))
}

/// Further tags of a push, without picks of their own.
pub(super) fn retagged(facts: Facts<'_>, push: PushDate, given: &[Given<'_>]) -> Said {
    let line = |one: &Given<'_>| {
        let (repo, tag) = (one.repo, &one.tag.tag);
        let because = facts.because(one.tag.because.as_deref().unwrap_or_default());
        match one.before {
            Some(before) if before.commit == one.tag.commit => {
                format!("{repo} {tag}, the same commit as {}{because}", before.tag)
            }
            Some(before) => match facts.link(repo, Some(&before.tag), tag) {
                Some(link) => format!("{repo} {tag}: {link}"),
                None => format!("{repo} {tag}, after {}{because}", before.tag),
            },
            None => format!("{repo} {tag}{because}"),
        }
    };
    let lines: Vec<String> = given.iter().map(line).collect();
    (facts.subject(&format!("{push} has other tags")), lines.join("\n"))
}

/// Picks on top of a push's tags, or of what production runs.
pub(super) fn picked(facts: Facts<'_>, push: PushDate, given: &[Given<'_>], hot: bool) -> Said {
    let lines: Vec<String> = given.iter().flat_map(|one| picks(facts, one)).collect();
    let words =
        if hot { format!("hot-fix of {push}") } else { format!("{push} has tags with picks") };
    (facts.subject(&words), lines.join("\n"))
}

fn picks(facts: Facts<'_>, one: &Given<'_>) -> Vec<String> {
    let (repo, tag) = (one.repo, &one.tag.tag);
    let new = |pick: &&PickRecord| pick.tag == *tag;
    let has = |gone: &&PickRecord| {
        let same = |p: &PickRecord| (&p.commit, p.reverted) == (&gone.commit, gone.reverted);
        !one.tag.picks.iter().any(same)
    };
    let named = |pick: &PickRecord| {
        let subject = facts.quotable(&pick.subject).map(|subject| format!(" “{subject}”"));
        format!("{}{}", pick.commit.short(), subject.unwrap_or_default())
    };
    let added = one.tag.picks.iter().filter(new).map(|pick| match pick.reverted {
        true => format!("  takes back {}", named(pick)),
        false => {
            format!("  {} by {}", named(pick), facts.quotable(&pick.author).unwrap_or_default())
        }
    });
    let before = one.before.map_or(&[][..], |before| &before.picks);
    let gone = before.iter().filter(has).map(|pick| format!("  without {}", named(pick)));
    let changes: Vec<String> = added.chain(gone).collect();
    let base = one.before.map(|before| before.tag.as_str()).or(one.tag.base.as_deref());
    let head = match facts.link(repo, base, tag) {
        Some(link) => format!("{repo} {tag}: {link}"),
        None => format!("{repo} {tag}"),
    };
    let head = if changes.is_empty() { format!("{head}, with the same picks") } else { head };
    std::iter::once(head).chain(changes).collect()
}

/// A gate was let go.
pub(super) fn overridden(
    facts: Facts<'_>,
    push: PushDate,
    by: &str,
    gate: &str,
    why: &str,
) -> Said {
    let words = facts.subject(&format!("the gate {gate} of {push} was let go"));
    (words, format!("By {by}, for these very tags{}", facts.because(why)))
}

/// The way to production was opened.
pub(super) fn started(facts: Facts<'_>, push: PushDate, by: &str, start: &Start) -> Said {
    let again = (start.attempt > 1).then(|| format!(", attempt {}", start.attempt));
    let line = |one: &crate::attempt::Leaving| match &one.from {
        Some(from) => format!("{} {}, after {from}", one.repo, one.tag),
        None => format!("{} {}, its first", one.repo, one.tag),
    };
    let lines = std::iter::once(format!("Started by {by}{}.", again.unwrap_or_default()))
        .chain(start.leaving.iter().map(line))
        .chain(std::iter::once(facts.notes_of(push)));
    let subject = facts.subject(&format!("{push} leaves for production"));
    (subject, lines.collect::<Vec<_>>().join("\n"))
}

/// A deploy and its end.
pub(super) fn deployed(facts: Facts<'_>, run: &DeployRun, end: &DeployEnd) -> Said {
    let DeployRun { repo, tag, environment, .. } = run;
    if *end == DeployEnd::Succeeded {
        let words = match run.purpose {
            DeployFor::Start => format!("{repo} {tag} is on {environment}"),
            DeployFor::Promote => format!("{repo} {tag} took over on {environment}"),
            DeployFor::Rollback => format!("{repo} is back to {tag} on {environment}"),
        };
        return (facts.subject(&words), String::new());
    }
    let what = match run.purpose {
        DeployFor::Start => format!("the deploy of {repo} {tag} to {environment}"),
        DeployFor::Promote => format!("the promotion of {repo} {tag} on {environment}"),
        DeployFor::Rollback => format!("the way of {repo} back to {tag} on {environment}"),
    };
    let sentence = match end {
        DeployEnd::Failed { exit, sentence } => {
            let sentence = facts.quotable(sentence).unwrap_or_default();
            DeployEnd::Failed { exit: *exit, sentence }.words()
        }
        other => other.words(),
    };
    let text = format!("{sentence}. Nothing is deployed again by itself.");
    (facts.subject(&format!("{what} did not end well")), text)
}

/// What was deployed takes over.
pub(super) fn promoted(facts: Facts<'_>, push: PushDate, by: &str) -> Said {
    (facts.subject(&format!("{push} takes over")), format!("Promoted by {by}: all users get it."))
}

/// Production goes back.
pub(super) fn rolled_back(facts: Facts<'_>, push: PushDate, by: &str, back: &Rollback) -> Said {
    let line = |one: &crate::attempt::Back| match &one.to {
        Some(to) => format!("{} {} back to {to}", one.repo, one.tag),
        None => format!("{} {}, with nothing to go back to", one.repo, one.tag),
    };
    let lines = std::iter::once(format!("By {by}{}", facts.because(&back.because)))
        .chain(back.back.iter().map(line))
        .chain(std::iter::once("The push is held, and its tags are marked as bad.".to_owned()));
    (facts.subject(&format!("{push} is rolled back")), lines.collect::<Vec<_>>().join("\n"))
}

/// Blockers were raised though it has started.
pub(super) fn late_blocker(
    facts: Facts<'_>,
    push: PushDate,
    by: &str,
    raised: &[&ItemChange],
) -> Said {
    let what = match raised.len() {
        1 => format!("a blocker of {push} came after its start"),
        n => format!("{n} blockers of {push} came after its start"),
    };
    let line = |one: &&ItemChange| format!("{}{}", one.item, facts.because(&one.text));
    let lines = std::iter::once(format!("Raised by {by}."))
        .chain(raised.iter().map(line))
        .chain(std::iter::once(
            "`pushduty status` shows what is open, `pushduty rollback --because TEXT` brings production back."
                .to_owned(),
        ));
    (facts.subject(&what), lines.collect::<Vec<_>>().join("\n"))
}

/// Production shows a tag that no start allowed.
pub(super) fn past_us(facts: Facts<'_>, one: &super::Stranger) -> Said {
    let super::Stranger { push, repo, tag, .. } = one;
    let subject = format!("production shows {repo} {tag}, which no start allowed");
    let text = format!(
        "`pushduty start --push {push}` has it on record, `pushduty rollback --push {push} --because TEXT` takes it back."
    );
    (facts.subject(&subject), text)
}

/// Everybody aboard is called, by what they are called in chat.
pub(crate) fn called(facts: Facts<'_>, push: PushDate, by: &str, call: &Call) -> Said {
    let who = if call.all { "everybody aboard" } else { "those aboard who have not confirmed" };
    let subject = facts.subject(&format!("{by} calls {who} {push}"));
    let nicks = call.whom.iter().map(|who| super::nick(facts.settings, who.as_str()));
    let nicks = nicks.collect::<Vec<_>>().join(", ");
    let text = match call.text.as_deref().and_then(|text| facts.quotable(text)) {
        Some(text) => format!("{nicks}: {text}"),
        None => format!("{nicks}: how does your change do on stage?"),
    };
    let how = "`pushduty confirm` says that your changes do on stage what they should.";
    (subject, format!("{text}\n{how}"))
}

/// Somebody holds it.
pub(super) fn held(facts: Facts<'_>, push: PushDate, by: &str, hold: &Hold) -> Said {
    let what = hold.repo.as_ref().map_or_else(String::new, |repo| format!("{repo} of "));
    let until = hold.until.map(|until| format!(" until {}", facts.time(until)));
    let text = format!("By {by}{}{}", until.unwrap_or_default(), facts.because(&hold.because));
    (facts.subject(&format!("{what}{push} is held")), text)
}

/// A hold was lifted.
pub(super) fn resumed(facts: Facts<'_>, push: PushDate, by: &str, repo: Option<&RepoName>) -> Said {
    let what = repo.map_or_else(String::new, |repo| format!("{repo} of "));
    (facts.subject(&format!("{what}{push} is held no longer")), format!("By {by}."))
}

/// It leaves on another day.
pub(super) fn moved(facts: Facts<'_>, push: PushDate, by: &str, change: &PushMove) -> Said {
    let subject = match change.renamed() {
        true => format!("the push of {push} leaves on {} and is called so", change.to),
        false => format!("{} leaves on {}; its name and its tags stay", change.name, change.to),
    };
    (facts.subject(&subject), format!("By {by}."))
}

/// It does not run.
pub(super) fn cancelled(facts: Facts<'_>, push: PushDate, by: &str, why: &str) -> Said {
    let text = format!("By {by}{}", facts.because(why));
    (facts.subject(&format!("{push} does not run")), text)
}

/// The next hero has it.
pub(super) fn has_it(facts: Facts<'_>, by: &str, next: &super::Next) -> Said {
    let Departure { push, cut_at, push_at, .. } = &next.departure;
    let (cut, leaves) = (facts.time(cut_at.timestamp()), facts.time(push_at.timestamp()));
    let text =
        format!("{by} hands over. It is cut {cut} and leaves {leaves}.\nNotes: {}", next.notes);
    (facts.subject(&format!("{push} is yours from here on")), text)
}

/// The cut is near.
pub(super) fn cut_soon(facts: Facts<'_>, departure: &Departure) -> Said {
    let (push, at) = (departure.push, facts.time(departure.cut_at.timestamp()));
    let text = "`pushduty tag --dry-run` shows what it comes to.".to_owned();
    (facts.subject(&format!("{push} is to be cut {at}")), text)
}

/// The cut is due.
pub(super) fn cut_due(facts: Facts<'_>, departure: &Departure) -> Said {
    let (push, at) = (departure.push, facts.time(departure.cut_at.timestamp()));
    let text = format!("It was to be cut {at}. `pushduty tag` does it.");
    (facts.subject(&format!("{push} is not cut yet")), text)
}

/// Somebody still holds gates.
pub(super) fn gates(facts: Facts<'_>, departure: &Departure, gates: &[&Gate]) -> Said {
    let (push, at) = (departure.push, facts.time(departure.push_at.timestamp()));
    let line = |gate: &&Gate| format!("{}{}", gate.name, facts.because(&gate.why));
    let lines = std::iter::once(format!("It is to leave {at}."))
        .chain(gates.iter().map(line))
        .chain(std::iter::once("`pushduty ready` looks again.".to_owned()));
    (facts.subject(&format!("{push} waits for you")), lines.collect::<Vec<_>>().join("\n"))
}

/// It has not left.
pub(super) fn push_due(facts: Facts<'_>, departure: &Departure) -> Said {
    let (push, at) = (departure.push, facts.time(departure.push_at.timestamp()));
    let text = format!(
        "It was to leave {at}. `pushduty start` opens the way, `pushduty move` or `pushduty hold` says that it waits."
    );
    (facts.subject(&format!("{push} has not left yet")), text)
}

/// Nobody finished it.
pub(super) fn finish_due(facts: Facts<'_>, push: PushDate, since: Timestamp) -> Said {
    let text = format!(
        "It is on its way since {}. `pushduty finish` sends the mail and hands over.",
        facts.time(since)
    );
    (facts.subject(&format!("{push} is not finished yet")), text)
}
