//! Everybody's week: what each person comes to do, and what they must never have to do.

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use testkit::{Person, PushDuty, Ran, Remote, Services};

use crate::scene::{of, server_and_web};

/// A team with two repositories, a private twin, stage and production, and a program that deploys.
struct Team {
    server: Remote,
    web: Remote,
    twin: Remote,
    services: Services,
    world: PushDuty,
    /// What the person whose week it is has typed, but for `--if` and the digest that they read.
    typed: RefCell<Vec<String>>,
}

const TOML: &str = "[gates]
qa = { need = 1, own = false }
ops = { need = 1 }

[environments.production.deploy]
command = [\"./deploy\", \"{repo}\", \"{tag}\"]

[notes]
url = \"https://push.example.org/amo-{push}\"

[channels.list]
file = \"told.jsonl\"";

/// Where its tags are compared.
fn compared(repo: &str) -> String {
    format!("compare = \"https://forge.example.org/{repo}/compare/{{base}}...{{head}}\"")
}

impl Team {
    fn new() -> Self {
        let (server, web) = server_and_web();
        let twin = server.twin();
        let names = ["stage-server", "stage-web", "production-server", "production-web"];
        let services = Services::running(&names.map(|name| (name, "2026.11.19")));
        let mut world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero", "developer"])
            .person("eviljeff", &["hero", "developer"])
            .person("kumar", &["developer"])
            .person("krupa", &["qa"])
            .person("jason", &["ops"])
            .person("ann", &["security"])
            .rotation(&["mat", "eviljeff"])
            .repo_at("server", &server.url(), &compared("server"))
            .repo_at("web", &web.url(), &format!("after = \"server\"\n{}", compared("web")))
            .security_twin("server", &twin);
        for environment in ["stage", "production"] {
            world = world.service(environment, "server", &services, 1);
            world = world.service(environment, "web", &services, 1);
        }
        let world = world.toml(TOML);
        let deploy = world.dir().join("deploy");
        std::fs::write(&deploy, "#!/bin/sh\necho \"$1 $2\" >> ran\n")
            .expect("the home is writable");
        std::fs::set_permissions(&deploy, std::fs::Permissions::from_mode(0o755))
            .expect("the file is ours");
        Self { server, web, twin, services, world, typed: RefCell::default() }
    }

    /// Somebody types a line; it is kept.
    fn types(&self, who: &Person<'_>, line: &str) -> Ran {
        self.typed.borrow_mut().push(line.to_owned());
        who.types(line)
    }

    /// The same with the yes that binds: what was read is what is said yes to.
    fn agrees(&self, who: &Person<'_>, line: &str) -> Ran {
        let plan = who.reads(&format!("{line} --dry-run"));
        let digest = plan["digest"].as_str().unwrap_or_else(|| panic!("a digest in {plan}"));
        self.typed.borrow_mut().push(line.to_owned());
        who.types(&format!("{line} --yes --if {digest}"))
    }

    /// Nothing that was typed holds any of this.
    fn never_typed(&self, parts: &[&str]) {
        for line in self.typed.borrow().iter() {
            assert!(parts.iter().all(|part| !line.contains(part)), "{line}");
        }
    }

    fn shows(&self, environment: &str, repo: &str, tag: &str) {
        let remote = if repo == "server" { &self.server } else { &self.web };
        self.services.runs(&format!("{environment}-{repo}"), tag, &remote.commit_of(tag));
    }

    fn stage_shows(&self, tag: &str) {
        self.shows("stage", "server", tag);
        self.shows("stage", "web", tag);
        self.world.hero("mat").types("watch stage --once").ok();
    }

    /// Tuesday and Wednesday by everybody else, so that Thursday is here.
    fn until_thursday(&self) {
        self.world.hero("mat").types("tag --yes").ok();
        self.stage_shows("2026.11.26");
        self.krupa_signs_off();
        let jason = self.world.ops("jason");
        jason.types("claim --yes").ok();
        let ann = self.world.security("ann");
        let plan = ann.reads("approve --role security --dry-run");
        let digest = plan["digest"].as_str().expect("a digest");
        ann.types(&format!("approve --role security --yes --if {digest}")).ok();
        self.world.at("2026-11-26T09:00:00Z");
    }

    fn krupa_signs_off(&self) {
        let krupa = self.world.qa("krupa");
        let plan = krupa.reads("approve --dry-run");
        let digest = plan["digest"].as_str().expect("a digest");
        krupa.types(&format!("approve --yes --if {digest}")).ok();
    }

    fn told(&self) -> String {
        std::fs::read_to_string(self.world.dir().join("told.jsonl")).unwrap_or_default()
    }
}

fn gate<'a>(told: &'a Value, name: &str) -> &'a Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("gates in {told}"));
    gates.iter().find(|gate| gate["name"] == name).unwrap_or_else(|| panic!("{name} in {told}"))
}

