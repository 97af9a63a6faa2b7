//! Killed wherever something is written on the way of an announcement, and told on a full disk: at least once everywhere, once
//! where the channel can tell a repeat, and a repeat elsewhere is said to be one (P13).

use serde_json::Value;
use testkit::{Disk, PushDuty, Ran, Remote, Trace};

/// What makes something last, or is read by people.
const CALLS: &[&str] = &["write", "pwrite64", "fsync", "fdatasync"];

const HELD: &str = "2026.11.26 is held";

fn world(file: &str) -> (Remote, PushDuty) {
    let server = Remote::new("server");
    server.annotated_tag("2026.11.19", "main", "amo 2026.11.19");
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
