//! `history`: past pushes in a table, and one of them in full.

use conductor::view::{HistoryView, Moment, PastPushView, PastRepo, PushDetail};
use train::id::quoted;
use train::import::Told;
use train::notes::Phase;

use super::{count, pushes, zoned};
use crate::screen::{Line, Tone, columns};

/// Past pushes, newest first.
#[must_use]
pub fn history(view: &HistoryView) -> Vec<Line> {
    if let [push] = &view.pushes[..]
        && let Some(detail) = &push.detail
    {
        return one(push, detail);
    }
    if view.pushes.is_empty() {
        return vec![Line::of(Tone::Dim, nothing(view))];
    }
    let heads = [
        "push",
        "hero",
        "commits",
        "re-tags",
        "picks",
        "blockers",
        "start → end",
        "",
        "repositories",
    ];
    let mut rows = vec![heads.iter().map(|head| Line::of(Tone::Dim, *head)).collect::<Vec<_>>()];
    rows.extend(view.pushes.iter().map(row));
    let mut lines = columns(0, rows);
    lines.push(Line::new());
    lines.push(Line::of(Tone::Dim, pushes(view.pushes.len())));
    lines
}

/// Why there is nothing to show.
fn nothing(view: &HistoryView) -> String {
    match (&view.search, view.among, view.known) {
        (_, _, 0) => "No past push is known: `pushduty import notes DIR` takes them in.".to_owned(),
        (_, 0, known) => {
            format!("No past push is of these days, of {known} that are known.")
        }
        (Some(sought), 1, _) => format!("The one past push does not say {}.", quoted(sought)),
        (Some(sought), all, _) => {
            format!("None of {all} past pushes says {}.", quoted(sought))
        }
        (None, ..) => String::new(),
    }
}

fn row(push: &PastPushView) -> Vec<Line> {
    let tone = if push.cancelled.is_some() { Tone::Dim } else { Tone::Tag };
    // A repository that stays brings none, and says nothing of the others.
    let leaving = || push.repos.iter().filter(|repo| repo.tag.is_some());
    let commits: Option<usize> = leaving().map(|repo| repo.commits).sum();
    let told = match (&push.cancelled, push.origin) {
        (Some(_), _) => "cancelled",
        (None, train::stats::Origin::Imported) => "imported",
        (None, train::stats::Origin::Both) => "own and imported",
        (None, train::stats::Origin::Own) => "",
    };
    vec![
        Line::of(tone, push.push.to_string()),
        Line::of(Tone::Strong, push.hero.as_deref().unwrap_or("–")),
        number(commits.filter(|_| leaving().next().is_some())),
        number(push.retags),
        number(push.picks),
        number(Some(push.blockers).filter(|n| *n > 0)),
        Line::plain(times(push)),
        Line::of(Tone::Dim, told),
        Line::plain(push.repos.iter().map(short).collect::<Vec<_>>().join(", ")),
    ]
}

fn number(n: Option<usize>) -> Line {
    n.map_or_else(|| Line::of(Tone::Dim, "–"), |n| Line::plain(n.to_string()))
}

fn short(repo: &PastRepo) -> String {
    match (&repo.base, &repo.tag) {
        (_, None) => format!("{} stays", repo.name),
        (Some(base), Some(tag)) => format!("{} {base}..{tag}", repo.name),
        (None, Some(tag)) => format!("{} {tag}", repo.name),
    }
}

fn times(push: &PastPushView) -> String {
    let clock = |at: &Moment| at.0.strftime("%H:%M").to_string();
    match (&push.start, &push.end) {
        (None, None) => String::new(),
        (start, end) => {
            let zone = start.as_ref().or(end.as_ref()).map(|at| at.0.strftime("%Z").to_string());
            let at = |at: &Option<Moment>| at.as_ref().map_or_else(|| "–".to_owned(), clock);
            format!("{} → {} {}", at(start), at(end), zone.unwrap_or_default())
        }
    }
}

