//! What the page of a plan has beside the plan.

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
