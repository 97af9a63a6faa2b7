//! What people wrote in the notes: asks for the hero, blockers and tasks for whoever owns them.

use jiff::Timestamp;

use super::{Answer, Facts, PushFacts, Stage, Thing, short};
use crate::asks::AskState;
use crate::command::{AskName, Command, PickWish, RepoCommit, Writing};
use crate::gates::OpenItem;
use crate::id::{PushDate, RepoName, quoted};
use crate::key::{Key, Kind};
use crate::notes::Phase;
use crate::notes::follow::ItemId;

/// A pick that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskFacts {
    /// The item that it stands in.
    pub item: ItemId,
    /// What people call it.
    pub name: String,
    /// Its repository, where that is said.
    pub repo: Option<RepoName>,
    /// What `pick` is told: the commit, or the pull request; none where there is no such one.
    pub pick: Option<RepoCommit>,
    /// Why, in the asker's words.
    pub why: String,
    /// Who asks.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// How it stands.
    pub state: AskState,
    /// The same in a sentence without its full stop.
    pub says: String,
}

/// A blocker or a task that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// What it is.
    pub item: OpenItem,
    /// When a task is due; none of a blocker.
    pub when: Option<Phase>,
    /// Whether it holds its phase up: hard words, and meant as such.
    pub holds: bool,
    /// Who should own it, where nobody does and something tells.
    pub propose: Option<String>,
}

/// Asks: those that the hero can take or has to say no to, and of the asker's own those that can't be picked as they are.
pub(super) fn asks(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    let cut = push.stage == Stage::Cut;
    let of = |ask: &AskFacts| {
        let mend = to_mend(ask.state);
        // Whoever serves and asks for it is told once, as the hero.
        match (facts.serves(push) && cut, facts.is_me(&ask.by) && mend) {
            (true, _) if goes(ask.state) || mend || ask.state == AskState::Conflicts => {
                Some(for_the_hero(push, ask))
            }
            (false, true) => Some(for_the_asker(push, ask)),
            _ => None,
        }
    };
    push.asks.iter().filter_map(of).collect()
}

/// Whether a yes may put it on a tag.
fn goes(state: AskState) -> bool {
    matches!(state, AskState::Applies | AskState::Needs | AskState::Clashes)
}

/// Whether it is another line that it takes.
fn to_mend(state: AskState) -> bool {
    matches!(
        state,
        AskState::NotOnMain
            | AskState::MergeCommit
            | AskState::UnknownCommit
            | AskState::Ambiguous
            | AskState::NoRepository
    )
}

/// The key of an ask that the hero is asked about: with what becomes of it, it is another one.
#[must_use]
pub fn ask_key(push: PushDate, item: ItemId, name: &str, state: AskState) -> Key {
    Key::new(Kind::Ask, Some(push), &about(item, name, state))
}

fn about(item: ItemId, name: &str, state: AskState) -> String {
    format!("{item}.{}", short(&(name, state)))
}

fn for_the_hero(push: &PushFacts<'_>, ask: &AskFacts) -> Thing {
    let why = if ask.why.is_empty() { String::new() } else { format!(", {}", quoted(&ask.why)) };
    let says = format!("{} asks for {}{why}: it {}", ask.by, ask.name, told(&ask.says));
    let thing = Thing::new(Kind::Ask, Some(push), &about(ask.item, &ask.name, ask.state), says)
        .since(Some(ask.at));
    let thing = match &ask.repo {
        Some(repo) => thing.of_repo(repo),
        None => thing,
    };
    let thing = match (&ask.pick, ask.state) {
        (Some(pick), state) if goes(state) => thing.answered(picked(push, pick)),
        (Some(pick), AskState::Conflicts) => {
            let command = format!("pushduty pick {} --resolve", named(pick));
            thing.answered(Answer::typed("Finish it by hand", push.line(&command)))
        }
        _ => thing,
    };
    thing.answered(declined(push, ask))
}

/// A trial's sentence after *it*: some begin with a verb, the others take one.
fn told(says: &str) -> String {
    let verb = ["applies ", "does not ", "likely "];
    match verb.iter().any(|verb| says.starts_with(verb)) {
        true => says.to_owned(),
        false => format!("can’t be picked: {says}"),
    }
}

fn picked(push: &PushFacts<'_>, pick: &RepoCommit) -> Answer {
    let wish = PickWish {
        push: Some(push.push),
        picks: vec![pick.clone()],
        asked: true,
        ..PickWish::default()
    };
    let command = push.line(&format!("pushduty pick {} --asked", named(pick)));
    Answer::yes("Review the pick…", Command::Pick(wish), command)
}

fn declined(push: &PushFacts<'_>, ask: &AskFacts) -> Answer {
    let (ask, because) = (AskName::Item(ask.item), None);
    let command = match &ask {
        AskName::Item(item) => format!("pushduty ask --decline {item} --because TEXT"),
        AskName::Commit(commit) => {
            format!("pushduty ask --decline {} --because TEXT", named(commit))
        }
    };
    let wish = push.write(Writing::Decline { ask, because });
    Answer::no("Decline…", wish, push.line(&command))
}

