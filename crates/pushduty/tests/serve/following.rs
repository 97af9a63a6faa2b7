//! Streams of changes: whoever makes one, everybody who follows is told; a break loses nothing.

use crate::cut;
use crate::server::{Server, Visitor};

#[test]
fn a_change_by_the_command_line_is_told_to_whoever_follows() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mut stream = server.stream("/trains/amo/events", "");
    let first = stream.changes(1);
    assert!(stream.is_still(1), "nothing changed meanwhile");
    world.ops("jason").types("claim --yes").ok();
    let second = stream.changes(2);
    assert_ne!(first, second);
}

#[test]
fn a_break_loses_nothing_and_repeats_nothing() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let seen = server.stream("/trains/amo/events", "").changes(1);
    let header = format!("last-event-id: {seen}\r\n");
    let mut again = server.stream("/trains/amo/events", &header);
    assert!(again.is_still(0), "what was seen is not told once more");
    drop(again);
    world.ops("jason").types("claim --yes").ok();
    let mut later = server.stream("/api/v1/trains/amo/events", &header);
    assert_ne!(later.changes(1), seen);
}

#[test]
fn whoever_comes_back_after_another_start_is_told_to_look_again() {
    let (world, _remote) = cut();
    let first = Server::start(&world, "mat", "--public --every 0");
    let seen = first.stream("/trains/amo/events", "").changes(1);
    first.ends().ok();
    world.ops("jason").types("claim --yes").ok();
    let second = Server::start(&world, "mat", "--public --every 0");
    let mut again = second.stream("/trains/amo/events", &format!("last-event-id: {seen}\r\n"));
    assert_ne!(again.changes(1), seen);
}

#[test]
fn there_is_no_stream_of_a_train_that_is_not_there() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    server.anybody().get("/trains/nothing/events").is(404);
}

#[test]
fn a_stream_ends_soon_after_what_let_its_reader_in_is_taken_away() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let (mat, jason) = (server.first(), server.let_in(&world, "jason"));
    let line = |(name, value): &(String, String)| format!("{name}: {value}\r\n");
    let of = |who: &Visitor<'_>| who.headers().iter().map(line).collect::<String>();
    let mut all = server.stream("/waiting/events", &of(&mat));
    let mut mine = server.stream("/trains/amo/events", &of(&mat));
    let mut theirs = server.stream("/trains/amo/events", &of(&jason));
    let mut anybodys = server.stream("/trains/amo/events", "");
    for stream in [&mut mine, &mut theirs, &mut anybodys] {
        stream.changes(1);
    }
    all.says("event: change");
    server.let_in(&world, "mat").post("/sign-out/everywhere", &[]).is(303);
    mine.ends();
    all.ends();
    // The others go on.
    let told = [&mut theirs, &mut anybodys].map(|stream| stream.told("event: change"));
    world.ops("jason").types("claim --yes").ok();
    theirs.changes(told[0] + 1);
    anybodys.changes(told[1] + 1);
}
