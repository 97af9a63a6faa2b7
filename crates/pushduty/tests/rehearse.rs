//! Rehearsals, as a team runs them before its first week: on copies, with everything of theirs left as it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{PushDuty, Ran, Remote, Services};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pushduty");

/// Everything below a folder, by path.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// A rehearsal that went well: its document.
#[track_caller]
fn rehearsed(ran: Ran) -> Value {
    let told = ran.ok().json();
    assert_eq!((&told["schema"], &told["rehearsal"]), (&1.into(), &true.into()));
    let steps = told["steps"].as_array().unwrap_or_else(|| panic!("there are steps in {told}"));
    assert!(steps.len() > 8 && steps.iter().all(|s| s["ok"] == true), "{steps:#?}");
    for key in ["train", "push", "hero", "copied", "not_set_up", "left_out", "tags", "kept"] {
        assert!(told.get(key).is_some(), "{key} is in {told}");
    }
    told
}

/// Whether somebody did something that ended so.
fn does(told: &Value, who: &str, what: &str, exit: i32) -> bool {
    let is = |s: &&Value| {
        let typed =
            s["command"].as_str().is_some_and(|c| c.starts_with(&format!("pushduty {what}")));
        s["who"] == who && s["exit"] == exit && typed
    };
    told["steps"].as_array().into_iter().flatten().any(|s| is(&s))
}

fn says(told: &Value, key: &str, words: &str) -> bool {
    let all = told[key].as_array().into_iter().flatten();
    all.filter_map(Value::as_str).any(|said| said.contains(words))
}

fn tags(told: &Value) -> Vec<String> {
    let all = told["tags"].as_array().into_iter().flatten();
    all.filter_map(|tag| tag["tag"].as_str()).map(str::to_owned).collect()
}

