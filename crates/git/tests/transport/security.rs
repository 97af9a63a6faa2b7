//! The private twin: seen by its own store alone (P1, P9).

use std::sync::Arc;

use conductor::ports::{Progress, Publish, Pushed, Repository, SecurityRepository};
use git::{SecurityStore, Store};
use testkit::Remote;
use train::refusal::Code;
use train::settings::Repo;

use crate::live::Ear;
use crate::{Machine, at, cut, forward, new_ref, now, oid, repo};

/// A word that must be nowhere outside the security store.
const SECRET: &str = "fix-xss-cve";

struct Twins {
    machine: Machine,
    upstream: Remote,
    security: Remote,
    store: Store,
    private: SecurityStore,
}

fn twins() -> Twins {
    let upstream = Remote::new("server");
    let security = upstream.twin();
    let machine = Machine::new();
    let store =
        machine.open(&Repo { security: Some(security.url()), ..repo(&upstream.url()) }).unwrap();
    let private = store.security_store().unwrap();
    Twins { machine, upstream, security, store, private }
}

#[tokio::test]
async fn branches_have_numbers_that_stay() {
    let t = twins();
    let tip = t.security.commit_as("Eve <eve@example.org>", SECRET, &[("x", "1")], "Fix it");
    t.security.branch("another", "main");
    assert_eq!(t.private.last_look(now()).await.unwrap(), None);
    t.store.fetch(now()).await.unwrap();
    let look = t.private.fetch(now()).await.unwrap();
    let [first, second] = &look.branches[..] else { panic!("{look:?}") };
    assert_eq!(
        (first.number, first.name.as_str(), first.commit_count, first.is_merged()),
        (1, "another", 0, true)
    );
    assert_eq!(
        (second.number, second.name.as_str(), &second.commit, second.commit_count),
        (2, SECRET, &oid(&tip), 1)
    );
    assert_eq!(
        (second.subject.as_str(), second.author.as_str(), &second.authors[..]),
        ("Fix it", "Eve", &["Eve".to_owned(), "eve@example.org".to_owned()][..])
    );
    assert_eq!((look.ahead.len(), look.behind, &look.main), (0, false, &look.upstream));
    assert_eq!(t.private.last_look(now()).await.unwrap(), Some(look));

    t.security.delete_ref("refs/heads/another");
    t.security.branch("a-third", "main");
    let look = t.private.fetch(now()).await.unwrap();
    assert_eq!(
        look.branches.iter().map(|b| (b.number, b.name.as_str())).collect::<Vec<_>>(),
        [(2, SECRET), (3, "a-third")]
    );
    t.security.branch("another", "main");
    assert_eq!(
        t.private.fetch(now()).await.unwrap().branches[0].number,
        1,
        "one that comes back is the same"
    );
}

#[tokio::test]
async fn ahead_and_behind_are_told() {
    let t = twins();
    t.upstream.commit_on("main", &[("a", "1")], "Public");
    t.store.fetch(now()).await.unwrap();
    let look = t.private.fetch(now()).await.unwrap();
    assert!(look.ahead.is_empty() && look.behind);
    let theirs = t.security.commit_on("main", &[("b", "1")], "By button");
    let look = t.private.fetch(now()).await.unwrap();
    assert_eq!((look.ahead, look.behind), (vec![oid(&theirs)], true));
}

#[tokio::test]
async fn nothing_private_reaches_the_public_store() {
    let t = twins();
    let tip = t.security.commit_on(SECRET, &[("x", "1")], "Fix it");
    t.store.fetch(now()).await.unwrap();
    t.private.fetch(now()).await.unwrap();
    t.store.fetch(now()).await.unwrap();
    let public = t.machine.data().join("repos/server/upstream.git");
    assert!(!t.machine.sealed.try_git(&public, &["cat-file", "-e", &tip]).status.success());
    let found =
        t.machine.sealed.command("grep").args(["-rlF", SECRET]).arg(&public).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout), "");
    let private = t.machine.data().join("repos/server/security.git");
    let alternates = std::fs::read_to_string(private.join("objects/info/alternates")).unwrap();
    assert_eq!(alternates, "../../upstream.git/objects\n");
    let main = t.security.git(&["rev-parse", "main"]);
    let own = t
        .machine
        .sealed
        .command("find")
        .arg(private.join("objects"))
        .args(["-name", &main[2..]])
        .output()
        .unwrap();
    assert!(own.stdout.is_empty(), "what is upstream's is borrowed");
}

/// A merge of the secret branch, made beside the store, in the private object store alone.
async fn merged(t: &Twins) -> (String, Publish) {
    let main = oid(&t.upstream.git(&["rev-parse", "main"]));
    t.security.commit_on(SECRET, &[("x", "1")], "Fix it");
    t.store.fetch(now()).await.unwrap();
    t.private.fetch(now()).await.unwrap();
    let dir = t.machine.data().join("repos/server/security.git");
    let tip = format!("refs/security/heads/{SECRET}");
    let tree = t.machine.sealed.git(&dir, &["rev-parse", &format!("{tip}^{{tree}}")]);
    let merge = t
        .machine
        .sealed
        .git(&dir, &["commit-tree", &tree, "-p", main.as_str(), "-p", &tip, "-m", "Merge"]);
    let publish =
        Publish { updates: vec![forward("refs/heads/main", &main, &oid(&merge))], fence: None };
    (merge, publish)
}

