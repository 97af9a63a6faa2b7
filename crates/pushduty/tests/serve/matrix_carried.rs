//! What is not for somebody is not done for them either where it would do something: on a push that is on its way, where a wish
//! goes on with what others began.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use testkit::{Gate, PushDuty, Remote, Services};

use crate::matrix::wishes;
use crate::roles::{PUSH, ROLES, columns, crew, refusal, row, short, table, visitors};
use crate::server::{Answer, Server, Visitor, until};

/// Whose yes is taken where everybody may look at the plan.
const YES: &[(&str, &[&str])] = &[
    ("start", BRING),
    ("stop_deploys", BRING),
    ("promote", BRING),
    ("rollback", BRING),
    ("finish", &["hero", "ops", "admin", "all"]),
];
const BRING: &[&str] = &["ops", "admin", "all"];

/// Deploys until it may end, but not for ever.
const DEPLOY: &str = "#!/bin/sh
echo \"$1 $2 $3\" >> ran
touch up
n=0
until test -e go || test $n -gt 3000; do n=$((n + 1)); sleep 0.01; done
touch down
";

/// Waits for a file of the world.
pub fn appears(world: &PushDuty, name: &str) {
    until(name, || world.dir().join(name).exists().then_some(()));
}

/// A push whose first deploy of two goes on, begun by a process that is gone: who goes on with it may begin the next.
pub fn on_its_way() -> (PushDuty, [Remote; 2], Services) {
    let (server, web) = (Remote::with_a_page("server"), Remote::with_a_page("web"));
    let services =
        Services::running(&[("production-server", "2026.11.19"), ("production-web", "2026.11.19")]);
    let world = crew()
        .repo(&server)
        .repo_at("web", &web.url(), "after = \"server\"")
        .service("production", "server", &services, 1)
        .service("production", "web", &services, 1)
        .toml("[environments.production.deploy]\ncommand = [\"./deploy\", \"{repo}\", \"{tag}\", \"{from}\"]");
    let program = world.dir().join("deploy");
    std::fs::write(&program, DEPLOY).expect("the home is writable");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
        .expect("the file is ours");
    cut_in_turn(&world, &web);
    let sheet = world.ops("jason").reads("start --dry-run");
    let digest = sheet["digest"].as_str().expect("a run sheet has a digest");
    let mut start = world.ops("jason").starts(&["start", "--yes", "--if", digest]);
    appears(&world, "up");
    start.kill();
    start.wait();
    (world, [server, web], services)
}

/// Cuts the push, this repository last: what is recorded has one order.
fn cut_in_turn(world: &PushDuty, last: &Remote) {
    let gate = Gate::new(world.sealed(), "last");
    last.hook("pre-receive", &format!("cat > /dev/null\n{}", gate.wait_here()));
    let mat = world.hero("mat");
    let cut = mat.starts(&["tag", "--yes"]);
    gate.wait_until_reached();
    until("the others are recorded", || {
        let log = mat.reads("log");
        let mut entries = log["entries"].as_array().into_iter().flatten();
        entries.any(|entry| entry["kind"] == "settled").then_some(())
    });
    gate.open();
    cut.wait().ok();
}

/// Brings what is left of a push that may end its deploys to production, which shows it then.
pub fn shows_what_left(world: &PushDuty, remotes: &[Remote], services: &Services) {
    world.ops("jason").types("start").ok();
    for remote in remotes {
        let name = format!("production-{}", remote.name());
        services.runs(&name, PUSH, &remote.commit_of(PUSH));
    }
    world.hero("mat").types("watch production --once").ok();
}

/// What nobody may have changed: how long the record is, what was deployed, and every ref.
fn stands(world: &PushDuty, remotes: &[Remote]) -> (u64, String, Vec<BTreeMap<String, String>>) {
    let entries = world.hero("mat").reads("verify")["entries"].as_u64().expect("a number");
    let ran = std::fs::read_to_string(world.dir().join("ran")).expect("a deploy was begun");
    (entries, ran, remotes.iter().map(Remote::refs).collect())
}

fn asks(visitor: &Visitor<'_>, command: &str, wish: &Value, mut how: Value) -> Answer {
    how["wish"] = wish.clone();
    how["wish"]["command"] = json!(command);
    visitor.asks("/api/v1/trains/amo/commands", &how)
}

/// Asks for each plan, and carries out what is not for whoever asks: it is refused to them. As a table; `looks` may whoever
/// sees the plan, and is refused the yes.
fn refused(visitors: &[Visitor<'_>], wishes: &BTreeMap<&'static str, Value>) -> String {
    let planned = columns(visitors, |visitor| {
        let plan = |(command, wish): (&&'static str, &Value)| {
            asks(visitor, command, wish, json!({ "dry_run": true }))
        };
        wishes.iter().map(plan).collect::<Vec<_>>()
    });
    let mut text = table();
    for (at, (command, wish)) in wishes.iter().enumerate() {
        let cell = |n: usize| {
            let (visitor, role, plan) = (&visitors[n], ROLES[n], &planned[n][at]);
            let kept = YES.iter().any(|(of, roles)| of == command && !roles.contains(&role));
            let no = refusal(plan);
            let barred = matches!(plan.status, 401 | 403);
            if barred || kept {
                // As somebody who read the plan, where there is one.
                let seen = plan.json()["digest"].as_str().unwrap_or("unread").to_owned();
                let answer = asks(visitor, command, wish, json!({ "if": seen }));
                assert!(
                    matches!(answer.status, 401 | 403),
                    "{command} by {role}: {} {}",
                    answer.status,
                    answer.body
                );
            }
            match no {
                _ if kept && !barred => "looks".to_owned(),
                Some(no) => short(&no).to_owned(),
                None => "plan".to_owned(),
            }
        };
        row(&mut text, command, &(0..ROLES.len()).map(cell).collect::<Vec<_>>());
    }
    text
}

#[test]
fn nobody_goes_on_with_a_push_on_its_way_by_a_wish_that_is_not_for_them() {
    let (world, remotes, services) = on_its_way();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let mut wishes = wishes();
    let before = stands(&world, &remotes);
    let running = refused(&visitors, &wishes);
    assert_eq!(stands(&world, &remotes), before, "nothing was done while a deploy runs");
    std::fs::write(world.dir().join("go"), "").expect("the home is writable");
    appears(&world, "down");
    wishes.retain(|command, _| YES.iter().any(|(of, _)| of == command));
    let ended = refused(&visitors, &wishes);
    assert_eq!(stands(&world, &remotes), before, "nothing was done when it had ended");
    shows_what_left(&world, &remotes, &services);
    let before = stands(&world, &remotes);
    let there = refused(&visitors, &wishes);
    assert_eq!(stands(&world, &remotes), before, "nothing was done when it was in production");
    for command in ["promote", "rollback", "finish"] {
        let is_its = |line: &&str| line.split(' ').next() == Some(command);
        let row = there.lines().find(is_its).expect("it has a row");
        assert!(row.contains("plan"), "{command} is open to those who have the role: {row}");
    }
    let text =
        format!("while a deploy runs\n{running}\nafter its end\n{ended}\nin production\n{there}");
    insta::assert_snapshot!("carried", text);
}
