//! The command line with `--server`: the same words, the same documents, the same exit codes as where the train is.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;
use testkit::{Answer, Gate, Line, Proxy, PushDuty, Ran, Remote, Running, Services};

use crate::cut;
use crate::server::{Server, until};

/// A train, cut, that a server runs, and another machine from which it is asked.
pub struct Far {
    tokens: RefCell<BTreeMap<String, String>>,
    pub world: PushDuty,
    pub remote: Remote,
    pub laptop: PushDuty,
    pub server: Server,
}

impl Far {
    pub fn new() -> Self {
        let (world, remote) = cut();
        Self::of(world, remote)
    }

    pub fn of(world: PushDuty, remote: Remote) -> Self {
        let server = Server::start(&world, "mat", "");
        let laptop = PushDuty::without_configuration(env!("CARGO_BIN_EXE_pushduty"));
        Self { tokens: RefCell::default(), world, remote, laptop, server }
    }

    /// A token of somebody, to act.
    pub fn token(&self, who: &str) -> String {
        if let Some(token) = self.tokens.borrow().get(who) {
            return token.clone();
        }
        let token = self.server.let_in(&self.world, who).token();
        self.tokens.borrow_mut().insert(who.to_owned(), token.clone());
        token
    }

    /// Types a line on the laptop, with a token of `who`.
    pub fn types(&self, who: &str, line: &str) -> Ran {
        self.types_with(&self.token(who), line)
    }

    pub fn types_with(&self, token: &str, line: &str) -> Ran {
        self.starts_with(token, line).wait()
    }

    fn starts_with(&self, token: &str, line: &str) -> Running {
        let mut command = self.laptop.command();
        command.args(testkit::words(line)).env("PUSHDUTY_TOKEN", token);
        command.env("PUSHDUTY_SERVER", self.server.url());
        self.laptop.start_command(&mut command)
    }

    /// The same on a terminal, where to each question its answer is typed.
    #[cfg(feature = "services")]
    fn answers(&self, who: &str, line: &str, answers: &[(&str, &str)]) -> Ran {
        let mut command = self.laptop.command();
        command.args(testkit::words(line)).env("PUSHDUTY_TOKEN", self.token(who));
        command.env("PUSHDUTY_SERVER", self.server.url());
        command.env("SHELL", "/bin/sh").env("NO_COLOR", "1");
        let on_a_terminal = r#"exec script -qec "exec $0 $*" /dev/null"#;
        let sealed = self.laptop.sealed();
        let mut command = sealed.wrapped("sh", &["-c", on_a_terminal], &command);
        let mut running = self.laptop.start_command(command.stdin(std::process::Stdio::piped()));
        for (question, answer) in answers {
            until(question, || running.stdout_so_far().contains(question).then_some(()));
            running.types(answer);
        }
        running.wait()
    }
}

/// Holds that two runs showed the same, byte for byte, and ended the same.
#[track_caller]
fn alike(line: &str, here: &Ran, there: &Ran) {
    assert_eq!(here.code, there.code, "{line}\nhere: {here:?}\nthere: {there:?}");
    assert_eq!(here.stdout, there.stdout, "{line}");
    assert_eq!(here.stderr, there.stderr, "{line}");
}

