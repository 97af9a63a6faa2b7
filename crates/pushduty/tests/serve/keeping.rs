//! Backups of a train at work, and what becomes of one that is put back: nothing that was acknowledged is missing, nothing
//! that is no whole backup is taken, and nothing is touched where that is so.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tar::{EntryType, Header};
use testkit::{Gate, PushDuty, Ran, Trace};

use crate::cut;
use crate::editor::Editor;
use crate::server::{Server, until};

const PUSH: &str = "2026.11.26";

fn archive(world: &PushDuty) -> PathBuf {
    world.dir().join("kept.tar")
}

fn backs_up(world: &PushDuty, more: &str) -> Ran {
    world.hero("mat").types(&format!("backup {} {more}", archive(world).display()))
}

fn restores(world: &PushDuty, from: &Path, more: &str) -> Ran {
    world.hero("mat").types(&format!("restore {} --yes {more}", from.display()))
}

fn entries(world: &PushDuty) -> u64 {
    world.hero("mat").reads("verify")["entries"].as_u64().expect("a number")
}

/// Names below a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map(|all| all.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn a_backup_of_a_train_at_work_has_all_that_was_acknowledged_before_it() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let mut editor = Editor::open(&server, &mat, PUSH);
    editor.hears("the page", |editor| editor.text().contains("Blockers"));
    editor.types("Notable", "\n* typed before");
    editor.is_kept();
    world.as_person("kumar").types("block \"raised before\" --yes").ok();
    let before = entries(&world);
    let block = |n: usize| format!("raised meanwhile by {n}");
    let writers: Vec<_> = (0..8)
        .map(|n| world.as_person("kumar").starts(&["block", &block(n), "--yes", "--silence", "50"]))
        .collect();
    editor.types("* typed before", " and meanwhile");
    let made = backs_up(&world, "--json").ok().json();
    for writer in writers {
        writer.wait().ok();
    }
    editor.is_kept();
    let after = entries(&world);
    let taken = made["trains"][0]["entries"].as_u64().expect("a number");
    assert!((before..=after).contains(&taken), "{before} {taken} {after}");
    assert_eq!(fs::metadata(archive(&world)).unwrap().permissions().mode() & 0o777, 0o600);

    let other = world.elsewhere();
    let told = restores(&other, &archive(&world), "").ok().stdout;
    assert!(told.contains("adopt") && told.contains("sessions and tokens were dropped"), "{told}");
    assert_eq!(entries(&other), taken);
    other.hero("mat").types("verify").ok();
    other.as_person("kumar").types("block \"raised after\" --yes").ok();
    let notes = other.hero("mat").types("notes show").ok().stdout;
    for words in ["typed before", "raised before", "raised after"] {
        assert!(notes.contains(words), "{words} in {notes}");
    }
    assert_eq!(notes.matches("typed before").count(), 1, "{notes}");
    let mode = fs::metadata(other.data_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn whoever_was_let_in_then_is_not_let_in_again_unless_that_is_asked_for() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let ada = server.let_in(&world, "ada");
    ada.get("/me").is(200);
    let headers = ada.headers().to_vec();
    backs_up(&world, "").ok();
    server.ends();
    for (more, status) in [("", 401), ("--with-sessions", 200)] {
        let other = world.elsewhere();
        restores(&other, &archive(&world), more).ok();
        let again = Server::start(&other, "mat", "");
        assert_eq!(again.link, None, "it is not a first start");
        assert_eq!(again.known(&headers).get("/api/v1/trains").status, status, "{more}");
        again.let_in(&other, "ada").get("/me").is(200);
    }
}

