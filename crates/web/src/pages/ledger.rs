//! The record of a train: what was done, newest first, and that its chain holds.

use std::ops::Range;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{EntryView, LogView, Moment};
use conductor::{Conductor, LogWish, Reading};
use serde::Deserialize;
use train::id::{PushDate, TrainName, quoted};
use train::refusal::{Code, Refusal};

use super::remotes::{Compared, compared};
use super::words::{self, When};
use super::{Layout, NoPage, looked, shown};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::proofs::Proof;
use crate::visitor::Visitor;

/// How many entries a page has.
const SHOWN: usize = 200;
/// How many letters of a hash are shown.
const LETTERS: usize = 12;

/// Which entries are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Only those of this push; a form that was sent empty says none.
    push: Option<String>,
    /// How many of the newest are passed over. It is no number of an entry: not everybody may know those (P9).
    older: Option<usize>,
    /// The page that has this entry, for those who may know its number.
    entry: Option<u64>,
    /// Whether the record is compared with the remotes.
    remotes: Option<String>,
}

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    layout: Layout,
    train: String,
    says: String,
    proof: Proved,
    /// Whether the reader may have it compared with the remotes.
    compares: bool,
    /// What came of that, where it was asked for.
    compared: Option<Compared>,
    push: String,
    entries: Vec<Entry>,
    /// What the pages before and after this one are asked with.
    newer: Option<String>,
    older: Option<String>,
}

/// Whether the chain holds, and when that was proved.
struct Proved {
    broken: Option<String>,
    /// When, and the hash that it ends with: for those who may know of every entry, as each makes both others (P9).
    seen: Option<(When, Hash)>,
}

/// A hash, short and whole.
struct Hash {
    short: String,
    whole: String,
}

impl Hash {
    fn of(whole: &str) -> Self {
        Self { short: whole.chars().take(LETTERS).collect(), whole: whole.to_owned() }
    }
}

/// An entry, with what proves it.
struct Entry {
    seq: Option<u64>,
    at: When,
    who: String,
    what: String,
    hash: Option<Hash>,
}

impl Entry {
    fn of(entry: EntryView) -> Self {
        Self {
            seq: entry.seq,
            at: When::date(&entry.at),
            who: entry.actor.unwrap_or_default(),
            what: entry.words.clone(),
            hash: entry.hash.as_deref().map(Hash::of),
        }
    }
}

/// Which of so many entries, oldest first, a page has that passes over so many of the newest.
fn shown_of(known: usize, older: usize) -> Range<usize> {
    let end = known.saturating_sub(older);
    end.saturating_sub(SHOWN)..end
}

/// How many of the newest the page passes over that has an entry; none where the reader knows no entry by that number.
fn older_for(entries: &[EntryView], seq: u64) -> Option<usize> {
    let newer = entries.iter().rev().position(|entry| entry.seq == Some(seq))?;
    Some(newer / SHOWN * SHOWN)
}

/// How many are shown of how many.
fn says(range: &Range<usize>, known: usize, push: Option<PushDate>) -> String {
    let of = push.map(|push| format!(" of {push}")).unwrap_or_default();
    match (range.len(), known) {
        (_, 0) => format!("No entry{of} is known."),
        (_, 1) => format!("1 entry{of}."),
        (0, known) => format!("{known} entries{of}, and none as old as that."),
        (shown, known) if shown == known => format!("{known} entries{of}, newest first."),
        (shown, known) => {
            let newest = known - range.end + 1;
            let last = (newest + shown).saturating_sub(1);
            format!("{newest} to {last} of {known} entries{of}, newest first.")
        }
    }
}

/// What the conductor tells: the entries, the proof, and the head for those who may know the numbers of entries.
struct Told {
    log: LogView,
    proof: Arc<Proof>,
    head: Option<String>,
}

fn push_of(asked: &Asked) -> Result<Option<PushDate>, Refusal> {
    let Some(text) = asked.push.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        let what = format!("{} is no push", quoted(text));
        Refusal::new(Code::Usage, what, "name it by its date, as in 2026.11.26")
    })
}

