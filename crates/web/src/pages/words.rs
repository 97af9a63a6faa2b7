//! Words and marks that pages share: a shape, then a word, then a colour.

use conductor::view::{Moment, PushState};
use jiff::{Timestamp, ZonedDateTime};
use train::command::Command;
use train::gate::GateState;

pub(crate) use super::when::When;

/// A mark and the word beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The symbol's name: `pass`, `wait`, `fail`, `odd`, `skip`, `stop`, `here`, `end`, `plan`.
    pub shape: &'static str,
    pub word: &'static str,
}

/// A gate's mark.
pub(crate) fn gate(state: GateState) -> Mark {
    match state {
        GateState::Pass => Mark { shape: "pass", word: "pass" },
        GateState::Wait => Mark { shape: "wait", word: "wait" },
        GateState::Fail => Mark { shape: "fail", word: "fail" },
    }
}

/// A push's state in a sentence without its full stop.
pub(crate) fn state(state: PushState) -> &'static str {
    match state {
        PushState::Planned => "Planned",
        PushState::Open => "Open: not cut yet",
        PushState::Cut => "Cut",
        PushState::Staged => "Staged: stage shows the tags",
        PushState::Approved => "Approved",
        PushState::Pushing => "Pushing to production",
        PushState::Watching => "In production, watched",
        PushState::Done => "Done",
        PushState::Held => "Held",
        PushState::RolledBack => "Rolled back",
        PushState::Cancelled => "Does not run",
    }
}

/// The signal beside the name: it follows the push.
pub(crate) fn signal(state: PushState, closed: usize) -> Mark {
    match state {
        PushState::Held | PushState::RolledBack | PushState::Cancelled => {
            Mark { shape: "stop", word: "stop" }
        }
        PushState::Pushing | PushState::Watching => Mark { shape: "caution", word: "caution" },
        PushState::Done => Mark { shape: "go", word: "go" },
        _ if closed == 0 => Mark { shape: "go", word: "go" },
        _ => Mark { shape: "stop", word: "stop" },
    }
}

/// How long until, or since, in its two largest units.
pub(crate) fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).abs().as_mins();
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes:02} min"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, ..) => format!("{days} days"),
    }
}

/// When it leaves, or since when it is late, beside the train's own clock.
pub(crate) fn leaves(at: &Moment, now: &Moment) -> String {
    let (at, now): (&ZonedDateTime, &ZonedDateTime) = (&at.0, &now.0);
    let clock = at.strftime("%H:%M %Z");
    let late = at.timestamp() < now.timestamp();
    let span = span(now.timestamp(), at.timestamp());
    match late {
        true => format!("was due {span} ago, {clock}"),
        false => format!("leaves in {span}, {clock}"),
    }
}

/// A number of things in words: `1 commit`, `2 commits`.
pub(crate) fn count(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

/// A sentence: its first letter large, and a full stop.
pub(crate) fn sentence(words: &str) -> String {
    sentence_of(&[], words)
}

/// The same of words that may begin with one of these names: it stays as it is configured.
pub(crate) fn sentence_of(names: &[String], words: &str) -> String {
    let stop = if words.ends_with(['.', '?', '!', '…']) { "" } else { "." };
    if names.iter().any(|name| begins_with(words, name)) {
        return format!("{words}{stop}");
    }
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}{stop}", letters.as_str())
}

/// Whether words begin with a name, and not with a longer word that begins like it.
fn begins_with(words: &str, name: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    words.strip_prefix(name).is_some_and(|rest| !rest.starts_with(goes_on))
}

