//! `hold`, `resume`, `claim`, `unclaim`: what people decide about a push on its way to production.

use std::sync::Arc;

use train::event::Event;
use train::hold::{self, Held, Hold};
use train::id::{PushDate, RepoName};
use train::people::Role;
use train::pushes::Train;
use train::refusal::{Code, Refusal};
use train::state::State;
use train::which::Want;

use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::remembered::Looks;
use crate::view::Moment;

impl Conductor {
    pub(crate) async fn held(
        &self,
        state: &State,
        asked: Option<PushDate>,
        hold: Hold,
    ) -> Result<CalendarChange> {
        let actor = self.acting(state);
        hold::may_hold(&actor, "hold a push")?;
        train::cut::check_names(&self.settings, hold.repo.clone())?;
        let now = self.now(state);
        if hold.until.is_some_and(|until| until <= now) {
            let what = "that is past: nothing would be held";
            return Err(Refusal::new(Code::BadDate, what, "give a time to come with --until"));
        }
        let push = self.meant_push(state, Want::Hold, asked).await?;
        let words = self.hold_words(push, &hold);
        let holding = state.days.of(push).holding(now);
        if holding.iter().any(|held| held.by == actor.name && held.hold == hold) {
            return Ok(CalendarChange::already(format!("{words}: that is so already")));
        }
        Ok(CalendarChange::new(Event::Held { push, hold }, words))
    }

    fn hold_words(&self, push: PushDate, hold: &Hold) -> String {
        let what = hold.repo.as_ref().map_or_else(String::new, |repo| format!("{repo} of "));
        let until = hold.until.map(|until| Moment(self.local(until)));
        let until = until.map(|until| format!(" until {}", until.words()));
        format!("{what}{push} is held{}: {}", until.unwrap_or_default(), hold.because)
    }

    pub(crate) async fn resumed(
        &self,
        state: &State,
        asked: Option<PushDate>,
        repo: Option<&RepoName>,
    ) -> Result<CalendarChange> {
        hold::may_hold(&self.acting(state), "lift a hold")?;
        train::cut::check_names(&self.settings, repo.cloned())?;
        let push = self.meant_push(state, Want::Hold, asked).await?;
        let holding = state.days.of(push).holding(self.now(state));
        let lifted: Vec<&&Held> = holding
            .iter()
            .filter(|held| repo.is_none() || held.hold.repo.as_ref() == repo)
            .collect();
        if lifted.is_empty() {
            let what = repo.map_or_else(String::new, |repo| format!("{repo} of "));
            return Ok(CalendarChange::already(format!("nobody holds {what}{push}")));
        }
        let one = |held: &&&Held| {
            format!("{}’s hold of {} is lifted: {}", held.by, held.what(), held.hold.because)
        };
        let words: Vec<String> = lifted.iter().map(one).collect();
        let words = format!("{push}: {}", words.join("; "));
        Ok(CalendarChange::new(Event::Resumed { push, repo: repo.cloned() }, words))
    }

    pub(crate) async fn claimed(
        &self,
        state: &State,
        asked: Option<PushDate>,
    ) -> Result<CalendarChange> {
        let actor = self.acting(state);
        actor.must_hold(&[Role::Ops], "claim a push")?;
        let push = self.meant_push(state, Want::Cut, asked).await?;
        let claims = &state.days.of(push).claims;
        if claims.iter().any(|claim| claim.by == actor.name) {
            return Ok(CalendarChange::already(format!("{} has claimed {push}", actor.name)));
        }
        let others: Vec<&str> = claims.iter().map(|claim| claim.by.as_str()).collect();
        let beside = if others.is_empty() {
            String::new()
        } else {
            let do_so = if others.len() == 1 { "does" } else { "do" };
            format!(", as {} {do_so}", others.join(" and "))
        };
        let words = format!("{} takes {push} to production{beside}", actor.name);
        Ok(CalendarChange::new(Event::Claimed { push }, words))
    }

    pub(crate) async fn unclaimed(
        &self,
        state: &State,
        asked: Option<PushDate>,
    ) -> Result<CalendarChange> {
        let actor = self.acting(state);
        let push = self.meant_push(state, Want::Cut, asked).await?;
        if state.days.of(push).claims.iter().any(|claim| claim.by == actor.name) {
            let words = format!("{} gives the claim of {push} back", actor.name);
            return Ok(CalendarChange::new(Event::Unclaimed { push }, words));
        }
        actor.must_hold(&[Role::Ops], "claim a push")?;
        Ok(CalendarChange::already(format!("{} has not claimed {push}", actor.name)))
    }

    /// The push that a command means, by what is known of the remotes.
    pub(crate) async fn meant_push(
        &self,
        state: &State,
        want: Want,
        asked: Option<PushDate>,
    ) -> Result<PushDate> {
        let looks = self.known_looks().await?;
        let train = self.train(state, &looks);
        train.meant(want, asked)
    }

    /// Says which other pushes are cut, to whoever looks at one that was not asked for.
    pub(crate) fn say_others(&self, train: &Train<'_>, shown: PushDate) {
        if let Some(words) = train.beside(shown) {
            self.progress.remark(&words);
        }
    }

    /// The same, by what is known now.
    pub(crate) async fn say_others_of(&self, shown: PushDate) -> Result<()> {
        let (state, looks) = (self.state().await?, self.last_looks().await?);
        self.say_others(&self.train(&state, &looks), shown);
        Ok(())
    }

    /// What the remotes showed last; those that were never asked by this ledger are asked now, so that a push that was cut
    /// elsewhere is known (P15).
    pub(crate) async fn known_looks(&self) -> Result<Arc<Looks>> {
        let mut looks = self.last_looks().await?;
        let names = self.aboard.iter().map(|aboard| aboard.settings.name.clone());
        let unknown: Vec<RepoName> = names.filter(|name| !looks.contains_key(name)).collect();
        if unknown.is_empty() {
            return Ok(looks);
        }
        for (name, look) in self.look(&unknown).await {
            Arc::make_mut(&mut looks).insert(name, look?);
        }
        Ok(looks)
    }
}
