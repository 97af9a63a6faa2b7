//! Killed wherever something is written on the way of an announcement, and told on a full disk: at least once everywhere, once
//! where the channel can tell a repeat, and a repeat elsewhere is said to be one (P13).

use serde_json::Value;
use testkit::{Disk, PushDuty, Ran, Remote, Trace};

/// What makes something last, or is read by people.
const CALLS: &[&str] = &["write", "pwrite64", "fsync", "fdatasync"];

/// What makes something last.
const SYNCS: &[&str] = &["fsync", "fdatasync"];

const HELD: &str = "2026.11.26 is held";

fn world(file: &str) -> (Remote, PushDuty) {
    let server = Remote::tagged("server");
    let channels = format!("[channels.team]\nfile = \"{file}\"\n[channels.here]\nterminal = true");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .repo(&server)
        .toml(&channels);
    world.hero("mat").types("claim").expect_code(3);
    (server, world)
}

fn told(world: &PushDuty, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(world.dir().join(file)).unwrap_or_default();
    let read = text.lines().filter_map(|line| serde_json::from_str(line).ok());
    read.filter(|one: &Value| one["kind"] == "held").collect()
}

/// Whether the hold is in the ledger.
fn is_held(world: &PushDuty) -> bool {
    world.json(&["log"])["entries"].to_string().contains("\"kind\":\"held\"")
}

fn hold(world: &PushDuty) -> std::process::Command {
    let mut run = world.hero("mat").command();
    run.args(["hold", "--because", "rain", "--yes"]);
    run
}

#[test]
fn p13_killed_anywhere_a_hold_is_told_at_least_once_and_once_in_the_file() {
    let (_server, plain) = world("told.jsonl");
    let trace = Trace::new(plain.sealed(), CALLS);
    plain.start_command(&mut trace.watching(plain.sealed(), &hold(&plain))).wait().ok();
    assert_eq!(told(&plain, "told.jsonl").len(), 1);
    let places = trace.places();
    // Before the ledger is first written nothing is decided; from its first entries on every call counts.
    let first = places.iter().position(|p| p.about.iter().any(|a| a.contains("ledger.db-wal")));
    let places = &places[first.expect("the ledger is written")..];
    let (mut killed, mut repeats, mut between) = (0, 0, 0);
    for place in places {
        let (_server, world) = world("told.jsonl");
        let trace = Trace::new(world.sealed(), CALLS);
        let run = trace.killing(world.sealed(), &hold(&world), &place.call);
        let cut: Ran = world.start_command(&mut { run }).wait();
        killed += usize::from(cut.code != 0);
        let recorded = is_held(&world);
        let before = told(&world, "told.jsonl").len();
        let ran = world.hero("mat").types("tell --yes");
        assert_eq!(ran.code, 0, "{place:?}: {ran}");
        let count = told(&world, "told.jsonl").len();
        assert_eq!(count, usize::from(recorded), "{place:?}: {cut} {ran}");
        let heard = [&cut, &ran].map(|run| run.stderr.matches(HELD).count());
        assert!(heard[0] + heard[1] >= usize::from(recorded), "{place:?}: {cut} {ran}");
        if heard == [1, 1] {
            assert!(ran.stderr.contains("(perhaps told before)"), "{place:?}: {ran}");
            repeats += 1;
        }
        between += usize::from(before == 1 && heard[1] == 1);
        let third = world.hero("mat").types("tell --yes").ok();
        assert!(!third.stderr.contains(HELD), "{place:?}: {third}");
    }
    assert!(killed > 10 && repeats > 0 && between > 0, "{killed} {repeats} {between}");
}

/// A hold that its channel could not be told of, and the name of what waits.
fn untold() -> (Remote, PushDuty, String) {
    let (server, world) = world("told.jsonl");
    std::fs::create_dir(world.dir().join("told.jsonl")).expect("the home is writable");
    world.start_command(&mut hold(&world)).wait().ok();
    let waits = world.hero("mat").reads("tell --dry-run");
    let name = waits["announcements"][0]["id"].as_str().expect("a name").to_owned();
    (server, world, name)
}

fn gives_up(world: &PushDuty, name: &str) -> std::process::Command {
    let mut run = world.hero("mat").command();
    run.args(["tell", "--drop", name, "--yes"]);
    run
}

/// How often it is in the ledger that something was given up.
fn given_up(world: &PushDuty) -> usize {
    let log = world.json(&["log"]);
    let entries = log["entries"].as_array().expect("entries").iter();
    entries.filter(|entry| entry["kind"] == "given_up").count()
}

