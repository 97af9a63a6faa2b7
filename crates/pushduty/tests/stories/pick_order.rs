//! Picks are faithful (P5): which commits, in which order, and what comes along with them.

use testkit::{PushDuty, Remote};

use crate::scene::{Scene, alone, failure, of, outcomes, tags};

/// A repository that is cut, and three commits on main since.
pub fn three_late() -> (Remote, PushDuty, [String; 3]) {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let late = ["first", "second", "third"]
        .map(|name| server.commit_on("main", &[(name, name)], &format!("Fix the {name}")));
    (server, world, late)
}

#[test]
fn commits_go_on_in_mains_order_and_it_is_said() {
    let (server, world, [first, second, _]) = three_late();
    let ran = world.hero("mat").types(&format!("pick {second} {first} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ✓ published  server  2026.11.26-1  [oid]  a first push
          + [oid] Fix the first (Ann Author)
          + [oid] Fix the second (Ann Author)

      ◆ server: the commits are taken in the order of main, not in the order given.
    ");
    insta::assert_snapshot!(server.graph(), @"
    * Fix the second (2026.11.26-1)
    * Fix the first
    | * Fix the third (main)
    | * Fix the second
    | * Fix the first
    |/
    * Start (2026.11.26)
    ");
    assert_eq!(
        server.about("2026.11.26-1", "%B"),
        format!("Fix the second\n\n(cherry picked from commit {second})")
    );
}

#[test]
fn an_earlier_pick_keeps_its_place() {
    let (server, world, [first, second, third]) = three_late();
    world.hero("mat").types(&format!("pick {second} --yes")).ok();
    world.hero("mat").types(&format!("pick {first} {third} --yes")).ok();
    assert_eq!(
        server.log("2026.11.26..2026.11.26-2"),
        ["Fix the third", "Fix the first", "Fix the second"]
    );
    let status = world.hero("mat").reads("status");
    let picks = of(&status, "server")["picks"].as_array().unwrap();
    let tags: Vec<_> = picks.iter().map(|p| p["tag"].as_str().unwrap()).collect();
    assert_eq!(tags, ["2026.11.26-1", "2026.11.26-2", "2026.11.26-2"]);
}

#[test]
fn a_dry_run_and_a_missing_yes_change_nothing() {
    let (server, world, [first, ..]) = three_late();
    let before = crate::scene::everything(&world, &[&server]);
    let ran = world.hero("mat").types(&format!("pick --dry-run {first}")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ○ planned  server  2026.11.26-1  [oid]  a first push
          + [oid] Fix the first (Ann Author)

    plan [oid]
    ");
    world.hero("mat").types(&format!("pick {first}")).expect_code(2);
    assert_eq!(crate::scene::everything(&world, &[&server]), before);
}

#[test]
fn a_merge_commit_is_refused_with_its_own_commits_named() {
    let (server, world, _) = three_late();
    server.branch("topic", "main");
    let one = server.commit_on("topic", &[("one", "1")], "Part one");
    server.commit_on("topic", &[("two", "2")], "Part two");
    let merge = server.merge_on("main", "topic", "Merge topic");
    let ran = world.hero("mat").types(&format!("pick {merge} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] is a merge commit, and those can't be picked.
      → pick its own commits: [oid] “Part one”, [oid] “Part two”.
    ");
    assert!(ran.stderr.contains(&one[..10]), "{ran}");
    assert_eq!(tags(&server), ["2026.11.26"]);

    let told = world.hero("mat").reads(&format!("pick {}..{merge} --yes", server.oid("main~1")));
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    assert_eq!(server.log("2026.11.26..2026.11.26-1"), ["Part two", "Part one"]);
}

#[test]
fn a_range_goes_on_whole() {
    let (server, world, [_, _, third]) = three_late();
    world
        .hero("mat")
        .types(&format!("pick {}..{third} --yes", server.oid("2026.11.26^{commit}")))
        .ok();
    assert_eq!(
        server.log("2026.11.26..2026.11.26-1"),
        ["Fix the third", "Fix the second", "Fix the first"]
    );
    assert_eq!(server.tree("2026.11.26-1"), server.tree("main"));
}

#[test]
fn what_the_tag_has_is_said_and_skipped() {
    let (server, world, [first, second, _]) = three_late();
    world.hero("mat").types(&format!("pick {first} --yes")).ok();
    let ran = world.hero("mat").types(&format!("pick {first} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      – nothing to do  server  2026.11.26-1  [oid]  a first push
          = [oid] is on the tag already
    ");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1"]);
    let told = world.hero("mat").reads(&format!("pick {first} {second} --yes"));
    assert_eq!(of(&told, "server")["contained"], serde_json::json!([first]));
    assert_eq!(server.log("2026.11.26-1..2026.11.26-2"), ["Fix the second"]);
}

#[test]
fn a_pick_that_was_reverted_on_the_tag_is_told_and_picked_again() {
    let (server, world, [first, ..]) = three_late();
    world.hero("mat").types(&format!("pick {first} --yes")).ok();
    let ran = world.hero("mat").types(&format!("pick --revert {first} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @r#"
    rehearsal
    Pick onto 2026.11.26

      ✓ published  server  2026.11.26-2  [oid]  a first push
          − [oid] Revert "Fix the first" (of Ann Author, taken back by mat)
    "#);
    assert_eq!(server.tree("2026.11.26-2"), server.tree("2026.11.26"));
    let ran = world.hero("mat").types(&format!("pick {first} --yes")).ok();
    ran.says("reverted there");
    assert_eq!(server.tree("2026.11.26-3"), server.tree("2026.11.26-1"));
}

#[test]
fn dropping_a_pick_makes_the_tag_again_without_it() {
    let (server, world, [first, second, third]) = three_late();
    world.hero("mat").types(&format!("pick {first} {second} {third} --yes")).ok();
    let before = server.about("2026.11.26-1", "%B");
    let ran = world.hero("mat").types(&format!("pick --drop {second} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ✓ published  server  2026.11.26-2  [oid]  a first push

      ◆ server: [oid] “Fix the second” is left out.
    ");
    insta::assert_snapshot!(server.graph(), @"
    * Fix the third (2026.11.26-1)
    * Fix the second
    | * Fix the third (2026.11.26-2)
    |/
    * Fix the first
    | * Fix the third (main)
    | * Fix the second
    | * Fix the first
    |/
    * Start (2026.11.26)
    ");
    assert_eq!(server.about("2026.11.26-2", "%B"), before, "the message is kept byte for byte");
    // The same again has nothing to do; what the push never had can't be dropped.
    let ran = world.hero("mat").types(&format!("pick --drop {second} --yes")).ok();
    assert!(ran.stdout.contains("nothing to do  server  2026.11.26-2"), "{ran}");
    let stray = server.commit_on("main", &[("stray", "1")], "Stray");
    let ran = world.hero("mat").types(&format!("pick --drop {stray} --yes")).expect_code(2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] is no pick of this tag.
      → `pushduty status` lists its picks; --revert takes back a commit of main.
    ");
}

#[test]
fn a_commit_of_main_is_taken_back_on_the_tag_only() {
    let server = Remote::new("server");
    let bad = server.commit_on("main", &[("bad", "bad")], "Break the form");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types(&format!("pick --revert {bad} --yes")).ok();
    insta::assert_snapshot!(server.graph(), @r#"
    * Revert "Break the form" (2026.11.26-1)
    * Break the form (main, 2026.11.26)
    * Start
    "#);
    assert_eq!(server.files("2026.11.26-1"), ["README.md"]);
    assert_eq!(server.files("main"), ["README.md", "bad"]);
    // The next cut asks whether main has it taken back too.
    world.at("2026-12-01T09:00:00Z");
    server.commit_on("main", &[("next", "next")], "Go on");
    let ran = world.hero("mat").types("tag --yes").expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @r#"
    ✗ server: the new tag would drop what is on a tag already: [oid] “Revert \"Break the form\"”.
      → `pushduty pick` adds to a tag and keeps what it has; else bring it to main first, or name what may go: --leave [oid] --because TEXT.
    "#);
}

#[test]
fn a_commit_off_main_needs_to_be_meant() {
    let (server, world, _) = three_late();
    server.branch("hot", "2026.11.26");
    let hot = server.commit_on("hot", &[("hot", "hot")], "Put the fire out");
    let ran = world.hero("mat").types(&format!("pick {hot} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] “Put the fire out” is not on main.
      → merge it there first, or say --off-main.
    ");
    world.hero("mat").types(&format!("pick --off-main {hot} --yes")).ok().says("is not on main");
    assert_eq!(server.files("2026.11.26-1"), ["README.md", "hot"]);
}

#[test]
fn commits_are_named_by_abbreviation_repository_and_link() {
    let (server, web) = (Remote::new("server"), Remote::new("web"));
    let compare = "compare = \"https://example.org/team/server/compare/{base}...{head}\"";
    let world = crate::scene::train().repo_at("server", &server.url(), compare).repo(&web);
    world.hero("mat").types("tag --yes").ok();
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    for named in [late[..7].to_owned(), format!("server:{late}"), format!("server@{}", &late[..12])]
    {
        let told = world.hero("mat").reads(&format!("pick --dry-run {named}"));
        assert_eq!(outcomes(&told), "server 2026.11.26-1 planned", "{named}");
    }
    world.hero("mat").types(&format!("pick --dry-run web:{late}")).expect_code(2);
    world.hero("mat").types(&format!("pick --dry-run nowhere:{late}")).expect_code(2);
    world.hero("mat").types("pick --dry-run main").expect_code(2);
    world.hero("mat").types("pick").expect_code(2).says("no commit was named");
}

#[test]
fn a_link_names_its_repository_and_its_commit() {
    let server = Remote::new("server");
    let compare = "compare = \"https://github.com/mozilla/server/compare/{base}...{head}\"";
    let world = crate::scene::train().repo_at("server", &server.url(), compare);
    world.hero("mat").types("tag --yes").ok();
    let late = server.commit_on("main", &[("late", "late")], "Arrive late");
    let link = format!("https://github.com/mozilla/server/commit/{late}");
    let told = world.hero("mat").reads(&format!("pick --dry-run {link}"));
    assert_eq!(outcomes(&told), "server 2026.11.26-1 planned");
    let ran = world
        .hero("mat")
        .types("pick --dry-run https://github.com/mozilla/other/commit/0123456")
        .expect_code(2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ “https://github.com/mozilla/other/commit/0123456” is no link to a commit of a repository aboard.
      → name the commit as REPO:HASH.
    ");
}

#[test]
fn an_abbreviation_in_two_repositories_is_ambiguous() {
    // The very same commit in both: forks do this.
    let server = Remote::new("server");
    let fork = server.twin();
    let world = crate::scene::train().repo(&server).repo_at("fork", &fork.url(), "");
    let start = server.oid("main");
    world.hero("mat").types("tag --yes").ok();
    let ran = world.hero("mat").types(&format!("pick {} --yes", &start[..8])).expect_code(2);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ “ad10c495” is a commit in 2 repositories.
      → say which: server:ad10c495 or fork:ad10c495.
    ");
}

#[test]
fn nothing_is_cut_so_there_is_nothing_to_pick_onto() {
    let scene = Scene::new();
    scene.world.at("2026-11-20T09:00:00Z");
    let main = scene.server.oid("main");
    let ran = scene.mat().types(&format!("pick server:{main} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ no push is cut.
      → `pushduty tag` cuts the next one; --push DATE names another; `pushduty pick --onto production` makes a hot-fix.
    ");
    let ran =
        scene.mat().types(&format!("pick server:{main} --push 2026.11.26 --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 2026.11.26 is not cut: no repository has a tag of it.
      → `pushduty tag` cuts it.
    ");
}

#[test]
fn migrations_are_flagged_with_the_gap_before_them() {
    let server = Remote::new("server");
    server.commit_on("main", &[("app/migrations/0041_a.py", "a")], "Migrate a");
    let lines = "migrations = [\"**/migrations/*.py\"]";
    let world = crate::scene::train().repo_at("server", &server.url(), lines);
    world.hero("mat").types("tag --yes").ok();
    server.commit_on("main", &[("app/migrations/0042_b.py", "b")], "Migrate b");
    let c = server.commit_on("main", &[("app/migrations/0043_c.py", "c")], "Migrate c");
    let ran = world.hero("mat").types(&format!("pick {c} --dry-run")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      ○ planned  server  2026.11.26-1  [oid]  a first push
          + [oid] Migrate c (Ann Author)

      ◆ server: migration app/migrations/0043_c.py
      ◆ server: migration “app/migrations/0043_c.py” comes after “app/migrations/0042_b.py”, which the tag lacks.

    plan [oid]
    ");
}

#[test]
fn a_commit_off_the_branch_is_named_by_that_branch_and_no_option_is_named_that_is_not_there() {
    let server = Remote::new("server");
    server.branch("trunk", "main");
    server.tag("2026.11.19", "trunk");
    let hot = server.commit_on("main", &[("hot", "hot")], "Put the fire out");
    let world = crate::scene::train().repo_at("server", &server.url(), "branch = \"trunk\"");
    let cut = format!("tag --from 2026.11.19 --pick {hot} --yes");
    let ran = world.hero("mat").types(&cut).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] “Put the fire out” is not on trunk.
      → merge it there first.
    ");
}

#[test]
fn what_is_taken_back_twice_is_not_said_to_be_on_the_tag() {
    let server = Remote::new("server");
    let bad = server.commit_on("main", &[("bad", "bad")], "Break it");
    let world = alone(&server);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    mat.types(&format!("pick --revert {bad} --yes")).ok();
    let again = mat.types(&format!("pick --revert {bad} --yes")).ok();
    again.says("is taken back already").never_says("is on the tag already");
    let told = mat.reads(&format!("pick --revert {bad} --yes"));
    let told = &told["repos"][0];
    assert_eq!(
        (&told["contained"], &told["taken_back"]),
        (&serde_json::json!([]), &serde_json::json!([bad]))
    );
}
