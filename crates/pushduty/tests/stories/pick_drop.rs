//! A tag made again without a pick loses that pick and nothing else (P6).

use testkit::Remote;

use crate::pick_order::three_late;
use crate::scene::{alone, failure, outcomes};

#[test]
fn what_main_brought_by_a_second_cut_stays() {
    let (server, world, _) = three_late();
    let mat = world.hero("mat");
    mat.types("tag --again --because \"main again\" --yes").ok();
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    mat.types(&format!("pick --drop {late} --yes")).ok().says("“Arrive late” is left out");
    assert_eq!(server.commit_of("2026.11.26-3"), server.commit_of("2026.11.26-1"));
    // What the tag has of main is no pick of it, whichever tag of the push had it as one.
    let told = mat.reads("tag --again --because \"all of main\" --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-4 published");
    let ran = mat.types(&format!("pick --drop {late} --yes")).expect_code(2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] is no pick of this tag.
      → `pushduty status` lists its picks; --revert takes back a commit of main.
    ");
}

#[test]
fn what_main_brought_by_a_tag_made_by_hand_stays() {
    let (server, world, _) = three_late();
    let mat = world.hero("mat");
    server.tag("2026.11.26-1", "main");
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    mat.types(&format!("pick --drop {late} --yes")).ok();
    assert_eq!(server.commit_of("2026.11.26-3"), server.commit_of("2026.11.26-1"));
}

#[test]
fn a_pick_of_the_first_tag_is_dropped_like_any_other() {
    let server = Remote::tagged("server");
    let world = alone(&server);
    let mat = world.hero("mat");
    let [one, two, three] = ["one", "two", "three"]
        .map(|name| server.commit_on("main", &[(name, name)], &format!("Add {name}")));
    mat.types(&format!("tag --from server:2026.11.19 --pick server:{one} --pick {two} --yes")).ok();
    mat.types(&format!("pick --push 2026.11.26 {three} --yes")).ok();
    let newest = || crate::scene::tags(&server).last().cloned().unwrap_or_default();
    let line = format!("pick --push 2026.11.26 --drop {two} --yes");
    mat.types(&line).ok().says("“Add two” is left out");
    assert_eq!(server.files(&newest()), ["README.md", "one", "three"]);
    let again = mat.types(&line).ok();
    assert!(again.stdout.contains("nothing to do"), "{again}");
    mat.types(&format!("pick --push 2026.11.26 --drop {one} --drop {three} --yes")).ok();
    assert_eq!(server.commit_of(&newest()), server.commit_of("2026.11.19"));
}

