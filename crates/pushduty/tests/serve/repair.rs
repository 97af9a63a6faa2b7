//! Two mains that have diverged come together by a form, or from another machine: for the security role alone, and nothing is published that nobody chose to.

use testkit::Ran;

use crate::remote::Far;
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

#[test]
fn two_mains_come_together_from_elsewhere_by_the_same_words() {
    let (world, remote, twin) = with_a_fix();
    let far = Far::of(world, remote);
    let iris = far.token("iris");
    let both = |line: &str| -> Ran {
        let here = far.world.security("iris").types(line);
        let there = far.types_with(&iris, line);
        assert_eq!((here.code, &here.stdout), (there.code, &there.stdout), "{line}: {there}");
        there
    };
    both("security repair").ok().says("Nothing to do");
    twin.commit_on("main", &[("hot.js", "hot\n")], "Merge by button");
    let ways = both("security repair").ok().says("has 1 commit that upstream lacks").says("+hot");
    ways.says("--publish").says("--set-aside BRANCH");
    both("security repair --publish --dry-run").ok().says("public from then on");
    both("security repair --set-aside kept --dry-run").ok().says("kept as the branch kept");
    both("security repair --set-aside main --yes").expect_code(2);
    both("security repair --publish").expect_code(2).says("+hot");
    far.types("kumar", "security repair").expect_code(3).never_says("hot");
    far.types_with(&iris, "security repair --publish --yes --if 0123456789abcdef").expect_code(5);
    assert!(!far.remote.git(&["log", "--format=%s", "main"]).contains("Merge by button"));
    let aside = far.types_with(&iris, "security repair --set-aside kept --yes").ok();
    aside.says("git push --force-with-lease");
    assert!(twin.git(&["log", "--format=%s", "kept"]).contains("Merge by button"));
    let plan = far.types_with(&iris, "security repair --publish --dry-run --json").ok().json();
    let digest = plan["digest"].as_str().expect("a plan has a digest");
    let bound = format!("security repair --publish --yes --if {digest}");
    far.types_with(&iris, &bound).ok().says("done");
    assert!(far.remote.git(&["log", "--format=%s", "main"]).contains("Merge by button"));
    both("security repair --yes").ok().says("Nothing to do");
    far.world.hero("mat").types("verify").ok();
}

#[test]
fn a_repair_without_a_way_is_a_plan_to_read_and_nothing_to_carry_out() {
    let (world, _remote, twin) = with_a_fix();
    let hot = twin.commit_on("main", &[("hot.js", "hot\n")], "Merge by button");
    let server = Server::start(&world, "mat", "--every 0");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let wish = serde_json::json!({ "command": "security_repair", "repo": "web" });
    let dry = serde_json::json!({ "wish": wish, "dry_run": true });
    let commands = "/api/v1/trains/amo/commands";
    let plan = iris.asks(commands, &dry).is(200).json();
    assert_eq!(plan["changes"], false);
    let diverged = &plan["beside"]["diverged"];
    assert_eq!((&diverged["ahead"], &diverged["commit"]), (&1.into(), &hot.into()), "{plan}");
    kumar.asks(commands, &dry).is(403).never_says("hot.js").never_says("ahead");
    let before = twin.refs();
    iris.asks(commands, &serde_json::json!({ "wish": wish })).is(400).says("set_aside");
    assert_eq!(twin.refs(), before);
}
