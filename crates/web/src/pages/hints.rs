//! What the rules say to do, in the words of the pages. The rules name commands and their options, as a terminal has them; here
//! stands which form, field or page is meant, and nowhere else. What only a terminal can do stays a command, and is said to be one.

use crate::acts::{ACTS, Act, Field, form, is, is_needed, label, name};

/// Where a page shows what runs in environments.
const ENVIRONMENTS: &str = "“Environments” on the page of the push";

/// What the rules say that a watch does. A page asks nobody: it shows what was last seen, by a round of the server where it makes
/// some, else by whoever looked.
const WATCHING: &[&str] =
    &[" follows until it does", " follows until it shows the tags", " follows", " waits for it"];

/// Commands that show something, and where a page shows it.
const PAGES: &[(&str, &str)] = &[
    ("status", "the page of the push"),
    ("ready", "the page of the push"),
    ("schedule", "the page Train"),
    ("history", "the page History"),
    ("stats", "the page Figures"),
    ("log", "the page Ledger"),
    ("verify", "the page Ledger"),
    ("where", "the page Where is…"),
    ("people", "the page People"),
    ("people give", "the page People"),
    ("notes", "the page of the notes"),
    ("notes check", "the page What to look at again"),
    ("compare", "the page of the push"),
    ("watch", ENVIRONMENTS),
    ("security list", "the page of the push"),
    ("tell", "the page What is told"),
    ("tell --dry-run", "the page What is told"),
    ("tell --again", "“Try again” on the page What is told"),
    ("tell --drop", "“Give up” on the page What is told"),
];

/// Commands whose form has another name, with the words by which they are another.
const FORMS: &[(&str, &str)] = &[
    ("rollback --clear", "clear"),
    ("start --stop", "stop_deploys"),
    ("ask --decline", "decline"),
    ("task done", "done"),
    ("unblock", "done"),
    ("security approve", "security_approve"),
    ("security merge", "security_merge"),
    ("security sync", "security_sync"),
    ("security repair", "security_repair"),
];

/// What the rules say to whoever types, and a page to nobody: here somebody else acts by signing in.
const UNSAID: &[&str] = &[
    ", or act as somebody else with --as NAME",
    "; --as NAME acts as somebody else",
    "--as NAME acts as somebody of [people]",
    ", with a new key,",
];

/// Options that no form has, and the command that does.
const TYPED: &[(&str, &str)] = &[("resolve", "pick --resolve"), ("settle", "tag --settle")];

/// A sentence of the rules as a page says it.
pub(crate) fn said(text: &str) -> String {
    let text = UNSAID.iter().fold(text.to_owned(), |text, unsaid| text.replace(unsaid, ""));
    let mut out = String::new();
    for (n, part) in text.split('`').enumerate() {
        let command = (n % 2 == 1).then(|| part.strip_prefix("pushduty ")).flatten();
        match command {
            Some(command) => out.push_str(&meant(command)),
            // What else stands in marks is a word of the configuration, or a name.
            None if n % 2 == 1 => out.push_str(&format!("`{part}`")),
            None => out.push_str(&fields(part)),
        }
    }
    WATCHING.iter().fold(out, |out, watching| {
        let seen = format!("{ENVIRONMENTS} shows what was last seen");
        out.replace(&format!("{ENVIRONMENTS}{watching}"), &seen)
    })
}

/// The form or the page of a command.
fn meant(command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let by_another = FORMS.iter().find(|(of, _)| begins(&words, of)).map(|(_, form)| *form);
    let form = form(by_another.or(words.first().copied()).unwrap_or_default());
    if let Some(form) = form.filter(|form| fits(form, command)) {
        return format!("“{}” under Do…{}", form.title, options(form, &words));
    }
    let shows = PAGES.iter().rev().find(|(of, _)| begins(&words, of));
    let is_said = |of: &str| of.contains("--") || command.contains("--push");
    match shows.filter(|(of, _)| !command.contains("--") || is_said(of)) {
        Some((_, page)) => (*page).to_owned(),
        None => format!("`pushduty {command}` on the command line"),
    }
}

