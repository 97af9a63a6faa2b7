//! Whether what is built from a tag is there, by an address of its own: its head is asked for, and no byte of it read.

use async_trait::async_trait;
use conductor::ports::Artifacts;
use train::gates::Told;

use crate::http::{Limits, Web};

/// Asks addresses over HTTP, within the limits of every question there.
#[derive(Debug)]
pub struct HttpArtifacts {
    web: Web,
}

impl HttpArtifacts {
    /// Asks within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { web: Web::new(limits) }
    }
}

#[async_trait]
impl Artifacts for HttpArtifacts {
    async fn ask(&self, url: &str) -> Told {
        match self.web.is_there(url).await {
            Ok(true) => Told { exit: Some(0), sentence: String::new() },
            Ok(false) => Told {
                exit: Some(3),
                sentence: "its address answers that there is none".to_owned(),
            },
            Err(why) => Told { exit: None, sentence: format!("its address {why}") },
        }
    }
}
