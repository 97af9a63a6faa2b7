//! What any store of keys must do.

use conductor::ports::{Accounts, Key, KeyKind, Scope, SecretHash};
use jiff::{SignedDuration, Timestamp};
use train::id::PersonName;
use train::people::Proof;

fn person(name: &str) -> PersonName {
    name.parse().expect("a name")
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn key(id: &str, kind: KeyKind, whose: &str) -> Key {
    Key {
        id: id.to_owned(),
        hash: SecretHash(format!("hash of {id}")),
        kind,
        person: person(whose),
        proof: Proof::Link("ada".to_owned()),
        scope: Scope::Act,
        label: "a browser".to_owned(),
        made_at: at(0),
        expires_at: Some(at(60)),
        seen_at: None,
    }
}

/// All of it, on a store that is new.
///
/// # Panics
/// Where the store does not keep to it.
pub async fn accounts(store: &dyn Accounts) {
    assert!(store.is_new().await.expect("it can be asked"));
    let (link, session) =
        (key("link", KeyKind::Link, "mat"), key("session", KeyKind::Session, "mat"));
    store.add(link.clone()).await.expect("a link");
    assert!(store.is_new().await.expect("asked"), "a link alone has let nobody in");
    store.add(session.clone()).await.expect("a session");
    assert!(!store.is_new().await.expect("asked"));
    kinds_are_apart(store, &link).await;
    used_and_over(store, &session).await;
    taken_once(store, &link).await;
    revoked_by_its_person_alone(store, &session).await;
    assert!(!store.is_new().await.expect("asked"), "nor is it new once all are gone");
}

async fn kinds_are_apart(store: &dyn Accounts, link: &Key) {
    let as_session = store.used(KeyKind::Session, &link.hash, at(1)).await.expect("asked");
    assert_eq!(as_session, None, "a link is no session");
    let unknown = SecretHash("no such".to_owned());
    assert_eq!(store.used(KeyKind::Session, &unknown, at(1)).await.expect("asked"), None);
}

async fn used_and_over(store: &dyn Accounts, session: &Key) {
    let used = |minutes| store.used(KeyKind::Session, &session.hash, at(minutes));
    let first = used(1).await.expect("asked").expect("it opens");
    assert_eq!(first, *session, "as it was before this use");
    let second = used(5).await.expect("asked").expect("it opens");
    assert_eq!(second.seen_at, Some(at(1)));
    assert_eq!(used(60).await.expect("asked"), None, "over at its very end");
    let mine = store.of(&person("mat"), at(5)).await.expect("asked");
    assert_eq!(mine.len(), 2);
    assert!(store.of(&person("mat"), at(60)).await.expect("asked").is_empty());
    assert!(store.of(&person("kumar"), at(5)).await.expect("asked").is_empty());
}

async fn taken_once(store: &dyn Accounts, link: &Key) {
    let take = || store.take(KeyKind::Link, &link.hash, at(2));
    let (one, other) = futures_util::future::join(take(), take()).await;
    let got = [one.expect("asked"), other.expect("asked")];
    assert_eq!(got.iter().flatten().count(), 1, "of two at once one gets it");
    assert_eq!(take().await.expect("asked"), None);
}

async fn revoked_by_its_person_alone(store: &dyn Accounts, session: &Key) {
    let revoke = |who: &str| {
        let who = person(who);
        async move { store.revoke(&who, &session.id).await.expect("asked") }
    };
    assert!(!revoke("kumar").await);
    assert!(revoke("mat").await);
    assert!(!revoke("mat").await);
    assert_eq!(store.used(KeyKind::Session, &session.hash, at(3)).await.expect("asked"), None);
}
