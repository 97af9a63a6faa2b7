//! The server at work: rounds over its trains, as often as it is told to.

use std::time::Duration;

use conductor::Conductor;
use futures_util::future::join_all;
use tokio::time::Instant;
use train::id::TrainName;

use crate::house::House;
use crate::trains::Who;

/// How many times as often it is looked while something is on its way.
const CLOSELY: u32 = 6;

/// Makes rounds over the trains of a server, one each so often, until it ends.
pub async fn work(house: &House, every: Duration) {
    let names = house.open.trains.names();
    join_all(names.iter().map(|train| rounds(house, train, every))).await;
}

async fn rounds(house: &House, train: &TrainName, every: Duration) {
    let mut over = house.live.over();
    let (mut pause, mut told) = (every, Vec::new());
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = over.wait_for(|over| *over) => return,
        }
        let begun = Instant::now();
        let round = house
            .story(&Who::Itself, train, async move |conductor: Conductor| {
                Ok(conductor.work().await)
            })
            .await;
        let (failed, busy) = match round {
            Ok(round) => {
                house.fares.found(train, house.open.clock.now(), begun.elapsed(), round.health);
                (round.failed, round.busy)
            }
            Err(failure) => (vec![failure], false),
        };
        house.meters.round(train, begun.elapsed(), failed.is_empty());
        // What goes on failing is told once.
        failed
            .iter()
            .filter(|one| !told.contains(*one))
            .for_each(|one| house.open.log.failed(train.as_str(), one));
        told = failed;
        pause = if busy { every / CLOSELY } else { every };
    }
}
