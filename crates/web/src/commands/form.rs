//! A form as a wish: flat fields, by the names that the wishes have.

use std::collections::BTreeMap;

use jiff::Timestamp;
use train::calendar::Timetable;
use train::command::{
    ApproveWish, AskName, CallWish, Command, ConfirmWish, FinishWish, MergeWish, NotesWish,
    PickWish, PromoteWish, RepairWay, RollbackWish, StartWish, TagWish, WhichPush, Writing,
};
use train::hold::until;
use train::id::{PushDate, RepoName};
use train::notes::{Phase, SectionKind};
use train::people::Role;
use train::refusal::Refusal;

use crate::fields::{Fields, bad, commit, parsed, word};

type Result<T> = std::result::Result<T, Refusal>;

/// By what times that people write are read: the train's timetable, and now.
pub(crate) type Clock<'a> = (&'a Timetable, Timestamp);

/// The wish that a form is for: its field `wish` has it as a document, which may lack its reason; or `command` says which, and
/// the other fields what of it.
pub(crate) fn wish(form: &Fields, clock: Clock<'_>) -> Result<Command> {
    if let Some(document) = form.one("wish") {
        let unread = |_| bad("the form's wish can't be read".to_owned(), "ask for the page again");
        let wish: Command = serde_json::from_str(document).map_err(unread)?;
        return train::waiting::with_reason(wish, form.reason("because")?);
    }
    let push = form.parsed::<PushDate>("push")?;
    let because = form.reason("because")?;
    Ok(match form.one("command").unwrap_or_default() {
        "tag" => Command::Tag(tag(form)?),
        "pick" => Command::Pick(pick(form)?),
        "approve" => Command::Approve(ApproveWish {
            push,
            repos: form.set("repo")?,
            role: form.one("role").map(|role| word::<Role>("role", role)).transpose()?,
            withdraw: form.reason("withdraw")?,
        }),
        "confirm" => Command::Confirm(ConfirmWish {
            push,
            commits: form.commits("commit")?,
            repos: form.set("repo")?,
            withdraw: form.reason("withdraw")?,
        }),
        "call" => Command::Call(CallWish {
            push,
            text: form.reason("text")?,
            all: form.flag("all"),
            again: form.flag("again"),
        }),
        "start" => Command::Start(StartWish {
            push,
            repos: form.set("repo")?,
            overrides: form.all("override").map(str::to_owned).collect(),
            because,
            retry: form.set("retry")?,
        }),
        "promote" => Command::Promote(PromoteWish { push, because, retry: form.set("retry")? }),
        "rollback" => Command::Rollback(RollbackWish {
            push,
            repos: form.set("repo")?,
            because,
            retry: form.set("retry")?,
        }),
        "finish" => Command::Finish(FinishWish { push, issues: form.reasons("issue")?, because }),
        _ => {
            let other = notes(form, push).or_else(|| security(form));
            return other.unwrap_or_else(|| day(form, push, clock));
        }
    })
}

fn tag(form: &Fields) -> Result<TagWish> {
    let at = |name| -> Result<BTreeMap<Option<RepoName>, String>> {
        Ok(form.commits(name)?.into_iter().map(|one| (one.repo, one.commit)).collect())
    };
    Ok(TagWish {
        push: form.parsed("push")?,
        repos: form.set("repo")?,
        at: at("at")?,
        from: at("from")?,
        picks: form.commits("pick")?,
        stay: form.set("stay")?,
        again: form.flag("again"),
        off_cycle: form.flag("off_cycle"),
        without_security: form.flag("without_security"),
        with_security: form.flag("with_security"),
        leave: form.commits("leave")?,
        because: form.reason("because")?,
    })
}

fn pick(form: &Fields) -> Result<PickWish> {
    Ok(PickWish {
        push: form.parsed("push")?,
        picks: form.commits("commit")?,
        asked: form.flag("asked"),
        drop: form.commits("drop")?,
        revert: form.commits("revert")?,
        off_main: form.flag("off_main"),
        onto_production: form.flag("onto_production"),
        because: form.reason("because")?,
    })
}

/// Wishes about the notes.
fn notes(form: &Fields, push: Option<PushDate>) -> Option<Result<Command>> {
    let which = push.map_or(WhichPush::Shown, WhichPush::On);
    let write = |writing| Command::Notes(NotesWish { push: which, writing });
    let item = |kind| {
        let owner = form.parsed("owner")?;
        Ok(write(Writing::Item { kind, text: form.needed("text")?, owner }))
    };
    Some(match form.one("command")? {
        "block" => item(SectionKind::Blockers),
        "task" => form
            .needed("phase")
            .and_then(|said| phase(&said))
            .map(SectionKind::Tasks)
            .and_then(item),
        "ask" => form
            .needed("commit")
            .and_then(|named| commit(&named))
            .map(|commit| write(Writing::Ask { commit, why: form.text("why") })),
        "decline" => declined(form).map(write),
        "done" => done(form).map(write),
        "pass_on" => form
            .needed("item")
            .and_then(|item| parsed("item", &item))
            .map(|item| write(Writing::PassOn { item })),
        "notes" => {
            form.parsed("base").map(|base| write(Writing::Text { text: form.whole("text"), base }))
        }
        _ => return None,
    })
}

