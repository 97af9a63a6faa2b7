//! What holds of any bytes that the rules are handed, a function for each fuzz target: names and dates as people write them,
//! the notes, the fence on a remote, the ledger's events.

#[path = "notes/holds.rs"]
mod holds;
#[path = "states/invariants.rs"]
mod invariants;
#[path = "notes/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use train::calendar::{Freeze, WeekTime, Zone, weeks};
use train::cut;
use train::event::Event;
use train::facts::{Fence, Head, Look, SeenFence};
use train::fence::{self, Mover, Ours};
use train::guess;
use train::id::{BadName, Oid, PersonName, PushDate, RepoName, TrainName, quoted};
use train::letter::is_harmful;
use train::links::{self, Browsed, Target};
use train::settings::Repo;
use train::state::State;
use train::tag::{Revision, TagScheme};

const HASH: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// A page of notes.
pub fn notes(bytes: &[u8]) {
    holds::holds(&String::from_utf8_lossy(bytes));
}

fn harmless(text: &str) {
    assert!(!text.chars().any(is_harmful), "{text:?}");
}

/// What is taken reads back as it is printed; what is not is said in harmless words.
fn read_back<T: FromStr<Err = BadName> + Display + PartialEq>(text: &str) {
    match text.parse::<T>() {
        Ok(taken) => {
            assert!(taken.to_string().parse::<T>().is_ok_and(|again| again == taken), "{text:?}")
        }
        Err(why) => harmless(&why.to_string()),
    }
}

/// Names, dates, times and zones as people write them.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    harmless(&quoted(&text));
    read_back::<RepoName>(&text);
    read_back::<TrainName>(&text);
    read_back::<PersonName>(&text);
    read_back::<Oid>(&text);
    read_back::<PushDate>(&text);
    read_back::<WeekTime>(&text);
    read_back::<Zone>(&text);
    if let Ok(name) = text.parse::<TrainName>() {
        part_of_a_ref(&fence::ref_name(&name));
    }
    assert!(weeks(&text).is_ok_and(|n| (1..=52).contains(&n)) || weeks(&text).is_err());
    let (from, to) = text.split_once('\n').unwrap_or((&text, ""));
    match Freeze::read(from, to, "holidays") {
        Ok(freeze) => assert!(freeze.from < freeze.to),
        Err(why) => harmless(&why.to_string()),
    }
}

/// Rules of `git check-ref-format`.
fn part_of_a_ref(name: &str) {
    let bad = |c: char| c.is_control() || c.is_whitespace() || ":?*[\\~^".contains(c);
    assert!(!name.contains(bad) && !name.contains("..") && !name.contains("@{"), "{name:?}");
    assert!(!name.ends_with('.') && !name.starts_with('-'), "{name:?}");
    let fine = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    assert!(name.split('/').all(fine), "{name:?}");
}

/// A template, then names of tags, a line each.
pub fn tags(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let template = lines.next().unwrap_or_default();
    let names: Vec<&str> = lines.collect();
    for first in [1, 2] {
        match TagScheme::new(template, first) {
            Ok(scheme) => a_scheme(&scheme, &names),
            Err(why) => harmless(&why.to_string()),
        }
    }
    if let Some((dates, newest)) = guess::dashed(names.iter().copied()) {
        assert!(!dates.is_empty() && dates.is_sorted() && names.contains(&newest));
    }
    let Some(found) = guess::scheme(names.iter().copied()) else { return };
    a_scheme(&found.scheme, &names);
    assert!(names.contains(&found.newest.as_str()) && found.dates.is_sorted());
    if let Some(cadence) = guess::cadence(&found.dates) {
        assert!((1..=26).contains(&cadence.weeks) && cadence.on_it <= cadence.of);
        assert_eq!(cadence.latest.weekday(), cadence.weekday);
    }
}

fn a_scheme(scheme: &TagScheme, names: &[&str]) {
    let again = TagScheme::new(&scheme.template(), scheme.first_suffix());
    assert_eq!(again.as_ref(), Ok(scheme));
    let found: Vec<Revision> = names.iter().filter_map(|name| scheme.parse(name)).collect();
    for revision in &found {
        part_of_a_ref(&scheme.name(*revision));
        assert_eq!(scheme.parse(&scheme.name(*revision)), Some(*revision));
    }
    let Some(Revision { push, .. }) = found.first() else { return };
    let used = found.iter().filter(|r| r.push == *push).map(|r| r.suffix);
    next_is_free(scheme, *push, &used.collect::<Vec<_>>());
}

