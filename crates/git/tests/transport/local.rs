//! Objects and refs of our own stores, read and written in process beside git: whatever form git gave them, whatever
//! was left behind, and whatever is broken.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use conductor::ports::{Ident, Repository, SecurityRepository, Stamp, TagDraft};
use git::Store;
use testkit::Remote;
use train::facts::Head;
use train::id::Oid;
use train::intent::{IntentId, Remote as Side};
use train::refusal::Code;
use train::settings::{Repo, Tagging};

use crate::{Machine, draft, fence, now, oid, repo, stamp};

fn intent(store: &Store) -> IntentId {
    let head = Head { seq: 1, hash: "0".repeat(64) };
    IntentId::after(&head, Repository::name(store), Side::Upstream)
}

fn mirror(machine: &Machine) -> PathBuf {
    machine.data().join("repos/server/upstream.git")
}

fn kept(machine: &Machine) -> String {
    machine.sealed.git(&mirror(machine), &["for-each-ref", "--format=%(objectname)", "refs/keep/"])
}

#[tokio::test]
async fn packed_refs_and_objects_are_read_and_let_go_of() {
    for remote in [Remote::new("server"), Remote::sha256("server")] {
        let machine = Machine::new();
        remote.annotated_tag("2026.11.19", "main", "Push");
        remote.tag("2026.11.12", "main");
        remote.branch("topic/a", "main");
        let store = machine.store(&remote);
        let look = store.fetch(now()).await.unwrap();
        let main = look.main.clone().unwrap();
        let made = store.write_tag(&draft("x", &main, Tagging::Annotated)).await.unwrap();
        store.keep(&intent(&store), std::slice::from_ref(&made)).await.unwrap();
        assert_eq!(kept(&machine), made.as_str());

        let dir = mirror(&machine);
        machine.sealed.git(&dir, &["pack-refs", "--all", "--prune"]);
        machine.sealed.git(&dir, &["repack", "-a", "-d", "-q"]);
        assert_eq!(kept(&machine), made.as_str());
        assert_eq!(store.last_look(now()).await.unwrap(), Some(look.clone()));
        assert!(store.tag_message(&made).await.unwrap().is_some());
        let moved = remote.commit_on("main", &[("a", "1")], "One");
        assert_eq!(store.fetch(now()).await.unwrap().main, Some(oid(&moved)), "loose over packed");
        assert!(store.contains(&oid(&moved), &main).await.unwrap());
        store.release(&intent(&store)).await.unwrap();
        assert_eq!(kept(&machine), "");
    }
}

#[tokio::test]
async fn lock_files_of_a_killed_process_do_not_stop_what_keeps_and_lets_go() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let (dir, id) = (mirror(&machine), intent(&store));
    let object = store.write_fence(&fence()).await.unwrap();
    let left = |name: &str| {
        let place = dir.join(name);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, "").unwrap();
    };
    left(&format!("refs/keep/{id}/1.lock"));
    store.keep(&id, &[object.clone(), object.clone()]).await.unwrap();
    assert_eq!(kept(&machine), format!("{object}\n{object}"), "all of them or none");
    machine.sealed.git(&dir, &["pack-refs", "--all", "--prune"]);
    left("packed-refs.lock");
    left(&format!("refs/keep/{id}/0.lock"));
    store.release(&id).await.unwrap();
    assert_eq!(kept(&machine), "");
    assert_eq!(machine.sealed.git(&dir, &["fsck", "--strict", "--no-dangling"]), "");
}

#[tokio::test]
async fn refs_that_come_and_go_meanwhile_do_not_stop_a_look() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let (done, times) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let coming_and_going = {
        let name = mirror(&machine).join("refs/upstream/tags/deep/other");
        let (main, done, times) = (main.clone(), Arc::clone(&done), Arc::clone(&times));
        std::thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                fs::create_dir_all(name.parent().unwrap()).unwrap();
                fs::write(name.with_extension("lock"), format!("{main}\n")).unwrap();
                fs::rename(name.with_extension("lock"), &name).unwrap();
                fs::remove_dir_all(name.parent().unwrap()).unwrap();
                times.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let mut looks = Vec::new();
    while looks.len() < 300 || times.load(Ordering::Relaxed) < 300 {
        looks.push(store.last_look(now()).await.map(|look| look.unwrap().main));
    }
    done.store(true, Ordering::Relaxed);
    coming_and_going.join().unwrap();
    assert!(looks.into_iter().all(|look| look.unwrap() == Some(main.clone())));
}