/// What changes nothing, typed at both places.
const LOOKS: &[&str] = &[
    "status",
    "status --push 2026.11.26",
    "status --push 2026.13.01",
    "ready",
    "waiting",
    "later a9 --yes",
    "later b1 --until 14:30 --dry-run",
    "later b1 --until soon --dry-run",
    "compare",
    "compare web 2026.11.19..main",
    "compare web nothing..main",
    "compare nothing",
    "where main",
    "where deadbeef",
    "where nothing:main",
    "history",
    "history --push 2019.01.01",
    "stats",
    "log",
    "log -n 2",
    "log --deploy nothing",
    "watch nowhere --once",
    "schedule",
    "schedule --from 2026.12.01 --to 2026.12.31",
    "schedule --from 2026.12.31 --to 2026.12.01",
    "schedule --ics",
    "schedule --ics --from 2026.12.01 --to 2026.12.31",
    "schedule --ics --from 2026.12.31 --to 2026.12.01",
    "rotation",
    "people",
    "people give kumar ops --dry-run",
    "people give nobody ops --dry-run",
    "notes show",
    "notes show --history",
    "notes show --who",
    "notes show --raw",
    "notes show --at 99",
    "notes check",
    "ask",
    "ask --this",
    "task list --this",
    "security list",
    "security repair",
    "security repair --publish --dry-run",
    "adopt --dry-run",
    "adopt --because \"the machine is gone\" --dry-run",
    "tag --dry-run",
    "tag --dry-run --again --because \"kick the build\"",
    "tag --push 2026.11.01 --dry-run",
    "tag --stay nothing --dry-run",
    "pick main --dry-run",
    "pick nothing:main --dry-run",
    "approve --dry-run",
    "start --dry-run",
    "start --stop --dry-run",
    "promote --dry-run",
    "rollback --dry-run --because broken",
    "finish --dry-run",
    "finish --dry-run --because enough",
    "hold --because \"smoke tests\" --until 14:30 --dry-run",
    "hold --because \"smoke tests\" --until yesterday --dry-run",
    "claim --dry-run",
    "move 2026.11.27 --dry-run",
    "cancel --because holidays --dry-run",
    "rotation swap 2026.11.26 nobody --dry-run",
    "rotation offer 2026.11.26 --dry-run",
    "rotation offer 2026.11.26 nobody --dry-run",
    "rotation take 2026.11.26 --dry-run",
    "rotation decline 2026.11.26 --because \"not today\" --dry-run",
    "rotation keep 2026.11.26 --dry-run",
    "confirm --dry-run",
    "confirm web:main --dry-run",
    "confirm nothing:main --dry-run",
    "confirm --withdraw \"it crashes\" --dry-run",
    "call --dry-run",
    "call --all \"we leave soon\" --dry-run",
    "rotation away mat 2026.12.21 2027.01.03 --dry-run",
    "block \"login is broken\" --owner kumar --dry-run",
    "block \"login is broken\" --owner nobody --dry-run",
    "task add \"flip the switch\" --dry-run",
    "task done t99 --dry-run",
    "unblock b99 --dry-run",
    "block \"no terminal to ask on\"",
    "tag --again --because \"no terminal to ask on\"",
    "approve --yes",
];

#[test]
fn what_is_looked_at_is_the_same_from_elsewhere() {
    looked_at("");
}

#[test]
fn what_is_looked_at_is_the_same_document_from_elsewhere() {
    looked_at(" --json");
}

fn looked_at(form: &str) {
    let far = Far::new();
    far.remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    far.world.hero("mat").types("block \"the page is blank\" --yes").ok();
    let token = far.token("mat");
    for line in LOOKS {
        // What can't be read is told by this machine's own clock.
        let unreadable = line.contains("2026.13.01") || line.contains("--ics");
        if unreadable && form.contains("json") {
            continue;
        }
        let line = format!("{line}{form}");
        let here = far.world.hero("mat").types(&line);
        alike(&line, &here, &far.types_with(&token, &line));
    }
}

#[test]
fn a_watch_from_elsewhere_shows_the_same_ends_the_same_and_waits_as_long() {
    let (world, remote) = cut();
    let [old, new] = ["2026.11.19", "2026.11.26"]
        .map(|tag| Answer::Version(tag.to_owned(), remote.commit_of(tag)));
    let services = Services::new();
    let far = Far::of(world.service("stage", "web", &services, 1), remote);
    let token = far.token("mat");
    let both = |line: &str| {
        let here = far.world.hero("mat").types(line);
        alike(line, &here, &far.types_with(&token, line));
        here
    };
    // This comes first: what a service answered is shared with whoever looks next, and a look that was cut short is not.
    services.answers("stage-web", &[new.clone().after_ms(30_000)]);
    both("watch --limit 0.5 --every 0.1").expect_code(1).says("no answer in the time there was");
    services.answers("stage-web", &[old]);
    both("watch stage --once").expect_code(1).says("stage does not show the tags");
    both("watch --once --push 2026.11.26 --json").expect_code(1);
    let watching = far.starts_with(&token, "watch --every 0.1");
    until("it watches", || watching.stdout_so_far().contains("old").then_some(()));
    services.answers("stage-web", &[new]);
    watching.wait().ok().says("current");
    both("watch --once").ok().says("Watching stage for 2026.11.26");
}

