//! What every wish is answered with, by role: its plan, and what becomes of it where each in turn carries it out. A snapshot for
//! each command, with the documents field by field.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{PushDuty, Remote, Services};

use crate::matrix::wishes;
use crate::matrix_read::Names;
use crate::roles::{Fix, KNOWN, PUSH, columns, crew, row, table, visitors, world};
use crate::server::{Answer, Server, Visitor};

/// What is wished about repositories, in the order in which it is. What the first of the public merges is public once it is
/// carried out; its plan is made before.
const CUT: &[&str] = &["security_approve", "security_sync", "security_repair", "pick", "adopt"];
const PUBLIC: &[&str] = &["security_merge", "tag"];
/// About the calendar, the people and the notes. A push is moved and cancelled last.
const WEEK: &[&str] = &[
    "away",
    "back",
    "later",
    "notes",
    "give_role",
    "take_role",
    "offer",
    "keep_offer",
    "decline_offer",
    "take_offer",
    "swap",
    "move",
    "cancel",
    "import",
];
/// About a push on its day: it is brought to production, and back.
const DAY: &[&str] = &[
    "call",
    "confirm",
    "approve",
    "claim",
    "unclaim",
    "hold",
    "resume",
    "start",
    "stop_deploys",
    "promote",
    "rollback",
    "clear",
    "finish",
];

/// A wish as it is sent: as a plan; or to be carried out, by somebody who read the plan with this digest, if it has one.
fn asks(visitor: &Visitor<'_>, wish: &Value, how: Value) -> Answer {
    let mut body = how;
    body["wish"] = wish.clone();
    let answer = visitor.asks("/api/v1/trains/amo/commands", &body);
    let said = &answer.body;
    assert!(answer.status != 500 && !said.contains("the body is no wish"), "{wish}: {said}");
    answer
}

fn plans(visitor: &Visitor<'_>, wish: &Value) -> Answer {
    asks(visitor, wish, json!({ "dry_run": true }))
}

/// Carries a wish out, after others may have.
fn carries(visitor: &Visitor<'_>, wish: &Value, planned: &Answer) -> Answer {
    if matches!(planned.status, 401 | 403) {
        let answer = asks(visitor, wish, json!({ "if": "unread" }));
        assert!(answer.status >= 400, "{wish}: {} {}", answer.status, answer.body);
        return answer;
    }
    let digest = plans(visitor, wish).json()["digest"].clone();
    match digest {
        Value::Null => asks(visitor, wish, json!({})),
        digest => asks(visitor, wish, json!({ "if": digest })),
    }
}

/// Lets everybody plan each wish, and then carry it out in the order of the columns; `before` brings about what it is for. Gives
/// what somebody carried out.
fn play(
    visitors: &[Visitor<'_>],
    names: &mut Names<'_>,
    commands: &'static [&'static str],
    fix: Option<&Fix>,
    before: impl Fn(&str),
) -> BTreeSet<&'static str> {
    let (wishes, mut done) = (wishes(), BTreeSet::new());
    for &command in commands {
        before(command);
        let mut wish = wishes.get(command).expect("there is such a wish").clone();
        wish["command"] = json!(command);
        let planned = columns(visitors, |visitor| plans(visitor, &wish));
        let both = visitors.iter().zip(&planned);
        let carried: Vec<Answer> =
            both.map(|(visitor, planned)| carries(visitor, &wish, planned)).collect();
        let is_public = PUBLIC.contains(&command);
        if let Some(fix) = fix.filter(|_| !is_public || PUBLIC.starts_with(&[command])) {
            fix.is_heard_by_those_who_may(&planned, command);
        }
        if let Some(fix) = fix.filter(|_| !is_public) {
            fix.is_heard_by_those_who_may(&carried, command);
        }
        names.learn();
        if carried.iter().any(|answer| answer.status == 200) {
            done.insert(command);
        }
        let mut text = table();
        for (name, answers) in [("planned", &planned), ("carried out", &carried)] {
            let statuses = answers.iter().map(|answer| answer.status.to_string());
            row(&mut text, name, &statuses.collect::<Vec<_>>());
        }
        let (planned, carried) = (names.read(&planned), names.read(&carried));
        let text = format!(
            "{wish}\n{text}\nplanned\n\n{planned}\ncarried out, by one after the other\n\n{carried}"
        );
        insta::assert_snapshot!(format!("wish_{command}"), text);
    }
    done
}

#[test]
fn every_wish_has_its_answers_here() {
    let all: Vec<&str> = [CUT, PUBLIC, WEEK, DAY].concat();
    let ours: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(ours.len(), all.len(), "each is wished once");
    assert_eq!(ours, wishes().into_keys().collect::<BTreeSet<_>>());
}

#[test]
fn what_is_wished_about_repositories_is_answered_to_whom_it_is_for() {
    let (world, remote, twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let mut names = Names::new(&world, vec![&remote, &twin], &[]);
    let fix = Fix::on(&twin);
    play(&visitors, &mut names, CUT, Some(&fix), |_| {});
    let done = play(&visitors, &mut names, PUBLIC, Some(&fix), |_| {});
    assert_eq!(done.len(), PUBLIC.len(), "somebody merged, and somebody tagged");
}

#[test]
fn what_is_wished_about_the_week_is_answered_to_whom_it_is_for() {
    let (world, remote, twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let mut names = Names::new(&world, vec![&remote, &twin], &[]);
    let done = play(&visitors, &mut names, WEEK, Some(&Fix::on(&twin)), |command| {
        // One that was taken back or declined is offered again.
        if ["decline_offer", "take_offer"].contains(&command) {
            world.hero("all").types("rotation offer 2026.12.03 --yes").ok();
        }
    });
    for command in ["offer", "keep_offer", "decline_offer", "take_offer"] {
        assert!(done.contains(command), "{command} is somebody's");
    }
    assert!(!done.contains("import"), "a server takes no past pushes in");
}

/// A push with a change of everybody's, which stage shows.
fn staged() -> (PushDuty, Remote, Services) {
    let remote = Remote::tagged("web");
    for name in KNOWN {
        let (author, file) = (format!("{name} <{name}@example.org>"), format!("{name}.js"));
        let subject = format!("Add a page of {name}");
        remote.commit_as(&author, "main", &[(file.as_str(), "page\n")], &subject);
    }
    let services = Services::new();
    for environment in ["stage-web", "production-web"] {
        services.runs(environment, "2026.11.19", &remote.commit_of("2026.11.19"));
    }
    let world = crew().repo(&remote).service("stage", "web", &services, 1).service(
        "production",
        "web",
        &services,
        1,
    );
    world.hero("mat").types("tag --yes").ok();
    services.runs("stage-web", PUSH, &remote.commit_of(PUSH));
    world.hero("mat").types("watch stage --once").ok();
    (world, remote, services)
}

#[test]
fn what_is_wished_on_the_day_of_a_push_is_answered_to_whom_it_is_for() {
    let (world, remote, services) = staged();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let mut names = Names::new(&world, vec![&remote], &[]);
    let done = play(&visitors, &mut names, DAY, None, |command| {
        // People bring there what may leave, and back what goes back.
        let shows = match command {
            "promote" => PUSH,
            "clear" => "2026.11.19",
            _ => return,
        };
        services.runs("production-web", shows, &remote.commit_of(shows));
        world.hero("mat").types("watch production --once");
    });
    for command in ["confirm", "start", "promote", "rollback", "clear", "finish"] {
        assert!(done.contains(command), "{command} is somebody's");
    }
}