fn named(pick: &RepoCommit) -> String {
    let short = if pick.commit.len() == 40 { &pick.commit[..10] } else { &pick.commit };
    match &pick.repo {
        Some(repo) => format!("{repo}:{short}"),
        None => short.to_owned(),
    }
}

fn for_the_asker(push: &PushFacts<'_>, ask: &AskFacts) -> Thing {
    let says = format!("your ask for {} can’t be picked: {}", ask.name, ask.says);
    let thing =
        Thing::new(Kind::AskToMend, Some(push), &about(ask.item, &ask.name, ask.state), says)
            .since(Some(ask.at));
    thing.answered(Answer::typed("Mend its line", push.line("pushduty notes edit")))
}

/// Blockers that are somebody's own, and for the hero those that are nobody's or that wait to be confirmed.
pub(super) fn blockers(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    if push.stage == Stage::Over {
        return Vec::new();
    }
    let of = |blocker: &ItemFacts| {
        let OpenItem { id, text, owner, unconfirmed } = &blocker.item;
        let text = quoted(text);
        let mine = owner.as_deref().is_some_and(|owner| facts.is_me(owner));
        let says = match (unconfirmed, owner) {
            (Some(what), _) if facts.serves(push) => format!("{id} {text} is {what}"),
            (None, Some(_)) if mine => format!("{id} is yours: {text} blocks {}", push.push),
            (None, None) if facts.serves(push) => {
                let who = blocker.propose.as_ref().map(|who| format!("; {who} should know"));
                format!("{id} is nobody’s: {text} blocks {}{}", push.push, who.unwrap_or_default())
            }
            _ => return None,
        };
        // Once it has an owner, or has to be confirmed, it is another matter.
        let about = format!("{id}.{}", short(&(owner, unconfirmed)));
        let thing = Thing::new(Kind::Blocker, Some(push), &about, says);
        Some(thing.answered(settled(push, id, "Settle it…", "unblock")?))
    };
    push.blockers.iter().filter(|blocker| blocker.holds).filter_map(of).collect()
}

/// Tasks that are somebody's own; for the hero of a push that is cut those that are nobody's and hold it, as one.
pub(super) fn tasks(facts: &Facts<'_>, push: &PushFacts<'_>) -> Vec<Thing> {
    if push.stage == Stage::Over {
        return Vec::new();
    }
    let mine =
        |task: &&ItemFacts| task.item.owner.as_deref().is_some_and(|owner| facts.is_me(owner));
    let of = |task: &ItemFacts| {
        let OpenItem { id, text, .. } = &task.item;
        let when = when(task.when);
        let says = format!("{id} is yours, {when}: {}", quoted(text));
        let thing = Thing::new(Kind::Task, Some(push), id, says).due(push.due(task.when));
        Some(thing.answered(settled(push, id, "Done…", "task done")?))
    };
    let mut things: Vec<Thing> = push.tasks.iter().filter(mine).filter_map(of).collect();
    things.extend(ownerless(facts, push));
    things
}

fn ownerless(facts: &Facts<'_>, push: &PushFacts<'_>) -> Option<Thing> {
    let before = [Some(Phase::BeforePush), Some(Phase::BeforeStart)];
    let holds = |task: &&ItemFacts| task.holds && before.contains(&task.when);
    let nobodys: Vec<&ItemFacts> =
        push.tasks.iter().filter(holds).filter(|task| task.item.owner.is_none()).collect();
    let first = nobodys.first().filter(|_| push.stage == Stage::Cut && facts.serves(push))?;
    let ids: Vec<&str> = nobodys.iter().map(|task| task.item.id.as_str()).collect();
    let text = quoted(&first.item.text);
    let says = match ids.len() {
        1 => format!("{} is nobody’s, {}: {text}", ids[0], when(first.when)),
        n => format!(
            "{n} tasks before {} leaves are nobody’s, the first {} {text}",
            push.push, ids[0]
        ),
    };
    let about = format!("{}.{}", ids[0], short(&ids));
    let thing = Thing::new(Kind::Task, Some(push), &about, says);
    Some(thing.answered(settled(push, ids[0], "Done…", "task done")?))
}

fn when(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::BeforePush) => "before the push",
        Some(Phase::BeforeStart) => "before the start",
        Some(Phase::BeforePromote) => "before it is promoted",
        Some(Phase::AfterDone) => "after it is done",
        None => "some time",
    }
}

fn settled(push: &PushFacts<'_>, id: &str, label: &'static str, command: &str) -> Option<Answer> {
    let item: ItemId = id.parse().ok()?;
    let wish = push.write(Writing::Done { item, on: None, because: None });
    Some(Answer::yes(label, wish, push.line(&format!("pushduty {command} {id}"))))
}
