//! Announcements: what the team's channels are told, once, whatever goes wrong with them (P13).

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use conductor::ports::{Draft, Ledger};
use serde_json::Value;
use testkit::{PushDuty, Remote};
use train::attempt::Finish;
use train::event::Event;
use train::people::{Actor, Proof};

use crate::scene::{Scene, alone, everything, failure};
use crate::start::Thursday;

const FILE: &str = "[channels.team]\nfile = \"told.jsonl\"\n";
const BOTH: &str = "[channels.team]\nfile = \"told.jsonl\"\n\n[channels.here]\nterminal = true\n";

/// Adds to the configuration, as a team does in mid-week.
fn configure(world: &PushDuty, text: &str) {
    let file = std::fs::File::options().append(true).open(world.config_path());
    write!(file.expect("there is a configuration"), "\n{text}").expect("the home is writable");
}

fn file(world: &PushDuty) -> PathBuf {
    world.dir().join("told.jsonl")
}

/// What the file was told.
fn told(world: &PushDuty) -> Vec<Value> {
    let text = std::fs::read_to_string(file(world)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("a line is a document")).collect()
}

fn kinds(world: &PushDuty) -> Vec<String> {
    told(world).iter().map(|one| one["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// How each announcement of a document stands: `cut team handed`.
fn states(document: &Value) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let one = |a: &Value| [&a["kind"], &a["channel"], &a["state"]].map(word).join(" ");
    document["announcements"].as_array().expect("announcements").iter().map(one).collect()
}

#[test]
fn a_cut_and_a_hold_are_told_to_each_channel_after_the_commands_own_words() {
    let scene = Scene::new();
    configure(&scene.world, BOTH);
    let ran = scene.mat().types("tag --yes").ok();
    let from = ran.stderr.find('▸').expect("the terminal is told");
    insta::assert_snapshot!(scene.world.tidy(&ran.stderr[from..]), @"
    ▸ rehearsal: amo: 2026.11.26 is cut
      server 2026.11.26, compared with 2026.11.19
      web 2026.11.26, compared with 2026.11.19
      Notes: `pushduty notes show --push 2026.11.26`
    ");
    let jason = scene.world.ops("jason");
    let ran = jason.types("hold --because \"smoke tests\" --yes --json --quiet").ok();
    assert_eq!(ran.json()["done"], true, "one document on standard output");
    assert!(ran.stderr.contains("▸ rehearsal: amo: 2026.11.26 is held\n  By jason: smoke tests."));
    let all = told(&scene.world);
    assert_eq!(kinds(&scene.world), ["cut", "held"]);
    assert_eq!(
        (&all[1]["text"], &all[1]["push"]),
        (&"By jason: smoke tests.".into(), &"2026.11.26".into())
    );
    assert_eq!((&all[1]["schema"], &all[1]["rehearsal"]), (&1.into(), &true.into()));
    jason.types("hold --because \"smoke tests\" --yes").ok().never_says("▸");
    for looks in ["status", "log", "schedule", "tag --dry-run"] {
        scene.mat().types(looks).ok().never_says("▸");
    }
    scene.mat().types("tell").ok().says("There is nothing to tell.");
    assert_eq!(told(&scene.world), all);
}

#[test]
fn what_was_recorded_before_there_was_a_channel_is_told_to_nobody() {
    let scene = Scene::new().cut();
    scene.mat().types("tell --yes").ok().says("No channel is set up");
    let document = scene.mat().reads("tell --dry-run");
    assert_eq!((&document["set_up"], states(&document)), (&false.into(), vec![]));
    configure(&scene.world, FILE);
    scene.world.ops("jason").types("hold --because rain --yes").ok();
    assert_eq!(kinds(&scene.world), ["held"]);
}

#[test]
fn a_channel_hears_of_what_it_asked_for() {
    let scene = Scene::new();
    configure(&scene.world, &format!("{FILE}tells = [\"held\", \"resumed\"]\n"));
    scene.mat().types("tag --yes").ok();
    scene.mat().types("hold --because rain --yes").ok();
    scene.mat().types("resume --yes").ok();
    assert_eq!(kinds(&scene.world), ["held", "resumed"]);
}

#[test]
fn p13_a_channel_that_takes_nothing_fails_no_command_and_waits_for_a_person_at_last() {
    let scene = Scene::new().cut();
    configure(&scene.world, BOTH);
    std::fs::create_dir(file(&scene.world)).expect("the home is writable");
    let mat = scene.mat();
    let ran = mat.types("hold --because rain --yes").ok();
    insta::assert_snapshot!(scene.world.tidy(&ran.stderr), @"
    ▸ rehearsal: amo: 2026.11.26 is held
      By mat: rain.
    ◆ 1 announcement not told yet, team: “[home]/work/told.jsonl” is a folder.
      → `pushduty tell --dry-run` shows them.
    ");
    mat.types("check").ok().says("is a folder");
    // In time it is tried again, and what comes after it does not wait for it.
    for time in ["09:01:00", "09:06:00", "09:36:00"] {
        scene.world.at(&format!("2026-11-24T{time}Z"));
        let ran = mat.types("tell --yes").expect_code(6);
        assert!(ran.stderr.contains("✗ 1 announcement not told yet"), "{ran}");
        assert!(!ran.stderr.contains('▸'), "{ran}");
    }
    mat.types("resume --yes").ok().says("2026.11.26 is held no longer");
    mat.types("status").ok().never_says("waits for a person");
    scene.world.at("2026-11-24T11:36:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), ["held team waits", "resumed team put_off"]);
    mat.types("status").ok().says("1 announcement waits for a person");
    mat.types("check").ok().says("1 announcement for a person");
    scene.world.at("2026-11-24T11:37:00Z");
    let document = mat.types("tell --dry-run --json").ok().json();
    assert_eq!(document["announcements"][0]["tries"], 5);
    std::fs::remove_dir(file(&scene.world)).expect("the home is writable");
    assert_eq!(kinds(&scene.world), [""; 0]);
    let again = mat.types("tell --again --yes").ok();
    again.says("✓ handed over").never_says("▸");
    assert_eq!(kinds(&scene.world), ["held", "resumed"]);
    mat.types("status").ok().never_says("waits for a person");
}

#[test]
fn p13_what_a_person_gives_up_and_what_is_too_late_is_told_to_nobody() {
    let scene = Scene::new().cut();
    configure(&scene.world, FILE);
    std::fs::create_dir(file(&scene.world)).expect("the home is writable");
    let mat = scene.mat();
    mat.types("hold --because rain --yes").ok();
    mat.types("resume --yes").ok();
    let document = mat.reads("tell --dry-run");
    let name = document["announcements"][0]["id"].as_str().expect("a name").to_owned();
    let ran = mat.types("tell --drop nothing --yes").expect_code(2);
    insta::assert_snapshot!(failure(&scene.world, &ran), @"
    ✗ no announcement on its way is called “nothing”.
      → `pushduty tell --dry-run` lists them with their names.
    ");
    mat.types(&format!("tell --drop {}", &name[..12])).expect_code(2).says("add --yes to do it");
    let document = mat.reads(&format!("tell --drop {} --yes", &name[..12]));
    assert_eq!(states(&document), ["held team dropped", "resumed team put_off"]);
    let log = mat.reads("log --push 2026.11.26 --last 1");
    let event = &log["entries"][0]["event"];
    assert_eq!((&event["kind"], &event["announcement"]), (&"given_up".into(), &name.into()));
    let says = "gave up the announcement “held” of 2026.11.26 for team";
    mat.types("log --push 2026.11.26").ok().says(says);
    scene.world.at("2026-11-25T09:00:00Z");
    std::fs::remove_dir(file(&scene.world)).expect("the home is writable");
    let document = mat.types("tell --yes --json").ok().json();
    let states = states(&document);
    assert!(states.contains(&"resumed team expired".to_owned()), "{states:?}");
    assert!(!kinds(&scene.world).contains(&"resumed".to_owned()));
}

#[test]
fn p13_several_who_tell_at_once_tell_it_once() {
    let scene = Scene::new().cut();
    configure(&scene.world, BOTH);
    let jason = scene.world.ops("jason");
    std::fs::create_dir(file(&scene.world)).expect("the home is writable");
    for n in 0..5 {
        jason.types(&format!("hold --because \"reason {n}\" --yes")).ok();
    }
    std::fs::remove_dir(file(&scene.world)).expect("the home is writable");
    scene.world.at("2026-11-24T09:05:00Z");
    let all: Vec<_> = (0..6).map(|_| jason.starts(&["tell", "--yes"])).collect();
    all.into_iter().for_each(|run| drop(run.wait().ok()));
    let texts: Vec<String> = told(&scene.world).iter().map(|one| one["text"].to_string()).collect();
    let expected: Vec<String> = (0..5).map(|n| format!("\"By jason: reason {n}.\"")).collect();
    assert_eq!(texts, expected);
    let holds: Vec<_> = (0..4)
        .map(|n| jason.starts(&["hold", "--because", &format!("at once {n}"), "--yes"]))
        .collect();
    let said: Vec<String> = holds.into_iter().map(|run| run.wait().ok().stderr).collect();
    for n in 0..4 {
        let words = format!("By jason: at once {n}.");
        let heard = |text: &str| text.matches(&words).count();
        assert_eq!(heard(&said.concat()), 1, "the terminal of one of them: {said:?}");
        let lines = told(&scene.world);
        assert_eq!(lines.iter().filter(|one| one["text"] == words.as_str()).count(), 1);
    }
}

#[test]
fn two_hours_before_the_push_those_who_hold_a_gate_are_asked_by_name_and_once() {
    let server = Remote::new("server");
    let world = alone(&server)
        .person("krupa", &["qa"])
        .toml("[gates]\nqa = { need = 1, own = false }\nops = { need = 1 }")
        .toml(FILE);
    let mat = world.hero("mat");
    world.at("2026-11-23T10:00:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), ["reminder_cut team handed"]);
    assert_eq!(states(&mat.reads("tell --yes")), [""; 0], "once");
    world.at("2026-11-24T09:00:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), ["reminder_cut team handed"], "it is due now");
    mat.types("tag --yes").ok();
    world.at("2026-11-26T06:59:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), [""; 0]);
    world.at("2026-11-26T07:00:00Z");
    mat.types("tell").expect_code(2).says("○ due");
    mat.types("tell --yes --quiet").ok();
    let asked: Vec<String> = told(&world)
        .iter()
        .filter(|one| one["kind"] == "gate_reminder")
        .map(|one| format!("{}: {}", one["audience"]["name"], one["text"]))
        .collect();
    assert_eq!(
        asked,
        [
            "\"jason\": \"It is to leave Thu 26 Nov 09:00 UTC.\\nops: nobody has claimed the push.\\n`pushduty ready` looks again.\"",
            "\"krupa\": \"It is to leave Thu 26 Nov 09:00 UTC.\\nqa: server 2026.11.26 lacks 1 sign-off by QA.\\n`pushduty ready` looks again.\"",
        ]
    );
    world.at("2026-11-26T08:59:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), [""; 0], "once");
    world.at("2026-11-26T09:00:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), ["reminder_push team handed"]);
    mat.types("hold --because rain --yes").ok();
    world.at("2026-12-02T09:00:00Z");
    assert_eq!(states(&mat.reads("tell --yes")), ["reminder_cut team handed"], "of the next one");
}

#[test]
fn a_reminder_of_what_is_done_by_now_is_not_handed_over() {
    let scene = Scene::new();
    configure(&scene.world, FILE);
    std::fs::create_dir(file(&scene.world)).expect("the home is writable");
    let mat = scene.mat();
    mat.types("tell --yes").expect_code(6).says("is not cut yet");
    std::fs::remove_dir(file(&scene.world)).expect("the home is writable");
    mat.types("tag --yes").ok();
    scene.world.at("2026-11-24T09:05:00Z");
    mat.types("tell --yes").ok();
    assert_eq!(kinds(&scene.world), ["cut"]);
}

/// Two pushes are over, as the ledger has it.
fn finishes(world: &PushDuty, pushes: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let at = "2026-11-24T09:00:00Z".parse().expect("a time");
        let ledger = ledger::open(&world.data_path().join("amo"), Some(at)).await;
        let ledger = ledger.expect("the ledger is there");
        let lock = ledger.lock(Duration::from_secs(10)).await.expect("nobody writes");
        for push in pushes {
            let finish = Finish {
                started: None,
                ended: at,
                issues: Vec::new(),
                because: None,
                tags: [].into(),
            };
            let push = push.parse().expect("a date");
            let event = Event::Finished { push, finish: Box::new(finish) };
            let actor = Actor { name: "mat".to_owned(), roles: [].into(), proof: Proof::Local(0) };
            let drafts = vec![Draft { at, actor, event }];
            let head = ledger.head().await.expect("a head");
            ledger.append(&lock, &head, drafts, &|_| Vec::new()).await.expect("appended");
        }
    });
}

#[test]
fn p13_the_end_of_a_push_is_mailed_and_of_topics_only_the_last_is_set() {
    let scene = Scene::new();
    configure(&scene.world, "[notes]\nurl = \"https://push.example.org/{train}-{push}\"");
    configure(&scene.world, FILE);
    scene.mat().types("tag --yes").ok();
    finishes(&scene.world, &["2026.11.26", "2026.12.03"]);
    let document = scene.mat().reads("tell --yes");
    assert_eq!(
        states(&document),
        [
            "finished team handed",
            "topic team superseded",
            "hero_handover team handed",
            "finished team handed",
            "topic team handed",
            "hero_handover team handed",
        ]
    );
    let all = told(&scene.world);
    let topics: Vec<&Value> = all.iter().filter(|one| one["kind"] == "topic").collect();
    assert_eq!(topics.len(), 1);
    assert_eq!(
        topics[0]["text"],
        "Next push: https://push.example.org/amo-2026.12.10 | push hero: mat"
    );
    let mail = all.iter().find(|one| one["kind"] == "finished").expect("a mail");
    assert_eq!(mail["audience"]["to"], "list");
    assert_eq!(
        mail["text"],
        "This week's push is done!\n\nNotes:\n    https://push.example.org/amo-2026.11.26\n\nIssues:\n    None\n\nNext Push:\n    eviljeff\n    https://push.example.org/amo-2026.12.03"
    );
}

#[test]
fn p9_a_reason_that_tells_of_a_fix_is_in_no_record_and_told_to_no_channel() {
    let server = Remote::tagged("server");
    let twin = server.twin();
    twin.branch("fix-session-7", "main");
    twin.commit_on("fix-session-7", &[("fix.py", "fix\n")], "Fix");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero", "security"])
        .repo(&server)
        .security_twin("server", &twin)
        .toml(BOTH);
    let mat = world.hero("mat");
    mat.types("security list").ok();
    let no = mat.types("hold --because \"until fix-session-7 is in\" --yes").expect_code(3);
    no.says("not public yet");
    mat.types("hold --because \"it rains\" --yes").ok();
    assert_eq!(told(&world)[0]["text"], "By mat: it rains.");
    assert!(
        !mat.types("log --json").ok().stdout.contains("fix-session-7"),
        "nothing of it is kept"
    );
    mat.types("security approve 1 --yes").ok();
    mat.types("security merge --yes").ok().never_says("▸");
    assert_eq!(kinds(&world), ["held"]);
    mat.types("hold --because \"fix-session-7 is in\" --yes").ok();
    assert_eq!(told(&world)[1]["text"], "By mat: fix-session-7 is in.", "it is public now");
}

#[test]
fn channels_that_make_no_sense_are_refused_with_their_place() {
    let server = Remote::new("server");
    for (text, words) in [
        ("[channels.a]", "the channel “a” goes nowhere"),
        ("[channels.a]\nterminal = false", "a terminal that is told nothing is no channel"),
        ("[channels.a]\nfile = \"x\"\nterminal = true", "is a file and a terminal"),
        ("[channels.a]\nfile = \"\"", "“” is no file's name"),
        ("[channels.a]\nfile = \"a\\u0007\"", "is no file's name"),
        ("[channels.a]\nfile = 3", "where a string belongs"),
        ("[channels.a]\nfile = \"x\"\ntells = []", "a channel that is told nothing is none"),
        ("[channels.a]\nfile = \"x\"\ntells = [\"cutt\"]", "did you mean “cut”?"),
        ("[channels.a]\nfiel = \"x\"", "did you mean “file”?"),
        ("[channels.\"a b\"]\nfile = \"x\"", "is no name"),
        ("[channels.a]\nfile = \"x\"\n[channels.b]\nfile = \"x\"", "write to the same place"),
    ] {
        let world = alone(&server).toml(text);
        let ran = world.run(&["status"]).expect_code(2);
        assert!(ran.stderr.contains(words) && ran.stderr.contains("pushduty.toml:"), "{ran}");
    }
}

#[test]
fn a_file_that_can_t_be_is_said_by_check_and_a_dry_run_writes_none() {
    let scene = Scene::new();
    configure(&scene.world, "[channels.team]\nfile = \"nowhere/told.jsonl\"\n");
    scene.mat().types("check").ok().says("the folder of").says("is not there");
    let before = everything(&scene.world, &[&scene.server]);
    scene.mat().types("tell --dry-run").ok().says("○ due").says("is not cut yet");
    assert_eq!(everything(&scene.world, &[&scene.server]), before);
    std::fs::create_dir(scene.world.dir().join("nowhere")).expect("the home is writable");
    scene.mat().types("check").ok().says("is made with the first announcement");
    scene.mat().types("tell --yes").ok();
    assert!(scene.world.dir().join("nowhere/told.jsonl").exists());
}

#[test]
fn what_is_told_before_a_rehearsals_ledger_has_begun_says_that_it_is_one() {
    let scene = Scene::new();
    configure(&scene.world, FILE);
    scene.mat().types("tell --yes").ok();
    let all = told(&scene.world);
    assert!(!all.is_empty() && all.iter().all(|one| one["rehearsal"] == true), "{all:?}");
}

/// To whom each announcement of a kind was told: `channel`, or a name.
fn heard(world: &PushDuty, kind: &str) -> Vec<String> {
    let of_kind = told(world).into_iter().filter(|one| one["kind"] == kind);
    let whom = |one: Value| {
        let audience = &one["audience"];
        let name = audience["name"].as_str().or(audience["to"].as_str());
        name.expect("an audience").to_owned()
    };
    let mut all: Vec<String> = of_kind.map(whom).collect();
    all.sort();
    all
}

#[test]
fn a_blocker_that_comes_after_the_start_alarms_the_channel_the_hero_and_who_took_it() {
    let thursday = Thursday::new(FILE);
    let (world, jason) = (&thursday.world, thursday.jason());
    let kumar = world.developer("kumar");
    kumar.types("block \"the footer is crooked\" --yes").ok();
    kumar.types("unblock b1 --yes").ok();
    jason.types("claim --yes").ok();
    thursday.starts().ok();
    assert_eq!(heard(world, "late_blocker"), [""; 0], "what came before the start is for its gate");
    kumar.types("block \"the login page is blank\" --yes").ok();
    assert_eq!(heard(world, "late_blocker"), ["channel", "jason", "mat"]);
    let all = told(world);
    let alarm = all.iter().find(|one| one["kind"] == "late_blocker").expect("an alarm");
    assert_eq!(alarm["subject"], "amo: a blocker of 2026.11.26 came after its start");
    let text = alarm["text"].as_str().expect("a text");
    assert!(text.contains("b2: the login page is blank."), "{text}");
    let next = thursday.mat().reads("status")["next"].clone();
    assert_eq!(next["command"], "pushduty unblock b2", "{next}");
    assert!(next["what"].as_str().expect("words").contains("though the push has started"));
    kumar.types("unblock b2 --yes").ok();
    thursday.mat().types("tell --yes").ok();
    assert_eq!(heard(world, "late_blocker").len(), 3, "told once");
    let next = thursday.mat().reads("status")["next"].clone();
    assert_eq!(next["command"], "pushduty watch production", "{next}");
}

#[test]
fn a_tag_in_production_that_no_start_allowed_alarms_once() {
    let thursday = Thursday::new(FILE);
    let (world, jason, mat) = (&thursday.world, thursday.jason(), thursday.mat());
    jason.types("claim --yes").ok();
    mat.types("tell --yes").ok();
    assert_eq!(heard(world, "past_us"), [""; 0]);
    thursday.services.runs(
        "production-server",
        "2026.11.26",
        &thursday.server.commit_of("2026.11.26"),
    );
    jason.types("watch production --once").expect_code(1);
    mat.types("tell --yes").ok();
    assert_eq!(heard(world, "past_us"), ["channel", "jason", "mat"]);
    let next = mat.reads("status")["next"].clone();
    assert_eq!((&next["who"], &next["command"]), (&"jason".into(), &"pushduty start".into()));
    mat.types("tell --yes").ok().says("There is nothing to tell.");
    thursday.starts().ok();
    mat.types("tell --yes").ok();
    assert_eq!(heard(world, "past_us").len(), 3, "once for each");
    assert_ne!(mat.reads("status")["next"]["command"], "pushduty start");
}
