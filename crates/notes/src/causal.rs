//! Pieces in an order in which each can be put: behind what it stands on.

use std::collections::{BTreeMap, VecDeque};

use crate::wire::{Piece, Place};

/// Sorts pieces, each author's as they wrote them, so that each comes behind those of them that it names. None of those that
/// wait for each other, or for a place behind these, is among them.
pub fn sorted(pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut queues: BTreeMap<u64, VecDeque<Piece>> = BTreeMap::new();
    for piece in pieces {
        queues.entry(piece.begin.0).or_default().push_back(piece);
    }
    let mut sorted = Vec::new();
    let mut ready: Vec<u64> = queues.keys().copied().collect();
    let mut waiting: BTreeMap<Place, Vec<u64>> = BTreeMap::new();
    while let Some(author) = ready.pop() {
        while let Some(piece) = next(&queues, author) {
            if let Some(place) = waits_for(&queues, &piece) {
                waiting.entry(place).or_default().push(author);
                break;
            }
            queues.get_mut(&author).map(VecDeque::pop_front);
            let woken = waiting.range(piece.begin..(author, piece.end())).map(|(place, _)| *place);
            for place in woken.collect::<Vec<_>>() {
                ready.extend(waiting.remove(&place).unwrap_or_default());
            }
            sorted.push(piece);
        }
    }
    sorted
}

fn next(queues: &BTreeMap<u64, VecDeque<Piece>>, author: u64) -> Option<Piece> {
    queues.get(&author)?.front().copied()
}

/// The first place that a piece names and that is not there yet.
fn waits_for(queues: &BTreeMap<u64, VecDeque<Piece>>, piece: &Piece) -> Option<Place> {
    let is_to_come =
        |place: &Place| next(queues, place.0).is_some_and(|next| next.begin.1 <= place.1);
    [piece.left, piece.right].into_iter().flatten().find(is_to_come)
}
