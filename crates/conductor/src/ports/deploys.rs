//! Programs that deploy. Each run has a process of its own that watches over it, so that it outlives whoever began it.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use train::attempt::DeployEnd;

use crate::failure::Result;

/// What is to be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployOrder {
    /// The run's key: a second order with the same one begins nothing.
    pub key: String,
    /// The program with its arguments, filled in; never by a shell.
    pub command: Vec<String>,
    /// After which time it is asked to end.
    pub time_limit: Duration,
    /// How long it then has to end by itself.
    pub grace: Duration,
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeployState {
    /// It was never begun.
    NotBegun,
    /// It runs.
    Running,
    /// It has ended.
    Ended(DeployEnd),
}

/// Begins, follows and stops runs.
#[async_trait]
pub trait Deploys: Send + Sync {
    /// Begins a run. One that was begun before, by whomever, is left as it is.
    async fn begin(&self, order: &DeployOrder) -> Result<()>;

    /// How a run stands. One whose program and whose watch were both killed has ended, in a way that nobody knows.
    async fn state(&self, key: &str) -> Result<DeployState>;

    /// Its output from byte `from` on, and where the next piece begins; much at once comes in pieces.
    async fn output(&self, key: &str, from: u64) -> Result<(Vec<u8>, u64)>;

    /// Asks for its end: gently first, then not. [`Self::state`] tells when it has.
    async fn stop(&self, key: &str) -> Result<()>;
}
