//! A socket: an editor on one side, a room on the other.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use conductor::ports::SharedTexts;
use tokio::sync::mpsc;
use train::id::{PushDate, TrainName};
use train::refusal::{Code, Refusal};

use super::room::Room;
use crate::allowance::Whose;
use crate::asked::Path;
use crate::attempts::From;
use crate::guard;
use crate::house::House;
use crate::problem::Problem;
use crate::rooms::{Ending, Heard, Told, WAITING};
use crate::visitor::Visitor;

/// The largest message: a whole page, and what is around it.
const LARGEST: usize = 2_500_000;
/// The largest of somebody who reads: which of everybody's words they have, who ever wrote here.
const LARGEST_OF_A_READER: usize = 64 * 1024;
/// How long a connection may take for a message before it is given up.
const SLOW: Duration = Duration::from_secs(20);
/// How often it is asked whether who came may still be here, and still write.
const RECHECK: Duration = Duration::from_secs(15);
/// How many bytes a connection reads and writes at once: most messages are a key, and there are hundreds of connections.
const BUFFER: usize = 8 * 1024;

/// `/trains/{train}/pushes/{push}/notes/live`.
pub(crate) async fn join(
    State(house): State<House>,
    visitor: Visitor,
    from: From,
    Path((train, push)): Path<(TrainName, PushDate)>,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    if !guard::is_own_socket(&house, &headers) {
        return Err(guard::foreign());
    }
    visitor.may_look(&house)?;
    let socket = socket.map_err(|_| {
        let what = "this address is for editors: it takes a WebSocket (RFC 6455)";
        Refusal::new(Code::Usage, what, "open the page of the notes in a browser")
    })?;
    let conductor = house.open.trains.conductor(&train, &visitor.who()).await?;
    let writes = may_write(&house, &visitor, &train).await?;
    let whose = Whose::of(&visitor.who(), from);
    let largest = if writes { LARGEST } else { LARGEST_OF_A_READER };
    let line = Line { house, visitor, train, whose, writes, texts: conductor.texts, id: 0 };
    Ok(socket
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(move |socket| line.run(socket, push)))
}

/// Whether somebody may write in the notes of a train.
async fn may_write(house: &House, visitor: &Visitor, train: &TrainName) -> Result<bool, Refusal> {
    if visitor.may_write().is_err() {
        return Ok(false);
    }
    let may =
        async move |conductor: conductor::Conductor| Ok(conductor.may_write_notes().await.is_ok());
    house.story(&visitor.who(), train, may).await
}

/// A connection.
struct Line {
    house: House,
    visitor: Visitor,
    train: TrainName,
    /// Out of whose allowance it sends.
    whose: Whose,
    /// Whether they may write.
    writes: bool,
    texts: std::sync::Arc<dyn SharedTexts>,
    id: u64,
}

impl Line {
    async fn run(mut self, mut socket: WebSocket, push: PushDate) {
        let Some(_place) = self.house.notes.place(&self.whose) else {
            let ending = Ending::new(4429, "too many notes are open: close some of yours");
            return end(&mut socket, ending).await;
        };
        let (to, mut told) = mpsc::channel(WAITING);
        self.id = self.house.notes.number();
        let (who, writes, train) = (self.visitor.who(), self.writes, self.train.clone());
        let whose = self.whose.clone();
        let came = Heard::Came { id: self.id, who, whose, writes, to };
        let open = |heard| Room::new(self.house.clone(), train.clone(), push, heard);
        let Some(room) = self.house.notes.enter(&train, push, came, open).await else {
            let ending = Ending::new(1013, "the page is being closed: come again");
            return end(&mut socket, ending).await;
        };
        self.house.meters.editors.inc();
        let ending = self.talk(&mut socket, &mut told, &room).await;
        self.house.meters.editors.dec();
        let _ = room.send(Heard::Left { id: self.id }).await;
        if let Some(ending) = ending {
            end(&mut socket, ending).await;
        }
    }

    /// Until one side ends; why, where the other is still there to be told.
    async fn talk(
        &self,
        socket: &mut WebSocket,
        told: &mut mpsc::Receiver<Told>,
        room: &mpsc::Sender<Heard>,
    ) -> Option<Ending> {
        let mut recheck = tokio::time::interval(RECHECK);
        loop {
            tokio::select! {
                told = told.recv() => match told {
                    Some(Told::Bytes(bytes)) => {
                        let sent = tokio::time::timeout(SLOW, socket.send(Frame::Binary(bytes)));
                        if !matches!(sent.await, Ok(Ok(()))) {
                            return None;
                        }
                    }
                    Some(Told::End(ending)) => return Some(ending),
                    None => return Some(Ending::new(1013, "too much at once: come again")),
                },
                frame = socket.recv() => {
                    let frame = frame?.ok()?;
                    let size = frame_size(&frame);
                    if !self.house.allowances.take(&self.whose, size) {
                        return Some(Ending::new(4429, "this is faster than anybody types: wait a moment"));
                    }
                    match self.heard(frame, room).await {
                        Ok(true) => {}
                        Ok(false) => return None,
                        Err(ending) => return Some(ending),
                    }
                }
                _ = recheck.tick() => if let Err(ending) = self.may_stay().await {
                    return Some(ending);
                },
            }
        }
    }

    /// Passes on what an editor says; whether it goes on.
    async fn heard(&self, frame: Frame, room: &mpsc::Sender<Heard>) -> Result<bool, Ending> {
        match frame {
            Frame::Binary(bytes) => {
                let message =
                    self.texts.read(&bytes).map_err(|no| Ending::new(4400, &no.message))?;
                Ok(room.send(Heard::Said { id: self.id, message }).await.is_ok())
            }
            Frame::Text(_) => Err(Ending::new(4400, "editors speak in bytes here")),
            Frame::Close(_) => Ok(false),
            Frame::Ping(_) | Frame::Pong(_) => Ok(true),
        }
    }

    /// Whether whoever came is still signed in, and still writes if they did.
    async fn may_stay(&self) -> Result<(), Ending> {
        if !self.visitor.is_still_in(&self.house).await {
            return Err(Ending::new(4401, "you are signed out"));
        }
        // Where roles can't be read for a moment, nobody is thrown out.
        let may = async || may_write(&self.house, &self.visitor, &self.train).await;
        if self.writes && matches!(may().await, Ok(false)) {
            return Err(Ending::new(4403, "the role by which you wrote here was taken"));
        }
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a message has a few megabytes at most")]
fn frame_size(frame: &Frame) -> f64 {
    match frame {
        Frame::Binary(bytes) | Frame::Ping(bytes) | Frame::Pong(bytes) => bytes.len() as f64,
        Frame::Text(text) => text.len() as f64,
        Frame::Close(_) => 0.0,
    }
}

async fn end(socket: &mut WebSocket, ending: Ending) {
    let close = CloseFrame { code: ending.code, reason: ending.reason.into() };
    let _ = tokio::time::timeout(SLOW, socket.send(Frame::Close(Some(close)))).await;
}
