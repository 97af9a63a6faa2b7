//! A connection's bytes, and how long each side waits for the other.

use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::attempts::From;
use crate::places::Place;

/// How long a connection stays that takes nothing of what is sent to it.
pub(crate) const STALLED: Duration = Duration::from_secs(30);

/// What is said of a head that came too slowly.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 56\r\n\r\nThe request came too slowly, and was given up: try again";

/// A connection's bytes. Where a head came in part and too slowly, it says so as it is dropped.
pub(crate) struct Wire {
    stream: TcpStream,
    /// Whether something came that was not answered yet.
    begun: bool,
    late: Arc<AtomicBool>,
    /// Until when something has to be taken, where nothing is.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Kept for as long as it is open, also where it became a socket for notes.
    _place: Place<From>,
}

impl Wire {
    /// `late` says, by its end, whether a head came too slowly.
    pub fn new(stream: TcpStream, place: Place<From>, late: Arc<AtomicBool>) -> Self {
        Self { stream, begun: false, late, stalled: None, _place: place }
    }

    /// What came of writing; an error where nothing was taken for too long.
    fn in_time(
        &mut self,
        written: Poll<std::io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALLED)));
        stalled.as_mut().poll(context).map(|()| Err(ErrorKind::TimedOut.into()))
    }
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
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        self.begun = false;
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.in_time(written, context)
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
