//! Whether a piece of text was put between two that stood side by side for whoever wrote it.
//!
//! The order of what is put in one place at once follows from the neighbours that each piece names (YATA: Nicolaescu et al.,
//! 2016). It is the same for everybody where these stood side by side for whoever wrote. An editor that says otherwise makes a
//! page of two texts, one for those who follow it and one for those who come later; and that may show only when somebody else
//! writes there. So it is the naming that is judged, piece by piece and before it is taken in, never the text that comes of it.
//!
//! Two places stood side by side for somebody at some time if and only if, in the order of the page with all that was ever
//! taken out of it,
//!
//! > what RIGHT was put behind ≤ LEFT < RIGHT ≤ what LEFT was put before.
//!
//! Whoever has a place has the two that it was put between. So of two places of which one was there when the other was
//! written, either one was put beside the other, or they never met. Of two that were written at once, whoever has both and no
//! more has nothing between them just where each is in the gap that the other was put in.
//!
//! Whoever writes honestly is never refused: their neighbours stand side by side in what they have, and no place ever moves.
//! It needs no word of what they had then, so it is true of what comes late too, and of what was written while somebody
//! else sent what makes no sense: nothing of that is ever let in. Of a page that has such a piece from before nobody is to
//! blame: whoever writes between neighbours as they stand is let in there too.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, ID, Out, ReadTxn, Snapshot, Text, TextRef, Transact, Update};

use crate::talk::number;
use crate::wire::{Piece, Place};

/// Pieces by where they begin. One that goes on where another ends is part of it.
#[derive(Debug, Default)]
pub struct Pieces(BTreeMap<Place, Piece>);

impl Pieces {
    /// Learns what is new in these; a place that is known stays as it is.
    pub fn learn(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            let mut rest = Some(*piece);
            while let Some(new) = rest {
                rest = match self.at(new.begin) {
                    Some(known) => new.since(known.end()),
                    None => new.since(self.add(new)),
                };
            }
        }
    }

    /// Adds of a piece what is before the next that is known; where that ends.
    fn add(&mut self, new: Piece) -> u64 {
        let (author, begin) = new.begin;
        let next = self.0.range(new.begin..(author, new.end())).next();
        let end = next.map_or(new.end(), |(next, _)| next.1);
        let new = Piece { length: end - begin, ..new };
        let before = self.0.range_mut(..new.begin).next_back();
        if let Some((_, before)) = before
            && (before.begin.0, before.end()) == new.begin
            && (new.left, new.right) == (Some((author, begin - 1)), before.right)
        {
            before.length += new.length;
        } else {
            self.0.insert(new.begin, new);
        }
        end
    }

    /// What is at a place: the rest of its piece from there on.
    fn at(&self, place: Place) -> Option<Piece> {
        let (begin, piece) = self.0.range(..=place).next_back()?;
        piece.since(place.1).filter(|_| begin.0 == place.0)
    }

    /// Whether each of these, which are new, was put between two that stood side by side: the rule above.
    pub fn let_in(&self, new: &[Piece]) -> bool {
        let mut brought = Self::default();
        brought.learn(new);
        let at = |place| self.at(place).or_else(|| brought.at(place));
        // Of two that were written one after the other this is never asked for.
        let order = LazyCell::new(|| Order::of([self, &brought]));
        new.iter().all(|piece| match (piece.left, piece.right) {
            (None, None) => true,
            (Some(left), None) => at(left).is_some_and(|left| left.right.is_none()),
            (None, Some(right)) => at(right).is_some_and(|right| right.left.is_none()),
            (Some(left), Some(right)) => {
                let (Some(one), Some(other)) = (at(left), at(right)) else { return false };
                one.right == Some(right)
                    || other.left == Some(left)
                    || order.has([other.left, Some(left), Some(right), one.right])
            }
        })
    }

    /// An update of all of them by these marks, with letters of no meaning.
    fn update(&self, marks: &Marks) -> Vec<u8> {
        let mut authors: BTreeMap<u64, Vec<Piece>> = BTreeMap::new();
        for piece in self.0.values() {
            authors.entry(piece.begin.0).or_default().push(marks.short(piece));
        }
        let mut bytes = Vec::new();
        number(&mut bytes, authors.len() as u64);
        for (author, pieces) in authors {
            let begin = pieces.first().map_or(0, |first| first.begin.1);
            let (mut blocks, mut many, mut end) = (Vec::new(), 0, begin);
            for piece in pieces {
                if piece.begin.1 > end {
                    // What stands nowhere.
                    blocks.push(0);
                    number(&mut blocks, piece.begin.1 - end);
                    many += 1;
                }
                block(&mut blocks, &piece);
                many += 1;
                end = piece.end();
            }
            for one in [many, author, begin] {
                number(&mut bytes, one);
            }
            bytes.extend(blocks);
        }
        number(&mut bytes, 0);
        bytes
    }
}

