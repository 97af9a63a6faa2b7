//! Who takes turns and who is away, on the page of a train and for programs.

use serde_json::json;
use testkit::{PushDuty, Remote};

use crate::server::Server;

const AWAY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:a\r\n\
     DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20261130\r\nDTEND;VALUE=DATE:20261205\r\n\
     SUMMARY:kumar is away\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// A train that is cut: mat is its hero, and kumar, whose turn is next, is away then by an external calendar.
fn team() -> (PushDuty, Remote) {
    let remote = Remote::tagged("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("kumar", &["hero"])
        .person("krupa", &["qa"])
        .rotation(&["mat", "kumar"])
        .repo(&remote)
        .toml("[[calendar]]\nfile = \"away.ics\"\nholds = \"absences\"");
    std::fs::write(world.dir().join("away.ics"), AWAY).expect("the home is writable");
    world.hero("mat").types("tag --yes").ok();
    world.hero("mat").types("rotation away mat 2026.12.21 2027.01.03 --yes").ok();
    (world, remote)
}

#[test]
fn the_page_of_a_train_has_turns_and_absences_and_who_may_takes_one_back() {
    let (world, _remote) = team();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.let_in(&world, "mat");
    let page = mat.get("/trains/amo/schedule").is(200);
    let passed = "Passed over for <span class=\"tag\">2026.12.03</span>: away from 2026.11.30 to 2026.12.04.";
    let page = page.says("id=\"turns\"").says(passed).says("By an external calendar");
    // The turn of kumar is passed over: mat serves that one too.
    let page = page.says("<b>This one and the next.</b>").never_says("<b>Next.</b>");
    let back =
        "/trains/amo/act?command=back&#38;who=mat&#38;from=2026.12.21&#38;to=2027.01.03#back";
    page.says(&format!("href=\"{back}\"")).never_says("command=back&#38;who=kumar");
    // Of others only those who run the train say it; strangers read what the record says, and no more.
    let krupa = server.let_in(&world, "krupa").get("/trains/amo/schedule").is(200);
    krupa.says("Mon 21 Dec 2026").never_says("command=back");
    let stranger = server.anybody().get("/trains/amo/schedule").is(200).says("Mon 21 Dec 2026");
    stranger.never_says("By an external calendar").never_says("2026.11.30");
    // The form is filled in, and its yes takes the absence back.
    let form = mat.get(&back.replace("&#38;", "&").replace("#back", "")).is(200);
    form.says("value=\"2026.12.21\"").says("value=\"2027.01.03\"");
    let said = [("command", "back"), ("who", "mat"), ("from", "2026.12.21"), ("to", "2027.01.03")];
    mat.agrees("amo", &said);
    mat.get("/trains/amo/schedule").is(200).never_says("Mon 21 Dec 2026");
}

#[test]
fn programs_are_told_of_the_rotation_as_the_command_line_is() {
    let (world, _remote) = team();
    let server = Server::start(&world, "mat", "--public");
    let served = server.first().get("/api/v1/trains/amo/rotation").is(200).json();
    assert_eq!(served, world.hero("mat").types("rotation --json").json());
    let kumar = &served["turns"][1];
    assert_eq!(kumar["passed_over"][0]["push"], "2026.12.03", "{served}");
    assert_eq!((&kumar["who"], &kumar["next"]), (&json!("kumar"), &json!("2026.12.10")));
    assert_eq!(served["absences"].as_array().map(Vec::len), Some(2), "{served}");
    let told = server.anybody().get("/api/v1/trains/amo/rotation").is(200).json();
    assert_eq!(told["absences"].as_array().map(Vec::len), Some(1), "{told}");
    world.hero("mat").types("rotation").ok().says("kumar is passed over for 2026.12.03: away from");
}
