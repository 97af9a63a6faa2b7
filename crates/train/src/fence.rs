//! The fence: which ledger conducts the train, told by each remote itself (P12), and how far that had come (P10).
//!
//! Every publish moves `refs/pushduty/<train>` from the blob last seen to a fresh one, in the same atomic push. So a
//! process that was paused, cut off or replaced cannot act any more: the value it expects is gone.

use std::collections::BTreeMap;

use crate::facts::{Fence, Head, SeenFence};
use crate::id::{Oid, PushDate, RepoName, TrainName, quoted};
use crate::intent::{FenceMove, IntentId};
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::tag::{LAST, Revision, TagScheme};

/// The form of a fence's body that this version writes and reads.
pub const SCHEMA: u32 = 1;

/// The ref that carries a train's fence.
#[must_use]
pub fn ref_name(train: &TrainName) -> String {
    format!("refs/pushduty/{train}")
}

/// What a fence says that it was moved for, where that was a take-over.
pub const ADOPTED: &str = "adopt";
/// What stands before the intent's name in a fence that was moved to settle it.
const SETTLED: &str = "settle ";

/// What a fence says that is moved so that nothing of `intent` can land after it was looked for.
#[must_use]
pub fn settling(intent: &IntentId) -> String {
    format!("{SETTLED}{intent}")
}

/// What to do about a remote that keeps its fence out of sight.
#[must_use]
pub fn hidden_hint(repo: &RepoName, name: &str) -> String {
    format!(
        "let that remote show {name} (transfer.hideRefs), or set `fence = false` for {repo} where nothing else may conduct this train"
    )
}

/// What our ledger has to set against a fence that names it.
#[derive(Debug, Clone, Copy)]
pub struct Ours<'a> {
    /// Its name.
    pub ledger: &'a str,
    /// Whether it has the entry that the fence names.
    pub has_head: bool,
    /// What its entries come to, read after the fence was.
    pub state: &'a State,
}

/// Refuses unless the fence of `repo` is free, or names our ledger and nothing that this does not have: an entry or an
/// intent that is missing shows that it was cut short or restored from an older copy (P10).
pub fn check(repo: &RepoName, fence: Option<&SeenFence>, ours: Ours<'_>) -> Result<(), Refusal> {
    let Some(seen) = fence else { return Ok(()) };
    let Some(body) = &seen.body else {
        return Err(Refusal::new(
            Code::OtherLedger,
            "the remote's fence was not written by this version of pushduty",
            "update pushduty, if a newer one did; if it is damaged, `pushduty adopt --because TEXT` writes it anew",
        ));
    };
    if body.ledger != ours.ledger {
        let place = body
            .url
            .clone()
            .unwrap_or_else(|| format!("another ledger, last used on {}", quoted(&body.node)));
        return Err(Refusal::new(
            Code::OtherLedger,
            format!("this train is run by {place}"),
            "use --data with its folder, or take the train over with `pushduty adopt --because TEXT`",
        ));
    }
    let what = body.intent.as_deref().unwrap_or(ADOPTED);
    let intent = what.strip_prefix(SETTLED).unwrap_or(what);
    let missing = if !ours.has_head {
        "entry"
    } else if intent != ADOPTED && !ours.state.may_have_fenced(repo, intent) {
        "intent"
    } else {
        return Ok(());
    };
    Err(Refusal::new(
        Code::LedgerBehind,
        format!(
            "this ledger does not have the {missing} that the remote's fence names: it was cut short, changed, or restored from an older copy"
        ),
        "run `pushduty verify`; bring the newest copy back, or start again from what the remotes show with `pushduty adopt --because TEXT`",
    ))
}

/// The suffixes of `push` that a fence remembers, of tags that may be gone since (P3).
#[must_use]
pub fn remembered(fence: Option<&SeenFence>, push: PushDate) -> Option<u32> {
    fence?.body.as_ref()?.suffixes.get(&push.to_string()).copied()
}

/// The push dates for which a fence leaves no suffix, or that are none: nobody wrote that with this program.
#[must_use]
pub fn nonsense(fence: Option<&SeenFence>) -> Vec<String> {
    let Some(body) = fence.and_then(|seen| seen.body.as_ref()) else { return Vec::new() };
    let odd = body.suffixes.iter().filter(|(push, suffix)| !is_sensible(push, **suffix));
    odd.map(|(push, suffix)| format!("{suffix} for {}", quoted(push))).collect()
}

/// The same fence without what is nonsense in it: what a take-over goes on from.
#[must_use]
pub fn mended(fence: &SeenFence) -> SeenFence {
    let mut fence = fence.clone();
    if let Some(body) = &mut fence.body {
        body.suffixes.retain(|push, suffix| is_sensible(push, *suffix));
    }
    fence
}

