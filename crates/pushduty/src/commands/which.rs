//! Which push a change is of, and how it is agreed to: what commands of push day share.

use train::id::PushDate;

use super::named;
use crate::options::Consent;

/// The push that is cut, or another by its date.
#[derive(Debug, Clone, clap::Args)]
pub struct OfTheCut {
    /// The push, by its date; the one that is cut by default
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    pub(super) push: Option<PushDate>,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// The push that is cut, or the next, or another by its date.
#[derive(Debug, Clone, clap::Args)]
pub struct OfTheCutOrNext {
    /// The push, by its date; the one that is cut by default, or the next
    #[arg(long, value_name = "DATE", value_parser = named::date)]
    pub(super) push: Option<PushDate>,
    #[command(flatten)]
    pub(super) consent: Consent,
}
