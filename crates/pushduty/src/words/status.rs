//! `status`: which push, what state, who is on duty, what is where, what to do next.

use conductor::view::{EnvironmentView, PushState, RepoStatus, ServiceView, StatusView};
use train::base::BaseFrom;
use train::versions::ServiceState;

use super::{ago, asks, by, count, gates, in_the_way, sentence, zoned};
use crate::screen::{Line, Tone, columns};

/// The push at a glance.
#[must_use]
pub fn status(view: &StatusView, now: jiff::Timestamp) -> Vec<Line> {
    let mut lines = head(view);
    lines.push(Line::new());
    for (one, row) in view.repos.iter().zip(columns(2, view.repos.iter().map(repo).collect())) {
        lines.push(row);
        lines.extend(picks(one));
        lines.extend(one.compare_url.as_ref().map(|url| Line::plain("    ").put(Tone::Link, url)));
    }
    for environment in view.environments.iter().filter(|e| !e.services.is_empty()) {
        lines.push(Line::new());
        lines.extend(self::environment(environment, now));
    }
    let day = gates::day(view);
    if !day.is_empty() {
        lines.push(Line::new());
        lines.extend(day);
    }
    lines.push(Line::new());
    lines.extend(asks::open(&view.asks));
    lines.extend(in_the_way(&view.blockers, &view.tasks, is_cut(view)));
    for difference in &view.differences {
        lines.push(Line::of(Tone::Bad, "✗ ").text(sentence(&difference.warning())));
    }
    for note in &view.notes {
        lines.push(Line::of(Tone::Dim, sentence(note)));
    }
    for repo in &view.unsettled {
        lines.push(
            Line::of(Tone::Odd, "◆ ").text(format!(
                "{repo}: an earlier run was interrupted; the next command settles it."
            )),
        );
    }
    lines.push(next(view));
    lines.extend(age(view, now));
    lines
}

/// Whether the push is cut and not over, as far as it is shown: its tasks are those of `--this`.
fn is_cut(view: &StatusView) -> bool {
    let over = matches!(view.state, PushState::Done | PushState::Cancelled);
    let whole = view.repos.iter().all(|repo| repo.stays || !repo.tags.is_empty());
    let uncut = matches!(view.state, PushState::Planned | PushState::Open);
    !over && !uncut && whole
}

fn head(view: &StatusView) -> Vec<Line> {
    let Some(push) = view.push else {
        return vec![Line::of(Tone::Strong, &view.train).text(": no departure in sight")];
    };
    let title =
        Line::of(Tone::Strong, format!("{} {push}", view.train)).text("  ").then(state(view.state));
    let mut facts = Line::new();
    if let Some(hero) = &view.hero {
        facts = facts.put(Tone::Dim, "hero ").put(Tone::Strong, hero.as_str()).put(Tone::Dim, "  ");
    }
    if let Some(at) = &view.cut_at {
        facts = facts.put(Tone::Dim, "cut ").text(zoned(at)).put(Tone::Dim, "  ");
    }
    if let Some(at) = &view.push_at {
        facts = facts.put(Tone::Dim, "departs ").text(zoned(at)).put(Tone::Dim, "  ");
    }
    if let Some(next) = &view.next_hero {
        facts = facts.put(Tone::Dim, format!("then {next}"));
    }
    let offer = view.offer.as_ref().map(|offer| {
        Line::of(Tone::Dim, sentence(&format!("{} has it {}", offer.by, offer.words())))
    });
    [title, facts].into_iter().chain(offer).collect()
}

fn state(state: PushState) -> Line {
    let (tone, words) = match state {
        PushState::Planned => (Tone::Dim, "○ planned"),
        PushState::Open => (Tone::Plain, "○ open, not cut yet"),
        PushState::Cut => (Tone::Plain, "◉ cut"),
        PushState::Staged => (Tone::Good, "✓ staged"),
        PushState::Approved => (Tone::Good, "✓ approved"),
        PushState::Pushing => (Tone::Odd, "◉ pushing"),
        PushState::Watching => (Tone::Odd, "◉ watching"),
        PushState::Done => (Tone::Good, "✓ done"),
        PushState::Held => (Tone::Bad, "✗ held"),
        PushState::RolledBack => (Tone::Bad, "✗ rolled back"),
        PushState::Cancelled => (Tone::Dim, "– does not run"),
    };
    Line::of(tone, words)
}

