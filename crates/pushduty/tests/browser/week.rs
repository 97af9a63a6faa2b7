//! A push from Monday to Thursday, as four people see it in their browsers.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use testkit::{PushDuty, Remote, Services};

use crate::scenario::{played_with, told};
use crate::server::Server;

/// The server of the week: everybody may look, and it looks around by itself.
const SERVED: &str = "--public --every 1";

/// What nobody without the security role may read before it is on upstream: its branch, subject, author, file.
const SECRETS: [&str; 4] = ["shut-the-back-door", "Shut the back door", "Eve Sharp", "door.py"];

/// The week's stage: two repositories, a twin with a fix that is reviewed and one that is not, services, a channel.
struct Week {
    world: PushDuty,
    server: Option<Server>,
    backend: Remote,
    web: Remote,
    twin: Remote,
    services: Services,
}

impl Week {
    fn new() -> Self {
        let (backend, web) = (Remote::tagged("server"), Remote::tagged("web"));
        backend.commit_on("main", &[("form.py", "form\n")], "Add a form");
        web.commit_on("main", &[("page.js", "page\n")], "Add a page");
        let twin = backend.twin();
        let services = Services::new();
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero"])
            .person("krupa", &["qa"])
            .person("jason", &["ops"])
            .person("iris", &["security"])
            .rotation(&["mat"])
            .repo(&backend)
            .security_twin("server", &twin)
            .repo(&web)
            .toml("[gates]\nqa = { need = 1 }\nops = { need = 1 }")
            .toml("[channels.team]\nfile = \"told.jsonl\"");
        let serves = |world: PushDuty, environment: &str| {
            let world = world.service(environment, "server", &services, 1);
            world.service(environment, "web", &services, 1)
        };
        let world = serves(serves(world, "stage"), "production");
        let world = world.toml(
            "[environments.production.promote]\ncommand = [\"./promote\", \"{repo}\", \"{tag}\"]",
        );
        program(&world, "promote", "echo \"$1 $2\" >> promoted");
        twin.commit("shut-the-back-door")
            .from("main")
            .author("Eve Sharp <eve@example.org>")
            .file("door.py", "shut\n")
            .subject("Shut the back door")
            .make();
        twin.commit("wax-the-lock").from("main").file("lock.py", "wax\n").subject("Wax it").make();
        world.at("2026-11-23T10:00:00Z");
        world.security("iris").types("security approve 1 --yes").ok();
        let week = Self { world, server: None, backend, web, twin, services };
        week.all_run("stage", "2026.11.19");
        week.all_run("production", "2026.11.19");
        Self { server: Some(Server::start(&week.world, "mat", SERVED)), ..week }
    }

    /// Both services of an environment show a tag.
    fn all_run(&self, environment: &str, tag: &str) {
        for remote in [&self.backend, &self.web] {
            self.runs(environment, remote, tag);
        }
    }

    fn runs(&self, environment: &str, remote: &Remote, tag: &str) {
        let name = format!("{environment}-{}", remote.name());
        self.services.runs(&name, tag, &remote.commit_of(tag));
    }

    /// Another day: the clock of a server stands, so that it is begun anew at the same address.
    fn is_at(&mut self, time: &str) {
        self.world.at(time);
        let server = self.server.take().expect("there is a server");
        let place = format!("{SERVED} --listen {}", server.address());
        server.ends().ok();
        self.server = Some(Server::start(&self.world, "mat", &place));
    }

    /// What happens outside of the browsers.
    fn goes_on(&mut self, what: &str) -> Value {
        match what {
            "tuesday" => self.is_at("2026-11-24T09:00:00Z"),
            "the page's commit" => return json!(self.web.commit_of("main")),
            "a fix lands" => {
                let commit = self.web.commit_on("main", &[("login.js", "in\n")], "Log in again");
                return json!(commit);
            }
            "stage has the cut" => self.all_run("stage", "2026.11.26"),
            "stage has the pick" => self.runs("stage", &self.web, "2026.11.26-1"),
            "thursday" => self.is_at("2026-11-26T09:00:00Z"),
            "security answers" => {
                let iris = self.world.security("iris");
                let plan = iris.reads("approve --role security --dry-run");
                let digest = plan["digest"].as_str().expect("a plan has a digest");
                iris.types(&format!("approve --role security --yes --if {digest}")).ok();
            }
            "production has it" => {
                self.runs("production", &self.backend, "2026.11.26");
                self.runs("production", &self.web, "2026.11.26-1");
            }
            "tags" => {
                let names = |remote: &Remote| remote.tags().into_keys().collect::<Vec<_>>();
                return json!({ "server": names(&self.backend), "web": names(&self.web) });
            }
            "told" => return self.told(),
            "promoted" => {
                let text = std::fs::read_to_string(self.world.dir().join("promoted"));
                return json!(text.unwrap_or_default());
            }
            other => panic!("nothing is known of {other}"),
        }
        Value::Null
    }

    /// The kinds of what the channel was told, and the mail.
    fn told(&self) -> Value {
        let text = std::fs::read_to_string(self.world.dir().join("told.jsonl"));
        let text = text.unwrap_or_default();
        let kind = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            line["kind"].clone()
        };
        json!({ "kinds": text.lines().map(kind).collect::<Vec<_>>(), "text": text })
    }
}

fn program(world: &PushDuty, name: &str, script: &str) {
    let path = world.dir().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the home is writable");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
        .expect("the file is ours");
}

#[test]
fn four_people_play_a_week_from_monday_to_thursday() {
    let mut week = Week::new();
    let server = week.server.as_ref().expect("there is a server");
    let mut told = told(&week.world, server, &["mat", "krupa", "jason"]);
    let hash = |branch: &str| week.twin.oid(branch)[..10].to_owned();
    let (first, second) = (hash("shut-the-back-door"), hash("wax-the-lock"));
    let merged = [&SECRETS[..], &[&*first]].concat();
    let never = ["wax-the-lock", "Wax it", "lock.py", &second];
    told["secrets"] = json!([&merged[..], &never].concat());
    told["merged"] = json!(merged);
    played_with("week", &told, |what| week.goes_on(what));
    week.world.hero("mat").types("verify").ok();
}
