//! What refusals and plans tell people to do: it works, and whom they name may.

use testkit::Remote;

use crate::scene::{Scene, alone, train};

#[test]
fn the_rest_of_a_long_plan_is_shown_by_the_command_it_names() {
    let scene = Scene::new();
    for n in 0..5 {
        scene.server.commit_on("main", &[("more.py", n.to_string().as_str())], "Go on");
    }
    scene.mat().types("tag --dry-run").ok().says("and 1 more: pushduty compare server");
    scene.mat().types("compare server").ok().says("6 commits");
}

#[test]
fn ops_hears_when_ops_may_cut() {
    let scene = Scene::new();
    let world = train().person("otto", &["ops"]).repo(&scene.server);
    let ran = world.ops("otto").types("tag --dry-run").expect_code(3);
    let ran = ran.says("“otto” may not cut a push: that takes the role hero.");
    ran.says("→ the role ops does so in a freeze, for a hot-fix; outside of one ask the hero");
    world.as_person("kumar").types("tag").expect_code(3).says("an admin gives roles");
}

#[test]
fn of_several_refusals_each_is_told_once() {
    let (server, web) = (Remote::empty("server"), Remote::empty("web"));
    let ran = alone(&server).repo(&web).hero("mat").types("tag --yes").expect_code(2);
    let told = format!("{}{}", ran.stdout, ran.stderr);
    for repo in ["server", "web"] {
        assert_eq!(told.matches(&format!("{repo} has no commit on main")).count(), 1, "{ran}");
    }
}
