//! Makes a ledger with a past, to measure with: `past_pushes DIR PUSHES BEFORE REPO=COMMIT…`.
//!
//! Each push is a week before the one after it, the last a week before `BEFORE` (a push date), and has 200 events: its
//! opening, three tags with their picks for each repository, a review, a merge, and the scheduled syncs of a week. Every
//! tag is a lightweight one on its repository's `COMMIT`, so that remotes that show the same agree with it.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use conductor::failure::Result;
use conductor::journal::{self, Journal};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use train::base::BaseFrom;
use train::event::{Event, Outcome};
use train::facts::Head;
use train::id::{Oid, PushDate, RepoName};
use train::intent::{Intent, IntentId, PickRecord, Purpose, Remote, Tagged, Update};
use train::people::{Actor, Proof, Role};

/// Events of one push.
const EVENTS: usize = 200;
/// Tags that each repository gets for one push.
const TAGS: usize = 3;

/// What `main` was given.
struct Wish {
    dir: String,
    pushes: i64,
    before: PushDate,
    repos: Vec<(RepoName, Oid)>,
}

fn wish() -> Option<Wish> {
    let mut words = std::env::args().skip(1);
    let (dir, pushes) = (words.next()?, words.next()?.parse().ok()?);
    let before = words.next()?.parse().ok()?;
    let repos: Vec<_> = words.map(|word| aboard(&word)).collect::<Option<_>>()?;
    (!repos.is_empty()).then_some(Wish { dir, pushes, before, repos })
}

fn aboard(word: &str) -> Option<(RepoName, Oid)> {
    let (name, commit) = word.split_once('=')?;
    Some((name.parse().ok()?, commit.parse().ok()?))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(wish) = wish() else { return ExitCode::from(2) };
    match make(&wish).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn make(wish: &Wish) -> Result<()> {
    let first = cut_of(wish, wish.pushes);
    let ledger = Arc::new(ledger::open(Path::new(&wish.dir), Some(first)).await?);
    let actor = Actor {
        name: "mat".to_owned(),
        roles: [Role::Hero, Role::Security].into(),
        proof: Proof::Local(1000),
    };
    let mut journal = Journal::open(ledger, actor, Duration::from_secs(10)).await?;
    journal::begin(&mut journal, first, first.to_zoned_datetime(TimeZone::UTC).date(), true)
        .await?;
    for week in (1..=wish.pushes).rev() {
        let mut story = Story {
            number: journal.head().seq,
            names: 0,
            push: date_of(wish, week),
            events: Vec::new(),
        };
        story.tell(&wish.repos);
        journal.append(cut_of(wish, week), story.events).await?;
    }
    Ok(())
}

fn date_of(wish: &Wish, weeks: i64) -> PushDate {
    let date = wish.before.to_string().replace('.', "-");
    let date: jiff::civil::Date = date.parse().expect("a push date is a date");
    let date = date.saturating_sub((weeks * 7).days());
    date.to_string().parse().expect("a date is a push date")
}

/// Two days before the push, nine o'clock in UTC.
fn cut_of(wish: &Wish, weeks: i64) -> Timestamp {
    let date = date_of(wish, weeks).to_string().replace('.', "-");
    let at: Timestamp = format!("{date}T09:00:00Z").parse().expect("a date at nine is a time");
    at - 48.hours()
}

/// The events of one push, in order.
struct Story {
    /// Entries before it.
    number: u64,
    /// Object names given so far.
    names: u64,
    push: PushDate,
    events: Vec<Event>,
}

impl Story {
    fn tell(&mut self, repos: &[(RepoName, Oid)]) {
        let mat = "mat".parse().ok();
        self.events.push(Event::Opened {
            push: self.push,
            scheduled: self.push,
            hero: mat.clone(),
            turn: mat,
            off_cycle: false,
        });
        let branch = u32::try_from(self.number / EVENTS as u64).unwrap_or(u32::MAX) + 1;
        let commit = self.oid();
        self.events.push(Event::Approved { repo: repos[0].0.clone(), branch, commit, own: false });
        let merge = Purpose::Merge { branches: vec![branch] };
        self.done(&repos[0].0, None, Remote::Upstream, merge, |to| {
            Update::forward("main", None, to)
        });
        for (repo, commit) in repos {
            let mut picks = Vec::new();
            for suffix in 0..TAGS {
                self.tag(repo, commit, suffix, &mut picks);
            }
        }
        for at in 0.. {
            let left = EVENTS - self.events.len();
            if left < 2 {
                break;
            }
            let (repo, _) = &repos[at % repos.len()];
            self.done(repo, None, Remote::Security, Purpose::Sync, |to| {
                Update::forward("main", None, to)
            });
        }
    }

    /// A tag with one pick more than the one before it.
    fn tag(&mut self, repo: &RepoName, commit: &Oid, suffix: usize, picks: &mut Vec<PickRecord>) {
        let tag =
            if suffix == 0 { self.push.to_string() } else { format!("{}-{suffix}", self.push) };
        if suffix > 0 {
            picks.push(PickRecord {
                commit: self.oid(),
                made: self.oid(),
                subject: "Keep the session when the form is sent twice".to_owned(),
                author: "Kumar".to_owned(),
                whose: None,
                reverted: false,
                tag: tag.clone(),
            });
        }
        let tagged = Tagged {
            tag: tag.clone(),
            object: commit.clone(),
            commit: commit.clone(),
            base: None,
            base_from: BaseFrom::OlderTag,
            picks: picks.clone(),
            resolved_by: None,
            because: None,
        };
        let purpose = if suffix == 0 { Purpose::Tag(tagged) } else { Purpose::Pick(tagged) };
        self.done(repo, Some(self.push), Remote::Upstream, purpose, |to| {
            Update::new_tag(&tag, to.clone(), to)
        });
    }

    /// An intent and that it was done.
    fn done(
        &mut self,
        repo: &RepoName,
        push: Option<PushDate>,
        remote: Remote,
        purpose: Purpose,
        update: impl FnOnce(Oid) -> Update,
    ) {
        let head = Head { seq: self.number + self.events.len() as u64, hash: "0".repeat(64) };
        let id = IntentId::after(&head, repo, remote);
        let to = match &purpose {
            Purpose::Tag(tagged) | Purpose::Pick(tagged) => tagged.commit.clone(),
            _ => self.oid(),
        };
        let updates = vec![update(to)];
        let settings = "0".repeat(16);
        let intent = Intent {
            id: id.clone(),
            push,
            repo: repo.clone(),
            remote,
            purpose,
            updates,
            fence: None,
            settings,
        };
        self.events.push(Event::Intended(Box::new(intent)));
        self.events.push(Event::Settled { intent: id, outcome: Outcome::Published });
    }

    /// A name no other object of the story has.
    fn oid(&mut self) -> Oid {
        self.names += 1;
        format!("{:020x}{:020x}", self.number, self.names).parse().expect("forty digits are a name")
    }
}
