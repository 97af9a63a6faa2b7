//! What pages show, and that they are the same as the command line's.

use serde_json::json;

use crate::cut;
use crate::server::{Server, Visitor};

#[test]
fn a_view_is_the_document_of_the_command_of_that_name() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.first();
    for (path, line) in [
        ("status", "status --json"),
        ("ready", "ready --json"),
        ("history", "history --json"),
        ("stats", "stats --json"),
        ("notes", "notes show --json"),
        ("log", "log --json"),
    ] {
        // Somebody who may act looks at remotes and services, as the command line does.
        let served = mat.get(&format!("/api/v1/trains/amo/{path}")).is(200).json();
        let typed = world.hero("mat").types(line);
        assert_eq!(served, typed.json(), "{line}");
    }
}

#[test]
fn figures_are_asked_of_days_and_a_search_that_they_would_not_heed_is_refused() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let figures = |asked: &str| server.anybody().get(&format!("/api/v1/trains/amo/stats?{asked}"));
    let counted = |asked: &str| figures(asked).is(200).json()["pushes"].clone();
    assert_eq!(counted("push=2026.11.26&from=2026-11-26&to=2026-11-26"), 1);
    assert_eq!(counted("from=2026-11-27"), 0);
    figures("search=login").is(400).says("search");
}

#[test]
fn a_push_page_tells_what_ships_where_it_is_what_holds_it_and_what_is_next() {
    let (world, _remote) = cut();
    world
        .qa("krupa")
        .types("block \"<b>css</b> is gone & so is <script>alert(1)</script>\" --yes")
        .ok();
    let server = Server::start(&world, "mat", "--public");
    let page = server.anybody().get("/trains/amo/pushes/2026.11.26").is(200);
    let page = page.says("<h1><span>amo</span> 2026.11.26</h1>").says("What holds it: ");
    let page = page.says("2026.11.19");
    // Who only looks is offered nothing to do.
    let page = page.never_says("<form");
    // What people write is text, wherever it stands.
    let page = page.never_says("<script>alert").never_says("<b>css</b>");
    // Addresses in it can be followed, and its headings are headings.
    let page = page.says("<h3>Blockers");
    page.says("css").says("Next").says("<b>mat</b> is about to tag web 2026.11.26");
}

#[test]
fn a_tab_shows_how_the_push_stands_by_a_word_and_a_picture() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let page = server.anybody().get("/trains/amo").is(200);
    page.says(" · amo 2026.11.26 · pushduty</title>").says("/assets/signal.svg?");
    world.hero("mat").types("hold --because rain --yes").ok();
    let page = server.anybody().get("/trains/amo").is(200);
    let page = page.says("<title>held · amo 2026.11.26 · pushduty</title>");
    page.says("/assets/signal-held.svg?").says("<h1><span>amo</span> 2026.11.26</h1>");
    for picture in ["signal", "signal-moving", "signal-held", "signal-done"] {
        let picture = server.anybody().get(&format!("/assets/{picture}.svg")).is(200);
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    }
}

#[test]
fn it_is_a_service_like_those_that_it_watches() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let version = server.anybody().get("/__version__").is(200).json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    // Of what its build did not say it says so: the tests are built with the same variables.
    for (word, said) in [
        ("source", option_env!("PUSHDUTY_SOURCE")),
        ("commit", option_env!("PUSHDUTY_COMMIT")),
        ("build", option_env!("PUSHDUTY_BUILD")),
    ] {
        let said = said.filter(|said| !said.is_empty());
        assert_eq!(version.get(word), Some(&json!(said)), "{word}");
    }
    server.anybody().get("/__lbheartbeat__").is(200);
    let heartbeat = server.anybody().get("/__heartbeat__").is(200).json();
    assert_eq!(heartbeat, json!({ "status": "ok", "checks": { "amo": "ok" } }));
    let css = server.anybody().get("/assets/look.css").is(200);
    assert!(css.header("cache-control").is_some_and(|kept| kept.contains("immutable")));
    server.anybody().get("/assets/../Cargo.toml").is(404);
    server.anybody().get("/nothing").is(404);
}

