//! The board: which push, what state, who is on duty, the line it runs on, what holds it, and the one next step.

use conductor::view::{Moment, PushState, StatusView};
use train::gate::{Gate, GateState};
use train::id::PersonName;

use crate::pages::hints::{self, Led};
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
}

/// When it leaves.
pub(crate) struct Departs {
    pub day: When,
    pub clock: When,
    pub rest: String,
}

/// A station of the line.
pub(crate) struct Station {
    pub name: &'static str,
    /// `past`, `now` or `ahead`.
    pub place: &'static str,
    pub mark: &'static str,
    pub time: Option<When>,
    pub note: String,
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
    pub fn of(status: &StatusView, now: &Moment, reader: Option<&PersonName>) -> Self {
        let over = matches!(status.state, PushState::Done | PushState::Cancelled);
        // What is over is held by nothing, whatever its gates would say.
        let closed: Vec<&Gate> =
            status.gates.iter().filter(|gate| !over && !gate.is_open()).collect();
        let signal = words::signal(status.state, closed.len());
        let departs = status.push_at.as_ref().map(|at| Departs {
            day: When::day(at),
            clock: When::clock(at),
            rest: words::leaves(at, now),
        });
        Self {
            train: status.train.clone(),
            push: status.push.map(|push| push.to_string()),
            says: says(status),
            signal,
            signal_says: format!("Signal: {}, {}", signal.word, held(&closed)),
            departs: departs.filter(|_| !over),
            line: line(status),
            crew: crew(status),
            held_by: held(&closed),
            holds: holds(status, &closed),
            next: next(status, reader),
        }
    }
}

fn says(status: &StatusView) -> String {
    let state = words::state(status.state);
    match (&status.hold, status.state) {
        (Some(hold), PushState::Held) => format!("{state} by {}: {}.", hold.by, hold.because),
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

fn holds(status: &StatusView, closed: &[&Gate]) -> Vec<Hold> {
    let mut closed = closed.to_vec();
    closed.sort_by_key(|gate| gate.state != GateState::Fail);
    let gates = closed.into_iter().map(|gate| Hold {
        mark: words::gate(gate.state),
        words: match &gate.ask {
            Some(who) => format!("{} Ask {who}.", words::sentence(&gate.why)),
            None => words::sentence(&gate.why),
        },
    });
    let odd = Mark { shape: "odd", word: "odd" };
    let differences = status
        .differences
        .iter()
        .map(|difference| Hold { mark: odd, words: words::sentence(&difference.warning()) });
    let unsettled = status.unsettled.iter().map(|repo| Hold {
        mark: odd,
        words: format!("{repo}: an earlier run was interrupted; the next command settles it."),
    });
    let remarks = status.notes.iter().map(|note| Hold { mark: odd, words: words::sentence(note) });
    gates.chain(differences).chain(unsettled).chain(remarks).collect()
}

/// The stations that a push calls at, and where it is.
fn line(status: &StatusView) -> Vec<Station> {
    let passes = |name: &str| status.gates.iter().any(|g| g.name == name && g.is_open());
    let cut = status.repos.iter().any(|repo| !repo.tags.is_empty());
    let left = matches!(status.state, PushState::Pushing | PushState::Watching | PushState::Done);
    let staged = left || (cut && passes("staged"));
    let reached = [
        cut || left,
        staged,
        left || (staged && passes("qa")),
        matches!(status.state, PushState::Watching | PushState::Done),
        status.state == PushState::Done,
        status.state == PushState::Done,
    ];
    let here = reached.iter().position(|reached| !reached).unwrap_or(reached.len());
    let times = [&status.cut_at, &None, &None, &status.push_at, &None, &None];
    let notes = notes(status, cut);
    let names = ["Cut", "Staged", "Approved", "Pushing", "Watching", "Done"];
    let station = |(at, ((name, time), note)): (usize, ((&'static str, &Option<_>), String))| {
        let (place, mark) = match at.cmp(&here) {
            std::cmp::Ordering::Less => ("past", "pass"),
            std::cmp::Ordering::Equal => ("now", here_mark(status.state)),
            std::cmp::Ordering::Greater if at + 1 == names.len() => ("ahead", "end"),
            std::cmp::Ordering::Greater => ("ahead", "stop"),
        };
        Station { name, place, mark, time: time.as_ref().map(When::of), note }
    };
    names.into_iter().zip(times).zip(notes).enumerate().map(station).collect()
}

fn here_mark(state: PushState) -> &'static str {
    match state {
        PushState::Held => "fail",
        PushState::RolledBack | PushState::Cancelled => "end",
        _ => "here",
    }
}

/// What stands under each station.
fn notes(status: &StatusView, cut: bool) -> [String; 6] {
    let tagged = status.repos.iter().filter(|repo| !repo.tags.is_empty()).count();
    let why = |name: &str| {
        let gate = status.gates.iter().find(|gate| gate.name == name && !gate.is_open());
        gate.and_then(|gate| gate.ask.clone()).unwrap_or_default()
    };
    let ops = status.claims.first().map(|claim| claim.by.clone()).unwrap_or_default();
    [
        if cut { words::count(tagged, "tag") } else { String::new() },
        why("staged"),
        why("qa"),
        ops,
        status.hero.as_ref().map(ToString::to_string).unwrap_or_default(),
        String::new(),
    ]
}

fn crew(status: &StatusView) -> Vec<Duty> {
    let mut crew = Vec::new();
    if let Some(hero) = &status.hero {
        crew.push(Duty { what: "Hero", who: hero.to_string(), small: None });
    }
    let signed = status.signoffs.iter().find(|s| s.role == train::people::Role::Qa);
    if let Some(signed) = signed {
        crew.push(Duty { what: "QA", who: signed.by.clone(), small: Some(When::of(&signed.at)) });
    }
    crew.extend(status.claims.iter().map(|claim| Duty {
        what: "Ops",
        who: claim.by.clone(),
        small: Some(When::of(&claim.at)),
    }));
    if let Some(next) = &status.next_hero {
        crew.push(Duty { what: "Next hero", who: next.to_string(), small: None });
    }
    crew
}

fn next(status: &StatusView, reader: Option<&PersonName>) -> Next {
    let next = &status.next;
    let mine = match (&next.who, reader) {
        (Some(who), Some(reader)) => who == reader.as_str(),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    let title = match &next.who {
        Some(who) => format!("Next, for {who}"),
        None => "Next".to_owned(),
    };
    let button = next.command.as_deref().filter(|_| mine).and_then(button);
    Next {
        title,
        what: words::sentence(&next.what),
        command: next.command.clone(),
        button,
        calm: !mine,
    }
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
