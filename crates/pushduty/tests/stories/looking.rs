//! What people and scripts read: status, where, compare, log, check; their keys are a contract.

use serde_json::Value;
use testkit::{Remote, Services};

use crate::scene::{Scene, alone, of, outcomes, train};

/// `keys` says name and type of each key: `s` text, `n` number, `b` boolean, `l` list, `o` object; `?` may be null.
#[track_caller]
fn has(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        let (name, kind) = key.split_once(':').expect("name:type");
        let found = value.get(name).unwrap_or_else(|| panic!("{name} is in {value}"));
        let fits = |k: char| match k {
            's' => found.is_string(),
            'n' => found.is_u64(),
            'b' => found.is_boolean(),
            'l' => found.is_array(),
            'o' => found.is_object(),
            '?' => found.is_null(),
            _ => false,
        };
        assert!(kind.chars().any(fits), "{name} is {kind}: {found}");
    }
}

const STATUS: &str = "schema:n as_of:s rehearsal:b train:s push:s? state:s hero:s? next_hero:s? cut_at:s? push_at:s? repos:l \
    asks:l environments:l tagset:s? hold:o? blockers:l tasks:l signoffs:l gates:l next:o";
const STATUS_REPO: &str = "name:s base:s? base_from:s tag:s? commit:s? stays:b tag_object:s? compare_url:s? commit_count:n? picks:l";

#[test]
fn status_has_every_key_of_the_contract_before_and_after_the_cut() {
    let scene = Scene::new();
    let services = Services::running(&[("stage-server", "2026.11.26")]);
    let world = scene.world.service("stage", "server", &services, 2);
    let mat = world.hero("mat");
    let check = |told: &Value| {
        has(told, STATUS);
        assert_eq!((&told["schema"], &told["rehearsal"]), (&1.into(), &true.into()));
        told["repos"].as_array().unwrap().iter().for_each(|repo| has(repo, STATUS_REPO));
        has(&told["next"], "who:s? what:s command:s?");
    };
    let fresh = mat.reads("status");
    check(&fresh);
    assert_eq!(
        (&fresh["state"], &fresh["next"]["command"]),
        (&"open".into(), &"pushduty tag".into())
    );
    mat.types("tag --yes").ok();
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    mat.types(&format!("pick {late} --yes")).ok();
    mat.types("watch --once").expect_code(1);
    let told = mat.reads("status");
    check(&told);
    let repo = of(&told, "server");
    has(&repo["picks"][0], "commit:s as:s subject:s author:s tag:s");
    assert_eq!(repo["tag_object"], scene.server.tags()["2026.11.26-1"].object.as_str());
    assert_eq!(repo["commit"], scene.server.tags()["2026.11.26-1"].commit.as_str());
    has(&told["environments"][0], "name:s services:l");
    let service = &told["environments"][0]["services"][0];
    has(service, "name:s repo:s state:s versions:l observed_at:s");
    has(&service["versions"][0], "version:s? commit:s? samples:n");
    assert_eq!(service["state"], "old");
    let ran = mat.types("status").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    amo 2026.11.26  ◉ cut
    hero mat  cut Tue 24 Nov 09:00 UTC  departs Thu 26 Nov 09:00 UTC  then eviljeff

      server  2026.11.26-1  [oid]  2 commits  since 2026.11.19
        2026.11.26-1   + [oid] Arrive late (Ann Author)
      web     2026.11.26    [oid]  1 commit   since 2026.11.19

    stage
      server  ○ old  2026.11.26  [oid]  2 samples  just now

    next  mat: see that stage shows the tags  pushduty watch stage
          remotes seen just now
    ");
}

#[test]
fn tag_and_pick_have_every_key_of_the_contract() {
    let scene = Scene::new();
    let planned = scene.mat().reads("tag --dry-run");
    has(&planned, "schema:n as_of:s rehearsal:b push:s repos:l");
    has(of(&planned, "web"), "name:s tag:s commit:s base:s? base_from:s outcome:s error:o?");
    scene.mat().types("tag --yes").ok();
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    let told = scene.mat().reads(&format!("pick {late} --yes"));
    has(&told, "schema:n as_of:s rehearsal:b push:s repos:l");
    has(of(&told, "server"), "name:s tag:s commit:s base:s? base_from:s outcome:s");
    has(&scene.mat().reads("verify"), "entries:n chain:s differences:l");
}

#[test]
fn status_never_touches_a_remote() {
    let scene = Scene::new().cut();
    let Scene { server, web, world } = scene;
    drop((server, web));
    assert_eq!(world.hero("mat").reads("status")["state"], "cut");
}

