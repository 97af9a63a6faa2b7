//! Writes the configuration that `init` leaves: guesses marked with their evidence, everything else as commented examples.
//!
//! Whatever was guessed, the file loads: values that the rules would not take are left out, names are made plain and unique.

use globset::Glob;
use train::calendar::{WeekTime, Zone, weeks};
use train::id::PushDate;
use train::letter::is_harmful;
use train::tag::TagScheme;

use super::guess::{Guess, Guessed, RepoGuess};
use super::remote;
use super::repos::is_branch;

mod page;
mod people;

use page::Page;

/// The text of a `pushduty.toml` that says what was guessed.
#[must_use]
pub fn write(guess: &Guess) -> String {
    let mut page = Page::default();
    let train = plain_name(&guess.train, "train");
    page.prose(&[
        "The release train of this team. `pushduty check` looks whether what stands here works;",
        "the configuration reference explains every key.",
        "Lines marked “guessed” come from what the remotes show: correct them, or take the mark off.",
    ]);
    write_train(&mut page, guess, &train);
    let repos = write_repos(&mut page, guess);
    people::write(&mut page, guess);
    write_examples(&mut page, &repos);
    page.finish()
}

/// The guess, if the rules take it.
fn sound<T, E>(
    guess: Option<&Guessed>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Option<(&Guessed, T)> {
    guess.and_then(|g| Some((g, read(&g.value).ok()?)))
}

fn write_train(page: &mut Page, guess: &Guess, name: &str) {
    page.table("[train]");
    page.line(format!("name = {}", text(name)), "");
    let mut timed = |key: &str, guess: Option<&Guessed>, otherwise: &str| match guess {
        Some(g) => page.guessed(format!("{key} = {}", text(&g.value)), &g.evidence),
        None => page.line(format!("{key} = {}", text(otherwise)), "the default"),
    };
    let zone = sound(guess.time_zone.as_ref(), str::parse::<Zone>);
    timed("time_zone", zone.map(|(g, _)| g), "UTC");
    let cut = sound(guess.cut.as_ref(), str::parse::<WeekTime>);
    timed("cut", cut.map(|(g, _)| g), "Tuesday 09:00");
    let push = sound(guess.push.as_ref(), str::parse::<WeekTime>);
    let weekday = push.as_ref().map_or(jiff::civil::Weekday::Thursday, |(_, at)| at.weekday);
    timed("push", push.map(|(g, _)| g), "Thursday 09:00");
    let starting = sound(guess.starting.as_ref(), str::parse::<PushDate>)
        .filter(|(_, date)| date.0.weekday() == weekday && (1970..=2999).contains(&date.0.year()));
    match sound(guess.every.as_ref(), weeks) {
        Some((g, n)) if n == 1 || starting.is_some() => timed("every", Some(g), "1 week"),
        Some((g, _)) => {
            let what =
                format!("guessed: {}; it needs starting with the date of one push", g.evidence);
            page.example(format!("every = {}", text(&g.value)), &what);
        }
        None => timed("every", None, "1 week"),
    }
    if let Some((g, PushDate(date))) = starting {
        page.guessed(format!("starting = {date}"), &g.evidence);
    }
    page.example("skip = [2026-12-24, 2026-12-31]", "dates on which nothing departs");
    page.example("tags = \"signed\"", "else annotated; signed as your git is set up to sign");
}

/// Writes the repositories; gives the names they got.
fn write_repos(page: &mut Page, guess: &Guess) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut remotes: Vec<String> = Vec::new();
    for repo in &guess.repos {
        let identity = remote::identity(&repo.upstream);
        if remotes.contains(&identity) {
            continue;
        }
        remotes.push(identity);
        let name = unique(plain_name(&repo.name, "repo"), |n| names.iter().any(|o| o == n));
        write_repo(page, repo, &name, names.first());
        names.push(name);
    }
    if names.is_empty() {
        page.prose(&[
            "The repositories that ship together; everything but upstream has a default.",
        ]);
        page.example("[repos.server]", "");
        page.example("upstream = \"https://github.com/team/server.git\"", "");
    }
    names
}

