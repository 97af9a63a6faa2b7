//! P1: security's main never gets from us what upstream's lacks, whoever else pushes and whenever we are killed.

use crate::stage::{Gate, Stage, TUESDAY, has};

const MERGE: [&str; 3] = ["security", "merge", "--yes"];

#[test]
fn a_merge_goes_to_upstream_and_then_to_security() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let order = stage.upstream.path().join("order");
    for remote in [&stage.upstream, &stage.twin] {
        let say =
            format!("grep -q refs/heads/main && echo {} >> {}", remote.name(), order.display());
        remote.hook("post-receive", &say);
    }
    let done = stage.hana().json(&MERGE);
    assert_eq!(done["repos"][0]["outcome"], "published");
    assert_eq!(done["repos"][0]["commit"], stage.upstream.oid("main"));
    assert!(stage.is_public(&fix));
    assert_eq!(std::fs::read_to_string(order).unwrap(), "server\nserver-security\n");
    stage.in_step();
    let subject = stage.upstream.about("main", "%B");
    assert!(!subject.contains("escape"), "the merge's message names nothing: {subject}");
    stage.world.run(&["verify"]).ok();
}

#[test]
fn a_merge_by_button_on_the_twin_stops_tag_and_merge_and_can_be_published() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let secret = stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    let before = (stage.upstream.refs(), stage.twin.refs());
    let told = stage.hana().runs(&["tag", "--yes", "--json"]).expect_code(4);
    assert_eq!(told.json()["error"]["code"], "diverged");
    let told = stage.hana().runs(&["security", "merge", "--yes", "--json"]).expect_code(4);
    assert_eq!(told.json()["error"]["code"], "diverged");
    assert!(told.json()["error"]["hint"].as_str().unwrap().contains("security repair"));
    stage.hana().runs(&["security", "sync", "--yes"]).expect_code(4);
    assert_eq!(before, (stage.upstream.refs(), stage.twin.refs()), "nothing moved anywhere");

    stage.iris().runs(&["security", "repair", "--publish", "--yes"]).ok();
    assert!(stage.is_public(&secret));
    stage.in_step();
    stage.hana().runs(&MERGE).ok();
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.in_step();
}

