//! The notes: 194 real pages against a snapshot, and what must hold of any text.

mod real;
mod world;
