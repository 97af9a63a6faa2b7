//! What waits for somebody: each thing that needs this person, with the wishes that answer it.
//!
//! Who has to do what is said by the gates and by the next step of a push; this file and those below turn that round, for one
//! person. Only what was decided and last seen is asked, so that it can be asked at any time.

mod authors;
mod notes;
mod people;
mod push;
mod twins;

use jiff::Timestamp;

use crate::command::{Command, NotesWish, WhichPush, Writing};
use crate::confirm::Called;
use crate::gate::Gate;
use crate::id::{PersonName, PushDate, RepoName};
use crate::key::{Key, Kind};
use crate::notes::Phase;
use crate::people::{Actor, Role};
use crate::pushday::PushDay;
use crate::reason::{Reason, unsaid};
use crate::refusal::Refusal;
use crate::roles::GivenRoles;
use crate::settings::Settings;
use crate::state::State;

pub use authors::{OfferFacts, SeeFacts};
pub use notes::{AskFacts, ItemFacts, ask_key};
pub use twins::{BranchFacts, TwinFacts};

/// What is known, at a moment.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Who asks, with the roles that they hold now.
    pub actor: &'a Actor,
    /// What was configured.
    pub settings: &'a Settings,
    /// What was decided.
    pub state: &'a State,
    /// Now.
    pub now: Timestamp,
    /// The pushes that something is to be done for, in the order in which they leave.
    pub pushes: Vec<PushFacts<'a>>,
    /// The private twins as last seen; none for whoever lacks the security role (P9).
    pub twins: Vec<TwinFacts>,
    /// Pushes that others offer to whoever asks.
    pub offers: Vec<OfferFacts>,
    /// Changes of theirs that stage shows and that they have not confirmed.
    pub to_see: Vec<SeeFacts>,
    /// Calls to them, with the push, oldest first.
    pub calls: Vec<(PushDate, Called)>,
    /// Why only an admin can go on, by repository: another ledger runs the train, or ours lacks entries.
    pub other_ledgers: Vec<(RepoName, String)>,
}

/// How far a push is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not every repository has its tag; whether one has.
    Uncut {
        /// Whether its cut was begun.
        begun: bool,
    },
    /// Tagged, and not on its way.
    Cut,
    /// On its way to production.
    Pushing,
    /// In production.
    Watching,
    /// Taken back from production.
    RolledBack,
    /// Done or cancelled.
    Over,
}

/// One push's.
#[derive(Debug, Clone)]
pub struct PushFacts<'a> {
    /// Its name.
    pub push: PushDate,
    /// How far it is.
    pub stage: Stage,
    /// Who is on duty.
    pub hero: Option<&'a PersonName>,
    /// When it is cut.
    pub cut_at: Option<Timestamp>,
    /// When it leaves.
    pub push_at: Option<Timestamp>,
    /// What people decided about it.
    pub day: &'a PushDay,
    /// The digest of its newest tags.
    pub tagset: Option<&'a str>,
    /// Whether somebody with the security role answers for all of them.
    pub answered: bool,
    /// Its gates, as the person may know them.
    pub gates: &'a [Gate],
    /// Picks that somebody wants.
    pub asks: Vec<AskFacts>,
    /// Blockers that are open.
    pub blockers: Vec<ItemFacts>,
    /// Tasks that are open.
    pub tasks: Vec<ItemFacts>,
    /// Its next step.
    pub next: NextStep<'a>,
}

/// The next step of a push.
#[derive(Debug, Clone, Copy)]
pub struct NextStep<'a> {
    /// Whose.
    pub who: Option<&'a str>,
    /// What, in a sentence without its full stop.
    pub what: &'a str,
    /// The command.
    pub command: Option<&'a str>,
    /// Whether it is about something that went wrong since the push has started.
    pub alarm: bool,
}

