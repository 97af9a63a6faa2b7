//! Every document of the interface, field by field with what stands there, by role: a snapshot for each operation. An operation
//! that is new has none, and fails.

use testkit::{PushDuty, Remote, Services};

use crate::matrix::{Operation, asked, views};
use crate::matrix_carried::{appears, on_its_way, shows_what_left};
use crate::matrix_read::Names;
use crate::roles::{Fix, Real, begun, columns, each, visitors, world};
use crate::server::{Server, Visitor};

/// What is another document once a push was brought to production.
const BROUGHT: &[&str] = &["deploy", "log", "ready", "status", "watch", "where"];

/// What everybody reads at an address of the interface, however often something of the world fills it.
fn documents(
    operation: &Operation,
    visitors: &[Visitor<'_>],
    names: &Names<'_>,
    real: &[Real],
    fix: Option<&Fix>,
) -> String {
    let path = &operation.path;
    let all = each(path, real).into_iter().map(|(name, place)| {
        let at = format!("/api/v1{place}{}", asked(path));
        // What the first look changes, such as what was last seen, is the same for everybody then.
        visitors[visitors.len() - 1].get(&at);
        let answers = columns(visitors, |visitor| visitor.get(&at));
        if let Some(fix) = fix {
            fix.is_heard_by_those_who_may(&answers, &name);
        }
        format!("GET {name}\n\n{}", names.read(&answers))
    });
    all.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn every_document_is_read_field_by_field_by_those_whom_each_is_for() {
    let (world, remote, twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let begun = begun(&visitors);
    let (names, fix) = (Names::new(&world, vec![&remote, &twin], &begun), Fix::on(&twin));
    for operation in views(&server) {
        let text = documents(&operation, &visitors, &names, &begun, Some(&fix));
        insta::assert_snapshot!(operation.id, text);
    }
}

/// A push that a program brought to production: its world, and its deploys.
fn brought() -> (PushDuty, [Remote; 2], Services, Vec<Real>) {
    let (world, remotes, services) = on_its_way();
    std::fs::write(world.dir().join("go"), "").expect("the home is writable");
    appears(&world, "down");
    shows_what_left(&world, &remotes, &services);
    let log = world.hero("mat").reads("log");
    let began = log["entries"].as_array().expect("entries").iter().map(|entry| &entry["event"]);
    let deploys = began.filter(|event| event["kind"] == "deploy_began").map(|event| {
        let (repo, key) = (event["deploy"]["repo"].as_str(), event["deploy"]["key"].as_str());
        let of = format!("of {}", repo.expect("a deploy is of a repository"));
        Real { hole: "{key}", of, is: key.expect("a deploy has a key").to_owned() }
    });
    let deploys: Vec<Real> = deploys.collect();
    (world, remotes, services, deploys)
}

#[test]
fn what_a_push_in_production_adds_is_read_by_those_whom_it_is_for() {
    let (world, remotes, _services, deploys) = brought();
    assert_eq!(deploys.len(), remotes.len(), "each repository was deployed once");
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let names = Names::new(&world, remotes.iter().collect(), &deploys);
    let mut views = views(&server);
    views.retain(|operation| BROUGHT.contains(&operation.id.as_str()));
    assert_eq!(views.len(), BROUGHT.len(), "each of them is there");
    for operation in views {
        let text = documents(&operation, &visitors, &names, &deploys, None);
        insta::assert_snapshot!(format!("brought_{}", operation.id), text);
    }
}
