//! The proxy does to a line what it says, and git's daemon serves and takes pushes.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use testkit::{Daemon, Line, Proxy, Remote, Sealed};

/// A server that sends back each connection's bytes, until the test ends.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            std::thread::spawn(move || {
                let mut back = stream.try_clone().expect("a second handle");
                let _ = std::io::copy(&mut stream, &mut back);
                let _ = back.shutdown(std::net::Shutdown::Write);
            });
        }
    });
    address
}

/// Sends, closes the sending half and gives what comes back before the end or a cut.
fn ask(address: SocketAddr, words: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("the proxy listens");
    let _ = stream.write_all(words);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn a_good_line_carries_everything_and_is_recorded_on_request() {
    let proxy = Proxy::to(echo());
    let long: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    assert_eq!(ask(proxy.address(), &long), long);
    assert!(proxy.sent_up().is_empty(), "nothing is kept unasked");
    proxy.record();
    ask(proxy.address(), b"canary");
    assert_eq!(proxy.sent_up(), b"canary");
    assert_eq!(proxy.connections(), 2);
}

#[test]
fn a_delay_holds_back_each_byte_and_not_the_flow() {
    let proxy = Proxy::to(echo());
    proxy.delay(Duration::from_millis(15));
    let begun = Instant::now();
    let long = vec![7; 1_000_000];
    assert_eq!(ask(proxy.address(), &long), long);
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_millis(60),
        "connect and answer are a round trip each: {took:?}"
    );
    assert!(took < Duration::from_millis(900), "60 pieces were delayed one by one: {took:?}");
}

#[test]
fn a_cut_line_gives_the_bytes_before_the_cut_and_ends() {
    let proxy = Proxy::to(echo());
    proxy.down(Line::good().cut_after(5));
    assert_eq!(ask(proxy.address(), b"hello world"), b"hello");
    proxy.down(Line::good()).up(Line::good().cut_after(3));
    assert!(ask(proxy.address(), b"hello").len() <= 3);
    proxy.up(Line::good());
    assert_eq!(ask(proxy.address(), b"hello"), b"hello");
}

#[test]
fn a_garbled_line_changes_what_comes_later() {
    let proxy = Proxy::to(echo());
    proxy.down(Line::good().garbled_after(2));
    let answer = ask(proxy.address(), b"hello");
    assert_eq!((&answer[..2], answer.len()), (&b"he"[..], 5));
    assert!(answer[2..].iter().zip(b"llo").all(|(a, b)| a != b));
}

#[test]
fn a_hanging_line_stays_open_and_silent() {
    let proxy = Proxy::to(echo());
    proxy.down(Line::good().hanging_after(2));
    let mut stream = TcpStream::connect(proxy.address()).unwrap();
    stream.write_all(b"hello").unwrap();
    let mut two = [0; 2];
    stream.read_exact(&mut two).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(40))).unwrap();
    let silence = stream.read(&mut two).unwrap_err();
    assert!(matches!(silence.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

#[test]
fn a_narrow_line_takes_its_time() {
    let proxy = Proxy::to(echo());
    proxy.up(Line::good().throttled(100_000));
    let begun = Instant::now();
    ask(proxy.address(), &[0; 10_000]);
    assert!(begun.elapsed() >= Duration::from_millis(95), "10 kB went in {:?}", begun.elapsed());
}

#[test]
fn the_daemon_serves_and_takes_pushes_also_through_a_proxy() {
    let (server, front) = (Remote::new("server"), Remote::new("front"));
    let daemon = Daemon::serving(&[&server, &front]);
    let proxy = Proxy::to(daemon.address());
    let sealed = Sealed::new();
    sealed.git(sealed.home(), &["clone", "--quiet", &daemon.url(&front), "front"]);
    let far = daemon.url_by(proxy.address(), &server);
    sealed.git(sealed.home(), &["clone", "--quiet", &far, "server"]);
    let push = ["push", "--quiet", "origin", "HEAD:refs/tags/v1"];
    sealed.git(&sealed.path("server"), &push);
    assert_eq!(server.tags()["v1"].commit, server.oid("main"));

    proxy.up(Line::good().cut_after(60));
    server.commit_on("main", &[("a", "a")], "More");
    let cut = sealed.try_git(&sealed.path("server"), &["push", "origin", "HEAD:refs/heads/x"]);
    assert!(!cut.status.success());
    assert!(server.find("refs/heads/x").is_none());
}

#[test]
fn the_daemon_ends_with_its_value() {
    let server = Remote::new("server");
    let daemon = Daemon::serving(&[&server]);
    let address = daemon.address();
    drop(daemon);
    assert!(TcpStream::connect(address).is_err());
}
