//! The plan of `rollback`: what goes back, where to, and what makes it unsafe.

use conductor::view::{BackView, RollbackView, StepWord};

use super::laid::{FAIL, Ladder, Laid, Look, ODD, Rung, how_far};

/// Laid out.
pub(super) fn laid(view: &RollbackView) -> Laid {
    Laid {
        says: format!("{}: production goes back.", view.push),
        looks: view.back.iter().flat_map(looks).collect(),
        name: "Back",
        ladders: view.back.iter().map(ladder).collect(),
        ..Laid::default()
    }
}

fn ladder(back: &BackView) -> Ladder {
    let (mark, word) = how_far(back.state);
    let to = Rung {
        tag: back.to.clone().unwrap_or_else(|| "nothing".to_owned()),
        mark,
        planned: back.state == StepWord::Planned,
        says: match back.to {
            Some(_) => word.to_owned(),
            None => "production ran nothing before".to_owned(),
        },
        picks: Vec::new(),
    };
    Ladder {
        name: back.repo.to_string(),
        from: Some((back.tag.clone(), "what is taken back".to_owned())),
        to: Some(to),
        ..Ladder::default()
    }
}

fn looks(back: &BackView) -> Vec<Look> {
    let migration = |path: &String| {
        let words = format!("{}: not safe, a migration is in between: {path}", back.repo);
        Look { mark: FAIL, words }
    };
    let note = back.note.iter().map(|note| Look::of(ODD, &format!("{}: {note}", back.repo)));
    back.migrations.iter().map(migration).chain(note).collect()
}
