#![doc = include_str!("../README.md")]

mod causal;
mod intake;
mod neighbours;
mod numbers;
mod talk;
mod wire;

use std::sync::OnceLock;

use conductor::failure::{Failure, Result};
use conductor::ports::{Message, SharedText, SharedTexts};
use train::notes::Edit;
use train::refusal::Code;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
    merge_updates_v1,
};

use neighbours::Pieces;
use numbers::{client, mark_of};

/// The text's name in its document: what other programs that speak Yjs ask for.
const NAME: &str = "notes";

/// Shared texts as Yjs documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Yrs;

impl SharedTexts for Yrs {
    fn open(&self, kept: Option<&[u8]>, author: &str) -> Result<Box<dyn SharedText>> {
        let options = Options {
            offset_kind: OffsetKind::Utf16,
            ..Options::with_client_id(ClientID::new(client(author)))
        };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text(NAME);
        let mut page = Shared { doc, text, pieces: OnceLock::new() };
        if let Some(kept) = kept {
            page.take_in(kept)?;
        }
        Ok(Box::new(page))
    }

    fn mark(&self, author: &str) -> u32 {
        numbers::mark(author)
    }

    fn joined(&self, updates: &[Vec<u8>]) -> Result<Vec<u8>> {
        for update in updates {
            wire::check(update, NAME).map_err(unreadable)?;
        }
        match updates {
            [one] => Ok(one.clone()),
            _ => merge_updates_v1(updates).map_err(|_| unreadable(OTHER)),
        }
    }

    fn read(&self, message: &[u8]) -> Result<Message> {
        talk::read(message).map_err(odd)
    }

    fn bytes(&self, message: &Message) -> Vec<u8> {
        talk::bytes(message)
    }
}

struct Shared {
    doc: Doc,
    text: TextRef,
    /// All that was ever written in it, as it was put: made out where somebody first writes in it.
    pieces: OnceLock<Pieces>,
}

impl Shared {
    /// Learns what a transaction brought: no more than the page has by now. What it wrote itself can be read.
    fn learn(&mut self, update: &[u8]) {
        if let Some(pieces) = self.pieces.get_mut()
            && let Ok(brings) = wire::check(update, NAME)
        {
            pieces.learn(&brings.pieces);
        }
    }

    fn known(&self, have: &StateVector) -> &Pieces {
        self.pieces.get_or_init(|| {
            let kept = wire::check(&self.kept(), NAME);
            kept.map(|kept| Pieces::of(&kept, have)).unwrap_or_default()
        })
    }
}

impl SharedText for Shared {
    fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn pieces(&self) -> Vec<(usize, u32)> {
        let runs = neighbours::runs(&self.doc, &self.text);
        runs.into_iter().map(|(text, id)| (text.len(), mark_of(id.client.get()))).collect()
    }

    fn write(&mut self, edits: &[Edit]) -> Vec<u8> {
        let places = places(&self.text(), edits);
        let mut transaction = self.doc.transact_mut();
        // From the end, so that what stands before an edit is where the edit says.
        for (edit, (at, length)) in edits.iter().zip(places).rev() {
            if length > 0 {
                self.text.remove_range(&mut transaction, at, length);
            }
            if !edit.text.is_empty() {
                self.text.insert(&mut transaction, at, &edit.text);
            }
        }
        let update = transaction.encode_update_v1();
        drop(transaction);
        self.learn(&update);
        update
    }

    fn take_in(&mut self, update: &[u8]) -> Result<Option<Vec<u8>>> {
        wire::check(update, NAME).map_err(unreadable)?;
        let update = Update::decode_v1(update).map_err(|_| unreadable(OTHER))?;
        let mut transaction = self.doc.transact_mut();
        transaction.apply_update(update).map_err(|_| unreadable(OTHER))?;
        let new = transaction.has_changes().then(|| transaction.encode_update_v1());
        drop(transaction);
        new.iter().for_each(|new| self.learn(new));
        Ok(new)
    }

    fn fits(&self, update: &[u8]) -> bool {
        let have = self.doc.transact().state_vector();
        wire::check(update, NAME).is_ok_and(|brings| intake::new_in(&brings, &have).is_ok())
    }

    fn by(&self, update: &[u8], author: &str) -> Result<usize> {
        let brings = wire::check(update, NAME).map_err(odd)?;
        let have = self.doc.transact().state_vector();
        intake::is_by(author, &brings, &have).map_err(odd)?;
        let new = intake::new_in(&brings, &have).map_err(odd)?;
        self.known(&have).let_in(&new).map_err(odd)?;
        Ok(brings.text)
    }

    fn kept(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    fn have(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    fn since(&self, have: &[u8]) -> Result<Vec<u8>> {
        wire::have(have).map_err(odd)?;
        let have = StateVector::decode_v1(have).map_err(|_| odd(OTHER))?;
        Ok(self.doc.transact().encode_state_as_update_v1(&have))
    }
}

const OTHER: wire::Odd = "it is no update of a page";

/// Where edits stand and how much they take out, as Yjs counts: in UTF-16. (By bytes `yrs` loses count where an editor takes
/// out one half of a pair of surrogates.)
fn places(text: &str, edits: &[Edit]) -> Vec<(u32, u32)> {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let (mut byte, mut unit) = (0, 0);
    let place = |edit: &Edit| {
        let at = unit + units(&text[byte..edit.at.start]);
        let length = units(&text[edit.at.clone()]);
        (byte, unit) = (edit.at.end, at + length);
        (at, length)
    };
    edits.iter().map(place).collect()
}

/// What came from outside makes no sense.
fn odd(why: wire::Odd) -> Failure {
    let what = format!("what this editor sends can't be taken: {why}");
    Failure::new(
        Code::Refused,
        what,
        "open the page anew, or write by `pushduty notes edit`; what you wrote here can be copied from it",
    )
}

fn unreadable(why: wire::Odd) -> Failure {
    Failure::new(
        Code::Ledger,
        format!("an update of the notes can't be read: {why}"),
        "`pushduty verify` says whether the ledger holds; a backup of the data directory has the notes",
    )
}

#[cfg(test)]
mod tests;
