//! Whoever no train names any more keeps nothing that lets them in: put back into the configuration, they come in anew.

use conductor::ports::Key;
use train::event::Event;
use train::refusal::Refusal;

use crate::door;
use crate::house::House;
use crate::trains::Who;
use crate::visitor;

/// Takes away all that lets people in whom no train of this server knows any more, and notes it in the record of every train:
/// there is none by now that is theirs.
pub async fn shut_out(house: &House) {
    if let Err(refusal) = all_of_them(house).await {
        house.open.log.failed("what lets people in whom the configuration names no more", &refusal);
    }
}

async fn all_of_them(house: &House) -> Result<(), Refusal> {
    let (accounts, now) = (&house.open.accounts, house.open.clock.now());
    let known = |key: &Key| !house.open.trains.of(&visitor::who(key)).is_empty();
    for person in accounts.people().await? {
        let keys = accounts.of(&person, now).await?;
        if keys.iter().any(known) {
            continue;
        }
        let mut taken = false;
        for key in &keys {
            taken |= accounts.revoke(&person, &key.id).await?;
        }
        if taken {
            let (trains, event) = (house.open.trains.names(), Event::ShutOut { who: person });
            door::note_in(house, trains, &Who::Itself, &event).await;
        }
    }
    Ok(())
}
