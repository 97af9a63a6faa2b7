//! `--dry-run` leaves every ref of every remote, the ledger and the folder as they were: each command that has it is tried
//! where it would do something, and then does it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::init_works::nobody;
use crate::tree::commands;

/// A server with a private twin and something new on main; mat may do everything, and what happens is told to a file.
struct Stage {
    server: Remote,
    twin: Remote,
    world: PushDuty,
}

/// All that a dry run may not change.
#[derive(Debug, PartialEq)]
struct Everything {
    refs: [BTreeMap<String, String>; 2],
    entries: Value,
    files: BTreeMap<String, Vec<u8>>,
}

impl Stage {
    fn new() -> Self {
        Self::with(PushDuty::new(env!("CARGO_BIN_EXE_pushduty")), |world, server, twin| {
            world
                .person("mat", &["hero", "qa", "ops", "security", "admin"])
                .person("kumar", &["hero"])
                .rotation(&["mat", "kumar"])
                .repo(server)
                .security_twin("server", twin)
                .toml("[channels.team]\nfile = \"told.jsonl\"")
        })
    }

    fn with(world: PushDuty, more: fn(PushDuty, &Remote, &Remote) -> PushDuty) -> Self {
        let server = Remote::tagged("server");
        server.commit_on("main", &[("form.py", "form\n")], "Add a form");
        let twin = server.twin();
        let world = more(world, &server, &twin);
        let editor = world.sealed().path("editor.sh");
        std::fs::write(editor, "echo '* a new form' >> \"$1\"\n").unwrap();
        Self { server, twin, world }
    }

    fn mat(&self, lines: &[&str]) {
        for line in lines {
            self.world.hero("mat").types(&format!("{line} --yes")).ok();
        }
    }

    /// Somebody presses start, having read the run sheet.
    fn start(&self) {
        self.mat(&["tag"]);
        let sheet = self.world.hero("mat").reads("start --dry-run");
        self.mat(&[&format!("start --if {}", sheet["digest"].as_str().unwrap())]);
    }

    /// A commit on main since the cut.
    fn late(&self) -> String {
        self.mat(&["tag"]);
        format!("server:{}", self.server.commit_on("main", &[("late.py", "1\n")], "Arrive late"))
    }

    /// A change of mat's is on stage.
    fn staged(&self) {
        let mat = "mat <mat@example.org>";
        self.server.commit_as(mat, "main", &[("mine.py", "1\n")], "Add what is mine");
        let services = Services::new();
        let url = services.url("stage-server");
        let service = format!("{{ name = \"server\", repo = \"server\", version = \"{url}\" }}");
        let file = std::fs::File::options().append(true).open(self.world.config_path());
        writeln!(file.unwrap(), "\n[environments.stage]\nservices = [{service}]").unwrap();
        self.mat(&["tag"]);
        services.runs("stage-server", "2026.11.26", &self.server.commit_of("2026.11.26"));
        self.world.hero("mat").types("watch stage --once").ok();
        // It answers as long as the test runs.
        std::mem::forget(services);
    }

    /// kumar offers a push of theirs.
    fn offered(&self, push: &str) {
        self.world.hero("kumar").types(&format!("rotation offer {push} --yes")).ok();
    }

    fn fix(&self) {
        self.twin.branch("fix", "main");
        self.twin.commit_on("fix", &[("fix.py", "fix\n")], "Fix");
        self.world.hero("mat").types("security list").ok();
    }

    /// A file in the folder that the command is run in.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.world.dir().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn run(&self, words: &[&str]) -> testkit::Ran {
        // Before `init` nobody is anybody.
        let mut command = match self.world.config_path().exists() {
            true => self.world.as_person("mat").command(),
            false => self.world.command(),
        };
        let editor = self.world.sealed().path("editor.sh");
        command.env("EDITOR", format!("sh {}", editor.display()));
        self.world.start_command(command.args(words)).wait()
    }

    fn everything(&self) -> Everything {
        let configured = self.world.config_path().exists();
        let entries = match configured {
            true => self.world.as_person("mat").reads("log")["entries"].clone(),
            false => Value::Null,
        };
        let refs = [&self.server, &self.twin].map(Remote::refs);
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(self.world.dir()).unwrap().flatten() {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            files.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
        }
        Everything { refs, entries, files }
    }
}

