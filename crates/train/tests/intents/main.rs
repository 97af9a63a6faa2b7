//! How each intent is settled, row by row, and the steps around it; the table is `docs/src/intents.md`.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod settle;
mod steps;
mod table;

use std::collections::BTreeMap;

use train::base::BaseFrom;
use train::facts::{Anchor, Fence, Head, SeenFence};
use train::id::Oid;
use train::intent::{FenceMove, Intent, IntentId, Purpose, Remote, Seen, SeenAt, Tagged, Update};

fn oid(digit: char) -> Oid {
    digit.to_string().repeat(40).parse().unwrap()
}

fn intent(remote: Remote, purpose: Purpose, update: Update) -> Intent {
    let head = Head { seq: 1, hash: "0".repeat(64) };
    let repo = "server".parse().unwrap();
    Intent {
        id: IntentId::after(&head, &repo, remote),
        push: None,
        repo,
        remote,
        purpose,
        updates: vec![update],
        fence: None,
        settings: String::new(),
    }
}

/// A tag object `d` on commit `c`.
fn tag() -> Intent {
    let tagged = Tagged {
        tag: "2026.11.26".to_owned(),
        object: oid('d'),
        commit: oid('c'),
        base: None,
        base_from: BaseFrom::Nothing,
        picks: Vec::new(),
        resolved_by: None,
        because: None,
    };
    let update = Update::new_tag(&tagged.tag, oid('d'), oid('c'));
    intent(Remote::Upstream, Purpose::Tag(tagged), update)
}

/// The same with the fence moved from `1` to `2`.
fn fenced() -> Intent {
    let name = "refs/pushduty/amo".to_owned();
    Intent { fence: Some(FenceMove { name, from: Some(oid('1')), to: oid('2') }), ..tag() }
}

/// Main from `a` to `c`.
fn merge() -> Intent {
    let update = Update::forward("main", Some(oid('a')), oid('c'));
    intent(Remote::Upstream, Purpose::Merge { branches: vec![1] }, update)
}

/// Security's main from `a` to `c`.
fn sync() -> Intent {
    intent(Remote::Security, Purpose::Sync, Update::forward("main", Some(oid('a')), oid('c')))
}

/// A new branch at `c`.
fn set_aside() -> Intent {
    intent(Remote::Security, Purpose::SetAside, Update::forward("aside", None, oid('c')))
}

/// The intent's one ref at an object and a commit.
fn at(intent: &Intent, object: char, commit: char, contains_ours: bool) -> Seen {
    let seen = SeenAt { object: oid(object), commit: oid(commit), contains_ours };
    Seen::Refs(BTreeMap::from([(intent.updates[0].name.clone(), seen)]))
}

fn nothing() -> Seen {
    Seen::Refs(BTreeMap::new())
}

/// A fence at `object` that names the ledger `home`.
fn fence(object: char) -> SeenFence {
    let body = Fence {
        schema: 1,
        ledger: "home".to_owned(),
        url: None,
        node: "desk".to_owned(),
        token: String::new(),
        intent: None,
        head: Anchor { seq: None, hash: "0".repeat(64) },
        suffixes: BTreeMap::new(),
    };
    SeenFence { object: oid(object), body: Some(body) }
}