#[test]
fn a_backup_takes_the_place_of_no_file_and_a_plan_writes_none() {
    let (world, _remote) = cut();
    let plan = backs_up(&world, "--dry-run --json").ok().json();
    assert_eq!((&plan["outcome"], &plan["digest"]), (&json!("planned"), &Value::Null));
    assert!(plan["members"].as_array().unwrap().iter().any(|m| m["path"] == "amo/ledger.db"));
    assert!(!archive(&world).exists());
    backs_up(&world, "").ok();
    let first = fs::read(archive(&world)).unwrap();
    backs_up(&world, "").expect_code(3);
    assert_eq!(fs::read(archive(&world)).unwrap(), first);
    // What one that was killed left goes; what one to another place is at stays.
    let (left, other) = (
        world.dir().join(".kept.tar.AbCdEf.part"),
        world.dir().join(".kept.tar.x.tar.AbCdEf.part"),
    );
    for file in [&left, &other] {
        fs::write(file, "half").unwrap();
    }
    backs_up(&world, "--force --without-configuration").ok();
    assert!(!left.exists() && other.exists());
    fs::remove_file(&other).unwrap();
    assert_ne!(fs::read(archive(&world)).unwrap(), first);
    world.hero("mat").types("backup - --json").expect_code(2);
    let piped = world.hero("mat").command().args(["backup", "-"]).output().expect("it runs");
    assert!(piped.status.success());
    let place = world.dir().join("piped.tar");
    fs::write(&place, piped.stdout).unwrap();
    restores(&world.elsewhere(), &place, "").ok();
    assert_eq!(names(&world.dir()), ["kept.tar", "piped.tar", "pushduty.toml"]);
}

/// What a backup does outside its own memory.
const CALLS: &[&str] =
    &["fsync", "fdatasync", "rename", "renameat2", "link", "linkat", "unlink", "rmdir", "mkdir"];

#[test]
fn killed_at_any_call_it_leaves_no_file_that_is_half_of_one() {
    let (world, _remote) = cut();
    let home = world.sealed();
    let place = archive(&world);
    let mut command = world.hero("mat").command();
    command.args(["backup", &place.display().to_string()]);
    let trace = Trace::new(home, CALLS);
    world.start_command(&mut trace.watching(home, &command)).wait().ok();
    let places = trace.places();
    assert!(places.len() > 3, "{places:?}");
    fs::remove_file(&place).unwrap();
    for at in &places {
        let run = &mut Trace::new(home, CALLS).killing(home, &command, &at.call);
        world.start_command(run).wait();
        if place.exists() {
            restores(&world.elsewhere(), &place, "").ok();
            fs::remove_file(&place).unwrap();
        }
    }
    backs_up(&world, "").ok();
    let left = [names(&world.dir()), names(&world.data_path())].concat();
    assert!(!left.iter().any(|name| name.contains("part")), "{left:?}");
    world.hero("mat").types("verify").ok();
}

/// Holds that nothing is made of an archive, and that this is said in a sentence.
#[track_caller]
fn is_refused(world: &PushDuty, bytes: &[u8], what: &str) {
    let place = world.dir().join("bad.tar");
    fs::write(&place, bytes).expect("an archive is written");
    let other = world.elsewhere();
    let ran = restores(&other, &place, "");
    let told = format!("{what}: {ran}");
    assert!([1, 3].contains(&ran.code), "{told}");
    assert!(ran.stderr.contains('✗') && !ran.stderr.contains("panicked"), "{told}");
    assert!(!other.data_path().exists(), "{told}");
    let above = other.data_path().parent().expect("a folder").join("x");
    assert!(!above.exists(), "{told}");
}

#[test]
fn what_was_cut_short_or_changed_is_refused() {
    let (world, _remote) = cut();
    backs_up(&world, "").ok();
    let whole = fs::read(archive(&world)).unwrap();
    let n = whole.len();
    for keep in [0, 1, 511, 512, 2047, 2048, n / 2, n - 2048, n - 1024, n - 512, n - 1] {
        is_refused(&world, &whole[..keep], &format!("the first {keep} bytes"));
    }
    for at in [0, 100, 600, n / 3, n / 2, n - 2049, n - 1500] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        is_refused(&world, &changed, &format!("byte {at} changed"));
    }
    is_refused(&world, &[&whole[..], b"more"].concat(), "more behind it");
    is_refused(&world, &[&whole[..], &whole[..]].concat()[512..], "two of it");
}