/// Two repositories, one with a twin; everything that a team can set up, and programs that leave a trace.
fn team(services: &Services) -> (Remote, Remote, Remote, PushDuty) {
    let server = Remote::tagged("server");
    let web = Remote::tagged("web");
    web.commit_on("main", &[("list.ts", "list\n")], "Show a list");
    web.commit_on("main", &[("box.ts", "box\n")], "Clear the box");
    let twin = server.twin();
    twin.commit("fix").from("main").author("Eve <eve@example.org>").file("fix.py", "fix\n").make();
    let world = PushDuty::new(PROGRAM)
        .zone("Europe/Paris")
        .train_toml("tags = \"signed\"\nstarting = 2026-11-26")
        .person("mat", &["hero", "security", "admin"])
        .person("kumar", &["hero", "developer"])
        .person("quinn", &["qa"])
        .person("otto", &["ops"])
        .rotation(&["mat", "kumar"])
        .repo(&server)
        .security_twin("server", &twin)
        .repo(&web)
        .toml("[repos.web.artifact]\ncommand = [\"./leave-a-trace\"]")
        .toml(&format!(
            "[repos.server.artifact]\nurl = \"{}\"",
            services.url_of("registry", "{tag}")
        ))
        .service("stage", "server", services, 3)
        .service("production", "server", services, 3)
        .toml("[environments.production.deploy]\ncommand = [\"./leave-a-trace\"]")
        .toml("[environments.production.promote]\ncommand = [\"./leave-a-trace\"]")
        .toml("[gates]\nqa = { need = 1, own = false }\nops = { need = 1 }")
        .toml("smoke = { command = [\"./leave-a-trace\"] }")
        .toml("[notes]\nurl = \"https://push.example.org/{push}\"\ntemplate = \"own.md\"")
        .toml("[[monitor]]\nname = \"Health\"\nurl = \"https://graphs.example.org/\"")
        .toml("[[calendar]]\nfile = \"away.ics\"\nholds = \"absences\"")
        .toml("[channels.team]\nfile = \"told.jsonl\"\n[channels.here]\nterminal = true");
    let writes = |name: &str, text: &str| {
        std::fs::write(world.dir().join(name), text).expect("the folder is writable");
    };
    writes("leave-a-trace", "#!/bin/sh\ntouch \"$0.was-run\"\n");
    let template =
        "# The push of this team\n\nBlockers:\n\n\nTo pick:\n\n\nPushing:\n\n\nstart:\nend:\n";
    writes("own.md", template);
    writes("away.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    (server, twin, web, world)
}

#[test]
fn a_team_sees_its_whole_week_and_nothing_of_theirs_is_touched() {
    let services = Services::new();
    let (server, twin, web, world) = team(&services);
    // The real record: it has begun, and is not to be opened.
    world.as_person("mat").types("hold --because \"not yet\" --yes");
    let mine = || (tree(&world.dir()), tree(&world.data_path()));
    let remotes = || [server.refs(), twin.refs(), web.refs()];
    let (before, refs) = (mine(), remotes());
    assert!(!before.1.is_empty(), "there is a record");
    let kept = world.sealed().path("kept");
    let line = format!("rehearse --json --keep {}", kept.display());
    let told = rehearsed(world.hero("mat").types(&line));
    assert!(remotes() == refs, "the remotes are as they were");
    assert!(mine() == before, "so are the configuration's folder and the data");
    for asked in ["stage-server", "production-server", "registry"] {
        assert_eq!(services.count(asked), 0, "{asked}");
    }

    assert_eq!((&told["push"], &told["hero"]), (&"2026.12.03".into(), &"kumar".into()));
    for (who, what, exit) in [
        ("mat", "security approve 1 --repo server --yes", 0),
        ("kumar", "security merge --yes --if ", 0),
        ("kumar", "tag --yes --if ", 0),
        ("kumar", "pick --asked --yes --if ", 0),
        ("quinn", "approve --role qa --yes --if ", 0),
        ("mat", "approve --role security --yes --if ", 0),
        ("otto", "claim --yes", 0),
        ("otto", "start --yes --if ", 0),
        ("otto", "watch production ", 0),
        ("otto", "promote --yes", 0),
        ("kumar", "finish ", 0),
    ] {
        assert!(does(&told, who, what, exit), "{who} does {what}, exit {exit}: {told:#}");
    }
    for words in [
        "deploys to production",
        "promotes on production",
        "smoke",
        "built from web",
        "signed",
        "team, here",
    ] {
        assert!(says(&told, "left_out", words), "{words}: {told:#}");
    }
    assert_eq!(told["not_set_up"], serde_json::json!([]));
    assert_eq!(tags(&told), ["2026.12.03-1", "2026.12.03-3"]);

    // What was held back of the team's own is what was picked.
    let copy = |name: &str| kept.join(format!("remotes/{name}.git"));
    let git = |dir: &Path, args: &[&str]| world.sealed().git(dir, args);
    let picked = git(&copy("web"), &["log", "-1", "--format=%s%n%b", "2026.12.03-1"]);
    let newest = web.oid("main");
    assert_eq!(picked, format!("Clear the box\n(cherry picked from commit {newest})"));
    assert!(git(&copy("server"), &["show", "2026.12.03:fix.py"]).contains("fix"));
    exceptions(&told, &|name, args| git(&copy(name), args));
    for channel in ["team", "here"] {
        let told = std::fs::read_to_string(kept.join(format!("told-{channel}.jsonl"))).unwrap();
        assert!(told.contains("push is done!") && told.contains("push.example.org"), "{told}");
    }

    let mut shell = world.sealed().command("sh");
    shell.args(["-c", ". ./surroundings && pushduty status --json"]).current_dir(&kept);
    let output = shell.output().unwrap();
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&status["rehearsal"], &status["push"]), (&true.into(), &"2026.12.10".into()));
}

