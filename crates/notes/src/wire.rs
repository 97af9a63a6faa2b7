//! An update as it stands in bytes, read before anything is made of it.
//!
//! `yrs` takes what it reads at its word: a number too large stops the program, or makes two authors one. So an update is
//! read here first, in Yjs' format (version 1) and no further than plain text goes: runs of text, what was taken out, and
//! gaps. Whatever else the format has, no page of notes has.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Authors' numbers have 53 bits: what a number of JavaScript holds exactly.
const AUTHORS: u64 = 1 << 53;
/// Places in what one author wrote, and lengths, stay below this: `yrs` counts some of them with a sign.
const PLACES: u64 = 1 << 31;

/// `yrs` takes room on the stack for each author of an update: for 25,000 more than the 2 MB that a thread has. What
/// a page may come to is fewer.
const MOST_AUTHORS: u64 = 8_000;

const COLLECTED: u8 = 0;
const DELETED: u8 = 1;
const TEXT: u8 = 4;
const GAP: u8 = 10;
/// Flags above the kind of a block: what it names.
const LEFT: u8 = 0x80;
const RIGHT: u8 = 0x40;

/// Why an update is not taken in, as the end of a sentence.
pub type Odd = &'static str;

const SHORT: Odd = "it ends too early";
const PLACE: Odd = "it counts further than a page goes";
pub const FOREIGN: Odd = "it has what no page of plain text has";
const ORDER: Odd = "it is out of order";

/// A place in what an author wrote: whose, and where.
pub type Place = (u64, u64);

/// A piece of text as it was written, taken out by now or not, and the two places that it was put between. None is an end of
/// the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    pub begin: Place,
    /// In UTF-16, as Yjs counts.
    pub length: u64,
    pub left: Option<Place>,
    pub right: Option<Place>,
}

impl Piece {
    /// The place behind it, in what its author wrote.
    pub fn end(&self) -> u64 {
        self.begin.1 + self.length
    }

    /// Whether a place is in it.
    pub fn has(&self, (author, place): Place) -> bool {
        author == self.begin.0 && (self.begin.1..self.end()).contains(&place)
    }

    /// What of it is at this place or behind: put behind what is before it in the piece.
    pub fn since(&self, place: u64) -> Option<Self> {
        let (author, begin) = self.begin;
        if place <= begin {
            return Some(*self);
        }
        let length = self.end().checked_sub(place).filter(|length| *length > 0)?;
        Some(Self { begin: (author, place), length, left: Some((author, place - 1)), ..*self })
    }
}

/// What an update brings, as far as it says so itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Brings {
    /// Of each author the stretch of places that it has.
    pub stretches: BTreeMap<u64, Range<u64>>,
    /// The pieces in these, but for what stands nowhere.
    pub pieces: Vec<Piece>,
    /// The places that it counts on: what stands beside its text, and the last of what it takes out.
    pub needs: Vec<Place>,
    /// Whether it leaves something out in between.
    pub gaps: bool,
    /// Whether some of it stands nowhere: what Yjs collected, as it never does of text in a page.
    pub collected: bool,
    /// How many bytes of text it has.
    pub text: usize,
}

/// Whether these bytes are an update of the text of that name, and nothing but that; and what it brings.
pub fn check(update: &[u8], name: &str) -> Result<Brings, Odd> {
    let mut wire = Wire { rest: update, name, brings: Brings::default() };
    let authors = wire.count()?;
    if authors > MOST_AUTHORS {
        return Err("it has more authors than a page");
    }
    for _ in 0..authors {
        let blocks = wire.count()?;
        if blocks == 0 {
            return Err("it has an author who wrote nothing");
        }
        let author = wire.author()?;
        let begin = wire.place()?;
        let mut place = begin;
        for _ in 0..blocks {
            place = below(place + wire.block(author, place)?)?;
        }
        if wire.brings.stretches.insert(author, begin..place).is_some() {
            return Err(ORDER);
        }
    }
    wire.deletions()?;
    wire.end()?;
    Ok(wire.brings)
}

/// Whether these bytes are a state vector: how far each author's text is known.
pub fn have(bytes: &[u8]) -> Result<(), Odd> {
    let mut wire = Wire::of(bytes);
    for _ in 0..wire.count()? {
        wire.author()?;
        wire.place()?;
    }
    wire.end()
}

