//! Publishing, and the remote's word.

use conductor::ports::{Publish, Pushed, Repository, SecurityRepository};
use testkit::Remote;
use train::intent::FenceMove;
use train::refusal::Code;
use train::settings::Repo;

use crate::{FENCE, Machine, at, cut, fence, forward, new_ref, now, oid, repo, until};

#[tokio::test]
async fn a_tag_and_the_fence_go_together_and_the_fence_moves_on() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    for tag in ["2026.11.26", "2026.11.26-1"] {
        let publish = cut(&store, tag, "m\n").await;
        assert_eq!(store.publish(&machine.lock(), &publish).await.unwrap(), Pushed::Done);
        let look = store.fetch(now()).await.unwrap();
        assert_eq!(look.tags[tag].object, publish.updates[0].new);
        assert_eq!(look.fence.unwrap().object, publish.fence.unwrap().to);
    }
}

#[tokio::test]
async fn a_tag_that_is_there_is_never_moved_and_nothing_else_is_either() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let theirs = remote.tag("2026.11.26", "main");
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(
        matches!(&pushed, Pushed::Lost(why) if why.contains("refs/tags/2026.11.26")),
        "{pushed:?}"
    );
    assert_eq!((at(&remote, "refs/tags/2026.11.26"), at(&remote, FENCE)), (Some(theirs), None));
}

#[tokio::test]
async fn a_push_that_would_go_elsewhere_is_not_made() {
    let (machine, remote, other) = (Machine::new(), Remote::new("server"), Remote::new("other"));
    let twin = remote.twin();
    let settings = Repo { security: Some(twin.url()), ..repo(&remote.url()) };
    let store = machine.open(&settings).unwrap();
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    store.security_store().unwrap().fetch(now()).await.unwrap();
    let publish = Publish { updates: vec![new_ref("refs/heads/x", &main, &main)], fence: None };
    for setting in ["pushInsteadOf", "insteadOf"] {
        for from in [&remote, &twin] {
            machine.configure(&format!(
                "[url \"{}\"]\n\t{setting} = {}\n",
                other.url(),
                from.url()
            ));
            let store = machine.open(&settings).unwrap();
            let security = store.security_store().unwrap();
            let pushed = match from.url() == twin.url() {
                true => security.publish_security(&machine.lock(), &publish).await,
                false => store.publish(&machine.lock(), &publish).await,
            };
            let Pushed::Refused(why) = pushed.unwrap() else { panic!("{setting}") };
            assert!(why.contains("to another place") && why.contains("nothing was sent"), "{why}");
            for remote in [&remote, &twin, &other] {
                assert_eq!(at(remote, "refs/heads/x"), None, "{setting}");
            }
        }
    }
    // The way may change.
    machine.configure(&format!(
        "[url \"file://{0}\"]\n\tpushInsteadOf = {0}\n",
        remote.url().trim_start_matches("file://")
    ));
    let store = machine.open(&settings).unwrap();
    assert_eq!(store.publish(&machine.lock(), &publish).await.unwrap(), Pushed::Done);
}

#[tokio::test]
async fn our_very_object_already_there_is_somebody_elses_doing() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    remote.tag("2026.11.26", "main");
    let publish =
        Publish { updates: vec![new_ref("refs/tags/2026.11.26", &main, &main)], fence: None };
    assert_eq!(
        store.publish(&machine.lock(), &publish).await.unwrap(),
        Pushed::Lost("refs/tags/2026.11.26 was there already".into())
    );
}

#[tokio::test]
async fn a_fence_that_moved_keeps_everything_back() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let late = cut(&store, "2026.11.26", "m\n").await;
    let fence_alone = Publish {
        updates: vec![],
        fence: Some(FenceMove {
            name: FENCE.into(),
            from: None,
            to: store.write_fence(&fence()).await.unwrap(),
        }),
    };
    assert_eq!(store.publish(&machine.lock(), &fence_alone).await.unwrap(), Pushed::Done);
    let pushed = store.publish(&machine.lock(), &late).await.unwrap();
    assert!(matches!(pushed, Pushed::Lost(_)), "{pushed:?}");
    assert_eq!(at(&remote, "refs/tags/2026.11.26"), None);
}