/// The blocker that a tag mends, the conflict finished by hand, and the hot-fix: as typed, and on the copies.
fn exceptions(told: &Value, git: &dyn Fn(&str, &[&str]) -> String) {
    let steps: Vec<(&str, i64)> = told["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|s| Some((s["command"].as_str()?, s["exit"].as_i64()?)))
        .collect();
    let mut rest = steps.iter();
    for (begins, ends, exit) in [
        ("pushduty block ", "--owner kumar", 0),
        ("pushduty pick web:", "--because \"the second page of results is empty\" --yes", 0),
        ("pushduty unblock b", "--because \"fixed in 2026.12.03-2\" --yes", 0),
        ("pushduty pick web:", "--dry-run", 4),
        ("pushduty pick web:", "--resolve", 0),
        ("pushduty pick --continue --dry-run", "", 0),
        ("pushduty pick --continue --yes", "", 0),
        ("pushduty pick --onto production server:", "--yes", 0),
        ("pushduty where server:", "", 0),
        ("pushduty finish --push 2026.11.19", "--yes", 0),
        ("pushduty pick server:", "--because \"production has it\" --push 2026.12.03 --yes", 0),
    ] {
        let is = |(typed, ended): &&(&str, i64)| {
            typed.starts_with(begins) && typed.ends_with(ends) && *ended == exit
        };
        assert!(
            rest.any(|step| is(&step)),
            "{begins}…{ends}, exit {exit}, in its turn: {steps:#?}"
        );
    }
    let by_hand = git("web", &["show", "2026.12.03-3:rehearsal.txt"]);
    assert!(by_hand.ends_with("is there, and says where it begins."), "{by_hand}");
    let origin = git("web", &["log", "-1", "--format=%an: %s%n%b", "2026.12.03-3"]);
    assert!(
        origin.starts_with("Kumar: Say where the second page begins\n(cherry picked"),
        "{origin}"
    );
    for (tag, has) in [("2026.11.19", false), ("2026.11.19-1", true), ("2026.12.03-1", true)] {
        let files = git("server", &["ls-tree", "--name-only", tag]);
        assert_eq!(files.contains("rehearsal-hot-fix.txt"), has, "{tag}: {files}");
    }
    assert!(!git("server", &["ls-tree", "--name-only", "2026.11.19-1"]).contains("fix.py"));
}

#[test]
fn one_repository_and_nothing_else_is_enough() {
    let server = Remote::new("server");
    let world = PushDuty::new(PROGRAM).repo(&server);
    let refs = server.refs();
    let ran = world.as_person("ann").types("rehearse").ok();
    let mut rest = ran.stdout.as_str();
    for words in [
        "The next push of amo, before it happens",
        "These are copied:",
        "Not set up, so nothing is shown of it:",
        "people: one person plays every role",
        "what production runs",
        "ann is on duty for 2026.12.03",
        "✓ published  server  2026.12.03",
        "A commit lands on server; it is pretended",
        "✓ published  server  2026.12.03-1",
        "lands what mends it on server; it is pretended.",
        "✓ published  server  2026.12.03-2",
        "changes one line of rehearsal.txt twice",
        "conflict",
        "opens rehearsal.txt in an editor",
        "✓ published  server  2026.12.03-3",
        "no hot-fix can be shown",
        "✓ 2026.12.03 is started.",
        "push is done!",
        "What left",
        "The copies are gone, and nothing of yours was touched.",
    ] {
        let at = rest.find(words).unwrap_or_else(|| panic!("no “{words}” in its turn:\n{ran}"));
        rest = &rest[at + words.len()..];
    }
    assert!(!ran.stdout.contains('\u{1b}'), "no colour where there is no terminal");
    assert_eq!(server.refs(), refs);
    assert!(!world.data_path().exists(), "no data folder is made");
    assert_eq!(std::fs::read_dir(world.sealed().path("tmp")).unwrap().count(), 0);
}

#[test]
fn where_git_marks_no_conflict_the_one_of_the_rehearsal_is_given_up() {
    let server = Remote::new("server");
    server.commit_on("main", &[(".gitattributes", "*.txt binary\n")], "Say what is binary");
    let world = PushDuty::new(PROGRAM).person("mat", &["hero"]).repo(&server);
    let told = rehearsed(world.hero("mat").types("rehearse --json"));
    assert!(does(&told, "mat", "pick --abort --yes", 0), "{told:#}");
    assert!(!does(&told, "mat", "pick --continue", 0), "{told:#}");
    assert_eq!(tags(&told), ["2026.12.03-2"]);
}

#[test]
fn tags_are_named_as_the_team_names_them() {
    let server = Remote::new("server");
    server.commit_on("main", &[("a", "a\n")], "Add a");
    server.commit_on("main", &[("b", "b\n")], "Add b");
    let world = PushDuty::new(PROGRAM).person("mat", &["hero"]).repo_at(
        "server",
        &server.url(),
        "tag = \"v{date}\"\nfirst_suffix = 2",
    );
    let told = rehearsed(world.hero("mat").types("rehearse --json"));
    assert_eq!(tags(&told), ["v2026.12.03-4"]);
    let before = serde_json::json!(["v2026.12.03", "v2026.12.03-2", "v2026.12.03-3"]);
    assert_eq!(told["tags"][0]["before"], before);
    assert!(does(&told, "mat", "pick --asked --yes", 0), "{told:#}");
}

#[test]
fn of_two_trains_one_is_rehearsed_and_the_other_left_alone() {
    let (server, web) = (Remote::new("server"), Remote::new("web"));
    let world = PushDuty::new(PROGRAM);
    let two = format!(
        "[people.mat]\nroles = [\"hero\"]\n[environments.stage]\nservices = []\n\
         [trains.one]\ncut = \"Monday 08:00\"\npush = \"Monday 08:30\"\n\
         [trains.one.repos.server]\nupstream = \"{}\"\n\
         [trains.two]\n[trains.two.repos.web]\nupstream = \"{}\"\n",
        server.url(),
        web.url()
    );
    std::fs::write(world.config_path(), two).unwrap();
    world.as_person("mat").types("rehearse").expect_code(2).says("several trains: one, two");
    let kept = world.sealed().path("kept");
    let line = format!("rehearse --train one --json --keep {}", kept.display());
    // Cut and departure are half an hour apart: the story hurries.
    let told = rehearsed(world.as_person("mat").types(&line));
    assert_eq!(tags(&told), ["2026.11.30-3"]);
    let text = std::fs::read_to_string(kept.join("pushduty.toml")).unwrap();
    assert!(text.contains("name = \"one\"") && text.contains("remotes/server.git"), "{text}");
    for other in ["two", &server.url(), &web.url()] {
        assert!(!text.contains(other), "{other} in {text}");
    }
}

#[test]
fn tried_dry_it_tells_and_makes_nothing() {
    let services = Services::new();
    let (server, _, _, world) = team(&services);
    let kept = world.sealed().path("kept");
    let line = format!("rehearse --dry-run --keep {}", kept.display());
    let ran = world.hero("mat").types(&line).ok();
    ran.says("Would be copied:").says(&server.url()).says("Left out of a rehearsal:");
    let told = world.hero("mat").reads("rehearse --dry-run");
    assert_eq!((&told["push"], &told["steps"]), (&Value::Null, &serde_json::json!([])));
    assert_eq!(told["copied"].as_array().map(Vec::len), Some(2));
    assert!(told["copied"][0]["security"].is_string(), "{told}");
    assert!(!kept.exists() && !world.data_path().exists());
}

#[test]
fn what_can_not_be_rehearsed_is_said_at_once() {
    let (empty, server) = (Remote::empty("server"), Remote::new("server"));
    let world = PushDuty::new(PROGRAM).repo(&empty);
    world.run(&["rehearse"]).expect_code(2).says("server has no commit yet");
    let world = PushDuty::new(PROGRAM).repo_at("server", "/nowhere/server.git", "");
    let ran = world.run(&["rehearse"]).expect_code(1).says("upstream (“/nowhere/server.git”)");
    assert!(!ran.stdout.contains("What left"), "{ran}");
    let world = PushDuty::new(PROGRAM).repo(&server).person("quinn", &["qa"]);
    world.run(&["rehearse"]).expect_code(2).says("nobody in [people] may cut a push");
    let world = PushDuty::new(PROGRAM);
    world.run(&["rehearse"]).expect_code(2).says("there is nothing to rehearse");
    let full = world.sealed().path("full");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("mine"), "mine").unwrap();
    let world = world.repo(&server);
    let line = format!("rehearse --keep {}", full.display());
    world.as_person("ann").types(&line).expect_code(2).says("is not empty");
    assert_eq!(tree(&full).len(), 1);
}

