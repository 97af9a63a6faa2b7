//! `[components.NAME]`: what is deployed with the push and has no repository here.

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::{RepoName, quoted};
use train::settings::Component as Deployed;

use super::at::At;
use super::nearest::suggest;
use super::problem::Problems;
use super::shape::Entry;

/// A part that is deployed with the push and has no repository here.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The environments it is deployed to, by their names in `[environments]`.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub environments: Vec<At<String>>,
}

/// Checks all components against the names of repositories and environments.
pub fn check(
    raw: &[Entry<Component>],
    repos: &[&str],
    environments: &[&str],
    problems: &mut Problems,
) -> Vec<Deployed> {
    for (name, component) in raw {
        let help = "give the component a plain name, as customs";
        problems.take(&name.span, name.parse::<RepoName>(), help);
        if repos.contains(&name.as_str()) {
            let what = format!("{} is already a repository", quoted(name));
            problems.at(
                &name.span,
                what,
                "a component has no repository here: give it another name",
            );
        }
        for environment in &component.environments {
            if !environments.contains(&environment.as_str()) {
                let what = format!("{} is no environment here", quoted(environment));
                problems.at(
                    &environment.span,
                    what,
                    suggest(environment, environments, "environments"),
                );
            }
        }
    }
    raw.iter()
        .map(|(name, component)| Deployed {
            name: name.value.clone(),
            environments: component.environments.iter().map(|e| e.value.clone()).collect(),
        })
        .collect()
}
