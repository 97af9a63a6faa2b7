//! An editor of notes: a Yjs document on a socket, which can also say what no editor says.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use conductor::ports::{Message, SharedTexts};
use notes::Yrs;
use serde_json::Value;
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::CloseFrame;
use tungstenite::{Message as Frame, WebSocket};
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Doc, GetString, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update};

use crate::server::{Server, Visitor};

const PATIENCE: Duration = Duration::from_secs(20);

/// An editor of a page.
pub struct Editor {
    socket: WebSocket<TcpStream>,
    doc: Doc,
    text: TextRef,
    /// How many updates it sent.
    sent: u64,
    /// How many of them are kept, as it was told.
    pub kept: u64,
    /// Who is there, as it was told: the JSON of each state by number.
    pub present: std::collections::BTreeMap<u64, Option<String>>,
    /// How many of its pings were answered.
    pub pongs: usize,
    /// Why the server ended it.
    pub ended: Option<(u16, String)>,
}

/// What a page gives its script.
pub fn opening(visitor: &Visitor<'_>, push: &str) -> Value {
    let page = visitor.get(&format!("/trains/amo/pushes/{push}/notes")).is(200).body;
    let (_, rest) = page.split_once("data-notes=\"").expect("the page opens an editor");
    let (value, _) = rest.split_once('"').expect("an attribute ends");
    let value = value.replace("&#34;", "\"").replace("&quot;", "\"");
    serde_json::from_str(&value).expect("it is JSON")
}

impl Editor {
    /// Opens the page of a push as this visitor.
    pub fn open(server: &Server, visitor: &Visitor<'_>, push: &str) -> Self {
        let opening = opening(visitor, push);
        let client = opening["client"].as_str().expect("a number").parse().expect("a number");
        Self::with_number(server, visitor, push, client)
    }

