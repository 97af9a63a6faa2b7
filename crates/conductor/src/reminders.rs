//! What people are reminded of: by `status`, a conflict half resolved and security fixes that wait; by channels, what is due.

use std::collections::BTreeSet;

use jiff::Timestamp;
use train::announce::{self, Announcement, Duty, Facts, Standing, Stranger};
use train::expected::came_past;
use train::id::PushDate;
use train::people::Role;
use train::pushes::Train;
use train::security::BranchState;
use train::state::{Over, State};

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::production::PastUs;
use crate::security::candidates;

impl Conductor {
    /// That a conflict is being resolved on this machine.
    pub(crate) fn resolving_note(&self) -> Option<String> {
        match self.resolving() {
            Ok(None) => None,
            Ok(Some(open)) => Some(format!(
                "a conflict of {} is being resolved in {}: `pushduty pick --continue` goes on from it, `pushduty pick --abort` drops it",
                open.repo,
                open.tree.dir.display()
            )),
            Err(refusal) => Some(format!("{}: {}", refusal.message, refusal.hint)),
        }
    }

    /// For the security role alone (P9): branches that are reviewed and wait, and mains that have diverged, as last fetched.
    pub(crate) async fn security_notes(&self, state: &State) -> Vec<String> {
        if !self.acting(state).holds(&[Role::Security]) {
            return Vec::new();
        }
        let mut notes = Vec::new();
        for aboard in &self.aboard {
            let (Some(twin), repo) = (&aboard.security, &aboard.settings.name) else { continue };
            let Ok(Some(look)) = twin.last_look(self.clock.now()).await else { continue };
            if !look.ahead.is_empty() {
                notes.push(format!(
                    "the security remote of {repo} has diverged: `pushduty security repair --repo {repo}` shows how the two come together"
                ));
            }
            let reviewed: Vec<String> = candidates(state, repo, &look)
                .iter()
                .filter(|branch| branch.state() == BranchState::Reviewed)
                .map(|branch| branch.number.to_string())
                .collect();
            if !reviewed.is_empty() {
                notes.push(format!(
                    "reviewed and not merged yet are the security branches of {repo}: {}; `pushduty security merge` merges them",
                    reviewed.join(", ")
                ));
            }
        }
        notes
    }

    /// Who is to be told of what is due now, by what was recorded and last seen. Nobody is asked.
    pub(crate) async fn reminders(
        &self,
        facts: Facts<'_>,
        now: Timestamp,
    ) -> Result<Vec<Announcement>> {
        let looks = self.last_looks().await?;
        let train = Train { settings: &self.settings, state: facts.state, looks: &looks, now };
        let mut found = Vec::new();
        for push in to_mind(&train) {
            let Some(departure) = train.departure(push) else { continue };
            let standing = standing(&train, push);
            let gates = match standing {
                Standing::Cut if announce::gates_are_due(&departure, now) => {
                    self.status(Some(push)).await?.gates
                }
                _ => Vec::new(),
            };
            let recorded = facts.state.pushes.get(&push).and_then(|known| known.hero.clone());
            let hero = recorded.or_else(|| departure.hero.clone());
            found.push((departure, hero, standing, gates));
        }
        let duties: Vec<Duty<'_>> = found
            .iter()
            .map(|(departure, hero, standing, gates)| Duty {
                departure,
                hero: hero.as_ref().map(|hero| hero.as_str()),
                standing: *standing,
                gates,
            })
            .collect();
        let strangers = self.strangers(&train).await?;
        let mut due = announce::reminders(facts, &duties, now);
        due.extend(announce::strangers(facts, &strangers, now));
        Ok(due)
    }

    /// The tags that production was last seen with though no start allowed them.
    async fn strangers(&self, train: &Train<'_>) -> Result<Vec<Stranger>> {
        let answers = self.last_answers().await?;
        let past_us = self.past_us(train, train.shown(), &answers).into_iter();
        let of_its = |one: PastUs| {
            let push = came_past(train.state, self.settings.repo(&one.repo)?, &one.tag)?;
            let recorded = train.state.pushes.get(&push).and_then(|known| known.hero.clone());
            let hero = recorded.or_else(|| train.departure(push)?.hero);
            let hero = hero.map(|hero| hero.to_string());
            Some(Stranger { push, repo: one.repo, tag: one.tag, hero })
        };
        Ok(past_us.filter_map(of_its).collect())
    }
}

/// The pushes that somebody may have to be reminded of.
fn to_mind(train: &Train<'_>) -> BTreeSet<PushDate> {
    let done = |push: &PushDate| matches!(train.over(*push), Some(Over::Done(_)));
    let open = train.state.pushes.keys().filter(|push| !done(push));
    let coming = [train.next(), train.uncut()].into_iter().flatten().map(|d| d.push);
    open.copied().chain(coming).chain(train.live()).collect()
}

/// How far a push has come.
fn standing(train: &Train<'_>, push: PushDate) -> Standing {
    let day = train.state.days.of(push);
    // Brought back, it has left before: it waits for whoever mends it.
    let back = || day.attempts.last().is_some_and(|last| last.rolled_back.is_some());
    let held = || day.holding(train.now).iter().any(|held| held.hold.repo.is_none());
    if train.over(push).is_some() {
        Standing::Over
    } else if let Some(attempt) = day.attempt() {
        Standing::Left(attempt.promoted.unwrap_or(attempt.started_at))
    } else if held() || back() {
        Standing::Held
    } else if train.is_cut(push) {
        Standing::Cut
    } else {
        Standing::Uncut
    }
}
