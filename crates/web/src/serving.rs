//! Connections: taken until the server is told to end. Whoever sends the head of a request too slowly is let go, and at the end
//! nobody who is served holds the server up for longer than it says.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::house::House;
use crate::router::router;

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

/// What is said of a head that came too slowly.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 56\r\n\r\nThe request came too slowly, and was given up: try again";

/// Serves until `told` comes. From then on no connection is taken, streams and editors are let go, and what is under way is
/// waited for, but not for long; whether all of it came to its end.
pub async fn serve(house: &House, listener: TcpListener, told: impl Future<Output = ()>) -> bool {
    let mut open = JoinSet::new();
    let (ending, _) = watch::channel(false);
    take(house, listener, &ending, &mut open, told).await;
    ending.send_replace(true);
    let over = house.close(STEPS).await;
    let flushed = async { while open.join_next().await.is_some() {} };
    // Whoever takes no more of an answer by then goes without the rest of it.
    let _ = tokio::time::timeout(FLUSH, flushed).await;
    over
}

/// Takes connections until `told` comes, and closes the door then.
async fn take(
    house: &House,
    listener: TcpListener,
    ending: &watch::Sender<bool>,
    open: &mut JoinSet<()>,
    told: impl Future<Output = ()>,
) {
    let router = router(house.clone());
    let mut told = pin!(told);
    loop {
        tokio::select! {
            biased;
            () = &mut told => return,
            Some(_) = open.join_next(), if !open.is_empty() => {}
            came = listener.accept() => match came {
                Ok((stream, peer)) => {
                    open.spawn(connection(stream, peer, router.clone(), ending.subscribe()));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
        }
    }
}

/// One connection, to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut ending: watch::Receiver<bool>,
) {
    // Small answers go at once.
    let _ = stream.set_nodelay(true);
    let late = Arc::new(AtomicBool::new(false));
    let wire = Wire { stream, begun: false, late: Arc::clone(&late) };
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

/// A connection's bytes. Where a head came in part and too slowly, it says so as it is dropped.
struct Wire {
    stream: TcpStream,
    /// Whether something came that was not answered yet.
    begun: bool,
    late: Arc<AtomicBool>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.begun && self.late.load(Ordering::Relaxed) {
            let _ = self.stream.try_write(TOO_SLOW);
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = bytes.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, bytes);
        self.begun |= bytes.filled().len() > before;
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.begun = false;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        self.begun = false;
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_slow_head_has_the_length_that_it_says() {
        let text = String::from_utf8_lossy(TOO_SLOW);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
