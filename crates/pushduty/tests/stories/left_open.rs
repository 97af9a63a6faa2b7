//! What an earlier run left open, on a remote that can't be reached since: it stops nothing elsewhere, and once it is settled
//! the cut is the one that was asked for (P11, P12).

use testkit::{Ran, Remote};

use crate::scene::{Scene, failure, of, outcomes, tags};

/// The remote dies with a push in its hands, before its refs move: what became of that is not known.
fn dies(remote: &Remote) {
    remote.hook("pre-receive", "kill -9 $PPID");
}

/// Takes a remote off the network, and brings it back.
fn down(remote: &Remote) -> impl Fn() {
    let (here, away) = (remote.path().to_owned(), remote.path().with_extension("away"));
    std::fs::rename(&here, &away).expect("a remote can be put away");
    move || std::fs::rename(&away, &here).expect("and brought back")
}

/// `line` leaves web's part open.
fn left_by(scene: &Scene, line: &str) -> Ran {
    dies(&scene.web);
    let ran = scene.mat().types(line).expect_code(6);
    scene.web.unhook("pre-receive");
    ran
}

#[test]
fn a_cut_of_another_repository_goes_on() {
    let scene = Scene::new();
    left_by(&scene, "tag --repo web --yes");
    let up = down(&scene.web);
    let told = scene.mat().reads("tag --repo server --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published");
    let ran = scene.mat().types("tag --repo web --yes").expect_code(6);
    assert!(failure(&scene.world, &ran).contains("what became of the push to web is not known"));
    up();
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 already");
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26"]);
    scene.mat().types("verify").ok();
}

#[test]
fn the_whole_cut_tags_the_others_and_tells_which_is_open() {
    let scene = Scene::new();
    left_by(&scene, "tag --repo web --yes");
    let up = down(&scene.web);
    let dry = scene.mat().types("tag --dry-run").expect_code(6);
    dry.says("○ planned").says("◆ not known").says("what an earlier run began in web");
    let dry = scene.mat().types("tag --dry-run --json").expect_code(6).json();
    assert_eq!(outcomes(&dry), "server 2026.11.26 planned, web - unknown");
    let ran = scene.mat().types("tag --yes").expect_code(6);
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      ✓ published  server  2026.11.26  [oid]  1 commit  since 2026.11.19, the newest older tag
      ◆ not known  web     –
    ");
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ 1 of 2 repositories done: what became of the push to web is not known: the remote could not be asked.
      → run the same command again: it looks first; the same command again finishes.
    ");
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web - unknown");
    let error = (&told["error"]["exit"], &of(&told, "web")["error"]["code"]);
    assert_eq!(error, (&6.into(), &"incomplete".into()));
    up();
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 already, web 2026.11.26 already");
    scene.mat().types("verify").ok();
}

#[test]
fn what_was_seen_of_a_cut_that_leaves_one_out_is_what_a_yes_is_for() {
    let scene = Scene::new();
    left_by(&scene, "tag --repo web --yes");
    let up = down(&scene.web);
    let digest = |ran: &Ran| {
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix("plan "));
        line.expect("a plan has a digest").to_owned()
    };
    let left_out = digest(&scene.mat().types("tag --dry-run").expect_code(6));
    up();
    let whole = digest(&scene.mat().types("tag --dry-run").ok());
    // The remote can be looked at, and takes no push: what is open there is said beside what changed.
    dies(&scene.web);
    let ran = scene.mat().types(&format!("tag --yes --if {whole}")).expect_code(5);
    ran.says("the plan has changed").says("what became of the push to web is not known");
    assert!(!tags(&scene.server).contains(&"2026.11.26".to_owned()));
    scene.mat().types(&format!("tag --yes --if {left_out}")).expect_code(6);
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);
}

#[test]
fn a_pick_elsewhere_goes_on_and_one_that_names_it_is_refused_whole() {
    let scene = Scene::new().cut();
    let [fix, page] = [&scene.server, &scene.web]
        .map(|remote| remote.commit_on("main", &[("fix", "1\n")], "Mend it"));
    left_by(&scene, &format!("pick web:{page} --yes"));
    for up in [Some(down(&scene.web)), None] {
        if up.is_none() {
            // It can be looked at, and takes no push.
            dies(&scene.web);
        }
        let both = format!("pick server:{fix} web:{page} --yes");
        let ran = scene.mat().types(&both).expect_code(6);
        assert!(failure(&scene.world, &ran).contains("the push to web is not known"), "{ran}");
        assert_eq!(tags(&scene.server).len(), 2, "all or nothing");
        if let Some(up) = up {
            up();
        }
    }
    let told = scene.mat().reads(&format!("pick server:{fix} --yes"));
    assert_eq!(outcomes(&told), "server 2026.11.26-1 published");
    scene.web.unhook("pre-receive");
    let away = down(&scene.web);
    let more = scene.server.commit_on("main", &[("more", "1\n")], "Mend more");
    let told = scene.mat().reads(&format!("pick server:{more} --yes"));
    assert_eq!(outcomes(&told), "server 2026.11.26-2 published");
    away();
    scene.mat().types(&format!("pick web:{page} --yes")).ok();
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26", "2026.11.26-1"]);
}