/// What a wish is, as a page's title, and what the yes to it says.
pub(crate) fn asked(wish: &Command) -> (&'static str, &'static str) {
    match wish {
        Command::Tag(_) => ("The cut, before it is made", "Publish these tags"),
        Command::Pick(_) => ("The picks, before they are made", "Publish these tags"),
        Command::Adopt { .. } => ("Taking the train over", "Take it over"),
        Command::SecurityApprove { .. } => ("A review", "I have read it"),
        Command::SecurityMerge(_) => {
            ("Security fixes, before they are merged", "Merge them upstream")
        }
        Command::SecuritySync { .. } => ("Security's main after upstream's", "Bring it up to date"),
        Command::SecurityRepair { .. } => ("Two mains that have diverged", "Bring them together"),
        Command::Approve(wish) if wish.withdraw.is_some() => {
            ("A sign-off taken back", "Take it back")
        }
        Command::Approve(_) => ("What you sign off", "Sign it off"),
        Command::Confirm(wish) if wish.withdraw.is_some() => {
            ("A confirmation taken back", "Take it back")
        }
        Command::Confirm(_) => ("Your changes on stage", "Confirm them"),
        Command::Call(_) => ("Everybody aboard, called at once", "Call them"),
        Command::Start(_) => ("The run sheet", "Start the push"),
        Command::StopDeploys { .. } => ("Deploys that run", "End them"),
        Command::Promote(_) => ("The promotion", "Promote it"),
        Command::Rollback(_) => ("The way back", "Bring production back"),
        Command::Finish(_) => ("The end of the push", "Finish it"),
        Command::Notes(_) => ("What is written in the notes", "Write it"),
        Command::Import(_) => ("Past pushes to be taken in", "Take them in"),
        Command::Move { .. } => ("Another day for the push", "Move it"),
        Command::Cancel { .. } => ("A push that does not leave", "Cancel it"),
        Command::Swap { .. } => ("Another hero", "Swap"),
        Command::Offer { .. } => ("A push offered", "Offer it"),
        Command::TakeOffer { .. } => ("A push that is offered", "Take it"),
        Command::DeclineOffer { .. } => ("A push that is offered", "Decline it"),
        Command::KeepOffer { .. } => ("A push that you offered", "Keep it"),
        Command::Away { .. } => ("Somebody is away", "Note it"),
        Command::Back { .. } => ("Somebody is back", "Note it"),
        Command::Hold { .. } => ("A hold", "Hold it"),
        Command::Resume { .. } => ("A hold lifted", "Go on"),
        Command::Claim { .. } => ("Who takes the push", "Take it"),
        Command::Unclaim { .. } => ("Who takes the push", "Give it back"),
        Command::Later { .. } => ("A thing put off", "Ask me later"),
        Command::Clear { .. } => ("Tags that may leave again", "Clear them"),
        Command::GiveRole { .. } => ("A role given", "Give it"),
        Command::TakeRole { .. } => ("A role taken away", "Take it away"),
    }
}

/// What somebody does while a wish of theirs is carried out.
pub(crate) fn doing(wish: &Command) -> &'static str {
    match wish {
        Command::Tag(_) => "tags",
        Command::Pick(_) => "picks",
        Command::Adopt { .. } => "takes the train over",
        Command::SecurityApprove { .. } => "reviews",
        Command::SecurityMerge(_) => "merges security fixes",
        Command::SecuritySync { .. } | Command::SecurityRepair { .. } => {
            "brings security’s main after upstream’s"
        }
        Command::Approve(_) => "signs off",
        Command::Confirm(_) => "confirms changes",
        Command::Call(_) => "calls everybody aboard",
        Command::Start(_) => "starts the push",
        Command::StopDeploys { .. } => "ends deploys",
        Command::Promote(_) => "promotes",
        Command::Rollback(_) => "brings production back",
        Command::Finish(_) => "finishes the push",
        Command::Notes(_) => "writes in the notes",
        Command::Import(_) => "takes past pushes in",
        Command::Hold { .. } => "holds",
        Command::Resume { .. } => "lifts a hold",
        Command::Claim { .. } | Command::Unclaim { .. } => "changes who takes the push",
        Command::Later { .. } => "puts something off",
        Command::Clear { .. } => "clears tags",
        Command::GiveRole { .. } | Command::TakeRole { .. } => "changes roles",
        Command::Move { .. }
        | Command::Cancel { .. }
        | Command::Swap { .. }
        | Command::Offer { .. }
        | Command::TakeOffer { .. }
        | Command::DeclineOffer { .. }
        | Command::KeepOffer { .. }
        | Command::Away { .. }
        | Command::Back { .. } => "changes the calendar",
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn spans_have_their_two_largest_units() {
        let begin = Timestamp::UNIX_EPOCH;
        let after = |minutes| begin + SignedDuration::from_mins(minutes);
        assert_eq!(span(begin, after(5)), "5 min");
        assert_eq!(span(after(125), begin), "2 h 05 min");
        assert_eq!(span(begin, after(1_500)), "1 day 1 h");
        assert_eq!(span(begin, after(60 * 24 * 9 + 3)), "9 days");
    }

    #[test]
    fn sentences_begin_large_and_end_with_one_stop() {
        assert_eq!(sentence("krupa signed off -1"), "Krupa signed off -1.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_name_stands_as_it_is_configured_at_the_beginning_too() {
        let names = ["mat", "krupa"].map(str::to_owned);
        let said = |words| sentence_of(&names, words);
        assert_eq!(said("krupa signed off -1"), "krupa signed off -1.");
        assert_eq!(said("mat’s turn"), "mat’s turn.");
        assert_eq!(said("matters wait for krupa"), "Matters wait for krupa.");
        assert_eq!(said("mat-2 is no name"), "Mat-2 is no name.");
        assert_eq!(said(""), ".");
    }
}
