//! The add-ons team's own notes of four years, read against a snapshot that people have reviewed.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use train::id::PushDate;
use train::links::Target;
use train::notes::{Ask, Clock, Item, Link, Notes, Phase, SectionKind, Who};

use crate::world::context;

/// Every page with its push, oldest first.
pub fn pages() -> Vec<(PushDate, String)> {
    let root = testkit::shared("data/notes");
    let inside = |dir: &PathBuf| -> Vec<PathBuf> {
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let months = inside(&root).iter().flat_map(inside).collect::<Vec<_>>();
    let mut pages: Vec<(PushDate, String)> = months
        .iter()
        .flat_map(inside)
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().with_extension("");
            let date = name.to_str().unwrap().replace('/', ".");
            (date.parse().unwrap(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    pages.sort();
    assert_eq!(pages.len(), 194, "pages in {}", root.display());
    pages
}

pub fn read(push: PushDate, text: &str) -> Notes {
    Notes::parse(text, &context(Some(push)))
}

fn short(text: &str) -> String {
    let text = text
        .replace("https://github.com/mozilla/", "gh:")
        .replace("https://github.com/mozilla-services/", "ghs:");
    let words: Vec<String> = text.split(' ').map(hash).collect();
    let text = words.join(" ");
    let cut: String = text.chars().take(110).collect();
    if cut.len() < text.len() { cut + "…" } else { text }
}

/// A word with its long hash cut.
fn hash(word: &str) -> String {
    let hex = |c: char| c.is_ascii_hexdigit();
    let Some(at) = word.rfind('/') else { return word.to_owned() };
    let tail = &word[at + 1..];
    if tail.len() > 20 && tail.chars().take(20).all(hex) {
        let rest = tail.trim_start_matches(hex);
        return format!("{}/{}…{rest}", &word[..at], &tail[..7]);
    }
    word.to_owned()
}

fn who(who: &Who) -> String {
    match who {
        Who::Person(name) => name.to_string(),
        Who::Role(role) => format!("[{}]", role.word()),
        Who::Unknown(name) => format!("?{name}"),
    }
}

fn item(mark: &str, item: &Item) -> String {
    let done = if item.done.is_some() { 'x' } else { ' ' };
    let mut line = format!("  {mark} [{done}] {}", short(&item.text));
    let mut more = |name: &str, value: String| {
        if !value.is_empty() {
            write!(line, "  {{{name}{value}}}").unwrap();
        }
    };
    let weight = serde_json::to_value(item.weight).unwrap();
    more("", weight.as_str().filter(|w| *w != "hard").unwrap_or_default().to_owned());
    more("owner ", item.owner.as_ref().map(who).unwrap_or_default());
    more("repo ", item.repo.as_ref().map(ToString::to_string).unwrap_or_default());
    more("on ", item.environments.join("+"));
    more("after ", item.after.clone().unwrap_or_default());
    more(
        "details ",
        if item.details.is_empty() { String::new() } else { item.details.len().to_string() },
    );
    let lines = item.commands.iter().map(|c| c.text.lines().count().to_string());
    more("command lines ", lines.collect::<Vec<_>>().join("+"));
    if let Some(done) = item.done.as_ref().and_then(|done| serde_json::to_value(done).ok()) {
        more(
            "",
            done.get("said")
                .map(|said| format!("“{}”", said.as_str().unwrap()))
                .unwrap_or_default(),
        );
    }
    if item.half_struck {
        more("", "half struck".to_owned());
    }
    line
}

fn time(name: &str, clocks: &[Clock], found: Option<&Clock>) -> String {
    let Some(clock) = found.or(clocks.first()) else { return String::new() };
    match &clock.at {
        Some(at) => format!(
            "  {name} {} = {}{}",
            clock.text,
            if clock.about { "~" } else { "" },
            at.timestamp()
        ),
        None if clock.text.is_empty() => String::new(),
        None => format!("  {name} {} = ?", clock.text),
    }
}

fn ask(ask: &Ask) -> String {
    let what = match &ask.what {
        Target::Commit(hash) => hash[..7].to_owned(),
        Target::Pull(n) => format!("pull {n}"),
        other => format!("{other:?}"),
    };
    let done = if ask.done.is_some() { 'x' } else { ' ' };
    let repo = ask.repo.as_ref().map_or("?", |r| r.as_str());
    let forbidden = if ask.forbidden { " FORBIDDEN" } else { "" };
    let line = format!("  ask [{done}] {repo} {what}{forbidden}  {}", short(&ask.condition));
    line.trim_end().to_owned()
}

fn compared(notes: &Notes, link: &Link) -> Option<String> {
    let (repo, Target::Compare { base, head }) = (link.repo.as_ref()?, link.target.as_ref()?)
    else {
        return None;
    };
    let aside = match notes.section_at(link.span.start).map(|s| s.kind) {
        Some(SectionKind::Pushing) => "",
        _ => "  (not in Pushing)",
    };
    let struck = if link.struck { "  struck" } else { "" };
    Some(format!("  link {repo} {base}...{head}{struck}{aside}"))
}

fn page(push: PushDate, text: &str) -> String {
    let notes = read(push, text);
    assert_eq!(notes.print(), text, "{push}");
    let mut lines = vec![format!("{push}")];
    if let Some(hero) = notes.hero() {
        let names: Vec<String> =
            hero.names.iter().map(|n| format!("{} ({})", n.text, who(&n.who))).collect();
        let remark = hero.remark.as_deref().map(|r| format!("  remark: {r}")).unwrap_or_default();
        lines.push(format!("  hero {}{remark}", names.join(" + ")));
    }
    for (name, people) in [("ops", &notes.ops), ("qa", &notes.qa)] {
        lines.extend(people.iter().map(|n| format!("  {name} {} ({})", n.text, who(&n.who))));
    }
    let of = |kind: SectionKind| notes.items.iter().filter(move |item| item.kind == kind);
    lines.extend(of(SectionKind::Notable).map(|i| item("notable", i)));
    lines.extend(notes.blockers().map(|i| item("BLOCKER", i)));
    lines.extend(notes.asks.iter().map(ask));
    let asked: BTreeSet<usize> = notes.asks.iter().map(|ask| ask.item).collect();
    let silent = notes
        .items
        .iter()
        .enumerate()
        .filter(|(at, i)| i.kind == SectionKind::Picks && !asked.contains(at));
    lines.extend(silent.map(|(_, i)| item("no ask", i)));
    lines.extend(notes.links.iter().filter_map(|link| compared(&notes, link)));
    for (mark, phase) in [
        ("before push", Phase::BeforePush),
        ("before start", Phase::BeforeStart),
        ("before promote", Phase::BeforePromote),
        ("after", Phase::AfterDone),
    ] {
        lines.extend(notes.tasks(phase).map(|i| item(mark, i)));
    }
    lines.extend(of(SectionKind::Issues).map(|i| item("issue", i)));
    lines.extend(of(SectionKind::Later).map(|i| item("later", i)));
    for (name, clocks, found) in
        [("start", &notes.starts, notes.start()), ("end", &notes.ends, notes.end())]
    {
        let line = time(name, clocks, found);
        lines.extend((!line.is_empty()).then_some(line));
    }
    lines.extend(notes.check(&context(Some(push))).into_iter().map(|p| {
        let kind = serde_json::to_value(p.kind).unwrap();
        let hint = p.suggestion.map(|s| format!(" → {s}")).unwrap_or_default();
        format!("  ! {}: {}: {}{hint}", p.line, kind.as_str().unwrap(), short(&p.message))
    }));
    lines.join("\n")
}

#[test]
fn all_pages_read_as_reviewed() {
    let all: Vec<String> = pages().iter().map(|(push, text)| page(*push, text)).collect();
    insta::assert_snapshot!("pages", all.join("\n"));
}
