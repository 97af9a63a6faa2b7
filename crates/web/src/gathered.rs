//! What waits for whoever comes, gathered from all their trains.

use std::sync::Arc;

use train::id::{PersonName, TrainName};
use train::refusal::Refusal;

use crate::house::House;
use crate::visitor::{Visitor, unknown};
use crate::waits::Waits;

/// What waits for whoever comes, train by train; refuses somebody who is not known: nothing waits for nobody.
pub(crate) async fn gathered(
    house: &House,
    visitor: &Visitor,
) -> Result<Vec<(TrainName, Arc<Waits>)>, Refusal> {
    let who = known(visitor)?;
    let mut all = Vec::new();
    for train in house.open.trains.of(&visitor.who()) {
        let waits = of_train(house, visitor, who, &train).await?;
        all.push((train, waits));
    }
    Ok(all)
}

/// The same of one train.
pub(crate) async fn of_one(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
) -> Result<Arc<Waits>, Refusal> {
    of_train(house, visitor, known(visitor)?, train).await
}

fn known(visitor: &Visitor) -> Result<&PersonName, Refusal> {
    visitor.name().ok_or_else(|| unknown("what waits is told to people who are signed in"))
}

/// Counts anew for whoever comes. What can't be read now is told by the page itself.
pub(crate) async fn counted(house: &House, visitor: &Visitor) {
    if visitor.name().is_some() {
        let _ = gathered(house, visitor).await;
    }
}

async fn of_train(
    house: &House,
    visitor: &Visitor,
    who: &PersonName,
    train: &TrainName,
) -> Result<Arc<Waits>, Refusal> {
    // The number is asked for before what it is of: what comes between makes it another one.
    let pulse = house.open.trains.ledger(train)?.pulse().await?;
    let of = (pulse, house.open.clock.now().as_second().div_euclid(60));
    if let Some(waits) = house.waits.get(who, train, of) {
        return Ok(waits);
    }
    let look = async |conductor: conductor::Conductor| {
        let conductor = conductor.at_a_glance().await?;
        let zone = conductor.settings.timetable.zone_name().to_owned();
        let names = conductor.settings.names();
        Ok(Waits { view: conductor.what_waits().await?, zone, names })
    };
    let waits = Arc::new(house.story(&visitor.who(), train, look).await?);
    house.waits.keep(who, train, of, &waits);
    Ok(waits)
}
