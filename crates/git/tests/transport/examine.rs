//! The doctor's lines.

use conductor::ports::{Examined, Repository};
use testkit::Remote;
use train::settings::Repo;

use crate::{FENCE, Machine, at, now, repo};

fn line<'a>(lines: &'a [Examined], what: &str) -> &'a Examined {
    lines.iter().find(|l| l.what == what).unwrap_or_else(|| panic!("{what}: {lines:?}"))
}

#[tokio::test]
async fn a_good_remote_is_well_and_nothing_on_it_changes() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let security = remote.twin();
    let store =
        machine.open(&Repo { security: Some(security.url()), ..repo(&remote.url()) }).unwrap();
    let before = remote.git(&["for-each-ref"]);
    let lines = store.examine().await;
    assert!(lines.iter().all(|l| l.well && !l.warn && l.mend.is_empty()), "{lines:?}");
    assert_eq!(line(&lines, "upstream").sentence, "reachable: branch main, 0 tags, sha1 objects");
    for what in ["upstream, writing", "credentials", "atomic push", "push address"] {
        line(&lines, what);
    }
    line(&lines, "the security remote, writing");
    assert_eq!(remote.git(&["for-each-ref"]), before);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_mend() {
    let machine = Machine::new();
    let lines = machine.open(&repo("/nowhere/x.git")).unwrap().examine().await;
    let upstream = line(&lines, "upstream");
    assert!(!upstream.well && !upstream.mend.is_empty(), "{upstream:?}");
    assert_eq!(lines.iter().filter(|l| !l.well).count(), 1, "the same is said once: {lines:?}");

    let remote = Remote::new("server");
    remote.config("receive.advertiseAtomic", "false");
    let lines = machine.store(&remote).examine().await;
    let atomic = line(&lines, "atomic push");
    assert!(atomic.well && atomic.warn, "{lines:?}");
    assert!(line(&lines, "upstream, writing").well);
}

#[tokio::test]
async fn a_push_that_would_go_elsewhere_is_told() {
    let (machine, remote, elsewhere) =
        (Machine::new(), Remote::new("server"), Remote::new("elsewhere"));
    machine.configure(&format!(
        "[url \"{}\"]\n\tpushInsteadOf = {}\n",
        elsewhere.url(),
        remote.url()
    ));
    let lines = machine.store(&remote).examine().await;
    let address = line(&lines, "push address");
    assert!(!address.well && address.mend.contains("pushInsteadOf"), "{address:?}");
    assert_eq!(at(&elsewhere, FENCE), None);
}

#[tokio::test]
async fn a_remote_that_may_only_be_read_is_not_writable() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    machine
        .configure(&format!("[url \"/nowhere/server.git\"]\n\tpushInsteadOf = {}\n", remote.url()));
    let lines = store.examine().await;
    let writing = line(&lines, "upstream, writing");
    assert!(!writing.well && writing.mend.contains("the right to push"), "{writing:?}");
}
