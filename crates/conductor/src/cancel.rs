//! `cancel`: a push does not run; and what becomes of its tags, its hero's turn and its notes.

use train::calendar::{Departure, Standing};
use train::event::Event;
use train::id::PushDate;
use train::people::Role;
use train::pushes::Train;
use train::state::State;
use train::wish;

use crate::calendar::{CalendarChange, is_not_under_way};
use crate::conductor::Conductor;
use crate::failure::Result;

impl Conductor {
    pub(crate) async fn cancelled(
        &self,
        state: &State,
        named: Option<PushDate>,
        because: &str,
    ) -> Result<CalendarChange> {
        self.acting(state).must_hold(&[Role::Hero, Role::Ops], "cancel a push")?;
        let (push, tagged) = self.staying_push(state, named).await?;
        is_not_under_way(state, push)?;
        let now = self.now(state);
        let (settings, changes) = (&self.settings, &state.changes);
        if let Some(so) = wish::already::cancelled(settings, changes, named, push, because, now) {
            let other = if named.is_none() { "; --push DATE cancels another" } else { "" };
            return Ok(CalendarChange::already(format!(
                "{so} is cancelled already: {because}{other}"
            )));
        }
        let name = if state.pushes.contains_key(&push) {
            push
        } else {
            wish::cancel(settings, changes, push, tagged, now)?
        };
        let words = format!("{name} does not run: {because}");
        let more = self.after_it(state, name, because, tagged).await?;
        let event = Event::Cancelled { push: name, because: because.to_owned() };
        Ok(CalendarChange { more, ..CalendarChange::new(event, words) })
    }

    /// What becomes of the tags, the turn and the notes of a push that does not run.
    async fn after_it(
        &self,
        state: &State,
        push: PushDate,
        because: &str,
        tagged: bool,
    ) -> Result<Vec<String>> {
        let mut after = state.clone();
        after.changes.edit().cancelled.insert(push, because.to_owned());
        let (looks, now) = (self.last_looks().await?, self.now(state));
        let train = Train { settings: &self.settings, state: &after, looks: &looks, now };
        let own = Train { state, ..train }.departure(push);
        let later = train.following(push).filter(|next| next.push_at.timestamp() > now);
        let tags = tagged.then(|| {
            "its tags stay on the remotes, are not used again, and are not taken away from where they run"
                .to_owned()
        });
        let turn = turn(own.as_ref(), later.or_else(|| train.next()).as_ref());
        let notes = train.uncut().map(|next| {
            format!(
                "blockers, asks and tasks that its notes leave open go into those of {} when that is cut, by `pushduty tag`",
                next.push
            )
        });
        Ok(tags.into_iter().chain(turn).chain(notes).collect())
    }
}

/// Who has the turn then: a push that does not run takes none.
fn turn(own: Option<&Departure>, next: Option<&Departure>) -> Option<String> {
    let hero = own.filter(|own| own.standing != Standing::OffCycle)?.hero.as_ref()?;
    Some(match next {
        Some(next) if next.hero.as_ref() == Some(hero) => {
            format!("{hero} keeps the turn, and has {}", next.push)
        }
        Some(next) => match &next.hero {
            Some(other) => format!("{hero} keeps the turn; {} has {other} all the same", next.push),
            None => format!("{hero} keeps the turn"),
        },
        None => format!("{hero} keeps the turn"),
    })
}
