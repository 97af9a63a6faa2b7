//! Security fixes through the built program: upstream first (P1), and nothing told before it is public (P9).
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod days;
mod embargo;
mod left_open;
mod outside;
mod production;
mod rehearsal;
mod reviews;
mod search;
mod second_push;
mod stage;
mod upstream_first;
mod week;
mod wire;
