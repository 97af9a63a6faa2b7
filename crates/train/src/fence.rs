//! The fence: which ledger conducts the train, told by each remote itself (P12; DESIGN section 4).
//!
//! Every publish moves `refs/pushduty/<train>` from the blob last seen to a fresh one, in the same atomic push. So a
//! process that was paused, cut off or replaced cannot act any more: the value it expects is gone.

use std::collections::BTreeMap;

use crate::facts::{Anchor, Fence, SeenFence};
use crate::id::{Oid, PushDate, TrainName};
use crate::intent::FenceMove;
use crate::refusal::{Code, Refusal};
use crate::tag::{Revision, TagScheme};

/// The form of a fence's body that this version writes and reads.
pub const SCHEMA: u32 = 1;

/// The ref that carries a train's fence.
#[must_use]
pub fn ref_name(train: &TrainName) -> String {
    format!("refs/pushduty/{train}")
}

/// Refuses unless `fence` is free or names the ledger `ours`, whose entry at the fence's anchor has the hash `known`
/// (none: it has no such entry, so it was cut short or restored from an older copy).
pub fn check(fence: Option<&SeenFence>, ours: &str, known: Option<&str>) -> Result<(), Refusal> {
    let Some(seen) = fence else { return Ok(()) };
    let Some(body) = &seen.body else {
        return Err(Refusal::new(
            Code::OtherLedger,
            "the remote's fence was not written by this version of pushduty",
            "update pushduty, or see `pushduty adopt --help`",
        ));
    };
    if body.ledger != ours {
        let place = body.url.clone().unwrap_or_else(|| {
            format!("another ledger, last used on {}", crate::id::quoted(&body.node))
        });
        return Err(Refusal::new(
            Code::OtherLedger,
            format!("this train is run by {place}"),
            "use --server with its address or --data with its folder, or take the train over with `pushduty adopt --because TEXT`",
        ));
    }
    if known == Some(body.head.hash.as_str()) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::LedgerBehind,
        format!(
            "this ledger does not have entry {} that the remote's fence names: it was cut short, changed, or restored from an older copy",
            body.head.seq
        ),
        "run `pushduty verify`; bring the newest copy back, or start again from what the remotes show with `pushduty adopt --because TEXT`",
    ))
}

/// The suffixes of `push` that a fence remembers, of tags that may be gone since (P3).
#[must_use]
pub fn remembered(fence: Option<&SeenFence>, push: PushDate) -> Option<u32> {
    fence?.body.as_ref()?.suffixes.get(&push.to_string()).copied()
}

/// The move of `train`'s fence from what was seen to the blob `to`.
#[must_use]
pub fn moved(train: &TrainName, before: Option<&SeenFence>, to: Oid) -> FenceMove {
    FenceMove { name: ref_name(train), from: before.map(|seen| seen.object.clone()), to }
}

/// What a new fence says.
#[derive(Debug, Clone)]
pub struct Mover<'a> {
    /// Our ledger.
    pub ledger: &'a str,
    /// Where it is served.
    pub url: Option<&'a str>,
    /// This machine, for people.
    pub node: &'a str,
    /// The chain's head.
    pub head: &'a Anchor,
}

impl Mover<'_> {
    /// The body of the next fence: what `before` remembered and the tags given by this move. `what` makes it fresh: the
    /// intent's name, or for a take-over something that never was there before.
    #[must_use]
    pub fn body(
        &self,
        before: Option<&SeenFence>,
        what: &str,
        scheme: &TagScheme,
        tags: &[&str],
    ) -> Fence {
        let mut suffixes: BTreeMap<String, u32> = before
            .and_then(|seen| seen.body.as_ref())
            .map(|body| body.suffixes.clone())
            .unwrap_or_default();
        for Revision { push, suffix } in tags.iter().filter_map(|tag| scheme.parse(tag)) {
            let highest = suffixes.entry(push.to_string()).or_insert(suffix);
            *highest = suffix.max(*highest);
        }
        let from = before.map(|seen| seen.object.clone());
        Fence {
            schema: SCHEMA,
            ledger: self.ledger.to_owned(),
            url: self.url.map(str::to_owned),
            node: self.node.to_owned(),
            token: crate::digest::of(&(from, what, self.head)),
            intent: Some(what.to_owned()),
            head: self.head.clone(),
            suffixes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(seq: u64) -> Anchor {
        Anchor { seq, hash: "a".repeat(64) }
    }

    fn moved(before: Option<&SeenFence>, tags: &[&str]) -> SeenFence {
        let head = anchor(7);
        let mover = Mover { ledger: "one", url: None, node: "desk", head: &head };
        let body = mover.body(before, "intent", &TagScheme::default(), tags);
        let object: Oid = crate::digest::of(&body).repeat(3)[..40].parse().unwrap();
        SeenFence { object, body: Some(body) }
    }

    #[test]
    fn a_fence_of_another_ledger_refuses() {
        let seen = moved(None, &[]);
        assert_eq!(check(Some(&seen), "two", None).unwrap_err().code, Code::OtherLedger);
        assert_eq!(check(None, "two", None), Ok(()));
    }

    #[test]
    fn a_ledger_that_lacks_the_anchor_refuses() {
        let seen = moved(None, &[]);
        assert_eq!(check(Some(&seen), "one", Some(&"a".repeat(64))), Ok(()));
        for known in [None, Some("b")] {
            assert_eq!(check(Some(&seen), "one", known).unwrap_err().code, Code::LedgerBehind);
        }
    }

    #[test]
    fn a_fence_is_always_fresh_and_forgets_no_suffix() {
        let first = moved(None, &["2026.11.26-3"]);
        let second = moved(Some(&first), &["2026.11.26-1", "1.0"]);
        assert_ne!(first.body.as_ref().unwrap().token, second.body.as_ref().unwrap().token);
        assert_eq!(remembered(Some(&second), "2026.11.26".parse().unwrap()), Some(3));
    }
}
