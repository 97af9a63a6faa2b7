//! The lock outlives whoever took it, while a push of theirs lives on (P12).

use std::fs::File;
use std::process;

use conductor::ports::{Pushed, Repository};
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use testkit::Remote;

use crate::{Machine, cut, now, until};

#[tokio::test]
async fn an_orphaned_push_holds_the_lock_until_it_ends() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    remote.hook(
        "pre-receive",
        "echo $$ > pid.new && mv pid.new pid; while ! test -e go; do sleep 0.02; done",
    );
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let lock = machine.lock();
    let pushing = async {
        let pushed = store.publish(&lock, &publish).await.unwrap();
        drop(lock);
        pushed
    };
    let killing = async {
        until("the hook runs", || remote.path().join("pid").exists()).await;
        let hook = std::fs::read_to_string(remote.path().join("pid")).unwrap();
        kill_process(child_above(hook.trim().parse().unwrap()), Signal::KILL).unwrap();
    };
    let (pushed, ()) = tokio::join!(pushing, killing);
    assert!(matches!(pushed, Pushed::Unknown(_)), "{pushed:?}");
    let other = File::open(machine.sealed.path("lock")).unwrap();
    assert!(!can_lock(&other), "git is dead, its hook is not: the lock was let go too early");
    std::fs::write(remote.path().join("go"), "").unwrap();
    until("the lock is free", || can_lock(&other)).await;
}

fn can_lock(file: &File) -> bool {
    flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}

/// The child of this process that `pid` descends from.
fn child_above(mut pid: i32) -> Pid {
    let me = i32::try_from(process::id()).unwrap();
    loop {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let parent: i32 =
            stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
        if parent == me {
            return Pid::from_raw(pid).unwrap();
        }
        pid = parent;
    }
}