fn phase(said: &str) -> Result<Phase> {
    let said = said.replace('_', "-");
    Phase::ALL.into_iter().find(|phase| phase.word() == said).ok_or_else(|| {
        bad(format!("{} is no phase", train::id::quoted(&said)), "choose one of those of the form")
    })
}

/// A day, written as pushes are, or as in ISO 8601.
fn day_of(said: &str) -> Result<jiff::civil::Date> {
    parsed("date", &said.replace('.', "-"))
}

fn declined(form: &Fields) -> Result<Writing> {
    let ask = form.needed("ask")?;
    let ask = match ask.parse() {
        Ok(item) => AskName::Item(item),
        Err(_) => AskName::Commit(commit(&ask)?),
    };
    Ok(Writing::Decline { ask, because: Some(form.needed_reason("because")?) })
}

fn done(form: &Fields) -> Result<Writing> {
    let item = parsed("item", &form.needed("item")?)?;
    Ok(Writing::Done { item, on: form.text("on"), because: form.reason("because")? })
}

/// Wishes about the calendar, and about a push's day.
fn day(form: &Fields, push: Option<PushDate>, clock: Clock<'_>) -> Result<Command> {
    let because = || form.needed_reason("because");
    let needed = |name: &str| form.needed(name);
    Ok(match form.one("command").unwrap_or_default() {
        "move" => Command::Move { push, to: parsed("date", &needed("to")?)? },
        "cancel" => Command::Cancel { push, because: because()? },
        "swap" => Command::Swap {
            push: parsed("date", &needed("push")?)?,
            with: parsed("name", &needed("with")?)?,
        },
        "offer" => {
            Command::Offer { push: parsed("date", &needed("push")?)?, to: form.parsed("to")? }
        }
        "take_offer" => Command::TakeOffer { push: parsed("date", &needed("push")?)? },
        "decline_offer" => Command::DeclineOffer {
            push: parsed("date", &needed("push")?)?,
            because: form.reason("because")?,
        },
        "keep_offer" => Command::KeepOffer { push: parsed("date", &needed("push")?)? },
        "away" => Command::Away {
            who: parsed("name", &needed("who")?)?,
            from: day_of(&needed("from")?)?,
            to: day_of(&needed("to")?)?,
        },
        "back" => Command::Back {
            who: parsed("name", &needed("who")?)?,
            from: day_of(&needed("from")?)?,
            to: day_of(&needed("to")?)?,
        },
        "hold" => Command::Hold {
            push,
            repo: form.parsed("repo")?,
            until: form.one("until").map(|text| until(text, clock.0, clock.1)).transpose()?,
            because: because()?,
        },
        "resume" => Command::Resume { push, repo: form.parsed("repo")? },
        "claim" => Command::Claim { push },
        "unclaim" => Command::Unclaim { push },
        "give" => {
            Command::GiveRole { who: parsed("who", &form.needed("who")?)?, role: role(form)? }
        }
        "take" => {
            Command::TakeRole { who: parsed("who", &form.needed("who")?)?, role: role(form)? }
        }
        "clear" => Command::Clear { push, repos: form.set("repo")?, because: because()? },
        "stop_deploys" => Command::StopDeploys { push },
        "later" => Command::Later {
            key: parsed("name of a thing", &needed("key")?)?,
            until: form.text("until"),
        },
        "adopt" => Command::Adopt { because: Some(because()?) },
        other => {
            let what = format!("there is no command {}", train::id::quoted(other));
            return Err(bad(what, "use a form of these pages"));
        }
    })
}

/// Wishes about the private twins.
fn security(form: &Fields) -> Option<Result<Command>> {
    let review = || {
        let branch = parsed("number", &form.needed("branch")?)?;
        Ok(Command::SecurityApprove { repo: form.parsed("repo")?, branch })
    };
    let merge = || {
        Ok(Command::SecurityMerge(MergeWish {
            repo: form.parsed("repo")?,
            branches: form.set("branch")?,
            unreviewed: form.flag("unreviewed"),
            because: form.reason("because")?,
        }))
    };
    let repair =
        || Ok(Command::SecurityRepair { repo: form.parsed("repo")?, way: Some(repair_way(form)?) });
    Some(match form.one("command")? {
        "security_approve" => review(),
        "security_merge" => merge(),
        "security_sync" => form.parsed("repo").map(|repo| Command::SecuritySync { repo }),
        "security_repair" => repair(),
        _ => return None,
    })
}

