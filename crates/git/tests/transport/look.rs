//! Looking at upstream.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use conductor::ports::Repository;
use testkit::Remote;
use train::facts::{Look, MovedTag};
use train::id::Oid;
use train::refusal::Code;
use train::settings::Repo;

use crate::{FENCE, Machine, cut, fence, now, oid, repo};

#[tokio::test]
async fn one_fetch_shows_main_tags_and_no_fence() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let main = remote.commit_on("main", &[("a", "1")], "One");
    remote.tag("2026.11.12", "main");
    let object = remote.annotated_tag("2026.11.19", "main", "a push");
    let nested = remote.annotated_tag("inner", "main", "inner");
    remote.git(&["tag", "-a", "-m", "outer", "outer", &nested]);
    let blob = remote.git(&["rev-parse", "main:a"]);
    remote.git(&["tag", "a-file", &blob]);
    let look = machine.store(&remote).fetch(now()).await.unwrap();
    assert_eq!((look.branch.as_str(), look.main, look.fence), ("main", Some(oid(&main)), None));
    assert_eq!(look.tags["2026.11.12"].object, oid(&main));
    assert_eq!(
        (look.tags["2026.11.19"].object.as_str(), look.tags["2026.11.19"].commit.as_str()),
        (&*object, &*main)
    );
    assert_eq!(look.tags["outer"].commit, oid(&main), "a tag of a tag comes to a commit");
    assert!(!look.tags.contains_key("a-file"), "a tag of a file comes to none");
    assert_eq!(look.observed_at, now());
}

#[tokio::test]
async fn the_last_look_needs_no_remote() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    assert_eq!(store.last_look(now()).await.unwrap(), None);
    let look = store.fetch(now()).await.unwrap();
    std::fs::rename(remote.path(), remote.path().with_extension("away")).unwrap();
    assert_eq!(store.last_look(now()).await.unwrap(), Some(look));
    assert_eq!(store.fetch(now()).await.unwrap_err().code, Code::Unreachable);
}

#[tokio::test]
async fn an_empty_repository_has_no_main_until_it_gets_one() {
    let (machine, remote) = (Machine::new(), Remote::empty("server"));
    let store = machine.store(&remote);
    let look = store.fetch(now()).await.unwrap();
    assert_eq!((look.main, look.tags.len()), (None, 0));
    let first = remote.commit_on("main", &[("a", "1")], "One");
    assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&first)));
}

#[tokio::test]
async fn a_head_that_names_no_branch_gives_way_to_the_branch_there_is() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/master"]);
    assert_eq!(machine.store(&remote).fetch(now()).await.unwrap().branch, "main");
}

#[tokio::test]
async fn the_remotes_head_is_remembered_and_asked_again_when_its_branch_is_gone() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    remote.branch("trunk", "main");
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    let store = machine.store(&remote);
    assert_eq!(store.fetch(now()).await.unwrap().branch, "trunk");
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    assert_eq!(
        store.fetch(now()).await.unwrap().branch,
        "trunk",
        "it does not change while it is there"
    );
    remote.delete_ref("refs/heads/trunk");
    assert_eq!(store.fetch(now()).await.unwrap().branch, "main");
}

#[tokio::test]
async fn a_configured_branch_that_is_not_there_is_told_with_those_that_are() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store =
        machine.open(&Repo { branch: Some("release".into()), ..repo(&remote.url()) }).unwrap();
    let refusal = store.fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Configuration);
    assert_eq!(refusal.message, "upstream has no branch “release”");
    assert!(refusal.hint.contains("“main”"), "{}", refusal.hint);
}

/// Tags that are not what they were: `2026.11.12 <first> -> <now>`.
fn moved(look: &Look) -> Vec<String> {
    let short = |id: &Oid| id.short().to_owned();
    let words = |(name, tag): (&String, &MovedTag)| {
        let now = tag.now.as_ref().map_or("gone".to_owned(), |now| short(&now.commit));
        format!("{name} {} -> {now}", short(&tag.first.commit))
    };
    look.moved.iter().map(words).collect()
}

