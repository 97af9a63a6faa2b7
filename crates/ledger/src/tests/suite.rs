//! The contract, over SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use conductor::ports::{Ledger, Outbox};

use super::World;
use crate::contract::{self, Store};

#[async_trait]
impl Store for World {
    async fn open(&self) -> Arc<dyn Ledger> {
        Arc::new(World::open(self).await)
    }

    async fn open_outbox(&self) -> Arc<dyn Outbox> {
        Arc::new(World::open(self).await)
    }
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    contract::suite(World::new).await;
}
