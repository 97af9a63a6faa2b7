//! What waits for one person: pushes that are offered to them, changes of theirs that stage shows, calls. Nobody is asked.

use train::confirm::{self, Called, Change};
use train::id::{PersonName, PushDate, RepoName};
use train::wish;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::OfferView;

/// What waits for somebody.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    /// Pushes that they may take or decline.
    pub offers: Vec<(PushDate, OfferView)>,
    /// Changes of theirs that stage shows and that they have not confirmed.
    pub changes: Vec<ToSee>,
    /// Calls to them, oldest first.
    pub calls: Vec<(PushDate, Called)>,
}

/// A change to be seen on stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSee {
    /// The push.
    pub push: PushDate,
    /// The repository.
    pub repo: RepoName,
    /// The tag that stage shows.
    pub tag: String,
    /// The change.
    pub change: Change,
}

impl Conductor {
    /// What waits for somebody, by what was recorded and last seen. Calls and changes are of pushes that are cut and not over;
    /// once a push has left, nobody is asked to see it on stage.
    pub async fn waits_for(&self, who: &PersonName) -> Result<Waits> {
        let state = self.state().await?;
        let (looks, answers) = (self.last_looks().await?, self.last_answers().await?);
        let train = self.train(&state, &looks);
        let now = train.now;
        let offers = wish::made_to(&self.settings, &state, who, now);
        let offers = offers.into_iter().filter_map(|open| {
            Some((open.departure.push, self.offer_of(&state, &open.departure, now)?))
        });
        let mut waits = Waits { offers: offers.collect(), ..Waits::default() };
        for push in train.live() {
            if state.days.of(push).attempt().is_some() {
                continue;
            }
            let repos = self.repo_statuses(&train, Some(push), &answers).await;
            let aboard = self.changes_aboard(&train, Some(push), &repos, &answers).await?;
            let own = confirm::waits_for(&self.settings, aboard.words, &aboard.brings, who);
            waits.changes.extend(own.into_iter().map(|(of, change)| ToSee {
                push,
                repo: of.repo.clone(),
                tag: of.tag.clone(),
                change: change.clone(),
            }));
            let authors = self.authors_of(&aboard);
            let calls = confirm::calls_to(aboard.words, &authors, who);
            waits.calls.extend(calls.into_iter().map(|called| (push, called.clone())));
        }
        Ok(waits)
    }
}