#[test]
fn p13_killed_anywhere_what_a_person_gives_up_is_recorded_once() {
    let (_server, plain, name) = untold();
    let trace = Trace::new(plain.sealed(), SYNCS);
    let mut run = trace.watching(plain.sealed(), &gives_up(&plain, &name));
    plain.start_command(&mut run).wait().ok();
    assert_eq!(given_up(&plain), 1);
    for place in &trace.places() {
        let (_server, world, name) = untold();
        let trace = Trace::new(world.sealed(), SYNCS);
        let mut run = trace.killing(world.sealed(), &gives_up(&world, &name), &place.call);
        let cut = world.start_command(&mut run).wait();
        let again = world.start_command(&mut gives_up(&world, &name)).wait();
        assert_eq!(given_up(&world), 1, "{place:?}: {cut} {again}");
        // It is on its way no more, whichever of the two runs ended that.
        world.start_command(&mut gives_up(&world, &name)).wait().expect_code(2);
    }
}

#[test]
fn p13_what_is_recorded_as_given_up_and_not_yet_taken_from_the_outbox_is_recorded_once() {
    let (_server, world, name) = untold();
    by_hand(&world, "CREATE TABLE before.delivery AS SELECT * FROM main.delivery");
    world.start_command(&mut gives_up(&world, &name)).wait().ok();
    by_hand(&world, "REPLACE INTO main.delivery SELECT * FROM before.delivery");
    world.start_command(&mut gives_up(&world, &name)).wait().ok();
    assert_eq!(given_up(&world), 1);
    world.start_command(&mut gives_up(&world, &name)).wait().expect_code(2);
}

#[test]
fn p13_of_several_that_are_given_up_at_once_each_is_recorded_once() {
    let (_server, world, name) = untold();
    world.hero("mat").types("resume --yes").ok();
    let waits = world.hero("mat").reads("tell --dry-run");
    let all = waits["announcements"].as_array().expect("announcements").iter();
    let names: Vec<&str> = all.filter_map(|one| one["id"].as_str()).collect();
    assert!(names.len() > 1 && names.contains(&&*name), "{names:?}");
    by_hand(&world, "CREATE TABLE before.delivery AS SELECT * FROM main.delivery");
    // The others are put off still.
    world.start_command(&mut gives_up(&world, &name)).wait().expect_code(6);
    assert_eq!(given_up(&world), 1);
    by_hand(&world, "REPLACE INTO main.delivery SELECT * FROM before.delivery");
    let mut all = gives_up(&world, &name);
    all.args(names.iter().flat_map(|name| ["--drop", *name]));
    world.start_command(&mut all).wait().ok();
    assert_eq!(given_up(&world), names.len(), "and what was recorded is not again");
}

/// Something done to the outbox from outside, beside a file for what it was before.
fn by_hand(world: &PushDuty, sql: &str) {
    let data = world.data_path();
    let before = format!("ATTACH '{}' AS before", data.join("before.db").display());
    let mut run = world.sealed().command("sqlite3");
    let done = run.arg(data.join("amo/ledger.db")).args([&*before, sql]).status();
    let done = done.expect("sqlite3 is missing: apt-get install sqlite3");
    assert!(done.success(), "{sql}");
}

#[test]
fn p13_on_a_full_disk_nothing_is_half_told_and_with_room_it_is_told() {
    let (_server, world) = world("small/told.jsonl");
    let disk = Disk::of(world.sealed(), &world.dir().join("small"), "64k");
    let on_disk = |run: &std::process::Command| {
        world.start_command(&mut disk.run_on(world.sealed(), run)).wait()
    };
    let shell = |script: &str| {
        let mut run = world.sealed().command("sh");
        run.args(["-c", script]).current_dir(world.dir());
        on_disk(&run)
    };
    shell("head -c 65536 /dev/zero > small/filler; true").ok();
    let ran = on_disk(&hold(&world)).ok();
    ran.says("the disk of").says("is full");
    shell("wc -c < small/told.jsonl").ok().says("0\n");
    disk.resize(world.sealed(), "1m");
    let mut again = world.hero("mat").command();
    again.args(["tell", "--again", "--yes"]);
    on_disk(&again).ok();
    let shown = shell("cat small/told.jsonl").ok();
    assert_eq!(shown.stdout.matches("\"kind\":\"held\"").count(), 1, "{shown}");
}