/// `/trains/{train}/ledger`: what was done, and that the record holds. The remotes are asked where somebody wants that, and only
/// then.
pub(crate) async fn ledger(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(asked): Query<Asked>,
) -> Result<Response, NoPage> {
    let push = push_of(&asked).map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    let found = match asked.remotes {
        Some(_) => Some(compared(&house, &visitor, &train).await?),
        None => None,
    };
    let (proofs, named) = (Arc::clone(&house.proofs), train.clone());
    let look = async move |conductor: &Conductor| {
        let wish = LogWish { push, last: None };
        let log = conductor.log(&wish, &mut Reading::default()).await?;
        let head = conductor.ledger.head().await?.hash;
        let prove = async {
            let report = conductor.ledger.verify().await?;
            Ok::<_, Refusal>(Proof { at: Moment(conductor.local(conductor.clock.now())), report })
        };
        let proof = proofs.of(&named, prove).await?;
        let sees = !conductor.has_twins() || conductor.hears_of_embargoed().await?;
        Ok(Told { log, proof, head: Some(head).filter(|_| sees) })
    };
    let (told, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "Ledger").about(&train).at("ledger").in_zone(&zone);
    // What was found is of the moment it was asked for: a page that follows the train would ask again at every change.
    let events = layout.events.clone().filter(|_| found.is_none());
    let layout = Layout { events, ..layout };
    let page = LedgerPage {
        compares: visitor.may_act_on(&house, &train).is_ok(),
        compared: found.as_ref().map(|found| Compared::of(found, told.head.is_some())),
        ..page(layout, &train, told, push, &asked)
    };
    Ok(shown(&page))
}

fn page(
    layout: Layout,
    train: &TrainName,
    Told { log, proof, head }: Told,
    push: Option<PushDate>,
    asked: &Asked,
) -> LedgerPage {
    let known = log.entries.len();
    let of_entry = asked.entry.and_then(|seq| older_for(&log.entries, seq));
    let older = of_entry.or(asked.older).unwrap_or_default();
    let range = shown_of(known, older);
    let and_push = push.map(|push| format!("&push={push}")).unwrap_or_default();
    let link = |older: usize| format!("older={older}{and_push}");
    // Where it breaks is told by a number, which not everybody may know.
    let broken = proof.report.broken.as_ref().map(|broken| match &head {
        Some(_) => words::sentence(broken),
        None => String::new(),
    });
    let entries = log.entries.into_iter().skip(range.start).take(range.len());
    LedgerPage {
        layout,
        train: train.to_string(),
        says: says(&range, known, push),
        compares: false,
        compared: None,
        proof: Proved { broken, seen: head.map(|head| (When::date(&proof.at), Hash::of(&head))) },
        push: push.map(|push| push.to_string()).unwrap_or_default(),
        entries: entries.rev().map(Entry::of).collect(),
        newer: (range.end < known).then(|| link(older.min(known).saturating_sub(SHOWN))),
        older: (range.start > 0).then(|| link(older + SHOWN)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    fn entry(seq: Option<u64>) -> EntryView {
        EntryView {
            seq,
            at: Moment::new(Timestamp::UNIX_EPOCH, TimeZone::UTC),
            stream: "train".to_owned(),
            kind: "noted".to_owned(),
            actor: None,
            proof: None,
            event: None,
            withheld: false,
            hash: None,
            words: String::new(),
        }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        assert_eq!(shown_of(3, 0), 0..3);
        assert_eq!(shown_of(450, 0), 250..450);
        assert_eq!(shown_of(450, 200), 50..250);
        assert_eq!(shown_of(450, 400), 0..50);
        assert_eq!(shown_of(450, 9_000), 0..0);
        assert_eq!(shown_of(0, 0), 0..0);
    }

    #[test]
    fn an_entry_is_on_the_page_that_its_number_leads_to() {
        let all: Vec<EntryView> = (1..=450).map(|seq| entry(Some(seq))).collect();
        assert_eq!(older_for(&all, 450), Some(0));
        assert_eq!(older_for(&all, 251), Some(0));
        assert_eq!(older_for(&all, 250), Some(200));
        assert_eq!(older_for(&all, 1), Some(400));
        assert_eq!(older_for(&all, 451), None);
        assert_eq!(older_for(&[entry(None)], 1), None);
    }

    #[test]
    fn it_is_said_which_of_how_many_are_shown() {
        let push = "2026.11.26".parse().ok();
        assert_eq!(says(&shown_of(0, 0), 0, None), "No entry is known.");
        assert_eq!(says(&shown_of(1, 0), 1, push), "1 entry of 2026.11.26.");
        assert_eq!(says(&shown_of(9, 0), 9, None), "9 entries, newest first.");
        assert_eq!(says(&shown_of(450, 0), 450, None), "1 to 200 of 450 entries, newest first.");
        let last = "401 to 450 of 450 entries of 2026.11.26, newest first.";
        assert_eq!(says(&shown_of(450, 400), 450, push), last);
    }

    #[test]
    fn a_push_is_asked_for_by_its_date_or_not_at_all() {
        let of = |text: &str| push_of(&Asked { push: Some(text.to_owned()), ..Asked::default() });
        assert_eq!(of(" "), Ok(None));
        assert_eq!(of("2026.11.26 ").unwrap().unwrap().to_string(), "2026.11.26");
        assert_eq!(of("yesterday").unwrap_err().code, Code::Usage);
    }
}
