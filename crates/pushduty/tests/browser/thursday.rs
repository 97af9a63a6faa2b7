//! The day after, in a house of its own: a push that a program brought to production, a private twin whose main went its own way,
//! and a server at work. What pages show of these is looked at here.

use serde_json::Value;
use testkit::{PushDuty, Remote, Services};

use crate::scenario::{PUSH, brought, told};
use crate::server::{Server, until};

/// When it is: the Thursday, after the push left.
const THURSDAY: &str = "2026-11-26T09:30:00Z";

pub struct Thursday {
    world: PushDuty,
    server: Server,
    /// The key of the deploy.
    deploy: String,
    _services: Services,
    _remotes: [Remote; 2],
}

impl Thursday {
    pub fn new() -> Self {
        let remote = Remote::tagged("server");
        remote.commit_on("main", &[("search.py", "search\n")], "Rank exact names first");
        let twin = remote.twin();
        let services = Services::new();
        services.runs("production-server", "2026.11.19", &remote.commit_of("2026.11.19"));
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero"])
            .person("iris", &["security"])
            .rotation(&["mat"])
            .repo(&remote)
            .security_twin("server", &twin)
            .service("production", "server", &services, 1)
            .toml("[environments.production.deploy]\ncommand = [\"/bin/echo\", \"{repo} {tag} takes the place of {from}\"]");
        world.hero("mat").types("tag --yes").ok();
        world.at(THURSDAY);
        let deploy = brought(&world, "mat");
        services.runs("production-server", PUSH, &remote.commit_of(PUSH));
        world.hero("mat").types("watch production --once").ok();
        // From here on there is something that only security may read.
        twin.commit("shut-the-back-door")
            .from("main")
            .author("Eve Sharp <eve@example.org>")
            .file("door.py", "shut\n")
            .subject("Shut the back door")
            .make();
        twin.commit_on("main", &[("hot.py", "hot\n")], "Merge by button");
        world.security("iris").types("security list").ok();
        let server = Server::start(&world, "mat", "--public --every 1");
        let mat = server.let_in(&world, "mat");
        let schedule = || mat.get("/trains/amo/schedule").body;
        until("a round is over", || schedule().contains("id=\"health\"").then_some(()));
        Self { world, server, deploy, _services: services, _remotes: [remote, twin] }
    }

    /// What a scenario is told of it.
    pub fn told(&self) -> Value {
        let mut told = told(&self.world, &self.server, &["mat", "iris"]);
        told["deploy"] = self.deploy.as_str().into();
        told
    }
}
