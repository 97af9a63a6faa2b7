//! Confirmations: an author's word that their own change does on stage what it should; and calls, by which those who have not
//! said so are called at once.
//!
//! A word is for one commit. It counts as long as the push's tag has that very commit and nothing in the tag takes it back; so a
//! later tag keeps it, and a pick that was made anew, or is gone, has none (P7).

mod change;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};

use crate::id::{Oid, PersonName, PushDate, RepoName, quoted};
use crate::refusal::{Code, Refusal};
use crate::settings::Settings;

pub use change::{Brings, Change, OnStage, changes};
pub use words::{Call, Called, Confirmation, Confirmed, Words};

/// For how many minutes everybody aboard is not called a second time by itself.
const APART: i64 = 10;

/// How the changes of a push stand, author by author. Repositories of which stage shows nothing, as none is set up, are left
/// out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authors {
    /// Those who confirmed all of their changes.
    pub confirmed: BTreeSet<PersonName>,
    /// Those who have not, each with how many are left.
    pub waiting: BTreeMap<PersonName, usize>,
    /// Authors that are nobody in the configuration, by git's names.
    pub unknown: BTreeSet<String>,
}

impl Authors {
    /// In a sentence without its full stop; none where nobody of the configuration wrote anything.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let all = self.confirmed.len() + self.waiting.len();
        if all == 0 {
            return None;
        }
        let authors = if all == 1 { "author" } else { "authors" };
        let said = format!("{} of {all} {authors} confirmed on stage", self.confirmed.len());
        let names: Vec<&str> = self.waiting.keys().map(PersonName::as_str).collect();
        Some(match names.is_empty() {
            true => said,
            false => format!("{said}; waiting for {}", names.join(", ")),
        })
    }
}

/// How the changes of a push stand, author by author.
#[must_use]
pub fn authors(settings: &Settings, words: &Words, brings: &[Brings]) -> Authors {
    let mut authors = Authors::default();
    let mut known = BTreeSet::new();
    for of in brings.iter().filter(|of| of.stage != OnStage::NotSetUp) {
        for change in &of.changes {
            let Some(author) = settings.author(&change.author, &change.email) else {
                authors.unknown.insert(change.author.clone());
                continue;
            };
            known.insert(author.name.clone());
            if words.of(&of.repo, &change.commit, &author.name).is_none() {
                *authors.waiting.entry(author.name.clone()).or_default() += 1;
            }
        }
    }
    known.retain(|author| !authors.waiting.contains_key(author));
    authors.confirmed = known;
    authors
}

/// The changes of `who` that stage shows and that they have not confirmed, each with its repository.
#[must_use]
pub fn waits_for<'b>(
    settings: &Settings,
    words: &Words,
    brings: &'b [Brings],
    who: &PersonName,
) -> Vec<(&'b Brings, &'b Change)> {
    let shown = brings.iter().filter(|of| of.stage == OnStage::Shown);
    let all = shown.flat_map(|of| of.changes.iter().map(move |change| (of, change)));
    all.filter(|(of, change)| {
        is_by(settings, change, who.as_str()) && words.of(&of.repo, &change.commit, who).is_none()
    })
    .collect()
}

/// The calls that wait for `who` at a push that has not left: those of everybody, and the others as long as they have something
/// to confirm.
#[must_use]
pub fn calls_to<'w>(words: &'w Words, authors: &Authors, who: &PersonName) -> Vec<&'w Called> {
    let waits = |called: &&Called| {
        called.call.whom.contains(who) && (called.call.all || authors.waiting.contains_key(who))
    };
    words.calls.iter().filter(waits).collect()
}

/// What of a repository is confirmed: those that were already are beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToConfirm {
    /// The repository and its tag.
    pub of: Brings,
    /// Whether each of its changes is confirmed already.
    pub already: BTreeSet<Oid>,
}

/// Judges the wish of `actor` to confirm changes of a push: the commits named, each of one repository, or all of their own
/// that stage shows.
///
/// Refuses a merge, what the push does not bring, what somebody else wrote, and what stage does not show.
pub fn confirm(
    settings: &Settings,
    words: &Words,
    push: PushDate,
    actor: &str,
    brings: &[Brings],
    named: &[(RepoName, Oid)],
) -> Result<Vec<ToConfirm>, Refusal> {
    for (repo, commit) in named {
        may_confirm(settings, push, actor, brings, repo, commit)?;
    }
    let meant = |of: &Brings, change: &Change| {
        let is_named = named.iter().any(|(repo, id)| *repo == of.repo && change.is_of(id));
        is_by(settings, change, actor) && (named.is_empty() || is_named)
    };
    let own: Vec<Brings> = brings
        .iter()
        .map(|of| Brings {
            changes: of.changes.iter().filter(|c| meant(of, c)).cloned().collect(),
            ..of.clone()
        })
        .filter(|of| !of.changes.is_empty())
        .collect();
    if own.is_empty() {
        return Err(nothing(push, actor));
    }
    if let Some(first) = own.iter().find(|_| own.iter().all(|of| of.stage != OnStage::Shown)) {
        return Err(not_shown(first));
    }
    let said = |of: &Brings, change: &Change| {
        words
            .confirmed
            .iter()
            .any(|one| one.repo == of.repo && one.change == change.commit && one.by == actor)
    };
    let one = |of: Brings| {
        let already = of.changes.iter().filter(|change| said(&of, change));
        let already = already.map(|change| change.commit.clone()).collect();
        ToConfirm { of, already }
    };
    Ok(own.into_iter().filter(|of| of.stage == OnStage::Shown).map(one).collect())
}