#[test]
fn the_hero_cuts_merges_picks_follows_and_hands_over_without_typing_a_tag_a_date_or_a_link() {
    let team = Team::new();
    let (mat, kumar, jason) =
        (team.world.hero("mat"), team.world.developer("kumar"), team.world.ops("jason"));
    team.twin.commit("fix").from("main").file("fix.py", "fix\n").subject("Close a hole").make();
    let ann = team.world.security("ann");
    ann.types("security list").ok();
    ann.types("security approve 1 --yes").ok();
    // Tuesday.
    team.types(&mat, "security merge --yes").ok();
    team.types(&mat, "tag --yes").ok().says("2026.11.26");
    assert_eq!(team.twin.oid("main"), team.server.oid("main"));
    let page = mat.reads("notes show")["text"].as_str().unwrap().to_owned();
    let link = "https://forge.example.org/web/compare/2026.11.19...2026.11.26\n";
    assert!(page.contains(link), "{page}");
    // What came late is asked for, and taken by asking for nothing in particular.
    let late = team.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    kumar.types(&format!("ask server:{late} \"login is broken\" --this --yes")).ok();
    team.types(&mat, "pick --asked --yes").ok().says("2026.11.26-1");
    team.shows("stage", "server", "2026.11.26-1");
    team.shows("stage", "web", "2026.11.26");
    team.types(&mat, "watch --once").ok();
    team.krupa_signs_off();
    jason.types("claim --yes").ok();
    team.types(&mat, "security sync --yes").ok();
    team.types(&mat, "ready").ok();
    // Thursday.
    team.world.at("2026-11-26T09:00:00Z");
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --yes --if {digest}")).expect_code(3).says("security");
    team.agrees(&mat, "approve --role security").ok();
    jason.types(&format!("start --yes --if {digest}")).ok();
    team.shows("production", "server", "2026.11.26-1");
    team.shows("production", "web", "2026.11.26");
    team.types(&mat, "watch production --once").ok();
    team.types(&mat, "finish --yes").ok().says("eviljeff");
    let told = team.told();
    assert!(told.contains("This week's push is done!") && told.contains("2026.12.03"), "{told}");
    team.never_typed(&["2026", "http", "compare", "...", "push is done", "amo-"]);
    // The next hero has it, and the notes to begin with.
    let next = mat.reads("notes show --push 2026.12.03");
    assert!(next["text"].as_str().unwrap().contains("eviljeff"), "{next}");
}

#[test]
fn a_developer_asks_blocks_and_sees_where_a_commit_is_without_asking_anybody() {
    let team = Team::new();
    let (kumar, mat) = (team.world.developer("kumar"), team.world.hero("mat"));
    mat.types("tag --yes").ok();
    let fix = team.server.commit_on("main", &[("fix.py", "fix\n")], "Fix the login");
    let out = |words: &str| {
        let ran = team.types(&kumar, &format!("where {}", &fix[..10])).ok();
        assert!(ran.stdout.contains(words), "{words} in {ran}");
    };
    out("ships with 2026.12.03");
    // Told while still at the keyboard that it applies.
    let line = format!("ask server:{} \"login is broken\" --this --yes", &fix[..10]);
    team.types(&kumar, &line).ok().says("applies to 2026.11.26");
    team.types(&kumar, "block \"nobody can log in\" --owner mat --yes").ok();
    assert_eq!(gate(&mat.reads("status"), "blockers")["ask"], "mat");
    mat.types("pick --asked --yes").ok();
    out("2026.11.26-1");
    team.types(&kumar, "unblock b2 --yes").ok();
    assert_eq!(gate(&mat.reads("status"), "blockers")["state"], "pass");
    team.shows("stage", "server", "2026.11.26-1");
    mat.types("watch stage --once").expect_code(1);
    out("stage");
    team.shows("production", "server", "2026.11.26-1");
    mat.types("watch production --once").expect_code(1);
    out("production");
    // None of that took anybody else's word, nor a right that kumar lacks.
    kumar.types("tag --yes").expect_code(3);
    kumar.types("start --yes --if x").expect_code(3);
}

