//! Connections: taken until the server is told to end, and not more than it says. Whoever sends the head of a request too slowly
//! is let go, and at the end nobody who is served holds the server up for longer than it says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::attempts::From;
use crate::house::House;
use crate::places::{Place, Places};
use crate::router::router;
use crate::wire::Wire;

/// How long the head of a request may take, and how long a connection is kept on which none comes.
const HEAD: Duration = Duration::from_secs(10);
/// The most bytes of a head.
const LARGEST_HEAD: usize = 64_000;
/// How long what is under way is waited for at the end.
const STEPS: Duration = Duration::from_secs(20);
/// How long an answer that is over may take to reach whoever asked, at the end.
const FLUSH: Duration = Duration::from_secs(2);
/// How long no connection is taken where none can be, as without a free file descriptor.
const PAUSE: Duration = Duration::from_millis(200);
/// How many connections are open at once, and how many of them from one address.
const MOST: usize = 2_000;
const MOST_OF_ONE: usize = 500;

/// What is said where all of them are.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 10\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 67\r\n\r\n\
    This server has as many connections as it takes: try again in a bit";

/// Serves until `told` comes. From then on no connection is taken, streams and editors are let go, and what is under way is
/// waited for, but not for long; whether all of it came to its end.
pub async fn serve(house: &House, listener: TcpListener, told: impl Future<Output = ()>) -> bool {
    let mut open = JoinSet::new();
    let (ending, _) = watch::channel(false);
    let door = Door {
        router: router(house.clone()),
        places: Places::new(MOST, MOST_OF_ONE),
        behind_proxy: house.open.behind_proxy,
    };
    door.take(listener, &ending, &mut open, told).await;
    ending.send_replace(true);
    let over = house.close(STEPS).await;
    let flushed = async { while open.join_next().await.is_some() {} };
    // Whoever takes no more of an answer by then goes without the rest of it.
    let _ = tokio::time::timeout(FLUSH, flushed).await;
    over
}

/// Where connections come in.
struct Door {
    router: Router,
    places: Arc<Places<From>>,
    /// Whether a proxy stands before it.
    behind_proxy: bool,
}

impl Door {
    /// Takes connections until `told` comes, and closes the door then.
    async fn take(
        &self,
        listener: TcpListener,
        ending: &watch::Sender<bool>,
        open: &mut JoinSet<()>,
        told: impl Future<Output = ()>,
    ) {
        let mut told = pin!(told);
        loop {
            tokio::select! {
                biased;
                () = &mut told => return,
                Some(_) = open.join_next(), if !open.is_empty() => {}
                came = listener.accept() => match came {
                    Ok((stream, peer)) => match self.places.take(self.counted(peer)) {
                        Some(place) => {
                            let router = self.router.clone();
                            open.spawn(connection(stream, peer, place, router, ending.subscribe()));
                        }
                        None => {
                            open.spawn(turned_away(stream));
                        }
                    },
                    Err(_) => tokio::time::sleep(PAUSE).await,
                },
            }
        }
    }

    /// With whose connections one is counted: with those of its address, but for a proxy's, which are everybody's, and this
    /// machine's own.
    fn counted(&self, peer: SocketAddr) -> Option<From> {
        let own = peer.ip().to_canonical().is_loopback();
        (!own && !self.behind_proxy).then(|| From::of(peer.ip()))
    }
}

/// Tells somebody that there is no room for them now, as far as they listen.
async fn turned_away(mut stream: TcpStream) {
    let _ = tokio::time::timeout(FLUSH, stream.write_all(TOO_MANY)).await;
}

/// One connection, to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place<From>,
    router: Router,
    mut ending: watch::Receiver<bool>,
) {
    // Small answers go at once.
    let _ = stream.set_nodelay(true);
    let late = Arc::new(AtomicBool::new(false));
    let wire = Wire::new(stream, place, Arc::clone(&late));
    let answer = service_fn(move |request| answered(router.clone(), peer, request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(wire), answer)
        .with_upgrades();
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = async { drop(ending.wait_for(|ending| *ending).await) } => {
            served.as_mut().graceful_shutdown();
            served.as_mut().await
        }
    };
    // A connection that breaks is nobody's fault here.
    late.store(ended.is_err_and(|error| error.is_timeout()), Ordering::Relaxed);
}

async fn answered(
    mut router: Router,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::AsyncReadExt;
    use tokio::time::Instant;

    use super::*;
    use crate::wire::STALLED;

    #[test]
    fn what_is_said_where_there_is_no_room_has_the_length_that_it_says() {
        let text = String::from_utf8_lossy(TOO_MANY);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{}", body.len());
    }

    fn door(most: usize, behind_proxy: bool) -> Door {
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            // More than the system keeps of what nobody takes.
            .route("/long", get(|| async { vec![b'x'; 64_000_000] }));
        Door { router, places: Places::new(most, 1), behind_proxy }
    }

    /// Asks on a connection of its own, and gives that and the beginning of the answer.
    async fn asks(address: SocketAddr) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let mut bytes = [0; 1024];
        let read = stream.read(&mut bytes).await.unwrap_or_default();
        (stream, String::from_utf8_lossy(&bytes[..read]).into_owned())
    }

    #[tokio::test]
    async fn whoever_comes_when_all_places_are_taken_is_told_so_and_whoever_goes_makes_room() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let (ending, _) = watch::channel(false);
        let mut open = JoinSet::new();
        let visits = async {
            let (first, said) = asks(address).await;
            assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
            let (_second, said) = asks(address).await;
            assert!(said.starts_with("HTTP/1.1 200 "), "this machine is not counted by address");
            let (_, said) = asks(address).await;
            assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
            drop(first);
            // The server hears of it in its own time.
            while !asks(address).await.1.starts_with("HTTP/1.1 200 ") {}
        };
        let visits = async { tokio::time::timeout(STALLED, visits).await.expect("there is room") };
        door(2, false).take(listener, &ending, &mut open, visits).await;
    }

    #[test]
    fn an_address_is_counted_by_itself_unless_everybody_comes_from_it() {
        let counted = |behind_proxy, peer: &str| {
            let peer = peer.parse().expect("an address");
            door(1, behind_proxy).counted(peer)
        };
        let (one, same) = ("192.0.2.1:1", "[::ffff:192.0.2.1]:2");
        assert!(counted(false, one).is_some());
        assert_eq!(counted(false, one), counted(false, same));
        assert_ne!(counted(false, one), counted(false, "192.0.2.2:1"));
        for own in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(counted(false, own), None, "{own}");
        }
        assert_eq!(counted(true, one), None, "a proxy's are everybody's");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_nothing_of_an_answer_is_let_go_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let mut there = TcpStream::connect(address).await.expect("it listens");
        let (here, peer) = listener.accept().await.expect("it came");
        there.write_all(b"GET /long HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it is sent");
        let Door { router, places, .. } = door(1, false);
        let place = places.take(None).expect("there is room");
        let (ending, _) = watch::channel(false);
        let begun = Instant::now();
        let served = connection(here, peer, place, router, ending.subscribe());
        tokio::time::timeout(2 * STALLED, served).await.expect("it ends by itself");
        assert!(begun.elapsed() >= STALLED, "{:?}", begun.elapsed());
        assert!(places.take(None).is_some(), "its place is free again");
    }
}
