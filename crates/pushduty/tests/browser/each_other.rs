//! What people ask of each other: to serve a push, to come, to see what is theirs on stage.

use testkit::{PushDuty, Remote, Services};

use crate::scenario::{PUSH, played, told};
use crate::server::Server;

/// Two heroes in turn: mat has this push and kumar the next, and kumar wrote what this one brings. Stage shows it.
struct Aboard {
    world: PushDuty,
    _remote: Remote,
    _services: Services,
}

impl Aboard {
    fn new() -> Self {
        let remote = Remote::tagged("web");
        let kumar = "Kumar Rao <kumar@example.org>";
        remote.commit_as(kumar, "main", &[("form.js", "form\n")], "Add a form");
        let services = Services::running(&[("stage-web", "2026.11.19")]);
        let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
            .person("mat", &["hero"])
            .rotation(&["mat", "kumar"])
            .repo(&remote)
            .service("stage", "web", &services, 1)
            .toml("[people.kumar]\nroles = [\"hero\"]\nemail = \"kumar@example.org\"")
            .toml("[channels.team]\nfile = \"told.jsonl\"");
        world.hero("mat").types("tag --yes").ok();
        services.runs("stage-web", PUSH, &remote.commit_of(PUSH));
        world.hero("mat").types("watch stage --once").ok();
        Self { world, _remote: remote, _services: services }
    }
}

#[test]
fn a_push_is_offered_and_taken_all_are_called_and_one_confirms() {
    let aboard = Aboard::new();
    let world = &aboard.world;
    let server = Server::start(world, "mat", "");
    played("each_other", &told(world, &server, &["mat", "kumar"]));
    let rotation = world.hero("mat").reads("rotation");
    let duty = rotation["duty"].as_array().expect("a list");
    let next = duty.iter().find(|one| one["push"] == "2026.12.03").expect("the next push");
    assert_eq!(next["hero"], "mat");
    let status = world.hero("mat").reads("status");
    assert_eq!(status["authors"]["says"], "1 of 1 author confirmed on stage");
    world.hero("mat").types("log").ok().says("swapped kumar for mat on 2026.12.03");
}
