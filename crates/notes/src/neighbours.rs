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
//! else sent what makes no sense: nothing of that is ever let in.
//!
//! What a place was put between is always on its two sides. So the rule asks for no more than a walk from LEFT to RIGHT that
//! meets neither of the two outer places on its way. Where LEFT stands right before RIGHT there is no way, and so no no: also
//! on a page that has what makes no sense from before.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use yrs::{Any, Doc, ID, Out, ReadTxn, Snapshot, StateVector, Text, TextRef, Transact};

use crate::causal;
use crate::intake::known;
use crate::wire::{Brings, Odd, Piece, Place};

/// How many runs may stand between two where something is put that knows of none of them, and how much right behind the first
/// of these: each is looked at for each other whenever the page is opened. People come to a few dozen.
const CROWD: usize = 1_000;
/// How many stand there for all that one update puts somewhere.
const CROWDS: usize = 100 * CROWD;
/// How many are passed for all of a page: so long it takes to open it.
const WALKS: usize = 500 * CROWD;

const CROWDED: Odd = "too much was put in one place at once";
const TURNED: Odd = "others would read it in another order";

/// All that was ever written in a page, in its order.
#[derive(Debug, Default, Clone)]
pub struct Pieces {
    /// By where they begin.
    runs: BTreeMap<Place, Run>,
    first: Option<Place>,
    /// How much was put right behind each place.
    behind: BTreeMap<Option<Place>, usize>,
    /// How many runs were passed to put all this where it is.
    walked: usize,
}

/// What stands together in the page's order, and where the next begins.
#[derive(Debug, Clone, Copy)]
struct Run {
    piece: Piece,
    next: Option<Place>,
}

impl Pieces {
    /// Those of a page that is kept so; what waits in it for what is not there is none of it.
    pub fn of(kept: &Brings, have: &StateVector) -> Self {
        let there = |piece: &&Piece| piece.end() <= known(have, piece.begin.0);
        let mut all = Self::default();
        all.learn(&kept.pieces.iter().filter(there).copied().collect::<Vec<_>>());
        all
    }

    /// Learns what is new in these; a place that is known stays as it is.
    pub fn learn(&mut self, pieces: &[Piece]) {
        for piece in causal::sorted(pieces.iter().copied()) {
            let mut rest = Some(piece);
            while let Some(new) = rest {
                rest = match self.at(new.begin) {
                    Some(known) => new.since(known.end()),
                    None => new.since(self.add(new)),
                };
            }
        }
    }

    /// Adds of a piece what is before the next that is known; where that ends. What names what stands nowhere does so too.
    fn add(&mut self, new: Piece) -> u64 {
        let (author, begin) = new.begin;
        let next = self.runs.range(new.begin..(author, new.end())).next();
        let end = next.map_or(new.end(), |(next, _)| next.1);
        let stands = |side: Option<Place>| side.is_none_or(|side| self.at(side).is_some());
        if stands(new.left) && stands(new.right) {
            self.put(Piece { length: end - begin, ..new });
        }
        end
    }

    /// Puts a piece where everybody has it.
    fn put(&mut self, new: Piece) {
        if let Some((author, place)) = new.left {
            self.part((author, place + 1));
        }
        if let Some(right) = new.right {
            self.part(right);
        }
        let (before, passed) = self.before(&new);
        self.walked += passed;
        if let Some(run) = before.and_then(|before| self.runs.get_mut(&before))
            && (run.piece.begin.0, run.piece.end()) == new.begin
            && new.left == Some((new.begin.0, new.begin.1 - 1))
            && run.piece.right == new.right
        {
            run.piece.length += new.length;
            return;
        }
        *self.behind.entry(new.left).or_default() += 1;
        let next = self.next(before);
        self.runs.insert(new.begin, Run { piece: new, next });
        match before.and_then(|before| self.runs.get_mut(&before)) {
            Some(run) => run.next = Some(new.begin),
            None => self.first = Some(new.begin),
        }
    }

