//! What runs in each environment, as pages and programs see it.

use serde_json::{Value, json};
use testkit::{Answer, Services};

use crate::cut;
use crate::server::Server;

#[test]
fn a_fleet_of_two_versions_is_shown_as_both_with_how_many_show_each() {
    let (world, remote) = cut();
    let services = Services::new();
    let runs = |tag: &str| Answer::Version(tag.to_owned(), remote.commit_of(tag));
    let (old, new) = ("2026.11.19", "2026.11.26");
    services.answers("stage-web", &[runs(new), runs(new), runs(old), runs(new)]);
    services.answers("production-web", &[runs(old)]);
    let world = world.service("stage", "web", &services, 4);
    let world = world.service("production", "web", &services, 2);
    let watched = ["stage", "production"]
        .map(|environment| world.hero("mat").types(&format!("watch {environment} --once")));
    let server = Server::start(&world, "mat", "--public --every 0");
    let anybody = server.anybody();

    let status = anybody.get("/api/v1/trains/amo/status").is(200).json();
    let of = |environment: &str| {
        let all = status["environments"].as_array().expect("environments");
        let one = all.iter().find(|one| one["name"] == environment).expect("it is set up");
        one["services"][0].clone()
    };
    let shown = |service: &Value| -> Vec<Value> {
        let versions = service["versions"].as_array().expect("versions").iter();
        versions.map(|one| json!([one["version"], one["samples"]])).collect()
    };
    let (stage, production) = (of("stage"), of("production"));
    assert_eq!(stage["state"], "mixed", "{} {}", watched[0], watched[1]);
    assert_eq!(shown(&stage), [json!([new, 3]), json!([old, 1])], "{stage}");
    assert_eq!(production["state"], "old", "{production}");
    assert_eq!(shown(&production), [json!([old, 2])]);

    let page = anybody.get("/trains/amo/pushes/2026.11.26").is(200);
    let page = page.says("<p class=\"says\">Cut. Stage is changing over.</p>");
    let (_, matrix) = page.body.split_once("class=\"fleet\"").expect("there is a matrix");
    let (matrix, _) = matrix.split_once("</table>").expect("it ends");
    let cells: Vec<&str> = matrix.split("<td").skip(1).collect();
    let mixed: Vec<&&str> = cells.iter().filter(|cell| cell.contains("class=\"mixed\"")).collect();
    let [mixed] = mixed[..] else { panic!("one of two is mixed: {matrix}") };
    for words in [new, old, "3 of 4", "1 of 4", "</svg>mixed"] {
        assert!(mixed.contains(words), "{words}: {mixed}");
    }
    assert!(cells.len() == 2 && matrix.contains("another tag"), "{matrix}");
}

#[test]
fn whoever_is_to_watch_an_environment_is_led_to_what_is_seen_of_it() {
    let (world, remote) = cut();
    let services = Services::new();
    services.runs("stage-web", "2026.11.19", &remote.commit_of("2026.11.19"));
    let world = world.service("stage", "web", &services, 1);
    let server = Server::start(&world, "mat", "--public --every 0");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let leads = "<a class=\"btn\" href=\"#s-env\">Watch stage</a>";
    let page = mat.get("/trains/amo").is(200).says("See that stage shows the tags.").says(leads);
    page.says("id=\"s-env\"").says("<code>pushduty watch stage</code>");
    for who in [&kumar, &server.anybody()] {
        who.get("/trains/amo").is(200).says("Next, for mat").never_says(leads);
    }
    world.hero("mat").types("watch stage --once").expect_code(1);
    mat.get("/trains/amo").is(200).says("Cut. Stage does not show the tags yet.");
    services.runs("stage-web", "2026.11.26", &remote.commit_of("2026.11.26"));
    world.hero("mat").types("watch stage --once").ok();
    mat.get("/trains/amo").is(200).never_says(leads).never_says("Cut. Stage");
}
