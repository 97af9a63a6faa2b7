//! What is being carried out now, for whoever opens the page of its push.

use std::sync::Arc;

use conductor::Conductor;
use conductor::view::Moment;
use train::id::{PersonName, TrainName};

use crate::house::House;
use crate::pages::words::{self, When};
use crate::steps::Open;

/// A step on its way.
pub(crate) struct Running {
    pub id: String,
    pub by: String,
    pub does: &'static str,
    pub since: When,
}

/// The steps of a train that are on their way, as far as `reader` may know of them (P9).
pub(crate) async fn running(
    house: &House,
    conductor: &Conductor,
    train: &TrainName,
    reader: Option<&PersonName>,
) -> conductor::failure::Result<Vec<Running>> {
    let steps = house.steps.on_their_way(train);
    let hidden = |hears| steps.iter().any(|step| step.open_to(reader, hears) == Open::Nothing);
    // Who hears of what is embargoed is asked for only where that makes a difference.
    let hears = hidden(false) && conductor.hears_of_embargoed().await?;
    let seen = steps.iter().filter(|step| step.open_to(reader, hears) != Open::Nothing);
    let row = |step: &Arc<crate::steps::Step>| Running {
        id: step.id.clone(),
        by: step.by.to_string(),
        does: words::doing(&step.wish),
        since: When::near(&Moment(conductor.local(step.at)), conductor.clock.now()),
    };
    Ok(seen.map(row).collect())
}
