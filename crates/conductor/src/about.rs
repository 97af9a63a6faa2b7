//! What a train is, for programs that read what people name.

use train::attempt::DeployFor;
use train::links;

use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{AboardView, AboutView, KnownView, YouView};

impl Conductor {
    /// What whoever may look is told of the train. No address of a remote is among it: a path names this machine's folders.
    pub async fn about(&self, known: bool) -> Result<AboutView> {
        let settings = &*self.settings;
        let people = settings.people.values();
        let known_as = |person: &train::people::Person| KnownView {
            name: person.name.clone(),
            // What somebody is called beside is for those who may call them.
            aliases: if known { person.aliases.clone() } else { Vec::new() },
        };
        let repos = settings.repos.iter().map(|repo| AboardView {
            name: repo.name.clone(),
            home: links::home(repo),
            compare: repo.compare.clone(),
        });
        let purposes = [DeployFor::Start, DeployFor::Promote, DeployFor::Rollback];
        let acting = self.acting(&*self.state().await?);
        Ok(AboutView {
            train: settings.train.to_string(),
            zone: settings.timetable.zone_name().to_owned(),
            timetable: serde_json::to_value(&settings.timetable).unwrap_or_default(),
            rotation: settings.rotation.clone(),
            people: people.map(known_as).collect(),
            repos: repos.collect(),
            programs: purposes.into_iter().filter(|p| self.deploy_program(*p).is_some()).collect(),
            you: known.then(|| YouView {
                name: acting.name.clone(),
                roles: acting.roles.iter().copied().collect(),
            }),
        })
    }
}