/// Whatever was interrupted, and whatever moved meanwhile: the command that `status` names settles it, and does no more.
#[test]
fn the_next_step_after_an_interruption_settles_it() {
    let scene = Scene::new().cut();
    let page = scene.web.commit_on("main", &[("fix", "1\n")], "Mend it");
    left_by(&scene, &format!("pick web:{page} --yes"));
    scene.server.commit_on("main", &[("later", "1\n")], "Go on");
    let status = scene.mat().reads("status");
    let command = status["next"]["command"].as_str().expect("a next step has a command");
    let line = command.strip_prefix("pushduty ").expect("it is ours");
    let dry = scene.mat().reads(&format!("{line} --dry-run"));
    assert_eq!(dry["repos"][0]["outcome"], "planned", "{dry}");
    assert_eq!(tags(&scene.web).len(), 2);
    scene.mat().types(line).expect_code(2).says("--yes");
    let up = down(&scene.web);
    scene.mat().types(&format!("{line} --yes")).expect_code(6).says("is not known");
    up();
    scene.world.developer("kumar").types(&format!("{line} --yes")).expect_code(3);
    let told = scene.mat().reads(&format!("{line} --yes"));
    assert_eq!(told["repos"][0]["outcome"], "published", "{told}");
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26", "2026.11.26-1"]);
    assert_eq!(tags(&scene.server), ["2026.11.19", "2026.11.26"]);
    assert_eq!(scene.mat().reads("status")["unsettled"], serde_json::json!([]));
    scene.mat().types(&format!("{line} --yes")).ok().says("Nothing to do");
    scene.mat().types(&format!("{line} --again")).expect_code(2);
    scene.mat().types("verify").ok();
}

#[test]
fn an_interrupted_cut_that_is_run_again_after_main_moved_is_done() {
    let scene = Scene::new();
    left_by(&scene, "tag --yes");
    let cut = scene.server.commit_of("2026.11.26");
    for remote in [&scene.server, &scene.web] {
        remote.commit_on("main", &[("later", "1\n")], "Go on");
    }
    let dry = scene.mat().types("tag --dry-run").ok();
    let dry = dry.says("an earlier run began 2026.11.26 of web: it is finished first");
    let plan = dry.stdout.lines().find_map(|line| line.strip_prefix("plan "));
    let bound = format!("tag --yes --if {}", plan.expect("a plan has a digest"));
    let ran = scene.mat().types(&bound).ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stdout), @"
    rehearsal
    Cut 2026.11.26

      = already  server  2026.11.26  [oid]  2 commits  since 2026.11.19, the newest older tag
      = already  web     2026.11.26  [oid]  2 commits  since 2026.11.19, the newest older tag

      ◆ server has 2026.11.26 on [oid] and would get it on [oid] now: --again --repo server tags that.
      ◆ web has 2026.11.26 on [oid] and would get it on [oid] now: --again --repo web tags that.
    ");
    assert_eq!(tags(&scene.web), ["2026.11.19", "2026.11.26"]);
    assert_eq!(scene.server.commit_of("2026.11.26"), cut);
    // From here on it is another wish.
    scene.mat().types("tag --yes").expect_code(3).says("has moved on to");
}

#[test]
fn an_interrupted_cut_does_what_is_left_of_it() {
    let scene = Scene::new();
    scene.server.hook("pre-receive", "exit 1");
    left_by(&scene, "tag --yes");
    scene.server.unhook("pre-receive");
    scene.web.commit_on("main", &[("later", "1\n")], "Go on");
    let told = scene.mat().reads("tag --yes");
    assert_eq!(outcomes(&told), "server 2026.11.26 published, web 2026.11.26 already");
}

#[test]
fn an_interrupted_cut_is_no_other_wish() {
    let scene = Scene::new();
    let page = scene.web.oid("main");
    let from = |commit: &str| format!("tag --repo web --from 2026.11.19 --pick {commit} --yes");
    left_by(&scene, &from(&page));
    scene.world.at("2026-11-24T11:00:00Z");
    let up = down(&scene.web);
    scene.mat().types(&from(&page)).expect_code(6);
    up();
    // The same commits, made again at another time, are on it already; others are not.
    let told = scene.mat().reads(&from(&page));
    assert_eq!(outcomes(&told), "web 2026.11.26-1 already");

    let scene = Scene::new();
    let page = scene.web.oid("main");
    let other = scene.web.commit_on("main", &[("other", "1\n")], "Something else");
    left_by(&scene, &from(&page));
    scene.mat().types(&from(&other)).expect_code(3).says("is on");

    let scene = Scene::new();
    let page = scene.web.oid("main^");
    left_by(&scene, "tag --yes");
    scene.mat().types(&format!("tag --at web:{page} --yes")).expect_code(3);
}