#[test]
fn what_would_stop_the_real_week_stops_the_rehearsal() {
    // Production has a pick that main lacks: the real cut would refuse to drop it (P6).
    let server = Remote::new("server");
    let start = server.commit_of("main");
    server.commit("hot").from(&start).file("hot", "hot").subject("Put a fire out").make();
    server.annotated_tag("2026.11.19", "hot", "amo 2026.11.19");
    server.commit_on("main", &[("a", "a\n")], "Add a");
    let world = PushDuty::new(PROGRAM).repo(&server);
    let ran = world.as_person("ann").types("rehearse").expect_code(4);
    let ran = ran.says("the rehearsal stopped on Tuesday at 09:00");
    ran.says("it ended with 3 instead of 0").says("Put a fire out");
}

#[test]
fn a_copy_that_refuses_stops_it() {
    let server = Remote::new("server");
    let world = PushDuty::new(PROGRAM).repo(&server);
    let closes = "case $dir in */remotes/server.git)\n\
        mkdir -p \"$dir/hooks\"\n\
        printf '#!/bin/sh\\necho this remote is closed >&2\\nexit 1\\n' > \"$dir/hooks/pre-receive\"\n\
        chmod +x \"$dir/hooks/pre-receive\" ;; esac";
    let path = world.sealed().git_that_breaks_after("init", closes);
    let mut command = world.command();
    command.env("PATH", path).args(["rehearse", "--json"]);
    let ran = world.start_command(&mut command).wait().expect_code(4);
    let told = ran.json();
    let words = told["error"]["message"].as_str().unwrap();
    assert!(words.contains("the rehearsal stopped on Tuesday at 09:02"), "{words}");
    assert_eq!(std::fs::read_dir(world.sealed().path("tmp")).unwrap().count(), 0);
}
