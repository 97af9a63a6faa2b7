//! What is answered about a step that is over, to whoever reads it.

use conductor::Conductor;
use conductor::carry::Done;
use serde::{Deserialize, Serialize};
use train::refusal::Refusal;

use super::Open;
use crate::answer::Answer;

/// What is answered about a step that is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct End {
    pub answer: Answer,
    /// The same as whoever is not of the train reads it, where that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unquoted: Option<Answer>,
    /// Whether nobody knows what of it, and of what was said on the way, quotes: it was kept before that was told apart, and is for
    /// people of the train alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_quote: bool,
}

impl End {
    /// What is answered about a wish that ended so.
    pub fn of(conductor: &Conductor, end: Result<Done, Refusal>) -> Self {
        let answer = Answer::of(conductor, &end);
        let end = end.map(Done::for_strangers).map_err(Refusal::for_strangers);
        let unquoted = Answer::of(conductor, &end);
        let less = unquoted.body != answer.body;
        Self { unquoted: Some(unquoted).filter(|_| less), ..Self::from(answer) }
    }

    /// What of it is answered to whoever may read so much.
    pub fn told(&self, open: Open) -> &Answer {
        match open {
            Open::Whole => &self.answer,
            _ => self.unquoted.as_ref().unwrap_or(&self.answer),
        }
    }
}

impl From<Answer> for End {
    fn from(answer: Answer) -> Self {
        Self { answer, unquoted: None, may_quote: false }
    }
}