    /// The same, writing by a number of its own choice.
    pub fn with_number(server: &Server, visitor: &Visitor<'_>, push: &str, client: u64) -> Self {
        let path = format!("/trains/amo/pushes/{push}/notes/live");
        let socket = connect(server, visitor, &path, &[]).expect("the server takes sockets");
        let options = Options {
            offset_kind: yrs::OffsetKind::Bytes,
            ..Options::with_client_id(ClientID::new(client))
        };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("notes");
        let mut editor = Self {
            socket,
            doc,
            text,
            sent: 0,
            kept: 0,
            present: std::collections::BTreeMap::new(),
            pongs: 0,
            ended: None,
        };
        let have = editor.doc.transact().state_vector().encode_v1();
        editor.say(&Message::Have(have));
        editor
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Types at the end of the line that begins so.
    pub fn types(&mut self, after: &str, words: &str) {
        let text = self.text();
        let line = text.find(after).unwrap_or_else(|| panic!("no line {after:?} in {text:?}"));
        let end = text[line..].find('\n').map_or(text.len(), |end| line + end);
        let update = {
            let mut transaction = self.doc.transact_mut();
            self.text.insert(&mut transaction, u32::try_from(end).expect("a page"), words);
            transaction.encode_update_v1()
        };
        self.writes(update);
    }

    /// Sends an update as it is.
    pub fn writes(&mut self, update: Vec<u8>) {
        self.sent += 1;
        self.say(&Message::Written(update));
    }

    /// Everything that it has, as an update.
    pub fn all(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// An update of a letter between two others that says they stand the other way round: one that whoever takes it in after
    /// the page reads in another place than whoever is given both at once.
    pub fn out_of_order(&self) -> Vec<u8> {
        let all = self.all();
        let two_texts = |update: &Vec<u8>| {
            let mut page = Yrs.open(Some(&all), "otto").expect("the page opens");
            page.take_in(update).expect("it is an update");
            page.text() != Yrs.open(Some(&page.kept()), "otto").expect("it opens").text()
        };
        let turned = (1..self.text().len()).map(|at| turned(&self.beside(&all, at)));
        turned.into_iter().find(two_texts).expect("there is one")
    }

    /// An update of a letter at this place, by this editor's number.
    fn beside(&self, all: &[u8], at: usize) -> Vec<u8> {
        let options = Options {
            offset_kind: yrs::OffsetKind::Bytes,
            ..Options::with_client_id(self.doc.client_id())
        };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("notes");
        let mut transaction = doc.transact_mut();
        let all = Update::decode_v1(all).expect("an update");
        transaction.apply_update(all).expect("it is taken in");
        let before = transaction.state_vector();
        text.insert(&mut transaction, u32::try_from(at).expect("a page"), "x");
        transaction.encode_state_as_update_v1(&before)
    }

    /// Says something.
    pub fn say(&mut self, message: &Message) {
        self.bytes(Yrs.bytes(message));
    }

    /// Sends bytes.
    pub fn bytes(&mut self, bytes: Vec<u8>) {
        // An end that has come meanwhile is seen when it is read.
        let _ = self.socket.send(Frame::binary(bytes));
    }

    /// Sends a frame.
    pub fn frame(&mut self, frame: Frame) {
        let _ = self.socket.send(frame);
    }

    /// Goes on hearing until this holds.
    pub fn hears(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(
                begun.elapsed() < PATIENCE,
                "in vain: {what}; {:?}\n{}",
                self.ended,
                self.text()
            );
            self.hear();
        }
    }

    /// Waits until all that it wrote is kept.
    pub fn is_kept(&mut self) {
        let sent = self.sent;
        self.hears("all is kept", |editor| editor.kept == sent);
    }

    /// Waits until all that it wrote is kept, or the server ends it; the code of that end.
    pub fn is_kept_or_ended(&mut self) -> Option<u16> {
        let sent = self.sent;
        self.hears("all is kept, or an end", |editor| {
            editor.kept >= sent || editor.ended.is_some()
        });
        self.ended.as_ref().map(|(code, _)| *code)
    }

    /// Waits for the end, and gives its code.
    pub fn is_ended(&mut self) -> u16 {
        self.hears("the server ends it", |editor| editor.ended.is_some());
        self.ended.as_ref().map_or(0, |(code, _)| *code)
    }

    fn hear(&mut self) {
        match self.socket.read() {
            Ok(Frame::Binary(bytes)) => self.heard(&bytes),
            Ok(Frame::Close(close)) => self.close(close),
            Ok(Frame::Pong(_)) => self.pongs += 1,
            Ok(_) => {}
            Err(tungstenite::Error::Io(error))
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(_) => self.close(None),
        }
    }

    fn close(&mut self, close: Option<CloseFrame>) {
        let said = close.map(|close| (u16::from(close.code), close.reason.to_string()));
        self.ended.get_or_insert(said.unwrap_or((1006, String::new())));
    }

    fn heard(&mut self, bytes: &[u8]) {
        // What is for editors alone is read by its first number here.
        if bytes.first() == Some(&100) {
            self.kept = kept(bytes);
            return;
        }
        match Yrs.read(bytes).expect("the server says what editors know") {
            Message::Have(have) => {
                let have = StateVector::decode_v1(&have).expect("a state vector");
                let missing = self.doc.transact().encode_state_as_update_v1(&have);
                self.sent += 1;
                self.say(&Message::Missing(missing));
            }
            Message::Missing(update) | Message::Written(update) => {
                let update = Update::decode_v1(&update).expect("an update");
                self.doc.transact_mut().apply_update(update).expect("it is taken in");
            }
            Message::Present(all) => {
                self.present.extend(all.into_iter().map(|one| (one.number, one.state)));
            }
            Message::WhoIsThere | Message::Kept(..) => {}
        }
    }
}

/// The last number of a message.
fn kept(bytes: &[u8]) -> u64 {
    let mut at = 1;
    let mut number = || {
        let (mut number, mut shift) = (0_u64, 0);
        loop {
            let byte = bytes[at];
            at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return (number, at);
            }
        }
    };
    let (length, behind) = number();
    at = behind + usize::try_from(length).expect("short");
    let mut number = 0_u64;
    for (place, byte) in bytes[at..].iter().enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * place);
    }
    number
}

/// A socket, or the status of the answer that there is none.
pub fn connect(
    server: &Server,
    visitor: &Visitor<'_>,
    path: &str,
    more: &[(&str, &str)],
) -> Result<WebSocket<TcpStream>, u16> {
    let stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a socket has time-outs");
    let address = format!("ws://{}{path}", server.address());
    let mut request = address.into_client_request().expect("an address");
    let own = visitor.headers().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(more.iter().copied()) {
        let name: tungstenite::http::HeaderName = name.parse().expect("a header");
        request.headers_mut().insert(name, value.parse().expect("a value"));
    }
    let mut tried = tungstenite::client(request, stream);
    loop {
        match tried {
            Ok((socket, _)) => return Ok(socket),
            Err(tungstenite::HandshakeError::Interrupted(again)) => tried = again.handshake(),
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                return Err(answer.status().as_u16());
            }
            Err(other) => panic!("no answer to a handshake: {other}"),
        }
    }
}

/// An update of one piece with the two that it stands between the other way round. Before these stand how many there are, whose
/// it is and where, and a byte of what it says of itself; each of them is a number of whose and one of where.
fn turned(update: &[u8]) -> Vec<u8> {
    let numbers = |from: usize, many: usize| {
        let ends = (from..).filter(|at| update[*at] & 0x80 == 0);
        ends.take(many).last().map_or(from, |last| last + 1)
    };
    let left = numbers(0, 4) + 1;
    let right = numbers(left, 2);
    let rest = numbers(right, 2);
    [&update[..left], &update[right..rest], &update[left..right], &update[rest..]].concat()
}