#[tokio::test]
async fn a_tag_that_somebody_moved_or_deleted_is_told_until_it_is_back() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let old = remote.tag("2026.11.12", "main");
    remote.tag("2026.11.19", "main");
    let store = machine.store(&remote);
    assert!(moved(&store.fetch(now()).await.unwrap()).is_empty());
    let new = remote.commit_on("main", &[("a", "1")], "One");
    remote.set_ref("refs/tags/2026.11.12", "main");
    remote.delete_ref("refs/tags/2026.11.19");
    remote.tag("2026.11.26", "main");
    let (old_oid, new_oid) = (oid(&old), oid(&new));
    let expected = [
        format!("2026.11.12 {} -> {}", old_oid.short(), new_oid.short()),
        format!("2026.11.19 {} -> gone", old_oid.short()),
    ];
    for _ in 0..3 {
        let look = store.fetch(now()).await.unwrap();
        assert_eq!(moved(&look), expected);
        assert_eq!(look.tags.keys().collect::<Vec<_>>(), ["2026.11.12", "2026.11.26"]);
    }
    assert_eq!(moved(&store.last_look(now()).await.unwrap().unwrap()), expected);
    // Another process of ours, and a tag moved twice: what it named first counts.
    remote.commit_on("main", &[("a", "2")], "Two");
    remote.set_ref("refs/tags/2026.11.26", "main");
    assert_eq!(moved(&machine.store(&remote).fetch(now()).await.unwrap()).len(), 3);
    remote.set_ref("refs/tags/2026.11.12", &old);
    remote.set_ref("refs/tags/2026.11.19", &old);
    remote.set_ref("refs/tags/2026.11.26", &new);
    assert!(moved(&store.fetch(now()).await.unwrap()).is_empty(), "all are back");
}

#[tokio::test]
async fn p11_what_a_fetch_took_over_without_telling_is_told_by_the_next() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    remote.tag("2026.11.19", "main");
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    remote.commit_on("main", &[("a", "1")], "One");
    remote.set_ref("refs/tags/2026.11.19", "main");
    // It ends between the fetch and the reading of what came: the mirror has the moved tag by then.
    let lost = Repo { branch: Some("release".into()), ..repo(&remote.url()) };
    assert!(machine.open(&lost).unwrap().fetch(now()).await.is_err());
    assert_eq!(moved(&store.fetch(now()).await.unwrap()).len(), 1);
    // And one that it saw first.
    remote.tag("2026.11.26", "main");
    assert!(machine.open(&lost).unwrap().fetch(now()).await.is_err());
    remote.delete_ref("refs/tags/2026.11.26");
    assert_eq!(moved(&store.fetch(now()).await.unwrap()).len(), 2);
}

#[tokio::test]
async fn a_branch_rewritten_upstream_is_followed() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let start = remote.git(&["rev-parse", "main"]);
    remote.commit_on("main", &[("a", "1")], "One");
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    remote.set_ref("refs/heads/main", &start);
    assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&start)));
}

#[tokio::test]
async fn sha256_remotes_work_from_the_start_and_when_they_were_empty() {
    let (machine, remote) = (Machine::new(), Remote::sha256("server"));
    let store = machine.store(&remote);
    assert_eq!(store.fetch(now()).await.unwrap().main.unwrap().as_str().len(), 64);
    let publish = cut(&store, "2026.11.26", "m\n").await;
    assert_eq!(
        store.publish(&machine.lock(), &publish).await.unwrap(),
        conductor::ports::Pushed::Done
    );

    let (machine, remote) = (Machine::new(), Remote::sha256("server"));
    remote.delete_ref("refs/heads/main");
    let store = machine.store(&remote);
    assert_eq!(
        store.fetch(now()).await.unwrap().main,
        None,
        "an empty remote does not tell its format"
    );
    let first = remote.commit_on("main", &[("a", "1")], "One");
    assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&first)));
}

#[tokio::test]
async fn fences_are_read_and_foreign_ones_are_seen_unread() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let body = fence();
    let ours = store.write_fence(&body).await.unwrap();
    let json = serde_json::to_string(&body).unwrap();
    for (text, is_ours) in [(json.as_str(), true), ("by hand", false), (&" ".repeat(70_000), false)]
    {
        let path = remote.path().join("fence");
        std::fs::write(&path, text).unwrap();
        let blob = remote.git(&["hash-object", "-w", path.to_str().unwrap()]);
        remote.set_ref(FENCE, &blob);
        let seen = store.fetch(now()).await.unwrap().fence.unwrap();
        assert_eq!((seen.object.as_str(), seen.body.is_some()), (&*blob, is_ours));
        if is_ours {
            assert_eq!((seen.object, seen.body), (ours.clone(), Some(body.clone())));
        }
    }
    remote.set_ref(FENCE, "main");
    assert_eq!(
        store.fetch(now()).await.unwrap().fence.unwrap().body,
        None,
        "a commit is no fence's body"
    );
}

