//! The program is killed, paused, starved of disk and left by its parent; the remotes end as they should (P11, P12).

mod disk;
mod fence;
mod kill;
mod left;
mod matrix;
mod orphan;
mod paused;
mod points;
mod scene;
mod settle;