/// An archive with these members and a digest that holds.
fn made(members: &[(Header, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut add = |header: &Header, body: &[u8]| {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(body);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    };
    members.iter().for_each(|(header, body)| add(header, body));
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let mut add = |header: &Header, body: &[u8]| {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(body);
        bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    };
    add(&named("digest", 64, EntryType::Regular), digest.as_bytes());
    bytes
}

fn named(path: &str, bytes: u64, kind: EntryType) -> Header {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o777);
    header.set_size(bytes);
    header.set_cksum();
    header
}

#[test]
fn names_and_kinds_that_no_backup_has_are_refused() {
    let (world, _remote) = cut();
    backs_up(&world, "").ok();
    let whole = fs::read(archive(&world)).unwrap();
    let mut tar = tar::Archive::new(&whole[..]);
    let mut members: Vec<(Header, Vec<u8>)> = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut body = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut body).unwrap();
        members.push((entry.header().clone(), body));
    }
    members.pop();
    let with = |more: Vec<(Header, &'static [u8])>| {
        let own = members.iter().map(|(header, body)| (header.clone(), body.as_slice()));
        made(&own.chain(more).collect::<Vec<_>>())
    };
    let place = world.dir().join("again.tar");
    fs::write(&place, with(Vec::new())).unwrap();
    restores(&world.elsewhere(), &place, "").ok();
    for path in [
        "../x",
        "/tmp/x",
        "amo/../../x",
        "x",
        "amo/lock",
        "amo/repos/web/upstream.git/hooks/post-update",
        "amo/ledger.db",
        "other/ledger.db",
        "other/typed.db",
        "amo/scratch.brought/a\u{1b}[2J",
    ] {
        let bad = with(vec![(named(path, 1, EntryType::Regular), b"x")]);
        is_refused(&world, &bad, path);
    }
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::GNUSparse,
    ] {
        let mut header = named("amo/typed.db", 0, kind);
        header.as_old_mut().linkname[..4].copy_from_slice(b"/tmp");
        header.set_cksum();
        is_refused(&world, &with(vec![(header, b"")]), &format!("{kind:?}"));
    }
    for size in [1 << 20, u64::MAX >> 2] {
        let bad = with(vec![(named("amo/typed.db", size, EntryType::Regular), b"x")]);
        is_refused(&world, &bad, &format!("{size} bytes"));
    }
    let (mut first, rest) = members.split_first().map(|(f, r)| (f.clone(), r.to_vec())).unwrap();
    let newer = String::from_utf8(first.1.clone()).unwrap().replace("\"form\":1", "\"form\":2");
    first.1 = newer.into_bytes();
    let all: Vec<_> = std::iter::once(first).chain(rest).collect();
    let own = all.iter().map(|(header, body)| (header.clone(), body.as_slice()));
    is_refused(&world, &made(&own.collect::<Vec<_>>()), "a newer form");
}

#[test]
fn a_ledger_that_was_rewritten_in_it_is_refused() {
    let (world, _remote) = cut();
    let copy = world.elsewhere();
    copy.take_data_of(&world);
    let ledger = copy.data_path().join("amo/ledger.db");
    let done = copy
        .sealed()
        .command("sqlite3")
        .arg(&ledger)
        .arg("UPDATE payload SET body = replace(body, 'mat', 'eve') WHERE seq = 1")
        .status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "sqlite3 is missing: apt-get install sqlite3"
    );
    let ran = backs_up(&copy, "").expect_code(1);
    assert!(ran.stderr.contains("entry 1"), "{ran}");
    assert!(!archive(&copy).exists());
}

