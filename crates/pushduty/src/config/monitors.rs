//! `[[monitor]]`: the graphs to watch while production rolls.

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::quoted;
use train::settings::Monitor as Graph;

use super::at::At;
use super::people::is_alias;
use super::problem::Problems;
use super::remote;

/// A graph to watch while production rolls.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// What it shows, in a few words.
    pub name: At<String>,
    /// Its address; `{start}` and `{end}` are filled in, in milliseconds since 1970.
    pub url: At<String>,
}

/// Checks all monitors.
pub fn check(raw: &[Monitor], problems: &mut Problems) -> Vec<Graph> {
    for monitor in raw {
        if !is_alias(&monitor.name) {
            let what = format!("{} is no name", quoted(&monitor.name));
            problems.at(&monitor.name.span, what, "say in a few words what the graph shows");
        }
        problems.address(&monitor.url.span, remote::page(&monitor.url));
        if let Some(strange) = remote::strange(&monitor.url, &["start", "end"]) {
            let what = format!("{} is nothing a monitor's address can hold", quoted(strange));
            problems.at(&monitor.url.span, what, "use {start} and {end} for the time to show");
        }
    }
    raw.iter().map(|m| Graph { name: m.name.value.clone(), url: m.url.value.clone() }).collect()
}
