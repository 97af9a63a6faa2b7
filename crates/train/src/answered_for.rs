//! Who answers for the private twins. Whoever takes a push to production may start it without seeing how they stand, once
//! somebody with the security role put their name to every tag that leaves (P9). The gate, the next step and what waits for
//! people ask here.

use std::collections::BTreeSet;

use crate::id::PersonName;
use crate::people::Role;
use crate::roles::GivenRoles;
use crate::settings::Settings;
use crate::signoff::{Counting, NewestTag, Signoff};

/// Who answers for all of these tags: a person's word, whatever they saw. None where one of them lacks it, or nothing leaves.
#[must_use]
pub fn by<'s, 't>(
    signoffs: &'s [Signoff],
    leaving: impl IntoIterator<Item = &'t NewestTag>,
    settings: &Settings,
) -> Option<BTreeSet<&'s str>> {
    let digest = settings.digest();
    let counting = Counting { role: Role::Security, own: true, hero: None, settings: &digest };
    let each = leaving.into_iter().map(|tag| counting.people(signoffs, tag).first().copied());
    each.collect::<Option<BTreeSet<_>>>().filter(|who| !who.is_empty())
}

/// Whether somebody has to: there are twins, and none of those who claimed the push may see how they stand. Whoever is on duty
/// may.
#[must_use]
pub fn is_needed<'c>(
    settings: &Settings,
    given: &GivenRoles,
    hero: Option<&PersonName>,
    claimed: impl IntoIterator<Item = &'c str>,
) -> bool {
    let sees = |who: &str| {
        let on_duty = hero.is_some_and(|hero| hero.as_str() == who);
        on_duty || given.of(settings, who).contains(&Role::Security)
    };
    let mut claimed = claimed.into_iter().peekable();
    settings.has_twins() && claimed.peek().is_some() && !claimed.any(sees)
}
