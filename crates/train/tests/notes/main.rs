//! The notes: 194 real pages against a snapshot and two tables of facts, and what must hold of any text.
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod any;
mod carries;
mod edits;
mod facts;
mod given;
mod holds;
mod identity;
mod imports;
mod merge;
mod opens;
mod pages;
mod reads;
mod real;
mod world;
