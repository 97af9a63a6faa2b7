//! What the page of a plan has beside the plan.

use testkit::{PushDuty, Remote};

use crate::cut;
use crate::server::Server;

#[test]
fn what_does_not_apply_is_shown_with_what_stands_there_and_what_to_do() {
    let (world, remote) = cut();
    remote.commit_on("main", &[("page.js", "page, changed\n")], "Change the page");
    let fix =
        remote.commit_on("main", &[("page.js", "page, changed & <b>fixed</b>\n")], "Fix the page");
    let server = Server::start(&world, "mat", "");
    let plan = server.first().post("/trains/amo/plan", &[("command", "pick"), ("commit", &fix)]);
    let plan = plan.says("id=\"s-conflict-web\"").says("page.js:1-5").says("=======");
    // What stands in files is text.
    let plan = plan.says("page, changed &#38; &#60;b&#62;fixed&#60;/b&#62;").never_says("<b>fixed");
    plan.says("Change the page").says("Pick these first").says("pushduty pick --resolve");
}

#[test]
fn a_cut_is_planned_again_with_what_is_ticked_to_stay_and_all_else_as_it_was() {
    let (web, server) = (Remote::with_a_page("web"), Remote::with_a_page("server"));
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .rotation(&["mat"])
        .repo(&server)
        .repo(&web);
    let serving = Server::start(&world, "mat", "");
    let mat = serving.first();
    let wished = [("command", "tag"), ("push", "2026.11.26"), ("because", "it is time")];
    let plan = mat.post("/trains/amo/plan", &wished).is(200).says("2 new tags");
    let plan = plan.says("name=\"stay\" value=\"server\">").says("Plan it again");
    let plan = plan.says("name=\"because\" value=\"it is time\"");
    plan.says("name=\"push\" value=\"2026.11.26\"");
    let wished = [&wished[..], &[("stay", "web")][..]].concat();
    let plan = mat.post("/trains/amo/plan", &wished).is(200).says("1 new tag.");
    // Whoever changes their mind unticks it, here or in the form of the cut.
    let plan = plan.says("name=\"stay\" value=\"web\" checked>");
    plan.says("stay=web&#38;because=it+is+time#tag\">Change it");
    mat.agrees("amo", &wished);
    let status = world.hero("mat").reads("status");
    let stays = |name: &str| {
        let repos = status["repos"].as_array().expect("repositories");
        repos.iter().any(|repo| repo["name"] == name && repo["stays"] == true)
    };
    assert!(stays("web") && !stays("server"), "{status}");
    // What is tagged is tagged, and what stays stays: there is nothing to choose any more.
    let again = [("command", "tag"), ("push", "2026.11.26")];
    mat.post("/trains/amo/plan", &again).never_says("Plan it again");
}
