//! What a rehearsal copies, what it leaves out, and what the configuration has not set up: known before anything is done.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use train::id::RepoName;
use train::people::Role;
use train::refusal::{Code, Refusal};
use train::settings::{PRODUCTION, Settings};

use super::cast;
use crate::actor;
use crate::config::{Loaded, rehearsal};
use crate::session::{Ending, Session, usage};
use crate::stage::outcome::Aboard;
use crate::stage::{Post, Rolls, Sandbox};

/// A repository that is copied.
#[derive(Debug, Clone, Serialize)]
pub struct Copied {
    /// Its name.
    pub name: RepoName,
    /// The remote that is copied.
    pub upstream: String,
    /// Its private twin; none where there is none, or not for this person.
    pub security: Option<String>,
}

/// A rehearsal, before it begins.
pub struct Plan {
    /// The configuration in force.
    pub loaded: Arc<Loaded>,
    /// The repositories.
    pub copied: Vec<Copied>,
    /// What of the configuration no rehearsal does.
    pub left_out: Vec<String>,
    /// What the configuration does not set up.
    pub not_set_up: Vec<String>,
    /// Who acts where nobody is set up.
    pub local: String,
}

impl Plan {
    /// From the configuration and who asks. Nothing is opened, and nobody is asked.
    pub async fn of(session: &Session) -> Result<Self, Ending> {
        if session.global.server.is_some() || session.global.database.is_some() {
            let what =
                "a rehearsal has a ledger of its own: --server and --database don't go with it";
            return Err(usage(what.to_owned()).into());
        }
        actor::check(&session.global, &session.environment)?;
        let loaded = session.loaded().await?;
        let user = actor::git_user(&session.global, &session.environment).await;
        let who = actor::who(&loaded.settings, &session.global, &session.environment, user).actor;
        // The duty gives the role for the real week; a rehearsal, which does not read the ledger, goes by names alone (P9).
        let may_see = who.holds(&[Role::Security]);
        let mut left_out = rehearsal::left_out(&loaded);
        let settings = &loaded.settings;
        if !may_see && settings.has_twins() {
            let ask = settings.people.values().find(|p| p.roles.contains(&Role::Security));
            let whom =
                ask.map_or_else(String::new, |p| format!("; {} can rehearse with them", p.name));
            left_out.push(format!(
                "security remotes are for those who hold the security role by name{whom}"
            ));
        }
        let one = |repo: &train::settings::Repo| Copied {
            name: repo.name.clone(),
            upstream: repo.upstream.clone(),
            security: repo.security.clone().filter(|_| may_see),
        };
        let copied: Vec<Copied> = settings.repos.iter().map(one).collect();
        if copied.is_empty() {
            let what = format!(
                "the train {} has no repository: there is nothing to rehearse",
                settings.train
            );
            let hint = "add a [repos.NAME] with its upstream to the configuration";
            return Err(Refusal::new(Code::Configuration, what, hint).into());
        }
        cast::somebody_cuts(settings)?;
        let (not_set_up, local) = (not_set_up(&loaded), who.name);
        Ok(Self { copied, left_out, not_set_up, local, loaded })
    }

    /// Every remote that is copied, by what it is called.
    pub fn sources(&self) -> Vec<(String, String)> {
        let both = |copied: &Copied| {
            let twin = copied
                .security
                .iter()
                .map(|url| (format!("{} (security)", copied.name), url.clone()));
            std::iter::once((copied.name.to_string(), copied.upstream.clone()))
                .chain(twin)
                .collect::<Vec<_>>()
        };
        self.copied.iter().flat_map(both).collect()
    }

    /// The repositories whose private twin is copied.
    pub fn twins(&self) -> BTreeSet<RepoName> {
        let with = self.copied.iter().filter(|copied| copied.security.is_some());
        with.map(|copied| copied.name.clone()).collect()
    }

    /// What the crew looks after: every service of every environment. All but production gets each new tag.
    pub fn posts(&self, sandbox: &Sandbox) -> Vec<Post> {
        let settings = &self.loaded.settings;
        let mut posts = Vec::new();
        for environment in &settings.environments {
            let production = environment.name == PRODUCTION;
            for service in &environment.services {
                let Some(repo) = settings.repo(&service.repo) else { continue };
                posts.push(Post {
                    environment: environment.name.clone(),
                    service: service.name.clone(),
                    remote: sandbox.dir().join(rehearsal::upstream(&repo.name)),
                    scheme: repo.scheme.clone(),
                    machines: usize::try_from(service.samples).unwrap_or(1),
                    rolls: if production { Rolls::Nothing } else { Rolls::Newest },
                });
            }
        }
        posts
    }

    /// The repositories, for what came of it.
    pub fn aboard(&self, sandbox: &Sandbox) -> Vec<Aboard> {
        let one = |repo: &train::settings::Repo| Aboard {
            name: repo.name.to_string(),
            remote: sandbox.dir().join(rehearsal::upstream(&repo.name)),
            scheme: repo.scheme.clone(),
        };
        self.loaded.settings.repos.iter().map(one).collect()
    }
}

/// Whether an environment has services to be seen.
pub fn has_services(settings: &Settings, environment: &str) -> bool {
    settings.environment(environment).is_some_and(|e| !e.services.is_empty())
}

/// What a team would want and the configuration lacks, a sentence each.
fn not_set_up(loaded: &Loaded) -> Vec<String> {
    let settings = &loaded.settings;
    let lacks = [
        (settings.people.is_empty(), "people: one person plays every role ([people])"),
        (settings.rotation.is_empty(), "whose turn it is ([rotation])"),
        (!has_services(settings, "stage"), "what runs on stage ([environments.stage])"),
        (!has_services(settings, PRODUCTION), "what production runs ([environments.production])"),
        (settings.signoffs(Role::Qa).is_none(), "who signs off ([gates] qa)"),
        (settings.signoffs(Role::Ops).is_none(), "who claims the push ([gates] ops)"),
        (
            settings.repos.iter().all(|r| r.security.is_none()),
            "a private twin for embargoed fixes (security under [repos.NAME])",
        ),
        (loaded.later.notes.url.is_none(), "the notes' address, for mail and topic ([notes] url)"),
        (loaded.later.channels.is_empty(), "where announcements go ([channels.NAME])"),
    ];
    lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, what)| what.to_owned()).collect()
}

/// There is nothing to rehearse.
pub fn nothing(why: &str) -> Ending {
    let hint = "`pushduty schedule` shows what departs when; `pushduty check` looks over the rest";
    Refusal::new(Code::NotFound, format!("there is nothing to rehearse: {why}"), hint).into()
}
