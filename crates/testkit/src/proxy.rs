//! A TCP proxy on loopback that makes a good line bad: late, narrow, cut, garbled or silent.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::background::Background;

/// How one direction of a connection behaves. Byte counts are per connection and direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    delay: Duration,
    bytes_per_second: Option<u64>,
    cut_after: Option<u64>,
    garble_after: Option<u64>,
    hang_after: Option<u64>,
}

impl Line {
    /// A line without faults.
    #[must_use]
    pub fn good() -> Self {
        Self::default()
    }

    /// Everything arrives this much later; how much is under way does not matter.
    #[must_use]
    pub fn delayed(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// No more than this many bytes arrive in a second.
    #[must_use]
    pub fn throttled(self, bytes_per_second: u64) -> Self {
        Self { bytes_per_second: Some(bytes_per_second.max(1)), ..self }
    }

    /// This many bytes arrive; then both directions of the connection are closed.
    #[must_use]
    pub fn cut_after(self, bytes: u64) -> Self {
        Self { cut_after: Some(bytes), ..self }
    }

    /// This many bytes arrive as they are; those after them are changed.
    #[must_use]
    pub fn garbled_after(self, bytes: u64) -> Self {
        Self { garble_after: Some(bytes), ..self }
    }

    /// This many bytes arrive; then nothing more, while the connection stays open.
    #[must_use]
    pub fn hanging_after(self, bytes: u64) -> Self {
        Self { hang_after: Some(bytes), ..self }
    }
}

#[derive(Debug, Default)]
struct State {
    up: Line,
    down: Line,
    connections: usize,
    recording: bool,
    sent_up: Vec<u8>,
}

/// A proxy in front of one server. What is set holds for connections that begin after it.
#[derive(Debug)]
pub struct Proxy {
    state: Arc<Mutex<State>>,
    background: Background,
}

impl Proxy {
    /// A proxy without faults in front of `server`.
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let background = Background::serve(move |listener| accept(listener, server, shared));
        Self { state, background }
    }

    /// Where to connect instead of to the server.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.background.address()
    }

    /// Sets the line from client to server.
    pub fn up(&self, line: Line) -> &Self {
        held(&self.state).up = line;
        self
    }

    /// Sets the line from server to client.
    pub fn down(&self, line: Line) -> &Self {
        held(&self.state).down = line;
        self
    }

    /// Delays each direction; a connection takes one round trip more to begin, as TCP's does.
    pub fn delay(&self, each_way: Duration) -> &Self {
        self.up(Line::good().delayed(each_way)).down(Line::good().delayed(each_way))
    }

    /// Keeps what clients send from now on, for [`Proxy::sent_up`].
    pub fn record(&self) -> &Self {
        held(&self.state).recording = true;
        self
    }

    /// Every byte that clients sent since [`Proxy::record`], in order of arrival.
    #[must_use]
    pub fn sent_up(&self) -> Vec<u8> {
        held(&self.state).sent_up.clone()
    }

    /// How many connections there have been.
    #[must_use]
    pub fn connections(&self) -> usize {
        held(&self.state).connections
    }
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, server: SocketAddr, state: Arc<Mutex<State>>) {
    while let Ok((client, _)) = listener.accept().await {
        held(&state).connections += 1;
        // A server that is not there closes the client's connection, which is all a client can see.
        tokio::spawn(join(client, server, Arc::clone(&state)));
    }
}

async fn join(mut client: TcpStream, server: SocketAddr, state: Arc<Mutex<State>>) {
    let (up, down) = {
        let now = held(&state);
        (now.up, now.down)
    };
    sleep(up.delay + down.delay).await;
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let heard = |bytes: &[u8]| {
        let mut state = held(&state);
        if state.recording {
            state.sent_up.extend_from_slice(bytes);
        }
    };
    // Both halves go when either is cut: the streams close as they leave this function.
    let _ = tokio::try_join!(
        carry(from_client, to_server, up, heard),
        carry(from_server, to_client, down, |_| ()),
    );
}

/// The connection is over, by a fault or because one side went away.
struct Cut;

/// Carries one direction until its end. Reading and writing are apart, so that a delay holds back
/// each byte and not the flow.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: Line,
    heard: impl Fn(&[u8]),
) -> Result<(), Cut> {
    let (send, mut due) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut buffer = vec![0; chunk(line)];
        loop {
            let length = from.read(&mut buffer).await.map_err(|_| Cut)?;
            heard(&buffer[..length]);
            let _ = send.send((Instant::now() + line.delay, buffer[..length].to_vec()));
            if length == 0 {
                return Ok(());
            }
        }
    };
    let write = async {
        let mut passed = 0;
        while let Some((when, bytes)) = due.recv().await {
            sleep_until(when).await;
            if bytes.is_empty() {
                to.shutdown().await.map_err(|_| Cut)?;
                break;
            }
            pass(&mut to, bytes, line, &mut passed).await?;
        }
        Ok(())
    };
    tokio::try_join!(read, write).map(|_| ())
}

/// Writes what the line lets through of these bytes; `passed` counts those of the connection.
async fn pass(
    to: &mut (impl AsyncWrite + Unpin),
    mut bytes: Vec<u8>,
    line: Line,
    passed: &mut u64,
) -> Result<(), Cut> {
    let before = *passed;
    let room = |limit: Option<u64>| limit.map(|l| l.saturating_sub(before));
    if let Some(good) = room(line.garble_after) {
        let skip = usize::try_from(good).unwrap_or(usize::MAX);
        bytes.iter_mut().skip(skip).for_each(|b| *b ^= 0x55);
    }
    let whole = bytes.len() as u64;
    let through = [room(line.cut_after), room(line.hang_after), Some(whole)];
    let through = through.into_iter().flatten().min().unwrap_or(whole);
    let end = usize::try_from(through).unwrap_or(bytes.len());
    to.write_all(&bytes[..end]).await.map_err(|_| Cut)?;
    *passed += through;
    if let Some(rate) = line.bytes_per_second {
        sleep(Duration::from_secs_f64(through as f64 / rate as f64)).await;
    }
    if line.cut_after == Some(*passed) {
        return Err(Cut);
    }
    if line.hang_after == Some(*passed) {
        let never: Infallible = std::future::pending().await;
        match never {}
    }
    Ok(())
}

/// How much is carried at a time: a fiftieth of a second's worth on a narrow line.
fn chunk(line: Line) -> usize {
    let narrow = line.bytes_per_second.map_or(16 * 1024, |rate| (rate / 50).max(1));
    usize::try_from(narrow).unwrap_or(usize::MAX).min(16 * 1024)
}
