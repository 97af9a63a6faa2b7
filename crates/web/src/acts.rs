//! Everything that can be done to a train, a form each: what stands in them, and by which options of a command a field goes.

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
    /// Lines of text, each of which is one.
    Lines(&'static str, &'static str),
    /// A person: its name, its label, and whether one has to be named.
    Person(&'static str, &'static str, bool),
    /// A day.
    Day(&'static str, &'static str),
    /// A yes or no.
    Flag(&'static str, &'static str),
    /// One of some words, each with what it means.
    Choice(&'static str, &'static str, &'static [(&'static str, &'static str)]),
}

use Field::{Choice, Day, Flag, Lines, Person, Push, Repo, Repos, Text};

const BECAUSE: Field = Text("because", "Why, for the record", "", true);
const RETRY: Field = Repos("retry", "Again, where it failed");
/// As what somebody signs off; ops claim the push instead.
const SIGNERS: &[(&str, &str)] =
    &[("", "what you are"), ("qa", "QA"), ("security", "security"), ("developer", "developer")];
/// How two mains come together: nothing is published that nobody chose to.
const REPAIRS: &[(&str, &str)] = &[
    ("", "say what becomes of it"),
    ("publish", "is merged upstream: public from then on"),
    ("set_aside", "is kept as a branch there; an admin resets main"),
];
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
                &[Push, Lines("issue", "Issues for the mail, a line each"), WHY],
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
            act(
                "pass_on",
                "Pass a blocker or a task on to the next push",
                "its raiser, hero, QA, ops",
                &[Push, Text("item", "Which", "b2, t1", true)],
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
                "who takes turns, hero, ops, admin",
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
                "themselves, hero, ops, admin",
                &[Person("who", "Who", true), Day("from", "From"), Day("to", "To")],
            ),
            act(
                "back",
                "Take that back",
                "themselves, hero, ops, admin",
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
            act(
                "security_repair",
                "Bring two mains together that have diverged",
                "security",
                &[
                    Repo,
                    Choice("way", "What only security has", REPAIRS),
                    Text("set_aside", "As which branch, where it is kept", "kept", false),
                ],
            ),
        ],
    ),
];

/// Options whose field has another name.
const FIELDS: &[(&str, &str)] = &[("pick", "commit"), ("onto", "onto_production")];

/// The form of a command.
pub(crate) fn form(command: &str) -> Option<&'static Act> {
    ACTS.iter().flat_map(|(_, acts)| *acts).find(|act| act.command == command)
}

/// The name of a field in its form.
pub(crate) fn name(field: &Field) -> &'static str {
    match field {
        Repos(name, _)
        | Text(name, ..)
        | Lines(name, _)
        | Person(name, ..)
        | Day(name, _)
        | Flag(name, _)
        | Choice(name, ..) => name,
        Push => "push",
        Repo => "repo",
    }
}

/// Whether a person has to fill it in.
pub(crate) fn is_needed(field: &Field) -> bool {
    matches!(field, Text(_, _, _, true) | Person(_, _, true) | Day(..))
}

/// Whether an option is a field's.
pub(crate) fn is(field: &Field, option: &str) -> bool {
    let option = option.replace('-', "_");
    let other = FIELDS.iter().find(|(of, _)| *of == option).map(|(_, field)| *field);
    name(field) == option || Some(name(field)) == other
}

/// The label of an option among some fields.
pub(crate) fn label(fields: &[Field], option: &str) -> Option<&'static str> {
    fields.iter().find(|field| is(field, option)).map(|field| match field {
        Repos(_, label)
        | Text(_, label, ..)
        | Lines(_, label)
        | Person(_, label, _)
        | Day(_, label)
        | Flag(_, label)
        | Choice(_, label, _) => *label,
        Push => "Push, by its date",
        Repo => "Repository",
    })
}

/// The label of a field in the form of a command.
pub(crate) fn label_of(command: &str, field: &str) -> Option<&'static str> {
    label(form(command)?.fields, field)
}