/// Refuses a commit that is named and can't be confirmed.
fn may_confirm(
    settings: &Settings,
    push: PushDate,
    actor: &str,
    brings: &[Brings],
    repo: &RepoName,
    commit: &Oid,
) -> Result<(), Refusal> {
    let of = brings.iter().find(|of| of.repo == *repo);
    let found = of.and_then(|of| Some((of, of.changes.iter().find(|c| c.is_of(commit))?)));
    let short = commit.short();
    let Some((of, change)) = found else {
        let what = format!("{short} of {repo} is no change of {push}, or is taken back there");
        let hint = "`pushduty compare` lists what the push brings; of a merge its own commits are confirmed";
        return Err(Refusal::new(Code::Refused, what, hint).in_repo(repo));
    };
    if !is_by(settings, change, actor) {
        let (what, hint) = match settings.author(&change.author, &change.email) {
            Some(author) => {
                (format!("{short} of {repo} is {}’s", author.name), format!("ask {}", author.name))
            }
            None => (
                format!("{short} of {repo} is by {}", quoted(&change.author)),
                "their git address goes into email or aliases under [people.NAME]".to_owned(),
            ),
        };
        let what = format!("{what}: a change is confirmed by its author alone");
        return Err(Refusal::new(Code::NotAllowed, what, hint).in_repo(repo));
    }
    match of.stage {
        OnStage::Shown => Ok(()),
        _ => Err(not_shown(of)),
    }
}

/// Stage does not show it, or nothing of stage is set up.
fn not_shown(of: &Brings) -> Refusal {
    let (repo, tag) = (&of.repo, &of.tag);
    let (what, hint) = match of.stage {
        OnStage::NotSetUp => (
            format!("no service of stage is built from {repo}: nobody can see {tag} there"),
            "set one up under [environments.stage]",
        ),
        _ => (
            format!("stage does not show {repo} {tag} on all samples"),
            "`pushduty watch stage` waits for it, `pushduty status` says what is there",
        ),
    };
    Refusal::new(Code::WrongState, what, hint).in_repo(repo)
}

fn nothing(push: PushDate, actor: &str) -> Refusal {
    Refusal::new(
        Code::Refused,
        format!("{} wrote nothing of what {push} brings", quoted(actor)),
        "`pushduty compare` lists it; git's addresses are matched with email, aliases and github under [people.NAME]",
    )
}

/// Whether somebody of the configuration is a change's author.
fn is_by(settings: &Settings, change: &Change, who: &str) -> bool {
    let author = settings.author(&change.author, &change.email);
    author.is_some_and(|author| author.name.as_str() == who)
}

/// What of their own words somebody takes back: the changes named, or all.
///
/// Refuses where they confirmed none of them.
pub fn take_back(
    words: &Words,
    push: PushDate,
    actor: &str,
    only: &BTreeSet<RepoName>,
    named: &[(RepoName, Oid)],
    brings: &[Brings],
) -> Result<BTreeMap<RepoName, Vec<Confirmed>>, Refusal> {
    // A pick is named by the commit it was picked from too.
    let is = |one: &Confirmed, id: &Oid| {
        let of = brings.iter().filter(|of| of.repo == one.repo).flat_map(|of| &of.changes);
        one.change == *id || of.into_iter().any(|c| c.commit == one.change && c.is_of(id))
    };
    let meant = |one: &&Confirmed| {
        one.by == actor
            && (only.is_empty() || only.contains(&one.repo))
            && (named.is_empty() || named.iter().any(|(repo, id)| *repo == one.repo && is(one, id)))
    };
    let mut taken: BTreeMap<RepoName, Vec<Confirmed>> = BTreeMap::new();
    for one in words.confirmed.iter().filter(meant) {
        taken.entry(one.repo.clone()).or_default().push(one.clone());
    }
    match taken.is_empty() {
        false => Ok(taken),
        true => Err(Refusal::new(
            Code::WrongState,
            format!("{} has confirmed nothing of that in {push}", quoted(actor)),
            "each takes back their own word; `pushduty compare` shows whose it is",
        )),
    }
}

/// What a call comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Calling {
    /// These are called.
    Calls(Call),
    /// The same call was made a moment ago.
    Already,
    /// Everybody aboard has confirmed their changes, or nobody of the configuration wrote any.
    Nobody,
}

/// Judges the wish to call those who have not confirmed, or everybody (`all`); made a moment ago it is not made a second time,
/// unless it is meant (`again`).
///
/// Refuses another call within some minutes of the last.
pub fn call(
    words: &Words,
    authors: &Authors,
    push: PushDate,
    text: Option<&str>,
    (all, again): (bool, bool),
    now: Timestamp,
) -> Result<Calling, Refusal> {
    let mut whom: BTreeSet<PersonName> = authors.waiting.keys().cloned().collect();
    if all {
        whom.extend(authors.confirmed.iter().cloned());
    }
    if whom.is_empty() {
        return Ok(Calling::Nobody);
    }
    let call = Call { whom, text: text.map(str::to_owned), all };
    let since = now.checked_sub(APART.minutes()).unwrap_or(Timestamp::MIN);
    let last = words.calls.last().filter(|last| last.at > since && !again);
    match last {
        None => Ok(Calling::Calls(call)),
        Some(last) if last.call == call => Ok(Calling::Already),
        Some(last) => Err(Refusal::new(
            Code::Refused,
            format!("{} called those aboard {push} less than {APART} minutes ago", last.by),
            "wait, or call once more with --again",
        )),
    }
}
