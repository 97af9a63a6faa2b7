//! What editors and a server say to each other, in bytes: the protocol of Yjs' editors (y-protocols 1: `sync` and
//! `awareness`), whose numbers are written as in an update.

use conductor::ports::{Message, Presence};

use crate::wire::{Odd, Wire, have};

const SYNC: u64 = 0;
const PRESENT: u64 = 1;
const WHO_IS_THERE: u64 = 3;
/// Ours, out of the way of what the protocol may get.
const KEPT: u64 = 100;

/// How often an editor says something of itself stays below this: browsers read no larger number.
const CLOCKS: u64 = 1 << 52;

const STEP_HAVE: u64 = 0;
const STEP_MISSING: u64 = 1;
const STEP_WRITTEN: u64 = 2;

const FOREIGN: Odd = "it is nothing that an editor says";

/// A message, read. The updates in it are looked at when they are taken in.
pub fn read(message: &[u8]) -> Result<Message, Odd> {
    let mut wire = Wire::of(message);
    let read = match wire.number()? {
        SYNC => {
            let step = wire.number()?;
            let bytes = wire.bytes()?;
            match step {
                STEP_HAVE => {
                    have(bytes)?;
                    Message::Have(bytes.to_vec())
                }
                STEP_MISSING => Message::Missing(bytes.to_vec()),
                STEP_WRITTEN => Message::Written(bytes.to_vec()),
                _ => return Err(FOREIGN),
            }
        }
        PRESENT => Message::Present(present(wire.bytes()?)?),
        WHO_IS_THERE => Message::WhoIsThere,
        _ => return Err(FOREIGN),
    };
    wire.end()?;
    Ok(read)
}

fn present(bytes: &[u8]) -> Result<Vec<Presence>, Odd> {
    let mut wire = Wire::of(bytes);
    let mut all = Vec::new();
    for _ in 0..wire.count()? {
        let (number, clock) = (wire.author()?, wire.number()?);
        if clock >= CLOCKS {
            return Err("it counts further than an editor does");
        }
        let state = Some(wire.text()?.to_owned()).filter(|state| state != "null");
        all.push(Presence { number, clock, state });
    }
    wire.end()?;
    Ok(all)
}

/// A message in bytes.
pub fn bytes(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    match message {
        Message::Have(have) => sync(&mut bytes, STEP_HAVE, have),
        Message::Missing(update) => sync(&mut bytes, STEP_MISSING, update),
        Message::Written(update) => sync(&mut bytes, STEP_WRITTEN, update),
        Message::Present(all) => {
            number(&mut bytes, PRESENT);
            let mut states = Vec::new();
            number(&mut states, all.len() as u64);
            for one in all {
                number(&mut states, one.number);
                number(&mut states, one.clock);
                piece(&mut states, one.state.as_deref().unwrap_or("null").as_bytes());
            }
            piece(&mut bytes, &states);
        }
        Message::WhoIsThere => number(&mut bytes, WHO_IS_THERE),
        Message::Kept(have, count) => {
            number(&mut bytes, KEPT);
            piece(&mut bytes, have);
            number(&mut bytes, *count);
        }
    }
    bytes
}

fn sync(bytes: &mut Vec<u8>, step: u64, contents: &[u8]) {
    number(bytes, SYNC);
    number(bytes, step);
    piece(bytes, contents);
}

fn piece(bytes: &mut Vec<u8>, contents: &[u8]) {
    number(bytes, contents.len() as u64);
    bytes.extend_from_slice(contents);
}

/// A number, as an update has it.
pub fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
