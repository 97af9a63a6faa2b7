//! The board: which push, what state, who is on duty, the line it runs on, what holds it, and the one next step.

use conductor::view::{PushState, SignoffView, StatusView, TaskView};
use train::gate::{Gate, GateState};
use train::id::PersonName;
use train::notes::Phase;
use train::people::Role;
use train::signoff::SignoffState;

use super::line::{Station, asked, is_out, line, to_stage};
use crate::pages::hints::{self, Led};
use crate::pages::scene::Scene;
use crate::pages::words::{self, Mark, When};

/// The board of a push.
pub(crate) struct Board {
    pub train: String,
    pub push: Option<String>,
    pub says: String,
    pub signal: Mark,
    pub signal_says: String,
    pub departs: Option<Departs>,
    pub line: Vec<Station>,
    pub crew: Vec<Duty>,
    pub held_by: String,
    pub holds: Vec<Hold>,
    pub next: Next,
    /// What else may be needed at once, each a form: its command and what its link says.
    pub deeds: Vec<(&'static str, &'static str)>,
    /// What is watched meanwhile: names and addresses.
    pub monitors: Vec<(String, String)>,
}

/// When it leaves.
pub(crate) struct Departs {
    pub day: When,
    pub clock: When,
    pub rest: String,
}

/// Who does what.
pub(crate) struct Duty {
    pub what: &'static str,
    pub who: String,
    pub small: Option<When>,
}

/// Something that holds it.
pub(crate) struct Hold {
    pub mark: Mark,
    pub words: String,
}

/// The one next step.
pub(crate) struct Next {
    pub title: String,
    pub what: String,
    pub command: Option<String>,
    pub button: Option<Button>,
    /// The environment that is to be watched, which the page does by itself.
    pub watches: Option<String>,
    /// Whether it is another's turn.
    pub calm: bool,
}

