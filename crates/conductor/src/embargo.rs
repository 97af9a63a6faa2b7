//! The no to words that tell of what is under embargo (P9).

use train::refusal::{Code, Refusal};

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
