//! All words that people read on a terminal, one function per message or view. Documents have their own types; these
//! are made of the same views.

mod asks;
mod calendar;
mod compare;
mod confirm;
mod cut;
mod gates;
mod history;
mod import;
mod log;
mod notes;
mod push;
mod security;
pub mod shown;
mod signoff;
mod stats;
mod status;
mod tell;
mod waiting;
mod whereis;

use conductor::view::FailureView;
use train::id::RepoName;
use train::refusal::Refusal;

use crate::screen::{Line, Tone};

pub use asks::asks;
pub use calendar::{rotation, schedule};
pub use compare::compare;
pub use confirm::{call, to_confirm};
pub use cut::{plan_pick, plan_tag, result};
pub use gates::ready;
pub use history::history;
pub use import::{imported, plan as import_plan, pushes};
pub use log::{log, no_entries, verify};
pub use notes::{doubts, in_the_way, notes, tasks, writing, written};
pub use push::{finish, rollback, rolled_back, run_sheet, started, to_stop};
pub use security::{list, merge_plan, merged, repair};
pub use shown::adopt;
pub use signoff::{to_sign, withdrawn};
pub use stats::{plots, stats};
pub use status::{environment, status};
pub use tell::{announcement, not_told, told, untold};
pub use waiting::waiting;
pub use whereis::place;

/// A failure in two lines: what happened, what to do.
#[must_use]
pub fn refusal(refusal: &Refusal) -> Vec<Line> {
    let place = refusal.repo.as_ref().filter(|r| !names(&refusal.message, r));
    let what = place.map_or_else(Line::new, |repo| Line::of(Tone::Strong, format!("{repo}: ")));
    let mut lines = vec![Line::of(Tone::Bad, "✗ ").then(what).text(sentence(&refusal.message))];
    if !refusal.hint.is_empty() {
        lines.push(Line::of(Tone::Dim, "  → ").text(sentence(&refusal.hint)));
    }
    lines
}

/// The same of a document.
fn refusal_view(view: &FailureView) -> Vec<Line> {
    let refusal = Refusal::new(view.code, &view.message, &view.hint);
    self::refusal(&Refusal { repo: view.repo.clone(), ..refusal })
}

/// Whether a message names a repository by itself: as a word, not within an address.
fn names(message: &str, repo: &RepoName) -> bool {
    message.split_whitespace().any(|word| word.trim_matches([',', ':', ';', '.']) == repo.as_str())
}

/// A sentence with its full stop, and its first letter as it is: names and tags keep theirs.
#[must_use]
pub fn sentence(text: &str) -> String {
    if text.ends_with(['.', '?', '!', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// Whose a pick is; of a revert who takes back whose commit.
#[must_use]
fn by(author: &str, whose: Option<&str>) -> String {
    match whose {
        Some(whose) => format!("(of {whose}, taken back by {author})"),
        None => format!("({author})"),
    }
}

/// `1 commit`, `2 commits`.
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// A time as people read it: `Tue 24 Nov 09:00`.
#[must_use]
pub fn time(at: &conductor::view::Moment) -> String {
    at.0.strftime("%a %d %b %H:%M").to_string()
}

/// A time with its zone's abbreviation.
#[must_use]
pub fn zoned(at: &conductor::view::Moment) -> String {
    at.words()
}

/// How long ago, in the largest whole unit.
#[must_use]
pub fn ago(at: &conductor::view::Moment, now: jiff::Timestamp) -> String {
    let seconds = now.as_second() - at.0.timestamp().as_second();
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
