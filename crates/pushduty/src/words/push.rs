//! The run sheet, and what became of it.

use conductor::view::{
    BackView, FinishView, ItemView, RollbackView, RunSheetView, StepView, StepWord,
};
use train::attempt::{DeployFor, DeployRun};
use train::id::PushDate;
use train::notes::Phase;

use super::{count, gates, sentence, time, zoned};
use crate::screen::{Line, Tone, columns};

/// The run sheet: what leaves, gates, tasks by phase, where a rollback goes, what to watch, who is here.
#[must_use]
pub fn run_sheet(view: &RunSheetView) -> Vec<Line> {
    let attempt =
        if view.attempt > 1 { format!(", attempt {}", view.attempt) } else { String::new() };
    let mut lines = vec![Line::of(Tone::Strong, format!("Run sheet of {}{attempt}", view.push))];
    lines.extend(here(view));
    lines.extend(view.unreached.iter().map(|why| Line::of(Tone::Odd, "! ").text(sentence(why))));
    lines.push(Line::new());
    lines.extend(tasks(view, Phase::BeforePush, "Before the push"));
    lines.extend(tasks(view, Phase::BeforeStart, "Before the start"));
    lines.extend(leaves(view));
    lines.extend(tasks(view, Phase::BeforePromote, "Before it is promoted"));
    lines.extend(tasks(view, Phase::AfterDone, "Afterwards"));
    lines.extend(back(view));
    lines.extend(section(
        "To know",
        view.remarks.iter().map(|line| Line::plain(format!("  {line}"))),
    ));
    let monitors = view
        .monitors
        .iter()
        .map(|monitor| vec![Line::plain(&monitor.name), Line::of(Tone::Dim, &monitor.url)]);
    lines.extend(section("Watch", columns(2, monitors.collect())));
    lines.extend(verdict(view));
    lines
}

fn section(title: &str, rows: impl IntoIterator<Item = Line>) -> Vec<Line> {
    let rows: Vec<Line> = rows.into_iter().collect();
    if rows.is_empty() {
        return rows;
    }
    let mut lines = vec![Line::of(Tone::Strong, title)];
    lines.extend(rows);
    lines.push(Line::new());
    lines
}

fn here(view: &RunSheetView) -> Vec<Line> {
    let hero = view.hero.as_ref().map(|hero| format!("hero {hero}"));
    let claims: Vec<&str> = view.claims.iter().map(|claim| claim.by.as_str()).collect();
    let ops = (!claims.is_empty()).then(|| {
        let take = if claims.len() == 1 { "takes" } else { "take" };
        format!("{} {take} it to production", claims.join(" and "))
    });
    let both: Vec<String> = hero.into_iter().chain(ops).collect();
    if both.is_empty() { Vec::new() } else { vec![Line::of(Tone::Dim, both.join(" · "))] }
}

fn leaves(view: &RunSheetView) -> Vec<Line> {
    let row = |(n, step): (usize, &StepView)| {
        let (tone, word) = how_far(step.state);
        let from = step.from.as_deref().unwrap_or("nothing");
        let commits = step.commit_count.map(|n| count(n, "commit")).unwrap_or_default();
        let after = step.after.as_ref().map(|after| format!("after {after}")).unwrap_or_default();
        let command = step.command.as_ref().map(|words| words.join(" ")).unwrap_or_default();
        vec![
            Line::of(Tone::Dim, format!("{}.", n + 1)),
            Line::of(tone, word),
            Line::of(Tone::Strong, step.repo.as_str()),
            Line::plain(format!("{from} →")),
            Line::of(Tone::Tag, &step.to),
            Line::of(Tone::Dim, commits),
            Line::of(Tone::Dim, after),
            Line::of(Tone::Dim, command),
        ]
    };
    let mut rows = columns(2, view.steps.iter().enumerate().map(row).collect());
    for step in &view.steps {
        if let Some(note) = &step.note {
            rows.push(
                Line::of(Tone::Bad, "  ✗ ").text(sentence(&format!("{}: {note}", step.repo))),
            );
        }
        let migrations = step.migrations.iter();
        rows.extend(migrations.map(|path| {
            Line::of(Tone::Odd, "  ◆ ").text(format!("migration of {}: {path}", step.repo))
        }));
    }
    rows.extend(view.components.iter().map(|part| {
        Line::plain(format!("     {} ", part.name))
            .put(Tone::Dim, "by hand: it has no repository here")
    }));
    if view.steps.is_empty() && view.components.is_empty() {
        rows.push(Line::of(Tone::Dim, "  Every repository stays."));
    }
    section("Production", rows)
}

