//! What a remote says is told while git is still at it.

use std::sync::{Arc, Mutex};

use conductor::ports::{Progress, Pushed, Repository};
use testkit::{Daemon, Gate, Line, Proxy, Remote};
use train::id::RepoName;

use crate::{Machine, cut, now, repo, until};

/// Hears the lines that are put out, with the repository that each is of.
#[derive(Default)]
pub struct Ear(Mutex<Vec<String>>);

impl Ear {
    pub fn heard(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Progress for Ear {
    fn step(&self, _: &RepoName, _: &str) {}

    fn done(&self, _: &RepoName, _: &str) {}

    fn output(&self, repo: &RepoName, line: &str) {
        self.0.lock().unwrap().push(format!("{repo}: {line}"));
    }

    fn remark(&self, _: &str) {}
}

#[tokio::test]
async fn what_a_hook_says_is_told_while_the_push_goes_on() {
    let (machine, remote, ear) = (Machine::new(), Remote::new("server"), Arc::new(Ear::default()));
    let store = machine.store(&remote).telling(&(ear.clone() as Arc<dyn Progress>));
    store.fetch(now()).await.unwrap();
    let gate = Gate::new(&machine.sealed, "push");
    let says = "cat > /dev/null; echo 'looking at the tag' >&2";
    remote.hook("pre-receive", &format!("{says}\n{}", gate.wait_here()));
    let (publish, lock) = (cut(&store, "2026.11.26", "m\n").await, machine.lock());
    let hearing = async {
        // The push does not end before the gate is open.
        until("the hook is heard", || ear.heard() == ["server: remote: looking at the tag"]).await;
        gate.open();
    };
    let (pushed, ()) = tokio::join!(store.publish(&lock, &publish), hearing);
    assert_eq!(pushed.unwrap(), Pushed::Done);
    assert_eq!(ear.heard().len(), 1, "how far a push is that takes no time is not told");
}

#[tokio::test]
async fn a_hooks_line_has_no_credentials_and_no_escapes_and_is_no_longer_than_a_message() {
    let (machine, remote, ear) = (Machine::new(), Remote::new("server"), Arc::new(Ear::default()));
    let store = machine.store(&remote).telling(&(ear.clone() as Arc<dyn Progress>));
    store.fetch(now()).await.unwrap();
    remote.hook(
        "pre-receive",
        "cat > /dev/null\n\
         printf 'see https://me:s3cret@host/x \\033[31mred\\033[0m\\n' >&2\n\
         printf '%0600d\\n' 1 >&2; exit 1",
    );
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let pushed = store.publish(&machine.lock(), &publish).await.unwrap();
    assert!(matches!(pushed, Pushed::Refused(_)), "{pushed:?}");
    let heard = ear.heard();
    assert_eq!((heard.len(), heard[0].as_str()), (2, "server: remote: see https://host/x red"));
    assert_eq!(heard[1].chars().count(), "server: ".len() + 401, "{}", heard[1]);
}

#[tokio::test]
async fn how_far_a_long_fetch_is_is_told_now_and_then() {
    let (machine, remote, ear) = (Machine::new(), Remote::new("server"), Arc::new(Ear::default()));
    // What can't be packed any smaller, in more objects than are unpacked one by one.
    let mut seed = 7_u64;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        format!("{seed:016x}")
    };
    let files: Vec<(String, String)> =
        (0..120).map(|n| (format!("{n}.txt"), (0..400).map(|_| noise()).collect())).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    remote.commit_on("main", &files, "Add a lot");
    let daemon = Daemon::serving(&[&remote]);
    let proxy = Proxy::to(daemon.address());
    proxy.down(Line::good().throttled(150_000));
    let store = machine.open(&repo(&daemon.url_by(proxy.address(), &remote))).unwrap();
    let store = store.telling(&(ear.clone() as Arc<dyn Progress>));
    store.fetch(now()).await.unwrap();
    let heard = ear.heard();
    let of_it = |line: &&String| line.starts_with("server: Receiving objects: ");
    assert!((1..=12).contains(&heard.iter().filter(of_it).count()), "{heard:?}");
}
