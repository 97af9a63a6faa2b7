//! The stage on which weeks are played for people to see: a sandbox with remotes of its own, a pretend operations crew, and
//! a player that runs this program as one person after another, by its public commands alone. `demo` and `rehearse` play
//! on it.

pub mod crew;
pub mod director;
pub mod goal;
pub mod outcome;
pub mod player;
pub mod sandbox;
pub mod scenes;
pub mod stream;

pub use crew::{Crew, Post, Rolls};
pub use director::{Director, Ends};
pub use goal::Goal;
pub use player::{Player, Step, Turn};
pub use sandbox::{Sandbox, git, sealed};
