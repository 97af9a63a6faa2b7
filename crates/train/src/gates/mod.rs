//! Gates: the conditions for starting production, each with how it stands, a sentence, and whom to ask (P8).
//!
//! They are computed from facts whenever somebody asks, and never stored. What is not set up passes and says so. One small
//! function for each.

mod built;
mod items;
mod own;
mod people;
mod tags;
mod window;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answered_for;
use crate::calendar::Departure;
use crate::facts::Picked;
use crate::id::{Oid, PersonName, PushDate, RepoName};
use crate::people::Role;
use crate::pushday::PushDay;
use crate::roles::GivenRoles;
use crate::settings::Settings;
use crate::signoff::NewestTag;
use crate::versions::ServiceState;

pub use crate::gate::{Gate, GateState, SECURITY};
pub use built::Built;

/// What gates are judged by: a push at a moment.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// What was configured.
    pub settings: &'a Settings,
    /// The roles that admins gave.
    pub given: &'a GivenRoles,
    /// The push.
    pub push: PushDate,
    /// Now.
    pub now: Timestamp,
    /// Who is on duty.
    pub hero: Option<&'a PersonName>,
    /// When it leaves, and whether it runs.
    pub departure: Option<&'a Departure>,
    /// Rules that were overridden for it, with the reasons.
    pub overrides: &'a [(String, String)],
    /// What people decided about it.
    pub day: &'a PushDay,
    /// The digest of its newest tags: what gates are let go for.
    pub tagset: Option<&'a str>,
    /// Only these repositories are to leave; all of them if empty.
    pub only: &'a BTreeSet<RepoName>,
    /// Its repositories, in the order of the run sheet.
    pub repos: Vec<RepoFacts>,
    /// The services of stage; none where no stage is set up.
    pub stage: Option<Vec<OnStage>>,
    /// Whether a dev environment is set up.
    pub has_dev: bool,
    /// How the private twins stand.
    pub security: Security,
    /// What people say keeps the push from leaving, and is not settled.
    pub blockers: Vec<OpenItem>,
    /// Of each blocker that the newest tags settle, how: `b3: its fix, #12, is in 2026.11.26-1 of server`.
    pub fixed: Vec<String>,
    /// What is to be done before it leaves, and is not.
    pub tasks: Vec<OpenItem>,
    /// Whether what is built from a repository's newest tag is there; one that was not asked is left out.
    pub built: Vec<(RepoName, Told)>,
    /// What the team's own programs said about these tags, by gate; one that was not asked is left out.
    pub told: Vec<(String, Told)>,
}

/// One repository's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoFacts {
    /// Its name.
    pub name: RepoName,
    /// Its newest tag of the push.
    pub newest: Option<NewestTag>,
    /// Whether it stays on its production tag.
    pub stays: bool,
    /// Picks and reverts of production that the newest tag lacks (P6); none where that could not be found out.
    pub uncarried: Option<Vec<Picked>>,
    /// Picks of the newest tag that no service of dev was ever seen with.
    pub unseen: Vec<Oid>,
    /// Whether its newest tag left for production already.
    pub has_left: bool,
    /// Whether nothing is left to be done for it: it left before, and the push is open again for others, or another push took
    /// its place since.
    pub settled: bool,
    /// What somebody else did to the tags that it rests on.
    pub moved: MovedTags,
}

/// What somebody else did to the tags that a push rests on, each in a sentence without its full stop (P2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovedTags {
    /// To its newest tag, or to a newer one that is gone.
    pub leaving: Option<String>,
    /// To the tag that it is compared with, or that production runs.
    pub before: Option<String>,
}

/// A service of stage beside the tag it should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnStage {
    /// The service.
    pub service: String,
    /// The repository it is built from.
    pub repo: RepoName,
    /// How it stands.
    pub state: ServiceState,
    /// What it shows, for people.
    pub shows: String,
}

/// How the private twins stand, as the reader may know it (P9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// There are none.
    NotSetUp,
    /// The reader lacks the role: the same whatever there is.
    Hidden {
        /// Whom to ask.
        ask: Option<PersonName>,
    },
    /// They were not asked.
    NotAsked,
    /// They were asked.
    Seen {
        /// Each that is not well, in a sentence: unreachable, diverged, or with reviewed branches left out.
        unwell: Vec<String>,
        /// Each whose main lags behind upstream's.
        late: Vec<RepoName>,
    },
}

/// Something open in the notes: a blocker, or a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    /// Its short name: `b3`, `t7`.
    pub id: String,
    /// In the writer's words.
    pub text: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// What somebody has to confirm of it: `removed by kumar, confirm`.
    pub unconfirmed: Option<String>,
}

