//! Who is let into what goes on: every stream of changes, and the socket of the notes, by role.

use crate::editor::{Editor, connect, opening};
use crate::roles::{PUSH, ROLES, begun, each, filled, row, table, visitors, world};
use crate::server::{Server, Visitor};

/// The streams, as the router has them.
pub const STREAMS: &[&str] = &[
    "/trains/{train}/events",
    "/trains/{train}/steps/{step}/events",
    "/events",
    "/waiting/events",
];
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

#[test]
fn whoever_comes_is_let_into_the_streams_and_sockets_that_are_for_them() {
    let (world, _remote, _twin) = world();
    let server = Server::start(&world, "mat", "--public --every 0");
    let visitors = visitors(&world, &server);
    let begun = begun(&visitors);
    let mut text = table();
    for address in STREAMS.iter().copied().chain([FOR_PROGRAMS]) {
        for (name, path) in each(address, &begun) {
            let cells = visitors.iter().map(|visitor| follows(&server, visitor, &path));
            row(&mut text, &name, &cells.collect::<Vec<_>>());
        }
    }
    let joined = visitors.iter().zip(ROLES).map(|(visitor, role)| joins(&server, visitor, role));
    row(&mut text, LIVE, &joined.collect::<Vec<_>>());
    insta::assert_snapshot!("doors", text);
}
