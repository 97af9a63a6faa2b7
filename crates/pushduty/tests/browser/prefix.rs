//! Below a path that a proxy gives the server.

use serde_json::json;

use crate::scenario::{PUSH, brought, cut, played_with, told};
use crate::server::Server;

#[test]
fn everything_stays_below_the_path_that_a_proxy_gives() {
    let (world, _remote) = cut();
    let world =
        world.toml("[environments.production.deploy]\ncommand = [\"/bin/echo\", \"{tag}\"]");
    let deploy = brought(&world, "mat");
    let mut server = None;
    let about = json!({
        "train": "amo",
        "push": PUSH,
        "links": {},
        "addresses": web::page_addresses(),
    });
    // It asks for a server that people reach at its proxy.
    played_with("prefix", &about, |base| {
        let begun = Server::start(&world, "mat", &format!("--base-url {base}"));
        let mut told = told(&world, &begun, &["mat", "kumar"]);
        told["unused"] = begun.link_for(&world, "krupa").into();
        told["deploy"] = deploy.as_str().into();
        server = Some(begun);
        told
    });
    server.expect("it asked for one").ends().ok();
}
