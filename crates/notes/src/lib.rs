#![doc = include_str!("../README.md")]

mod wire;

use conductor::failure::{Failure, Result};
use conductor::ports::{SharedText, SharedTexts};
use train::notes::Edit;
use train::refusal::Code;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

/// The text's name in its document: what other programs that speak Yjs ask for.
const NAME: &str = "notes";

/// Shared texts as Yjs documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Yrs;

impl SharedTexts for Yrs {
    fn open(&self, kept: Option<&[u8]>, author: &str) -> Result<Box<dyn SharedText>> {
        let options = Options {
            offset_kind: OffsetKind::Bytes,
            ..Options::with_client_id(ClientID::new(client(author)))
        };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text(NAME);
        let mut page = Shared { doc, text };
        if let Some(kept) = kept {
            page.take_in(kept)?;
        }
        Ok(Box::new(page))
    }
}

/// The number that an author's hand has in the document: the same for the same name, in the 53 bits that Yjs takes.
fn client(author: &str) -> u64 {
    // FNV-1a: it tells names apart; nothing rests on its being hard to meet.
    let hash = author.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 11
}

struct Shared {
    doc: Doc,
    text: TextRef,
}

impl SharedText for Shared {
    fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn write(&mut self, edits: &[Edit]) -> Vec<u8> {
        let mut transaction = self.doc.transact_mut();
        // From the end, so that what stands before an edit is where the edit says.
        for edit in edits.iter().rev() {
            let at = offset(edit.at.start);
            if !edit.at.is_empty() {
                self.text.remove_range(&mut transaction, at, offset(edit.at.len()));
            }
            if !edit.text.is_empty() {
                self.text.insert(&mut transaction, at, &edit.text);
            }
        }
        transaction.encode_update_v1()
    }

    fn take_in(&mut self, update: &[u8]) -> Result<()> {
        wire::check(update, NAME).map_err(unreadable)?;
        let update = Update::decode_v1(update).map_err(|_| unreadable(OTHER))?;
        self.doc.transact_mut().apply_update(update).map_err(|_| unreadable(OTHER))
    }

    fn kept(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }
}

const OTHER: wire::Odd = "it is no update of a page";

/// A page is far shorter than this: longer ones are refused before they get here.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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