/// A button that asks for a plan, or leads to the form where a person says the rest.
pub(crate) struct Button {
    pub label: String,
    pub command: &'static str,
    pub fields: Vec<(&'static str, String)>,
    /// Whether the plan can be asked for at once.
    pub whole: bool,
}

impl Button {
    /// Whether a field is said already.
    pub fn says(&self, field: &str) -> bool {
        self.fields.iter().any(|(name, _)| *name == field)
    }
}

impl Board {
    /// How a push stands now, as `reader` sees it.
    pub fn of(status: &StatusView, scene: &Scene, reader: Option<&PersonName>) -> Self {
        let over = matches!(status.state, PushState::Done | PushState::Cancelled);
        // What is over is held by nothing, whatever its gates would say.
        let closed: Vec<&Gate> =
            status.gates.iter().filter(|gate| !over && !gate.is_open()).collect();
        let signal = words::signal(status.state, closed.len());
        let departs = status.push_at.as_ref().map(|at| Departs {
            day: When::day(at),
            clock: When::clock(at),
            rest: words::leaves(at, &scene.now),
        });
        Self {
            train: status.train.clone(),
            push: status.push.map(|push| push.to_string()),
            says: says(status, &closed),
            signal,
            signal_says: format!("Signal: {}, {}", signal.word, held(&closed)),
            departs: departs.filter(|_| !over && !is_out(status)),
            line: line(status, scene),
            crew: crew(status, scene),
            held_by: held(&closed),
            holds: holds(status, &closed, scene),
            next: next(status, reader, scene),
            deeds: if reader.is_some() { deeds(status, over) } else { Vec::new() },
            monitors: Vec::new(),
        }
    }
}

/// What nobody wants to look for when it is needed.
fn deeds(status: &StatusView, over: bool) -> Vec<(&'static str, &'static str)> {
    let cut = status.repos.iter().any(|repo| !repo.tags.is_empty());
    let back = is_out(status).then_some(("rollback", "Bring production back…"));
    let hold = (cut && !over && status.hold.is_none()).then_some(("hold", "Hold it…"));
    back.into_iter().chain(hold).collect()
}

fn says(status: &StatusView, closed: &[&Gate]) -> String {
    let state = words::state(status.state);
    match (&status.hold, status.state) {
        (Some(hold), PushState::Held) => format!("{state} by {}: {}.", hold.by, hold.because),
        (_, PushState::Cut) => {
            let stage = to_stage(status).map(|stage| format!(" {stage}.")).unwrap_or_default();
            format!("{state}.{stage}")
        }
        (_, PushState::Approved) if closed.is_empty() => format!("{state}: it may leave."),
        (_, PushState::Approved) => format!("{state}. {}", words::sentence(&held(closed))),
        _ => format!("{state}."),
    }
}

/// What holds it, counted.
fn held(closed: &[&Gate]) -> String {
    let failing = closed.iter().filter(|gate| gate.state == GateState::Fail).count();
    let waiting = closed.len() - failing;
    let gates = |n: usize, does: &str, do_: &str| match n {
        1 => format!("1 gate {does}"),
        n => format!("{n} gates {do_}"),
    };
    match (failing, waiting) {
        (0, 0) => "nothing holds it".to_owned(),
        (0, waiting) => gates(waiting, "waits", "wait"),
        (failing, 0) => gates(failing, "fails", "fail"),
        (failing, waiting) => {
            format!("{}, {waiting} wait", gates(failing, "fails", "fail"))
        }
    }
}

fn holds(status: &StatusView, closed: &[&Gate], scene: &Scene) -> Vec<Hold> {
    let mut closed = closed.to_vec();
    closed.sort_by_key(|gate| gate.state != GateState::Fail);
    let gates = closed.into_iter().map(|gate| Hold {
        mark: words::gate(gate.state),
        words: match &gate.ask {
            Some(who) => format!("{} Ask {who}.", scene.sentence(&hints::said(&gate.why))),
            None => scene.sentence(&hints::said(&gate.why)),
        },
    });
    let odd = Mark { shape: "odd", word: "odd" };
    let differences = status
        .differences
        .iter()
        .map(|difference| Hold { mark: odd, words: scene.sentence(&difference.warning()) });
    let unsettled = status.unsettled.iter().map(|repo| Hold {
        mark: odd,
        words: format!("{repo}: an earlier run was interrupted; the next command settles it."),
    });
    let remarks = status.notes.iter().map(|note| Hold { mark: odd, words: scene.sentence(note) });
    gates.chain(differences).chain(unsettled).chain(remarks).collect()
}

fn crew(status: &StatusView, scene: &Scene) -> Vec<Duty> {
    let mut crew = Vec::new();
    if let Some(hero) = &status.hero {
        crew.push(Duty { what: "Hero", who: hero.to_string(), small: None });
    }
    crew.extend(qa(status, scene));
    crew.extend(status.claims.iter().map(|claim| Duty {
        what: "Ops",
        who: claim.by.clone(),
        small: Some(scene.near(&claim.at)),
    }));
    if status.claims.is_empty() {
        crew.extend(asked(status, "ops").map(|who| Duty { what: "Ops", who, small: None }));
    }
    if let Some(next) = &status.next_hero {
        crew.push(Duty { what: "Next hero", who: next.to_string(), small: None });
    }
    crew
}

/// Who signs off: whoever did, once the gate passes; until then whom it asks.
fn qa(status: &StatusView, scene: &Scene) -> Option<Duty> {
    let qa = |who, small| Duty { what: "QA", who, small };
    let given = |s: &&SignoffView| s.role == Role::Qa && s.state == SignoffState::Given;
    let passes = status.gates.iter().any(|gate| gate.name == "qa" && gate.is_open());
    let signed = status.signoffs.iter().rev().find(given).filter(|_| passes);
    match signed {
        Some(signed) => Some(qa(signed.by.clone(), Some(scene.near(&signed.at)))),
        None => asked(status, "qa").map(|who| qa(who, None)),
    }
}

fn next(status: &StatusView, reader: Option<&PersonName>, scene: &Scene) -> Next {
    let next = &status.next;
    let mine = match (&next.who, reader) {
        (Some(who), Some(reader)) => who == reader.as_str(),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    let title = match &next.who {
        Some(who) if next.command.is_some() => format!("Next, for {who}"),
        _ => "Next".to_owned(),
    };
    let command = match next.command.as_deref() {
        Some(ready) if ready.starts_with("pushduty ready") => to_settle(status),
        command => command.map(str::to_owned),
    };
    let button = command.as_deref().filter(|_| mine).and_then(button);
    let shown = status.environments.iter().filter(|one| !one.services.is_empty());
    let is_shown = |name: &&str| shown.clone().any(|one| one.name == *name);
    let watches = command.as_deref().filter(|_| mine).and_then(hints::watched).filter(is_shown);
    Next {
        title,
        what: scene.sentence(&next.what),
        command: next.command.clone(),
        watches: watches.map(str::to_owned),
        // Yellow is what the reader can press: what only time brings is calm.
        calm: !mine || button.is_none(),
        button,
    }
}

/// What settles the first thing of the notes that holds the push.
fn to_settle(status: &StatusView) -> Option<String> {
    let blocker = status.blockers.iter().find(|one| one.open && one.holds);
    let due = |one: &&TaskView| {
        !one.done && one.holds && matches!(one.when, Some(Phase::BeforePush | Phase::BeforeStart))
    };
    let task = || status.tasks.iter().find(due).map(|one| format!("pushduty task done {}", one.id));
    blocker.map(|one| format!("pushduty unblock {}", one.id)).or_else(task)
}

/// The button of a command, where a page can do what it does.
fn button(command: &str) -> Option<Button> {
    let Led { command, title, fields, whole } = hints::led(command)?;
    let own = LABELS.iter().find(|(of, _)| *of == command).map(|(_, label)| (*label).to_owned());
    let label = own.unwrap_or_else(|| format!("{title}…"));
    Some(Button { label, command, fields, whole })
}

/// What the button of a step says, where that is more than its form's title.
const LABELS: &[(&str, &str)] = &[
    ("tag", "Review the cut…"),
    ("pick", "Review the picks…"),
    ("approve", "Review the tags…"),
    ("claim", "Claim the push…"),
    ("resume", "Lift the hold…"),
    ("start", "Read the run sheet…"),
    ("promote", "Promote…"),
    ("finish", "Review the hand-over…"),
    ("done", "Settle it…"),
];