#[tokio::test]
async fn the_private_store_walks_through_what_it_borrows() {
    let upstream = Remote::new("server");
    let (security, machine) = (upstream.twin(), Machine::new());
    let store =
        machine.open(&Repo { security: Some(security.url()), ..repo(&upstream.url()) }).unwrap();
    let private = store.security_store().unwrap();
    let start = oid(&upstream.git(&["rev-parse", "main"]));
    let fix = oid(&security.commit("fix").from("main").file("x", "1").subject("Fix").make());
    store.fetch(now()).await.unwrap();
    private.fetch(now()).await.unwrap();
    assert!(private.contains(&fix, &start).await.unwrap());
    assert!(!private.contains(&start, &fix).await.unwrap());
    assert_eq!(store.contains(&fix, &start).await.unwrap_err().code, Code::NoSuchCommit);

    // What upstream gets later is borrowed at once, packed or not.
    let later = oid(&upstream.commit_on("main", &[("a", "1")], "One"));
    store.fetch(now()).await.unwrap();
    machine.sealed.git(&mirror(&machine), &["repack", "-a", "-d", "-q"]);
    assert!(private.contains(&later, &start).await.unwrap());
    let merged = private.merge(&later, std::slice::from_ref(&fix), "Merge\n", &stamp()).await;
    let merged = merged.unwrap();
    assert!(private.contains(&merged.tip, &fix).await.unwrap());
    private.keep(&intent(&store), std::slice::from_ref(&merged.tip)).await.unwrap();
    let dir = machine.data().join("repos/server/security.git");
    assert_eq!(machine.sealed.git(&dir, &["fsck", "--strict", "--no-dangling"]), "");
    private.release(&intent(&store)).await.unwrap();
    assert_eq!(machine.sealed.git(&dir, &["for-each-ref", "refs/keep/"]), "");
}

/// The files of a store's objects that lie by themselves, and its packs.
fn files(dir: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let all = |dir: &Path| -> Vec<PathBuf> {
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let objects = dir.join("objects");
    let folders = all(&objects).into_iter().filter(|f| f.file_name().unwrap().len() == 2);
    let loose = folders.flat_map(|folder| all(&folder)).collect();
    let packs = all(&objects.join("pack")).into_iter().filter(|f| f.extension().unwrap() == "pack");
    (loose, packs.collect())
}

/// Puts other bytes in the place of a file that can't be written.
fn replace(file: &Path, bytes: &[u8]) {
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_broken_object_or_pack_is_told_with_what_to_do() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    for n in 0..20 {
        remote.commit_on("main", &[("a", &format!("{n}\n").repeat(500))], "More");
    }
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let first = oid(&remote.git(&["rev-list", "--max-parents=0", "main"]));
    let told = |failure: conductor::failure::Failure| {
        assert_eq!(failure.code, Code::Io, "{failure:?}");
        assert!(failure.message.contains("the object store is damaged"), "{failure:?}");
        assert!(failure.hint.contains("git fsck"), "{failure:?}");
    };
    let tag = store.write_tag(&draft("x", &main, Tagging::Annotated)).await.unwrap();
    let name = &tag.as_str()[2..];
    let object = files(&mirror(&machine)).0.into_iter().find(|f| f.ends_with(name)).unwrap();
    let whole = fs::read(&object).unwrap();
    for broken in [&b""[..], b"nonsense", &whole[..whole.len() / 2], &vec![b'x'; whole.len()]] {
        replace(&object, broken);
        told(store.tag_message(&tag).await.unwrap_err());
    }
    replace(&object, &whole);
    assert!(store.tag_message(&tag).await.unwrap().is_some());

    let dir = mirror(&machine);
    machine.sealed.git(&dir, &["repack", "-a", "-d", "-q"]);
    let pack = files(&dir).1.remove(0);
    let whole = fs::read(&pack).unwrap();
    for length in [0, 10, 40, whole.len() / 8] {
        replace(&pack, &whole[..length]);
        told(store.contains(&main, &first).await.unwrap_err());
    }
    let mut turned = whole.clone();
    turned[40..].reverse();
    replace(&pack, &turned);
    told(store.contains(&main, &first).await.unwrap_err());
    replace(&pack, &whole);
    assert!(store.contains(&main, &first).await.unwrap());
}

#[tokio::test]
async fn a_store_has_its_refs_in_files_and_another_is_refused_with_what_to_do() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    machine.configure("[init]\n\tdefaultRefFormat = reftable\n");
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let dir = mirror(&machine);
    assert!(dir.join("refs/upstream/heads/main").exists());
    fs::remove_dir_all(&dir).unwrap();
    let place = dir.to_str().unwrap();
    machine
        .sealed
        .git(machine.sealed.home(), &["init", "-q", "--bare", "--ref-format=reftable", place]);
    for refused in [
        store.fetch(now()).await.unwrap_err(),
        store.last_look(now()).await.unwrap_err(),
        store.keep(&intent(&store), &[]).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, Code::Unsupported);
        assert!(refused.message.contains("reftable"), "{}", refused.message);
        assert!(refused.hint.contains("remove this repository's folder"), "{}", refused.hint);
    }
    fs::remove_dir_all(&dir).unwrap();
    store.fetch(now()).await.unwrap();
}

