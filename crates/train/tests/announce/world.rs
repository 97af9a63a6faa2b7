//! A train with two repositories, of which one is on a forge, and a ledger that is folded as it is written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use train::announce::{Announcement, Audience, Facts, News, of};
use train::base::BaseFrom;
use train::calendar::Timetable;
use train::event::{Bytes, Event, Hand, Outcome, Written};
use train::id::{Oid, PersonName, PushDate};
use train::intent::{Intent, IntentId, PickRecord, Purpose, Remote, Tagged};
use train::notes::embargo::Embargoed;
use train::notes::page::{ItemChange, What};
use train::people::{Person, Role};
use train::settings::{Repo, Settings, Tagging};
use train::state::State;

pub const PUSH: &str = "2026.11.26";

pub fn push() -> PushDate {
    PUSH.parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn oid(digit: char) -> Oid {
    digit.to_string().repeat(40).parse().unwrap()
}

/// Notes with these changes of items.
pub fn wrote(items: &[(&str, &str, What)]) -> Event {
    let change = |(item, text, change): &(&str, &str, What)| ItemChange {
        item: item.parse().unwrap(),
        change: *change,
        text: (*text).to_owned(),
    };
    Event::NotesWritten(Box::new(Written {
        push: push(),
        page: push(),
        version: 2,
        hand: Hand::Person,
        settles: false,
        template: None,
        update: Bytes(Vec::new()),
        items: items.iter().map(change).collect(),
        carried: Vec::new(),
        once: Vec::new(),
    }))
}

pub fn settings(train: &str) -> Settings {
    let (cut, push) = ("Tuesday 09:00".parse().unwrap(), "Thursday 09:00".parse().unwrap());
    let person = |name: &str, role: Role, irc: Option<&str>| {
        let name: PersonName = name.parse().unwrap();
        let person = Person {
            name: name.clone(),
            roles: [role].into(),
            aliases: Vec::new(),
            email: None,
            irc: irc.map(str::to_owned),
            github: None,
        };
        (name, person)
    };
    Settings {
        train: train.parse().unwrap(),
        timetable: Timetable::new("America/Los_Angeles".parse().unwrap(), cut, push),
        rotation: vec!["mat".parse().unwrap(), "eviljeff".parse().unwrap()],
        people: [
            person("mat", Role::Hero, None),
            person("eviljeff", Role::Hero, Some("eviljeff|hero")),
            person("krupa", Role::Qa, None),
        ]
        .into(),
        repos: vec![
            Repo::new("server".parse().unwrap(), "https://github.com/mozilla/addons-server.git"),
            Repo::new("web".parse().unwrap(), "/srv/web.git"),
        ],
        environments: Vec::new(),
        tagging: Tagging::default(),
        gates: Vec::new(),
        components: Vec::new(),
    }
}

pub struct World {
    pub settings: Settings,
    pub state: State,
    pub rehearsal: bool,
    pub news: Vec<News>,
    pub notes: Option<&'static str>,
    pub embargoed: Option<Embargoed>,
}

impl World {
    /// On the Tuesday of the cut.
    pub fn new() -> Self {
        let mut world = Self {
            settings: settings("amo"),
            state: State::default(),
            rehearsal: false,
            news: Vec::new(),
            notes: Some("https://push.example.org/{train}-{push}"),
            embargoed: Some(Embargoed::default()),
        };
        let on = "2026-11-23".parse().unwrap();
        world.happens("2026-11-23T17:00:00Z", "mat", Event::Began { on, rehearsal: false });
        world
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            settings: &self.settings,
            state: &self.state,
            rehearsal: self.rehearsal,
            notes: self.notes,
            embargoed: self.embargoed.as_ref(),
        }
    }

    /// An entry of the ledger.
    pub fn happens(&mut self, time: &str, by: &str, event: Event) {
        let intent = match &event {
            Event::Settled { intent, .. } => self.state.open.get(intent).cloned(),
            _ => None,
        };
        self.state.apply(&event, at(time), by);
        let hash = format!("{:016x}{:048x}", 0xa0 + self.news.len(), 0);
        self.news.push(News { hash, at: at(time), by: by.to_owned(), event, intent });
    }

    /// An intent and its end.
    pub fn settles(&mut self, time: &str, repo: &str, purpose: Purpose, outcome: Outcome) {
        let repo = repo.parse().unwrap();
        let head = train::facts::Head { seq: self.news.len() as u64, hash: String::new() };
        let id = IntentId::after(&head, &repo, Remote::Upstream);
        let intent = Intent {
            id: id.clone(),
            push: Some(push()),
            repo,
            remote: Remote::Upstream,
            purpose,
            updates: Vec::new(),
            fence: None,
            settings: String::new(),
        };
        self.happens(time, "mat", Event::Intended(Box::new(intent)));
        self.happens(time, "mat", Event::Settled { intent: id, outcome });
    }

    pub fn opens(&mut self, time: &str) {
        let hero: Option<PersonName> = "mat".parse().ok();
        let turn = hero.clone();
        let opened =
            Event::Opened { push: push(), scheduled: push(), hero, turn, off_cycle: false };
        self.happens(time, "mat", opened);
    }

    /// Both repositories get their first tags.
    pub fn cuts(&mut self) {
        self.opens("2026-11-24T17:00:00Z");
        for repo in ["server", "web"] {
            let tag = tagged(PUSH, 'c', Some("2026.11.19"));
            self.settles("2026-11-24T17:01:00Z", repo, Purpose::Tag(tag), Outcome::Published);
        }
    }

    /// What is told of all that happened.
    pub fn told(&self) -> Vec<Announcement> {
        of(self.facts(), &self.news)
    }

    /// What is told of what happened from here on.
    pub fn told_since(&self, from: usize) -> Vec<Announcement> {
        of(self.facts(), &self.news[from..])
    }
}

pub fn tagged(tag: &str, commit: char, base: Option<&str>) -> Tagged {
    Tagged {
        tag: tag.to_owned(),
        object: oid('d'),
        commit: oid(commit),
        base: base.map(str::to_owned),
        base_from: BaseFrom::Production,
        picks: Vec::new(),
        resolved_by: None,
        because: None,
    }
}

pub fn pick(commit: char, subject: &str, tag: &str) -> PickRecord {
    PickRecord {
        commit: oid(commit),
        made: oid('f'),
        subject: subject.to_owned(),
        author: "Ann".to_owned(),
        whose: None,
        reverted: false,
        tag: tag.to_owned(),
    }
}

/// A message as a person reads it, beside when it is of and to whom it goes.
pub fn shown(told: &Announcement) -> String {
    let to = match &told.audience {
        Audience::Channel => "the channel".to_owned(),
        Audience::List => "the list".to_owned(),
        Audience::Person { name, nick } if name == nick => name.clone(),
        Audience::Person { name, nick } => format!("{name}, called {nick}"),
    };
    let text = told.text.lines().map(|line| format!("    {line}\n")).collect::<String>();
    format!(
        "{} to {to}, {} until {}\n  {}\n{text}",
        told.kind, told.at, told.expires_at, told.subject
    )
}

/// Kinds, in their order.
pub fn kinds(all: &[Announcement]) -> Vec<&'static str> {
    all.iter().map(|told| told.kind.word()).collect()
}

/// The names of all of them, each once.
pub fn ids(all: &[Announcement]) -> BTreeMap<String, usize> {
    let mut ids = BTreeMap::new();
    for told in all {
        *ids.entry(told.id.clone()).or_default() += 1;
    }
    ids
}
