//! Others at the same remote at the same time (P2, P12).

use conductor::ports::{Publish, Pushed, Repository};
use testkit::Remote;

use crate::{FENCE, Machine, at, cut, new_ref, now};

#[tokio::test]
async fn of_rivals_for_one_tag_exactly_one_wins() {
    let remote = Remote::new("server");
    let machines: Vec<Machine> = (0..3).map(|_| Machine::new()).collect();
    let stores: Vec<_> = machines.iter().map(|m| m.store(&remote)).collect();
    let locks: Vec<_> = machines.iter().map(Machine::lock).collect();
    for round in 0..4 {
        let tag = format!("2026.11.26-{round}");
        let mut publishes = Vec::new();
        for (n, store) in stores.iter().enumerate() {
            store.fetch(now()).await.unwrap();
            publishes.push(cut(store, &tag, &format!("by {n}\n")).await);
        }
        let all = (0..3).map(|n| stores[n].publish(&locks[n], &publishes[n]));
        let ends = futures_util::future::join_all(all).await;
        let won: Vec<usize> = (0..3).filter(|&n| matches!(ends[n], Ok(Pushed::Done))).collect();
        let [won] = won[..] else { panic!("{ends:?}") };
        assert!(
            (0..3).filter(|&n| n != won).all(|n| matches!(ends[n], Ok(Pushed::Lost(_)))),
            "{ends:?}"
        );
        assert_eq!(
            at(&remote, &format!("refs/tags/{tag}")),
            Some(publishes[won].updates[0].new.to_string())
        );
        assert_eq!(at(&remote, FENCE), publishes[won].fence.as_ref().map(|f| f.to.to_string()));
    }
}

#[tokio::test]
async fn a_tag_made_while_ours_is_on_its_way_stays() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    // After git compared what the remote advertised, and before the remote moves anything.
    remote.hook(
        "pre-receive",
        "env -u GIT_QUARANTINE_PATH git update-ref refs/tags/2026.11.26 refs/heads/main",
    );
    let publish = cut(&store, "2026.11.26", "ours\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Lost(_)), "{pushed:?}");
    assert_eq!(at(&remote, "refs/tags/2026.11.26"), Some(main.to_string()));
    assert_eq!(at(&remote, FENCE), None, "the fence stayed with it");
}

#[tokio::test]
async fn so_it_does_without_atomic_pushes() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    remote.config("receive.advertiseAtomic", "false");
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    remote.hook(
        "pre-receive",
        "env -u GIT_QUARANTINE_PATH git update-ref refs/tags/2026.11.26 refs/heads/main",
    );
    let object = cut(&store, "2026.11.26", "ours\n").await.updates[0].new.clone();
    let publish =
        Publish { updates: vec![new_ref("refs/tags/2026.11.26", &object, &main)], fence: None };
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Lost(_)), "{pushed:?}");
    assert_eq!(at(&remote, "refs/tags/2026.11.26"), Some(main.to_string()));
}
