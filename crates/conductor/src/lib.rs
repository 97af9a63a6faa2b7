#![doc = include_str!("../README.md")]

pub mod failure;
pub mod ports;
