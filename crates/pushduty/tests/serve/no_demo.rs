//! What a demo's visitors have, nobody has at a server: there is no such door.

use crate::server::Server;

#[test]
fn nobody_takes_a_part_at_a_server() {
    let (world, _remote) = crate::cut();
    let server = Server::start(&world, "mat", "--public");
    let mat = server.first();
    for visitor in [&server.anybody(), &mat] {
        for path in ["/demo/as", "/demo/next", "/demo/play", "/demo/pause", "/demo/anew"] {
            let answer = visitor.post(path, &[("name", "ada")]).is(404);
            assert_eq!(answer.header("set-cookie"), None, "{path}");
        }
        visitor.get("/demo/events").is(404);
        visitor.get("/demo/open").is(404);
        visitor.get("/trains/amo").is(200).never_says("Look as").never_says("/demo/");
    }
}
