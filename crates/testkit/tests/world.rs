//! Stories run a program as its users do. The program here is a shell that shows what it was given.

use std::time::{Duration, Instant};

use testkit::{Answer, PushDuty, Remote, Services};

fn world() -> PushDuty {
    PushDuty::new("/bin/sh").person("mat", &["hero", "security"]).person("krupa", &["qa"])
}

#[test]
fn the_configuration_is_valid_toml_with_what_the_story_said() {
    let (server, front) = (Remote::new("server"), Remote::new("front"));
    let twin = server.twin();
    let services = Services::new();
    let world = world()
        .train("web \"quoted\"")
        .zone("America/Los_Angeles")
        .train_toml("skip = [2026-12-24]")
        .rotation(&["mat"])
        .repo(&server)
        .repo_at("front", &front.file_url(), "tag = \"v{date}\"")
        .security_twin("server", &twin)
        .service("stage", "server", &services, 3)
        .service("stage", "front", &services, 1)
        .toml("[gates]\nqa = { need = 1 }");
    let text = std::fs::read_to_string(world.config_path()).unwrap();
    let read: toml::Table = text.parse().unwrap();
    assert_eq!(read["train"]["name"].as_str(), Some("web \"quoted\""));
    assert_eq!(read["repos"]["server"]["security"].as_str(), Some(&*twin.url()));
    assert_eq!(read["repos"]["front"]["tag"].as_str(), Some("v{date}"));
    assert_eq!(read["people"]["krupa"]["roles"][0].as_str(), Some("qa"));
    let stage = read["environments"]["stage"]["services"].as_array().unwrap();
    let url = services.url("stage-server");
    assert_eq!(stage[0]["version"].as_str(), Some(&*url));
    assert_eq!((stage.len(), stage[0]["samples"].as_integer()), (2, Some(3)));
    assert!(read.contains_key("gates"));
}

#[test]
fn a_person_runs_at_the_storys_time_in_a_sealed_home() {
    let world = world();
    let show = "echo $PUSHDUTY_ACTOR $PUSHDUTY_NOW; pwd; echo $PUSHDUTY_DATA >&2; exit 5";
    world.at("2026-11-24T17:00:00Z");
    let ran = world.hero("mat").runs(&["-c", show]).expect_code(5);
    let dir = world.dir().canonicalize().unwrap();
    assert_eq!(ran.stdout, format!("mat 2026-11-24T17:00:00Z\n{}\n", dir.display()));
    assert_eq!(ran.stderr.trim(), world.data_path().display().to_string());
    world.at_the_real_time().run(&["-c", "test -z \"$PUSHDUTY_NOW$PUSHDUTY_ACTOR\""]).ok();
    assert!(dir.join("pushduty.toml").exists());
}

#[test]
fn another_machine_shares_the_configuration_and_nothing_else() {
    let here = world();
    here.at("2026-11-25T09:00:00Z");
    let there = here.elsewhere();
    let read = |w: &PushDuty| std::fs::read_to_string(w.config_path()).unwrap();
    assert_eq!(read(&here), read(&there));
    assert_ne!(here.data_path(), there.data_path());
    there.run(&["-c", "test \"$PUSHDUTY_NOW\" = 2026-11-25T09:00:00Z"]).ok();
}

#[test]
fn json_is_exactly_one_document() {
    let world = world();
    let one = world.hero("mat").json(&["-c", "echo '{\"push\":\"2026.11.26\"}'"]);
    assert_eq!(one["push"], "2026.11.26");
    let two = std::panic::catch_unwind(|| world.json(&["-c", "echo '{} {}'"]));
    assert!(two.is_err(), "two documents were taken for one");
    assert_eq!(world.run(&["-c", "echo '{}'; echo '[]'"]).json_lines().len(), 2);
}

#[test]
#[should_panic(expected = "krupa has the role hero in this story")]
fn nobody_acts_in_a_role_they_have_not() {
    let _ = world().hero("krupa");
}

#[test]
#[should_panic(expected = "exit code (left) of `pushduty -c echo oops >&2; exit 1`")]
fn another_exit_code_fails_the_test_with_the_programs_words() {
    let _ = world().run(&["-c", "echo oops >&2; exit 1"]).ok();
}