fn write_repo(page: &mut Page, repo: &RepoGuess, name: &str, first: Option<&String>) {
    page.table(&format!("[repos.{}]", key(name)));
    page.line(format!("upstream = {}", text(&repo.upstream)), "");
    let branch = |b: &str| if is_branch(b) { Ok(()) } else { Err(()) };
    if let Some((g, ())) = sound(repo.branch.as_ref(), branch) {
        page.guessed(format!("branch = {}", text(&g.value)), &g.evidence);
    }
    match sound(repo.tag.as_ref(), |t| TagScheme::new(t, 1)) {
        Some((g, _)) => page.guessed(format!("tag = {}", text(&g.value)), &g.evidence),
        None => page.line("tag = \"{date}\"", "the default: 2026.11.26, then 2026.11.26-1"),
    }
    if let Some((first, evidence)) = &repo.first_suffix
        && (1..=99).contains(first)
    {
        page.guessed(format!("first_suffix = {first}"), evidence);
    }
    let globs = repo.migrations.as_ref().map(|(globs, evidence)| {
        let good = globs.iter().filter(|g| Glob::new(g).is_ok()).map(|g| text(g));
        (good.collect::<Vec<_>>(), evidence)
    });
    match globs {
        Some((globs, evidence)) if !globs.is_empty() => {
            page.guessed(format!("migrations = [{}]", globs.join(", ")), evidence);
        }
        _ => page.example(
            "migrations = [\"**/migrations/*.py\"]",
            "flagged in plans and on the run sheet",
        ),
    }
    match first {
        Some(first) => page.example(format!("after = {}", text(first)), "deployed after that one"),
        None => {
            let twin = "security = \"git@github.com:team/server-security.git\"";
            page.example(twin, "the private twin where embargoed fixes wait");
        }
    }
}

fn write_examples(page: &mut Page, repos: &[String]) {
    let repo = repos.first().map_or("server", String::as_str);
    page.prose(&["Where it runs. With the versions known, compare links start at what production really runs."]);
    for (environment, host) in [("stage", "stage.example.org"), ("production", "example.org")] {
        page.example(format!("[environments.{environment}]"), "");
        let address = format!("https://{host}/__version__");
        let service =
            format!("{{ name = \"web\", repo = {}, version = {} }}", text(repo), text(&address));
        page.example(format!("services = [{service}]"), "");
    }
    page.prose(&["Times in which nothing departs; a hot-fix by ops passes and is recorded."]);
    page.examples(&[
        "[[freeze]]",
        "from = 2026-12-20",
        "to = 2027-01-04T09:00",
        "because = \"holidays\"",
    ]);
    page.prose(&["Who signs off before production is started, and gates of your own."]);
    page.example("[gates]", "");
    page.example("qa = { need = 1, own = true }", "own = false: not by the push's hero");
    page.example("smoke = { command = [\"./smoke\", \"{tags}\"] }", "exit 0 passes, 3 waits");
    page.prose(&["Holidays and absences that are kept elsewhere, as iCalendar."]);
    page.examples(&["[[calendar]]", "file = \"holidays.ics\"", "holds = \"holidays\""]);
    page.prose(&["The graphs to watch while production rolls."]);
    let graph = "url = \"https://grafana.example.org/d/web?from={start}&to={end}\"";
    page.examples(&["[[monitor]]", "name = \"Site health\"", graph]);
    page.prose(&["The address of a push's notes, for mail and topic where no server runs."]);
    page.examples(&["[notes]", "url = \"https://push.example.org/{train}-{push}\""]);
}

/// A TOML string in quotes; what could lead a terminal is escaped.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_harmful(c) => {
                out.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// A key of a table: bare where TOML takes it so.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { text(name) }
}

/// A name as trains and repositories have it; `otherwise` where nothing of it can stay.
fn plain_name(wild: &str, otherwise: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let mut name: String = wild.chars().take(60).map(keep).collect();
    while name.contains("..") || name.contains("--") {
        name = name.replace("..", ".").replace("--", "-");
    }
    let mut name = name.trim_matches(['.', '-', '_']);
    while let Some(stem) = name.strip_suffix(".lock") {
        name = stem.trim_end_matches(['.', '-', '_']);
    }
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// The name, or the first of name-2, name-3… that is not taken.
fn unique(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    let free = (2..).map(|n: u32| format!("{name}-{n}")).find(|n| !taken(n));
    free.unwrap_or(name)
}
