//! The record holds (P10), the remotes are the truth (P15), and one ledger conducts (P12).

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use testkit::{PushDuty, Remote};

use crate::scene::{Scene, alone, failure, outcomes, tags};

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
    ✓ the chain of 7 entries holds, and 2 anchors outside agree with it.
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
    ✓ the chain of 7 entries holds, and 1 anchor outside agrees with it.
    ✗ 2026.11.26 of server was moved by somebody else, from [oid] to [oid].
      → find out who did it and put it back, or take it as it is with `pushduty adopt --because TEXT`.
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
    ✗ server: this ledger does not have the entry that the remote's fence names: it was cut short, changed, or restored from an older copy.
      → bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`.
    ");
    server.commit_on("main", &[("y", "y")], "Go on again");
    let ran = world.hero("mat").types("tag --again --yes");
    assert_ne!(ran.code, 0, "{ran}");
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: this ledger does not have the entry that the remote's fence names: it was cut short, changed, or restored from an older copy.
      → run `pushduty verify`; bring the newest copy back, or start again from what the remotes show with `pushduty adopt --because TEXT`.
    ");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1", "2026.11.26-2"]);
    world.hero("mat").types("adopt --because \"restored\" --yes").ok();
    let told = world.hero("mat").reads("tag --again --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-3 published");
    world.hero("mat").types("verify").ok();
}

#[test]
fn a_second_machine_takes_over_and_the_first_is_refused() {
    let (server, first) = cut();
    let second = first.elsewhere();
    server.commit_on("main", &[("x", "x")], "Go on");
    let ran = second.hero("eviljeff").types("tag --again --yes").expect_code(3);
    insta::assert_snapshot!(failure(&second, &ran), @"
    ✗ server: this train is run by another ledger, last used on “vm”.
      → use --data with its folder, or take the train over with `pushduty adopt --because TEXT`.
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

/// The ledger with its end cut off by hand: everything after entry `seq`, and every view of it.
fn cut_off_after(world: &PushDuty, seq: u64) {
    by_hand(
        world,
        format!(
            "DELETE FROM payload WHERE seq > {seq}; DELETE FROM entry WHERE seq > {seq}; DELETE FROM projection"
        ),
    );
}

/// Something done to the ledger by another program.
fn by_hand(world: &PushDuty, sql: String) {
    let options = SqliteConnectOptions::new().filename(world.data_path().join("amo/ledger.db"));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut ledger = options.connect().await.expect("the ledger opens");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut ledger).await.expect("done by hand");
        ledger.close().await.expect("closed");
    });
}

/// What an early entry says, changed by hand.
fn changed_by_hand(world: &PushDuty, kind: &str) {
    let sql = format!(
        "UPDATE payload SET body = replace(body, '\"mat\"', '\"max\"') WHERE seq IN \
         (SELECT seq FROM entry WHERE kind = '{kind}')"
    );
    by_hand(world, sql);
}

#[test]
fn a_changed_entry_makes_nobody_a_mover_of_tags_that_adopt_took_over() {
    let server = Remote::new("server");
    server.tag("2026.11.12", "main");
    server.commit_on("main", &[("form.py", "1\n")], "Add a form");
    server.tag("2026.11.19", "main");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    server.commit_on("main", &[("form.py", "2\n")], "Mend the form");
    server.git(&["tag", "-f", "2026.11.19", "main"]);
    server.delete_ref("refs/tags/2026.11.12");
    mat.types("adopt --because \"it was me, by hand\" --yes").ok();
    mat.types("verify").ok();
    changed_by_hand(&world, "began");
    let ran = mat.types("verify").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✗ the payload of entry 1 is not as it was written.
      → bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`.
    ");
    by_hand(&world, "DELETE FROM projection".to_owned());
    let ran = mat.types("verify").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✗ the payload of entry 1 is not as it was written.
      → bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`.
    ◆ the remotes could not be compared with the record: it can't be read.
    ");
    let told = mat.reads("verify");
    assert_eq!((&told["compared"], &told["differences"]), (&false.into(), &serde_json::json!([])));
}

#[test]
fn check_finds_an_entry_that_was_changed_and_nothing_is_published_on_a_push_that_has_one() {
    let (server, world) = cut();
    let mat = world.hero("mat");
    mat.types("check").ok().says("every entry of the ledger is as it was written.");
    changed_by_hand(&world, "intended");
    let ran = mat.types("check").expect_code(1);
    ran.says("✗  chain").says("bring the newest copy of the data folder back");
    server.commit_on("main", &[("x", "x")], "Go on");
    let before = server.refs();
    let ran = mat.types("tag --again --yes").expect_code(1);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ an entry of the ledger says something else than was recorded.
      → run `pushduty verify` for the whole of it, and put a backup in its place.
    ");
    assert_eq!(server.refs(), before, "nothing was published");
}

#[test]
fn verify_sends_nobody_with_a_ledger_that_cannot_be_read_to_verify() {
    let (_server, world) = cut();
    by_hand(&world, "DELETE FROM ledger".to_owned());
    world.hero("mat").types("status").expect_code(1).says("run `pushduty verify`");
    let ran = world.hero("mat").types("verify").expect_code(1);
    let ran = ran.says("→ bring the newest copy of the data folder back.");
    ran.never_says("`pushduty verify`");
}

#[test]
fn a_push_cut_off_the_end_of_the_ledger_is_found_and_nothing_is_published_on_it() {
    let (server, world) = cut();
    // Entries 3 and later are the push: the fence and the tag name entry 2 alone.
    cut_off_after(&world, 2);
    let ran = world.hero("mat").types("verify").expect_code(1);
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    ✗ server: this ledger does not have the intent that the remote's fence names: it was cut short, changed, or restored from an older copy.
      → bring the newest copy of the data folder back, or `pushduty adopt --because TEXT`.
    ");
    let told = world.hero("mat").reads("verify");
    assert_eq!((told["chain"].as_str(), told["error"]["exit"].as_u64()), (Some("broken"), Some(1)));
    world.hero("mat").types("tag --again --because more --yes").expect_code(1).says("cut short");
    assert_eq!(tags(&server), ["2026.11.26"]);
    // Where there is no fence, the tags show it.
    server.delete_ref("refs/pushduty/amo");
    world.hero("mat").types("verify").expect_code(1).says("tag 2026.11.26 of server was made by");
    cut_off_after(&world, 1);
    world
        .hero("mat")
        .types("verify")
        .expect_code(1)
        .says("that tag 2026.11.26 of server names is not");
}

#[test]
fn a_ledger_cut_short_is_not_written_over_and_what_shows_it_stays() {
    let (server, world) = cut();
    let mat = world.hero("mat");
    by_hand(
        &world,
        "DELETE FROM payload WHERE seq > 6; DELETE FROM entry WHERE seq > 6".to_owned(),
    );
    let seen = "a view has seen entry 7, but the ledger ends with entry 6";
    mat.types("verify").expect_code(1).says(seen);
    let before = server.refs();
    let ran = mat.types("tag --again --because x --yes").expect_code(1);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ a view has seen entry 7, but the ledger ends with entry 6.
      → put a backup in its place, or move the data directory away and run `pushduty adopt`: the remotes keep what was published.
    ");
    assert_eq!(server.refs(), before, "nothing was published");
    mat.types("verify").expect_code(1).says(seen);
}

#[test]
fn a_train_taken_up_again_from_an_older_copy_holds_from_then_on() {
    let (server, world) = cut();
    cut_off_after(&world, 2);
    let found = world.hero("mat").types("adopt --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&found.stdout), @"
    rehearsal
    server is run by a newer copy of this ledger, last used on vm.
    ");
    world.hero("mat").types("adopt --because \"restored\" --yes").ok();
    world.hero("mat").types("verify").ok();
    let before = server.find("refs/pushduty/amo");
    world.hero("mat").types("adopt --because again --yes").ok().says("nothing to take over");
    assert_eq!(server.find("refs/pushduty/amo"), before, "a second time changes nothing");
}

#[test]
fn a_fence_that_is_gone_or_anothers_is_a_difference() {
    let (server, world) = cut();
    let ours = server.find("refs/pushduty/amo").unwrap();
    server.set_ref("refs/pushduty/amo", &server.oid("main:README.md"));
    world.hero("mat").types("verify").expect_code(4).says("none that this version can read");
    world.hero("mat").types("check").expect_code(1).says("fence");
    server.delete_ref("refs/pushduty/amo");
    world.hero("mat").types("verify").expect_code(4).says("was deleted by somebody else");
    server.set_ref("refs/pushduty/amo", &ours);
    world.hero("mat").types("verify").ok();
    let second = world.elsewhere();
    second.hero("mat").types("check").expect_code(1).says("another ledger");
    second.hero("mat").types("adopt --because \"mine now\" --yes").ok();
    world.hero("mat").types("verify").expect_code(4).says("is run by another ledger");
    let told = world.hero("mat").reads("verify");
    assert_eq!(told["error"]["code"], "differs", "{told}");
}

/// Puts a blob of this text where the fence is.
fn write_fence(server: &Remote, world: &PushDuty, text: &str) {
    let file = world.sealed().path("fence.json");
    std::fs::write(&file, text).expect("the home is writable");
    let blob = server.git(&["hash-object", "-w", &file.to_string_lossy()]);
    server.set_ref("refs/pushduty/amo", blob.trim());
}

#[test]
fn a_damaged_fence_is_found_by_check_and_written_anew_by_adopt() {
    for damage in ["{\"schema\": 1, \"ledger\"", "", "[]", "{\"schema\":1}"] {
        let (server, world) = cut();
        write_fence(&server, &world, damage);
        let mat = world.hero("mat");
        mat.types("tag --again --because more --yes").expect_code(3).says("adopt --because TEXT");
        let found = mat.reads("check");
        let lines = found["lines"].as_array().unwrap();
        let fence = lines.iter().find(|line| line["what"] == "fence").unwrap();
        assert_eq!(fence["well"], false, "{fence}");
        assert!(fence["mend"].as_str().unwrap().contains("adopt --because TEXT"), "{fence}");
        let before = server.refs();
        mat.types("adopt --dry-run").ok().says("can't read");
        mat.types("adopt --because damaged").expect_code(2);
        assert_eq!(server.refs(), before, "not without a yes");
        mat.types("adopt --because damaged --yes").ok();
        mat.types("check").ok().says("this ledger runs the train");
        let told = mat.reads("tag --again --because more --yes");
        assert_eq!(outcomes(&told), "server 2026.11.26-1 published", "{damage}");
        mat.types("verify").ok();
    }
}

#[test]
fn a_fence_with_suffixes_that_nobody_gave_blocks_its_date_until_adopt_mends_it() {
    for suffix in ["4294967295", "999999"] {
        let (server, world) = cut();
        let mat = world.hero("mat");
        mat.types("tag --again --because one --yes").ok();
        let fence = server.git(&["cat-file", "blob", "refs/pushduty/amo"]);
        let odd = fence.replace("\"2026.11.26\":1", &format!("\"2026.11.26\":{suffix}"));
        assert_ne!(odd, fence);
        write_fence(&server, &world, &odd);
        mat.types("tag --again --because two --yes").expect_code(3).says("last suffix");
        let ran = mat.types("check").expect_code(1);
        ran.says(&format!("it names suffixes that nobody gave: {suffix} for “2026.11.26”"));
        let found = mat.types("adopt --dry-run").ok();
        found.says(&format!("has a fence with suffixes that nobody gave: {suffix} for"));
        mat.types("adopt --because damaged --yes").ok().says("✓ this ledger runs the train");
        mat.types("check").ok();
        let told = mat.reads("tag --again --because two --yes");
        assert_eq!(outcomes(&told), "server 2026.11.26-2 published", "none is used again");
        mat.types("verify").ok();
    }
}

#[test]
fn a_take_over_that_one_remote_refuses_tells_which_and_is_finished_by_the_same_command() {
    let Scene { server: _server, web, world } = Scene::new().cut();
    let second = world.elsewhere();
    web.hook("pre-receive", "echo no >&2; exit 1");
    let told = second.hero("mat").reads("adopt --because mine --yes");
    assert_eq!(told["error"]["exit"], 6, "{told}");
    let outcomes: Vec<_> =
        told["repos"].as_array().unwrap().iter().map(|r| &r["outcome"]).collect();
    assert_eq!(outcomes, ["published", "failed"]);
    web.unhook("pre-receive");
    second.hero("mat").types("adopt --because mine --yes").ok();
    second.hero("mat").types("verify").ok();
}

#[test]
fn a_remote_that_cannot_be_asked_leaves_the_proof_incomplete() {
    let (server, world) = cut();
    std::fs::rename(server.path(), server.path().with_extension("away")).unwrap();
    let told = world.hero("mat").reads("verify");
    assert_eq!((&told["chain"], &told["error"]["exit"]), (&"ok".into(), &6.into()), "{told}");
}

#[test]
fn another_team_s_train_of_the_same_name_is_not_taken_for_this_one() {
    let (server, world) = cut();
    let other = Remote::new("server");
    let ours = std::fs::read_to_string(world.config_path()).unwrap();
    std::fs::write(world.config_path(), ours.replace(&server.url(), &other.url())).unwrap();
    for line in ["tag --dry-run", "tag --yes", "tag --again --because more --yes"] {
        world.hero("mat").types(line).expect_code(2).says("another one of that name");
    }
    assert!(tags(&other).is_empty());
    // Remotes that have really moved are taken on by name.
    world.hero("mat").types("adopt --because \"the host has changed\" --yes").ok();
    world.hero("mat").types("tag --yes").ok();
}

#[test]
fn the_log_names_what_a_tag_adds_takes_back_and_drops() {
    let (server, world, [first, second, _]) = crate::pick_order::three_late();
    world.hero("mat").types(&format!("pick {first} {second} --yes")).ok();
    world.hero("mat").types(&format!("pick --drop {second} --yes")).ok();
    world.hero("mat").types(&format!("pick --revert {first} --yes")).ok();
    let ran = world.hero("mat").types("log").ok();
    let told = world.tidy(&ran.stdout);
    let picks: Vec<&str> =
        told.lines().filter_map(|l| Some(l.split_once("is about to ")?.1)).collect();
    insta::assert_snapshot!(picks.join("\n"), @r#"
    tag server 2026.11.26 at [oid]
    tag server 2026.11.26-1 at [oid] with 2 new picks
    tag server 2026.11.26-2 at [oid] dropping [oid] “Fix the second”
    tag server 2026.11.26-3 at [oid] taking back [oid] “Fix the first”
    "#);
    drop(server);
    let (_server, world) = cut();
    world.hero("mat").types("tag --again --because kick --yes").ok();
    let ran = world.hero("mat").types("log").ok();
    ran.says("read what came of that: --again from here on asks for one more tag");
}
