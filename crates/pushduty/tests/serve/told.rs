//! What is on its way to channels, on its page: who sees it, and who says what becomes of it.

use std::path::PathBuf;

use testkit::{PushDuty, Remote};

use crate::cut;
use crate::server::Server;

/// Where the channel of the team writes.
fn file(world: &PushDuty) -> PathBuf {
    world.dir().join("told.jsonl")
}

/// A train that was cut while its channel took nothing.
fn untold() -> (PushDuty, Remote) {
    let remote = Remote::with_a_page("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .crew()
        .person("jason", &["ops"])
        .repo(&remote)
        .toml("[channels.team]\nfile = \"told.jsonl\"");
    std::fs::create_dir(file(&world)).expect("the home is writable");
    world.hero("mat").types("tag --yes").ok();
    (world, remote)
}

#[test]
fn what_did_not_arrive_is_seen_with_its_reason_by_people_who_are_known() {
    let (world, _remote) = untold();
    let server = Server::start(&world, "mat", "--public --every 0");
    let told = "/trains/amo/told";
    let away = server.anybody().get(told).is(303);
    assert!(away.header("location").is_some_and(|to| to.contains("/sign-in")));
    let kumar = server.let_in(&world, "kumar");
    let page = kumar.get(told).is(200).says("1 put off.").says("amo: 2026.11.26 is cut");
    let page = page.says("Tried 1 time: ").says("is a folder").says("Tried again <time");
    page.never_says("Try again").never_says("Give it up");
    kumar.get("/trains/amo/schedule").is(200).says("/trains/amo/told\"");
    kumar.post(told, &[("what", "again")]).is(403);
    server.anybody().post(told, &[("what", "again")]).is(303);
    kumar.get(told).is(200).says("Tried 1 time: ");
}

#[test]
fn ops_try_again_what_did_not_arrive_or_give_it_up() {
    let (world, _remote) = untold();
    let server = Server::start(&world, "mat", "--every 0");
    let (jason, told) = (server.let_in(&world, "jason"), "/trains/amo/told");
    let name = jason.get(told).is(200).says("Try all again now").hidden("name");
    let name = name.expect("it has a name");
    jason.post(told, &[("what", "drop")]).is(400);
    jason.post(told, &[("what", "drop"), ("name", "nothing")]).is(404).says("What is told");
    // In vain once more: it is counted from the beginning.
    jason.post(told, &[("what", "again"), ("name", &name)]).is(303);
    jason.get(told).is(200).says("Tried 1 time: ");
    std::fs::remove_dir(file(&world)).expect("the home is writable");
    let back = jason.post(told, &[("what", "again")]).is(303);
    assert_eq!(back.header("location"), Some(told));
    jason.get(told).is(200).says("Nothing waits to be told.").never_says("Try all again");
    let heard = std::fs::read_to_string(file(&world)).expect("the channel was told");
    assert!(heard.contains("2026.11.26 is cut"), "{heard}");
    std::fs::remove_file(file(&world)).expect("the home is writable");
    std::fs::create_dir(file(&world)).expect("the home is writable");
    world.hero("mat").types("hold --because rain --yes").ok();
    let page = jason.get(told).is(200).says("2026.11.26 is held").never_says("is cut");
    let name = page.hidden("name").expect("it has a name");
    jason.post(told, &[("what", "drop"), ("name", &name)]).is(303);
    jason.get(told).is(200).says("Nothing waits to be told.");
    let log = jason.get("/trains/amo/pushes/2026.11.26").is(200);
    log.says("gave up the announcement “held” of 2026.11.26 for team");
}

#[test]
fn a_train_without_a_channel_says_so() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    server.first().get("/trains/amo/told").is(200).says("No channel is set up");
}
