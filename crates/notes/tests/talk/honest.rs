//! An editor that writes as editors do: in a document of its own, with what it heard by then, however late that is.

use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

/// What it types, of what no name under embargo has: some letters, one of two units, and an end of a line.
const LETTERS: [char; 5] = ['x', 'y', 'z', '🎉', '\n'];

/// An honest editor.
pub struct Honest {
    pub name: &'static str,
    /// The number that it writes by.
    pub number: u64,
    /// How many of the updates that are kept it heard.
    heard: usize,
    doc: Doc,
    text: TextRef,
    unsent: Vec<Vec<u8>>,
}

impl Honest {
    pub fn open(name: &'static str, number: u64, page: &[u8]) -> Self {
        let options = Options {
            offset_kind: OffsetKind::Utf16,
            ..Options::with_client_id(ClientID::new(number))
        };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("notes");
        let editor = Self { name, number, heard: 0, doc, text, unsent: Vec::new() };
        editor.takes_in(page);
        editor
    }

    pub fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// How far it wrote.
    pub fn written(&self) -> u64 {
        u64::from(self.doc.transact().state_vector().get(&ClientID::new(self.number)))
    }

    /// Types at a place.
    pub fn types(&mut self, what: &[u8]) {
        let (at, letters) = what.split_first().unwrap_or((&0, &[]));
        let letter = |byte: &u8| LETTERS[usize::from(*byte) % LETTERS.len()];
        let words: String =
            if letters.is_empty() { "x".into() } else { letters.iter().map(letter).collect() };
        let text: Vec<char> = self.text().chars().collect();
        let at = units(&text[..place(&text, *at)]);
        let mut transaction = self.doc.transact_mut();
        self.text.insert(&mut transaction, at, &words);
        self.unsent.push(transaction.encode_update_v1());
    }

    /// Takes out what is between two places, and puts it elsewhere where there is a third.
    pub fn takes_out(&mut self, what: &[u8]) {
        let mut text: Vec<char> = self.text().chars().collect();
        let end = |which: usize| what.get(which).map_or(0, |at| place(&text, *at));
        let (from, to) = (end(0).min(end(1)), end(0).max(end(1)));
        if from == to {
            return;
        }
        let (at, length) = (units(&text[..from]), units(&text[from..to]));
        let words: String = text.drain(from..to).collect();
        let mut transaction = self.doc.transact_mut();
        self.text.remove_range(&mut transaction, at, length);
        if let Some(at) = what.get(2) {
            let at = units(&text[..place(&text, *at)]);
            self.text.insert(&mut transaction, at, &words);
        }
        self.unsent.push(transaction.encode_update_v1());
    }

    /// Hears so many of the updates that are kept, of those that it did not hear.
    pub fn hears(&mut self, kept: &[Vec<u8>], many: usize) {
        for update in kept.iter().skip(self.heard).take(many) {
            self.takes_in(update);
        }
        self.heard = self.heard.saturating_add(many).min(kept.len());
    }

    /// What it did not send, key by key.
    pub fn keys(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.unsent)
    }

    /// What is missing to a page that has this, as it is sent by whoever comes back.
    pub fn missing(&mut self, have: &[u8]) -> Vec<Vec<u8>> {
        self.unsent.clear();
        let have = StateVector::decode_v1(have).expect("a page says what it has");
        vec![self.doc.transact().encode_state_as_update_v1(&have)]
    }

    fn takes_in(&self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("it is an update");
        self.doc.transact_mut().apply_update(update).expect("it is taken in");
    }
}

/// A place in a text, in characters: of a text that ends before it, counted from the beginning again.
fn place(text: &[char], at: u8) -> usize {
    usize::from(at) % (text.len() + 1)
}

fn units(text: &[char]) -> u32 {
    let units = text.iter().map(|one| one.len_utf16()).sum::<usize>();
    u32::try_from(units).expect("it is short")
}
