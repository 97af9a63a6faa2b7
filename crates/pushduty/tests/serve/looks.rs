//! Who makes the server look: remotes are fetched from, services asked and programs run for those who may act on a train alone,
//! and once for all who look at the same time. Everybody else sees what was last seen, and when that was.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use testkit::{Answer, Gate, PushDuty, Remote, Services};

use crate::cut;
use crate::server::{Server, Stream, until};

/// A train with a program that opens a gate, and writes down that it ran; it waits at the gate of the test.
fn with_a_program() -> (PushDuty, Remote, Gate) {
    let remote = Remote::tagged("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["developer"])
        .rotation(&["mat"])
        .repo(&remote)
        .toml("[gates]\nsmoke = { command = [\"./smoke\"] }");
    let gate = Gate::new(world.sealed(), "smoke");
    let path = world.dir().join("smoke");
    let script = format!("#!/bin/sh\necho ran >> runs\n{}echo fine\n", gate.wait_here());
    fs::write(&path, script).expect("the home is writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    world.hero("mat").types("tag --yes").ok();
    (world, remote, gate)
}

/// How often the program ran.
fn runs(world: &PushDuty) -> usize {
    fs::read_to_string(world.dir().join("runs")).map_or(0, |text| text.lines().count())
}

#[test]
fn a_program_runs_for_those_who_may_act_and_others_see_what_it_last_said() {
    let (world, _remote, gate) = with_a_program();
    gate.open();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, anybody) = (server.first(), server.anybody());
    let made = mat.post("/me/tokens", &[("label", "a board")]).is(200);
    let (_, rest) = made.body.split_once("shown this once: <code>").expect("the token is shown");
    let token = rest.split('<').next().unwrap_or_default();
    let board = server.anybody().with("authorization", &format!("Bearer {token}"));
    let ready = "/api/v1/trains/amo/ready";
    for who in [&anybody, &board] {
        let view = who.get(ready).is(200).json();
        let smoke =
            view["gates"].as_array().and_then(|all| all.iter().find(|g| g["name"] == "smoke"));
        assert_eq!(smoke.expect("the gate is shown")["state"], "wait", "{view}");
        assert!(view["seen_at"].is_string(), "{view}");
    }
    assert_eq!(runs(&world), 0, "nobody who may act asked");
    let view = mat.get(ready).is(200).json();
    assert!(runs(&world) == 1 && view["seen_at"].is_null(), "{view}");
    let view = anybody.get(ready).is(200).json();
    let smoke = view["gates"].as_array().and_then(|all| all.iter().find(|g| g["name"] == "smoke"));
    assert_eq!(smoke.expect("the gate is shown")["why"], "fine");
    assert_eq!(runs(&world), 1);
}

#[test]
fn remotes_are_looked_at_for_those_who_may_act_and_others_see_what_was_last_seen() {
    let (world, remote, _gate) = with_a_program();
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, anybody) = (server.first(), server.anybody());
    let new = remote.commit_on("main", &[("page.js", "page\n")], "Add a page");
    let addresses = [
        format!("/api/v1/trains/amo/where?commit={new}"),
        format!("/trains/amo/where?commit={new}"),
    ];
    for address in &addresses {
        anybody.get(address).is(404).says(&new[..8]);
    }
    let range = "/api/v1/trains/amo/compare?repo=web&range=2026.11.19..main";
    let before = anybody.get(range).is(200).json();
    assert_eq!(before["repos"][0]["commit_count"], 0, "{before}");
    assert!(before["repos"][0]["observed_at"].is_string(), "{before}");
    mat.get(&addresses[0]).is(200).says("Add a page").says("\"seen_at\":null");
    anybody.get(&addresses[0]).is(200).says("Add a page").says("\"seen_at\":\"");
    anybody.get(&addresses[1]).is(200).says("Add a page").says("As it was seen");
    assert_eq!(anybody.get(range).is(200).json()["repos"][0]["commit_count"], 1);
}

#[test]
fn all_who_look_at_the_same_time_share_one_look() {
    let (world, _remote, gate) = with_a_program();
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.first();
    let kumar = server.let_in(&world, "kumar");
    let ready = "/api/v1/trains/amo/ready";
    std::thread::scope(|scope| {
        let asks: Vec<_> = [&mat, &kumar, &mat, &kumar, &mat, &kumar]
            .map(|who| scope.spawn(move || who.get(ready)))
            .into_iter()
            .collect();
        gate.wait_until_reached();
        gate.open();
        for asked in asks {
            asked.join().expect("it is answered").is(200).says("fine");
        }
    });
    assert_eq!(runs(&world), 1);
}

#[test]
fn a_look_that_its_reader_gave_no_time_is_told_to_them_and_never_kept() {
    let (world, remote) = cut();
    let there = Answer::Version("2026.11.26".to_owned(), remote.commit_of("2026.11.26"));
    let services = Services::new();
    services.answers("stage-web", std::slice::from_ref(&there));
    let world = world.service("stage", "web", &services, 1);
    world.hero("mat").types("watch --once").ok();
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.first();
    let watch = |asked: &str| {
        let address = format!("/api/v1/trains/amo/watch?environment=stage&{asked}");
        mat.get(&address).is(200).json()
    };
    let kept = || mat.get("/api/v1/trains/amo/status").is(200).json()["environments"].clone();
    let before = kept();
    assert_eq!(before[0]["services"][0]["state"], "current", "{before}");
    // It would answer well, and is given no time to.
    services.answers("stage-web", &[there.after_ms(30_000)]);
    for (asked, state) in [
        ("at_most=0", "failing"),
        ("at_most=0.001", "failing"),
        ("at_most=0&else_kept=true", "current"),
    ] {
        let told = watch(asked);
        assert_eq!(told["environment"]["services"][0]["state"], state, "{asked}: {told}");
        assert_eq!(told["arrived"], state == "current", "{asked}: {told}");
        assert_eq!(kept(), before, "{asked}");
    }
    // What it fails at by itself is kept.
    services.answers("stage-web", &[Answer::Status(503)]);
    watch("at_most=60");
    assert_eq!(kept()[0]["services"][0]["state"], "failing");
}

/// How many looks a server is at in the same moment.
const AT_ONCE: usize = 24;

#[test]
fn streams_of_looks_take_turns_and_whoever_goes_leaves_theirs_to_others() {
    let (world, _remote, gate) = with_a_program();
    let server = Server::start(&world, "mat", "--every 0");
    let mat = server.first();
    let own = mat.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = format!("accept: text/event-stream\r\n{}", own.collect::<String>());
    let ask = |_| server.stream("/api/v1/trains/amo/ready", &headers);
    let mut streams: Vec<Stream> = (0..AT_ONCE + 6).map(ask).collect();
    let has_begun = |stream: &mut Stream| stream.told("HTTP/1.1 200 ") > 0;
    let begun = |streams: &mut Vec<Stream>| {
        streams.iter_mut().map(has_begun).filter(|has_begun| *has_begun).count()
    };
    until("as many as it takes have begun", || (begun(&mut streams) >= AT_ONCE).then_some(()));
    gate.wait_until_reached();
    assert_eq!(begun(&mut streams), AT_ONCE, "the others wait for their turn");
    streams.retain_mut(|stream| !has_begun(stream));
    // The gate is closed still: nothing of theirs came to its end by itself.
    for stream in &mut streams {
        assert_eq!(stream.status(), 200);
    }
    gate.open();
    for mut stream in streams {
        stream.says("event: answer");
    }
    assert!(runs(&world) > 1, "what nobody waited for any more was given up");
}