/// Bytes being read.
pub struct Wire<'u> {
    rest: &'u [u8],
    name: &'u str,
    brings: Brings,
}

impl<'u> Wire<'u> {
    /// The beginning of these bytes.
    pub fn of(bytes: &'u [u8]) -> Self {
        Self { rest: bytes, name: "", brings: Brings::default() }
    }

    /// Refuses bytes that go on.
    pub fn end(&self) -> Result<(), Odd> {
        if self.rest.is_empty() { Ok(()) } else { Err("more follows its end") }
    }

    fn byte(&mut self) -> Result<u8, Odd> {
        let (first, rest) = self.rest.split_first().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number: seven bits a byte, the lowest first, all but the last byte with its highest bit set.
    pub fn number(&mut self) -> Result<u64, Odd> {
        let mut number: u64 = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(PLACE);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(PLACE)
    }

    /// How many follow: each takes a byte at least.
    pub fn count(&mut self) -> Result<u64, Odd> {
        let count = self.number()?;
        let left = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        if count <= left { Ok(count) } else { Err(SHORT) }
    }

    pub fn author(&mut self) -> Result<u64, Odd> {
        let author = self.number()?;
        if author < AUTHORS { Ok(author) } else { Err("an author's number in it has over 53 bits") }
    }

    fn place(&mut self) -> Result<u64, Odd> {
        below(self.number()?)
    }

    fn length(&mut self) -> Result<u64, Odd> {
        match self.place()? {
            0 => Err("it has a part without a length"),
            length => Ok(length),
        }
    }

    /// Bytes with their length before them.
    pub fn bytes(&mut self) -> Result<&'u [u8], Odd> {
        let length = usize::try_from(self.number()?).map_err(|_| SHORT)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(SHORT)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub fn text(&mut self) -> Result<&'u str, Odd> {
        std::str::from_utf8(self.bytes()?).map_err(|_| "its text is not UTF-8")
    }

    /// One block of an author's, which begins at this place: its length, as Yjs counts, in UTF-16.
    fn block(&mut self, author: u64, place: u64) -> Result<u64, Odd> {
        let info = self.byte()?;
        if matches!(info, COLLECTED | GAP) {
            self.brings.gaps |= info == GAP;
            self.brings.collected |= info == COLLECTED;
            return self.length();
        }
        let left = self.neighbour(info & LEFT != 0, (author, place))?;
        let right = self.neighbour(info & RIGHT != 0, (author, place))?;
        if info & (LEFT | RIGHT) == 0 && (self.number()? != 1 || self.text()? != self.name) {
            return Err(FOREIGN);
        }
        let length = match info & !(LEFT | RIGHT) {
            DELETED => self.length(),
            TEXT => match self.text()? {
                "" => Err("it has a part without a length"),
                text => {
                    self.brings.text += text.len();
                    below(u64::try_from(text.encode_utf16().count()).unwrap_or(u64::MAX))
                }
            },
            _ => Err(FOREIGN),
        }?;
        self.brings.pieces.push(Piece { begin: (author, place), length, left, right });
        Ok(length)
    }

    /// What a block at this place stands beside, where it names that: of the same author's, something earlier.
    fn neighbour(&mut self, named: bool, (author, place): Place) -> Result<Option<Place>, Odd> {
        if !named {
            return Ok(None);
        }
        let (whose, at) = (self.author()?, self.place()?);
        self.brings.needs.push((whose, at));
        if whose == author && at >= place { Err(ORDER) } else { Ok(Some((whose, at))) }
    }

    /// What was taken out: of each author stretches, one behind another.
    fn deletions(&mut self) -> Result<(), Odd> {
        let mut authors = BTreeSet::new();
        for _ in 0..self.count()? {
            let author = self.author()?;
            if !authors.insert(author) {
                return Err(ORDER);
            }
            let mut end = 0;
            for _ in 0..self.count()? {
                let start = self.place()?;
                if start < end {
                    return Err(ORDER);
                }
                end = below(start + self.length()?)?;
            }
            if end > 0 {
                self.brings.needs.push((author, end - 1));
            }
        }
        Ok(())
    }
}

fn below(place: u64) -> Result<u64, Odd> {
    if place < PLACES { Ok(place) } else { Err(PLACE) }
}
