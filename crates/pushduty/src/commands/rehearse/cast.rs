//! Who plays whom: the people of the configuration, by the roles they hold.

use train::people::Role;
use train::refusal::{Code, Refusal};
use train::settings::Settings;

use crate::session::Ending;

/// The people of a rehearsal.
pub struct Cast<'a> {
    settings: &'a Settings,
    /// Who is on duty.
    pub hero: String,
    /// Who acts where nobody is set up.
    local: &'a str,
}

impl<'a> Cast<'a> {
    /// Around who is on duty; where nobody is, whoever may cut.
    pub fn of(
        settings: &'a Settings,
        on_duty: Option<&str>,
        local: &'a str,
    ) -> Result<Self, Ending> {
        let hero = match on_duty {
            Some(hero) => hero.to_owned(),
            None if settings.people.is_empty() => local.to_owned(),
            None => somebody_cuts(settings)?.unwrap_or(local).to_owned(),
        };
        Ok(Self { settings, hero, local })
    }

    /// Everybody with a role, the hero last; the local user where nobody is set up. An admin is no stand-in: who signs off is
    /// named.
    pub fn of_role(&self, role: Role) -> Vec<String> {
        if self.settings.people.is_empty() {
            return vec![self.local.to_owned()];
        }
        let people = self.settings.people.values().filter(|p| p.roles.contains(&role));
        let mut names: Vec<String> = people.map(|p| p.name.to_string()).collect();
        names.sort_by_key(|name| *name == self.hero);
        names
    }

    /// So many people who open the gate of a role; fewer where there are not enough.
    pub fn signers(&self, role: Role) -> Option<Vec<String>> {
        let (need, own) = self.settings.signoffs(role)?;
        let mut names = self.of_role(role);
        names.retain(|name| own || *name != self.hero || self.settings.people.is_empty());
        names.truncate(usize::try_from(need).unwrap_or(usize::MAX));
        Some(names)
    }

    /// Whoever asks for things: a developer who is not on duty.
    pub fn developer(&self) -> String {
        self.of_role(Role::Developer).first().cloned().unwrap_or_else(|| self.hero.clone())
    }

    /// Whoever brings it to production: ops, or the hero where nobody holds that role.
    pub fn starter(&self) -> String {
        self.of_role(Role::Ops).first().cloned().unwrap_or_else(|| self.hero.clone())
    }
}

/// The first person who may cut a push without being on duty; none where nobody is set up, and anybody may.
///
/// Refuses a configuration in which nobody may cut.
pub fn somebody_cuts(settings: &Settings) -> Result<Option<&str>, Ending> {
    if settings.people.is_empty() {
        return Ok(None);
    }
    let with = |role: Role| settings.people.values().find(move |p| p.roles.contains(&role));
    match with(Role::Hero).or_else(|| with(Role::Admin)) {
        Some(person) => Ok(Some(person.name.as_str())),
        None => {
            let what = "nobody in [people] may cut a push, so there is nothing to rehearse";
            let hint = "give somebody the role hero, or set up [rotation]";
            Err(Refusal::new(Code::Configuration, what, hint).into())
        }
    }
}
