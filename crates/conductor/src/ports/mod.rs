//! What the use cases need of the outside, as traits in domain words. Other crates implement them.

mod accounts;
mod artifacts;
mod channels;
mod clock;
mod deploys;
mod guesser;
mod issuers;
mod ledger;
mod programs;
mod progress;
mod repository;
mod security;
mod shared;
mod steps;
mod typing;
mod versions;

pub use accounts::{Accounts, Key, KeyKind, Scope, SecretHash};
pub use artifacts::Artifacts;
pub use channels::{Channel, Handed, Outbox, OutboxLock, Undelivered};
pub use clock::Clock;
pub use deploys::{DeployOrder, DeployState, Deploys};
pub use guesser::Guesser;
pub use issuers::{Binding, Brought, Identity, Issuer};
pub use ledger::{
    ChainReport, Draft, Entry, Glimpse, Ledger, LedgerIdentity, Lock, Observation, Projection,
    Pulse,
};
pub use programs::Programs;
pub use progress::{Progress, Silent};
pub use repository::{
    Applied, Conflict, Examined, Ident, Publish, Repository, ResolveTree, Stamp, StepDone,
    StepOutcome, TagDraft,
};
pub use security::{Branch, Merged, SecurityLook, SecurityRepository};
pub use shared::{Message, Presence, SharedText, SharedTexts};
pub use steps::{Begun, KeptEnd, KeptStep, KeptSteps, KeyedWish};
pub use train::publish::Pushed;
pub use typing::{Typed, Typing};
pub use versions::{Sample, ServiceVersions, Versions};