/// What `git mktag` says of the tag that a draft asks for.
fn git_takes(machine: &Machine, draft: &TagDraft) -> bool {
    let TagDraft { name, commit, message, stamp: Stamp { by, at, .. }, .. } = draft;
    let (person, at) = (format!("{} <{}>", by.name, by.email), at.as_second());
    let bytes = format!(
        "object {commit}\ntype commit\ntag {name}\ntagger {person} {at} -0800\n\n{message}"
    );
    let file = machine.sealed.path("draft");
    fs::write(&file, bytes).unwrap();
    let mut git = machine.sealed.git_command();
    git.current_dir(mirror(machine)).arg("mktag").stdin(fs::File::open(&file).unwrap());
    git.output().unwrap().status.success()
}

#[tokio::test]
async fn a_tag_that_git_would_not_make_is_not_made() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let missing: Oid = oid(&"a".repeat(40));
    let tree = oid(&remote.git(&["rev-parse", "main^{tree}"]));
    let names = [
        "2026.11.26",
        "v1",
        "a/b",
        "-x",
        "@",
        "",
        "a..b",
        "a b",
        "a\nb",
        "a.lock",
        ".a",
        "a.",
        "a~",
        "a:b",
        "a@{b",
        "a//b",
        "/a",
        "a/",
        "a\u{7f}",
        "é",
        "a*b",
        "refs/tags/x",
    ];
    let named = names.map(|name| draft(name, &main, Tagging::Annotated));
    let of = [missing, tree].map(|commit| draft("x", &commit, Tagging::Annotated));
    let at = ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-30T00:00:00Z"]
        .map(|at| Stamp { at: at.parse().unwrap(), ..stamp() });
    let by = Ident { name: "\u{e9} \"x\"".into(), email: "a b@x".into() };
    let stamps = at.into_iter().chain([Stamp { by, ..stamp() }]);
    let dated = stamps.map(|stamp| TagDraft { stamp, ..draft("x", &main, Tagging::Annotated) });
    let (mut made, mut refused) = (0, 0);
    for draft in named.into_iter().chain(of).chain(dated) {
        let ours = store.write_tag(&draft).await;
        assert_eq!(ours.is_ok(), git_takes(&machine, &draft), "{draft:?}: {ours:?}");
        made += usize::from(ours.is_ok());
        refused += usize::from(ours.is_err());
    }
    assert!(made > 6 && refused > 12, "{made} made, {refused} refused");
}
