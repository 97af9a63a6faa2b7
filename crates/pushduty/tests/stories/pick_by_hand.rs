//! Conflicts finished by hand: a work tree, exact instructions, and nothing published before it is whole.

use std::path::{Path, PathBuf};

use testkit::{PushDuty, Remote};

use crate::scene::{alone, below, failure, of, outcomes, tags};

/// A cut repository whose main has two commits since that each need what the tag lacks.
pub fn two_conflicts() -> (Remote, PushDuty, [String; 2]) {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "a\n"), ("b", "b\n")], "Begin");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    server.commit_on("main", &[("a", "a, changed\n"), ("b", "b, changed\n")], "Change both");
    let one = server.commit_on("main", &[("a", "a, changed and fixed\n")], "Fix a");
    let two = server.commit_on("main", &[("b", "b, changed and fixed\n")], "Fix b");
    (server, world, [one, two])
}

/// The work tree that an answer names.
fn tree(told: &serde_json::Value) -> PathBuf {
    PathBuf::from(told["dir"].as_str().unwrap_or_else(|| panic!("a work tree is named in {told}")))
}

fn resolves(world: &PushDuty, dir: &Path, file: &str, content: &str) {
    std::fs::write(dir.join(file), content).expect("the work tree is writable");
    world.sealed().git(dir, &["add", file]);
}