/// Makes something to do, and gives the words that come behind the command's name.
type Prepare = fn(&Stage) -> Vec<String>;

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Each command that changes something.
const TRIED: &[(&str, Prepare)] = &[
    ("adopt", |_| words("--because new")),
    ("approve", |stage| {
        stage.mat(&["tag"]);
        words("")
    }),
    ("ask", |stage| words(&format!("{} please --this", stage.late()))),
    ("backup", |_| words("kept.tar")),
    ("block", |stage| {
        stage.mat(&["tag"]);
        words("the css is gone")
    }),
    ("call", |stage| {
        stage.staged();
        words("")
    }),
    ("cancel", |_| words("--because rain")),
    ("claim", |stage| {
        stage.mat(&["tag"]);
        words("")
    }),
    ("confirm", |stage| {
        stage.staged();
        words("")
    }),
    ("later", |stage| {
        stage.mat(&["tag", "block \"the css is gone\""]);
        words("b1")
    }),
    ("finish", |stage| {
        stage.start();
        words("--because done")
    }),
    ("hold", |_| words("--because rain")),
    ("import notes", |stage| {
        std::fs::create_dir(stage.world.dir().join("notes")).unwrap();
        stage.file("notes/2026-11-12.md", "This week's push hero is mat\n");
        words("notes")
    }),
    ("init", |stage| vec![stage.server.url()]),
    ("move", |_| words("2026.11.27")),
    ("notes edit", |stage| {
        stage.mat(&["tag"]);
        words("")
    }),
    ("notes set", |stage| {
        stage.mat(&["tag"]);
        vec![stage.file("page.md", "Notable things shipping:\n\n* a new form\n")]
    }),
    ("people give", |_| words("kumar ops")),
    ("people take", |stage| {
        stage.mat(&["people give kumar ops"]);
        words("kumar ops")
    }),
    ("pick", |stage| vec![stage.late()]),
    ("promote", |stage| {
        stage.start();
        words("")
    }),
    ("rehearse", |stage| words(&format!("--keep {}", stage.world.dir().join("kept").display()))),
    ("resume", |stage| {
        stage.mat(&["hold --because rain"]);
        words("")
    }),
    ("rollback", |stage| {
        stage.start();
        words("--because broken")
    }),
    ("rotation away", |_| words("mat 2026.12.21 2027.01.03")),
    ("rotation decline", |stage| {
        stage.offered("2026.12.03");
        words("2026.12.03 --because holidays")
    }),
    ("rotation keep", |stage| {
        stage.mat(&["rotation offer 2026.11.26"]);
        words("2026.11.26")
    }),
    ("rotation offer", |_| words("2026.11.26 kumar")),
    ("rotation swap", |_| words("2026.11.26 kumar")),
    ("rotation take", |stage| {
        stage.offered("2026.12.03");
        words("2026.12.03")
    }),
    ("security approve", |stage| {
        stage.fix();
        words("1")
    }),
    ("security merge", |stage| {
        stage.fix();
        stage.mat(&["security approve 1"]);
        words("")
    }),
    ("security repair", |stage| {
        stage.twin.commit_on("main", &[("hot.py", "1\n")], "Merge by button");
        words("--publish")
    }),
    ("security sync", |stage| {
        stage.server.commit_on("main", &[("next.py", "1\n")], "Go on");
        words("")
    }),
    ("start", |stage| {
        stage.mat(&["tag"]);
        words("")
    }),
    ("tag", |_| words("")),
    ("task add", |_| words("tell ops")),
    ("task done", |stage| {
        stage.mat(&["tag", "task add \"tell ops\" --this"]);
        words("t1 --this")
    }),
    ("tell", |stage| {
        let file = stage.world.dir().join("told.jsonl");
        std::fs::create_dir(&file).unwrap();
        stage.mat(&["hold --because rain"]);
        std::fs::remove_dir(&file).unwrap();
        stage.world.at("2026-11-24T10:00:00Z");
        words("")
    }),
    ("restore", |stage| {
        stage.mat(&["tag"]);
        stage.world.as_person("mat").types("backup kept.tar").ok();
        stage.mat(&["block \"the css is gone\""]);
        words("kept.tar --force")
    }),
    ("unblock", |stage| {
        stage.mat(&["tag", "block \"the css is gone\""]);
        words("b1")
    }),
    ("unclaim", |stage| {
        stage.mat(&["tag", "claim"]);
        words("")
    }),
];

/// With `--yes` these take the digest of the plan that was read.
const BOUND: [&str; 2] = ["approve", "start"];

#[test]
fn whatever_can_be_tried_dry_is_tried() {
    let all = commands(&nobody());
    let dry = all.iter().filter(|command| {
        !command.group && command.short.lines().any(|line| line.trim().starts_with("--dry-run"))
    });
    let dry: BTreeSet<String> = dry.map(crate::tree::Command::name).collect();
    let tried: BTreeSet<String> = TRIED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(dry, tried, "each command has its entry, with something for it to do");
}

fn tried(name: &str, prepare: Prepare) {
    let stage = match name {
        "init" => Stage::with(nobody(), |world, _, _| world),
        _ => Stage::new(),
    };
    let more = prepare(&stage);
    let line: Vec<&str> = name.split(' ').chain(more.iter().map(String::as_str)).collect();
    let before = stage.everything();
    let ran = stage.run(&[&line[..], &["--dry-run", "--json"]].concat());
    assert_eq!(ran.code, 0, "{name}: {ran}");
    assert_eq!(stage.everything(), before, "{name}: a dry run changes nothing");
    stage.run(&[&line[..], &["--dry-run"]].concat()).ok();
    assert_eq!(stage.everything(), before, "{name}: nor does one for people");

    let told = ran.json();
    let digest = told["digest"].as_str().unwrap_or_default();
    let mut yes = vec!["--yes"];
    if BOUND.contains(&name) {
        yes.extend(["--if", digest]);
    }
    // These ask nobody: what they make is new, and beside all that there is.
    if ["backup", "init", "rehearse"].contains(&name) {
        yes.clear();
    }
    let ran = stage.run(&[&line[..], &yes].concat());
    assert_eq!(ran.code, 0, "{name}: {ran}");
    assert_ne!(stage.everything(), before, "{name}: it had something to do");
}

#[test]
fn a_dry_run_leaves_the_remotes_the_ledger_and_the_folder_as_they_were() {
    let half = TRIED.len() / 2;
    std::thread::scope(|scope| {
        for part in [&TRIED[..half], &TRIED[half..]] {
            scope.spawn(|| part.iter().for_each(|(name, prepare)| tried(name, *prepare)));
        }
    });
}