/// What each wish does, in a train of its own on either side.
const WISHES: &[(&str, &str)] = &[
    ("mat", "tag --again --because \"kick the build\" --yes"),
    ("mat", "pick main --yes"),
    ("kumar", "tag --again --because \"kick the build\" --yes"),
    ("mat", "people give kumar ops --yes"),
    ("ada", "people give kumar ops --yes"),
    ("ada", "people take kumar ops --yes"),
    ("mat", "adopt --because \"the machine is gone\" --yes"),
    ("krupa", "adopt --because \"the machine is gone\" --yes"),
    ("jason", "claim --yes"),
    ("jason", "claim --yes"),
    ("jason", "unclaim --yes"),
    ("kumar", "claim --yes"),
    ("mat", "hold --because \"smoke tests\" --yes"),
    ("mat", "resume --yes"),
    ("krupa", "block \"the page is blank\" --yes"),
    ("mat", "later b1 --until 14:30 --yes"),
    ("mat", "later b1 --until 14:30 --yes"),
    ("krupa", "later b1 --yes"),
    ("mat", "unblock b1 --because \"it was the cache\" --yes"),
    ("mat", "task add \"flip the switch\" --this --yes"),
    ("mat", "task done t1 --this --yes"),
    ("mat", "ask web:main \"it is needed\" --this --yes"),
    ("mat", "rotation away mat 2026.12.21 2027.01.03 --yes"),
    ("mat", "rotation offer 2026.11.26 --yes"),
    ("kumar", "rotation take 2026.11.26 --yes"),
    ("mat", "rotation keep 2026.11.26 --yes"),
    ("kumar", "confirm --yes"),
    ("mat", "call \"stage is up\" --yes"),
    ("mat", "approve --yes --if 0123456789abcdef"),
    ("jason", "start --yes"),
    ("jason", "start --yes --if 0123456789abcdef"),
    ("jason", "rollback --because broken --yes"),
    ("mat", "finish --yes"),
    ("mat", "cancel --because \"all hands\" --yes"),
];

#[test]
fn what_is_wished_is_done_and_told_the_same_from_elsewhere() {
    let (here, far) = (cut(), Far::new());
    for remote in [&here.1, &far.remote] {
        remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    }
    for (who, line) in WISHES {
        let near = here.0.as_person(who).types(line);
        let there = far.types(who, line);
        assert_eq!(near.code, there.code, "{line}\nhere: {near:?}\nthere: {there:?}");
        let tidy = |world: &PushDuty, text: &str| world.tidy(text).replace("[oid]", "");
        assert_eq!(tidy(&here.0, &near.stdout), tidy(&far.world, &there.stdout), "{line}");
        assert_eq!(tidy(&here.0, &near.stderr), tidy(&far.world, &there.stderr), "{line}");
    }
    let last = |world: &PushDuty| {
        let log = world.hero("mat").reads("log");
        let kinds = log["entries"].as_array().expect("entries").iter().map(|e| e["kind"].clone());
        // That somebody came in is in the record of the server alone.
        kinds.filter(|kind| kind != "signed_in" && kind != "token_made").collect::<Vec<Value>>()
    };
    assert_eq!(last(&here.0), last(&far.world), "the record has the same");
}

#[test]
fn a_plan_that_was_read_there_binds_the_yes() {
    let far = Far::new();
    let krupa = far.token("krupa");
    let plan = far.types_with(&krupa, "approve --dry-run --json").ok().json();
    let digest = plan["digest"].as_str().expect("a digest");
    far.types_with(&krupa, &format!("approve --yes --if {digest}")).ok().says("signed off");
    let log = far.world.hero("mat").reads("log");
    let last = log["entries"].as_array().and_then(|all| all.last()).expect("an entry").clone();
    assert_eq!(last["actor"], "krupa");
    assert!(last["proof"]["token"].is_string(), "{last}");
}

#[cfg(feature = "services")]
#[test]
fn what_is_open_at_the_end_is_settled_with_one_key_each_from_elsewhere() {
    let far = Far::new();
    let mat = far.world.hero("mat");
    mat.types("block \"the page is blank\" --yes").ok();
    mat.types("task add \"warm the cache\" --this --yes").ok();
    mat.types("task add \"tell support\" --when after-done --this --yes").ok();
    let answers = [
        ("“the page is blank”: [d]one", "p\n"),
        ("“warm the cache”: [d]one", "d\n"),
        ("“tell support”: [d]one", "p\n"),
        ("[y/N]", "y\n"),
    ];
    let ended = far.answers("jason", "finish --because enough", &answers).ok();
    ended.says("goes with 2026.12.03: tell support");
    let next = mat.reads("notes show --push 2026.12.03")["text"].to_string();
    for text in ["the page is blank", "tell support"] {
        assert_eq!(next.matches(text).count(), 1, "{next}");
    }
    assert!(!next.contains("warm the cache"), "{next}");
    mat.types("log").ok().says("goes with 2026.12.03");
}

#[test]
fn a_tag_that_somebody_deleted_is_taken_as_it_is_from_elsewhere() {
    let far = Far::new();
    far.remote.delete_ref("refs/tags/2026.11.26");
    for line in ["adopt --dry-run", "adopt --dry-run --json"] {
        let here = far.world.hero("mat").types(line);
        alike(line, &here, &far.types("mat", line).ok().says("was deleted from web"));
    }
    far.world.hero("mat").types("verify").expect_code(4);
    far.types("kumar", "adopt --because mine --yes").expect_code(3);
    let taken = far.types("mat", "adopt --because \"it was me, by hand\" --yes").ok();
    taken.says("this ledger runs the train, and has the tags as they are.");
    far.world.hero("mat").types("verify").ok();
    far.types("mat", "adopt --because again --yes").ok().says("There is nothing to take over.");
}

