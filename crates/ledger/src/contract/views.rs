//! What hangs on the entries: projections, in the same transaction, and observations, in none.

use std::sync::Arc;

use conductor::ports::{Entry, Ledger, Observation, Projection};

use super::{PATIENCE, Store, add, no_views, of_push, of_train, second};

fn view(name: &str, seq: u64, body: &str) -> Projection {
    Projection { name: name.to_owned(), seq, body: body.to_owned() }
}

pub(super) async fn projections_go_with_their_entries(store: &dyn Store) {
    let ledger = store.open().await;
    let count = |entries: &[Entry]| {
        let seq = entries.last().map_or(0, |e| e.seq);
        assert!(
            entries.iter().all(|e| e.hash.len() == 64 && e.content.is_some()),
            "entries come whole"
        );
        vec![view("count", seq, &entries.len().to_string()), view("kinds", seq, &entries[0].kind)]
    };
    assert_eq!(ledger.projection("count").await.expect("none yet"), None);
    for (at, expected) in [(1, view("count", 2, "2")), (2, view("count", 4, "2"))] {
        let lock = ledger.lock(PATIENCE).await.expect("lock");
        let head = ledger.head().await.expect("head");
        let drafts = vec![of_train(at, "a"), of_push(at, "2026.11.26", "b")];
        ledger.append(&lock, &head, drafts, &count).await.expect("appended");
        let other = store.open().await;
        assert_eq!(other.projection("count").await.expect("projection"), Some(expected));
        assert_eq!(
            other.projection("kinds").await.expect("projection").map(|p| p.body),
            Some("adopted".to_owned())
        );
    }
    assert_eq!(ledger.verify().await.expect("report").broken, None);
}

pub(super) async fn a_projection_never_goes_back_or_ahead(store: &dyn Store) {
    let ledger = store.open().await;
    add(&*ledger, vec![of_train(1, "a"), of_train(2, "b")]).await.expect("appended");
    let kept = || async { ledger.projection("p").await.expect("projection") };
    for rebuilt in [view("p", 1, "one"), view("p", 2, "two"), view("p", 2, "two, rebuilt")] {
        ledger.put_projection(rebuilt.clone()).await.expect("kept");
        assert_eq!(kept().await, Some(rebuilt));
    }
    ledger.put_projection(view("p", 1, "late")).await.expect("left out");
    assert_eq!(kept().await, Some(view("p", 2, "two, rebuilt")));
    ledger.put_projection(view("p", 3, "of what is not there")).await.expect_err("ahead");
    let lock = ledger.lock(PATIENCE).await.expect("lock");
    let head = ledger.head().await.expect("head");
    let ahead = |_: &[Entry]| vec![view("p", 4, "ahead")];
    ledger.append(&lock, &head, vec![of_train(3, "c")], &ahead).await.expect_err("ahead");
    assert_eq!(ledger.head().await.expect("head"), head, "nothing was written");
    assert_eq!(kept().await, Some(view("p", 2, "two, rebuilt")));
}

pub(super) async fn the_newest_observation_is_kept(store: &dyn Store) {
    let ledger = store.open().await;
    let seen = |name: &str, at, body: &str| Observation {
        name: name.to_owned(),
        observed_at: second(at),
        body: body.to_owned(),
    };
    let (server, client) = (seen("look/server", 2, "{}"), seen("look/client", 1, "[]"));
    ledger.observe(vec![seen("look/server", 1, "old")]).await.expect("kept");
    let more = vec![server.clone(), client.clone(), seen("versions/a/b", 1, "1")];
    ledger.observe(more).await.expect("kept");
    ledger.observe(Vec::new()).await.expect("nothing is kept");
    let other = store.open().await;
    assert_eq!(other.observation("look/server").await.expect("observation"), Some(server.clone()));
    assert_eq!(other.observation("look/").await.expect("none"), None);
    assert_eq!(other.observations("look/").await.expect("by name"), [client, server]);
    assert_eq!(other.observations("").await.expect("all").len(), 3);
    assert_eq!(other.observations("look_").await.expect("no pattern"), []);
    assert_eq!(other.observations("%").await.expect("no pattern"), []);
    assert_eq!(ledger.head().await.expect("head").seq, 0, "no part of the chain");
}

