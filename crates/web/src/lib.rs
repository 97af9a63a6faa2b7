#![doc = include_str!("../README.md")]

mod api;
mod asked;
mod assets;
mod commands;
mod fields;
mod guard;
mod health;
mod house;
mod live;
mod notes;
mod pages;
mod problem;
mod router;
mod secret;
mod signin;
mod steps;
mod trains;
mod visitor;

pub use house::{House, Opening};
pub use router::router;
pub use secret::{Secret, link_key};
pub use trains::{Trains, Who};