/// How two mains come together. What somebody names a branch for is not published.
fn repair_way(form: &Fields) -> Result<RepairWay> {
    match (form.needed("way")?.as_str(), form.text("set_aside")) {
        ("publish", None) => Ok(RepairWay::Publish),
        ("publish", Some(_)) => {
            let what = "what is merged upstream is not kept as a branch".to_owned();
            Err(bad(what, "name a branch, or let it be merged, and not both"))
        }
        ("set_aside", _) => form.needed("set_aside").map(RepairWay::SetAside),
        (other, _) => {
            let what =
                format!("{} is no way to bring two mains together", train::id::quoted(other));
            Err(bad(what, "choose one of those of the form"))
        }
    }
}

fn role(form: &Fields) -> Result<Role> {
    word("role", &form.needed("role")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::{ACTS, Field};

    fn example(field: &Field) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        match field {
            Field::Push => pair("push", "2026.11.26"),
            Field::Repos(name, _) => [pair(name, "web"), pair(name, "server")].concat(),
            Field::Repo => pair("repo", "web"),
            Field::Text(name, _, example, _) => {
                let first = example.split(',').next().unwrap_or_default();
                pair(name, if first.is_empty() { "words" } else { first })
            }
            Field::Lines(name, _) => pair(name, "one\r\nanother"),
            Field::Person(name, ..) => pair(name, "mat"),
            Field::Day(name, _) => pair(name, "2026.12.03"),
            Field::Flag(name, _) => pair(name, "true"),
            Field::Choice(name, _, words) => pair(name, words.last().map_or("", |(word, _)| word)),
        }
    }

    fn timetable() -> Timetable {
        let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
        Timetable::new("America/Los_Angeles".parse().unwrap(), cut, push)
    }

    #[test]
    fn a_hold_is_until_a_time_as_people_write_it_by_the_trains_clock() {
        let (timetable, now) = (timetable(), "2026-11-24T20:00:00Z".parse().unwrap());
        let read = |until: &str| {
            let form = format!("command=hold&because=smoke&until={until}");
            wish(&Fields::read(form.as_bytes()), (&timetable, now))
        };
        for text in ["14:30", "2026-11-24T14:30", "2026-11-24T23:30%2B01:00"] {
            let Ok(Command::Hold { until, .. }) = read(text) else { panic!("{text} is a time") };
            assert_eq!(until, Some("2026-11-24T22:30:00Z".parse().unwrap()), "{text}");
        }
        assert!(read("soon").is_err() && read("2026-11-23").is_err());
    }

    #[test]
    fn what_is_to_be_kept_as_a_branch_is_never_published() {
        let (timetable, now) = (timetable(), "2026-11-24T20:00:00Z".parse().unwrap());
        let read = |said: &str| {
            let form = format!("command=security_repair&{said}");
            wish(&Fields::read(form.as_bytes()), (&timetable, now))
        };
        let way = |said: &str| match read(said) {
            Ok(Command::SecurityRepair { way, .. }) => way,
            _ => None,
        };
        assert_eq!(way("way=publish"), Some(RepairWay::Publish));
        let kept = Some(RepairWay::SetAside("kept".to_owned()));
        assert_eq!(way("way=set_aside&set_aside=kept"), kept);
        for said in ["", "set_aside=kept", "way=publish&set_aside=kept", "way=set_aside", "way=x"] {
            assert!(read(said).is_err(), "{said}");
        }
        let below = Some(RepairWay::SetAside("kept/2026".to_owned()));
        assert_eq!(way("way=set_aside&set_aside=kept/2026"), below);
    }

    #[test]
    fn each_line_is_one_and_a_field_that_is_repeated_is_several() {
        let (timetable, now) = (timetable(), "2026-11-24T20:00:00Z".parse().unwrap());
        let read = |said: &str| {
            let form = format!("command=finish&{said}");
            match wish(&Fields::read(form.as_bytes()), (&timetable, now)) {
                Ok(Command::Finish(wish)) => {
                    wish.issues.into_iter().map(String::from).collect::<Vec<_>>()
                }
                _ => panic!("{said} ends a push"),
            }
        };
        let lines = read("issue=it+was+slow%0D%0A+%0D%0Aa+page+was+blank+");
        assert_eq!(lines, ["it was slow", "a page was blank"]);
        assert_eq!(read("issue=one&issue=another"), ["one", "another"]);
        assert!(read("issue=+%0D%0A").is_empty());
    }

    #[test]
    fn every_form_is_a_wish() {
        let (timetable, now) = (timetable(), "2026-11-24T20:00:00Z".parse().unwrap());
        for act in ACTS.iter().flat_map(|(_, acts)| *acts) {
            let mut form = vec![("command".to_owned(), act.command.to_owned())];
            form.extend(act.fields.iter().flat_map(example));
            let text =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            let wish = wish(&Fields::read(text.as_bytes()), (&timetable, now));
            assert!(wish.is_ok(), "{}: {:?} of {text}", act.command, wish.err());
        }
    }
}
