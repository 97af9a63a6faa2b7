//! What an update from outside has to be, beside what is there.

use yrs::StateVector;
use yrs::block::ClientID;

use crate::causal;
use crate::numbers::{is_editor_of, mark, mark_of};
use crate::wire::{Brings, FOREIGN, Odd, Piece, Place};

/// By how many numbers an update may have something: an editor has one, and one more for each draft that it came back with.
const MOST_AT_ONCE: usize = 64;
/// By how many numbers one person may write in a page, and all of them: a page in a browser has one. `yrs` takes room on the
/// stack for each where a page is opened, a tenth of a kilobyte or a few.
const MOST_OF_ONE: usize = 500;
const MOST: usize = 4_000;

/// How far somebody's text is there.
pub fn known(have: &StateVector, author: u64) -> u64 {
    u64::from(have.get(&ClientID::new(author)))
}

/// The pieces of an update that are new, each behind what it names. Refuses one that does not stand on what is there: it would
/// wait for what may never come.
pub fn new_in(brings: &Brings, have: &StateVector) -> Result<Vec<Piece>, Odd> {
    let starts_late =
        brings.stretches.iter().any(|(author, stretch)| stretch.start > known(have, *author));
    if brings.gaps || starts_late {
        return Err("it leaves something out");
    }
    let is_there = |(author, place): &Place| {
        let brought = brings.stretches.get(author).is_some_and(|stretch| stretch.contains(place));
        brought || *place < known(have, *author)
    };
    if !brings.needs.iter().all(is_there) {
        return Err("it stands beside what nobody wrote");
    }
    let new: Vec<Piece> =
        brings.pieces.iter().filter_map(|piece| piece.since(known(have, piece.begin.0))).collect();
    let many = new.len();
    let sorted = causal::sorted(new);
    if sorted.len() == many { Ok(sorted) } else { Err("it builds on what was never sent") }
}

/// Refuses an update with anything that is not an author's own writing, or by more numbers than people have.
pub fn is_by(author: &str, brings: &Brings, have: &StateVector) -> Result<(), Odd> {
    if brings.collected {
        return Err(FOREIGN);
    }
    if !brings.stretches.keys().all(|number| is_editor_of(*number, author)) {
        return Err("it has what somebody else is said to have written");
    }
    let numbers = brings.stretches.len();
    let new = brings.stretches.keys().filter(|number| known(have, **number) == 0).count();
    let own = || have.iter().filter(|(number, _)| mark_of(number.get()) == mark(author)).count();
    let too_many = || have.len() + new > MOST || own() + new > MOST_OF_ONE;
    if numbers > MOST_AT_ONCE || (new > 0 && too_many()) {
        return Err("it is by one editor too many");
    }
    Ok(())
}
