//! The program is killed, paused, starved of disk and left by its parent; the remotes end as they should (P11, P12).
//!
//! What counts system calls or makes a small disk needs strace and util-linux: the feature `services`, which
//! `cargo xtask test` sets.

#[cfg(feature = "services")]
mod again;
#[cfg(feature = "services")]
mod disk;
mod fence;
#[cfg(feature = "services")]
mod kill;
mod left;
#[cfg(feature = "services")]
mod matrix;
#[cfg(feature = "services")]
mod moved;
mod orphan;
#[cfg(feature = "services")]
mod paused;
#[cfg(feature = "services")]
mod points;
mod production;
mod scene;
mod settle;
#[cfg(feature = "services")]
mod told;