/// Whoever looks sees all of one moment, until they keep something themselves or see that the chain went on.
pub(super) async fn a_glance_is_of_one_moment(store: &dyn Store) {
    let (one, other) = (store.open().await, store.open().await);
    let seen = |name: &str, body: &str| Observation {
        name: name.to_owned(),
        observed_at: second(1),
        body: body.to_owned(),
    };
    one.observe(vec![seen("look/web", "1"), seen("look/api", "1"), seen("lost", "1")])
        .await
        .expect("kept");
    let glance = conductor::glance(&other).await.expect("a glance");
    one.observe(vec![seen("look/web", "2"), seen("look/new", "2")]).await.expect("kept");
    let web = async |ledger: &dyn Ledger| {
        ledger.observation("look/web").await.expect("seen").map(|o| o.body).unwrap_or_default()
    };
    assert_eq!(web(&*glance).await, "1", "as it was");
    assert_eq!(glance.observation("look/new").await.expect("not yet"), None);
    let all = glance.observations("look/").await.expect("seen");
    let all: Vec<(&str, &str)> = all.iter().map(|o| (o.name.as_str(), o.body.as_str())).collect();
    assert_eq!(all, [("look/api", "1"), ("look/web", "1")]);
    let keeps = conductor::glance(&other).await.expect("a glance");
    one.observe(vec![seen("look/web", "3")]).await.expect("kept");
    assert_eq!(web(&*keeps).await, "2", "as it was then");
    keeps.observe(vec![seen("look/api", "3")]).await.expect("kept");
    assert_eq!(web(&*keeps).await, "3", "then as it is");

    let count = |entries: &[Entry]| vec![view("count", entries.last().map_or(0, |e| e.seq), "")];
    let (lock, head) = (one.lock(PATIENCE).await.expect("lock"), one.head().await.expect("head"));
    one.append(&lock, &head, vec![of_train(1, "a")], &count).await.expect("appended");
    assert_eq!(glance.head().await.expect("head").seq, 0, "as it was");
    assert_eq!(glance.read(0, 10, None).await.expect("read"), [], "no entry of later");
    assert!(glance.projection("count").await.expect("projection").is_some(), "of a later entry");
    assert_eq!(glance.head().await.expect("head").seq, 1, "then as it is");
    assert_eq!(glance.read(0, 10, None).await.expect("read").len(), 1);
    assert_eq!(web(&*glance).await, "3");
}

/// A death between the entries and their projections, as a panic of the one who projects; stores with processes to
/// kill kill them, too.
pub(super) async fn what_fails_in_between_leaves_neither(store: &dyn Store) {
    let ledger = store.open().await;
    add(&*ledger, vec![of_train(1, "before")]).await.expect("appended");
    let head = ledger.head().await.expect("head");
    let dying: Arc<dyn Ledger> = Arc::clone(&ledger);
    let (at, lock) = (head.clone(), ledger.lock(PATIENCE).await.expect("lock"));
    let dies = async move {
        let project =
            |_: &[Entry]| -> Vec<Projection> { std::panic::resume_unwind(Box::new("dies here")) };
        dying.append(&lock, &at, vec![of_train(2, "never")], &project).await
    };
    assert!(tokio::spawn(dies).await.is_err_and(|e| e.is_panic()));
    for ledger in [&ledger, &store.open().await] {
        assert_eq!(ledger.head().await.expect("head"), head);
        assert_eq!(ledger.read(1, 10, None).await.expect("entries"), []);
    }
    let lock = ledger.lock(PATIENCE).await.expect("lock");
    ledger.append(&lock, &head, vec![of_train(3, "after")], &no_views).await.expect("it goes on");
    assert_eq!(ledger.verify().await.expect("report").broken, None);
}