#[test]
fn who_is_not_known_or_not_there_is_told_so() {
    let far = Far::new();
    far.types_with("made-up", "status").expect_code(2).never_says("made-up");
    let mut command = far.laptop.command();
    command.args(["status", "--server", &far.server.url()]);
    far.laptop.start_command(&mut command).wait().expect_code(2);
    let mut command = far.laptop.command();
    command.args(["status", "--server", "http://127.0.0.1:1"]).env("PUSHDUTY_TOKEN", "x");
    far.laptop.start_command(&mut command).wait().expect_code(1);
    let mut command = far.laptop.command();
    command.args(["status", "--server", "http://push.example.org"]).env("PUSHDUTY_TOKEN", "secret");
    let open = far.laptop.start_command(&mut command).wait().expect_code(2);
    open.says("in the open").never_says("secret");
    far.types("mat", "status --train nothing").expect_code(2);
    far.types("mat", "status --as ada").expect_code(2).says("--as is for runs on this machine");
}

#[test]
fn what_works_on_this_machine_alone_is_not_asked_of_a_server() {
    let far = Far::new();
    let token = far.token("mat");
    for line in [
        "init x.git",
        "check",
        "config schema",
        "verify",
        "serve",
        "import notes .",
        "tell",
        "tag --settle",
        "pick --continue",
        "pick --resolve main",
        "pick --abort",
    ] {
        let refused = far.types_with(&token, line).expect_code(2);
        refused.says("this can't be asked of a server");
    }
    far.types_with(&token, "verify").expect_code(2).says("is its own witness");
    far.types_with(&token, "tell --again").expect_code(2).says("on its page of announcements");
    far.types_with(&token, "check").expect_code(2).says("its page of the train");
    far.types_with(&token, "tag --settle").expect_code(2).says("by itself, each round");
    far.types_with(&token, "pick --continue").expect_code(2).says("by hand in a work tree");
    far.types_with(&token, "completions bash").ok();
}

#[test]
fn a_token_is_kept_for_its_owner_alone_and_sent_to_its_server() {
    let far = Far::new();
    let (token, url) = (far.token("jason"), far.server.url());
    let file = far.laptop.sealed().path("token");
    std::fs::write(&file, format!("{token}\n")).expect("the home is writable");
    let runs = |args: &[&str]| far.laptop.run(args);
    let login = ["login", &url, "--token-file", file.to_str().expect("a path")];
    runs(&login).ok().says("its trains: amo").never_says(&token);
    runs(&["claim", "--yes", "--server", &url]).ok().says("done");
    assert_eq!(far.world.hero("mat").reads("status")["claims"][0]["by"], "jason");
    let kept = far.laptop.sealed().path(".config/pushduty/tokens.toml");
    let mode = |path: &std::path::Path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    };
    assert_eq!(mode(&kept), 0o600);
    std::fs::set_permissions(&kept, std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .expect("it is ours");
    runs(&["status", "--server", &url]).expect_code(1).says("may be read by others");
    std::fs::write(&file, "made-up\n").expect("the home is writable");
    runs(&login).expect_code(2).never_says("made-up");
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_and_the_wish_is_done_once() {
    let far = Far::new();
    let token = far.token("mat");
    let gate = Gate::new(far.world.sealed(), "push");
    far.remote.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
    let proxy = Proxy::to(far.server.address());
    // Long enough for what the train is, too short for what came of the wish.
    let bearer = format!("Bearer {token}");
    let about = far.server.anybody().with("authorization", &bearer);
    let about = about.with("accept", "text/event-stream").get("/api/v1/trains/amo").is(200);
    proxy.down(Line::good().cut_after(about.size() + 100));
    let mut command = far.laptop.command();
    command.args(testkit::words("tag --again --because \"kick the build\" --yes --train amo"));
    command.env("PUSHDUTY_TOKEN", &token);
    command.env("PUSHDUTY_SERVER", format!("http://{}", proxy.address()));
    let running = far.laptop.start_command(&mut command);
    gate.wait_until_reached();
    proxy.down(Line::good());
    gate.open();
    running.wait().ok().says("2026.11.26-1");
    assert_eq!(proxy.connections(), 3, "it was asked for once more");
    assert_eq!(far.remote.tags().len(), 3, "it was done once");
}