/// The next revision is above all that were used, and its name reads back (P3).
fn next_is_free(scheme: &TagScheme, push: PushDate, used: &[u32]) {
    let Ok(next) = scheme.next(push, used.iter().copied()) else {
        return assert!(used.contains(&999_999), "there is a next one after {used:?}");
    };
    assert!(used.iter().all(|suffix| next.suffix > *suffix), "{next:?} after {used:?}");
    assert_eq!(scheme.parse(&scheme.name(next)), Some(next));
}

fn repo(upstream: &str, compare: Option<&str>) -> Repo {
    Repo {
        compare: compare.map(str::to_owned),
        ..Repo::new("web".parse().expect("a name"), upstream)
    }
}

/// An upstream, a template of compare links, and a link, a line each.
pub fn links(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (upstream, template, link) = (line(), line(), line());
    let repo = repo(upstream, Some(template).filter(|t| !t.is_empty()));
    match links::target_in(&repo, link) {
        Some(Target::Commit(hash)) => {
            assert!((4..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit()));
        }
        Some(Target::Compare { base, head }) => {
            assert!(link.contains(&base) && link.contains(&head))
        }
        Some(Target::Pull(_) | Target::Issue(_)) | None => {}
    }
    harmless(&links::no_such_link(link).message);
    let made = links::compare(&repo, "2026.11.19-1", "2026.11.26");
    let own = repo.compare.as_deref().is_none_or(|t| t.matches("{base}").count() == 1);
    if let (Some(made), None, true) = (made, &repo.compare, own) {
        let wanted = Target::Compare { base: "2026.11.19-1".into(), head: "2026.11.26".into() };
        assert_eq!(Browsed::of(&repo).target(&made), Some(wanted), "{made}");
    }
}

/// The fence's body as a remote has it: whatever it says, the next tag is a new one (P3), and the next fence forgets nothing.
pub fn fences(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Fence>(bytes) else { return };
    let object: Oid = HASH.parse().expect("a name");
    let (state, head) = (State::default(), Head { seq: 1, hash: body.head.hash.clone() });
    let seen = SeenFence { object, body: Some(body) };
    let repo = repo("/srv/web.git", None);
    for (ledger, has_head) in
        [("other", false), (seen.body.as_ref().map_or("", |b| &b.ledger), true)]
    {
        let ours = Ours { ledger, has_head, state: &state };
        if let Err(refusal) = fence::check(&repo.name, Some(&seen), ours) {
            harmless(&refusal.hint);
        }
    }
    let push = "2026.11.26".parse().expect("a date");
    let look = Look {
        observed_at: Timestamp::UNIX_EPOCH,
        branch: "main".to_owned(),
        main: None,
        tags: BTreeMap::new(),
        moved: BTreeMap::new(),
        fence: Some(seen.clone()),
    };
    let tag = match cut::next_tag(&state, &repo, &look, push, false) {
        Ok(tag) => tag,
        Err(refusal) => return harmless(&refusal.message),
    };
    let next = repo.scheme.parse(&tag).expect("a tag of the scheme");
    assert!(fence::remembered(Some(&seen), push).is_none_or(|last| next.suffix > last), "{tag}");
    let mover = Mover { ledger: "one", url: None, node: "desk", head: &head };
    let moved = mover.body(Some(&seen), "intent", &repo.scheme, &[&tag]);
    assert_eq!(moved.suffixes.get(&push.to_string()), Some(&next.suffix));
}

/// The ledger's events, a line of JSON each: each reads back as it is written, and whatever their order is, they come to a
/// state that holds together, the same one each time.
pub fn events(bytes: &[u8]) {
    let lines = bytes.split(|b| *b == b'\n');
    let events: Vec<Event> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let mut state = State::default();
    for (at, event) in events.iter().enumerate() {
        let json = serde_json::to_string(event).expect("an event can be written");
        assert_eq!(&serde_json::from_str::<Event>(&json).expect("and read"), event);
        assert!(json.contains(&format!("\"kind\":\"{}\"", event.kind())));
        let at = i64::try_from(at)
            .map_or(Timestamp::MAX, |at| Timestamp::from_second(at).expect("a time"));
        state.apply(event, at, "mat");
    }
    invariants::of_any(&state, &events);
}

#[cfg(test)]
mod tests {
    use testkit::hold;

    #[test]
    fn of_pages() {
        hold("notes", super::notes);
    }

    #[test]
    fn of_names() {
        hold("names", super::names);
    }

    #[test]
    fn of_tags() {
        hold("tags", super::tags);
    }

    #[test]
    fn of_links() {
        hold("links", super::links);
    }

    #[test]
    fn of_fences() {
        hold("fences", super::fences);
    }

    #[test]
    fn of_events() {
        hold("events", super::events);
    }
}
