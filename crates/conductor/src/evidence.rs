//! What tags show of the ledger that made them (P10): each names it, and the entry that its chain then ended with.
//!
//! A tag that no entry intended, or an entry that is not in the chain, means that entries are missing.

use std::collections::BTreeSet;

use train::event::Event;
use train::facts::{Anchor, Look};
use train::id::{Oid, RepoName};

use crate::build::anchor_in;
use crate::conductor::{Aboard, Conductor};
use crate::failure::Result;
use crate::ports::Entry;

/// A tag that says it is this ledger's.
pub(crate) struct Evidence {
    tag: String,
    pub(crate) object: Oid,
    anchor: Anchor,
}

/// What a ledger lacks of what a tag shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lacking {
    /// The entry that the tag names.
    Entry,
    /// The intent to make it.
    Intent,
}

impl Evidence {
    /// What that shows, in a sentence.
    pub(crate) fn against(&self, repo: &RepoName, lacking: Lacking) -> String {
        let tag = &self.tag;
        match lacking {
            Lacking::Entry => format!(
                "the entry that tag {tag} of {repo} names is not there: the ledger was cut short or rewritten"
            ),
            Lacking::Intent => format!(
                "tag {tag} of {repo} was made by this ledger, and no entry says so: the ledger was cut short"
            ),
        }
    }
}

/// What the entries say of what was ever to be published.
#[derive(Debug, Default)]
pub(crate) struct Known {
    hashes: BTreeSet<String>,
    objects: BTreeSet<Oid>,
    /// Whether an intent was erased: then what it intended is not known.
    erased: bool,
    /// Tag objects of which it is recorded that their entries were lost.
    lost: BTreeSet<Oid>,
    /// The same as older versions recorded it: between which entries some were lost.
    between: Vec<(u64, u64)>,
}

impl Known {
    /// Takes in one entry of the ledger `ours`.
    pub(crate) fn learn(&mut self, ours: &str, entry: &Entry) {
        self.hashes.insert(entry.hash.clone());
        match &entry.content {
            None => self.erased |= entry.kind == "intended",
            Some((_, Event::Intended(intent))) => {
                self.objects.extend(intent.updates.iter().map(|update| update.new.clone()));
            }
            Some((_, Event::Adopted { from, head, lost, .. })) if from.as_deref() == Some(ours) => {
                self.lost.extend(lost.iter().cloned());
                let seq = head.as_ref().and_then(|head| head.seq);
                self.between.extend(seq.map(|seq| (entry.seq.saturating_sub(1), seq)));
            }
            Some(_) => {}
        }
    }

    /// What is missing of what a tag shows, unless it is recorded that it was lost.
    pub(crate) fn lacks(&self, evidence: &Evidence) -> Option<Lacking> {
        let Evidence { object, anchor, .. } = evidence;
        let within = |seq| self.between.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        if self.lost.contains(object) || anchor.seq.is_some_and(within) {
            None
        } else if !anchor.is_of_nothing() && !self.hashes.contains(&anchor.hash) {
            Some(Lacking::Entry)
        } else {
            (!self.erased && !self.objects.contains(object)).then_some(Lacking::Intent)
        }
    }
}

impl Conductor {
    /// The tags whose message names this ledger.
    pub(crate) async fn evidence(&self, aboard: &Aboard, look: &Look) -> Result<Vec<Evidence>> {
        let ours = &self.ledger.identity().id;
        let mut found = Vec::new();
        for (name, seen) in &look.tags {
            if seen.object == seen.commit || aboard.settings.scheme.parse(name).is_none() {
                continue;
            }
            let message = aboard.repo.tag_message(&seen.object).await?;
            if let Some((ledger, anchor)) = message.as_deref().and_then(anchor_in)
                && &ledger == ours
            {
                found.push(Evidence { tag: name.clone(), object: seen.object.clone(), anchor });
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use train::people::{Actor, Proof};

    use super::*;

    fn oid(digit: &str) -> Oid {
        digit.repeat(40).parse().expect("a hash")
    }

    fn entry(seq: u64, event: Event) -> Entry {
        let actor =
            Actor { name: "mat".to_owned(), roles: BTreeSet::new(), proof: Proof::Local(0) };
        let (stream, kind) = (event.stream(), event.kind().to_owned());
        let (at, hash) = (Timestamp::UNIX_EPOCH, seq.to_string().repeat(64));
        Entry { seq, at, stream, kind, hash, content: Some((actor, event)) }
    }

    fn evidence(object: &str, hash: &str, seq: Option<u64>) -> Evidence {
        let anchor = Anchor { hash: hash.repeat(64), seq };
        Evidence { tag: "2026.11.26".to_owned(), object: oid(object), anchor }
    }

    fn taken_up(head: &str) -> Known {
        let mut known = Known::default();
        let event = format!(
            r#"{{"kind":"adopted","from":"one","head":{head},"lost":["{}"],"because":"restored"}}"#,
            oid("a")
        );
        let event: Event = serde_json::from_str(&event).expect("an event");
        known.learn(
            "one",
            &entry(1, Event::Began { on: jiff::civil::date(2026, 11, 1), rehearsal: false }),
        );
        known.learn("one", &entry(2, event));
        known
    }

    #[test]
    fn what_is_recorded_as_lost_is_missed_no_more_and_nothing_else() {
        let known = taken_up(&format!(r#"{{"hash":"{}"}}"#, "9".repeat(64)));
        assert_eq!(known.lacks(&evidence("a", "8", None)), None);
        assert_eq!(known.lacks(&evidence("b", "8", None)), Some(Lacking::Entry));
        assert_eq!(known.lacks(&evidence("b", "1", None)), Some(Lacking::Intent));
        assert_eq!(known.lacks(&evidence("b", "0", None)), Some(Lacking::Intent));
    }

    #[test]
    fn tags_and_take_overs_that_tell_numbers_are_still_read() {
        let known = taken_up(&format!(r#"{{"seq":7,"hash":"{}"}}"#, "9".repeat(64)));
        for lost in 1..=7 {
            assert_eq!(known.lacks(&evidence("b", "8", Some(lost))), None);
        }
        assert_eq!(known.lacks(&evidence("b", "8", Some(8))), Some(Lacking::Entry));
        let old = format!("amo\n\nLedger: one 7 {}\n", "9".repeat(64));
        let new = format!("amo\n\nLedger: one {}\n", "9".repeat(64));
        for (message, seq) in [(old, Some(7)), (new, None)] {
            let anchor = Anchor { hash: "9".repeat(64), seq };
            assert_eq!(anchor_in(&message), Some(("one".to_owned(), anchor)), "{message}");
        }
        for message in ["Ledger: one", "Ledger: one 7", "Ledger: one x y", "Ledger: one 7 short"] {
            assert_eq!(anchor_in(message), None, "{message}");
        }
    }
}