/// Something that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its name.
    pub key: Key,
    /// Its kind.
    pub kind: Kind,
    /// The push it is of; none where it is of the train.
    pub push: Option<PushDate>,
    /// The repository it is of, where that is one.
    pub repo: Option<RepoName>,
    /// What waits, in a sentence without its full stop.
    pub says: String,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Until when it should be done.
    pub due: Option<Timestamp>,
    /// Until when the person put it off.
    pub later: Option<Timestamp>,
    /// Who else put it off, and until when.
    pub others: Vec<(String, Timestamp)>,
    /// What can be answered: the last is always to be asked again later.
    pub answers: Vec<Answer>,
}

/// An answer to a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it says to it.
    pub word: Word,
    /// The deed, in a word or two.
    pub label: &'static str,
    /// The wish; none where it takes what only a terminal has.
    pub wish: Option<Command>,
    /// Whether the wish lacks a reason, which whoever answers gives.
    pub needs_reason: bool,
    /// The same as a command line, as far as it can be said beforehand.
    pub command: String,
}

/// What an answer says; a closed list.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Yes: what is asked for is done.
    Accept,
    /// No, for a reason.
    Decline,
    /// Not now.
    Later,
}

/// All that waits for whoever asks: what is due first comes first; what they put off is among it.
#[must_use]
pub fn of(facts: &Facts<'_>) -> Vec<Thing> {
    let mut things = twins::of(facts);
    things.extend(ledgers(facts));
    things.extend(authors::of(facts));
    for push in &facts.pushes {
        things.extend(of_push(facts, push));
    }
    for thing in &mut things {
        let put_off = &facts.state.put_off;
        thing.later = put_off.until(&facts.actor.name, &thing.key, facts.now);
        let others = put_off.by(&thing.key, facts.now);
        let others = others.filter(|(who, _)| *who != facts.actor.name);
        thing.others = others.map(|(who, until)| (who.to_owned(), until)).collect();
        thing.answers.push(later(&thing.key));
    }
    let order = |thing: &Thing| {
        (thing.due.unwrap_or(Timestamp::MAX), thing.kind, thing.since, thing.key.clone())
    };
    things.sort_by_key(order);
    things
}

fn of_push(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    let mut things = Vec::new();
    things.extend(push::cut(facts, push));
    things.extend(push::started(facts, push));
    things.extend(push::promoted(facts, push));
    things.extend(people::holds(facts, push));
    things.extend(people::signed_off(facts, push));
    things.extend(people::claimed(facts, push));
    things.extend(people::answered_for(facts, push));
    things.extend(push::gates(facts, push));
    things.extend(notes::asks(facts, push));
    things.extend(notes::blockers(facts, push));
    things.extend(notes::tasks(facts, push));
    things.extend(push::step(facts, push, &things));
    things
}

/// What only an admin does: taking over from another ledger, or going on from what the remotes show.
fn ledgers(facts: &Facts<'_>) -> Vec<Thing> {
    let admin = facts.actor.roles.contains(&Role::Admin);
    let things = facts.other_ledgers.iter().filter(|_| admin).map(|(repo, why)| {
        let wish = Command::Adopt { because: None };
        let about = format!("{repo}.{}", short(why));
        Thing::new(Kind::Adopt, None, &about, format!("{repo}: {why}"))
            .of_repo(repo)
            .answered(Answer::needing("Take it over…", wish, "pushduty adopt --because TEXT"))
    });
    things.collect()
}

/// The thing that somebody means by a key, or by what it is about.
#[must_use]
pub fn meant<'t>(things: &'t [Thing], said: &str) -> Option<&'t Thing> {
    let whole = things.iter().find(|thing| thing.key.as_str() == said);
    let mut all = things.iter().filter(|thing| thing.key.is_meant(said));
    whole.or_else(|| match (all.next(), all.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    })
}

/// A wish as an answer has it, with the reason that it lacked.
///
/// # Errors
/// Where it lacks one, and none is given.
pub fn with_reason(mut wish: Command, reason: Option<Reason>) -> Result<Command, Refusal> {
    let (because, needed) = match &mut wish {
        Command::Adopt { because }
        | Command::Notes(NotesWish { writing: Writing::Decline { because, .. }, .. }) => {
            (because, true)
        }
        Command::DeclineOffer { because, .. } => (because, false),
        _ => return Ok(wish),
    };
    *because = reason.or_else(|| because.take());
    let lacks = needed && because.is_none();
    if lacks { Err(unsaid()) } else { Ok(wish) }
}