/// The name of the text that tells the order.
const NAME: &str = "order";

/// A piece as a block of an update.
fn block(bytes: &mut Vec<u8>, piece: &Piece) {
    let flag = |side: Option<Place>, flag| if side.is_some() { flag } else { 0 };
    bytes.push(4 | flag(piece.left, 0x80) | flag(piece.right, 0x40));
    for (author, place) in [piece.left, piece.right].into_iter().flatten() {
        number(bytes, author);
        number(bytes, place);
    }
    if (piece.left, piece.right) == (None, None) {
        number(bytes, 1);
        number(bytes, NAME.len() as u64);
        bytes.extend(NAME.bytes());
    }
    number(bytes, piece.length);
    bytes.extend((0..piece.length).map(|_| b'x'));
}

/// The places of each author that matter to the order: where a piece begins, or something was put. What is between two of
/// them counts as one place, however long an update says that it was.
struct Marks(BTreeMap<u64, Vec<u64>>);

impl Marks {
    fn of(pieces: [&Pieces; 2]) -> Self {
        let mut marks: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
        for piece in pieces.into_iter().flat_map(|pieces| pieces.0.values()) {
            let behind_left = piece.left.map(|(author, place)| (author, place + 1));
            for (author, place) in
                [Some(piece.begin), behind_left, piece.right].into_iter().flatten()
            {
                marks.entry(author).or_default().insert(place);
            }
        }
        let sorted = |(author, marks): (u64, BTreeSet<u64>)| (author, marks.into_iter().collect());
        Self(marks.into_iter().map(sorted).collect())
    }

    /// A place, counted in marks.
    fn place(&self, (author, place): Place) -> Place {
        let marks = self.0.get(&author).map_or(&[][..], Vec::as_slice);
        let before = marks.partition_point(|mark| *mark <= place);
        (author, before.saturating_sub(1) as u64)
    }

    /// A piece, counted in marks.
    fn short(&self, piece: &Piece) -> Piece {
        let begin = self.place(piece.begin);
        let (_, last) = self.place((piece.begin.0, piece.end() - 1));
        let [left, right] = [piece.left, piece.right].map(|side| side.map(|side| self.place(side)));
        Piece { begin, length: last + 1 - begin.1, left, right }
    }
}

/// How pieces stand in the page, with all that was ever taken out.
struct Order {
    marks: Marks,
    /// How much stands before a run, by where the run begins.
    before: BTreeMap<Place, u64>,
}

impl Order {
    /// Of the page, and then of what is brought to it.
    fn of(pieces: [&Pieces; 2]) -> Self {
        let marks = Marks::of(pieces);
        let doc = Doc::new();
        let text = doc.get_or_insert_text(NAME);
        for update in pieces.map(|pieces| pieces.update(&marks)) {
            // What can't be read stands nowhere.
            let Ok(update) = Update::decode_v1(&update) else { break };
            let _ = doc.transact_mut().apply_update(update);
        }
        let (mut before, mut length) = (BTreeMap::new(), 0);
        for (text, id) in runs(&doc, &text) {
            before.insert((id.client.get(), u64::from(id.clock)), length);
            length += text.len() as u64;
        }
        Self { marks, before }
    }

    /// Whether these stand one behind the other. At the ends, none is an end of the page.
    fn has(&self, places: [Option<Place>; 4]) -> bool {
        let at = places.into_iter().flatten().map(|place| {
            let (author, place) = self.marks.place(place);
            let ((whose, begin), before) = self.before.range(..=(author, place)).next_back()?;
            (*whose == author).then(|| before + place - begin)
        });
        at.collect::<Option<Vec<_>>>().is_some_and(|at| at.is_sorted_by(|one, next| one < next))
    }
}

/// The runs of a text in its order, each with the place where it begins.
pub fn runs(doc: &Doc, text: &TextRef) -> Vec<(Arc<str>, ID)> {
    let mut transaction = doc.transact_mut();
    let (now, nothing) = (transaction.snapshot(), Snapshot::default());
    // Beside nothing every run is new, and says by which number.
    let runs = text.diff_range(&mut transaction, Some(&now), Some(&nothing), |new| new.id);
    let written = runs.into_iter().filter_map(|run| match (run.insert, run.ychange) {
        (Out::Any(Any::String(text)), Some(id)) => Some((text, id)),
        _ => None,
    });
    written.collect()
}