#[test]
fn nothing_is_put_back_over_what_is_there_or_at_work() {
    let (world, _remote) = cut();
    backs_up(&world, "").ok();
    world.as_person("kumar").types("block \"raised since\" --yes").ok();
    let since = entries(&world);
    restores(&world, &archive(&world), "").expect_code(3);
    let server = Server::start(&world, "mat", "--public");
    let ran = restores(&world, &archive(&world), "--force").expect_code(1);
    assert!(ran.stderr.contains("a server or a command works in the data folder"), "{ran}");
    assert_eq!(entries(&world), since);
    server.ends();
    // One that was killed left all of it unpacked, with what lets people in.
    let left = world.data_path().join("restore.partAbCdEf");
    fs::create_dir_all(left.join("amo")).unwrap();
    fs::write(left.join("accounts.db"), "keys").unwrap();
    let done = restores(&world, &archive(&world), "--force --json").ok().json();
    assert!(!left.exists(), "nothing of it is left");
    assert_eq!(entries(&world), done["trains"][0]["entries"].as_u64().unwrap());
    let before = PathBuf::from(done["before"].as_str().expect("a folder"));
    assert_eq!(before.parent(), Some(world.data_path().as_path()));
    assert!(before.join("amo/ledger.db").exists());
    let twice = restores(&world, &archive(&world), "--force --json").ok().json();
    assert_ne!(twice["before"], done["before"], "what was moved aside stays");
    assert!(before.join("amo/ledger.db").exists());
    // What was moved aside is no train, and goes along into no backup.
    let again = backs_up(&world, "--force --json").ok().json();
    assert_eq!(again["trains"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_record_that_was_set_back_publishes_nothing_until_it_is_adopted() {
    let (world, remote) = cut();
    backs_up(&world, "").ok();
    remote.commit_on("main", &[("late.js", "late\n")], "Come late");
    world.hero("mat").types("tag --again --yes").ok();
    let refs = remote.refs();
    let other = world.elsewhere();
    restores(&other, &archive(&world), "").ok();
    remote.commit_on("main", &[("later.js", "later\n")], "Come later");
    let main = remote.oid("main");
    let ran = other.hero("mat").types("tag --again --yes");
    assert_ne!(ran.code, 0, "{ran}");
    assert!(ran.stderr.contains("adopt") || ran.stderr.contains("ledger"), "{ran}");
    let tags = |refs: &std::collections::BTreeMap<String, String>| -> Vec<(String, String)> {
        let tags = refs.iter().filter(|(name, _)| name.starts_with("refs/tags/"));
        tags.map(|(name, at)| (name.clone(), at.clone())).collect()
    };
    assert_eq!(tags(&remote.refs()), tags(&refs), "nothing was published");
    other.hero("mat").types("adopt --because \"the machine burned\" --yes").ok();
    other.hero("mat").types("tag --again --yes").ok();
    let shown = remote.oid("2026.11.26-2");
    let tagged = remote.git(&["rev-parse", &format!("{shown}^{{commit}}")]);
    assert_eq!(tagged.trim(), main, "no suffix is given twice");
}

#[test]
fn until_a_backup_is_whole_nobody_waits_for_it_and_two_are_not_made_at_once() {
    let (world, _remote) = cut();
    let home = world.sealed();
    let place = archive(&world);
    let mut command = world.hero("mat").command();
    command.args(["backup", &place.display().to_string()]);
    let lock = world.data_path().join("backup.lock");
    let trace = Trace::new(home, &["openat", "flock"]);
    let mut stopped = world.start_command(&mut trace.stopping(home, &command, &lock));
    trace.wait_until_stopped();
    world.as_person("kumar").types("block \"nobody waits\" --yes").ok();
    stopped.kill_all();
    stopped.wait();
    until("the backup can be made", || (backs_up(&world, "").code == 0).then_some(()));
}

#[test]
fn what_was_under_way_is_settled_with_the_very_same_objects_by_whoever_gets_the_backup() {
    let (world, remote) = cut();
    let fix = remote.commit_on("main", &[("fix.js", "fix\n")], "Fix");
    let gate = Gate::new(world.sealed(), "remote");
    remote.hook("pre-receive", &format!("cat > /dev/null\n{}exit 1\n", gate.wait_here()));
    let mut first = world.hero("mat").starts(&["pick", &fix, "--yes"]);
    gate.wait_until_reached();
    first.kill();
    first.wait();
    // The push holds the train; a backup waits for nobody.
    let made = backs_up(&world, "--json").ok().json();
    let kept = "amo/repos/web/upstream.brought/kept.pack";
    assert!(made["members"].as_array().unwrap().iter().any(|m| m["path"] == kept), "{made}");
    gate.open();
    world.sealed().wait_until_still();
    remote.unhook("pre-receive");

    let other = world.elsewhere();
    other.at("2026-11-24T15:00:00Z");
    restores(&other, &archive(&world), "").ok();
    // One that was put back and never fetched since is backed up as it is.
    backs_up(&other, "").ok();
    let third = world.elsewhere();
    third.at("2026-11-24T16:00:00Z");
    restores(&third, &archive(&other), "").ok();
    let log = third.hero("mat").reads("log");
    let intended = log["entries"].as_array().unwrap().iter().rev();
    let intended = intended.map(|entry| &entry["event"]).find(|e| e["kind"] == "intended").unwrap();
    third.hero("mat").runs(&["pick", &fix, "--yes"]).ok();
    assert_eq!(remote.refs()["refs/tags/2026.11.26-1"], intended["purpose"]["object"], "{log}");
    third.hero("mat").types("verify").ok();
    assert_eq!(names(&third.data_path().join("amo/repos/web")).len(), 3, "all of it was taken in");
}
