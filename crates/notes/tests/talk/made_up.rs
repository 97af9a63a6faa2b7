//! An update that was made up: blocks of several numbers, which may stand on each other, say again what is known in other
//! words, or are none.

use std::collections::BTreeMap;

/// A place in what somebody wrote.
pub type Place = (u64, u64);

/// What one number writes.
#[derive(Default)]
struct Section {
    begin: u64,
    units: u64,
    blocks: u64,
    bytes: Vec<u8>,
}

/// An update, number by number.
#[derive(Default)]
pub struct MadeUp(BTreeMap<u64, Section>);

impl MadeUp {
    /// What a number writes begins at this place, where nothing of it is in the update yet.
    pub fn begins(&mut self, number: u64, begin: u64) {
        self.0.entry(number).or_insert_with(|| Section { begin, ..Section::default() });
    }

    /// A block of text between two places.
    pub fn writes(&mut self, number: u64, beside: [Option<Place>; 2], words: &str) {
        let section = self.0.entry(number).or_default();
        let [left, right] = beside.map(|side| u8::from(side.is_some()));
        section.bytes.push(4 | (left << 7) | (right << 6));
        for (whose, at) in beside.into_iter().flatten() {
            put(&mut section.bytes, whose);
            put(&mut section.bytes, at);
        }
        if beside == [None; 2] {
            section.bytes.extend_from_slice(b"\x01\x05notes");
        }
        put(&mut section.bytes, words.len() as u64);
        section.bytes.extend_from_slice(words.as_bytes());
        section.blocks += 1;
        section.units += words.encode_utf16().count() as u64;
    }

    /// A block that stands nowhere: what Yjs collected.
    pub fn collected(&mut self, number: u64, units: u64) {
        let section = self.0.entry(number).or_default();
        section.bytes.push(0);
        put(&mut section.bytes, units);
        section.blocks += 1;
        section.units += units;
    }

    /// The numbers, each with the place behind what it writes.
    pub fn ends(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(number, section)| (*number, section.begin + section.units))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.0.len() as u64);
        for (number, section) in &self.0 {
            for one in [section.blocks, *number, section.begin] {
                put(&mut bytes, one);
            }
            bytes.extend_from_slice(&section.bytes);
        }
        bytes.push(0);
        bytes
    }
}

/// A number, as an update has it: seven bits a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
