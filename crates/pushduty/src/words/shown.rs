//! What a wish comes to, or came to, whichever wish it is: the same words as its own command has.

use conductor::carry::Shown;
use conductor::view::{
    AdoptView, ChangeView, FencedView, MergeView, OutcomeWord, ReviewView, StoppedView,
};
use train::command::{Command, RepairWay};

use super::{
    call, finish, import_plan, imported, merge_plan, merged, plan_pick, plan_tag, refusal_view,
    result, rollback, rolled_back, run_sheet, sentence, started, to_confirm, to_sign, withdrawn,
    writing, written,
};
use crate::screen::{Line, Tone};

/// What is shown before the yes.
#[must_use]
pub fn before(wish: &Command, shown: &Shown) -> Vec<Line> {
    match shown {
        Shown::Cut(view) if matches!(wish, Command::Tag(_)) => plan_tag(view, None),
        Shown::Cut(view) => plan_pick(view),
        Shown::Merge(view) => merging(wish, view),
        Shown::Approve(view) => to_sign(view),
        Shown::Withdraw(view) => withdrawn(view),
        Shown::Confirm(view) => to_confirm(view),
        Shown::Call(view) => call(view),
        Shown::RunSheet(view) => run_sheet(view),
        Shown::Rollback(view) => rollback(view),
        Shown::Finish(view) => finish(view),
        Shown::Writing(view) => writing(view),
        Shown::Import(view) => import_plan(view),
        Shown::Change(view) => change(view),
        Shown::Promote(view) => vec![Line::plain(sentence(&view.change))],
        Shown::Adopt(view) => adopt(view),
        Shown::Review(view) => vec![review(view)],
        Shown::Stopped(view) => stopped(view),
    }
}

/// What is shown when it is done.
#[must_use]
pub fn after(wish: &Command, shown: &Shown) -> Vec<Line> {
    match shown {
        Shown::Cut(view) => result(view),
        Shown::Merge(view) => merged(view),
        Shown::RunSheet(view) => started(view),
        Shown::Rollback(view) => rolled_back(view, true),
        Shown::Writing(view) => written(view),
        Shown::Import(view) => vec![imported(view)],
        other => before(wish, other),
    }
}

fn change(view: &ChangeView) -> Vec<Line> {
    let more = view.more.iter().map(|more| Line::plain(format!("  {}", sentence(more))));
    std::iter::once(Line::plain(sentence(&view.change))).chain(more).collect()
}

/// A merge; of a repair, what becomes of what only security has.
fn merging(wish: &Command, view: &MergeView) -> Vec<Line> {
    let way = match wish {
        Command::SecurityRepair { way, .. } if view.digest.is_some() => way.as_ref(),
        _ => None,
    };
    let way = way.map(|way| match way {
        RepairWay::Publish => {
            "What only security has is merged into upstream's main, and is public from then on."
                .to_owned()
        }
        RepairWay::SetAside(branch) => format!(
            "What only security has is kept as the branch {branch} there; then an admin resets main."
        ),
    });
    way.map(Line::plain).into_iter().chain(merge_plan(view, &[])).collect()
}

fn review(view: &ReviewView) -> Line {
    let words = format!("Branch {} of {} is read at ", view.n, view.repo);
    Line::plain(words).put(Tone::Strong, view.commit.short()).text(".")
}

fn stopped(view: &StoppedView) -> Vec<Line> {
    if view.stopped.is_empty() {
        return vec![Line::of(Tone::Dim, "No deploy runs.")];
    }
    let heading = if view.done { "Ended" } else { "Deploys that run" };
    let runs = view.stopped.iter().map(|run| Line::plain(format!("  {run}")));
    std::iter::once(Line::of(Tone::Strong, heading)).chain(runs).collect()
}

/// Who runs the train by each fence, and the tags that are taken as they are.
#[must_use]
pub fn adopt(view: &AdoptView) -> Vec<Line> {
    let fences = view.repos.iter().flat_map(|repo| fenced(repo, &view.ledger));
    let mut lines: Vec<Line> = fences.collect();
    for moved in &view.moved {
        let words = format!("{} It is taken as it is.", sentence(&moved.message));
        lines.push(Line::of(Tone::Odd, "◆ ").text(words));
    }
    lines
}

/// Who runs the train by one repository's fence.
fn fenced(repo: &FencedView, ours: &str) -> Vec<Line> {
    let node = repo.node_before.as_deref().unwrap_or_default();
    let words = match repo.ledger_before.as_deref() {
        _ if !repo.has_fence => "has no fence".to_owned(),
        None => "has a fence that this version can't read".to_owned(),
        Some(_) if repo.outcome == OutcomeWord::Already => "is run by this ledger".to_owned(),
        Some(_) if !repo.nonsense.is_empty() => {
            format!("has a fence with suffixes that nobody gave: {}", repo.nonsense.join(", "))
        }
        Some(ledger) if ledger == ours => {
            format!("is run by a newer copy of this ledger, last used on {node}")
        }
        Some(ledger) => format!("is run by ledger {ledger}, last used on {node}"),
    };
    let line = Line::of(Tone::Strong, repo.name.as_str()).text(format!(" {words}."));
    let failed = repo.error.iter().flat_map(refusal_view);
    std::iter::once(line).chain(failed).collect()
}
