//! What only the security role may read is nowhere else: not on the page of a step, not in its answer (P9). And what a no has
//! beside its sentence.

use serde_json::json;
use testkit::{PushDuty, Remote};

use crate::cut;
use crate::server::Server;

/// The same train, with a private twin on which a fix is reviewed; iris has the security role.
pub fn with_a_fix() -> (PushDuty, Remote, Remote) {
    let remote = Remote::new("web");
    remote.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
    remote.commit_on("main", &[("page.js", "page\n")], "Add a page");
    let twin = remote.twin();
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["developer"])
        .person("iris", &["security"])
        .rotation(&["mat"])
        .repo(&remote)
        .security_twin("web", &twin);
    twin.commit("hole").from("main").file("hole.js", "shut\n").subject("Close the hole").make();
    world.security("iris").types("security approve 1 --yes").ok();
    (world, remote, twin)
}

#[test]
fn a_step_of_a_security_wish_is_for_the_security_role_alone() {
    let (world, _remote, _twin) = with_a_fix();
    let server = Server::start(&world, "mat", "--public");
    let (iris, kumar) = (server.let_in(&world, "iris"), server.let_in(&world, "kumar"));
    let fields = [("command", "security_merge")];
    let plan = server.first().post("/trains/amo/plan", &fields).is(200);
    let wish = plan.hidden("wish").expect("the plan can be agreed to");
    let step = server.let_in(&world, "mat").post("/trains/amo/do", &[("wish", &*wish)]).is(303);
    let page = step.header("location").expect("the step has a page").to_owned();
    iris.get(&page).is(200).says("Over");
    for who in [&kumar, &server.anybody()] {
        who.get(&page).is(404).never_says("web");
        let answer = who.get(&format!("/api/v1{page}")).is(404);
        assert_eq!(answer.json()["error"]["code"], "not_found");
    }
    let nowhere = kumar.get("/trains/amo/steps/nowhere").is(404).body;
    assert_eq!(kumar.get(&page).body, nowhere, "as if it were not there");
}

#[test]
fn a_step_that_says_nothing_embargoed_is_for_everybody_who_may_look() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let jason = server.let_in(&world, "jason");
    let plan = jason.post("/trains/amo/plan", &[("command", "claim")]).is(200);
    let wish = plan.hidden("wish").expect("the plan can be agreed to");
    let step = jason.post("/trains/amo/do", &[("wish", &*wish)]).is(303);
    server.anybody().get(step.header("location").expect("a page")).is(200).says("Over");
}

#[test]
fn a_failed_cut_tells_what_became_of_each_repository() {
    let ((world, remote), (other, twin)) = (cut(), cut());
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let commands = "/api/v1/trains/amo/commands";
    for remote in [&remote, &twin] {
        remote.commit_on("main", &[("more.js", "1\n")], "Add more");
        remote.hook("update", "case $1 in refs/tags/*) echo no >&2; exit 1;; esac");
    }
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "one more" } });
    let failed = mat.asks(commands, &wish).is(502).json();
    assert_eq!(failed["error"]["code"], "remote_refused");
    assert_eq!(failed["repos"][0]["outcome"], "refused");
    assert_eq!(failed["repos"], failed["shown"]["repos"]);
    let told = other.hero("mat").reads("tag --again --because \"one more\" --yes");
    assert_eq!(told["error"]["code"], "remote_refused");
    for key in ["name", "outcome", "commit", "base", "error"] {
        assert_eq!(
            failed["repos"][0][key], told["repos"][0][key],
            "{key}: as the command line has it"
        );
    }
}
