//! What is tagged: main, an older commit of it, a tag with picks, or nothing this time.

use testkit::Remote;

use crate::scene::{Scene, alone, failure, of, outcomes, tags};

#[test]
fn an_older_commit_of_main() {
    let server = Remote::new("server");
    let older = server.oid("main");
    server.commit_on("main", &[("a", "a\n")], "Not yet");
    let told = alone(&server).hero("mat").reads(&format!("tag --at {} --yes", &older[..8]));
    assert_eq!(of(&told, "server")["commit"], older.as_str());
    insta::assert_snapshot!(server.graph(), @"
    * Not yet (main)
    * Start (2026.11.26)
    ");
}

#[test]
fn a_commit_that_is_not_on_main_is_refused() {
    let server = Remote::new("server");
    server.branch("feature", "main");
    let feature = server.commit_on("feature", &[("f", "f\n")], "Try something");
    let world = alone(&server);
    let ran = world.hero("mat").types(&format!("tag --at {feature} --yes")).expect_code(3);
    insta::assert_snapshot!(failure(&world, &ran), @"
    ✗ server: [oid] is not on main.
      → --from TAG --pick COMMIT builds a tag when main can't go.
    ");
    world.hero("mat").types("tag --at 0123456789abcdef --yes").expect_code(2);
    assert!(tags(&server).is_empty());
}

#[test]
fn a_commit_is_tagged_where_it_is() {
    let scene = Scene::new();
    let ran = scene.mat().types("tag --at main --yes").expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ “main” is a commit in 2 repositories.
      → say which: server:main or web:main.
    ");
    let older = scene.server.commit_on("main", &[("a", "a\n")], "Add a");
    scene.server.commit_on("main", &[("a", "b\n")], "Not yet");
    let told = scene.mat().reads(&format!("tag --at {older} --yes"));
    assert_eq!(of(&told, "server")["commit"], older.as_str());
    assert_eq!(of(&told, "web")["commit"], scene.web.oid("main").as_str());
}

#[test]
fn a_tag_to_start_from_is_that_of_the_commits_picked_onto_it() {
    let scene = Scene::new();
    let fix = scene.server.commit_on("main", &[("fix.py", "fix\n")], "Fix the form");
    let dark = scene.web.commit_on("main", &[("dark.css", "dark\n")], "Add a dark theme");
    let both = format!("tag --from 2026.11.19 --pick {fix} --pick {dark} --yes");
    let ran = scene.mat().types(&both).expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ “2026.11.19” could be of 2 repositories.
      → say which: server:2026.11.19 or web:2026.11.19.
    ");
    let twice = format!("tag --from 2026.11.19 --from server:2026.11.19 --pick {fix} --yes");
    let ran = scene.mat().types(&twice).expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ --from is given twice for server: once without its name.
      → leave one --from out.
    ");
    let stays = format!("tag --from 2026.11.19 --pick {fix} --stay server --yes");
    let ran = scene.mat().types(&stays).expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ --from is of server, which gets no tag here: it stays.
      → leave that --from out, or let server be tagged.
    ");
    let older = format!("tag --from 2026.11.19 --pick {fix} --at server:nonsense --yes");
    let ran = scene.mat().types(&older).expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ --at and --from both say what to tag in server.
      → leave one out: --at COMMIT tags a commit of main, --from TAG --pick COMMIT builds on a tag.
    ");
    let told = scene.mat().reads(&format!("tag --from 2026.11.19 --pick {fix} --yes"));
    assert_eq!(of(&told, "server")["tag"], "2026.11.26-1");
    assert_eq!(of(&told, "server")["picks"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(of(&told, "web")["commit"], scene.web.oid("main").as_str());
}

#[test]
fn when_main_cannot_go_picks_on_the_last_tag_make_suffix_one() {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("risky.py", "risky\n")], "Begin something risky");
    let fix = server.commit_on("main", &[("fix.py", "fix\n")], "Fix the form");
    let world = alone(&server);
    let line = format!("tag --from 2026.11.19 --pick {} --yes", &fix[..10]);
    let ran = world.hero("mat").types(&line).ok();
    insta::assert_snapshot!(world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ✓ published  server  2026.11.26-1  [oid]  1 commit  since 2026.11.19, the newest older tag
          + [oid] Fix the form (Ann Author)
    ");
    insta::assert_snapshot!(server.graph(), @"
    * Fix the form (2026.11.26-1)
    | * Fix the form (main)
    | * Begin something risky
    |/
    * Start (2026.11.19)
    ");
    assert_eq!(server.files("2026.11.26-1"), ["README.md", "fix.py"]);
}

#[test]
fn from_a_tag_that_is_not_there() {
    let scene = Scene::new();
    let main = scene.server.oid("main");
    let line = format!("tag --from server:2026.11.18 --pick server:{main} --yes");
    let ran = scene.mat().types(&line).expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ upstream of server has no tag “2026.11.18”.
      → name a tag as it is on the remote.
    ");
    scene.mat().types("tag --from server:2026.11.19 --yes").expect_code(2);
}

#[test]
fn a_repository_may_stay_on_its_production_tag() {
    let scene = Scene::new();
    let web = scene.web.refs();
    let ran = scene.mat().types("tag --stay web --because \"nothing to ship\" --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ✓ published  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      – stays      web     2026.11.19  [oid]  1 commit  since 2026.11.19, the newest older tag
    ");
    assert_eq!(
        (tags(&scene.server), scene.web.refs()),
        (vec!["2026.11.19".into(), "2026.11.26".into()], web)
    );
    let status = scene.mat().reads("status");
    assert_eq!((&status["state"], &of(&status, "web")["stays"]), (&"cut".into(), &true.into()));
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.19 stays");
}

#[test]
fn a_repository_that_stayed_may_still_come_along() {
    let scene = Scene::new();
    scene.mat().types("tag --stay web --yes").ok();
    let told = scene.mat().reads("tag --repo web --yes");
    assert_eq!(outcomes(&told), "web 2026.11.26 published");
    let status = scene.mat().reads("status");
    assert_eq!(
        (&of(&status, "web")["stays"], &of(&status, "web")["tag"]),
        (&false.into(), &"2026.11.26".into())
    );
    scene.mat().types("tag --stay web --yes").expect_code(3).says("can't stay");
}

#[test]
fn one_repository_first_then_the_rest() {
    let scene = Scene::new();
    let told = scene.mat().reads("tag --repo server --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
    assert_eq!(scene.mat().reads("status")["state"], "open");
    scene.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 published");
    assert_eq!(scene.mat().reads("status")["state"], "cut");
}

#[test]
fn nothing_new_is_said_and_staying_offered() {
    let server = Remote::tagged("server");
    let world = alone(&server);
    world
        .hero("mat")
        .types("tag --dry-run")
        .ok()
        .says("server has nothing new since 2026.11.19: --stay server keeps it there.");
}

#[test]
fn an_unknown_repository_is_named_with_those_aboard() {
    let scene = Scene::new();
    let ran = scene.mat().types("tag --repo sever --yes").expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ no repository “sever” is aboard.
      → aboard are: server, web.
    ");
    scene.mat().types("tag --stay nothing --yes").expect_code(2);
    scene.mat().types("tag --at nothing:abcdef12 --yes").expect_code(2);
}

#[test]
fn lightweight_tags_by_option() {
    let server = Remote::new("server");
    let world = alone(&server).train_toml("tags = \"lightweight\"");
    world.hero("mat").types("tag --yes").ok();
    let seen = &server.tags()["2026.11.26"];
    assert_eq!((seen.is_annotated(), &seen.commit), (false, &server.oid("main")));
    world.hero("mat").types("tag --again --because \"kick the build\" --yes").ok();
    assert_eq!(tags(&server), ["2026.11.26", "2026.11.26-1"]);
    world.hero("mat").types("verify").ok();
}

#[cfg(feature = "services")]
#[test]
fn signed_tags_by_the_users_own_key() {
    let server = Remote::new("server");
    let world = alone(&server).train_toml("tags = \"signed\"");
    let sealed = world.sealed();
    let key = sealed.path("key").display().to_string();
    let made =
        sealed.command("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f", &key]).status();
    assert!(
        made.is_ok_and(|s| s.success()),
        "ssh-keygen is missing: apt-get install openssh-client"
    );
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingkey", &key),
        ("user.name", "Mat"),
        ("user.email", "mat@example.org"),
    ] {
        sealed.git_config(name, value);
    }
    world.hero("mat").types("tag --yes").ok();

    let public = std::fs::read_to_string(format!("{key}.pub")).unwrap();
    let allowed = sealed.path("allowed");
    std::fs::write(&allowed, format!("* {public}")).unwrap();
    let allowed = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    let verified = server.try_git(&["-c", &allowed, "verify-tag", "2026.11.26"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

#[test]
fn without_a_key_no_signed_tag_is_made_and_none_without_signature_either() {
    let server = Remote::new("server");
    let world = alone(&server).train_toml("tags = \"signed\"");
    world.sealed().git_config("gpg.program", "/bin/false");
    let ran = world.hero("mat").types("tag --yes").expect_code(1);
    insta::assert_snapshot!(failure(&world, &ran), @r#"
    ✗ server: the tag “2026.11.26” could not be signed (git: error: gpg failed to sign the data:; (no gpg output); error: unable to sign the tag; The tag message has been left in [home]/data/amo/repos/server/upstream.git/TAG_EDITMSG).
      → make `git tag --sign` work by itself (user.signingKey, gpg.format, an agent), or set `tags = "annotated"`.
    "#);
    assert!(tags(&server).is_empty());
}

#[test]
fn a_tag_built_from_another_may_be_agreed_to_later_than_it_was_shown() {
    let scene = Scene::new();
    let fix = scene.server.commit_of("main");
    let line = format!("tag --repo server --from 2026.11.19 --pick {fix}");
    let digest =
        scene.mat().reads(&format!("{line} --dry-run"))["digest"].as_str().unwrap().to_owned();
    scene.world.at("2026-11-24T09:10:00Z");
    let told = scene.mat().reads(&format!("{line} --yes --if {digest}"));
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
}

#[test]
fn what_is_named_twice_or_for_nothing_is_refused() {
    let scene = Scene::new();
    scene
        .mat()
        .types("tag --at server:main --at server:main~1 --dry-run")
        .expect_code(2)
        .says("same repository");
    scene.mat().types("tag --at server:main --with-security --dry-run").expect_code(2);
    for line in ["cancel --because \" \" --yes", "tag --again --because \"\" --dry-run"] {
        scene.mat().types(line).expect_code(2).says("say it in words");
    }
}

#[test]
fn an_option_for_a_repository_that_gets_no_tag_is_refused() {
    let scene = Scene::new();
    let refused = [
        ("tag --repo web --at server:main --dry-run", "--at is of server"),
        ("tag --stay server --at server:main --dry-run", "it stays"),
        (
            "tag --repo web --from web:2026.11.19 --pick server:main --dry-run",
            "--pick is of server",
        ),
        ("tag --repo web --leave server:0123456789 --because x --dry-run", "--leave is of server"),
    ];
    for (line, words) in refused {
        scene.mat().types(line).expect_code(2).says(words);
    }
}

#[test]
fn what_is_passed_over_and_what_is_overridden_is_said() {
    let scene = Scene::new();
    scene.server.tag("v1.0", "main");
    scene.server.tag("release-\u{3b1}", "main");
    let told = scene.mat().reads("tag --leave 0123456789 --because \"it may go\" --dry-run");
    let warnings: Vec<&str> =
        told["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    insta::assert_snapshot!(warnings.join("\n"), @"
    overridden, and recorded: leave: “0123456789 it may go”
    server: 2 tags are not of the form “{date}” and left aside, such as “v1.0”
    --leave “0123456789”: no tag here would drop it
    ");
}