#[test]
fn a_heartbeat_names_trains_to_whoever_may_look_and_to_no_stranger() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--behind-proxy");
    let tells = |who: &Visitor<'_>| who.get("/__heartbeat__").is(200).json();
    let stranger = server.anybody().with("x-forwarded-for", "192.0.2.1");
    for who in [&stranger, &stranger.clone().with("authorization", "Bearer made-up")] {
        assert_eq!(tells(who), json!({ "status": "ok", "checks": {} }));
    }
    let all = json!({ "status": "ok", "checks": { "amo": "ok" } });
    assert_eq!(tells(&server.first().with("x-forwarded-for", "192.0.2.1")), all);
    assert_eq!(tells(&server.anybody()), all, "from this machine");
    server.ends().ok();
    let server = Server::start(&world, "mat", "--public --behind-proxy");
    let anybody = server.anybody().with("x-forwarded-for", "192.0.2.1");
    assert_eq!(anybody.get("/__heartbeat__").is(200).json(), all);
}

#[test]
fn a_commit_is_found_and_what_is_not_there_is_said_so() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let page = remote.git(&["rev-parse", "main"]);
    server.anybody().get(&format!("/trains/amo/where?commit={page}")).is(200).says("Add a page");
    let nowhere = server.anybody().get("/trains/amo/where?commit=deadbeef").is(404);
    let nowhere = nowhere.says("deadbeef").says("role=\"search\"").says("aria-label=\"Train\"");
    nowhere.never_says("id=\"s-names\"");
}

#[test]
fn what_ships_is_a_page_and_the_ledger_has_pages_and_its_proof() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let anybody = server.anybody();
    let ships = anybody.get("/trains/amo/compare/web?push=2026.11.26").is(200);
    ships.says("What ships").says("Add a page").says("1 commit over 2026.11.19");
    // A tag made just now is looked for on the remote, for those who may act.
    let mat = server.let_in(&world, "mat");
    mat.get("/trains/amo/compare/web?range=2026.11.19..2026.11.26").is(200).says("Add a page");
    anybody.get("/trains/amo/compare/web?range=main").is(400);
    anybody.get("/trains/amo/compare/none").is(404);
    let ledger = anybody.get("/trains/amo/ledger").is(200).says("The chain holds").says("Proved");
    ledger.says("newest first").never_says("Older entries");
    anybody.get("/trains/amo/ledger?push=2026.11.26&older=0").is(200).says("of 2026.11.26");
    anybody.get("/trains/amo/ledger?older=99999").is(200).says("Newer entries");
    anybody.get("/trains/amo/ledger?entry=1").is(200).says("id=\"e1\"");
    anybody.get("/trains/amo/ledger?push=yesterday").is(400);
}

#[test]
fn what_a_server_remembers_is_what_the_record_says() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.let_in(&world, "mat");
    let views = [
        ("log?push=2026.11.26", "log --push 2026.11.26 --json"),
        ("log?push=2026.11.26&last=3", "log --push 2026.11.26 --last 3 --json"),
        ("log?push=2026.12.03", "log --push 2026.12.03 --json"),
        ("log", "log --json"),
        ("status", "status --json"),
    ];
    // Whatever another process does meanwhile, the next answer has it.
    for deed in ["claim --yes", "task add \"Look again\" --this --yes", "unclaim --yes"] {
        world.ops("jason").types(deed).ok();
        for (path, line) in views {
            let served = mat.get(&format!("/api/v1/trains/amo/{path}")).is(200).json();
            assert_eq!(served, world.hero("mat").types(line).json(), "{line} after {deed}");
        }
    }
    // Its own deeds too; and pushes enough that some are forgotten again.
    for week in 0..6 {
        let day = 26 + 7 * week;
        let push =
            if day > 30 { format!("2026.12.{:02}", day - 30) } else { "2026.11.26".to_owned() };
        let page = server.anybody().get(&format!("/trains/amo/pushes/{push}"));
        assert!([200, 404].contains(&page.status), "{push}: {}", page.status);
    }
    let served = server.anybody().get("/api/v1/trains/amo/log?push=2026.11.26").is(200).json();
    assert_eq!(served, world.hero("mat").types("log --push 2026.11.26 --json").json());
}