/// Four digits that are others where something is another.
fn short(of: &impl serde::Serialize) -> String {
    crate::digest::of(of)[..4].to_owned()
}

fn later(key: &Key) -> Answer {
    Answer {
        word: Word::Later,
        label: "Later",
        wish: Some(Command::Later { key: key.clone(), until: None }),
        needs_reason: false,
        command: format!("pushduty later {key}"),
    }
}

impl Thing {
    fn new(kind: Kind, push: Option<&PushFacts<'_>>, about: &str, says: String) -> Self {
        let name = push.map(|push| push.push);
        Self {
            key: Key::new(kind, name, about),
            kind,
            push: name,
            repo: None,
            says,
            since: None,
            due: push.and_then(|push| push.push_at),
            later: None,
            others: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Of a push of which nothing else is known.
    fn of_push_named(kind: Kind, push: PushDate, about: &str, says: String) -> Self {
        let (key, push) = (Key::new(kind, Some(push), about), Some(push));
        Self { key, push, ..Self::new(kind, None, about, says) }
    }

    fn since(self, since: Option<Timestamp>) -> Self {
        Self { since, ..self }
    }

    fn due(self, due: Option<Timestamp>) -> Self {
        Self { due, ..self }
    }

    fn of_repo(self, repo: &RepoName) -> Self {
        Self { repo: Some(repo.clone()), ..self }
    }

    fn answered(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }
}

impl Answer {
    fn yes(label: &'static str, wish: Command, command: impl Into<String>) -> Self {
        let (word, command) = (Word::Accept, command.into());
        Self { word, label, wish: Some(wish), needs_reason: false, command }
    }

    fn needing(label: &'static str, wish: Command, command: impl Into<String>) -> Self {
        Self { needs_reason: true, ..Self::yes(label, wish, command) }
    }

    fn no(label: &'static str, wish: Command, command: impl Into<String>) -> Self {
        Self { word: Word::Decline, ..Self::needing(label, wish, command) }
    }

    /// One that takes a terminal.
    fn typed(label: &'static str, command: impl Into<String>) -> Self {
        let (word, command) = (Word::Accept, command.into());
        Self { word, label, wish: None, needs_reason: false, command }
    }
}

impl Facts<'_> {
    fn me(&self) -> &str {
        &self.actor.name
    }

    fn holds(&self, role: Role) -> bool {
        self.actor.roles.contains(&role)
    }

    fn given(&self) -> &GivenRoles {
        &self.state.given
    }

    /// Whether a name as people write it means whoever asks.
    fn is_me(&self, name: &str) -> bool {
        let person = self.settings.people.values().find(|p| p.name.as_str() == self.me());
        name == self.me() || person.is_some_and(|person| person.goes_by(name))
    }

    /// Whether whoever asks serves a push; where nobody is on duty, whoever holds the role.
    fn serves(&self, push: &PushFacts<'_>) -> bool {
        match push.hero {
            Some(hero) => hero.as_str() == self.me(),
            None => self.holds(Role::Hero),
        }
    }
}

impl PushFacts<'_> {
    fn gate(&self, name: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.name == name)
    }

    fn is_open(&self, name: &str) -> bool {
        self.gate(name).is_none_or(Gate::is_open)
    }

    fn write(&self, writing: Writing) -> Command {
        Command::Notes(NotesWish { push: WhichPush::On(self.push), writing })
    }

    /// A command line that says which push it means.
    fn line(&self, command: &str) -> String {
        format!("{command} --push {}", self.push)
    }

    /// When a task of a phase is due: by the departure, or after it.
    fn due(&self, phase: Option<Phase>) -> Option<Timestamp> {
        self.push_at.filter(|_| phase != Some(Phase::AfterDone))
    }
}
