//! A no as an answer: a page for people, problem details for programs (RFC 9457). Statuses come from the codes' own table.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use conductor::view::{FailureView, RepoOutcome};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use train::refusal::{Code, Refusal};

/// Why a request is answered with no.
#[derive(Debug)]
pub(crate) struct Problem {
    pub refusal: Refusal,
    found: Box<Found>,
}

/// What there is all the same.
#[derive(Debug, Default)]
struct Found {
    /// What was planned, done or found.
    shown: Option<Value>,
    /// What became of each repository, of a cut or a pick.
    repos: Vec<RepoOutcome>,
    /// Every other reason, where there are several.
    also: Vec<Refusal>,
    /// After how many seconds it may be tried again, where that is known.
    wait: Option<i64>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, found: Box::default() }
    }
}

/// Problem details (RFC 9457), with what the command line's `error` has.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Details<'a> {
    /// The code, as an address relative to the documentation's list.
    #[serde(rename = "type")]
    kind: String,
    /// What happened.
    title: &'a str,
    /// The answer's status.
    status: u16,
    /// What to do.
    detail: String,
    /// The failure, as every document of a command that fails has it.
    error: FailureView,
    /// What was planned or done in each repository, of a cut or a pick.
    repos: &'a [RepoOutcome],
    /// The body of the document that there would have been: what was planned, done or found all the same.
    shown: Option<&'a Value>,
    /// What failed beside it, where several repositories did.
    also: Vec<FailureView>,
}

impl Problem {
    /// A no to what is shown: the plan that a rule forbids, or what was done of it.
    pub fn about(refusal: Refusal, repos: Vec<RepoOutcome>, shown: &impl Serialize) -> Self {
        let shown = serde_json::to_value(shown).ok();
        Self { refusal, found: Box::new(Found { shown, repos, ..Found::default() }) }
    }

    /// A no to what could not all be looked at, with what could.
    pub fn partly(failed: Vec<Refusal>, shown: &impl Serialize) -> Self {
        let mut failed = failed.into_iter();
        let unknown = || Refusal::new(Code::Unreachable, "not all could be looked at", "");
        let refusal = failed.next().unwrap_or_else(unknown);
        let shown = serde_json::to_value(shown).ok();
        let found = Found { shown, also: failed.collect(), ..Found::default() };
        Self { refusal, found: Box::new(found) }
    }

    /// The same as whoever is not of the train reads it. What was found is left out where a reason quotes: it has the reasons, too.
    pub fn for_strangers(self) -> Self {
        let Self { refusal, found } = self;
        let quotes = |no: &Refusal| no.unquoted.is_some();
        if !quotes(&refusal) && !found.also.iter().any(quotes) {
            return Self { refusal, found };
        }
        let also = found.also.into_iter().map(Refusal::for_strangers).collect();
        let found = Found { also, wait: found.wait, ..Found::default() };
        Self { refusal: refusal.for_strangers(), found: Box::new(found) }
    }

    /// The same, to be tried again after so many seconds.
    pub fn after(mut self, seconds: Option<i64>) -> Self {
        self.found.wait = seconds;
        self
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.refusal.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// As a document.
    pub fn details(&self) -> Details<'_> {
        let error = FailureView::from(&self.refusal);
        let word = serde_json::to_value(error.code).ok();
        Details {
            kind: format!("/docs/codes#{}", word.as_ref().and_then(|w| w.as_str()).unwrap_or("")),
            title: &self.refusal.message,
            status: self.status().as_u16(),
            detail: in_fields(&self.refusal.hint),
            error,
            repos: &self.found.repos,
            shown: self.found.shown.as_ref(),
            also: self.found.also.iter().map(FailureView::from).collect(),
        }
    }
}

/// What to do, with the options of commands as the fields of a wish that they are here. Values go into fields by themselves.
fn in_fields(hint: &str) -> String {
    let field = |word: &str| {
        let option = word.strip_prefix("--").filter(|rest| !rest.is_empty());
        option.map_or_else(|| word.to_owned(), |option| option.replace('-', "_"))
    };
    // What is between marks is a command as a whole, which stays one.
    let parts = hint.split('`').enumerate().map(|(n, part)| match n % 2 {
        0 => part
            .split(' ')
            .map(field)
            .collect::<Vec<_>>()
            .join(" ")
            .replace("because TEXT", "because"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.details())).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(wait) = self.found.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.refusal.code == Code::NotSignedIn {
            let scheme = HeaderValue::from_static("Bearer realm=\"pushduty\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_the_fields_of_the_wish() {
        for (of, here) in [
            ("say why: --again --because TEXT", "say why: again because"),
            ("--off-cycle takes a date off it", "off_cycle takes a date off it"),
            ("`pushduty tag --again` makes one", "`pushduty tag --again` makes one"),
        ] {
            assert_eq!(in_fields(of), here);
        }
    }
}