#[tokio::test]
async fn lock_files_of_a_killed_git_do_not_stop_the_next_fetch() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let dir = machine.data().join("repos/server/upstream.git");
    for left in ["packed-refs.lock", "refs/upstream/heads/main.lock", "refs/upstream/tags/x.lock"] {
        std::fs::create_dir_all(dir.join(left).parent().unwrap()).unwrap();
        std::fs::write(dir.join(left), "").unwrap();
    }
    let main = remote.commit_on("main", &[("a", "1")], "One");
    remote.tag("x", "main");
    remote.branch("gone", "main");
    assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&main)));
    std::fs::write(dir.join("packed-refs.lock"), "").unwrap();
    remote.delete_ref("refs/heads/gone");
    store.fetch(now()).await.unwrap();
}

#[tokio::test]
async fn hostile_addresses_are_refused_before_git_sees_them() {
    let machine = Machine::new();
    let proof = machine.sealed.path("proof");
    for url in [
        format!("--upload-pack=touch {}", proof.display()),
        format!("ext::touch {}", proof.display()),
        "https://u:hunter2@h/x".into(),
    ] {
        let refusal = machine.open(&repo(&url)).unwrap_err();
        assert_eq!(refusal.code, Code::Configuration);
        assert!(!refusal.message.contains("hunter2"), "{}", refusal.message);
        let refusal = machine.open(&Repo { security: Some(url), ..repo("/x") }).unwrap_err();
        assert_eq!(refusal.code, Code::Configuration);
    }
    machine.configure(&format!(
        "[url \"ext::touch {} \"]\n\tinsteadOf = https://\n[protocol]\n\tallow = always\n",
        proof.display()
    ));
    let refusal =
        machine.open(&repo("https://example.org/x.git")).unwrap().fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Configuration, "{refusal:?}");
    assert!(!proof.exists(), "a helper ran");
}

#[tokio::test]
async fn what_keeps_a_remote_from_being_read_is_told_apart() {
    let machine = Machine::new();
    let refusal = machine.open(&repo("/nowhere/x.git")).unwrap().fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Unreachable);
    assert!(
        refusal.message.starts_with("upstream (“/nowhere/x.git”) has no repository there"),
        "{}",
        refusal.message
    );

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refusal = machine
        .open(&repo(&format!("git://127.0.0.1:{port}/x")))
        .unwrap()
        .fetch(now())
        .await
        .unwrap_err();
    assert_eq!(refusal.code, Code::Unreachable);
    assert!(refusal.message.contains("can't be reached"), "{}", refusal.message);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"\x1b[31mx\"\r\nContent-Length: 0\r\n\r\n").unwrap();
        // Once more, should the client open another connection; none does after a 401 without credentials.
        drop(listener);
    });
    let refusal = machine
        .open(&repo(&format!("http://127.0.0.1:{port}/x")))
        .unwrap()
        .fetch(now())
        .await
        .unwrap_err();
    answering.join().unwrap();
    assert!(refusal.message.contains("does not let this user in"), "{}", refusal.message);
    assert!(!refusal.message.contains('\u{1b}'), "{}", refusal.message);
}

#[tokio::test]
async fn a_remote_that_says_nothing_is_given_up() {
    let machine = Machine::hasty();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("git://127.0.0.1:{}/x", listener.local_addr().unwrap().port());
    let refusal = machine.open(&repo(&url)).unwrap().fetch(now()).await.unwrap_err();
    assert_eq!(refusal.code, Code::Unreachable);
    assert!(refusal.message.ends_with("made no progress for 300ms"), "{}", refusal.message);
}

#[tokio::test]
async fn the_data_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    machine.store(&remote).fetch(now()).await.unwrap();
    let mode = std::fs::metadata(machine.data().join("repos/server")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn many_small_fetches_are_rolled_up_and_nothing_is_dropped() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    machine.configure("[fetch]\n\tunpackLimit = 1\n");
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let loose = store.write_fence(&fence()).await.unwrap();
    let packs = machine.data().join("repos/server/upstream.git/objects/pack");
    let count = || {
        std::fs::read_dir(&packs)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "pack"))
            .count()
    };
    let (one, index) = {
        let pack = std::fs::read_dir(&packs)
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| p.extension().is_some_and(|x| x == "pack"))
            .unwrap();
        (pack.clone(), pack.with_extension("idx"))
    };
    for n in 0..60 {
        let copy = packs.join(format!("pack-{n:040x}.pack"));
        std::fs::copy(&one, &copy).unwrap();
        std::fs::copy(&index, copy.with_extension("idx")).unwrap();
    }
    let main = remote.commit_on("main", &[("a", "1")], "One");
    assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&main)));
    assert!(count() < 5, "{} packs", count());
    let dir = machine.data().join("repos/server/upstream.git");
    machine.sealed.git(&dir, &["cat-file", "-e", loose.as_str()]);
    machine.sealed.git(&dir, &["fsck", "--strict"]);
}
