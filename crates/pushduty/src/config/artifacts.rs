//! `artifact` of a repository: how it is found out whether what is built from a tag is there.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::quoted;
use train::settings::Artifact as Watched;

use super::at::At;
use super::gates::program;
use super::problem::Problems;
use super::remote;

/// What is built from a tag: an address, or a command that finds it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Its address; `{repo}`, `{tag}`, `{commit}` and `{push}` are filled in. It is asked for its head: any 2xx passes, 404 and 410 wait, all else fails.
    pub url: Option<At<String>>,
    /// A program with its arguments, told the same: exit 0 passes, 3 waits, any other fails; its last line is the sentence.
    pub command: Option<At<Vec<String>>>,
}

/// What can be filled in.
const PLACES: &[&str] = &["repo", "tag", "commit", "push"];

/// Checks one; `whole` is where it is written.
pub fn check(raw: &Artifact, whole: &Range<usize>, problems: &mut Problems) -> Option<Watched> {
    let help = "write artifact = { url = \"https://host/{repo}/{tag}\" }, or { command = [\"./built\", \"{tag}\"] }";
    match (&raw.url, &raw.command) {
        (Some(url), None) => {
            problems.address(&url.span, remote::page(url))?;
            if let Some(strange) = remote::strange(url, PLACES) {
                let what = format!("{} is nothing an artifact's address can hold", quoted(strange));
                problems.at(&url.span, what, help);
                return None;
            }
            if !["{tag}", "{commit}", "{push}"].iter().any(|place| url.contains(place)) {
                problems.at(&url.span, "this address is the same for every tag", help);
                return None;
            }
            Some(Watched::Url(url.value.clone()))
        }
        (None, Some(command)) => program(command, problems).map(Watched::Command),
        _ => {
            problems.at(whole, "an artifact has one of url and command", help);
            None
        }
    }
}