#[test]
fn qa_reads_what_changed_since_last_time_and_no_tag_moves_under_the_word() {
    let team = Team::new();
    let (krupa, mat) = (team.world.qa("krupa"), team.world.hero("mat"));
    mat.types("tag --yes").ok();
    team.stage_shows("2026.11.26");
    team.agrees(&krupa, "approve").ok();
    let late = team.server.commit_on("main", &[("late.py", "late\n")], "Arrive late");
    let ran = mat.types(&format!("pick server:{late} --yes")).ok();
    // The hero is told at once whose word that voids, and it is in every status.
    ran.says("krupa signed off server 2026.11.26 as qa; 2026.11.26-1 has other files");
    let told = krupa.reads("status");
    let why = gate(&told, "qa")["why"].as_str().unwrap();
    assert_eq!(why, "krupa signed off server 2026.11.26, and 2026.11.26-1 has other files");
    assert_eq!(
        (&gate(&told, "qa")["ask"], gate(&told, "qa")["state"].as_str()),
        (&"krupa".into(), Some("wait"))
    );
    // What is to be read is the difference, and of the other repository nothing.
    let plan = krupa.reads("approve --dry-run");
    let server = of(&plan, "server");
    assert_eq!(
        (&server["since"], &server["commit_count"]),
        (&"2026.11.26".into(), &1.into()),
        "{plan}"
    );
    assert_eq!(of(&plan, "web")["already"], true, "{plan}");
    // Nothing leaves on the old word.
    let jason = team.world.ops("jason");
    let digest = jason.reads("start --dry-run")["digest"].as_str().unwrap().to_owned();
    jason.types(&format!("start --yes --if {digest}")).expect_code(3);
    team.agrees(&krupa, "approve").ok();
    assert_eq!(gate(&krupa.reads("status"), "qa")["state"], "pass");
    // A page that was read before another tag is no page to sign.
    let old = krupa.reads("approve --dry-run")["digest"].as_str().unwrap().to_owned();
    let more = team.web.commit_on("main", &[("more.js", "more\n")], "Arrive later");
    mat.types(&format!("pick web:{more} --yes")).ok();
    krupa.types(&format!("approve --yes --if {old}")).expect_code(5);
    team.never_typed(&["2026"]);
}

#[test]
fn ops_start_from_one_run_sheet_watch_and_roll_back_without_a_command_from_prose() {
    let team = Team::new();
    let jason = team.world.ops("jason");
    let mat = team.world.hero("mat");
    team.until_thursday();
    mat.types(
        "task add \"warm the cache: `./warm`\" --when before-start --owner jason --this --yes",
    )
    .ok();
    // Whether it is safe is said, gate by gate, with whom to ask.
    let sheet = jason.reads("start --dry-run");
    assert_eq!((&sheet["ready"], &gate(&sheet, "tasks")["ask"]), (&false.into(), &"jason".into()));
    team.agrees(&jason, "start").expect_code(3).says("warm the cache");
    team.types(&jason, "task done t1 --this --yes").ok();
    let sheet = team.types(&jason, "start --dry-run").ok();
    sheet.says("1.").says("server").says("2.").says("web").says("./deploy server 2026.11.26");
    team.agrees(&jason, "start").ok();
    let ran = || std::fs::read_to_string(team.world.dir().join("ran")).unwrap();
    assert_eq!(ran(), "server 2026.11.26\nweb 2026.11.26\n");
    team.shows("production", "server", "2026.11.26");
    team.shows("production", "web", "2026.11.26");
    team.types(&jason, "watch production --once").ok();
    // Graphs go bad: where it goes back to is known, and it goes in the other order.
    team.types(&jason, "rollback --because \"errors rise\" --yes").ok();
    assert!(ran().ends_with("web 2026.11.19\nserver 2026.11.19\n"), "{}", ran());
    assert_eq!(jason.reads("status")["state"], "rolled_back");
    team.never_typed(&["2026", "deploy", "./"]);
}

