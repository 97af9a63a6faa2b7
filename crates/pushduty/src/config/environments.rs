//! `[environments.NAME]`: where services run, how their versions are asked, how they are deployed.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use train::id::{RepoName, quoted};
use train::settings::{DeployProgram, Environment as Runs, Service as Running};

use super::at::At;
use super::gates::program;
use super::nearest::{nearest, suggest};
use super::problem::Problems;
use super::remote;
use super::shape::Entry;

/// Somewhere that services run; `production` is what users see.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What runs there and tells its version.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub services: Vec<Service>,
    /// The program that deploys; without it people deploy and pushduty watches.
    pub deploy: Option<Deploy>,
    /// The program that lets what was deployed take over, where that is a step of its own: `pushduty promote` runs it.
    pub promote: Option<Deploy>,
}

/// Something with a `/__version__`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name, once per environment.
    pub name: At<String>,
    /// The repository it is built from; may be left out where there is only one.
    pub repo: Option<At<String>>,
    /// The address that tells what it runs (Dockerflow's `/__version__`).
    pub version: At<String>,
    /// How often it is asked per look, so that a half-rolled fleet shows.
    #[schemars(range(min = 1, max = 50), extend("default" = 5))]
    pub samples: Option<At<u32>>,
}

/// A program that deploys.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    /// The program with its arguments; `{repo}`, `{tag}`, `{commit}`, `{from}`, `{environment}`, `{push}` and `{key}` are filled in.
    pub command: At<Vec<String>>,
    /// How long it may take, as “90s”, “5m” or “1h”.
    #[schemars(extend("default" = "1h"))]
    pub time_limit: Option<At<String>>,
}

/// What a deploy's program is told, by the names of its placeholders.
const PLACES: &[&str] = &["repo", "tag", "commit", "from", "environment", "push", "key"];

/// How often a service is asked per look where not configured: one answer in two being old goes unseen once in 16 looks.
const SAMPLES: u32 = 5;

/// Checks all environments against the names of the repositories.
pub fn check(raw: &[Entry<Environment>], repos: &[&str], problems: &mut Problems) -> Vec<Runs> {
    let mut environments = Vec::new();
    for (name, environment) in raw {
        let help = "give the environment a plain name, as stage";
        if problems.take(&name.span, name.parse::<RepoName>(), help).is_none() {
            continue;
        }
        let mut services: Vec<Running> = Vec::new();
        for service in &environment.services {
            if services.iter().any(|other| other.name == service.name.value) {
                let what = format!("{} is twice in {}", quoted(&service.name), quoted(name));
                problems.at(
                    &service.name.span,
                    what,
                    "give each service of an environment a name of its own",
                );
            }
            services.extend(service.check(repos, problems));
        }
        let deploy = environment.deploy.as_ref().and_then(|deploy| deploy.check(problems));
        let promote = environment.promote.as_ref().and_then(|promote| promote.check(problems));
        environments.push(Runs { name: name.value.clone(), services, deploy, promote });
    }
    environments
}

impl Service {
    fn check(&self, repos: &[&str], problems: &mut Problems) -> Option<Running> {
        let help = "give the service a plain name, as server";
        let name = problems.take(&self.name.span, self.name.parse::<RepoName>(), help);
        let version = problems.address(&self.version.span, remote::page(&self.version));
        let repo = self.repo(repos, problems);
        let samples = self.samples.as_ref().map_or(SAMPLES, |n| n.value);
        if let Some(at) = self.samples.as_ref().filter(|n| !(1..=50).contains(&n.value)) {
            let what = format!("{} samples are not 1 to 50", at.value);
            problems.at(&at.span, what, "5 show a half-rolled fleet nearly always");
        }
        Some(Running { name: name?.to_string(), repo: repo?, version: version?, samples })
    }

    fn repo(&self, repos: &[&str], problems: &mut Problems) -> Option<RepoName> {
        match (&self.repo, repos) {
            (Some(at), _) if repos.contains(&at.as_str()) => at.parse().ok(),
            (Some(at), _) => {
                let what = format!("{} is no repository of this train", quoted(at));
                problems.at(&at.span, what, suggest(at, repos, "repositories"));
                None
            }
            (None, [only]) => only.parse().ok(),
            (None, _) => {
                let what = format!("the service {} names no repository", quoted(&self.name));
                problems.at(&self.name.span, what, suggest(&self.name, repos, "repositories"));
                None
            }
        }
    }
}

impl Deploy {
    fn check(&self, problems: &mut Problems) -> Option<DeployProgram> {
        let command = program(&self.command, problems);
        // Braces may be the program's own; a slip of the finger would reach it as it is.
        let strange = self.command.iter().filter_map(|part| remote::strange(part, PLACES));
        let slip =
            |strange: &str| nearest(strange.trim_matches(['{', '}']), PLACES.iter().copied());
        if let Some((strange, name)) =
            strange.map(|word| (word, slip(word))).find(|(_, n)| n.is_some())
        {
            let what = format!("{} is nothing a deploy can be told", quoted(strange));
            let help = format!("did you mean “{{{}}}”?", name.unwrap_or_default());
            problems.at(&self.command.span, what, help);
            return None;
        }
        let time_limit = match &self.time_limit {
            Some(at) => problems.take(&at.span, duration(at), "write “90s”, “5m” or “1h 30m”")?,
            None => Duration::from_secs(3600),
        };
        Some(DeployProgram { command: command?, seconds: time_limit.as_secs().max(1) })
    }
}

/// Reads “90s”, “5m”, “1h 30m”: more than nothing, at most a day.
fn duration(text: &str) -> Result<Duration, String> {
    let read = text.parse::<jiff::SignedDuration>().ok();
    let good = read.and_then(|d| Duration::try_from(d).ok());
    good.filter(|d| !d.is_zero() && *d <= Duration::from_secs(86_400))
        .ok_or_else(|| format!("{} is no time up to a day", quoted(text)))
}
