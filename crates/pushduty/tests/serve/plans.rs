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

#[test]
fn what_is_open_is_settled_from_the_plan_and_one_is_led_back_to_it() {
    let (world, _remote) = cut();
    let mat = world.hero("mat");
    mat.types("block \"the page is blank\" --yes").ok();
    mat.types("task add \"warm the cache\" --when before-start --this --yes").ok();
    let task = mat.reads("status")["tasks"][0]["id"].as_str().expect("it has a name").to_owned();
    let server = Server::start(&world, "mat", "");
    let jason = server.let_in(&world, "jason");
    let plan = "/trains/amo/plan";
    jason.post(plan, &[("command", "start")]).is(200).says("Done: warm the cache");
    let finish = jason.post(plan, &[("command", "finish"), ("because", "enough")]).is(200);
    let finish = finish.says("Done: warm the cache").says("Done: the page is blank");
    let then = finish.hidden("then").expect("one is led back");
    let settle =
        [("command", "pass_on"), ("item", &*task), ("push", "2026.11.26"), ("then", &*then)];
    let settling = jason.post(plan, &settle).is(200).says("goes with 2026.12.03");
    let settling = settling.says("form=\"then\">Leave it");
    let [wish, then] = ["wish", "then"].map(|name| settling.hidden(name).expect("a yes has it"));
    let step = jason.post("/trains/amo/do", &[("wish", &wish), ("then", &then)]).is(303);
    let page = step.header("location").expect("the step has a page");
    let wish = jason.get(page).is(200).says("Back to the plan").hidden("wish");
    let back = jason.post(plan, &[("wish", &wish.expect("the plan is asked for again"))]).is(200);
    back.says("Done: the page is blank").never_says("Done: warm the cache");
    let next = mat.reads("notes show --push 2026.12.03")["text"].to_string();
    assert_eq!(next.matches("warm the cache").count(), 1, "{next}");
    // An address of another's making leads to no other wish.
    let (page, _) = page.split_once('?').expect("the plan stands behind it");
    for made_up in ["%7B%22command%22%3A%22claim%22%7D", "https%3A%2F%2Fevil.example.org", ""] {
        let led = jason.get(&format!("{page}?then={made_up}")).is(200);
        led.says("Back to the push").never_says("Back to the plan").never_says("evil");
    }
}

#[test]
fn each_line_of_a_form_is_an_issue_of_the_mail() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let issues = "search was slow\r\n\r\n a page was blank ";
    let fields = [("command", "finish"), ("because", "enough"), ("issue", issues)];
    let plan = server.first().post("/trains/amo/plan", &fields).is(200);
    plan.says("&#34;search was slow&#34;").says("&#34;a page was blank&#34;");
}