#[test]
fn security_ships_with_the_train_and_nothing_of_it_is_seen_before() {
    let team = Team::new();
    let (ann, kumar, mat) =
        (team.world.security("ann"), team.world.developer("kumar"), team.world.hero("mat"));
    let fix = team
        .twin
        .commit("hole")
        .from("main")
        .file("fix.py", "fix\n")
        .subject("Close the hole")
        .make();
    let looks = ["status", "ready", "log", "notes show", "compare", "security list", "schedule"];
    let seen = || -> Vec<String> {
        looks
            .iter()
            .map(|line| {
                let ran = kumar.types(&format!("{line} --json"));
                let told = format!("{}{}", ran.stdout, ran.stderr);
                for word in ["hole", "Close", &fix[..7]] {
                    assert!(!told.contains(word), "{line} tells {word}: {told}");
                }
                told
            })
            .collect()
    };
    seen();
    team.types(&ann, "security list").ok().says("hole");
    team.types(&ann, "security approve 1 --yes").ok();
    seen();
    kumar.types(&format!("where {fix}")).expect_code(2);
    // One command of the hero's ships it with the train; the two stay together.
    team.types(&mat, "tag --with-security --yes").ok();
    assert_eq!(team.twin.oid("main"), team.server.oid("main"));
    assert!(team.server.files("2026.11.26").iter().any(|file| file == "fix.py"));
    assert_eq!(gate(&ann.reads("ready"), "security")["state"], "pass");
    assert!(!team.server.oid("main").is_empty());
    // From here on it is public, and still not a word of the branch in what others read.
    let told = kumar.types("log").stdout;
    assert!(!told.contains("hole"), "{told}");
}

#[test]
fn a_new_team_is_on_the_train_with_what_it_has() {
    let site = Remote::new("site");
    for tag in ["v2026.11.12", "v2026.11.19"] {
        site.annotated_tag(tag, "main", tag);
    }
    site.commit_on("main", &[("page.html", "page\n")], "Add a page");
    let world = PushDuty::without_configuration(env!("CARGO_BIN_EXE_pushduty"));
    let user = "[user]\n\tname = Mathieu Pillard\n\temail = mat@example.org\n";
    std::fs::write(world.sealed().path(".gitconfig"), user).unwrap();
    world.run(&["init", &site.url()]).ok();
    let written = std::fs::read_to_string(world.config_path()).unwrap();
    for unused in ["[gates", "[environments", "[channels", "[notes", "security ="] {
        let set = written.lines().any(|line| line.trim_start().starts_with(unused));
        assert!(!set, "{unused} in\n{written}");
    }
    world.run(&["check"]).ok();
    world.run(&["tag", "--yes"]).ok().says("v2026.11.26");
    // Nothing that is not set up stands in the way, and each says so.
    let told = world.json(&["ready"]);
    assert_eq!(told["ready"], true, "{told}");
    let gates = told["gates"].as_array().unwrap();
    let silent: Vec<_> = gates.iter().filter(|gate| gate["basis"] == "not_set_up").collect();
    assert!(silent.len() >= 7, "{told}");
    let says = |gate: &&Value| gate["why"].as_str().unwrap().starts_with("not set up");
    assert!(silent.iter().all(says), "{told}");
    let digest = world.json(&["start", "--dry-run"])["digest"].as_str().unwrap().to_owned();
    world.run(&["start", "--yes", "--if", &digest]).ok();
    world.run(&["finish", "--yes"]).ok();
    assert_eq!(world.json(&["status", "--push", "2026.11.26"])["state"], "done");
}