fn how_far(state: StepWord) -> (Tone, &'static str) {
    match state {
        StepWord::Planned => (Tone::Dim, "○"),
        StepWord::Started | StepWord::Deploying => (Tone::Odd, "◐"),
        StepWord::Deployed => (Tone::Good, "●"),
        StepWord::Live => (Tone::Good, "✓"),
        StepWord::Failed => (Tone::Bad, "✗"),
    }
}

fn tasks(view: &RunSheetView, phase: Phase, title: &str) -> Vec<Line> {
    let due = view.tasks.iter().filter(|task| task.when == Some(phase));
    section(title, due.flat_map(task))
}

fn task(item: &ItemView) -> Vec<Line> {
    let mut line =
        Line::of(Tone::Dim, "  ○ ").put(Tone::Strong, &item.id).text(format!("  {}", item.text));
    if let Some(owner) = &item.owner {
        line = line.put(Tone::Dim, format!("  {owner}"));
    }
    let said = format!("  {} {}", item.raised_by, time(&item.raised_at));
    let mut lines = vec![line.put(Tone::Dim, said)];
    let details = item.details.iter().chain(&item.commands).flat_map(|text| text.lines());
    lines.extend(details.map(|text| Line::plain(format!("      {text}"))));
    lines
}

fn back(view: &RunSheetView) -> Vec<Line> {
    let row = |step: &StepView| {
        let (to, tone, note) = match (&step.from, step.migrations.len()) {
            (None, _) => ("–", Tone::Odd, "production runs nothing yet".to_owned()),
            (Some(from), 0) => (from.as_str(), Tone::Dim, "no migration in between".to_owned()),
            (Some(from), n) => (
                from.as_str(),
                Tone::Bad,
                format!("not safe: {} in between", count(n, "migration")),
            ),
        };
        vec![
            Line::of(Tone::Strong, step.repo.as_str()),
            Line::of(Tone::Tag, to),
            Line::of(tone, note),
        ]
    };
    section("If it goes wrong, back to", columns(2, view.steps.iter().map(row).collect()))
}

fn verdict(view: &RunSheetView) -> Vec<Line> {
    let mut lines = gates::listed(&view.gates);
    lines.push(Line::new());
    lines.push(match view.ready {
        true => Line::of(Tone::Good, format!("✓ {} may leave.", view.push)),
        false => Line::of(Tone::Bad, format!("✗ {} may not leave yet.", view.push)),
    });
    lines.push(Line::of(Tone::Dim, format!("plan {}", view.digest)));
    lines
}

/// What a start came to.
#[must_use]
pub fn started(view: &RunSheetView) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Good, format!("✓ {} is started.", view.push))];
    let row = |step: &StepView| {
        let (tone, word) = how_far(step.state);
        let said = match step.state {
            StepWord::Planned => "not started",
            StepWord::Started => "to be deployed by people",
            StepWord::Deploying => "deploying",
            StepWord::Deployed => "deployed; production does not show it yet",
            StepWord::Live => "in production",
            StepWord::Failed => "failed",
        };
        vec![
            Line::of(tone, word),
            Line::of(Tone::Strong, step.repo.as_str()),
            Line::of(Tone::Tag, &step.to),
            Line::plain(said),
        ]
    };
    lines.extend(columns(2, view.steps.iter().map(row).collect()));
    let next =
        "`pushduty watch production` follows until it shows the tags; `pushduty finish` hands over";
    lines.push(Line::of(Tone::Dim, "  → ").text(sentence(next)));
    lines
}

