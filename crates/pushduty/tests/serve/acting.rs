//! Wishes from forms and from programs: a plan, a yes to that very plan, and what came of it.

use serde_json::json;

use crate::cut;
use crate::server::Server;

#[test]
fn a_form_shows_its_plan_and_a_yes_carries_it_out() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let jason = server.let_in(&world, "jason");
    let before = world.hero("mat").types("log --json").json();
    jason.post("/trains/amo/plan", &[("command", "claim")]).is(200).says("jason");
    assert_eq!(world.hero("mat").types("log --json").json()["entries"], before["entries"]);
    jason.agrees("amo", &[("command", "claim")]).is(200).says("Over");
    let status = world.hero("mat").types("status --json").json();
    assert_eq!(status["claims"][0]["by"], "jason");
    let log = world.hero("mat").types("log --json").json();
    let last = log["entries"].as_array().and_then(|all| all.last()).expect("an entry").clone();
    assert_eq!((&last["actor"], &last["proof"]), (&json!("jason"), &json!({ "link": "serve" })));
}

#[test]
fn whoever_may_not_is_told_who_may() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let kumar = server.let_in(&world, "kumar");
    let refused = kumar.post("/trains/amo/plan", &[("command", "claim")]).is(403);
    refused.says("that takes the role ops").never_says("--as");
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "x" } });
    let refused = kumar.asks("/api/v1/trains/amo/commands", &wish).is(403);
    assert_eq!(refused.json()["error"]["exit"], 3);
}

#[test]
fn a_program_cuts_what_it_read_and_nothing_else() {
    let (world, remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let commands = "/api/v1/trains/amo/commands";
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    let wish = json!({ "command": "tag", "again": true, "because": "one more" });
    let plan = mat.asks(commands, &json!({ "wish": wish, "dry_run": true })).is(200).json();
    assert_eq!(plan["plan"]["repos"][0]["tag"], "2026.11.26-1");
    remote.commit_on("main", &[("late.js", "1\n")], "Too late to be seen");
    let bound = json!({ "wish": wish, "if": plan["digest"] });
    let changed = mat.asks(commands, &bound).is(412).json();
    assert_eq!(changed["error"]["code"], "plan_changed");
    assert_eq!(remote.tags().len(), 2, "nothing was tagged");
    let plan = mat.asks(commands, &json!({ "wish": wish, "dry_run": true })).is(200).json();
    let done = mat.asks(commands, &json!({ "wish": wish, "if": plan["digest"] })).is(200).json();
    assert_eq!(done["repos"][0]["outcome"], "published");
    assert!(remote.tags().contains_key("2026.11.26-1"));
}

#[test]
fn what_has_to_be_read_is_not_done_unread() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let krupa = server.let_in(&world, "krupa");
    let commands = "/api/v1/trains/amo/commands";
    let wish = json!({ "wish": { "command": "approve" } });
    assert_eq!(krupa.asks(commands, &wish).is(428).json()["error"]["code"], "needs_yes");
    krupa.agrees("amo", &[("command", "approve")]).is(200).says("Over");
    let status = world.hero("mat").types("status --json").json();
    assert_eq!(status["signoffs"][0]["by"], "krupa");
}

#[test]
fn the_notes_are_changed_as_text_and_merged_with_what_others_wrote() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let kumar = server.let_in(&world, "kumar");
    let edit = kumar.get("/trains/amo/pushes/2026.11.26/notes").is(200);
    let notes = world.hero("mat").types("notes show --json").json();
    let (text, base) = (notes["text"].as_str().expect("a page"), notes["version"].to_string());
    edit.says(&format!("name=\"base\" value=\"{base}\""));
    world.qa("krupa").types("block \"login fails\" --yes").ok();
    let mine = format!("{text}\n  my own line, with spaces  \n");
    let fields = [
        ("command", "notes"),
        ("push", "2026.11.26"),
        ("base", base.as_str()),
        ("text", mine.as_str()),
    ];
    kumar.agrees("amo", &fields).is(200).says("Over");
    let notes = world.hero("mat").types("notes show --json").json();
    let text = notes["text"].as_str().expect("a page");
    assert!(
        text.contains("login fails") && text.contains("\n  my own line, with spaces  \n"),
        "{text}"
    );
}

#[test]
fn an_item_is_passed_on_once_by_whoever_may_settle_it_and_only_while_somebody_waits_for_it() {
    let (world, remote) = cut();
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    let mat = world.hero("mat");
    mat.types("block \"the page is blank\" --yes").ok();
    mat.types("task add \"tell support\" --this --yes").ok();
    mat.types("ask web:main \"it is needed\" --this --yes").ok();
    let status = mat.reads("status");
    let id = |list: &str| status[list][0]["id"].as_str().expect("it has a name").to_owned();
    let (blocker, task, ask) = (id("blockers"), id("tasks"), id("asks"));
    let server = Server::start(&world, "mat", "");
    let [kumar, krupa] = ["kumar", "krupa"].map(|name| server.let_in(&world, name));
    kumar.get("/trains/amo/pushes/2026.11.26").is(200).says("id=\"asks\"").says("it is needed");
    let write = |writing| {
        let push = json!({ "on": "2026.11.26" });
        json!({ "wish": { "command": "notes", "push": push, "writing": writing } })
    };
    let pass = |item: &str| write(json!({ "pass_on": { "item": item } }));
    let next = || mat.reads("notes show --push 2026.12.03")["text"].to_string();
    let commands = "/api/v1/trains/amo/commands";
    kumar.asks(commands, &pass(&blocker)).is(403);
    kumar.asks(commands, &pass("t99")).is(404);
    assert!(!next().contains("the page is blank"), "{}", next());
    let told = kumar.asks(commands, &pass(&task)).is(200).json();
    let words = format!("{task} of 2026.11.26 goes with 2026.12.03: tell support");
    assert_eq!(told["change"], json!(words));
    assert_eq!(kumar.asks(commands, &pass(&task)).is(200).json()["changed"], false);
    krupa.asks(commands, &pass(&blocker)).is(200);
    for text in ["the page is blank", "tell support"] {
        assert_eq!(next().matches(text).count(), 1, "{}", next());
    }
    let status = mat.reads("status");
    assert_eq!(
        (&status["blockers"][0]["open"], &status["tasks"][0]["done"]),
        (&json!(false), &json!(true))
    );
    // What was said no to is nobody's any more.
    let no = json!({ "decline": { "ask": { "item": ask }, "because": "it waits" } });
    krupa.asks(commands, &write(no)).is(200);
    krupa.asks(commands, &pass(&ask)).is(409).says("it goes nowhere");
    assert!(!next().contains("it is needed"), "{}", next());
    mat.types("verify").ok();
}

