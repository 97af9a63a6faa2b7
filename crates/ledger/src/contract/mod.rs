//! What every store must do. A store is done when [`suite`] passes over it; the checks are small and named, and know
//! the port alone.

mod accounts;
mod chain;
pub(crate) mod crowd;
mod entries;
mod outbox;
mod steps;
mod typing;
mod views;
mod wishes;

pub use accounts::accounts;
pub use steps::{steps, steps_are_bounded, steps_left_off_go, steps_that_go_on_stay};
pub use typing::typing;
pub use wishes::{keys_outlive_steps, wishes, wishes_are_bounded};

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Draft, Entry, Ledger, Outbox, Projection};
use jiff::Timestamp;
use train::event::Event;
use train::id::{PushDate, RepoName};
use train::people::{Actor, Proof};

/// An empty store under test.
#[async_trait]
pub trait Store: Send + Sync {
    /// Opens it: each time a handle of its own, as another process would have.
    async fn open(&self) -> Arc<dyn Ledger>;

    /// Opens its outbox, in the same way.
    async fn open_outbox(&self) -> Arc<dyn Outbox>;
}

/// Runs every check, each over a store of its own.
///
/// # Panics
///
/// At the first promise that the store breaks.
pub async fn suite<S: Store + 'static>(make: impl Fn() -> S) {
    entries::an_empty_ledger_ends_at_zero(&make()).await;
    entries::what_is_appended_reads_back(&make()).await;
    entries::a_head_that_is_gone_is_refused(&make()).await;
    entries::time_never_runs_backwards(&make()).await;
    entries::pages_and_streams_leave_nothing_out(&make()).await;
    chain::the_chain_holds_and_hashes_are_found(&make()).await;
    chain::what_is_erased_is_gone_and_the_chain_holds(&make()).await;
    views::projections_go_with_their_entries(&make()).await;
    views::a_projection_never_goes_back_or_ahead(&make()).await;
    views::the_newest_observation_is_kept(&make()).await;
    views::a_glance_is_of_one_moment(&make()).await;
    views::what_fails_in_between_leaves_neither(&make()).await;
    crowd::the_lock_is_one_persons_at_a_time(&make()).await;
    crowd::who_waits_for_the_lock_gets_it(&make()).await;
    crowd::eight_writers_lose_nothing(&make()).await;
    crowd::who_observes_disturbs_no_writer(&make()).await;
    outbox::what_is_older_than_the_outbox_is_not_announced(&make()).await;
    outbox::what_was_added_once_is_never_added_again(&make()).await;
    outbox::one_process_hands_over_at_a_time(&make()).await;
}

/// How long a check waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The second `seconds` of a day that all checks share.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_500_000 + seconds).expect("a second of 2026")
}

pub(crate) fn actor() -> Actor {
    Actor { name: "mat".to_owned(), roles: BTreeSet::new(), proof: Proof::Local(1000) }
}

/// An entry of the train's stream.
pub(crate) fn of_train(at: i64, what: &str) -> Draft {
    let event =
        Event::Adopted { from: None, head: None, lost: Vec::new(), because: what.to_owned() };
    Draft { at: second(at), actor: actor(), event }
}

/// An entry of a push's stream.
pub(crate) fn of_push(at: i64, push: &str, because: &str) -> Draft {
    let push: PushDate = push.parse().expect("a date");
    let repo: RepoName = "server".parse().expect("a name");
    Draft {
        at: second(at),
        actor: actor(),
        event: Event::Stayed { push, repo, tag: None, because: because.to_owned() },
    }
}

/// For those who keep no views.
pub(crate) fn no_views(_: &[Entry]) -> Vec<Projection> {
    Vec::new()
}

/// Takes the lock and appends at the end.
pub(crate) async fn add(ledger: &dyn Ledger, drafts: Vec<Draft>) -> Result<Vec<Entry>> {
    let lock = ledger.lock(PATIENCE).await?;
    let head = ledger.head().await?;
    ledger.append(&lock, &head, drafts, &no_views).await
}