/// What a team's own program said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Told {
    /// How it ended; none where it was killed or never started.
    pub exit: Option<i32>,
    /// Its last line, or why it gave none.
    pub sentence: String,
}

/// Every gate of a push, in the order in which they open.
#[must_use]
pub fn report(facts: &Facts<'_>) -> Vec<Gate> {
    let mut gates = vec![
        tags::cut(facts),
        tags::carried(facts),
        built::gate(facts),
        tags::staged(facts),
        tags::dev(facts),
        items::blockers(facts),
        items::tasks(facts),
        people::signed(facts, Role::Qa),
    ];
    if facts.settings.signoffs(Role::Developer).is_some() {
        gates.push(people::signed(facts, Role::Developer));
    }
    gates.extend([
        people::ops(facts),
        people::security(facts),
        window::window(facts),
        tags::dependencies(facts),
    ]);
    gates.extend(own::gates(facts));
    for gate in gates.iter_mut().filter(|gate| gate.state != GateState::Pass) {
        gate.overridden = let_go(facts, gate);
    }
    gates
}

/// Who let a gate go for these tags and this part of them, and for all that closes it now, and why; of the one that only the
/// security role sees, not why. What that role alone sees is judged by whoever sees it.
fn let_go(facts: &Facts<'_>, gate: &Gate) -> Option<String> {
    let sees = gate.name != SECURITY || matches!(facts.security, Security::Seen { .. });
    let mut given = facts.tagset.into_iter().flat_map(|tagset| facts.day.let_go(tagset));
    let given = given.find(|given| {
        given.gate == gate.name
            && given.covers(facts.only)
            && (!sees || given.is_of(&gate.closed_by))
    })?;
    let hidden = gate.name == SECURITY && matches!(facts.security, Security::Hidden { .. });
    Some(if hidden { given.by.clone() } else { format!("{}: {}", given.by, given.because) })
}

/// The gates as the record keeps them, for everybody to read: the one of security says nothing of what only that role
/// sees (P9).
#[must_use]
pub fn for_the_record(gates: &[Gate], by: &str) -> Vec<Gate> {
    let one = |gate: &Gate| match gate.name == SECURITY && gate.is_set_up() {
        true => Gate {
            overridden: gate.overridden.as_ref().map(|_| by.to_owned()),
            ..Gate::pass(SECURITY, format!("{by} answers for it"))
        },
        false => gate.clone(),
    };
    gates.iter().map(one).collect()
}

/// Whether somebody answers for the private twins.
#[must_use]
pub fn is_answered_for(facts: &Facts<'_>) -> bool {
    answered_for::by(&facts.day.signoffs, facts.leaving(), facts.settings).is_some()
}

/// Whether production may be started: every gate passes, or somebody let it go for these very tags.
#[must_use]
pub fn ready(gates: &[Gate]) -> bool {
    gates.iter().all(Gate::is_open)
}

/// Whether people signed off all that the train wants signed off; not where it wants nothing.
#[must_use]
pub fn signed_off(settings: &Settings, gates: &[Gate]) -> bool {
    let mut wanted = [Role::Qa, Role::Developer]
        .into_iter()
        .filter(|role| settings.signoffs(*role).is_some())
        .peekable();
    let passes = |role: Role| {
        gates.iter().any(|gate| gate.name == role.word() && gate.state == GateState::Pass)
    };
    wanted.peek().is_some() && wanted.all(passes)
}

impl Facts<'_> {
    /// The repositories that are judged: all for which something is left to be done, or the part of them that is to leave.
    fn judged(&self) -> impl Iterator<Item = &RepoFacts> {
        let part = |name: &RepoName| self.only.is_empty() || self.only.contains(name);
        self.repos.iter().filter(move |repo| !repo.settled && part(&repo.name))
    }

    /// The newest tags of those that do not stay.
    fn leaving(&self) -> impl Iterator<Item = &NewestTag> {
        self.judged().filter(|repo| !repo.stays).filter_map(|repo| repo.newest.as_ref())
    }

    /// The first person who holds a role, and is none of `but`.
    fn somebody(&self, role: Role, but: impl Fn(&str) -> bool) -> Option<String> {
        self.everybody(role, but).into_iter().next()
    }

    /// Everybody who holds a role, and is none of `but`.
    fn everybody(&self, role: Role, but: impl Fn(&str) -> bool) -> Vec<String> {
        let people = self.settings.people.values();
        people
            .filter(|person| self.given.holds(person, role) && !but(person.name.as_str()))
            .map(|person| person.name.to_string())
            .collect()
    }

    fn hero_name(&self) -> Option<String> {
        self.hero.map(ToString::to_string)
    }
}

/// `web`, `web and api`, `web, api and two others`: a few names in a sentence.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, third] => format!("{one}, {other} and {third}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} others", rest.len()),
    }
}
