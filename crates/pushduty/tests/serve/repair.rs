//! Two mains that have diverged come together by a form: for the security role alone, and nothing is published that nobody chose to.

use crate::server::Server;
use crate::withheld::with_a_fix;

const PLAN: &str = "/trains/amo/plan";

#[test]
fn what_only_security_has_is_read_before_it_is_published_by_a_form() {
    let (world, remote, twin) = with_a_fix();
    twin.commit_on("main", &[("hot.js", "hot\n")], "Merge by button");
    world.security("iris").types("security list").ok();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let page = iris.get("/trains/amo").is(200).says("diverged").says("Bring them together…");
    page.says("command=security_repair");
    kumar.get("/trains/amo").is(200).never_says("diverged").never_says("security_repair");
    let form = iris.get("/trains/amo/act?command=security_repair&repo=web").is(200);
    form.says("value=\"security_repair\"").says("is merged upstream: public from then on");
    let repair = [("command", "security_repair"), ("repo", "web")];
    let with = |more: &[(&'static str, &'static str)]| [&repair[..], more].concat();
    iris.post(PLAN, &repair).is(400).says("“What only security has”");
    iris.post(PLAN, &with(&[("way", "set_aside")])).is(400);
    iris.post(PLAN, &with(&[("way", "publish"), ("set_aside", "kept")])).is(400);
    let publish = with(&[("way", "publish")]);
    kumar.post(PLAN, &publish).is(403).never_says("hot.js");
    let plan = iris.post(PLAN, &publish).is(200).says("hot.js").says("+hot");
    plan.says("public from then on").says("Bring them together");
    iris.agrees("amo", &publish).is(200).says("Over");
    assert!(remote.git(&["log", "--format=%s", "main"]).contains("Merge by button"));
    world.hero("mat").types("verify").ok();
}

#[test]
fn what_is_kept_as_a_branch_is_published_nowhere() {
    let (world, remote, twin) = with_a_fix();
    twin.commit_on("main", &[("hot.js", "hot\n")], "Merge by button");
    let server = Server::start(&world, "mat", "--every 0");
    let iris = server.let_in(&world, "iris");
    let fields = [("command", "security_repair"), ("way", "set_aside"), ("set_aside", "kept")];
    iris.post(PLAN, &fields).is(200).says("is kept as the branch kept there").says("hot.js");
    iris.agrees("amo", &fields).is(200).says("git push --force-with-lease");
    assert!(!remote.git(&["log", "--format=%s", "main"]).contains("Merge by button"));
    assert!(twin.git(&["log", "--format=%s", "kept"]).contains("Merge by button"));
}
