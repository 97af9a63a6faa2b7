//! The gate of what is built: it waits for what is still to come, and fails where nobody can tell.

use train::gates::{Gate, GateState, Told, report};
use train::settings::Artifact;

use crate::gates::Good;

/// The gate where *web* is built and watched, with what was told of *server* and *web*.
fn built(told: &[(&str, Option<i32>, &str)]) -> Gate {
    let mut good = Good::new();
    good.settings.repos[1].artifact = Some(Artifact::Url("https://example.org/{tag}".to_owned()));
    let mut facts = good.facts();
    let one = |(repo, exit, sentence): &(&str, Option<i32>, &str)| {
        let told = Told { exit: *exit, sentence: (*sentence).to_owned() };
        (repo.parse().unwrap(), told)
    };
    facts.built = told.iter().map(one).collect();
    let gates = report(&facts);
    gates.into_iter().find(|gate| gate.name == "built").unwrap()
}

#[test]
fn what_is_built_is_waited_for_by_the_tag() {
    let told = |told: &[(&str, Option<i32>, &str)]| {
        let gate = built(told);
        let ask = gate.ask.map(|who| format!(" ({who})")).unwrap_or_default();
        format!("{:?}: {}{ask}", gate.state, gate.why)
    };
    insta::assert_snapshot!(told(&[("web", Some(0), "")]), @"Pass: what is built from the tags is there");
    insta::assert_snapshot!(told(&[]), @"Wait: nobody asked yet for what is built from web 2026.11.26; `pushduty ready` asks (mat)");
    insta::assert_snapshot!(told(&[("server", Some(0), "")]), @"Wait: nobody asked yet for what is built from web 2026.11.26; `pushduty ready` asks (mat)");
    insta::assert_snapshot!(told(&[("web", Some(3), "its address answers that there is none")]), @"Wait: what is built from web 2026.11.26 is not there yet: its address answers that there is none (mat)");
    insta::assert_snapshot!(told(&[("web", Some(3), "")]), @"Wait: what is built from web 2026.11.26 is not there yet: it is still to come (mat)");
    insta::assert_snapshot!(told(&[("web", Some(7), "")]), @"Fail: what is built from web 2026.11.26 was not found: exit 7 (mat)");
    insta::assert_snapshot!(told(&[("web", None, "its address answers 401")]), @"Fail: what is built from web 2026.11.26 was not found: its address answers 401 (mat)");
}

#[test]
fn a_repository_that_stays_or_is_not_watched_waits_for_nothing() {
    let mut good = Good::new();
    good.settings.repos[1].artifact = Some(Artifact::Command(vec!["./built".to_owned()]));
    let mut facts = good.facts();
    facts.repos[1].stays = true;
    let gate = report(&facts).into_iter().find(|gate| gate.name == "built").unwrap();
    assert_eq!(gate.state, GateState::Pass, "{gate:?}");
}