#[test]
fn a_repair_is_read_first_and_bound_to_what_was_read() {
    let stage = Stage::new();
    assert_eq!(stage.iris().json(&["security", "repair"])["repos"], serde_json::json!([]));
    stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    let before = (stage.upstream.refs(), stage.twin.refs());
    let told = stage.iris().runs(&["security", "repair"]).ok();
    insta::assert_snapshot!(stage.world.tidy(&told.stdout), @"
    rehearsal
    ✗ diverged  server: security's main is at [oid] and has 1 commit that upstream lacks.

     hot.py | 1 +
     1 file changed, 1 insertion(+)

    diff --git a/hot.py b/hot.py
    new file mode 100644
    index [oid]..[oid]
    --- /dev/null
    +++ b/hot.py
    @@ -0,0 +1 @@
    +hot = 1

      pushduty security repair --repo server --publish           merges it into upstream: public from then on
      pushduty security repair --repo server --set-aside BRANCH  keeps it as a branch there; an admin resets main
    plan [oid]
    ");
    let plan = stage.iris().json(&["security", "repair", "--publish", "--dry-run"]);
    let digest = plan["digest"].as_str().expect("a digest").to_owned();
    assert_eq!(before, (stage.upstream.refs(), stage.twin.refs()), "nothing moved anywhere");

    stage.twin.commit_on("main", &[("hotter.py", "hot = 2\n")], "Merge by button again");
    let publish = ["security", "repair", "--publish", "--yes", "--if", &digest];
    stage.iris().runs(&publish).expect_code(5);
    let aside = ["security", "repair", "--set-aside", "aside", "--yes", "--if", &digest];
    stage.iris().runs(&aside).expect_code(5);
    let plan = stage.iris().json(&["security", "repair", "--publish", "--dry-run"]);
    let digest = plan["digest"].as_str().expect("a digest");
    stage.iris().runs(&["security", "repair", "--publish", "--yes", "--if", digest]).ok();
    stage.in_step();
}

#[test]
fn what_only_security_has_can_be_set_aside_and_an_admin_resets_main() {
    let stage = Stage::new();
    let secret = stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    let args = ["security", "repair", "--set-aside", "aside", "--yes"];
    let told = stage.iris().json(&args);
    assert_eq!(stage.twin.oid("refs/heads/aside"), secret);
    assert_eq!(stage.twin.oid("main"), secret, "we never reset it ourselves");
    stage.never_forced();
    // Until an admin does so, the train is stopped.
    stage.hana().runs(&["tag", "--yes"]).expect_code(4);

    // The one command that it prints does it, run as it stands by whoever may.
    stage.twin.unhook("update");
    let command = told["command"].as_str().unwrap();
    let store = stage.upstream.path();
    let mut admin = stage.world.sealed().command("sh");
    let admin = admin.current_dir(store).args(["-c", command]).output().unwrap();
    let words = String::from_utf8_lossy(&admin.stderr).into_owned();
    assert!(admin.status.success(), "{command} works: {words}");
    assert!(!stage.is_public(&secret));
    stage.in_step();
    stage.hana().runs(&["tag", "--yes"]).ok();
    assert_eq!(stage.listed()["branches"][0]["branch"], "aside");
}

#[test]
fn how_main_is_reset_is_shown_only_once_what_it_has_is_kept() {
    let stage = Stage::new();
    let secret = stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    let aside = ["security", "repair", "--set-aside", "aside", "--yes"];
    let fails = |code: i32| {
        let told = stage.iris().runs(&aside).expect_code(code);
        assert!(
            !format!("{}{}", told.stdout, told.stderr).contains("--force-with-lease"),
            "{told}"
        );
        assert_ne!(stage.twin.find("refs/heads/aside"), Some(secret.clone()));
        told
    };
    stage.twin.hook("pre-receive", "exit 1");
    fails(1);
    // Somebody makes the branch after our look.
    let taken = format!("elsewhere {} update-ref refs/heads/aside main^", stage.twin.url());
    stage.hook_with_button(&stage.twin, "pre-receive", &taken);
    fails(5).says("name another branch: --set-aside BRANCH");
    stage.twin.git(&["update-ref", "-d", "refs/heads/aside"]);
    // The remote dies before it says anything.
    stage.twin.hook("pre-receive", "kill -9 $PPID");
    fails(6);
    stage.twin.unhook("pre-receive");
    stage.iris().runs(&aside).ok().says("--force-with-lease");
    assert_eq!(stage.twin.oid("refs/heads/aside"), secret);
    stage.iris().runs(&aside).ok().says("--force-with-lease");
}

#[test]
fn nothing_is_set_aside_as_main_nor_where_another_branch_is() {
    let stage = Stage::new();
    stage.fix("escape");
    stage.twin.branch("kept/old", "main");
    let secret = stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    let before = stage.twin.refs();
    for (branch, code, words) in [
        ("main", 2, "“main” is the branch that ships: it is reset."),
        ("escape", 3, "the security remote has a branch “escape” already."),
        ("kept", 3, "the security remote has a branch “kept/old” already."),
    ] {
        let aside = ["security", "repair", "--set-aside", branch];
        for more in ["--dry-run", "--yes"] {
            let told = stage.iris().runs(&[&aside[..], &[more]].concat()).expect_code(code);
            told.says(words).says("name another branch: --set-aside BRANCH");
        }
    }
    assert_eq!(stage.twin.refs(), before);
    assert_eq!(stage.iris().json(&["status"])["unsettled"], serde_json::json!([]));
    stage.iris().runs(&["security", "repair", "--set-aside", "aside", "--yes"]).ok();
    assert_eq!(stage.twin.oid("refs/heads/aside"), secret);
}

#[test]
fn what_was_to_be_set_aside_as_what_is_main_now_is_settled_by_main() {
    let stage = Stage::new();
    let secret = stage.twin.commit_on("main", &[("hot.py", "hot = 1\n")], "Merge by button");
    stage.twin.hook("pre-receive", "kill -9 $PPID");
    stage.iris().runs(&["security", "repair", "--set-aside", "trunk", "--yes"]).expect_code(6);
    stage.twin.unhook("pre-receive");
    // Both rename their main, to the very name that was to be kept.
    for remote in [&stage.upstream, &stage.twin] {
        remote.branch("trunk", "main");
        remote.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
        remote.git(&["update-ref", "-d", "refs/heads/main"]);
    }
    let aside = ["security", "repair", "--set-aside", "aside", "--yes"];
    stage.iris().runs(&aside).ok().says("--force-with-lease=trunk:");
    assert_eq!(stage.twin.oid("refs/heads/aside"), secret);
    assert_eq!(stage.iris().json(&["status"])["unsettled"], serde_json::json!([]));
}

#[test]
fn a_merge_by_button_between_our_two_pushes_is_seen_and_stops_the_second() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let button = format!("[ -e once ] || button {} 'By button'\ntouch once", stage.twin.url());
    stage.hook_with_button(&stage.upstream, "post-receive", &button);
    let before = stage.twin.oid("main");
    let told = stage.hana().runs(&["security", "merge", "--yes", "--json"]).expect_code(4);
    assert_eq!(told.json()["error"]["code"], "diverged");
    assert!(stage.is_public(&fix), "the first push was done");
    assert!(!has(&stage.twin, &fix), "the second was not");
    assert_eq!(stage.twin.oid("main^"), before);

    stage.hana().runs(&["tag", "--yes"]).expect_code(4);
    stage.iris().runs(&["security", "repair", "--publish", "--yes"]).ok();
    stage.in_step();
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.world.run(&["verify"]).ok();
}

