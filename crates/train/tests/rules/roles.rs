//! Roles: from the configuration, and given by admins.

use std::collections::BTreeSet;

use train::event::Event;
use train::id::PersonName;
use train::people::{Person, Role};
use train::refusal::Code;
use train::roles::{GivenRoles, give, take};
use train::settings::Settings;

use crate::{at, settings};

fn team() -> Settings {
    let mut settings = settings();
    for (name, role) in [("mat", Role::Hero), ("kumar", Role::Developer), ("ada", Role::Admin)] {
        let name: PersonName = name.parse().unwrap();
        let roles = BTreeSet::from([role]);
        let person = Person {
            name: name.clone(),
            roles,
            aliases: Vec::new(),
            email: None,
            irc: None,
            github: None,
        };
        settings.people.insert(name, person);
    }
    settings.rotation = vec!["mat".parse().unwrap()];
    settings
}

fn kumar() -> PersonName {
    "kumar".parse().unwrap()
}

#[test]
fn a_role_is_given_once_and_taken_once() {
    let (settings, mut given) = (team(), GivenRoles::default());
    let event = give(&settings, &given, &kumar(), Role::Ops).unwrap().unwrap();
    given.apply(&event, at(1), "ada");
    assert_eq!(given.of(&settings, "kumar"), BTreeSet::from([Role::Developer, Role::Ops]));
    let (role, by) = given.to(&kumar()).next().unwrap();
    assert_eq!((role, by.by.as_str(), by.at), (Role::Ops, "ada", at(1)));
    assert_eq!(give(&settings, &given, &kumar(), Role::Ops), Ok(None));
    assert_eq!(give(&settings, &given, &kumar(), Role::Developer), Ok(None), "configured");
    let event = take(&settings, &given, &kumar(), Role::Ops).unwrap().unwrap();
    given.apply(&event, at(2), "ada");
    assert_eq!(given, GivenRoles::default());
    assert_eq!(take(&settings, &given, &kumar(), Role::Ops), Ok(None));
}

#[test]
fn what_the_configuration_says_is_changed_there() {
    let (settings, given) = (team(), GivenRoles::default());
    let refused = take(&settings, &given, &kumar(), Role::Developer).unwrap_err();
    assert_eq!(refused.code, Code::Refused);
    assert_eq!(refused.hint, "take it out of roles under [people.kumar]");
    let hero = take(&settings, &given, &"mat".parse().unwrap(), Role::Hero).unwrap_err();
    assert!(hero.hint.contains("[rotation]"), "{}", hero.hint);
}

#[test]
fn whoever_is_nobody_in_the_configuration_has_nothing_whatever_they_were_given() {
    let (mut settings, mut given) = (team(), GivenRoles::default());
    let nobody = give(&settings, &given, &"zed".parse().unwrap(), Role::Admin).unwrap_err();
    assert_eq!(nobody.code, Code::NotFound);
    given.apply(&Event::RoleGiven { who: kumar(), role: Role::Admin }, at(1), "ada");
    settings.people.remove(&kumar());
    assert_eq!(given.of(&settings, "kumar"), BTreeSet::new());
    assert_eq!(given.of(&settings, "Kumar"), BTreeSet::new());
}
