//! What services say they run.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::settings::Service;

/// One answer of a service's `/__version__`, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sample {
    /// Dockerflow JSON.
    Told {
        /// `version`: the tag, where the service is deployed from one.
        version: Option<String>,
        /// `commit`, as the service writes it.
        commit: Option<String>,
        /// `source`.
        source: Option<String>,
        /// `build`.
        build: Option<String>,
    },
    /// No usable answer: a sentence for people (slow, refused, redirected, not JSON), filtered.
    Failed(String),
}

/// A service's samples of one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceVersions {
    /// The environment.
    pub environment: String,
    /// The service.
    pub service: String,
    /// When it was asked.
    pub observed_at: Timestamp,
    /// Its answers, in no order.
    pub samples: Vec<Sample>,
}

/// Asks services what they run.
#[async_trait]
pub trait Versions: Send + Sync {
    /// Asks one service as often as it is configured to be sampled. Never fails: a failure is a sample.
    async fn ask(&self, environment: &str, service: &Service) -> ServiceVersions;
}
