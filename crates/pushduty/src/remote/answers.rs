//! What a server answers, read.

use std::collections::BTreeMap;

use adapters::http::NoAnswer;
use adapters::server::Answered;
use conductor::failure::Failure;
use conductor::view::{AboutView, FailureView};
use serde_json::Value;
use train::people::Person;
use train::refusal::{Code, Refusal};
use train::settings::{Repo, Settings};

/// A no, with what was planned, done or found all the same.
pub(super) struct No {
    pub refusal: Refusal,
    pub found: Box<Found>,
}

/// What there is beside a no.
#[derive(Default)]
pub(super) struct Found {
    pub shown: Option<Value>,
    pub also: Vec<Refusal>,
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, found: Box::default() }
    }
}

impl From<No> for Failure {
    fn from(no: No) -> Self {
        no.refusal
    }
}

/// The document of an answer that is none of no.
pub(super) fn read(place: &str, answered: Answered) -> Result<Value, No> {
    let Answered { status, body } = answered;
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let failure = |value: &Value| serde_json::from_value::<FailureView>(value.clone()).ok();
    let Some(error) = failure(&body["error"]) else {
        let what = format!("{place} answers {status}, and does not say why as pushduty does");
        let hint = "see whether that is its address, and what stands before it";
        return Err(Refusal::new(Code::Unreachable, what, hint).into());
    };
    let mut refusal = Refusal::from(error);
    if refusal.code == Code::NotSignedIn {
        refusal.hint =
            format!("make a token on the page of your name, then `pushduty login {place}`");
    }
    let also = body["also"].as_array().into_iter().flatten();
    let also = also.filter_map(failure).map(Refusal::from).collect();
    let shown = Some(body["shown"].clone()).filter(|value| !value.is_null());
    Err(No { refusal, found: Box::new(Found { shown, also }) })
}

/// As much of a train's configuration as reading what people name takes.
pub(super) fn settings(about: &AboutView) -> Option<Settings> {
    let people = about.people.iter().map(|known| {
        let person = Person {
            name: known.name.clone(),
            roles: std::collections::BTreeSet::new(),
            aliases: known.aliases.clone(),
            email: None,
            irc: None,
            github: None,
        };
        (known.name.clone(), person)
    });
    let repos = about.repos.iter().map(|aboard| Repo {
        compare: aboard.compare.clone(),
        ..Repo::new(aboard.name.clone(), aboard.home.clone().unwrap_or_default())
    });
    Some(Settings {
        train: about.train.parse().ok()?,
        timetable: serde_json::from_value(about.timetable.clone()).ok()?,
        rotation: about.rotation.clone(),
        people: people.collect::<BTreeMap<_, _>>(),
        repos: repos.collect(),
        environments: Vec::new(),
        tagging: train::settings::Tagging::default(),
        gates: Vec::new(),
        components: Vec::new(),
    })
}

/// A server that is not reached, or gives no whole answer.
pub(super) fn unreached(place: &str, why: &NoAnswer) -> Refusal {
    Refusal::new(
        Code::Unreachable,
        format!("{place} {why}"),
        "see whether it runs, and run the same command again",
    )
}

/// An answer that is none of this version's.
pub(super) fn strange(place: &str) -> Refusal {
    let what = format!("{place} answers as no server of this version does");
    Refusal::new(Code::Unsupported, what, "use the version of pushduty that runs there")
}
