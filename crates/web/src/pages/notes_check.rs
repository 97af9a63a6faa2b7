//! What to look at again in the notes of a push: doubtful lines, asks that can't be picked as they are, blockers that nobody owns.
//! It stops nothing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{AskView, BlockerView, NotesCheckView};
use conductor::{Conductor, ShownNotes};
use train::command::WhichPush;
use train::id::{PushDate, TrainName};
use train::notes::Problem;

use super::{Layout, NoPage, hints, looked, shown, words};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "notes_check.html")]
struct CheckPage {
    layout: Layout,
    train: String,
    push: PushDate,
    /// Whether the reader may answer.
    may: bool,
    says: String,
    doubts: Vec<Doubt>,
    asks: Vec<Stuck>,
    blockers: Vec<Ownerless>,
}

/// A line that is doubtful.
struct Doubt {
    line: usize,
    /// What stands there.
    text: String,
    says: String,
    /// What to write instead.
    instead: Option<String>,
}

/// An ask that can't be picked as it is.
struct Stuck {
    id: Option<String>,
    name: String,
    line: Option<usize>,
    why: String,
    by: String,
    says: String,
}

/// A blocker without an owner.
struct Ownerless {
    id: String,
    text: String,
    /// Who should own it, and why.
    perhaps: Option<String>,
}

impl Doubt {
    fn of(problem: &Problem, lines: &[&str]) -> Self {
        let text = problem.line.checked_sub(1).and_then(|at| lines.get(at));
        Self {
            line: problem.line,
            text: text.map(|line| line.trim().to_owned()).unwrap_or_default(),
            says: words::sentence(&hints::said(&problem.message)),
            instead: problem.suggestion.clone(),
        }
    }
}

impl Stuck {
    fn of(ask: &AskView) -> Self {
        Self {
            id: ask.id.clone(),
            name: ask.name(),
            line: ask.line,
            why: ask.why.clone(),
            by: ask.by.clone(),
            says: words::sentence(&hints::said(&ask.says)),
        }
    }
}

impl Ownerless {
    fn of(blocker: &BlockerView) -> Self {
        let perhaps = blocker.propose.as_ref().map(|propose| {
            words::sentence(&format!("perhaps {}, who {}", propose.owner, propose.because))
        });
        Self { id: blocker.id.clone(), text: blocker.text.clone(), perhaps }
    }
}

/// How much there is to look at.
fn says(view: &NotesCheckView) -> String {
    let (lines, asks, blockers) = (view.problems.len(), view.asks.len(), view.ownerless.len());
    let parts = [
        (lines, words::count(lines, "doubt")),
        (asks, format!("{} that can’t be picked yet", words::count(asks, "ask"))),
        (blockers, format!("{} without an owner", words::count(blockers, "blocker"))),
    ];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words);
    match parts.collect::<Vec<_>>() {
        none if none.is_empty() => "Nothing to look at again.".to_owned(),
        some => format!("{}. Nothing of it stops the push by itself.", some.join(", ")),
    }
}

/// `/trains/{train}/pushes/{push}/notes/check`.
pub(crate) async fn notes_check(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, push)): Path<(TrainName, PushDate)>,
) -> Result<Response, NoPage> {
    let look = async move |conductor: &Conductor| {
        let view = conductor.check_notes(WhichPush::On(push), None).await?;
        let notes = conductor.notes(WhichPush::On(push), ShownNotes::default()).await?;
        Ok((view, notes.text))
    };
    let ((view, text), zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, &format!("Notes of {push}: what to look at again"));
    let lines: Vec<&str> = text.lines().collect();
    Ok(shown(&CheckPage {
        layout: layout.about(&train).in_zone(&zone),
        train: train.to_string(),
        push,
        may: visitor.may_act_on(&house, &train).is_ok(),
        says: says(&view),
        doubts: view.problems.iter().map(|problem| Doubt::of(problem, &lines)).collect(),
        asks: view.asks.iter().map(Stuck::of).collect(),
        blockers: view.ownerless.iter().map(Ownerless::of).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use train::notes::ProblemKind;

    use super::*;

    fn problem(line: usize) -> Problem {
        let message = "“mta” is nobody’s name".to_owned();
        let suggestion = Some("mat".to_owned());
        Problem { line, kind: ProblemKind::UnknownPerson, message, suggestion }
    }

    #[test]
    fn a_doubt_has_its_line_as_it_stands() {
        let lines = ["Hero: mta", "  to pick:"];
        let doubt = Doubt::of(&problem(1), &lines);
        assert_eq!((doubt.line, &*doubt.text), (1, "Hero: mta"));
        assert_eq!(doubt.says, "“mta” is nobody’s name.");
        assert_eq!(Doubt::of(&problem(2), &lines).text, "to pick:");
        // Somebody wrote in between.
        assert_eq!(Doubt::of(&problem(9), &lines).text, "");
        assert_eq!(Doubt::of(&problem(0), &lines).text, "");
    }

    #[test]
    fn it_is_said_how_much_there_is_to_look_at() {
        let view = |problems| NotesCheckView {
            push: "2026.11.26".parse().unwrap(),
            version: Some(1),
            problems,
            asks: Vec::new(),
            ownerless: Vec::new(),
        };
        assert_eq!(says(&view(Vec::new())), "Nothing to look at again.");
        assert!(says(&view(vec![problem(1), problem(2)])).starts_with("2 doubts. "));
    }
}