fn is_sensible(push: &str, suffix: u32) -> bool {
    let date = push.parse::<PushDate>().is_ok_and(|date| date.to_string() == push);
    date && suffix < LAST
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
    pub head: &'a Head,
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
            // Of the hash alone, as the intent's name.
            token: crate::digest::of(&(from, what, &self.head.hash)),
            intent: Some(what.to_owned()),
            head: self.head.anchor(),
            suffixes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: u64) -> Head {
        Head { seq, hash: "a".repeat(64) }
    }

    fn moved(before: Option<&SeenFence>, tags: &[&str]) -> SeenFence {
        let head = head(7);
        let mover = Mover { ledger: "one", url: None, node: "desk", head: &head };
        let body = mover.body(before, "intent", &TagScheme::default(), tags);
        let object: Oid = crate::digest::of(&body).repeat(3)[..40].parse().unwrap();
        SeenFence { object, body: Some(body) }
    }

    fn ours<'a>(ledger: &'a str, has_head: bool, state: &'a State) -> Ours<'a> {
        Ours { ledger, has_head, state }
    }

    #[test]
    fn a_fence_of_another_ledger_refuses() {
        let (seen, state, repo) = (moved(None, &[]), State::default(), "web".parse().unwrap());
        let refused = check(&repo, Some(&seen), ours("two", false, &state));
        assert_eq!(refused.unwrap_err().code, Code::OtherLedger);
        assert_eq!(check(&repo, None, ours("two", false, &state)), Ok(()));
    }

    #[test]
    fn a_ledger_that_lacks_the_anchor_or_what_was_intended_after_it_refuses() {
        let (mut seen, mut state) = (moved(None, &[]), State::default());
        let repo: RepoName = "web".parse().unwrap();
        let id = IntentId::after(&head(7), &repo, crate::intent::Remote::Upstream);
        for what in [id.to_string(), settling(&id), ADOPTED.to_owned()] {
            seen.body.as_mut().unwrap().intent = Some(what.clone());
            let refused = check(&repo, Some(&seen), ours("one", false, &state));
            assert_eq!(refused.unwrap_err().code, Code::LedgerBehind, "{what}");
            state.fenced.clear();
            let cut = check(&repo, Some(&seen), ours("one", true, &state));
            assert_eq!(cut.is_ok(), what == ADOPTED, "{what}");
            state.fenced.insert(repo.clone(), [id.clone()].into());
            assert_eq!(check(&repo, Some(&seen), ours("one", true, &state)), Ok(()));
        }
    }

    #[test]
    fn what_goes_out_is_the_same_whatever_the_entry_s_number_is() {
        let repo: RepoName = "web".parse().unwrap();
        let told = |seq| {
            let head = head(seq);
            let id = IntentId::after(&head, &repo, crate::intent::Remote::Upstream);
            let mover = Mover { ledger: "one", url: None, node: "desk", head: &head };
            let body = mover.body(None, id.as_str(), &TagScheme::default(), &["2026.11.26"]);
            serde_json::to_value(body).unwrap()
        };
        assert_eq!(told(7), told(12));
        assert_eq!(told(7)["head"], serde_json::json!({ "hash": "a".repeat(64) }));
    }

    #[test]
    fn a_fence_that_tells_the_number_is_still_read() {
        let body = moved(None, &["2026.11.26-3"]).body.unwrap();
        let mut told = serde_json::to_value(&body).unwrap();
        told["head"] = serde_json::json!({ "seq": 7, "hash": "a".repeat(64) });
        told["intent"] = ADOPTED.into();
        let read: Fence = serde_json::from_value(told).unwrap();
        assert_eq!((read.head.seq, &read.head.hash), (Some(7), &body.head.hash));
        let seen = SeenFence { object: "a".repeat(40).parse().unwrap(), body: Some(read) };
        let (state, repo) = (State::default(), "web".parse().unwrap());
        assert_eq!(check(&repo, Some(&seen), ours("one", true, &state)), Ok(()));
        let next = moved(Some(&seen), &[]).body.unwrap();
        assert_eq!((next.head.seq, next.suffixes["2026.11.26"]), (None, 3), "written anew without");
    }

    #[test]
    fn suffixes_that_nobody_gave_are_found_and_left_out_by_a_take_over() {
        let mut seen = moved(None, &["2026.11.26-3"]);
        assert!(nonsense(Some(&seen)).is_empty() && nonsense(None).is_empty());
        let odd =
            [("2026.12.03", LAST), ("2026.12.10", u32::MAX), ("2026-12-17", 1), ("x\u{1b}", 1)];
        let suffixes = &mut seen.body.as_mut().unwrap().suffixes;
        suffixes.extend(odd.map(|(push, suffix)| (push.to_owned(), suffix)));
        let found = nonsense(Some(&seen));
        assert_eq!(found.len(), 4);
        assert!(found.contains(&"1 for “x\\u{1b}”".to_owned()), "{found:?}");
        let mended = mended(&seen);
        assert_eq!(mended.object, seen.object, "it is moved from where it is");
        assert_eq!(mended.body.unwrap().suffixes, [("2026.11.26".to_owned(), 3)].into());
    }

    #[test]
    fn a_fence_is_always_fresh_and_forgets_no_suffix() {
        let first = moved(None, &["2026.11.26-3"]);
        let second = moved(Some(&first), &["2026.11.26-1", "1.0"]);
        assert_ne!(first.body.as_ref().unwrap().token, second.body.as_ref().unwrap().token);
        assert_eq!(remembered(Some(&second), "2026.11.26".parse().unwrap()), Some(3));
    }
}
