//! `call`: everybody aboard whose change is not confirmed is called at once, by name, in the train's channels.

use train::announce::{self, Facts};
use train::command::CallWish;
use train::confirm::{self, Authors, Call, Calling};
use train::event::Event;
use train::id::{PersonName, PushDate};
use train::people::Role;
use train::state::State;
use train::which::Want;

use crate::changes::authors_view;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{CallView, CalledView};

/// Who would be called.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// The push.
    pub push: PushDate,
    /// The call; none where there is nothing to call for, or it was made.
    pub call: Option<Call>,
    /// The message: a line for the subject, and the rest.
    pub message: (String, String),
    /// In a sentence.
    pub words: String,
    /// How the authors stand.
    authors: Authors,
}

impl Conductor {
    /// Who would be called, and how. Nothing is recorded and nobody hears of it.
    pub async fn plan_call(&self, wish: &CallWish) -> Result<CallPlan> {
        let state = self.state().await?;
        self.calling(&state, wish).await
    }

    /// Calls them: plans again under the lock, and records it. It is told by whoever tells next.
    pub async fn call(&self, wish: &CallWish) -> Result<CallPlan> {
        // Who may not is told so before the lock is taken.
        self.may_call(&*self.state().await?)?;
        let mut journal = self.journal().await?;
        let state = self.with_external(journal.state().clone());
        let plan = self.calling(&state, wish).await?;
        let push = plan.push;
        let event = plan.call.clone().map(|call| Event::Called { push, call });
        journal.append(self.now(&state), event.into_iter().collect()).await?;
        Ok(plan)
    }

    fn may_call(&self, state: &State) -> Result<()> {
        let may = [Role::Hero, Role::Qa, Role::Ops];
        self.acting(state).must_hold(&may, "call everybody aboard")
    }

    async fn calling(&self, state: &State, wish: &CallWish) -> Result<CallPlan> {
        self.may_call(state)?;
        let push = self.meant_push(state, Want::Cut, wish.push).await?;
        let (looks, answers) = (self.last_looks().await?, self.last_answers().await?);
        let train = self.train(state, &looks);
        let repos = self.repo_statuses(&train, Some(push), &answers).await;
        let aboard = self.changes_aboard(&train, Some(push), &repos, &answers).await?;
        let authors = self.authors_of(&aboard);
        let how = (wish.all, wish.again);
        let text = wish.text.as_deref();
        let calling = confirm::call(aboard.words, &authors, push, text, how, train.now)?;
        let (call, words) = match calling {
            Calling::Calls(call) => {
                let words = format!("{} calls {}", self.actor.name, listed(call.whom.iter()));
                (Some(call), words)
            }
            Calling::Already => (None, "they were called a moment ago".to_owned()),
            Calling::Nobody => (None, self.nobody(&authors, push)),
        };
        let message = match &call {
            Some(call) => self.call_message(state, push, call).await,
            None => (String::new(), String::new()),
        };
        Ok(CallPlan { push, call, message, words, authors })
    }

    /// Why there is nobody to call.
    fn nobody(&self, authors: &Authors, push: PushDate) -> String {
        match (authors.confirmed.is_empty(), authors.unknown.is_empty()) {
            (false, _) => format!("everybody aboard {push} has confirmed: there is nobody to call"),
            (true, true) => format!("{push} brings nothing that stage is set up to show"),
            (true, false) => {
                format!("nobody who wrote what {push} brings is known in the configuration")
            }
        }
    }

    async fn call_message(&self, state: &State, push: PushDate, call: &Call) -> (String, String) {
        let embargoed = self.embargoed().await.ok();
        let facts = Facts {
            settings: &self.settings,
            state,
            rehearsal: self.ledger.identity().rehearsal,
            notes: self.addresses.notes.as_deref(),
            embargoed: embargoed.as_ref(),
        };
        announce::call_words(facts, push, &self.actor.name, call)
    }

    /// What is shown of a call, before and after.
    #[must_use]
    pub fn call_view(&self, plan: &CallPlan, done: bool) -> CallView {
        let one = |who: &PersonName| CalledView {
            who: who.clone(),
            nick: announce::nick(&self.settings, who.as_str()),
            waiting: plan.authors.waiting.get(who).copied().unwrap_or_default(),
        };
        let whom = plan.call.iter().flat_map(|call| call.whom.iter().map(one)).collect();
        let told = plan.call.is_some();
        CallView {
            push: plan.push,
            done,
            change: plan.words.clone(),
            whom,
            subject: told.then(|| plan.message.0.clone()),
            text: told.then(|| plan.message.1.clone()),
            channels: self.channels_told(),
            authors: authors_view(plan.authors.clone()),
        }
    }

    /// The channels that are told of calls, by name.
    fn channels_told(&self) -> Vec<String> {
        let told = |channel: &&crate::outgoing::Named| channel.tells(announce::Kind::Called);
        self.outgoing.channels.iter().filter(told).map(|channel| channel.name.clone()).collect()
    }
}

/// Names, as in a sentence.
fn listed<'a>(names: impl Iterator<Item = &'a PersonName>) -> String {
    names.map(PersonName::as_str).collect::<Vec<_>>().join(", ")
}
