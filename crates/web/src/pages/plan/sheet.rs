//! The run sheet: what leaves, in which order, past which gates, and where production goes back to if it goes wrong.

use conductor::view::{RunSheetView, StepView, StepWord};

use super::laid::{
    BackRow, FAIL, Ladder, Laid, Look, Monitor, ODD, Rung, commits, how_far, listed, migration,
};
use crate::pages::lines::is_web;
use crate::pages::push::gate;
use crate::pages::words::Mark;

/// Laid out.
pub(super) fn laid(view: &RunSheetView, names: &[String]) -> Laid {
    let hero = view.hero.iter().map(|hero| ("Hero", hero.to_string()));
    let by_hand = view.components.iter().map(|part| part.name.clone()).collect();
    let lists = [("By hand: no repository here", by_hand), ("To know", view.remarks.clone())];
    Laid {
        says: says(view),
        crew: hero.chain(view.claims.iter().map(|claim| ("Ops", claim.by.clone()))).collect(),
        looks: looks(view),
        name: "Production",
        ladders: view.steps.iter().enumerate().map(ladder).collect(),
        gates: view.gates.iter().map(|one| gate(one, names)).collect(),
        back: view.steps.iter().map(back).collect(),
        lists: lists.into_iter().filter(|(_, lines)| !lines.is_empty()).collect(),
        monitors: view.monitors.iter().map(Monitor::from).collect(),
        ..Laid::default()
    }
}

fn says(view: &RunSheetView) -> String {
    let attempt = match view.attempt {
        ..=1 => String::new(),
        n => format!(", attempt {n},"),
    };
    let closed = view.gates.iter().filter(|gate| !gate.is_open()).count();
    match (view.ready, closed) {
        (true, _) => format!("{}{attempt} may leave.", view.push),
        (false, 0) => format!("{}{attempt} may not leave yet.", view.push),
        (false, 1) => format!("{}{attempt} may not leave yet: 1 gate is closed.", view.push),
        (false, n) => format!("{}{attempt} may not leave yet: {n} gates are closed.", view.push),
    }
}

fn ladder((at, step): (usize, &StepView)) -> Ladder {
    let (mark, word) = how_far(step.state);
    let after = step.after.as_ref().map(|after| format!("after {after}")).unwrap_or_default();
    let to = Rung {
        tag: step.to.clone(),
        mark,
        planned: step.state == StepWord::Planned,
        says: listed([word.to_owned(), commits(step.commit_count), after]),
        picks: Vec::new(),
    };
    Ladder {
        name: format!("{}. {}", at + 1, step.repo),
        from: step.from.clone().map(|from| (from, "what production runs".to_owned())),
        to: Some(to),
        command: step.command.as_ref().map(|words| words.join(" ")),
        ..Ladder::default()
    }
}

fn looks(view: &RunSheetView) -> Vec<Look> {
    let unreached = view.unreached.iter().map(|why| Look::of(ODD, why));
    let of_step = |step: &StepView| {
        let repo = step.repo.clone();
        let note = step.note.iter().map(|note| Look::of(FAIL, &format!("{repo}: {note}")));
        let migrations = step.migrations.iter().map(|path| migration(&repo, path));
        note.chain(migrations).collect::<Vec<_>>()
    };
    unreached.chain(view.steps.iter().flat_map(of_step)).collect()
}

fn back(step: &StepView) -> BackRow {
    let (to, mark) = match (&step.from, step.migrations.len()) {
        (None, _) => ("–", Mark { shape: "odd", word: "production runs nothing yet" }),
        (Some(from), 0) => (from.as_str(), Mark { shape: "pass", word: "no migration in between" }),
        (Some(from), _) => {
            (from.as_str(), Mark { shape: "fail", word: "not safe: a migration in between" })
        }
    };
    BackRow { repo: step.repo.to_string(), to: to.to_owned(), mark }
}

impl From<&conductor::view::MonitorView> for Monitor {
    fn from(view: &conductor::view::MonitorView) -> Self {
        Self { name: view.name.clone(), url: view.url.clone(), link: is_web(&view.url) }
    }
}
