//! The record holds (P10), the remotes are the truth (P15), and one ledger conducts (P12).

use std::path::Path;

use testkit::{PushDuty, Remote};

use crate::scene::{alone, failure, outcomes, tags};

fn cut() -> (Remote, PushDuty) {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    (server, world)
}

#[test]
fn a_record_that_holds() {
    let (_server, world) = cut();
    let ran = world.hero("mat").types("verify").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✓ the chain of 5 entries holds, and 2 anchors outside agree with it.
    ✓ the remotes show what was recorded.
    ");
}

#[test]
fn a_tag_that_somebody_moved_is_told_and_not_moved_back() {
    let (server, world) = cut();
    let other = server.commit_on("main", &[("x", "x")], "Go on");
    server.set_ref("refs/tags/2026.11.26", &other);
    let ran = world.hero("mat").types("verify").expect_code(4);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✓ the chain of 5 entries holds, and 1 anchor outside agrees with it.
    ✗ 2026.11.26 of server was moved by somebody else, from [oid] to [oid].
      → find out who did it; what the remote shows counts.
    ");
    let told = world.hero("mat").reads("verify");
    assert_eq!(told["differences"][0]["found"], other.as_str());
    assert_eq!(server.tags()["2026.11.26"].object, other);
}

#[test]
fn a_tag_that_somebody_deleted_is_told() {
    let (server, world) = cut();
    server.delete_ref("refs/tags/2026.11.26");
    world.hero("mat").types("verify").expect_code(4).says("deleted");
    assert!(tags(&server).is_empty());
}

fn copy(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(done.is_ok_and(|s| s.success()), "the data directory is copied");
}

#[test]
fn an_older_copy_of_the_ledger_is_found_out_and_adopt_mends_it() {
    let (server, world) = cut();
    let (data, kept) = (world.data_path(), world.sealed().path("kept"));
    copy(&data, &kept);
    // Each tag names the entry before it was intended: two of them show what is missing.
    world.hero("mat").types("tag --again --because one --yes").ok();
    world.hero("mat").types("tag --again --because two --yes").ok();
    std::fs::remove_dir_all(&data).unwrap();
    copy(&kept, &data);
    let ran = world.hero("mat").types("verify").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✗ entry 7 that the fence of server names is not there: the ledger was cut short.
      → bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`.
    ✓ the remotes show what was recorded.
    ");
    server.commit_on("main", &[("y", "y")], "Go on again");
    let ran = world.hero("mat").types("tag --again --yes");
    assert_ne!(ran.code, 0, "{ran}");
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: this ledger does not have entry 7 that the remote's fence names: it was cut short, changed, or restored from an older copy.
      → run `pushduty verify`; bring the newest copy back, or start again from what the remotes show with `pushduty adopt --because TEXT`.
    ");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1", "2026.11.26-2"]);
    world.hero("mat").types("adopt --because \"restored\" --yes").ok();
    let told = world.hero("mat").reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-3 published");
}

#[test]
fn a_second_machine_takes_over_and_the_first_is_refused() {
    let (server, first) = cut();
    let second = first.elsewhere();
    server.commit_on("main", &[("x", "x")], "Go on");
    let ran = second.hero("eviljeff").types("tag --again --yes").expect_code(3);
    insta::assert_snapshot!(failure(&second, &ran), @"
    ✗ server: this train is run by another ledger, last used on “vm”.
      → use --server with its address or --data with its folder, or take the train over with `pushduty adopt --because TEXT`.
    ");
    second.hero("eviljeff").types("adopt --yes").expect_code(2);
    second.as_person("kumar").types("adopt --because mine --yes").expect_code(3);
    let ran = second.hero("eviljeff").types("adopt --because \"mat is ill\" --yes").ok();
    insta::assert_snapshot!(second.tidy(&ran.stdout), @"
    rehearsal
    server is run by ledger [oid], last used on vm.
    ✓ this ledger runs the train.
    ");
    assert_eq!(
        outcomes(&second.hero("eviljeff").reads("tag --again --yes")),
        "server 2026.11.26-1 published"
    );
    server.commit_on("main", &[("y", "y")], "Go on again");
    first.hero("mat").types("tag --again --yes").expect_code(3).says("adopt");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1"]);
}

#[test]
fn a_fresh_ledger_reads_the_present_from_the_remotes() {
    let (server, first) = cut();
    let second = first.elsewhere();
    let told = second.hero("mat").reads("tag --dry-run");
    assert_eq!(told["error"]["code"], "other_ledger", "{told}");
    second.hero("mat").types("adopt --because new --yes").ok();
    assert_eq!(second.hero("mat").reads("status")["state"], "cut");
    assert_eq!(outcomes(&second.hero("mat").reads("tag --yes")), "server 2026.11.26 already");
    drop(server);
}