/// What goes back, where to, and what makes it unsafe.
#[must_use]
pub fn rollback(view: &RollbackView) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Strong, format!("Roll back {}", view.push))];
    lines.extend(columns(2, view.back.iter().map(row_back).collect()));
    for back in &view.back {
        let paths = back.migrations.iter();
        lines.extend(paths.map(|path| {
            let words = format!("not safe: migration of {} in between: {path}", back.repo);
            Line::of(Tone::Bad, "  ✗ ").text(words)
        }));
    }
    lines.push(Line::of(Tone::Dim, format!("plan {}", view.digest)));
    lines
}

fn row_back(back: &BackView) -> Vec<Line> {
    let (tone, word) = how_far(back.state);
    let to = back.to.as_deref().unwrap_or("nothing: production ran nothing before");
    vec![
        Line::of(tone, word),
        Line::of(Tone::Strong, back.repo.as_str()),
        Line::plain(format!("{} →", back.tag)),
        Line::of(Tone::Tag, to),
        Line::plain(back.note.as_deref().map(sentence).unwrap_or_default()),
    ]
}

/// What a rollback came to; `by_itself`: a program did it.
#[must_use]
pub fn rolled_back(view: &RollbackView, by_itself: bool) -> Vec<Line> {
    let mut lines = vec![Line::of(Tone::Good, format!("✓ {} is rolled back and held.", view.push))];
    lines.extend(columns(2, view.back.iter().map(row_back).collect()));
    let next = match by_itself {
        true => {
            "mend it with `pushduty pick`, lift the hold with `pushduty resume`, then start again"
        }
        false => {
            "people bring the older tags back; then `pushduty pick` mends it, `pushduty resume` lifts the hold"
        }
    };
    lines.push(Line::of(Tone::Dim, "  → ").text(sentence(next)));
    lines
}

/// What the end of a push brings: times, what is left, mail and topic.
#[must_use]
pub fn finish(view: &FinishView) -> Vec<Line> {
    let over = if view.done { " is over" } else { "" };
    let mut lines = vec![Line::of(Tone::Strong, format!("{}{over}", view.push))];
    let started = view.started_at.as_ref().map(|at| format!("{} → ", zoned(at)));
    let times = format!("{}{}", started.unwrap_or_default(), zoned(&view.ended_at));
    lines.push(Line::of(Tone::Dim, times));
    lines.push(Line::new());
    let left = view.left.iter().map(|text| Line::of(Tone::Dim, "  ○ ").text(text));
    let next = view.next_push.map_or_else(|| "the next push".to_owned(), |next| next.to_string());
    lines.extend(section(&format!("Left for {next}"), left));
    let mail = view.mail.lines().map(|line| Line::plain(format!("  {line}")));
    lines.extend(section(&format!("Mail: {}", view.subject), mail));
    let topic = view.topic.iter().map(|topic| Line::plain(format!("  {topic}")));
    lines.extend(section("Topic", topic));
    lines
}

/// The deploys that run, before they are ended.
#[must_use]
pub fn to_stop(runs: &[(PushDate, DeployRun)]) -> Vec<Line> {
    if runs.is_empty() {
        return vec![Line::of(Tone::Dim, "No deploy runs.")];
    }
    let mut lines = vec![Line::of(Tone::Strong, "Deploys that run")];
    let row = |(push, run): &(PushDate, DeployRun)| {
        let what = match run.purpose {
            DeployFor::Start => "deploy",
            DeployFor::Promote => "promotion",
            DeployFor::Rollback => "way back",
        };
        vec![
            Line::plain(format!("  {push}")),
            Line::of(Tone::Strong, run.repo.as_str()),
            Line::of(Tone::Tag, &run.tag),
            Line::plain(what),
            Line::of(Tone::Dim, &run.key),
        ]
    };
    lines.extend(columns(0, runs.iter().map(row).collect()));
    let what = "their programs are asked to end, and killed 10 s later";
    lines.push(Line::of(Tone::Dim, sentence(what)));
    lines
}
