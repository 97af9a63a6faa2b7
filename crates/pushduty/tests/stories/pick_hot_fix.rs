//! A hot-fix onto what production runs is made once, however often the same command is given (P11).

use testkit::{PushDuty, Remote, Services};

use crate::scene::{alone, outcomes, server_and_web, tags, train};

/// A repository whose first tag production runs, and a fix that is on main since.
fn running() -> (Remote, PushDuty, Services, String) {
    let server = Remote::new("server");
    let services = Services::new();
    let world = alone(&server).service("production", "server", &services, 1);
    world.hero("mat").types("tag --yes").ok();
    services.runs("production-server", "2026.11.26", &server.commit_of("2026.11.26"));
    let fix = server.commit_on("main", &[("fix", "fix")], "Fix production");
    (server, world, services, fix)
}

#[test]
fn the_same_hot_fix_again_makes_no_other_tag() {
    let (server, world, _services, fix) = running();
    let mat = world.hero("mat");
    let line = format!("pick --onto production {fix} --because outage");
    mat.types(&format!("{line} --yes")).ok();
    let ran = mat.types(&format!("{line} --yes")).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Pick onto 2026.11.26

      – nothing to do  server  2026.11.26-1  [oid]  since 2026.11.26, in production
          = [oid] is on the tag already

      ◆ production shows server 2026.11.26, which no start allowed.
    ");
    mat.types(&line).ok().says("nothing to do");
    // Nor where the newest tag has more than it: that one took it over.
    let more = server.commit_on("main", &[("more", "more")], "Fix more");
    mat.types(&format!("pick {more} --yes")).ok();
    let told = mat.reads(&format!("{line} --yes"));
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped");
    let both = format!("pick --onto production {fix} {more} --because outage --yes");
    assert_eq!(outcomes(&mat.reads(&both)), "server 2026.11.26-2 skipped");
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1", "2026.11.26-2"]);
}

#[test]
fn another_hot_fix_before_the_first_is_there_names_what_it_would_drop() {
    let (server, world, _services, fix) = running();
    let mat = world.hero("mat");
    mat.types(&format!("pick --onto production {fix} --because outage --yes")).ok();
    let other = server.commit_on("main", &[("other", "other")], "Fix another thing");
    let line = format!("pick --onto production {other} --because outage --yes");
    mat.types(&line).expect_code(3).says("the new tag would drop what 2026.11.26-1 has");
    mat.types(&format!("{line} {fix}")).ok();
    assert_eq!(server.files("2026.11.26-2"), ["README.md", "fix", "other"]);
}

#[test]
fn the_same_hot_fix_again_finishes_what_one_remote_refused() {
    let (server, web) = server_and_web();
    let services = Services::new();
    let world = train().repo(&server).repo(&web);
    let world = world.service("production", "server", &services, 1);
    let world = world.service("production", "web", &services, 1);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    for remote in [&server, &web] {
        let name = format!("production-{}", remote.name());
        services.runs(&name, "2026.11.26", &remote.commit_of("2026.11.26"));
    }
    let [one, two] = [&server, &web].map(|r| r.commit_on("main", &[("fix", "fix")], "Fix it"));
    let line = format!("pick --onto production server:{one} web:{two} --because outage --yes");
    web.hook("pre-receive", "exit 1");
    mat.types(&line).expect_code(6);
    // Nothing more was done this time.
    mat.types(&line).expect_code(1);
    assert_eq!(tags(&server).last().unwrap(), "2026.11.26-1");
    web.unhook("pre-receive");
    let told = mat.reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 published");
    let told = mat.reads(&line);
    assert_eq!(outcomes(&told), "server 2026.11.26-1 skipped, web 2026.11.26-1 skipped");
}
