//! Who is let in, how, and for how long.

use serde_json::json;
use testkit::{PushDuty, Remote};

use crate::cut;
use crate::editor::Editor;
use crate::roles::PUSH;
use crate::server::{Server, until};

#[test]
fn the_first_starts_link_is_good_once_and_printed_once() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let link = server.link.clone().expect("a link is printed");
    server.anybody().get(&link).is(200).says("Sign in");
    server.first().get("/trains/amo").is(200).says("<b>mat</b>");
    server.anybody().post(&link, &[]).is(403).says("this link was used");
    assert!(server.anybody().post(&link, &[]).header("set-cookie").is_none());
    server.ends().ok();
    let again = Server::start(&world, "mat", "");
    assert_eq!(again.link, None, "somebody was let in by now");
}

/// What the first start says to somebody, where these people with these roles are set up.
fn first_words(people: &[(&str, &str)], who: &str) -> String {
    let remote = Remote::new("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).repo(&remote);
    let world = people.iter().fold(world, |world, &(name, role)| world.person(name, &[role]));
    Server::start(&world, who, "").ends().ok().stdout
}

#[test]
fn the_first_start_lets_in_an_admin_or_says_that_there_is_none() {
    let (mat, kumar) = (("mat", "admin"), ("kumar", "developer"));
    let nobody = "Nobody is an admin";
    for (people, who, lets_in, is_said) in [
        (&[mat, kumar][..], "mat", &["mat"][..], false),
        (&[mat, kumar], "kumar", &["kumar", "mat"], false),
        (&[mat, kumar], "zoe", &["mat"], false),
        (&[kumar], "kumar", &["kumar"], true),
        (&[kumar], "zoe", &[], true),
        (&[], "zoe", &["zoe"], false),
    ] {
        let said = first_words(people, who);
        let after =
            |line: &str| line.split_once("link lets ")?.1.split(' ').next().map(str::to_owned);
        let named: Vec<String> = said.lines().filter_map(after).collect();
        assert_eq!(named, lets_in, "{who} reads {said}");
        assert_eq!(said.matches("/sign-in/").count(), lets_in.len(), "{said}");
        assert_eq!(said.contains(nobody) && said.contains("serve --link NAME"), is_said, "{said}");
    }
}

#[test]
fn an_admin_comes_in_by_the_link_that_the_first_start_prints_beside_ones_own() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let own = server.link.clone().expect("a link is printed");
    let (first, admins) = until("two links are printed", || {
        let said = server.out_so_far();
        let mut links = said.lines().filter_map(|line| line.split_once("/sign-in/"));
        let mut next = || links.next().map(|(_, secret)| format!("/sign-in/{secret}"));
        Some((next()?, next()?))
    });
    assert_eq!(first, own);
    let ada = server.enter(&admins);
    ada.get("/me").is(200).says("<b>ada</b>").says("Make a link for them");
}

#[test]
fn nobody_looks_who_is_not_known_unless_the_pages_are_public() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    for path in PAGES {
        assert_eq!(
            server
                .anybody()
                .get(path)
                .is(303)
                .header("location")
                .map(|to| to.starts_with("/sign-in?next=%2Ftrains%2Famo")),
            Some(true)
        );
    }
    for path in VIEWS {
        let answer = server.anybody().get(path).is(401);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.json()["error"]["code"], "not_signed_in");
    }
    server.ends().ok();
    let public = Server::start(&world, "mat", "--public");
    for path in PAGES.iter().chain(VIEWS) {
        public.anybody().get(path).is(200);
    }
    public.anybody().post("/trains/amo/plan", &[("command", "claim")]).is(303);
    let wish = serde_json::json!({ "wish": { "command": "claim", "push": null } });
    public.anybody().asks("/api/v1/trains/amo/commands", &wish).is(401);
}

/// Pages that show something of a train.
const PAGES: &[&str] = &[
    "/trains/amo",
    "/trains/amo/pushes/2026.11.26",
    "/trains/amo/schedule",
    "/trains/amo/calendar.ics",
    "/trains/amo/where?commit=main",
    "/trains/amo/history",
    "/trains/amo/ledger",
];

/// The same for programs.
const VIEWS: &[&str] = &[
    "/api/v1/trains",
    "/api/v1/trains/amo/status",
    "/api/v1/trains/amo/ready",
    "/api/v1/trains/amo/compare",
    "/api/v1/trains/amo/where?commit=main",
    "/api/v1/trains/amo/history",
    "/api/v1/trains/amo/stats",
    "/api/v1/trains/amo/log",
    "/api/v1/trains/amo/schedule",
    "/api/v1/trains/amo/rotation",
    "/api/v1/trains/amo/notes",
];

#[test]
fn a_session_is_a_cookie_that_no_script_and_no_other_site_has() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--base-url https://push.example.org");
    let link = server.link.clone().expect("a link is printed");
    let answer = server.anybody().post(&link, &[]).is(303);
    let cookie = answer.header("set-cookie").expect("a session is begun");
    assert!(cookie.starts_with("__Host-pushduty="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(answer.header("strict-transport-security").is_some());
    let csp = answer.header("content-security-policy").expect("a policy stands on every answer");
    assert!(csp.contains("script-src 'self'") && !csp.contains("unsafe"), "{csp}");
}

#[test]
fn what_lets_somebody_in_can_be_taken_away() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let made = mat.post("/me/tokens", &[("label", "a script"), ("scope", "act")]).is(200);
    let (_, rest) = made.body.split_once("shown this once: <code>").expect("the token is shown");
    let token = rest.split('<').next().unwrap_or_default().to_owned();
    mat.get("/me").is(200).says("a script").never_says(&token);
    let script = server.anybody().with("authorization", &format!("Bearer {token}"));
    script.get("/api/v1/trains/amo/status").is(200);
    let me = mat.get("/me").is(200);
    let (_, rest) = me.body.split_once("name=\"id\" value=\"").expect("a key can be revoked");
    let id = rest.split('"').next().unwrap_or_default();
    mat.post("/me/revoke", &[("id", id)]).is(303);
    script.get("/api/v1/trains/amo/status").is(401);
    // By this a browser knows that somebody is out, and lets go of what it keeps of theirs.
    mat.get("/sign-in").is(200).never_says("data-signed-out");
    mat.post("/sign-out", &[]).is(303);
    mat.get("/trains/amo").is(303);
    mat.get("/sign-in").is(200).says("data-signed-out");
}