/// The form of a command, with what the command says filled in.
pub(crate) struct Led {
    /// Its name.
    pub command: &'static str,
    /// What it does.
    pub title: &'static str,
    /// Fields and what stands in them.
    pub fields: Vec<(&'static str, String)>,
    /// Whether nothing is left for a person to say: then its plan can be asked for at once.
    pub whole: bool,
}

/// Where a command leads to; none where no form can say all of it.
pub(crate) fn led(command: &str) -> Option<Led> {
    let words: Vec<&str> = command.strip_prefix("pushduty ")?.split_whitespace().collect();
    let of = FORMS.iter().find(|(of, _)| begins(&words, of));
    let act = form(of.map_or(*words.first()?, |(_, form)| form))?;
    let named = of.map_or(1, |(of, _)| of.split(' ').count());
    let (mut fields, mut whole) = (Vec::new(), true);
    let mut words = words.into_iter().skip(named);
    while let Some(word) = words.next() {
        let (field, value) = match word.strip_prefix("--") {
            Some(option) => match act.fields.iter().find(|field| is(field, option))? {
                Field::Flag(name, _) => (*name, "true"),
                field => (name(field), words.next()?),
            },
            None => {
                let first = act.fields.iter().find(|field| matches!(field, Field::Text(..)))?;
                (name(first), word)
            }
        };
        // What stands in for a value is for a person to say.
        match value.chars().all(|c| c.is_ascii_uppercase()) {
            true => whole = false,
            false => fields.push((field, value.to_owned())),
        }
    }
    let said = |field: &Field| fields.iter().any(|(name, _)| *name == self::name(field));
    whole &= act.fields.iter().all(|field| !is_needed(field) || said(field));
    Some(Led { command: act.command, title: act.title, fields, whole })
}

/// The environment that a command watches, of which the page of the push shows what was last seen.
pub(crate) fn watched(command: &str) -> Option<&str> {
    let environment = command.strip_prefix("pushduty watch ")?.split_whitespace().next();
    environment.filter(|word| !word.starts_with("--"))
}

/// Whether words begin with those of a command, and have its options.
fn begins(words: &[&str], of: &str) -> bool {
    of.split(' ').all(|word| words.contains(&word))
        && of.split(' ').next() == words.first().copied()
}

/// Whether a form can say all that a command says.
fn fits(form: &Act, command: &str) -> bool {
    let known = |option: &str| {
        option == "push"
            || label(form.fields, option).is_some()
            || FORMS.iter().any(|(of, _)| of.ends_with(option))
    };
    command.split_whitespace().filter_map(|word| word.strip_prefix("--")).all(known)
}

/// The fields of a form that a command fills in, with what it says where that is more than a stand-in.
fn options(form: &Act, words: &[&str]) -> String {
    let mut out = String::new();
    for (n, word) in words.iter().enumerate() {
        let Some(option) = word.strip_prefix("--") else { continue };
        let value =
            words.get(n + 1).filter(|value| value.chars().any(|c| c.is_ascii_digit() || c == ':'));
        let said = match (option, label(form.fields, option), value) {
            ("push", _, Some(value)) => format!(" for {value}"),
            ("push", _, None) | (_, None, _) => continue,
            (_, Some(label), Some(value)) => format!(", with “{label}” {value}"),
            (_, Some(label), None) => format!(", with “{label}”"),
        };
        out.push_str(&said);
    }
    out
}

/// Options outside of any command: the label of the first form that has them.
fn fields(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let name = bare.trim_end_matches([',', '.', ';', ':', ')']);
        let found = name.strip_prefix("--").and_then(|option| {
            ACTS.iter().flat_map(|(_, acts)| *acts).find_map(|act| label(act.fields, option))
        });
        match found {
            Some(label) => out.push_str(&format!("“{label}”{}", &word[name.len()..])),
            // What stands in for a value goes with the option that it is of.
            None if bare == "TEXT" && out.ends_with("” ") => {
                out.truncate(out.len() - 1);
                out.push_str(&word[bare.len()..]);
            }
            None => match TYPED.iter().find(|(of, _)| name.strip_prefix("--") == Some(*of)) {
                Some((_, command)) => {
                    let end = &word[name.len()..];
                    out.push_str(&format!("`pushduty {command}` on the command line{end}"));
                }
                None => out.push_str(word),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_leads_to_its_form_with_what_it_says_filled_in() {
        let shown = |command: &str| {
            led(command).map(|led| {
                let fields = led.fields.iter().map(|(name, value)| format!("{name}={value}"));
                let open = if led.whole { "" } else { " …" };
                format!("{} {}{open}", led.command, fields.collect::<Vec<_>>().join(" "))
            })
        };
        for (command, form) in [
            ("pushduty tag", Some("tag ")),
            ("pushduty pick --asked --push 2026.11.26", Some("pick asked=true push=2026.11.26")),
            ("pushduty pick COMMIT", Some("pick  …")),
            ("pushduty unblock b2", Some("done item=b2")),
            ("pushduty task done t4", Some("done item=t4")),
            ("pushduty start --retry web", Some("start retry=web")),
            ("pushduty rollback --because TEXT", Some("rollback  …")),
            ("pushduty approve --role qa", Some("approve role=qa")),
            ("pushduty swap 2026.12.03 --with mat", None),
            ("pushduty offer --push 2026.12.03", Some("offer push=2026.12.03")),
            ("pushduty swap --push 2026.12.03", Some("swap push=2026.12.03 …")),
            ("pushduty watch stage", None),
            ("pushduty schedule", None),
            ("pushduty tag --settle", None),
        ] {
            assert_eq!(shown(command).as_deref(), form, "{command}");
        }
    }

    #[test]
    fn what_a_command_watches_is_an_environment() {
        for (command, environment) in [
            ("pushduty watch stage", Some("stage")),
            ("pushduty watch production --push 2026.11.26", Some("production")),
            ("pushduty watch --once", None),
            ("pushduty status", None),
        ] {
            assert_eq!(watched(command), environment, "{command}");
        }
    }

    /// What is said on the command line, and on pages.
    const SAID: &[(&str, &str)] = &[
        (
            "say why it needs another tag: --again --because TEXT",
            "say why it needs another tag: “Another tag where there is one” “Why, where a rule is overridden”",
        ),
        (
            "--off-cycle takes a date off the schedule",
            "“Off the schedule” takes a date off the schedule",
        ),
        (
            "`pushduty status` shows what is open, `pushduty rollback --because TEXT` brings production back.",
            "the page of the push shows what is open, “Bring production back” under Do…, with “Why, for the record” brings production back.",
        ),
        (
            "`pushduty rollback --clear --push 2026.11.26 --because TEXT` once it is mended",
            "“Let tags leave again that were brought back” under Do… for 2026.11.26, with “Why, for the record” once it is mended",
        ),
        (
            "`pushduty pick --push 2026.11.26 --revert web:ccccccc` brings it there",
            "“Pick commits onto the tags” under Do… for 2026.11.26, with “Take these back on the tag” web:ccccccc brings it there",
        ),
        (
            "`pushduty tag --push DATE --off-cycle` makes one on another day",
            "“Tag the repositories” under Do…, with “Off the schedule” makes one on another day",
        ),
        ("`pushduty notes show --push 2026.11.26`", "the page of the notes"),
        ("`pushduty security list` shows them", "the page of the push shows them"),
        (
            "`pushduty watch production --push 2026.11.26` follows until it does; look again",
            "“Environments” on the page of the push shows what was last seen; look again",
        ),
        (
            "`pushduty watch stage` waits for it, `pushduty status` says what is there",
            "“Environments” on the page of the push shows what was last seen, the page of the push says what is there",
        ),
        (
            "`pushduty pick --continue` goes on from it",
            "`pushduty pick --continue` on the command line goes on from it",
        ),
        (
            "`pushduty security repair --repo web` shows it",
            "“Bring two mains together that have diverged” under Do…, with “Repository” shows it",
        ),
        (
            "`pushduty tell --dry-run` says why, `pushduty tell --again` tries once more",
            "the page What is told says why, “Try again” on the page What is told tries once more",
        ),
        ("use --data with its folder", "use --data with its folder"),
        (
            "or finish by hand with --resolve",
            "or finish by hand with `pushduty pick --resolve` on the command line",
        ),
        (
            "an admin gives roles, by `pushduty people give` or in the configuration; --as NAME acts as somebody else",
            "an admin gives roles, by the page People or in the configuration",
        ),
        ("--as NAME acts as somebody of [people]", ""),
        (
            "the same wish once more, with a new key, goes on with it",
            "the same wish once more goes on with it",
        ),
        ("ask an admin to write `email = …`", "ask an admin to write `email = …`"),
    ];

    #[test]
    fn options_and_commands_are_the_fields_and_forms_that_they_are_here() {
        for (of, here) in SAID {
            assert_eq!(said(of), *here);
        }
    }
}