#[tokio::test]
async fn a_fence_that_moved_on_since_the_look_keeps_everything_back() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let first = cut(&store, "2026.11.26", "m\n").await;
    assert_eq!(store.publish(&machine.lock(), &first).await.unwrap(), Pushed::Done);
    store.fetch(now()).await.unwrap();
    // Two plans after one look: whoever is second has seen another fence than there is.
    let [early, late] =
        [cut(&store, "2026.11.26-1", "m\n").await, cut(&store, "2026.11.26-2", "m\n").await];
    assert_eq!(store.publish(&machine.lock(), &early).await.unwrap(), Pushed::Done);
    let pushed = store.publish(&machine.lock(), &late).await.unwrap();
    assert!(matches!(pushed, Pushed::Lost(_)), "{pushed:?}");
    let theirs = early.fence.map(|fence| fence.to.to_string());
    assert_eq!((at(&remote, "refs/tags/2026.11.26-2"), at(&remote, FENCE)), (None, theirs));
}

#[tokio::test]
async fn branches_go_forward_only() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let start = store.fetch(now()).await.unwrap().main.unwrap();
    remote.branch("side", "main");
    let ours = oid(&remote.commit_on("side", &[("b", "1")], "Ours"));
    let next = oid(&remote.commit_on("main", &[("a", "1")], "Next"));
    let unseen = Publish { updates: vec![forward("refs/heads/main", &start, &ours)], fence: None };
    store.fetch(now()).await.unwrap();
    let pushed = store.publish(&machine.lock(), &unseen).await.unwrap();
    assert!(matches!(pushed, Pushed::Lost(_)), "{pushed:?}");
    assert_eq!(at(&remote, "refs/heads/main"), Some(next.to_string()));
    let merged = oid(&remote.merge_on("side", "main", "Merge"));
    store.fetch(now()).await.unwrap();
    let good = Publish { updates: vec![forward("refs/heads/main", &next, &merged)], fence: None };
    assert_eq!(store.publish(&machine.lock(), &good).await.unwrap(), Pushed::Done);
    assert_eq!(
        store.publish(&machine.lock(), &good).await.unwrap(),
        Pushed::Done,
        "a branch that is there is there"
    );
    assert_eq!(at(&remote, "refs/heads/main"), Some(merged.to_string()));
}

#[tokio::test]
async fn a_hook_that_refuses_is_quoted_without_its_escapes() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    for hook in ["pre-receive", "update"] {
        remote.hook(
            hook,
            "printf '\\033[31mno tags\\033[0m \\033]0;pwned\\007already exists\\r\\n' >&2; exit 1",
        );
        let publish = cut(&store, "2026.11.26", "m\n").await;
        let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
        let Pushed::Refused(why) = pushed else { panic!("{hook}: {pushed:?}") };
        assert!(why.contains("hook declined") && why.contains("no tags already exists"), "{why}");
        assert!(!why.contains(char::is_control) && !why.contains("pwned"), "{why}");
        assert_eq!((at(&remote, "refs/tags/2026.11.26"), at(&remote, FENCE)), (None, None));
        remote.unhook(hook);
    }
}

