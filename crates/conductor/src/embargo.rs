//! The no to words that tell of what is under embargo (P9).

use train::notes::embargo::{Embargoed, hashes};
use train::refusal::{Code, Refusal};

use crate::failure::Result;
use crate::ports::Guesser;

/// What is said to whoever told.
const TOLD: &str = "this tells of a fix that is not public yet, and everybody reads it";

/// Whether a no is one to words under embargo.
#[must_use]
pub fn is_embargoed(no: &Refusal) -> bool {
    no.message == TOLD
}

/// The no to whoever told.
#[must_use]
pub fn embargoed_words() -> Refusal {
    Refusal::new(
        Code::Refused,
        TOLD,
        "leave it out until the fix is on upstream; `pushduty security list` is where it is talked of",
    )
}

/// Refuses words that search for a commit under embargo, by many at once or by a few again and again: whatever they are told, it
/// would be an answer. So it is asked before they are looked at.
pub(crate) fn seeks_nothing<'t>(
    guesser: Option<&dyn Guesser>,
    said: impl Iterator<Item = &'t str> + Clone,
) -> Result<()> {
    if Embargoed::sought_by(said.clone()) {
        return Err(sought());
    }
    let named: Vec<&str> = hashes(said).collect();
    match guesser {
        Some(guesser) if !named.is_empty() => guesser.names(&named),
        _ => Ok(()),
    }
}

/// The no to whoever names so many commits that they seem to search for one.
fn sought() -> Refusal {
    let what = "so many commits at once are not taken where there are security remotes";
    Refusal::new(Code::Refused, what, "name those that are meant, a hundred at most at once")
}

/// Refuses reasons that tell of what is under embargo, and reasons at all where it can't be read what is. Nothing of that failure
/// is told: it is about what not everybody may know of.
pub(crate) fn tells_nothing(embargoed: Option<&Embargoed>, said: &[&str]) -> Result<()> {
    match embargoed {
        _ if said.is_empty() => Ok(()),
        None => Err(Refusal::new(
            Code::Io,
            "no reason is taken now: it can't be read what none may tell of",
            "tell whoever runs this train",
        )),
        Some(embargoed) if said.iter().any(|said| embargoed.told_by(said)) => {
            Err(embargoed_words())
        }
        Some(_) => Ok(()),
    }
}