fn repo(repo: &RepoStatus) -> Vec<Line> {
    let tag = match (&repo.tag, repo.stays) {
        (Some(tag), true) => Line::of(Tone::Dim, format!("stays on {tag}")),
        (None, true) => Line::of(Tone::Dim, "stays"),
        (Some(tag), false) => Line::of(Tone::Tag, tag),
        (None, false) => Line::of(Tone::Dim, "no tag yet"),
    };
    let from = match repo.base_from {
        BaseFrom::Production => " in production",
        BaseFrom::LastPush => " last pushed",
        BaseFrom::OlderTag | BaseFrom::Nothing => "",
    };
    let base = repo.base.as_ref().map(|b| format!("since {b}{from}")).unwrap_or_default();
    vec![
        Line::of(Tone::Strong, repo.name.as_str()),
        tag,
        Line::of(Tone::Dim, repo.commit.as_ref().map_or("", |c| c.short())),
        Line::plain(repo.commit_count.map(|n| count(n, "commit")).unwrap_or_default()),
        Line::of(Tone::Dim, base),
    ]
}

fn picks(repo: &RepoStatus) -> Vec<Line> {
    let line = |pick: &conductor::view::PickView| {
        let sign = if pick.reverted { "−" } else { "+" };
        Line::plain("    ")
            .put(Tone::Tag, format!("{:<14} ", pick.tag))
            .text(format!("{sign} "))
            .put(Tone::Dim, pick.commit.short())
            .text(format!(" {} ", pick.subject))
            .put(Tone::Dim, by(&pick.author, pick.whose.as_deref()))
    };
    repo.picks.iter().map(line).collect()
}

/// One environment: a row per service and version, so that a mixed fleet is never averaged away.
#[must_use]
pub fn environment(view: &EnvironmentView, now: jiff::Timestamp) -> Vec<Line> {
    let mut rows = Vec::new();
    for service in &view.services {
        rows.extend(service_rows(service, now));
    }
    let mut lines = vec![Line::of(Tone::Dim, &view.name)];
    lines.extend(columns(2, rows));
    lines
}

fn service_rows(service: &ServiceView, now: jiff::Timestamp) -> Vec<Vec<Line>> {
    let (tone, word) = match service.state {
        ServiceState::Current => (Tone::Good, "✓ current"),
        ServiceState::Mixed => (Tone::Odd, "◆ mixed"),
        ServiceState::Old => (Tone::Dim, "○ old"),
        ServiceState::Unknown => (Tone::Dim, "– not known"),
        ServiceState::Failing => (Tone::Bad, "✗ failing"),
    };
    let seen = service.observed_at.as_ref().map(|at| ago(at, now)).unwrap_or_default();
    let mut rows: Vec<Vec<Line>> = service
        .versions
        .iter()
        .map(|v| {
            let commit =
                v.commit.as_deref().map_or(String::new(), |c| c.chars().take(10).collect());
            vec![
                Line::new(),
                Line::new(),
                Line::of(Tone::Tag, v.version.as_deref().unwrap_or("no version")),
                Line::of(Tone::Dim, commit),
                Line::of(Tone::Dim, count(v.samples, "sample")),
            ]
        })
        .collect();
    rows.extend(
        service.failures.iter().map(|f| vec![Line::new(), Line::new(), Line::of(Tone::Bad, f)]),
    );
    let told = |words: Line| vec![Line::new(), Line::new(), words];
    rows.extend(service.note.iter().map(|note| told(Line::of(Tone::Odd, note))));
    rows.extend(service.last.iter().map(|last| {
        let words = format!("showed {} {}", last.version, ago(&last.observed_at, now));
        told(Line::of(Tone::Dim, words))
    }));
    if rows.is_empty() {
        rows.push(told(Line::of(Tone::Dim, "not asked yet")));
    }
    if let Some(first) = rows.first_mut() {
        first[0] = Line::of(Tone::Strong, &service.name);
        first[1] = Line::of(tone, word);
        first.push(Line::of(Tone::Dim, seen));
    }
    rows
}

fn next(view: &StatusView) -> Line {
    let who = view.next.who.as_deref().map(|who| format!("{who}: ")).unwrap_or_default();
    let line = Line::of(Tone::Strong, "next  ").put(Tone::Strong, who).text(&view.next.what);
    match &view.next.command {
        Some(command) => line.text("  ").put(Tone::Link, command),
        None => line,
    }
}

fn age(view: &StatusView, now: jiff::Timestamp) -> Option<Line> {
    let oldest =
        view.repos.iter().filter_map(|r| r.observed_at.as_ref()).min_by_key(|m| m.0.timestamp());
    let words = match oldest {
        Some(at) => format!("remotes seen {}", ago(at, now)),
        None => "remotes not seen yet; `pushduty compare` looks".to_owned(),
    };
    Some(Line::of(Tone::Dim, format!("      {words}")))
}
