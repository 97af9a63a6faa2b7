//! Whoever may not see how the private twins stand takes a push to production once somebody who may answers for it.

use train::answered_for::{by, is_needed};
use train::gates::is_answered_for;
use train::people::{Person, Role};
use train::roles::GivenRoles;
use train::settings::Settings;
use train::signoff::{Signoff, Word};

use crate::gates::Good;
use crate::oid;

/// A push of *server*, which has a twin, and of *web*; iris has the security role.
fn good() -> Good {
    let mut settings = Good::new().settings;
    settings.repos[0].security = Some("/srv/server-security.git".to_owned());
    let (name, roles) = ("iris".parse().unwrap(), [Role::Security].into());
    let (aliases, email, irc, github) = (Vec::new(), None, None, None);
    let iris = Person { name, roles, aliases, email, irc, github };
    settings.people.insert(iris.name.clone(), iris);
    Good::of(settings)
}

/// iris puts her name to what krupa signed off of these repositories.
fn answers(good: &mut Good, repos: &[&str]) {
    let signed = good.day().signoffs.iter();
    let signed =
        signed.filter(|s| s.word.role == Role::Qa && repos.contains(&s.word.repo.as_str()));
    let given: Vec<Signoff> = signed
        .map(|s| Signoff {
            word: Word { role: Role::Security, ..s.word.clone() },
            by: "iris".to_owned(),
            ..s.clone()
        })
        .collect();
    good.day_mut().signoffs.extend(given);
}

#[test]
fn every_tag_that_leaves_is_answered_for_and_no_other() {
    let mut good = good();
    assert!(!is_answered_for(&good.facts()), "QA's word is none for the twins");
    answers(&mut good, &["server"]);
    let mut facts = good.facts();
    assert!(!is_answered_for(&facts), "web leaves too");
    facts.repos[1].stays = true;
    assert!(is_answered_for(&facts), "what stays needs no word");
    facts.repos[0].stays = true;
    assert!(!is_answered_for(&facts), "nothing leaves: there is nothing to answer for");
    facts = good.facts();
    facts.repos[1].settled = true;
    assert!(is_answered_for(&facts), "it was there before");
    answers(&mut good, &["web"]);
    assert!(is_answered_for(&good.facts()));
    good.day_mut().signoffs.last_mut().unwrap().withdrawn = Some("a new branch".to_owned());
    assert!(!is_answered_for(&good.facts()));
}

#[test]
fn p7_the_word_for_a_tag_is_for_another_of_the_same_files_alone() {
    let mut good = good();
    answers(&mut good, &["server", "web"]);
    let who = |files: char| {
        let mut facts = good.facts();
        for repo in &mut facts.repos {
            let tag = repo.newest.as_mut().unwrap();
            (tag.object, tag.commit, tag.tree) = (oid('8'), oid('9'), Some(oid(files)));
        }
        let tags = facts.repos.iter().filter_map(|repo| repo.newest.as_ref());
        by(&good.day().signoffs, tags, &good.settings).map(|who| who.len())
    };
    assert_eq!((who('3'), who('4')), (Some(1), None));
}

#[test]
fn an_answer_is_needed_where_nobody_who_claimed_the_push_sees_the_twins() {
    let (settings, given) = (good().settings, GivenRoles::default());
    let mat = "mat".parse().unwrap();
    let needed = |settings: &Settings, claimed: &[&str]| {
        is_needed(settings, &given, Some(&mat), claimed.iter().copied())
    };
    assert!(needed(&settings, &["jason"]));
    assert!(!needed(&settings, &[]), "nobody takes it");
    assert!(!needed(&settings, &["jason", "iris"]), "iris sees them");
    assert!(!needed(&settings, &["mat"]), "so does whoever is on duty");
    assert!(!needed(&Good::new().settings, &["jason"]), "there is no twin");
}
