//! Under the plan of a cut: which repositories stay on what production runs, to plan it again so.

use conductor::view::{CutView, OutcomeWord, RepoOutcome};
use train::command::{Command, TagWish};
use train::id::RepoName;

use super::conflict::{named, written};
use super::laid::Stays;

/// None where nothing is tagged anew, or where a train has one repository alone: then nothing would be left to cut.
pub(super) fn stays(wish: &Command, view: &CutView) -> Option<Stays> {
    let Command::Tag(wish) = wish else { return None };
    let repos = view.repos.iter().filter_map(|repo| {
        let stays = wish.stay.contains(&repo.name);
        (stays || may_stay(repo)).then(|| (repo.name.to_string(), stays))
    });
    let repos: Vec<(String, bool)> = repos.collect();
    (view.repos.len() > 1 && !repos.is_empty()).then(|| Stays { fields: fields(wish), repos })
}

/// Whether it has no tag yet; one that stays by the record stays.
fn may_stay(repo: &RepoOutcome) -> bool {
    use OutcomeWord::{Failed, Planned, Refused, Unknown};
    matches!(repo.outcome, Planned | Refused | Failed | Unknown)
}

/// All that a wish says but what stays.
fn fields(wish: &TagWish) -> Vec<(&'static str, String)> {
    let at = |(repo, commit): (&Option<RepoName>, &String)| named(repo.as_ref(), commit);
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    fields.extend(wish.push.map(|push| ("push", push.to_string())));
    fields.extend(wish.repos.iter().map(|repo| ("repo", repo.to_string())));
    fields.extend(wish.at.iter().map(|one| ("at", at(one))));
    fields.extend(wish.from.iter().map(|one| ("from", at(one))));
    fields.extend(wish.picks.iter().map(|one| ("pick", written(one))));
    fields.extend(wish.leave.iter().map(|one| ("leave", written(one))));
    let flags = [
        ("again", wish.again),
        ("off_cycle", wish.off_cycle),
        ("with_security", wish.with_security),
        ("without_security", wish.without_security),
    ];
    let up = flags.into_iter().filter(|(_, up)| *up);
    fields.extend(up.map(|(name, _)| (name, "true".to_owned())));
    fields.extend(wish.because.iter().map(|because| ("because", because.to_string())));
    fields
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn all_else_that_was_wished_is_wished_again() {
        let web: RepoName = "web".parse().unwrap();
        let server: RepoName = "server".parse().unwrap();
        let wish = TagWish {
            push: "2026.11.26".parse().ok(),
            repos: BTreeSet::from([server.clone(), web.clone()]),
            at: BTreeMap::from([(Some(web.clone()), "3f2a91c".to_owned())]),
            from: BTreeMap::from([(None, "2026.11.19".to_owned())]),
            stay: BTreeSet::from([web]),
            again: true,
            because: "kick the build".parse().ok(),
            ..TagWish::default()
        };
        let expected = [
            ("push", "2026.11.26"),
            ("repo", "server"),
            ("repo", "web"),
            ("at", "web:3f2a91c"),
            ("from", "2026.11.19"),
            ("again", "true"),
            ("because", "kick the build"),
        ];
        let fields = fields(&wish);
        let said: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(said, expected);
    }
}
