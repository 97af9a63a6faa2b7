//! Whoever is taken out of the configuration and put back: what let them in before opens nothing any more.

use testkit::{PushDuty, Remote};

use crate::cut;
use crate::server::{Server, until};

/// The configuration without kumar, or with him again.
fn names_kumar(world: &PushDuty, named: bool) {
    let text = std::fs::read_to_string(world.config_path()).expect("a configuration");
    let (kumar, una) = ("[people.\"kumar\"]", "[people.\"una\"]");
    let (from, to) = if named { (una, kumar) } else { (kumar, una) };
    assert!(text.contains(from), "{from} is not in\n{text}");
    std::fs::write(world.config_path(), text.replace(from, to)).expect("writable");
}

/// Waits until the server knows kumar again.
fn knows_kumar(server: &Server, world: &PushDuty) {
    let kumar = server.let_in(world, "kumar");
    until("the configuration is read anew", || (kumar.get("/me").status == 200).then_some(()));
}

/// How often the record says that all of his was taken away.
fn told(world: &PushDuty) -> usize {
    let log = world.hero("mat").types("log --json").ok().stdout;
    log.matches("took away all that let kumar in").count()
}

fn is_shut_out(world: &PushDuty) {
    until("he is shut out", || (told(world) == 1).then_some(()));
}

#[test]
fn keys_of_somebody_who_was_taken_out_open_nothing_when_the_name_is_put_back() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let (mat, kumar) = (server.first(), server.let_in(&world, "kumar"));
    let token = format!("Bearer {}", kumar.token());
    let program = server.anybody().with("authorization", &token);
    program.get("/api/v1/trains/amo/status").is(200);
    let link = server.link_for(&world, "kumar");
    names_kumar(&world, false);
    until("he is out", || (kumar.get("/me").status == 303).then_some(()));
    is_shut_out(&world);
    names_kumar(&world, true);
    knows_kumar(&server, &world);
    kumar.get("/me").is(303);
    program.get("/api/v1/trains/amo/status").is(401);
    server.anybody().post(&link, &[]).is(403);
    mat.get("/me").is(200);
    assert_eq!(told(&world), 1, "it is in the record, once");
    world.hero("mat").types("verify").ok();
}

#[test]
fn the_same_where_the_configuration_changed_while_no_server_ran() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "");
    let headers = server.let_in(&world, "kumar").headers().to_vec();
    server.ends().ok();
    names_kumar(&world, false);
    let server = Server::start(&world, "mat", "");
    is_shut_out(&world);
    names_kumar(&world, true);
    knows_kumar(&server, &world);
    server.known(&headers).get("/me").is(303);
}

#[test]
fn where_nobody_is_named_everybody_keeps_their_keys() {
    let remote = Remote::new("web");
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty")).repo(&remote);
    let server = Server::start(&world, "mat", "");
    let headers = server.first().headers().to_vec();
    server.ends().ok();
    let server = Server::start(&world, "mat", "");
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.known(&headers).get("/me").is(200);
}