#[tokio::test]
async fn a_remote_without_atomic_pushes_gets_the_fence_first_and_tags_last() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    remote.config("receive.advertiseAtomic", "false");
    remote.hook("update", "echo $1 >> order");
    let store = machine.store(&remote);
    let start = store.fetch(now()).await.unwrap().main.unwrap();
    remote.branch("side", "main");
    let next = oid(&remote.commit_on("side", &[("a", "1")], "Next"));
    store.fetch(now()).await.unwrap();
    let mut publish = cut(&store, "2026.11.26", "m\n").await;
    publish.updates.push(forward("refs/heads/main", &start, &next));
    assert_eq!(store.publish(&machine.lock(), &publish).await.unwrap(), Pushed::Done);
    let order = std::fs::read_to_string(remote.path().join("order")).unwrap();
    assert_eq!(
        order.lines().collect::<Vec<_>>(),
        [FENCE, "refs/heads/main", "refs/tags/2026.11.26"]
    );

    store.fetch(now()).await.unwrap();
    remote.hook("update", "case $1 in refs/tags/*) exit 1;; esac");
    let publish = cut(&store, "2026.11.26-1", "m\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Refused(_)), "only the fence moved: {pushed:?}");
    assert_eq!(at(&remote, FENCE), Some(publish.fence.unwrap().to.to_string()));

    store.fetch(now()).await.unwrap();
    let mut publish = cut(&store, "2026.11.26-1", "m\n").await;
    let after = oid(&remote.commit_on("side", &[("a", "2")], "After"));
    store.fetch(now()).await.unwrap();
    publish.updates.push(forward("refs/heads/main", &next, &after));
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Unknown(_)), "some refs moved: {pushed:?}");
}

#[tokio::test]
async fn a_remote_that_hangs_is_given_up_with_all_of_gits_children_and_an_unknown_outcome() {
    let (machine, remote) = (Machine::hasty(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    remote.hook("pre-receive", "echo $$ > hook.pid; trap '' TERM; while :; do sleep 1; done");
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(&pushed, Pushed::Unknown(why) if why.contains("no progress")), "{pushed:?}");
    let hook = std::fs::read_to_string(remote.path().join("hook.pid")).unwrap();
    until("the hook is gone", || !alive(hook.trim())).await;
    assert_eq!(at(&remote, "refs/tags/2026.11.26"), None);
}

/// Whether a process runs; one that nobody waited for yet does not.
fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_remote_that_is_gone_is_no_unknown_outcome() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let publish = cut(&store, "2026.11.26", "m\n").await;
    std::fs::rename(remote.path(), remote.path().with_extension("away")).unwrap();
    assert_eq!(store.publish(&machine.lock(), &publish).await.unwrap_err().code, Code::Unreachable);
}

#[tokio::test]
async fn a_report_that_breaks_off_is_an_unknown_outcome() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    // The hook ends the receiving side after the refs have moved and before it could report.
    remote.hook("post-receive", "kill -9 $PPID");
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Unknown(_)), "{pushed:?}");
    assert!(at(&remote, "refs/tags/2026.11.26").is_some(), "it had happened");
}

#[tokio::test]
async fn the_users_configuration_adds_nothing_to_a_push() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let hooks = machine.sealed.path("hooks");
    std::fs::create_dir(&hooks).unwrap();
    machine.configure(&format!(
        "[push]\n\tfollowTags = true\n\tgpgSign = true\n\tpushOption = x\n\tnegotiate = true\n\trecurseSubmodules = only\n\tuseForceIfIncludes = true\n\
         [core]\n\thooksPath = {}\n[remote]\n\tpushDefault = elsewhere\n[fetch]\n\tpruneTags = true\n\tall = true\n",
        hooks.display()
    ));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let local = machine.data().join("repos/server/upstream.git");
    machine.sealed.git(&local, &["tag", "-a", "-m", "local", "local", "refs/upstream/heads/main"]);
    let publish = cut(&store, "2026.11.26", "m\n").await;
    assert_eq!(store.publish(&machine.lock(), &publish).await.unwrap(), Pushed::Done);
    assert_eq!(at(&remote, "refs/tags/local"), None);
    store.fetch(now()).await.unwrap();
    assert!(
        machine
            .sealed
            .try_git(&local, &["rev-parse", "--verify", "refs/tags/local"])
            .status
            .success()
    );
}

#[tokio::test]
async fn names_that_are_more_than_a_ref_are_refused() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    for name in [
        "refs/tags/a:refs/heads/main",
        "--mirror",
        "refs/tags/*",
        "main",
        "refs/tags/a b",
        "refs/tags/..",
        "refs/tags/a\n",
    ] {
        let publish = Publish { updates: vec![new_ref(name, &main, &main)], fence: None };
        assert_eq!(
            store.publish(&machine.lock(), &publish).await.unwrap_err().code,
            Code::Refused,
            "{name}"
        );
    }
}
