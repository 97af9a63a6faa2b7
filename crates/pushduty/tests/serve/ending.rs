//! The server's end: nobody new is let in, nobody who is served can hold it up, and what is under way is finished or left to the
//! next command.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Gate, PushDuty, Remote};

use crate::cut;
use crate::server::{Server, until};

const COMMANDS: &str = "/api/v1/trains/amo/commands";

/// A train whose next tag waits at its remote.
fn with_a_gate(after: &str) -> (PushDuty, Remote, Gate) {
    let (world, remote) = cut();
    remote.commit_on("main", &[("more.js", "1\n")], "Add more");
    let gate = Gate::new(world.sealed(), "remote");
    remote.hook("pre-receive", &format!("cat > /dev/null\n{}{after}", gate.wait_here()));
    (world, remote, gate)
}

/// Asks for more than any buffer holds, and reads nothing of it.
fn reads_nothing(server: &Server, path: &str) -> TcpStream {
    let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    let stream = server.connection(head.as_bytes());
    stream.set_nonblocking(true).expect("a socket can be made non-blocking");
    let many = head.repeat(2_000);
    let mut bytes = many.as_bytes();
    while let Ok(written @ 1..) = (&stream).write(bytes) {
        bytes = &bytes[written..];
    }
    stream
}

#[test]
fn nobody_who_reads_nothing_or_asks_again_and_again_holds_it_up() {
    let (world, _remote) = cut();
    let server = Server::start(&world, "mat", "--public");
    let _stuck =
        [reads_nothing(&server, "/assets/notes.js"), reads_nothing(&server, "/trains/amo/events")];
    let over = AtomicBool::new(false);
    let (took, ran) = std::thread::scope(|scope| {
        let (address, over) = (server.address(), &over);
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(address) else { continue };
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let asked = b"GET /__lbheartbeat__ HTTP/1.1\r\nhost: x\r\n\r\n";
                let mut bytes = [0; 4096];
                while !over.load(Ordering::Relaxed)
                    && stream.write_all(asked).is_ok()
                    && matches!(stream.read(&mut bytes), Ok(1..))
                {}
            }
        });
        let begun = Instant::now();
        let ran = server.ends();
        over.store(true, Ordering::Relaxed);
        (begun.elapsed(), ran)
    });
    let ran = ran.ok();
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(ran.stderr.contains("ended: nothing is left under way"), "{ran}");
}

#[test]
fn while_a_step_goes_on_nobody_new_is_let_in_and_it_is_finished() {
    let (world, remote, gate) = with_a_gate("");
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "one more" } });
    let done = std::thread::scope(|scope| {
        let asked = scope.spawn(|| mat.asks(COMMANDS, &wish));
        gate.wait_until_reached();
        server.is_told_to_end();
        until("nobody new is let in", || (!server.listens()).then_some(()));
        gate.open();
        asked.join().expect("it is answered").is(200).json()
    });
    assert_eq!(done["repos"][0]["outcome"], "published");
    assert!(server.over().ok().stderr.contains("ended: nothing is left under way"));
    assert!(remote.tags().contains_key("2026.11.26-1"));
}

#[test]
fn a_step_that_takes_too_long_is_left_to_the_next_command() {
    let (world, remote, gate) = with_a_gate("");
    let server = Server::start(&world, "mat", "");
    let mat = server.first();
    let wish = json!({ "wish": { "command": "tag", "again": true, "because": "one more" } });
    let head = format!("{}{wish}", mat.head(COMMANDS, wish.to_string().len()));
    let _asks = server.connection(head.as_bytes());
    gate.wait_until_reached();
    let begun = Instant::now();
    let ran = server.ends().ok();
    assert!(begun.elapsed() < Duration::from_secs(28), "{:?}", begun.elapsed());
    assert!(ran.stderr.contains("takes too long; the next command goes on with it"), "{ran}");
    assert!(!remote.tags().contains_key("2026.11.26-1"));
    gate.open();
    world.sealed().wait_until_still();
    remote.unhook("pre-receive");
    world.hero("mat").types("tag --again --because more --yes");
    assert!(remote.tags().contains_key("2026.11.26-1"));
    world.hero("mat").types("verify").ok();
}
