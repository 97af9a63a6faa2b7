//! `[[freeze]]`: times in which nothing departs.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::value::Datetime;

use super::at::At;
use super::problem::Problems;

/// A time in which nothing departs; a hot-fix by someone with the ops role passes and is recorded.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// When it begins, a date or a time in the train's zone; a date means its first instant.
    #[schemars(with = "String")]
    pub from: At<Datetime>,
    /// When it is over, a date or a time in the train's zone; a date means the end of that day.
    #[schemars(with = "String")]
    pub to: At<Datetime>,
    /// Why; shown wherever the freeze holds something.
    #[serde(default = "frozen")]
    pub because: String,
}

fn frozen() -> String {
    "freeze".to_owned()
}

impl Freeze {
    /// With both ends as instants of the wall clock.
    pub fn check(&self, problems: &mut Problems) -> Option<train::calendar::Freeze> {
        let help =
            "write from before to, each as 2026-12-20 or 2026-12-20T09:00 in the train's zone";
        for end in [&self.from, &self.to] {
            if end.value.offset.is_some() || end.value.date.is_none() {
                let what = format!("{} is no date or time of the train's zone", end.value);
                problems.at(&end.span, what, help);
                return None;
            }
        }
        let read = train::calendar::Freeze::read(
            &self.from.value.to_string(),
            &self.to.value.to_string(),
            &self.because,
        );
        problems.take(&self.to.span, read, help)
    }
}
