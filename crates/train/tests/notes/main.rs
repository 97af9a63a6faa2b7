//! The notes: 194 real pages against a snapshot and two tables of facts, and what must hold of any text.

mod any;
mod edits;
mod facts;
mod given;
mod identity;
mod reads;
mod real;
mod world;