    /// The run that a piece comes behind, of all that was put between the same two (YATA, as Yjs has it); how many are passed.
    fn before(&self, new: &Piece) -> (Option<Place>, usize) {
        let mut before = new.left.and_then(|left| self.begin_of(left));
        let (mut passed, mut open) = (BTreeSet::new(), BTreeSet::new());
        let mut next = self.next(before);
        while let Some(begin) = next.filter(|_| next != new.right)
            && let Some(Run { piece, next: after }) = self.runs.get(&begin)
        {
            passed.insert(begin);
            open.insert(begin);
            let comes_first = if piece.left == new.left {
                let lower = begin.0 < new.begin.0;
                if !lower && piece.right == new.right {
                    break;
                }
                lower
            } else {
                match piece.left.and_then(|left| self.begin_of(left)) {
                    Some(left) if passed.contains(&left) => !open.contains(&left),
                    _ => break,
                }
            };
            if comes_first {
                before = Some(begin);
                open.clear();
            }
            next = *after;
        }
        (before, passed.len())
    }

    /// Makes a run begin at this place, where it is in one.
    fn part(&mut self, place: Place) {
        let Some(begin) = self.begin_of(place).filter(|begin| *begin != place) else { return };
        let Some(run) = self.runs.get_mut(&begin) else { return };
        let Some(rest) = run.piece.since(place.1) else { return };
        run.piece.length = place.1 - begin.1;
        let next = run.next.replace(place);
        self.runs.insert(place, Run { piece: rest, next });
    }

    /// Where the run begins that this place is in.
    fn begin_of(&self, place: Place) -> Option<Place> {
        let (begin, run) = self.runs.range(..=place).next_back()?;
        run.piece.has(place).then_some(*begin)
    }

    /// Where the run behind another begins; the first where there is none before it.
    fn next(&self, before: Option<Place>) -> Option<Place> {
        before.map_or(self.first, |before| self.runs.get(&before)?.next)
    }

    /// What is at a place: the rest of its run from there on.
    fn at(&self, place: Place) -> Option<Piece> {
        self.runs.get(&self.begin_of(place)?)?.piece.since(place.1)
    }

    /// Refuses those of which one was put between two that never stood side by side: the rule above. They are new, and each
    /// comes behind what it names.
    pub fn let_in(&self, new: &[Piece]) -> Result<(), Odd> {
        let mut all = Cow::Borrowed(self);
        let mut looked_at = 0;
        for (which, piece) in new.iter().enumerate() {
            looked_at += all.judge(piece)?;
            if looked_at > CROWDS {
                return Err(CROWDED);
            }
            if which + 1 < new.len() {
                all.to_mut().learn(std::slice::from_ref(piece));
            }
        }
        Ok(())
    }

    /// The rule; how many runs stand between the two by now.
    fn judge(&self, new: &Piece) -> Result<usize, Odd> {
        let put = |side: Option<Place>| side.map(|side| self.at(side).ok_or(TURNED)).transpose();
        let (left, right) = (put(new.left)?, put(new.right)?);
        let outer = [right.and_then(|right| right.left), left.and_then(|left| left.right)];
        let (mut between, mut arrived) = (0, new.right.is_none());
        for run in self.walk(new.left) {
            let right = new.right.filter(|right| run.has(*right));
            let end = right.map_or(run.end(), |(_, place)| place);
            let passed = Piece { length: end - run.begin.1, ..run };
            if outer.into_iter().flatten().any(|place| passed.has(place)) {
                return Err(TURNED);
            }
            between += usize::from(passed.length > 0);
            if right.is_some() {
                arrived = true;
                break;
            }
            if between > CROWD {
                return Err(CROWDED);
            }
        }
        let crowded =
            self.walked >= WALKS || self.behind.get(&new.left).is_some_and(|many| *many >= CROWD);
        match (arrived, between > 0 && crowded) {
            (false, _) => Err(TURNED),
            (true, true) => Err(CROWDED),
            (true, false) => Ok(between),
        }
    }

    /// What stands behind a place, run by run.
    fn walk(&self, left: Option<Place>) -> impl Iterator<Item = Piece> {
        let begin = left.and_then(|left| self.begin_of(left));
        let rest = left.and_then(|(author, place)| self.at((author, place))?.since(place + 1));
        let mut next = self.next(begin);
        let runs = std::iter::from_fn(move || {
            let run = self.runs.get(&next?)?;
            next = run.next;
            Some(run.piece)
        });
        rest.into_iter().chain(runs)
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
