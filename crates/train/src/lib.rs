#![doc = include_str!("../README.md")]

pub mod base;
pub mod calendar;
pub mod command;
pub mod digest;
pub mod event;
pub mod facts;
pub mod id;
pub mod intent;
pub mod people;
pub mod refusal;
pub mod rotation;
pub mod settings;
pub mod state;
pub mod tag;
