//! Pages of what the command line tells: what to look at again in the notes, past pushes in numbers, and the ledger beside the
//! remotes.

use crate::cut;
use crate::server::Server;

#[test]
fn what_to_look_at_again_in_the_notes_is_a_page_with_each_line_as_it_stands() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let check = "/trains/amo/pushes/2026.11.26/notes/check";
    server.anybody().get(check).is(200).says("Nothing to look at again.").says("#s-notes");
    world.qa("krupa").types("block \"the login page is blank\" --yes").ok();
    let text = world.hero("mat").reads("notes show")["text"].as_str().expect("a text").to_owned();
    let file = world.dir().join("notes.md");
    std::fs::write(file, format!("{text}\n```\n")).expect("the home is writable");
    world.hero("mat").types("notes set notes.md --yes").ok();
    let page = server.anybody().get(check).is(200).says("1 doubt, 1 blocker without an owner");
    let page = page.says("```").says("Nothing closes this fence").says("the login page is blank");
    page.never_says("Settle").never_says("<form");
    let mat = server.first();
    mat.get(check).is(200).says("command=done").says("/notes\">The notes");
    for at in ["/trains/amo/pushes/2026.11.26", "/trains/amo/pushes/2026.11.26/notes"] {
        mat.get(at).is(200).says(&format!("{check}\""));
    }
}

#[test]
fn a_push_that_nobody_ended_is_told_as_one_that_is_not_over() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let history = || server.anybody().get("/trains/amo/history").is(200).says("2026.11.26");
    history().says("not over");
    world.hero("mat").types("finish --because enough --yes").ok();
    history().never_says("not over");
}

#[test]
fn past_pushes_are_counted_on_a_page_of_the_days_that_are_asked_for() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (anybody, figures) = (server.anybody(), "/trains/amo/stats");
    anybody.get("/trains/amo/history").is(200).says(&format!("{figures}\""));
    let page = anybody.get(figures).is(200);
    assert_eq!(world.hero("mat").reads("stats")["pushes"], 1);
    let page = page.says("1 push, 2026.11.26 to 2026.11.26.").says("From start to end");
    page.says("name=\"from\"").says("name=\"to\"");
    let none = anybody.get(&format!("{figures}?from=2030.01.01&to=")).is(200);
    none.says("No push of these days is over.").says("value=\"2030.01.01\"").says(">All</a>");
    anybody.get(&format!("{figures}?from=yesterday")).is(400);
    anybody
        .get(&format!("{figures}?from=2026.11.26&to=2026.11.19"))
        .is(400)
        .says("there is no day");
}

#[test]
fn the_ledger_is_compared_with_the_remotes_where_somebody_who_may_act_asks_for_it() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, anybody, ledger) = (server.first(), server.anybody(), "/trains/amo/ledger");
    anybody.get(ledger).is(200).never_says("remotes=1");
    let asks = format!("{ledger}?remotes=1");
    anybody.get(&asks).is(303);
    mat.get(ledger).is(200).says(&asks).says("data-events").never_says("The remotes show");
    let page = mat.get(&asks).is(200).says("The remotes show what was recorded.");
    // It is not asked again by itself.
    page.says("outside agree").never_says("data-events");
}

#[test]
fn a_tag_that_somebody_deleted_is_found_beside_the_ledger() {
    let (world, remote) = cut();
    remote.git(&["tag", "--delete", "2026.11.26"]);
    let server = Server::start(&world, "mat", "--every 0");
    let page = server.first().get("/trains/amo/ledger?remotes=1").is(200);
    let page = page.says("2026.11.26 was deleted from web by somebody else");
    page.says("Find out who did it").never_says("The remotes show");
}