#[tokio::test]
async fn a_merge_goes_upstream_first_and_then_to_security() {
    let t = twins();
    let (merge, publish) = merged(&t).await;
    let lock = t.machine.lock();
    assert_eq!(t.private.publish_upstream(&lock, &publish).await.unwrap(), Pushed::Done);
    assert_eq!(at(&t.upstream, "refs/heads/main"), Some(merge.clone()));
    t.store.fetch(now()).await.unwrap();
    assert!(t.private.fetch(now()).await.unwrap().behind);
    assert_eq!(t.private.publish_security(&lock, &publish).await.unwrap(), Pushed::Done);
    let look = t.private.fetch(now()).await.unwrap();
    assert!(!look.behind && look.ahead.is_empty() && look.branches[0].is_merged());
    assert!(t.private.contains(&oid(&merge), &look.branches[0].commit).await.unwrap());
    assert!(!t.private.contains(&look.branches[0].commit, &oid(&merge)).await.unwrap());
}

#[tokio::test]
async fn no_process_and_no_message_carries_a_name_or_a_hash() {
    let t = twins();
    let (merge, publish) = merged(&t).await;
    // Everybody on the machine can read the arguments of every process: the hook does, while the push runs.
    t.upstream.hook(
        "pre-receive",
        &format!(
            "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' > seen; echo {SECRET} >&2; exit 1"
        ),
    );
    let pushed = t.private.publish_upstream(&t.machine.lock(), &publish).await.unwrap();
    let Pushed::Refused(why) = pushed else { panic!("{pushed:?}") };
    assert!(!why.contains(SECRET) && !why.contains(&merge), "{why}");
    let seen = std::fs::read(t.upstream.path().join("seen")).unwrap();
    let seen = String::from_utf8_lossy(&seen);
    assert!(seen.contains("refs/publish/0:refs/heads/main"), "the push was seen");
    assert!(!seen.contains(&merge));
    let dir = t.machine.data().join("repos/server/security.git");
    assert_eq!(t.machine.sealed.git(&dir, &["for-each-ref", "refs/publish/"]), "");

    std::fs::rename(t.security.path(), t.security.path().with_extension(SECRET)).unwrap();
    let refusal = t.private.fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Unreachable);
    assert!(!refusal.message.contains("git:"), "{}", refusal.message);
}

#[tokio::test]
async fn what_remotes_say_to_the_private_store_is_told_to_nobody() {
    let mut t = twins();
    let ear = Arc::new(Ear::default());
    t.store = t.store.telling(&(ear.clone() as Arc<dyn Progress>));
    t.private = t.store.security_store().unwrap();
    let (_, publish) = merged(&t).await;
    for remote in [&t.upstream, &t.security] {
        remote.hook("post-receive", &format!("cat > /dev/null\necho {SECRET} >&2"));
    }
    let lock = t.machine.lock();
    assert_eq!(t.private.publish_upstream(&lock, &publish).await.unwrap(), Pushed::Done);
    assert_eq!(t.private.publish_security(&lock, &publish).await.unwrap(), Pushed::Done);
    t.private.fetch(now()).await.unwrap();
    assert_eq!(ear.heard(), [""; 0]);
    // The hook is heard where nothing is private.
    t.store.fetch(now()).await.unwrap();
    let cut = cut(&t.store, "2026.11.26", "m\n").await;
    assert_eq!(t.store.publish(&lock, &cut).await.unwrap(), Pushed::Done);
    assert_eq!(ear.heard(), [format!("server: remote: {SECRET}")]);
}

#[tokio::test]
async fn a_twin_of_another_object_format_is_told_as_such() {
    let (upstream, security, machine) =
        (Remote::new("server"), Remote::sha256("private"), Machine::new());
    let store =
        machine.open(&Repo { security: Some(security.url()), ..repo(&upstream.url()) }).unwrap();
    store.fetch(now()).await.unwrap();
    let refusal = store.security_store().unwrap().fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Unsupported, "{refusal:?}");
}

#[tokio::test]
async fn a_repository_without_a_twin_has_no_private_side() {
    let (upstream, machine) = (Remote::new("server"), Machine::new());
    assert!(machine.store(&upstream).security_store().is_none());
}

#[tokio::test]
async fn an_empty_twin_gets_its_first_main() {
    let (upstream, security, machine) =
        (Remote::new("server"), Remote::empty("private"), Machine::new());
    let store =
        machine.open(&Repo { security: Some(security.url()), ..repo(&upstream.url()) }).unwrap();
    let private = store.security_store().unwrap();
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let look = private.fetch(now()).await.unwrap();
    assert!(look.main.is_none() && look.behind && look.branches.is_empty());
    let publish = Publish { updates: vec![new_ref("refs/heads/main", &main, &main)], fence: None };
    assert_eq!(private.publish_security(&machine.lock(), &publish).await.unwrap(), Pushed::Done);
    assert_eq!(private.fetch(now()).await.unwrap().main, Some(main));
}