#[test]
fn two_conflicts_are_resolved_one_after_the_other() {
    let (server, world, [one, two]) = two_conflicts();
    let mat = world.hero("mat");
    let refs = server.refs();
    let opened = mat.types(&format!("pick {one} {two} --resolve")).ok();
    insta::assert_snapshot!(world.tidy(&opened.stdout), @"
    rehearsal
    A work tree is open at the conflict of [oid] Fix a in server:
      [home]/data/amo/scratch/server-[oid]
        a  contents
    Edit these files until no marker is left; `git add` or `git rm` what has none. Then:
      pushduty pick --continue    or --abort
    ");
    let dir = find_tree(&world);
    let status = mat.types("status").ok();
    status.says(&format!("a conflict of server is being resolved in {}: `pushduty", dir.display()));
    assert!(std::fs::read_to_string(dir.join("a")).unwrap().contains("<<<<<<<"));
    // With markers left nothing goes on.
    let ran = mat.types("pick --continue --yes").expect_code(4);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: “a” still holds conflict markers.
      → edit until no marker is left, then continue.
    ");
    resolves(&world, &dir, "a", "a, fixed\n");
    mat.types("pick --continue --dry-run").expect_code(4).says("refused");
    let next = mat.reads("pick --continue --yes");
    assert_eq!(next["error"]["code"], "conflict", "{next}");
    assert_eq!(next["error"]["exit"], 4, "{next}");
    assert_eq!(server.refs(), refs, "nothing is published while one conflict is open");
    resolves(&world, &tree(&next), "b", "b, fixed\n");
    let told = mat.reads("pick --continue --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, fixed\n");
    assert_eq!(server.show("2026.11.26-1", "b"), "b, fixed\n");
    assert_eq!(
        server.about("2026.11.26-1", "%an %B").trim_end(),
        format!("Ann Author Fix b\n\n(cherry picked from commit {two})")
    );
    let picks = of(&told, "server")["picks"].as_array().unwrap();
    assert_eq!(picks.len(), 2);
    mat.types("status").ok().never_says("being resolved");
    mat.types("verify").ok();
}

/// While a conflict was being resolved, somebody picked something else: what the person made is put on the newer tag.
#[test]
fn a_resolution_outlives_a_tag_made_meanwhile() {
    let (server, world, [one, two]) = two_conflicts();
    let late = server.commit_on("main", &[("c", "c\n")], "Add c");
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    resolves(&world, &find_tree(&world), "a", "a, fixed\n");
    mat.types(&format!("pick {late} --yes")).ok();
    mat.types("pick --continue --dry-run").ok().says("2026.11.26-2");
    let told = mat.reads("pick --continue --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
    assert_eq!(server.show("2026.11.26-2", "a"), "a, fixed\n");
    assert_eq!(server.show("2026.11.26-2", "c"), "c\n");
    let message = format!("Ann Author Fix a\n\n(cherry picked from commit {one})");
    assert_eq!(server.about("2026.11.26-2", "%an %B").trim_end(), message);
    assert!(!server.about("2026.11.26-2", "%B").contains(&two));
    mat.types("verify").ok();
}

/// The newer tag changed the same file: the person goes on from what they made, not from nothing.
#[test]
fn a_resolution_in_conflict_with_a_tag_made_meanwhile_is_what_there_is_to_resolve() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n")], "Begin");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    server.commit_on("main", &[("a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n")], "Change nine");
    let one = server.commit_on("main", &[("a", "1\n2\n3\n4\n5\n6\n7\n8\nNINE\n")], "Fix nine");
    let other = server.commit_on("main", &[("a", "one\n2\n3\n4\n5\n6\n7\n8\nNINE\n")], "Fix one");
    mat.types(&format!("pick {one} --resolve")).ok();
    // The person's fix for the tag touches line 1 too, which the tag made meanwhile changes otherwise.
    resolves(&world, &find_tree(&world), "a", "eins\n2\n3\n4\n5\n6\n7\n8\nnine!\n");
    mat.types(&format!("pick {other} --yes")).ok();
    let next = mat.types("pick --continue --yes").expect_code(4);
    next.says("A tag was made meanwhile; a work tree is open where it conflicts");
    let open = find_tree(&world);
    let mixed = std::fs::read_to_string(open.join("a")).unwrap();
    assert!(mixed.contains("eins") && mixed.contains("one") && mixed.contains("nine!"), "{mixed}");
    resolves(&world, &open, "a", "one, eins\n2\n3\n4\n5\n6\n7\n8\nnine!\n");
    let told = mat.reads("pick --continue --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
    assert!(server.show("2026.11.26-2", "a").contains("nine!"));
    let message = format!("Fix nine\n\n(cherry picked from commit {one})");
    assert_eq!(server.about("2026.11.26-2", "%B").trim_end(), message);
    mat.types("verify").ok();
}

/// The work tree that is open: the one place where files of the repository lie as files.
pub fn find_tree(world: &PushDuty) -> PathBuf {
    let found = below(&world.data_path()).into_iter().find(|path| path.ends_with("README.md"));
    let file = found.expect("a work tree is open");
    file.parent().expect("a file lies in a directory").to_owned()
}

#[test]
fn a_reason_given_on_the_way_is_kept_whenever_it_was_given() {
    let (_server, world, [one, two]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve --because \"logins fail\"")).ok();
    resolves(&world, &find_tree(&world), "a", "a, fixed\n");
    mat.types("pick --continue --yes").ok();
    mat.types("log").ok().says("logins fail");

    mat.types(&format!("pick {two} --resolve --because \"blank pages\"")).ok();
    resolves(&world, &find_tree(&world), "b", "b, fixed\n");
    mat.types("pick --continue --because \"blank forms\" --yes").ok();
    mat.types("log").ok().says("blank forms").never_says("blank pages");
    // What is given when the work tree is opened already stands: there is nothing to change then.
    mat.types("pick --continue --push 2026.11.26").expect_code(2);
    mat.types("pick --abort --because x1").expect_code(2);
}

#[test]
fn a_reason_given_at_one_conflict_holds_for_those_after_it() {
    let (_server, world, [one, two]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} {two} --resolve")).ok();
    resolves(&world, &find_tree(&world), "a", "a, fixed\n");
    mat.types("pick --continue --because \"logins fail\" --yes").expect_code(4);
    resolves(&world, &find_tree(&world), "b", "b, fixed\n");
    mat.types("pick --continue --yes").ok();
    mat.types("log").ok().says("logins fail");
}

#[test]
fn a_conflict_is_dropped_without_a_trace() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    let refs = server.refs();
    mat.types(&format!("pick {one} --resolve")).ok();
    let ran = mat.types("pick --abort --yes").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    The work tree is gone; nothing was published.
    ");
    assert_eq!(server.refs(), refs);
    let ran = mat.types("pick --continue --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ no conflict is being resolved.
      → `pushduty pick --resolve COMMIT` opens one.
    ");
    mat.types("pick --abort").expect_code(3);
}

#[test]
fn what_an_abort_would_drop_is_shown_first() {
    let (server, world, [one, two]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types("pick --abort --dry-run").expect_code(3).says("no conflict is being resolved");
    mat.types(&format!("pick {one} {two} --resolve")).ok();
    resolves(&world, &find_tree(&world), "a", "a, fixed\n");
    mat.types("pick --continue --yes").expect_code(4);
    let dir = find_tree(&world);
    let before = (server.refs(), below(&world.data_path().join("amo/scratch")));
    let ran = mat.types("pick --abort --dry-run").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Would be dropped, with what was changed in it: the work tree at the conflict of [oid] Fix b in server:
      [home]/data/amo/scratch/server-[oid]
      and what was resolved before of [oid] in server
    ");
    let told = mat.reads("pick --abort --dry-run");
    assert_eq!((&told["aborted"], tree(&told)), (&false.into(), dir.clone()));
    assert_eq!(told["resolved"], serde_json::json!([one]));
    assert_eq!((server.refs(), below(&world.data_path().join("amo/scratch"))), before);
    // It goes on as if nothing had been asked.
    resolves(&world, &dir, "b", "b, fixed\n");
    assert_eq!(outcomes(&mat.reads("pick --continue --yes")), "server 2026.11.26-1 published");
}

#[test]
fn an_unreadable_note_is_shown_before_it_is_cleared_away() {
    let (_server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let note = world.data_path().join("amo/scratch/resolve.json");
    std::fs::write(&note, "{").unwrap();
    mat.types("pick --abort --dry-run").ok().says("can't be read");
    assert!(note.exists());
    mat.types("pick --abort --yes").ok();
    assert!(!note.exists());
}

#[test]
fn a_reason_that_an_earlier_version_took_stops_nobody_from_going_on() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    let dir = tree(&mat.reads(&format!("pick {one} --resolve")));
    resolves(&world, &dir, "a", "a, by hand\n");
    let note = world.data_path().join("amo/scratch/resolve.json");
    let kept = std::fs::read(&note).expect("the note is there");
    let mut kept: serde_json::Value = serde_json::from_slice(&kept).expect("it is a document");
    kept["wish"]["because"] = format!("login is\nbroken {}", "x".repeat(2_000)).into();
    std::fs::write(&note, kept.to_string()).expect("it is ours");
    mat.types("status").ok().says("a conflict of server is being resolved");
    assert_eq!(outcomes(&mat.reads("pick --continue --yes")), "server 2026.11.26-1 published");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, by hand\n");
}

#[test]
fn files_without_markers_are_taken_without_git_add_and_the_others_are_named() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "a\n"), ("b", "b\n")], "Begin");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    server.commit_on("main", &[("a", "a, changed\n"), ("b", "b, changed\n")], "Change both");
    let fix = server.commit_on("main", &[("a", "a, fixed\n"), ("b", "b, fixed\n")], "Fix both");
    let opened = mat.reads(&format!("pick {fix} --resolve"));
    let dir = tree(&opened);
    std::fs::write(dir.join("a"), "a, by hand\n").unwrap();
    let ran = mat.types("pick --continue --yes").expect_code(4);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: “b” still holds conflict markers.
      → edit until no marker is left, then continue.
    ");
    std::fs::write(dir.join("b"), "b, by hand\n").unwrap();
    assert_eq!(outcomes(&mat.reads("pick --continue --yes")), "server 2026.11.26-1 published");
    assert_eq!(server.show("2026.11.26-1", "a"), "a, by hand\n");
    assert_eq!(server.show("2026.11.26-1", "b"), "b, by hand\n");
}

