//! `people`: who is aboard and what they may do; roles that an admin gives and takes.

use train::command::Command;
use train::people::Role;
use train::roles;
use train::state::State;

use crate::calendar::CalendarChange;
use crate::conductor::Conductor;
use crate::failure::Result;
use crate::view::{GivenRole, Moment, PeopleView, PersonView};

impl Conductor {
    /// Everybody of the configuration, with their roles.
    pub async fn people(&self) -> Result<PeopleView> {
        let state = self.state().await?;
        let people = self.settings.people.values().map(|person| PersonView {
            name: person.name.clone(),
            roles: person.roles.clone(),
            given: state.given.to(&person.name).map(|(role, by)| self.given(role, by)).collect(),
        });
        let (people, may) = (people.collect(), self.acting(&state).holds(&[Role::Admin]));
        Ok(PeopleView { people, may })
    }

    fn given(&self, role: Role, by: &roles::By) -> GivenRole {
        GivenRole { role, by: by.by.clone(), at: Moment(self.local(by.at)) }
    }

    /// What it comes to that an admin gives a role, or takes it.
    pub(crate) fn role_changed(&self, state: &State, wish: &Command) -> Result<CalendarChange> {
        let actor = self.acting(state);
        let (settings, given) = (&self.settings, &state.given);
        let (event, done, already) = match wish {
            Command::GiveRole { who, role } => {
                actor.must_hold(&[Role::Admin], "give roles")?;
                let role_word = role.word();
                let done = format!("{who} has the role {role_word} from now on");
                let already = format!("{who} has the role {role_word} already");
                (roles::give(settings, given, who, *role)?, done, already)
            }
            Command::TakeRole { who, role } => {
                actor.must_hold(&[Role::Admin], "take roles")?;
                let role_word = role.word();
                let done = format!("{who} has the role {role_word} no longer");
                let already = format!("{who} does not have the role {role_word}");
                (roles::take(settings, given, who, *role)?, done, already)
            }
            _ => return Ok(CalendarChange::already("nothing of roles is wished".to_owned())),
        };
        Ok(match event {
            Some(event) => CalendarChange::new(event, done),
            None => CalendarChange::already(already),
        })
    }
}
