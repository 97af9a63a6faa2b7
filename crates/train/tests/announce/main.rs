//! What is told to whom: every message as it reads, who is reminded when, and what no announcement ever holds (P9, P13).
#![expect(clippy::unwrap_used, reason = "what a test's own steps come to is part of the test")]

mod delivery;
mod embargo;
mod messages;
mod reminders;
mod world;