#[test]
fn stage_is_staged_when_every_sample_shows_the_tag() {
    let server = Remote::new("server");
    let services = Services::running(&[("stage-server", "2026.11.19")]);
    let world = alone(&server).service("stage", "server", &services, 3);
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types("watch stage --once").expect_code(1);
    services.runs("stage-server", "2026.11.26", &server.commit_of("2026.11.26"));
    let ran = world.hero("mat").types("watch stage --once").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Watching stage for 2026.11.26
    stage
      server  ✓ current  2026.11.26  [oid]  3 samples  just now
    ");
    assert_eq!(world.hero("mat").reads("status")["state"], "staged");
    world.hero("mat").types("watch nowhere --once").expect_code(2);
}

#[test]
fn where_knows_what_a_tag_has_no_more() {
    let scene = Scene::new().cut();
    let answer = |commit: &str| {
        let told = scene.mat().reads(&format!("where server:{commit}"));
        let tags: Vec<String> = told["repos"][0]["tags"]
            .as_array()
            .expect("tags")
            .iter()
            .map(|tag| tag["tag"].to_string())
            .collect();
        format!("{} {}", told["repos"][0]["answer"], tags.join(" "))
    };
    let form = scene.server.oid("main");
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    scene.mat().types(&format!("pick server:{late} --yes")).ok();
    insta::assert_snapshot!(answer(&late), @r#""in 2026.11.26-1, which leaves Thu 26 Nov 09:00 UTC" "2026.11.26-1""#);
    scene.mat().types(&format!("pick --revert server:{form} --yes")).ok();
    insta::assert_snapshot!(answer(&form), @r#""taken off again with 2026.11.26-2; it is on main" "#);
    scene.mat().types(&format!("pick --drop server:{late} --yes")).ok();
    insta::assert_snapshot!(answer(&late), @r#""taken off again with 2026.11.26-3; it is on main" "#);
    scene.mat().types(&format!("pick server:{late} --yes")).ok();
    insta::assert_snapshot!(answer(&late), @r#""in 2026.11.26-4, which leaves Thu 26 Nov 09:00 UTC" "2026.11.26-4""#);
}

#[test]
fn where_says_what_becomes_of_a_commit() {
    let scene = Scene::new();
    let before = scene.server.oid("main");
    let ran = scene.mat().types(&format!("where server:{before}")).ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    server [oid] Add a form (Ann Author)
      on main; 2026.11.26 will carry it.
      on main since Mon 16 Nov 09:07
    ");
    let scene = scene.cut();
    let ran = scene.mat().types(&format!("where server:{before}")).ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    server [oid] Add a form (Ann Author)
      in 2026.11.26, which leaves Thu 26 Nov 09:00 UTC.
      on main since Mon 16 Nov 09:07
      in 2026.11.26
    ");
    let late = scene.server.commit_on("main", &[("late", "late")], "Arrive late");
    let ran = scene.mat().types(&format!("where {late}")).ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    server [oid] Arrive late (Ann Author)
      on main; ships with 2026.12.03; it came after the cut of 2026.11.26.
      on main since Mon 16 Nov 09:11
      pushduty pick server:[oid]
    ");
    scene.mat().types(&format!("pick {late} --yes")).ok();
    scene.mat().types(&format!("where {late}")).ok().says("2026.11.26-1");
    scene.mat().types("where 0123456789").expect_code(2);
    scene.mat().types("where").expect_code(2);
}

#[test]
fn where_a_merge_is_names_what_can_be_picked_of_it() {
    let server = Remote::new("server");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    server.branch("topic", "main");
    let one = server.commit_on("topic", &[("one", "1\n")], "One");
    let two = server.commit_on("topic", &[("two", "2\n")], "Two");
    server.commit_on("main", &[("main", "m\n")], "Meanwhile");
    let merge = server.merge_on("main", "topic", "Merge topic");
    let told = world.hero("mat").reads(&format!("where {merge}"));
    let command = told["repos"][0]["command"].as_str().unwrap();
    let short = |commit: &str| format!("server:{}", &commit[..10]);
    assert!(command.starts_with("pushduty pick server:"), "{command}");
    for commit in [&one, &two] {
        assert!(command.contains(&short(commit)), "{commit} in {command}");
    }
    assert!(!command.contains(&merge[..7]), "{command}");
    let says = told["repos"][0]["answer"].as_str().unwrap();
    assert!(says.contains("as a merge it is not picked"), "{says}");
    // What it says works.
    let line = command.strip_prefix("pushduty ").unwrap();
    let picked = world.hero("mat").reads(&format!("{line} --yes"));
    assert_eq!(outcomes(&picked), "server 2026.11.26-1 published");
}

#[test]
fn compare_tells_what_a_push_brings() {
    let server = Remote::tagged("server");
    server.commit_as(
        "Kumar <kumar@example.org>",
        "main",
        &[("app/migrations/0007_x.py", "x")],
        "Migrate x (#4711)",
    );
    server
        .commit("main")
        .message(b"Warm the cache\n\nPush-Task: warm the cache after\n")
        .file("a", "a\nb\n")
        .make();
    let lines = "migrations = [\"**/migrations/*.py\"]\ncompare = \"https://example.org/server/compare/{base}...{head}\"";
    let world = train().repo_at("server", &server.url(), lines);
    let ran = world.as_person("kumar").types("compare").ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    What 2026.11.26 brings

    server  2026.11.19 … main
      2 commits, 2 files, +3 −0
      by Ann Author 1, Kumar 1
      pull requests #4711
      ◆ migration app/migrations/0007_x.py
      task warm the cache after
      [oid]  Mon 16 Nov 09:10  Warm the cache     Ann Author
      [oid]  Mon 16 Nov 09:07  Migrate x (#4711)  Kumar
      https://example.org/server/compare/2026.11.19...main
    ");
    let told = world.as_person("kumar").reads("compare server 2026.11.19..main");
    assert_eq!(of(&told, "server")["commit_count"], 2);
    assert_eq!(of(&told, "server")["pull_requests"], serde_json::json!([4711]));
    world.as_person("kumar").types("compare nowhere").expect_code(2);
    world.as_person("kumar").types("compare server 2026.11.19..nowhere").expect_code(2);
}

#[test]
fn the_log_is_a_line_per_entry() {
    let scene = Scene::new().cut();
    let told = scene.mat().reads("log --last 2");
    assert_eq!(told["entries"].as_array().unwrap().len(), 2);
    has(&told["entries"][0], "seq:n at:s kind:s actor:s? hash:s");
    scene.mat().types("log --push 2026.11.26").ok().says("opened 2026.11.26, hero mat");
}

#[test]
fn check_says_that_all_is_well_and_changes_nothing() {
    let scene = Scene::new();
    let refs = (scene.server.refs(), scene.web.refs());
    scene.mat().types("check").ok();
    assert_eq!((scene.server.refs(), scene.web.refs()), refs);
}

#[test]
fn check_ends_with_one_for_the_world_and_two_for_the_configuration() {
    let server = Remote::new("server");
    let world = alone(&server);
    server.hook("pre-receive", "exit 1");
    world.hero("mat").types("check").ok();
    drop(server);
    world.hero("mat").types("check").expect_code(1);
    let world = world.toml("[nonsense]\nx = 1");
    world.hero("mat").types("check").expect_code(2).says("nonsense");
}

#[test]
fn a_pull_request_is_found_by_its_number_and_its_link_in_every_repository() {
    let (server, web) = (Remote::new("server"), Remote::new("web"));
    let fix = server.commit_on("main", &[("a", "a")], "Fix the form (#3333)");
    let again = server.commit_on("main", &[("a", "b")], "Fix the form once more (#3333)");
    let page = web.commit_on("main", &[("b", "b")], "Fix the page (#3333)");
    web.commit_on("main", &[("c", "c")], "Fix the rest (#33333)");
    let compare = "compare = \"https://github.com/o/server/compare/{base}...{head}\"";
    let world = train().repo_at("server", &server.url(), compare).repo(&web);
    let found = |what: &str| {
        let told = world.hero("mat").runs(&["where", what, "--json"]).ok().json();
        let repos = told["repos"].as_array().unwrap();
        repos.iter().map(|r| r["commit"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for all in ["3333", "#3333", "!3333"] {
        assert_eq!(found(all), [again.clone(), fix.clone(), page.clone()], "{all}");
    }
    assert_eq!(found("web:#3333"), [page]);
    assert_eq!(found("https://github.com/o/server/pull/3333"), [again, fix]);
    let ran = world.hero("mat").runs(&["where", "#3334"]).expect_code(2);
    ran.says("no commit on main names the pull request “#3334”");
    world.hero("mat").runs(&["pick", "https://github.com/o/server/pull/3333"]).expect_code(2);
}

#[test]
fn a_first_push_counts_all_that_it_brings() {
    let server = Remote::new("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let world = alone(&server);
    world.hero("mat").types("tag --yes").ok();
    let told = world.hero("mat").reads("status");
    assert_eq!(
        (&told["repos"][0]["base"], &told["repos"][0]["commit_count"]),
        (&Value::Null, &2.into()),
        "{told}"
    );
}