#[test]
fn a_token_for_notes_writes_in_them_and_does_nothing_else() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let program =
        |scope| server.anybody().with("authorization", &format!("Bearer {}", mat.token_to(scope)));
    let (writes, looks) = (program("notes"), program("read"));
    let commands = "/api/v1/trains/amo/commands";
    let item = json!({ "item": { "kind": "blockers", "text": "the page is blank" } });
    let block = json!({ "command": "notes", "push": "shown", "writing": item });
    looks.asks(commands, &json!({ "wish": block })).is(403).says("for looking");
    writes.asks(commands, &json!({ "wish": block, "dry_run": true })).is(200);
    writes.asks(commands, &json!({ "wish": block })).is(200);
    writes.get("/api/v1/trains/amo/notes").is(200).says("the page is blank");
    let recorded = || world.hero("mat").reads("log")["entries"].as_array().map_or(0, Vec::len);
    let before = recorded();
    for wish in [
        json!({ "command": "claim", "push": null }),
        json!({ "command": "tag", "again": true, "because": "kick" }),
        json!({ "command": "later", "key": "amo" }),
    ] {
        for dry_run in [true, false] {
            let asked = writes.asks(commands, &json!({ "wish": wish, "dry_run": dry_run }));
            asked.is(403).says("for writing in notes");
        }
    }
    writes.post("/trains/amo/plan", &[("command", "claim")]).is(403);
    writes.post("/trains/amo/told", &[("what", "again")]).is(403);
    writes.post("/me/tokens", &[("label", "more"), ("scope", "act")]).is(403);
    assert_eq!(recorded(), before, "nothing of it was done");
    let mut editor = Editor::open(&server, &writes, PUSH);
    editor.hears("the page", |editor| editor.text().contains("the page is blank"));
    editor.types("the page is blank", " again");
    editor.is_kept();
    mat.get("/me").is(200).says("<td role=\"cell\">write in notes</td>");
    mat.get("/trains/amo/ledger").is(200).says("made a token to write in notes with");
}

#[test]
fn an_admin_makes_links_for_others_and_nobody_else_does() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    server.first().post("/me/links", &[("name", "krupa")]).is(403);
    let ada = server.let_in(&world, "ada");
    let made = ada.post("/me/links", &[("name", "krupa")]).is(200);
    let (_, rest) = made.body.split_once("/sign-in/").expect("a link is shown");
    let secret = rest.split('<').next().unwrap_or_default();
    server.enter(&format!("/sign-in/{secret}")).get("/me").is(200).says("krupa");
    ada.post("/me/links", &[("name", "nobody")]).is(404);
}

#[test]
fn behind_a_proxy_with_a_path_every_link_has_it() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public --base-url https://x.example.org/push");
    for path in ["/push/trains/amo", "/trains/amo"] {
        let page = server.anybody().get(path).is(200).says("href=\"/push/assets/look.css");
        page.says("data-events=\"/push/trains/amo/events\"");
    }
    for first in ["/push", "/push/", "/"] {
        let train = server.anybody().get(first).is(303);
        assert_eq!(train.header("location"), Some("/push/trains/amo"), "{first}");
    }
}

#[test]
fn what_happens_at_the_door_is_in_the_record() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let link = server.link.clone().expect("a link is printed");
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";
    let browser = server.anybody().with("user-agent", agent);
    let answer = browser.post(&link, &[]).is(303);
    let cookie =
        answer.header("set-cookie").and_then(|all| all.split(';').next()).expect("a session");
    let mat = server.anybody().with("cookie", cookie);
    mat.get("/me").is(200).says("Edge 140 on Windows").says("this one");
    mat.post("/me/tokens", &[("label", "a script"), ("scope", "act")]).is(200);
    let ada = server.let_in(&world, "ada");
    ada.post("/me/links", &[("name", "krupa")]).is(200);
    let second = server.let_in(&world, "mat");
    let krupa = server.let_in(&world, "krupa");
    krupa.post("/sign-out", &[]).is(303);
    krupa.post("/sign-out", &[]).is(303);
    mat.post("/sign-out/everywhere", &[]).is(303);
    mat.get("/me").is(303);
    second.get("/me").is(303);
    ada.get("/me").is(200);
    let log = world.hero("mat").types("log --json").json();
    let entries = log["entries"].as_array().expect("entries");
    let of_the_door = entries.iter().rev().take(8).rev();
    let told: Vec<String> = of_the_door
        .map(|entry| {
            format!(
                "{} {}",
                entry["actor"].as_str().expect("who"),
                entry["words"].as_str().expect("what")
            )
        })
        .collect();
    let wanted = [
        "mat signed in with a browser",
        "mat made a token that may act",
        "ada signed in without a browser",
        "ada made a link that lets krupa in",
        "mat signed in without a browser",
        "krupa signed in without a browser",
        "krupa signed out",
        "mat signed out of every browser",
    ];
    assert_eq!(told, wanted);
    assert!(!log.to_string().contains("127.0.0.1"), "nobody's address is in the record");
    world.hero("mat").types("verify").ok();
}