#[test]
fn main_merged_into_a_tag_by_hand_stays_and_so_does_what_only_the_merge_has() {
    let (server, world, [first, ..]) = three_late();
    let mat = world.hero("mat");
    server.branch("hot", "2026.11.26");
    let hot = server.commit_on("hot", &[("hot", "hot")], "Put the fire out");
    mat.types(&format!("pick {first} {hot} --off-main --yes")).ok();
    server.branch("hand", "2026.11.26-1");
    let merged = server.merge_on("hand", "main", "Merge main");
    server.tag("2026.11.26-2", &merged);

    // Main has brought this one as well.
    mat.types(&format!("pick --drop {first} --yes")).expect_code(2);
    mat.types(&format!("pick --drop {hot} --yes")).ok();
    assert_eq!(server.commit_of("2026.11.26-3"), server.commit_of("main"));

    server.commit_on("hand", &[("own", "own")], "What the merge did besides");
    let (ours, main) = (server.commit_of("2026.11.26-1"), server.commit_of("main"));
    let args = ["commit-tree", "hand^{tree}", "-p", &ours, "-p", &main, "-m", "Merge main"];
    let own = server.git(&args);
    server.tag("2026.11.26-4", &own);
    let ran = mat.types(&format!("pick --drop {hot} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: the tag has merges that hold more than its picks, which a tag made again without them would lose.
      → --revert COMMIT takes a pick back and keeps all else.
    ");
    mat.types(&format!("pick --revert {hot} --yes")).ok();
    assert_eq!(server.files("2026.11.26-5"), ["README.md", "first", "own", "second", "third"]);
}

#[test]
fn a_pick_that_was_taken_back_and_picked_again_holds_up_no_cut() {
    let (server, world, [first, ..]) = three_late();
    let mat = world.hero("mat");
    for line in ["", "--revert ", ""] {
        mat.types(&format!("pick {line}{first} --yes")).ok();
    }
    assert_eq!(server.files("2026.11.26-3"), ["README.md", "first"]);
    world.at("2026-12-01T09:00:00Z");
    let told = mat.reads("tag --push 2026.12.03 --yes");
    assert_eq!(outcomes(&told), "server 2026.12.03 published");
}

/// Two late fixes on the tag, of which the second was taken back there: each names what its commit was picked from.
fn taken_back() -> (Remote, testkit::PushDuty, [String; 2]) {
    let (server, world, [first, second, _]) = three_late();
    for line in [&second, &first, &format!("--revert {first}")] {
        world.hero("mat").types(&format!("pick {line} --yes")).ok();
    }
    (server, world, [first, second])
}

#[test]
fn a_revert_on_a_tag_made_again_takes_back_what_that_tag_has() {
    let (server, world, [first, second]) = taken_back();
    let mat = world.hero("mat");
    mat.types(&format!("pick --drop {second} --yes")).ok();
    assert_eq!(server.files("2026.11.26-4"), ["README.md"]);
    let names = format!("This reverts commit {}.", server.oid("2026.11.26-4^{commit}~1"));
    assert!(server.about("2026.11.26-4", "%B").contains(&names), "{}", server.graph());
    mat.types(&format!("pick {first} --yes")).ok().says("reverted there; it is picked again");
    assert_eq!(server.files("2026.11.26-5"), ["README.md", "first"]);
}

#[test]
fn what_was_picked_twice_on_a_tag_made_again_is_told_as_it_was() {
    let (server, world, [first, second]) = taken_back();
    let mat = world.hero("mat");
    mat.types(&format!("pick {first} --yes")).ok();
    mat.types(&format!("pick --drop {second} --yes")).ok();
    let told = mat.reads("status");
    let picks = crate::scene::of(&told, "server")["picks"].as_array().unwrap();
    let tags: Vec<_> = picks.iter().map(|p| p["tag"].as_str().unwrap()).collect();
    assert_eq!(tags, ["2026.11.26-2", "2026.11.26-3", "2026.11.26-4"], "{told}");
    assert_eq!(picks[1]["commit"], picks[0]["as"], "{told}");
    mat.types("verify").ok();
    mat.types(&format!("pick --revert {first} --yes")).ok();
    assert_eq!(server.files("2026.11.26-6"), ["README.md"]);
    mat.types(&format!("pick {first} --yes")).ok();
    world.at("2026-12-01T09:00:00Z");
    let told = mat.reads("tag --push 2026.12.03 --yes");
    assert_eq!(outcomes(&told), "server 2026.12.03 published");
}

#[test]
fn a_revert_that_names_a_commit_of_an_older_tag_goes_by_what_that_was_picked_from() {
    let (server, world, [first, _]) = taken_back();
    let mat = world.hero("mat");
    let old = server.oid("2026.11.26-2^{commit}");
    let picked = format!("Fix the first\n\n(cherry picked from commit {first})\n");
    let draft = server.commit("by-hand").from("2026.11.26").file("first", "first");
    draft.message(picked.as_bytes()).make();
    let reverts = format!("Revert \"Fix the first\"\n\nThis reverts commit {old}.\n");
    let made = server.commit("by-hand").delete("first").message(reverts.as_bytes()).make();
    server.tag("2026.11.26-4", &made);
    server.delete_ref("refs/heads/by-hand");
    mat.types(&format!("pick {first} --yes")).ok().says("reverted there; it is picked again");
    assert_eq!(server.files("2026.11.26-5"), ["README.md", "first"]);
    let told = mat.reads("status");
    let picks = crate::scene::of(&told, "server")["picks"].as_array().unwrap();
    assert_eq!(picks[1]["commit"], picks[0]["as"], "{told}");
    world.at("2026-12-01T09:00:00Z");
    let told = mat.reads("tag --push 2026.12.03 --yes");
    assert_eq!(outcomes(&told), "server 2026.12.03 published");
}

#[test]
fn what_was_picked_again_is_taken_back_again() {
    let (server, world, [first, _]) = taken_back();
    let mat = world.hero("mat");
    mat.types(&format!("pick {first} --yes")).ok();
    assert_eq!(server.files("2026.11.26-4"), ["README.md", "first", "second"]);
    let line = format!("pick --revert {first} --yes");
    mat.types(&line).ok();
    assert_eq!(server.files("2026.11.26-5"), ["README.md", "second"]);
    assert_eq!(outcomes(&mat.reads(&line)), "server 2026.11.26-5 skipped");
}
