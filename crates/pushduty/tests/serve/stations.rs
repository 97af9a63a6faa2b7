//! The line of a push: the stations that it calls at.

use testkit::{Answer, PushDuty, Remote, Services};

use crate::cut;
use crate::server::Server;

#[test]
fn what_is_built_from_the_tags_is_a_station_where_somebody_watches_that() {
    let remote = Remote::tagged("web");
    let registry = Services::new();
    let line = format!("artifact = {{ url = \"{}\" }}", registry.url_of("images", "web/{tag}"));
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .rotation(&["mat"])
        .repo_at("web", &remote.url(), &line);
    let mat = world.hero("mat");
    mat.types("tag --yes").ok();
    let server = Server::start(&world, "mat", "--public --every 0");
    let page = || server.anybody().get("/trains/amo/pushes/2026.11.26").is(200);
    page().says("<b>Built<span").says("<span>not told</span>");
    for (answer, code, says) in [
        (Answer::Status(404), 3, "building"),
        (Answer::Status(403), 3, "failed"),
        (Answer::Body("application/json", b"{}".to_vec()), 0, "built"),
    ] {
        registry.answers("images", &[answer]);
        mat.types("ready").expect_code(code);
        page().says(&format!("<span>{says}</span>"));
    }
}

#[test]
fn every_tag_of_a_push_is_counted_and_the_newest_is_named() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public --every 0");
    let page = || server.anybody().get("/trains/amo/pushes/2026.11.26").is(200);
    page().says("<span>1 tag</span>").never_says("the newest of").never_says("<b>Built");
    for because in ["kick the build", "kick it again"] {
        world.hero("mat").types(&format!("tag --again --because \"{because}\" --yes")).ok();
    }
    page().says("<span>3 tags</span>").says("<span>web: 2026.11.26-2, the newest of 3</span>");
}
