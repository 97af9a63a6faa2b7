//! Who is let into what goes on: every stream of changes, and the socket of the notes, by role.

use serde_json::{Value, json};

use crate::editor::{Editor, connect, opening};
use crate::roles::{PUSH, ROLES, filled, row, table, visitors, world};
use crate::server::{Server, Visitor};

/// The streams, as the router has them.
pub const STREAMS: &[&str] = &["/trains/{train}/events", OF_A_STEP, "/events", "/waiting/events"];
const OF_A_STEP: &str = "/trains/{train}/steps/{step}/events";
/// The same for programs, and the socket.
const FOR_PROGRAMS: &str = "/api/v1/trains/{train}/events";
pub const LIVE: &str = "/trains/{train}/pushes/{push}/notes/live";

/// The status of a stream.
pub fn follows(server: &Server, visitor: &Visitor<'_>, path: &str) -> String {
    let own = visitor.headers().iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    server.stream(path, &own.collect::<String>()).status().to_string()
}

/// The status where there is no socket; else whether what is typed into it is kept, or by which code it is ended.
pub fn joins(server: &Server, visitor: &Visitor<'_>, role: &str) -> String {
    if let Err(status) = connect(server, visitor, &filled(LIVE), &[]) {
        return status.to_string();
    }
    let page = visitor.get(&format!("/trains/amo/pushes/{PUSH}/notes"));
    // Whoever has no such page has no number to write by.
    let number: u64 = match page.status {
        200 => {
            let opening = opening(visitor, PUSH);
            opening["client"].as_str().and_then(|own| own.parse().ok()).expect("a number")
        }
        _ => 7,
    };
    let mut editor = Editor::with_number(server, visitor, PUSH, number);
    editor.hears("the page", |editor| editor.text().contains("Notable"));
    editor.types("Notable", &format!("\n* told by {role}"));
    match editor.is_kept_or_ended() {
        None => "writes".to_owned(),
        Some(code) => format!("reads, {code}"),
    }
}

/// Begins a wish by the yes of a form, and gives the address of its step.
fn begins(visitor: &Visitor<'_>, wish: &Value) -> String {
    let step = visitor.post("/trains/amo/do", &[("wish", &*wish.to_string())]).is(303);
    step.header("location").expect("the step has a page").to_owned()
}

#[test]
fn whoever_comes_is_let_into_the_streams_and_sockets_that_are_for_them() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let of = |role: &str| {
        let at = ROLES.iter().position(|one| *one == role).expect("there is such a role");
        &visitors[at]
    };
    let steps = [
        ("of ops", begins(of("ops"), &json!({ "command": "claim", "push": PUSH }))),
        ("of the hero", begins(of("hero"), &json!({ "command": "resume", "push": PUSH }))),
        (
            "of security",
            begins(of("security"), &json!({ "command": "security_sync", "repo": "web" })),
        ),
        ("of nobody", "/trains/amo/steps/none".to_owned()),
    ];
    let mut text = table();
    for address in STREAMS.iter().copied().chain([FOR_PROGRAMS]) {
        let told = if address == OF_A_STEP { &steps[..] } else { &[] };
        let whole = told.is_empty().then(|| (address.to_owned(), filled(address)));
        let each = told
            .iter()
            .map(|(whose, step)| (format!("{address}, {whose}"), format!("{step}/events")));
        for (name, path) in whole.into_iter().chain(each) {
            let cells = visitors.iter().map(|visitor| follows(&server, visitor, &path));
            row(&mut text, &name, &cells.collect::<Vec<_>>());
        }
    }
    let joined = visitors.iter().zip(ROLES).map(|(visitor, role)| joins(&server, visitor, role));
    row(&mut text, LIVE, &joined.collect::<Vec<_>>());
    insta::assert_snapshot!("doors", text);
}
