//! What can be asked of each view, as it stands behind an address: for whoever answers, and for whoever asks.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use train::command::WhichPush;
use train::id::{PushDate, RepoName};

/// A push.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfPush {
    /// The push, by its date; the one that matters now by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
}

/// What is compared.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Compared {
    /// Only this repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
    /// Two revisions of it: `BASE..HEAD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// The push; the one that is cut, or the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// How many commits are listed of a repository: 500 by default, 10000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A commit.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Located {
    /// The commit by its hash, an abbreviation, a tag or a branch; or a pull request as `#12`.
    #[schemars(example = &"main")]
    pub commit: String,
    /// Its repository, where it is not clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
}

/// Past pushes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Past {
    /// All that is known of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// Only pushes that say this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// From this day on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub from: Option<Date>,
    /// Until this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub to: Option<Date>,
}

/// Past pushes that are counted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Counted {
    /// This one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// From this day on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub from: Option<Date>,
    /// Until this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub to: Option<Date>,
}

/// Days of the calendar.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Days {
    /// From this day on; today by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub from: Option<Date>,
    /// Until this day; ten weeks from today by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<train::form::Day>")]
    pub to: Option<Date>,
}

/// An environment, and how long its services are waited for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// The environment, by its name.
    #[schemars(example = &"stage")]
    pub environment: String,
    /// The push whose tags it is to show; the one that matters now by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// How many seconds its services are waited for; as long as each may take by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Whether one that is slower stays as it was last seen, instead of that it gave no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub else_kept: Option<bool>,
}

/// Entries of the ledger.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Logged {
    /// Only this push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// The newest so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<usize>,
}

/// Which push's notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Those of the push that matters now.
    #[default]
    Shown,
    /// Those of the push that is cut.
    Cut,
    /// Those of the next push that is not.
    Uncut,
}

/// A page of notes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    /// The push, by its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// Which push, where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub which: Option<Whose>,
    /// As it was at this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Who wrote each line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<bool>,
    /// Every writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<bool>,
}

/// Asks of a push.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AskedFor {
    /// The push, by its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushDate>,
    /// Which push, where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub which: Option<Whose>,
}

/// A repository.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfRepo {
    /// Only this repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repo: Option<RepoName>,
}

/// A form of the interface.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfForm {
    /// A form by its name, with all that it leads to; every operation by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Problem")]
    pub form: Option<String>,
}

/// Nothing can be asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nothing {}

/// Which push is meant by a date or a word.
pub(crate) fn which(push: Option<PushDate>, whose: Option<Whose>) -> WhichPush {
    match (push, whose.unwrap_or_default()) {
        (Some(push), _) => WhichPush::On(push),
        (None, Whose::Shown) => WhichPush::Shown,
        (None, Whose::Cut) => WhichPush::Cut,
        (None, Whose::Uncut) => WhichPush::Uncut,
    }
}

/// The same the other way round.
#[must_use]
pub fn whose(which: WhichPush) -> (Option<PushDate>, Option<Whose>) {
    match which {
        WhichPush::On(push) => (Some(push), None),
        WhichPush::Shown => (None, Some(Whose::Shown)),
        WhichPush::Cut => (None, Some(Whose::Cut)),
        WhichPush::Uncut => (None, Some(Whose::Uncut)),
    }
}
