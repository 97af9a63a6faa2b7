//! Everything that can be done to a train, a form each. Each shows its plan before the yes. What anybody may look at (a run sheet,
//! what a way back would bring back) is planned for everybody, and whoever may not do it is told so by the yes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use serde::Deserialize;
use train::id::TrainName;

use super::{Layout, NoPage, looked, shown};
use crate::asked::{Path, Query};
use crate::fields::Fields;
use crate::house::House;
use crate::visitor::Visitor;

/// A wish as a form.
pub(crate) struct Act {
    /// Its command, as the form says it.
    pub command: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Who may.
    pub who: &'static str,
    pub fields: &'static [Field],
}

/// A field of a form.
pub(crate) enum Field {
    /// The push, by its date.
    Push,
    /// Some of the repositories; all where none is ticked.
    Repos(&'static str, &'static str),
    /// One of the repositories.
    Repo,
    /// A line of text: its name, its label, what stands in it as an example, and whether it has to be there.
    Text(&'static str, &'static str, &'static str, bool),
    /// A person: its name, its label, and whether one has to be named.
    Person(&'static str, &'static str, bool),
    /// A day.
    Day(&'static str, &'static str),
    /// A yes or no.
    Flag(&'static str, &'static str),
    /// One of some words, each with what it means.
    Choice(&'static str, &'static str, &'static [(&'static str, &'static str)]),
}

use Field::{Choice, Day, Flag, Person, Push, Repo, Repos, Text};

const BECAUSE: Field = Text("because", "Why, for the record", "", true);
const RETRY: Field = Repos("retry", "Again, where it failed");
/// As what somebody signs off; ops claim the push instead.
const SIGNERS: &[(&str, &str)] =
    &[("", "what you are"), ("qa", "QA"), ("security", "security"), ("developer", "developer")];
const WHY: Field = Text("because", "Why, where a rule is overridden", "", false);

const fn act(
    command: &'static str,
    title: &'static str,
    who: &'static str,
    fields: &'static [Field],
) -> Act {
    Act { command, title, who, fields }
}

/// All of them, by what they are about.
pub(crate) const ACTS: &[(&str, &[Act])] = &[
    (
        "The cut and its picks",
        &[
            act(
                "tag",
                "Tag the repositories",
                "hero",
                &[
                    Push,
                    Repos("repo", "Only these"),
                    Repos("stay", "Let these stay"),
                    Text("at", "At other commits", "web:3f2a91c", false),
                    Text("from", "From another base", "web:2026.11.19", false),
                    Flag("off_cycle", "Off the schedule"),
                    Flag("again", "Another tag where there is one"),
                    Text("pick", "With these picks at once", "web:3f2a91c", false),
                    Text("leave", "Without these picks of the last push", "web:3f2a91c", false),
                    Flag("with_security", "With the security fixes"),
                    Flag("without_security", "Without the security fixes"),
                    WHY,
                ],
            ),
            act(
                "pick",
                "Pick commits onto the tags",
                "hero",
                &[
                    Push,
                    Text("commit", "Commits", "web:3f2a91c", false),
                    Flag("asked", "All that is asked for in the notes"),
                    Text("drop", "Without these picks", "web:3f2a91c", false),
                    Text("revert", "Take these back on the tag", "web:3f2a91c", false),
                    Flag("onto_production", "A hot-fix: onto what production runs"),
                    Flag("off_main", "Allow commits that are not on main"),
                    WHY,
                ],
            ),
            act(
                "ask",
                "Ask for a pick",
                "everybody",
                &[
                    Push,
                    Text("commit", "Commit", "web:3f2a91c", true),
                    Text("why", "Why", "", false),
                ],
            ),
            act(
                "decline",
                "Decline an ask",
                "hero",
                &[Push, Text("ask", "The ask", "a3, or web:3f2a91c", true), BECAUSE],
            ),
        ],
    ),
    (
        "Push day",
        &[
            act(
                "approve",
                "Sign off what stage shows",
                "QA, developers, security",
                &[
                    Push,
                    Repos("repo", "Only these"),
                    Choice("role", "As", SIGNERS),
                    Text("withdraw", "Take the sign-off back, because", "", false),
                ],
            ),
            act(
                "confirm",
                "Confirm your changes on stage",
                "their author",
                &[
                    Push,
                    Text("commit", "Only these commits", "web:3f2a91c", false),
                    Repos("repo", "Only these"),
                    Text("withdraw", "Take it back, because", "", false),
                ],
            ),
            act(
                "call",
                "Call everybody aboard who has not confirmed",
                "hero, QA, ops",
                &[
                    Push,
                    Text("text", "What for", "", false),
                    Flag("all", "Those too who have confirmed"),
                    Flag("again", "Though they were called a few minutes ago"),
                ],
            ),
            act("claim", "Take the push", "ops", &[Push]),
            act("unclaim", "Give the push back", "ops", &[Push]),
            act(
                "start",
                "Start the push: its run sheet first",
                "ops, hero",
                &[
                    Push,
                    Repos("repo", "Only these"),
                    Text("override", "Override a gate", "tasks", false),
                    WHY,
                    RETRY,
                ],
            ),
            act("promote", "Let what was deployed take over", "ops, hero", &[Push, WHY, RETRY]),
            act(
                "rollback",
                "Bring production back",
                "ops, hero",
                &[Push, Repos("repo", "Only these"), BECAUSE, RETRY],
            ),
            act(
                "clear",
                "Let tags leave again that were brought back",
                "ops, hero",
                &[Push, Repos("repo", "Only these"), BECAUSE],
            ),
            act("stop_deploys", "End deploys that run", "ops, hero", &[Push]),
            act(
                "hold",
                "Hold",
                "everybody",
                &[Push, Repo, Text("until", "Until", "14:30", false), BECAUSE],
            ),
            act("resume", "Lift a hold", "ops, hero", &[Push, Repo]),
            act(
                "finish",
                "Finish the push",
                "hero, ops",
                &[Push, Text("issue", "An issue for the mail", "", false), WHY],
            ),
        ],
    ),
    (
        "Notes",
        &[
            act(
                "block",
                "Raise a blocker",
                "everybody",
                &[
                    Push,
                    Text("text", "What is wrong", "", true),
                    Person("owner", "Whose it is", false),
                ],
            ),
            act(
                "task",
                "Add a task",
                "everybody",
                &[
                    Push,
                    Text("text", "What is to be done", "", true),
                    Choice(
                        "phase",
                        "When",
                        &[
                            ("before-push", "before the push"),
                            ("before-start", "before the start"),
                            ("before-promote", "before it is promoted"),
                            ("after-done", "after it is done"),
                        ],
                    ),
                    Person("owner", "Whose it is", false),
                ],
            ),
            act(
                "done",
                "Settle a blocker or a task",
                "its raiser, hero, QA, ops",
                &[
                    Push,
                    Text("item", "Which", "b2, t1", true),
                    Text("on", "On which environment", "stage", false),
                    Text("because", "Why it is settled", "", false),
                ],
            ),
        ],
    ),
    (
        "Calendar",
        &[
            act("move", "Move a push", "hero, admin", &[Push, Day("to", "To")]),
            act("cancel", "Cancel a push", "hero, admin", &[Push, BECAUSE]),
            act(
                "swap",
                "Let somebody else be the hero",
                "heroes, admin",
                &[Day("push", "Of the push on"), Person("with", "Who", true)],
            ),
            act(
                "offer",
                "Offer your push to another hero",
                "its hero",
                &[
                    Day("push", "The push on"),
                    Person("to", "To; all heroes if nobody is named", false),
                ],
            ),
            act(
                "take_offer",
                "Take a push that is offered",
                "heroes",
                &[Day("push", "The push on")],
            ),
            act(
                "decline_offer",
                "Do not take it",
                "whom it is offered to",
                &[Day("push", "The push on"), Text("because", "Why", "", false)],
            ),
            act(
                "keep_offer",
                "Keep a push that you offered",
                "its hero",
                &[Day("push", "The push on")],
            ),
            act(
                "away",
                "Note that somebody is away",
                "themselves, admin",
                &[Person("who", "Who", true), Day("from", "From"), Day("to", "To")],
            ),
            act(
                "back",
                "Take that back",
                "themselves, admin",
                &[Person("who", "Who", true), Day("from", "From"), Day("to", "To")],
            ),
            act(
                "later",
                "Be asked again later",
                "everybody",
                &[
                    Text("key", "What waits for you", "a3", true),
                    Text("until", "Until", "tomorrow", false),
                ],
            ),
            act("adopt", "Let this ledger run the train", "admin", &[BECAUSE]),
        ],
    ),
    (
        "Security fixes",
        &[
            act(
                "security_approve",
                "Review a branch",
                "security",
                &[Repo, Text("branch", "Its number", "1", true)],
            ),
            act(
                "security_merge",
                "Merge upstream, then security",
                "security",
                &[
                    Repo,
                    Text("branch", "Only these numbers", "1", false),
                    Flag("unreviewed", "Unreviewed ones too"),
                    WHY,
                ],
            ),
            act("security_sync", "Bring security's main after upstream's", "security", &[Repo]),
        ],
    ),
];

#[derive(Template)]
#[template(path = "act.html")]
struct ActPage {
    layout: Layout,
    train: String,
    repos: Vec<String>,
    people: Vec<String>,
    groups: Vec<&'static (&'static str, &'static [Act])>,
    filled: Filled,
}

/// What an address fills in: the form that stands open, by its command, and fields of it by their names. A link never says
/// the yes.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Filled(BTreeMap<String, String>);

impl Filled {
    /// Whether the form of a command stands open.
    fn opens(&self, command: &str) -> bool {
        self.of("command") == command
    }

    /// What a field begins with; empty where the address says nothing of it.
    fn of(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The same in the form of a command: what is not of its form stands in none, save the push, which is every form's.
    fn within(&self, command: &str, field: &str) -> &str {
        if field == "push" || self.opens(command) { self.of(field) } else { "" }
    }

    /// Whether one of several is chosen, or a flag is up.
    fn has(&self, command: &str, field: &str, value: &str) -> bool {
        self.within(command, field).split(',').any(|one| one == value)
    }
}

/// The address of a form with fields filled in.
pub(crate) fn address(train: &TrainName, command: &str, fields: &[(&str, String)]) -> String {
    let mut said = url::form_urlencoded::Serializer::new(String::new());
    said.append_pair("command", command);
    for (name, value) in fields {
        said.append_pair(name, value);
    }
    format!("/trains/{train}/act?{}#{command}", said.finish())
}

/// The address of the form that somebody sent, filled in as they filled it in; none where it is none of these.
pub(crate) fn filled_in(train: &TrainName, sent: &Fields) -> Option<String> {
    let command = sent.one("command")?;
    let act = ACTS.iter().flat_map(|(_, acts)| *acts).find(|act| act.command == command)?;
    let filled = act.fields.iter().filter_map(|field| {
        // Boxes that are ticked stand behind commas in an address; a line of text has its words.
        let (name, between) = match field {
            Push => ("push", " "),
            Repo => ("repo", " "),
            Repos(name, _) => (*name, ","),
            Text(name, ..) | Person(name, ..) | Day(name, _) | Flag(name, _) | Choice(name, ..) => {
                (*name, " ")
            }
        };
        let values: Vec<&str> = sent.every(name).collect();
        (!values.is_empty()).then(|| (name, values.join(between)))
    });
    Some(address(train, command, &filled.collect::<Vec<_>>()))
}

/// `/trains/{train}/act`.
pub(crate) async fn act_page(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(filled): Query<Filled>,
) -> Result<Response, NoPage> {
    visitor.may_act().map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    let look = async move |conductor: &Conductor| {
        let settings = &conductor.settings;
        let repos = settings.repos.iter().map(|repo| repo.name.to_string()).collect();
        let people = settings.people.keys().map(ToString::to_string).collect();
        // Whether there are security remotes is in everybody's configuration; what is in them is not.
        let twins = settings.repos.iter().any(|repo| repo.security.is_some());
        Ok((repos, people, twins))
    };
    let ((repos, people, twins), _) = looked(&house, &visitor, &train, look).await?;
    let of_twins =
        |group: &(&str, &[Act])| group.1.iter().any(|act| act.command.starts_with("security"));
    let groups = ACTS.iter().filter(|group| twins || !of_twins(group)).collect();
    let layout = Layout::of(&house, &visitor, "What can be done").about(&train).at("act");
    let layout = Layout { events: None, ..layout };
    Ok(shown(&ActPage { layout, train: train.to_string(), repos, people, groups, filled }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_was_sent_is_found_again_as_it_was_filled_in() {
        let train = "amo".parse().unwrap();
        let again = |form: &str| filled_in(&train, &Fields::read(form.as_bytes()));
        let tag = "command=tag&push=2026.11.26&stay=web&stay=server&from=&pick=web%3Aaa+web%3Abb&again=true";
        let filled = "/trains/amo/act?command=tag&push=2026.11.26&stay=web%2Cserver&again=true&pick=web%3Aaa+web%3Abb#tag";
        assert_eq!(again(tag).as_deref(), Some(filled));
        assert_eq!(again("command=give&who=mat&role=qa"), None);
        assert_eq!(again("wish=%7B%7D"), None);
    }
}
