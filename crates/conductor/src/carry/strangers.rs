//! What is shown of a wish, as whoever is not of the train reads it: without what programs and remotes said. It is made for whoever
//! wished it; a server shows it to others, too.

use train::refusal::Refusal;

use super::{Done, Plan, Shown};
use crate::view::{FailureView, StepWord};

impl Plan {
    /// The same as whoever is not of the train reads it.
    #[must_use]
    pub fn for_strangers(self) -> Self {
        Self {
            shown: self.shown.for_strangers(),
            refusal: self.refusal.map(Refusal::for_strangers),
            unknown: self.unknown.map(Refusal::for_strangers),
            ..self
        }
    }
}

impl Done {
    /// The same as whoever is not of the train reads it.
    #[must_use]
    pub fn for_strangers(self) -> Self {
        Self {
            shown: self.shown.for_strangers(),
            refusal: self.refusal.map(Refusal::for_strangers),
            ..self
        }
    }
}

impl Shown {
    /// The same as whoever is not of the train reads it.
    #[must_use]
    pub fn for_strangers(mut self) -> Self {
        match &mut self {
            Self::Cut(view) => {
                view.repos.iter_mut().for_each(|repo| unquote(&mut repo.error));
                view.merges.iter_mut().for_each(|merge| unquote(&mut merge.error));
            }
            Self::Adopt(view) => view.repos.iter_mut().for_each(|repo| unquote(&mut repo.error)),
            Self::Merge(view) => view.repos.iter_mut().for_each(|repo| unquote(&mut repo.error)),
            Self::RunSheet(view) => {
                view.steps.iter_mut().for_each(|step| hush(step.state, &mut step.note));
                view.unreached = view.unreached.as_ref().map(|_| UNREACHED.to_owned());
            }
            Self::Rollback(view) => {
                view.back.iter_mut().for_each(|back| hush(back.state, &mut back.note));
            }
            _ => {}
        }
        self
    }
}

/// That tags may be older ones, without why.
const UNREACHED: &str = "a remote could not be reached; its tags are as they were last seen";

fn unquote(error: &mut Option<FailureView>) {
    *error = error.take().map(FailureView::for_strangers);
}

/// Of a deploy that did not end well the note says how, in its program's words.
fn hush(state: StepWord, note: &mut Option<String>) {
    if state == StepWord::Failed {
        *note = None;
    }
}