/// One push, all of it.
fn one(push: &PastPushView, detail: &PushDetail) -> Vec<Line> {
    let mut lines = vec![
        Line::of(Tone::Strong, push.push.to_string())
            .text("  ")
            .put(Tone::Dim, "hero ")
            .put(Tone::Strong, push.hero.as_deref().unwrap_or("not known")),
    ];
    let mut fact = |name: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        lines.extend(value.map(|value| Line::of(Tone::Dim, format!("  {name:<9} ")).text(value)));
    };
    fact("said", detail.remark.clone());
    fact("ops", Some(names(&detail.ops)));
    fact("qa", Some(names(&detail.qa)));
    fact("cut", push.cut_at.as_ref().map(zoned));
    fact("start", push.start.as_ref().map(zoned));
    fact("end", push.end.as_ref().map(zoned));
    fact("cancelled", push.cancelled.clone());
    fact(
        "from",
        push.file.as_ref().map(|file| match push.versions {
            0 | 1 => file.clone(),
            n => format!("{file}, version {n}"),
        }),
    );
    if !push.repos.is_empty() {
        lines.push(Line::new());
        lines.extend(columns(2, push.repos.iter().map(repo).collect()));
    }
    lists(&mut lines, detail);
    lines
}

/// What people wrote, section by section.
fn lists(lines: &mut Vec<Line>, detail: &PushDetail) {
    let picks = detail.asks.iter().map(|ask| {
        let what = match (&ask.commit, ask.pull) {
            (Some(commit), _) => commit.chars().take(10).collect(),
            (None, pull) => format!("#{}", pull.unwrap_or_default()),
        };
        let repo = ask.repo.as_ref().map_or("?", |repo| repo.as_str());
        let sign = if ask.forbidden { "do not pick " } else { "" };
        (ask.done, format!("{sign}{repo} {what} {}", ask.words))
    });
    section(lines, "To pick", picks.collect());
    let owned = |text: &str, owner: &Option<String>| match owner {
        Some(owner) => format!("{text} ({owner})"),
        None => text.to_owned(),
    };
    let blockers = detail.blockers.iter().map(|b| (b.done, owned(&b.text, &b.owner)));
    section(lines, "Blockers", blockers.collect());
    for (phase, title) in PHASES {
        let tasks = detail.tasks.iter().filter(|task| task.when == phase);
        section(lines, title, tasks.map(|t| (t.done, owned(&t.text, &t.owner))).collect());
    }
    for (title, texts) in
        [("Notable", &detail.notable), ("Issues", &detail.issues), ("Later", &detail.later)]
    {
        section(lines, title, texts.iter().map(|text| (false, text.clone())).collect());
    }
    let holds = detail.holds.iter().map(|held| {
        let over = held.over.as_ref().map(|over| format!(" to {}", zoned(over)));
        let over = over.unwrap_or_default();
        (
            held.over.is_some(),
            format!("{} from {}{over}: {}", held.by, zoned(&held.at), held.because),
        )
    });
    section(lines, "Holds", holds.collect());
    let overrides = detail.overrides.iter().map(|(rule, why)| (false, format!("{rule}: {why}")));
    section(lines, "Overridden", overrides.collect());
}

/// The phases of tasks, as their headings are.
const PHASES: [(Phase, &str); 4] = [
    (Phase::BeforePush, "Before we push"),
    (Phase::BeforeStart, "Before we start"),
    (Phase::BeforePromote, "Before we promote"),
    (Phase::AfterDone, "After we’re done"),
];

fn names(people: &[Told]) -> String {
    people.iter().map(Told::name).collect::<Vec<_>>().join(", ")
}

fn repo(repo: &PastRepo) -> Vec<Line> {
    let tag = match &repo.tag {
        Some(tag) => Line::of(Tone::Tag, tag),
        None => Line::of(Tone::Dim, "stays"),
    };
    let base = repo.base.as_ref().map(|base| format!("since {base}")).unwrap_or_default();
    let retags = if repo.retags > 0 { count(repo.retags, "re-tag") } else { String::new() };
    vec![
        Line::of(Tone::Strong, repo.name.as_str()),
        tag,
        Line::of(Tone::Dim, base),
        Line::plain(repo.commits.map(|n| count(n, "commit")).unwrap_or_default()),
        Line::plain(retags),
        Line::of(Tone::Dim, repo.because.as_deref().unwrap_or_default()),
    ]
}

fn section(lines: &mut Vec<Line>, title: &str, items: Vec<(bool, String)>) {
    if items.is_empty() {
        return;
    }
    lines.push(Line::new());
    lines.push(Line::of(Tone::Strong, title));
    for (done, text) in items {
        let mark =
            if done { Line::of(Tone::Good, "  ✓ ") } else { Line::of(Tone::Dim, "  • ") };
        lines.push(mark.text(text.trim_end()));
    }
}