#[test]
fn a_merge_by_button_within_our_second_push_is_not_overwritten() {
    let stage = Stage::new();
    stage.reviewed("escape");
    // After our look at the twin, before its refs move: the remote's compare-and-swap is all there is.
    let button = format!("[ -e once ] || button {} 'By button'\ntouch once", stage.twin.url());
    stage.hook_with_button(&stage.twin, "pre-receive", &button);
    let told = stage.hana().runs(&MERGE);
    assert_ne!(told.code, 0, "{told}");
    assert_eq!(stage.twin.log("main")[0], "By button");
    stage.hana().runs(&["tag", "--yes"]).expect_code(4);
    stage.never_forced();
    stage.iris().runs(&["security", "repair", "--publish", "--yes"]).ok();
    stage.in_step();
}

#[test]
fn the_progress_of_a_merge_tells_its_two_pushes_apart() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let told = stage.hana().runs(&MERGE).ok().stderr;
    let pushes: Vec<&str> = told.lines().filter(|line| line.contains("pushing")).collect();
    let security = "server: pushing main to the security remote";
    assert_eq!(pushes, ["server: pushing main to upstream", security], "{told}");
}

#[test]
fn killed_between_the_two_pushes_the_next_command_finishes_the_second() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let gate = Gate::on(&stage.upstream, "post-receive", "");
    let mut merging = stage.hana().starts(&MERGE);
    gate.reached(&mut merging);
    merging.kill();
    gate.open();
    assert_eq!(merging.wait().code, -9);
    assert!(stage.is_public(&fix));
    assert!(!has(&stage.twin, &fix), "the second push never began");
    stage.upstream.unhook("post-receive");
    stage.hana().runs(&["tag", "--yes"]).ok();
    stage.in_step();
    assert!(has(&stage.twin, &fix));
    stage.world.run(&["verify"]).ok();
}

#[test]
fn a_repair_killed_between_its_two_pushes_tells_that_the_second_is_due_and_makes_it() {
    let stage = Stage::new();
    let button = stage.twin.commit_on("main", &[("button.py", "x\n")], "By button");
    let gate = Gate::on(&stage.upstream, "post-receive", "");
    let repair = ["security", "repair", "--publish", "--yes"];
    let mut repairing = stage.iris().starts(&repair);
    gate.reached(&mut repairing);
    repairing.kill();
    gate.open();
    repairing.wait();
    stage.upstream.unhook("post-receive");
    assert!(stage.is_public(&button) && !has(&stage.twin, &stage.upstream.oid("main")));
    for way in [&["--publish"][..], &["--set-aside", "kept"], &[]] {
        let dry = stage.iris().runs(&[&["security", "repair", "--dry-run"], way].concat()).ok();
        dry.says("The second push is due");
        let args = [&["security", "repair"], way].concat();
        stage.iris().runs(&args).expect_code(2).says("The second push is due");
    }
    let planned = stage.iris().json(&["security", "repair", "--dry-run"]);
    assert_eq!(planned["repos"][0]["commit"], stage.upstream.oid("main").as_str());
    stage.iris().runs(&["security", "repair", "--yes"]).ok().says("✓ done");
    stage.in_step();
    let told = stage.iris().runs(&["security", "repair", "--yes"]).ok();
    told.says("Nothing to do");
    stage.world.run(&["verify"]).ok();
}