#[test]
fn beside_the_yes_there_is_a_no_and_the_way_back_to_the_form() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let fields = [("command", "hold"), ("because", "smoke tests"), ("until", "23:59")];
    let filled = "/trains/amo/act?command=hold&#38;until=23%3A59&#38;because=smoke+tests#hold";
    let plan = mat.post("/trains/amo/plan", &fields).is(200);
    plan.says(&format!("href=\"{filled}\">Change it")).says("href=\"/trains/amo\">Leave it");
    let swap = [("command", "swap"), ("push", "2026.12.03")];
    let refused = mat.post("/trains/amo/plan", &swap).is(400);
    let refused = refused.says("<h1>Not done</h1>").says("the form does not say “Who”");
    let refused = refused.says("href=\"/trains/amo/act?command=swap&#38;push=2026.12.03#swap\"");
    refused.says("<nav aria-label=\"Train\">");
    let from = mat.with("referer", "http://push.example/waiting");
    from.post("/trains/amo/plan", &fields).is(200).says("href=\"/waiting\">Leave it");
}

#[test]
fn forms_for_a_readers_own_roles_stand_before_the_others() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let forms = |who: &str| -> Vec<String> {
        let page = server.let_in(&world, who).get("/trains/amo/act").is(200);
        let forms = page.body.split("<details class=\"act-one").skip(1);
        forms.filter_map(|form| Some(form.split_once("\"><summary>")?.0.to_owned())).collect()
    };
    let at = |forms: &[String], form: &str| {
        forms.iter().position(|one| one == form).unwrap_or_else(|| panic!("no {form}: {forms:?}"))
    };
    let (jason, krupa) = (forms("jason"), forms("krupa"));
    assert!(at(&jason, "\" id=\"claim") < at(&jason, " others\" id=\"approve"));
    assert!(at(&krupa, "\" id=\"approve") < at(&krupa, " others\" id=\"claim"));
    assert!(at(&krupa, "\" id=\"hold") < at(&krupa, " others\" id=\"start"));
    assert_eq!(jason.len(), krupa.len(), "nothing is hidden");
}

#[test]
fn a_form_of_another_sites_page_does_nothing() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example.org"),
        ("origin", "null"),
    ] {
        let jason = server.let_in(&world, "jason").with(name, value);
        jason.post("/trains/amo/plan", &[("command", "claim")]).is(403).says("another site");
        let wish = json!({ "wish": { "command": "claim", "push": null } });
        jason.asks("/api/v1/trains/amo/commands", &wish).is(403);
    }
    assert_eq!(world.hero("mat").types("status --json").json()["claims"], json!([]));
    let own = server.let_in(&world, "jason").with("sec-fetch-site", "same-origin");
    own.agrees("amo", &[("command", "claim")]).is(200);
}

#[test]
fn a_token_for_looking_only_looks() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let made = server.let_in(&world, "jason").post("/me/tokens", &[("label", "a board")]).is(200);
    let (_, rest) = made.body.split_once("shown this once: <code>").expect("the token is shown");
    let token = rest.split('<').next().unwrap_or_default();
    let board = server.anybody().with("authorization", &format!("Bearer {token}"));
    board.get("/api/v1/trains/amo/status").is(200);
    let wish = json!({ "wish": { "command": "claim", "push": null } });
    board.asks("/api/v1/trains/amo/commands", &wish).is(403).says("for looking");
}

#[test]
fn told_to_end_it_finishes_and_ends_well() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let mut stream = server.stream("/trains/amo/events", "");
    stream.changes(1);
    server.ends().ok();
}

#[test]
fn an_admin_gives_a_role_on_the_page_of_the_people() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (ada, kumar) = (server.let_in(&world, "ada"), server.let_in(&world, "kumar"));
    let page = ada.get("/trains/amo/people").is(200).says("Give a role");
    page.says("<option>kumar</option>");
    kumar.get("/trains/amo/people").is(200).says("krupa").never_says("<form");
    let fields = [("command", "give"), ("who", "kumar"), ("role", "ops")];
    kumar.post("/trains/amo/plan", &fields).is(403).says("that takes the role admin");
    ada.agrees("amo", &fields).is(200).says("Over");
    kumar.agrees("amo", &[("command", "claim")]).is(200).says("Over");
    ada.get("/trains/amo/people").is(200).says("<b>ops</b>").says("by ada");
    // Whoever is an admin by that makes links for others too.
    ada.agrees("amo", &[("command", "give"), ("who", "kumar"), ("role", "admin")]).is(200);
    kumar.post("/me/links", &[("name", "krupa")]).is(200).says("/sign-in/");
    ada.agrees("amo", &[("command", "take"), ("who", "kumar"), ("role", "admin")]).is(200);
    kumar.post("/me/links", &[("name", "krupa")]).is(403);
}
