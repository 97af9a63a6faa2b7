#![doc = include_str!("../README.md")]

mod answer;
mod api;
mod asked;
mod assets;
mod attempts;
mod commands;
mod door;
mod fields;
mod guard;
mod health;
mod house;
mod keyed;
mod live;
mod log;
pub mod looks;
mod meters;
mod notes;
mod pages;
mod problem;
mod router;
mod said;
mod secret;
mod signin;
mod steps;
mod telling;
mod trains;
mod visitor;
mod ways;
mod worker;

pub use house::{House, Opening};
pub use log::{Answered, Log};
pub use router::router;
pub use said::Said;
pub use secret::{Secret, link_key};
pub use trains::{Trains, Who, Words};