#[test]
fn a_revert_that_conflicts_is_told_as_a_revert() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "good\n")], "Begin");
    let bad = server.commit_on("main", &[("a", "bad\n")], "Change a");
    server.commit_on("main", &[("a", "bad and built on\n")], "Build on it");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let ran = mat.types(&format!("pick --revert {bad} --yes")).expect_code(4);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] “Change a” can't be taken back: what it changed was changed again in “a”.
      → take back what came after it as well, or finish by hand with --resolve.
    ");
    assert!(!ran.stdout.contains("commits on main that touch"), "{ran}");
    let opened = mat.types(&format!("pick --revert {bad} --resolve")).ok();
    opened.says("at the conflict of taking back");
    std::fs::write(find_tree(&world).join("a"), "good again\n").unwrap();
    mat.types("pick --continue --yes").ok();
    assert_eq!(server.show("2026.11.26-1", "a"), "good again\n");
}

#[test]
fn markers_that_were_added_are_no_resolution() {
    let (server, world, [one, _]) = two_conflicts();
    let mat = world.hero("mat");
    mat.types(&format!("pick {one} --resolve")).ok();
    let dir = find_tree(&world);
    let raw = std::fs::read_to_string(dir.join("a")).unwrap();
    resolves(&world, &dir, "a", &raw);
    mat.types("pick --continue --yes").expect_code(4);
    assert_eq!(tags(&server), ["2026.11.26"]);
}

#[test]
fn nothing_to_resolve_is_said() {
    let (server, world, _) = two_conflicts();
    let fine = server.commit_on("main", &[("c", "c")], "Add c");
    let ran = world.hero("mat").types(&format!("pick {fine} --resolve")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Everything applies; run the same command without --resolve.
    ");
    assert_eq!(tags(&server), ["2026.11.26"]);
}

#[test]
fn what_was_resolved_by_hand_is_published_after_a_yes_to_its_plan_alone() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "a\n")], "Begin");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    server.commit_on("main", &[("a", "a, changed\n")], "Change a");
    let fix = server.commit_on("main", &[("a", "a, changed and fixed\n")], "Fix a");
    let opened = mat.runs(&["pick", &fix, "--resolve", "--json"]).ok().json();
    let dir = PathBuf::from(opened["dir"].as_str().expect("a work tree is named"));
    std::fs::write(dir.join("a"), "a, fixed\n").expect("the work tree is writable");
    world.sealed().git(&dir, &["add", "a"]);
    let before = server.refs();
    let plan = mat.reads("pick --continue --dry-run");
    mat.types("pick --continue").expect_code(2);
    mat.types("pick --continue --yes --if 0123456789abcdef").expect_code(5);
    mat.types("pick --abort").expect_code(2);
    assert_eq!(server.refs(), before, "nothing is published by that");
    let digest = plan["digest"].as_str().expect("a plan has a digest");
    mat.types(&format!("pick --continue --yes --if {digest}")).ok();
    assert!(server.tags().contains_key("2026.11.26-1"));
}