#[test]
#[should_panic(expected = "ends within 30ms; so far it wrote:\nbegun")]
fn a_run_that_hangs_fails_the_test() {
    let world = world().time_limit(Duration::from_millis(30));
    world.run(&["-c", "echo begun; sleep 1000"]);
}

#[test]
fn a_run_can_be_killed_paused_and_continued() {
    let world = world();
    let mut run = world.hero("mat").starts(&["-c", "echo ready >&2; sleep 1000"]);
    wait_until(|| run.stderr_so_far() == "ready\n");
    run.pause();
    assert!(!run.has_ended());
    run.resume();
    run.kill();
    assert_eq!(run.wait().code, -9);
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_outlives_its_world_not_even_what_left_its_group() {
    let world = world();
    let leave = "setsid sh -c 'echo $$ > left; exec sleep 1000' & until test -s left; do :; done";
    world.run(&["-c", leave]).ok();
    let orphan = std::fs::read_to_string(world.dir().join("left")).unwrap();
    let stat = format!("/proc/{}/stat", orphan.trim());
    let lives = || {
        let stat = std::fs::read_to_string(&stat).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    assert!(lives(), "the orphan lives on after its parent");
    drop(world);
    wait_until(|| !lives());
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_test_leaves_behind_is_ended() {
    let world = world();
    // A test process in a test process: it starts a child and is killed before it can drop anything.
    let ours = std::env::current_exe().expect("a test is a program");
    let mut command = world.sealed().command(ours);
    command.current_dir(world.dir()).args(["--ignored", "--exact", "leaves_a_child"]);
    let mut inner = world.start_command(&mut command);
    let told = world.dir().join("child");
    let child = || std::fs::read_to_string(&told).unwrap_or_default().trim().to_owned();
    wait_until(|| !child().is_empty());
    inner.kill();
    assert_eq!(inner.wait().code, -9);
    let stat = format!("/proc/{}/stat", child());
    wait_until(|| std::fs::read_to_string(&stat).map_or(true, |s| s.contains(") Z ")));
}

#[test]
#[ignore = "run by what_a_killed_test_leaves_behind_is_ended"]
fn leaves_a_child() {
    let place = std::env::current_dir().unwrap().join("child");
    let world = world();
    let run = world.hero("mat").starts(&["-c", "exec sleep 20"]);
    // Told from here, not by the child itself: a test is killed only once its child is known to the watcher.
    std::fs::write(place, run.id().to_string()).unwrap();
    run.wait();
}

#[test]
fn snapshots_know_no_hash_port_or_path() {
    let remote = Remote::new("server");
    let services = Services::running(&[("stage-server", "2026.11.26")]);
    let world = world().repo(&remote);
    let text = format!(
        "{} has {} at {} ({})",
        remote.url(),
        remote.oid("main"),
        services.url("stage-server"),
        world.data_path().display()
    );
    assert_eq!(
        world.tidy(&text),
        "[server] has [oid] at http://127.0.0.1:[port]/stage-server/__version__ ([home]/data)"
    );
    assert_eq!(world.tidy("tag 2026.11.26-1, 42 commits"), "tag 2026.11.26-1, 42 commits");
}

#[test]
fn each_connection_to_a_service_meets_its_next_instance() {
    use std::io::{Read, Write};
    let services = Services::new();
    services.answers("web", &[Answer::version("new"), Answer::version("old")]);
    let url = services.url("web");
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let ask = |times: usize| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head = format!("GET /{path} HTTP/1.1\r\nhost: x\r\n\r\n").repeat(times);
        stream.write_all(head.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert_eq!(ask(2).matches("\"version\":\"new\"").count(), 2);
    assert_eq!(ask(1).matches("\"version\":\"old\"").count(), 1);
    assert_eq!(ask(1).matches("\"version\":\"new\"").count(), 1);
    assert_eq!(services.count("web"), 4);
    services.runs("web", "newest", "abc");
    assert!(ask(1).contains("\"version\":\"newest\""));
}

/// Waits for the thing itself, and gives up after ten seconds.
fn wait_until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(10), "what was waited for did not happen");
        std::thread::sleep(Duration::from_millis(2));
    }
}
