//! The contract, over SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use conductor::ports::{Ledger, Observation, Outbox};

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
async fn sqlite_keeps_the_contract_of_keys() {
    let world = World::new();
    contract::accounts(&crate::open_accounts(world.path()).await.unwrap()).await;
    let again = crate::open_accounts(world.path()).await.unwrap();
    assert!(!conductor::ports::Accounts::is_new(&again).await.unwrap(), "it is kept");
}

#[tokio::test]
async fn sqlite_keeps_the_contract_of_typing() {
    let world = World::new();
    let open = || crate::typing(world.path());
    contract::typing(&open(), &open()).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract_of_keyed_wishes() {
    let (world, bounded, forgetful) = (World::new(), World::new(), World::new());
    let open = async |world: &World| crate::open_wishes(world.path()).await.unwrap();
    contract::wishes(&open(&world).await).await;
    contract::wishes_are_bounded(&open(&bounded).await, crate::wishes::MOST).await;
    contract::keys_outlive_steps(&open(&forgetful).await, crate::steps::MOST).await;
}

#[tokio::test]
async fn sqlite_keeps_the_contract_of_steps() {
    let (world, bounded) = (World::new(), World::new());
    let open = async |world: &World| crate::open_wishes(world.path()).await.unwrap();
    contract::steps(&open(&world).await, &open(&world).await).await;
    let bytes = (crate::steps::BYTES, crate::steps::BYTES_OF_ONE);
    contract::steps_are_bounded(&open(&bounded).await, crate::steps::MOST, bytes).await;
    let left = World::new();
    contract::steps_that_go_on_stay(&open(&left).await, bytes.0).await;
    contract::steps_left_off_go(&open(&left).await, bytes.0).await;
}

/// Whatever process keeps something, whoever asks sees another number; and the same where nothing was.
#[tokio::test]
async fn the_pulse_is_another_after_every_change_and_the_same_without() {
    let world = World::new();
    let (one, other) = (World::open(&world).await, World::open(&world).await);
    let still = one.pulse().await.unwrap();
    assert_eq!(one.pulse().await.unwrap(), still);
    let seen = Observation {
        name: "look/web".to_owned(),
        observed_at: jiff::Timestamp::UNIX_EPOCH,
        body: "{}".to_owned(),
    };
    other.observe(vec![seen.clone()]).await.unwrap();
    let by_another = one.pulse().await.unwrap();
    assert_ne!(by_another, still);
    let at = |seconds| jiff::Timestamp::from_second(seconds).unwrap();
    let again = |seconds, body: &str| Observation {
        observed_at: at(seconds),
        body: body.replace("NOW", &at(seconds).to_string()),
        ..seen.clone()
    };
    one.observe(vec![again(0, "{at: NOW}")]).await.unwrap();
    let own = one.pulse().await.unwrap();
    assert_ne!(own, by_another, "its own too");
    other.observe(vec![again(5, "{at: NOW}")]).await.unwrap();
    assert_eq!(one.pulse().await.unwrap(), own, "the same, seen once more");
    other.observe(vec![again(600, "{at: NOW}")]).await.unwrap();
    assert_ne!(one.pulse().await.unwrap(), own, "the same, seen ten minutes later");
    let own = one.pulse().await.unwrap();
    one.observe(vec![again(605, "{at: NOW, else}")]).await.unwrap();
    assert_ne!(one.pulse().await.unwrap(), own, "something else");
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    contract::suite(World::new).await;
}