#[test]
fn killed_within_the_second_push_which_fails_the_next_command_pushes_again() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let gate = Gate::on(&stage.twin, "pre-receive", "exit 1");
    let mut merging = stage.hana().starts(&MERGE);
    gate.reached(&mut merging);
    merging.kill();
    gate.open();
    assert_eq!(merging.wait().code, -9);
    stage.twin.unhook("pre-receive");
    stage.hana().runs(&["security", "sync", "--yes"]).ok();
    assert!(has(&stage.twin, &fix));
    stage.in_step();
    assert_eq!(stage.listed()["in_sync"], true);
}

#[test]
fn killed_within_the_second_push_which_lands_the_next_command_finds_it_done() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let gate = Gate::on(&stage.twin, "pre-receive", "exit 0");
    let mut merging = stage.hana().starts(&MERGE);
    gate.reached(&mut merging);
    merging.kill();
    gate.open();
    assert_eq!(merging.wait().code, -9);
    // The orphaned push holds the train's lock until it has ended: the next command waits for it.
    stage.hana().runs(&["tag", "--yes"]).ok();
    assert!(has(&stage.twin, &fix));
    stage.in_step();
    stage.world.run(&["verify"]).ok();
}

#[test]
fn a_lost_race_on_upstream_is_fetched_and_merged_again() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let rival =
        format!("[ -e once ] || button {} 'Merge a feature'\ntouch once", stage.upstream.url());
    stage.hook_with_button(&stage.upstream, "pre-receive", &rival);
    let done = stage.hana().json(&MERGE);
    assert_eq!(done["repos"][0]["outcome"], "published");
    assert!(stage.is_public(&fix));
    let log = stage.upstream.log("main");
    assert!(log.contains(&"Merge a feature".to_owned()), "{log:?}");
    assert_eq!(stage.upstream.about("main", "%s"), "Merge security fixes for amo");
    stage.in_step();
}

#[test]
fn a_race_lost_again_and_again_ends_with_5_and_nothing_published() {
    let stage = Stage::new();
    let fix = stage.reviewed("escape");
    let rival = format!("button {} 'Merge a feature'", stage.upstream.url());
    stage.hook_with_button(&stage.upstream, "pre-receive", &rival);
    stage.hana().runs(&MERGE).expect_code(5);
    assert!(!stage.is_public(&fix));
    assert!(stage.twin.find("main").is_some_and(|main| main != fix));
    stage.upstream.unhook("pre-receive");
    stage.hana().runs(&MERGE).ok();
    stage.in_step();
}

#[test]
fn upstream_that_refuses_the_merge_leaves_both_as_they_were() {
    let stage = Stage::new();
    stage.reviewed("escape");
    let before = (stage.upstream.refs(), stage.twin.refs());
    stage.upstream.hook("pre-receive", "echo 'main is protected' >&2; exit 1");
    stage.hana().runs(&MERGE).expect_code(1);
    assert_eq!(before, (stage.upstream.refs(), stage.twin.refs()));
    stage.upstream.unhook("pre-receive");
    stage.hana().runs(&MERGE).ok();
    stage.in_step();
}

#[test]
fn a_conflict_with_main_is_told_and_nothing_is_merged() {
    let stage = Stage::new();
    stage.fix_file("clash", "form.py", "form = 2\n");
    stage.approve(1);
    stage.upstream.commit_on("main", &[("form.py", "form = 3\n")], "Change the form");
    let before = stage.upstream.refs();
    let ran = stage.hana().runs(&MERGE).expect_code(4);
    ran.says("branch 1 does not merge into main: “form.py”").never_says("clash");
    assert_eq!(before, stage.upstream.refs());
}

#[test]
fn security_follows_upstream_all_week() {
    let stage = Stage::new();
    for (day, subject) in [
        ("2026-11-20T09:00:00Z", "Friday"),
        ("2026-11-21T09:00:00Z", "Saturday"),
        (TUESDAY, "Tuesday"),
        ("2026-11-26T12:00:00Z", "Thursday"),
    ] {
        stage.upstream.commit_on("main", &[("day.txt", subject)], subject);
        stage.world.at(day);
        assert_eq!(stage.listed()["in_sync"], false);
        let done = stage.iris().json(&["security", "sync", "--yes"]);
        assert_eq!(done["repos"][0]["outcome"], "published", "{done}");
        stage.in_step();
        assert_eq!(stage.listed()["in_sync"], true);
    }
    let done = stage.iris().json(&["security", "sync", "--yes"]);
    assert_eq!(done["repos"].as_array().map(Vec::len), Some(0), "nothing to do: {done}");
}
