//! One ledger and a made-up world around it: wishes are judged by the product's own rules, and what they come to is written
//! down as the conductor does it.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use train::base::{self, BaseFrom};
use train::calendar::Timetable;
use train::command::TagWish;
use train::cut::{self, Fate, RepoFacts, SecurityFacts, Target};
use train::event::{Event, Outcome};
use train::facts::{Comparison, Head, Look, SeenRef};
use train::id::{Oid, PersonName, PushDate, RepoName};
use train::intent::{FenceMove, Intent, IntentId, Purpose, Remote, Tagged, Update};
use train::people::{Actor, Person, Proof, Role};
use train::publish;
use train::pushes::Train;
use train::refusal::Refusal;
use train::security::{self, Candidate};
use train::settings::{Repo, Settings, Tagging};
use train::state::State;
use train::which::Want;
use train::wish;

use crate::wishes::{Became, Wish};

/// Whoever serves.
pub(crate) const HEROES: [&str; 3] = ["mat", "kumar", "eviljeff"];

/// The ledger, what it came to, and the world.
pub struct Play {
    pub settings: Settings,
    pub events: Vec<(Event, Timestamp)>,
    pub state: State,
    pub looks: BTreeMap<RepoName, Look>,
    pub now: Timestamp,
    objects: u32,
}

impl Play {
    pub fn new() -> Self {
        let settings = settings();
        let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
        let (events, state) = (Vec::new(), State::default());
        let mut play = Self { settings, events, state, looks: BTreeMap::new(), now, objects: 0 };
        for repo in play.settings.repos.clone() {
            let main = Some(play.object());
            let (branch, tags, moved) = ("main".to_owned(), BTreeMap::new(), BTreeMap::new());
            let look = Look { observed_at: now, branch, main, tags, moved, fence: None };
            play.looks.insert(repo.name, look);
        }
        let on = play.settings.timetable.date_of(now);
        let (digest, settings) = (play.settings.digest(), Box::new(play.settings.clone()));
        play.append(vec![
            Event::Began { on, rehearsal: true },
            Event::Configured { digest, changes: Vec::new(), settings },
        ]);
        play
    }

    /// What the rules decide by.
    pub fn train(&self) -> Train<'_> {
        Train { settings: &self.settings, state: &self.state, looks: &self.looks, now: self.now }
    }

    /// The push that is cut; of several the nearest, as if it had been said.
    pub(crate) fn cut_push(&self) -> Result<PushDate, Refusal> {
        self.train().nearest_cut().map_or_else(|| self.train().meant(Want::Cut, None), Ok)
    }

    pub(crate) fn append(&mut self, events: Vec<Event>) {
        for event in events {
            self.state.apply(&event, self.now, "mat");
            self.events.push((event, self.now));
        }
    }

    pub(crate) fn object(&mut self) -> Oid {
        self.objects += 1;
        format!("{:040x}", self.objects).parse().unwrap()
    }

    pub(crate) fn repo(&self, which: usize) -> Repo {
        self.settings.repos[which % self.settings.repos.len()].clone()
    }

    /// Does what is wished, if the rules grant it.
    pub fn wish(&mut self, wish: &Wish) {
        let done = match wish {
            Wish::Wait(hours) => {
                self.now += hours.hours();
                for look in self.looks.values_mut() {
                    look.observed_at = self.now;
                }
                Ok(())
            }
            Wish::Commit(which) => {
                let (repo, main) = (self.repo(*which), self.object());
                self.looks.get_mut(&repo.name).unwrap().main = Some(main);
                Ok(())
            }
            Wish::Tag { again, because, stay, day, off_cycle, alone } => {
                let today = self.train().today();
                let because = because.then(|| "kick".parse().expect("a reason"));
                let push = day.map(|day| PushDate(today + i64::from(day).days()));
                let stay = stay.iter().map(|which| self.repo(*which).name).collect();
                let wish = TagWish {
                    push,
                    again: *again,
                    because,
                    stay,
                    off_cycle: *off_cycle,
                    without_security: *alone,
                    ..TagWish::default()
                };
                self.tag(&wish)
            }
            Wish::Pick(which) => self.pick(*which),
            Wish::Approve { branch, there } => {
                let commit = if *there { branch_at(*branch) } else { self.object() };
                let repo = self.repo(0).name;
                self.append(vec![Event::Approved { repo, branch: *branch, commit, own: false }]);
                Ok(())
            }
            Wish::Merge(named) => self.merge(*named),
            Wish::Sync { by_other } => self.sync(*by_other),
            Wish::Move(_) | Wish::Cancel | Wish::Swap(_) | Wish::Away(..) | Wish::Back(_) => {
                self.calendar(wish)
            }
            Wish::Offer(_) | Wish::Take(_) | Wish::Decline | Wish::Keep => self.offers(wish),
            Wish::Settle(which, became) => self.settle(*which, *became),
            Wish::Tell => {
                if self.state.untold.is_some() {
                    self.append(vec![Event::Told]);
                }
                Ok(())
            }
            Wish::Day(day) => self.push_day(*day),
        };
        if let Err(refusal) = done {
            assert!(!refusal.message.is_empty() && !refusal.hint.is_empty(), "{refusal:?}");
        }
    }

    fn tag(&mut self, wish: &TagWish) -> Result<(), Refusal> {
        let chosen = self.train().to_cut(wish.push, wish.again, wish.off_cycle, &actor())?;
        let mut facts = BTreeMap::new();
        for repo in &self.settings.repos {
            publish::may_begin(&self.state, &repo.name, Remote::Upstream)?;
            facts.insert(repo.name.clone(), self.facts(repo, chosen.push));
        }
        let plan = cut::plan(&self.settings, &self.state, wish, chosen, &facts);
        if let Some(refusal) = plan.refusal() {
            return Err(refusal.clone());
        }
        if !plan.changes_something(&self.state) {
            return Ok(());
        }
        let (push, mut events) = (plan.chosen.push, plan.opening(&self.state, wish));
        let (mut intents, mut ids) = (Vec::new(), Vec::new());
        for one in plan.repos {
            match one.fate {
                Fate::Tag { tag, target } => {
                    let because = wish.because.clone().map(String::from);
                    let tagged = self.tagged(tag, target.commit, because);
                    let intent = self.upstream(&one.repo, Some(push), Purpose::Tag(tagged));
                    ids.push(intent.id.clone());
                    intents.push(Event::Intended(Box::new(intent)));
                }
                Fate::Stays { tag } => {
                    events.push(Event::Stayed { push, repo: one.repo, tag, because: String::new() })
                }
                Fate::Already { .. } | Fate::Refused(_) | Fate::Unknown(_) => {}
            }
        }
        if wish.again {
            events.push(Event::Wished { wish: wish.digest(), intents: ids });
        }
        events.extend(intents);
        self.append(events);
        Ok(())
    }

    fn facts(&self, repo: &Repo, push: PushDate) -> RepoFacts {
        let look = self.looks[&repo.name].clone();
        let cancelled = &self.state.changes.cancelled;
        let commit = look.main.clone().unwrap();
        RepoFacts {
            base: base::choose(&repo.scheme, push, &look.tags, None, None, cancelled),
            look: Ok(look),
            running: None,
            target: Ok(Target { commit, from: None, picks: Vec::new() }),
            uncarried: Vec::new(),
            brings: Comparison { commit_count: 1, ..Comparison::default() },
            security: SecurityFacts::NotSetUp,
            earlier: cut::Earlier::default(),
        }
    }

    fn pick(&mut self, which: usize) -> Result<(), Refusal> {
        let (push, repo) = (self.cut_push()?, self.repo(which));
        publish::may_begin(&self.state, &repo.name, Remote::Upstream)?;
        let look = self.looks[&repo.name].clone();
        let tag = cut::next_tag(&self.state, &repo, &look, push, true)?;
        let commit = self.object();
        let tagged = self.tagged(tag, commit, None);
        let intent = self.upstream(&repo.name, Some(push), Purpose::Pick(tagged));
        self.append(vec![Event::Intended(Box::new(intent))]);
        Ok(())
    }

    fn merge(&mut self, named: Option<u32>) -> Result<(), Refusal> {
        let repo = self.repo(0).name;
        publish::may_begin(&self.state, &repo, Remote::Upstream)?;
        let reviews = self.state.reviews.get(&repo).cloned().unwrap_or_default();
        let merged: Vec<u32> = self.state.merges.iter().flat_map(|m| m.branches.clone()).collect();
        let candidate = |number: u32| Candidate {
            number,
            commit: branch_at(number),
            merged: merged.contains(&number),
            review: reviews.get(&number).cloned(),
        };
        let all: Vec<Candidate> = (1..4).map(candidate).collect();
        let chosen = security::select(&all, named.as_slice(), named.is_some())?;
        let branches: Vec<u32> = chosen.iter().map(|c| c.number).collect();
        if branches.is_empty() {
            return Ok(());
        }
        let mut events = Vec::new();
        if let Some(number) = named.filter(|_| chosen[0].state() != security::BranchState::Reviewed)
        {
            let because = "urgent".to_owned();
            events.push(Event::Unreviewed { repo: repo.clone(), branches: vec![number], because });
        }
        let intent = self.upstream(&repo, None, Purpose::Merge { branches });
        events.push(Event::Intended(Box::new(intent)));
        self.append(events);
        Ok(())
    }

    fn sync(&mut self, by_other: bool) -> Result<(), Refusal> {
        let Some(repo) = self.state.unsynced.first().cloned() else { return Ok(()) };
        if by_other {
            self.append(vec![Event::Synced { repo }]);
            return Ok(());
        }
        publish::may_begin(&self.state, &repo, Remote::Security)?;
        let main = self.looks[&repo].main.clone().unwrap();
        let update = security::to_follow(&repo, "main", Some(&main), None, &[], true)?.unwrap();
        let id = IntentId::after(&self.head(), &repo, Remote::Security);
        let intent = Intent {
            id,
            push: None,
            repo,
            remote: Remote::Security,
            purpose: Purpose::Sync,
            updates: vec![update],
            fence: None,
            settings: String::new(),
        };
        self.append(vec![Event::Intended(Box::new(intent))]);
        Ok(())
    }

    fn calendar(&mut self, wished: &Wish) -> Result<(), Refusal> {
        let (settings, changes) = (&self.settings, &self.state.changes);
        let today = self.train().today();
        let meant = self.train().shown();
        let tagged = meant.is_some_and(|push| self.train().tagged().contains_key(&push));
        let name = |which: usize| -> PersonName { HEROES[which % 3].parse().unwrap() };
        let day = |days: i32| today + i64::from(days).days();
        let event = match (wished, meant) {
            (Wish::Move(days), Some(push)) => {
                let to = PushDate(day(*days));
                let (push, change) =
                    wish::move_push(settings, changes, push, to, tagged, self.now)?;
                Event::Moved { push, change }
            }
            (Wish::Cancel, Some(push)) => {
                let push = wish::cancel(settings, changes, push, tagged, self.now)?;
                Event::Cancelled { push, because: "storm".to_owned() }
            }
            (Wish::Swap(who), Some(push)) => {
                Event::Swapped(wish::swap(settings, changes, push, &name(*who), self.now)?)
            }
            (Wish::Away(who, from, days), _) => Event::Away(wish::away(
                settings,
                &name(*who),
                day(*from),
                day(from + days),
                self.now,
            )?),
            (Wish::Back(which), _) => {
                let Some(noted) = changes.absences.get(*which) else { return Ok(()) };
                Event::Back(wish::back(changes, noted)?.unwrap())
            }
            _ => return Ok(()),
        };
        self.append(vec![event]);
        Ok(())
    }

    fn settle(&mut self, which: usize, became: Became) -> Result<(), Refusal> {
        let open: Vec<Intent> = self.state.open.values().cloned().collect();
        let Some(intent) = open.get(which % open.len().max(1)) else { return Ok(()) };
        let update = &intent.updates[0];
        let outcome = match became {
            Became::Published => Outcome::Published,
            Became::Already => Outcome::Already,
            Became::Refused => Outcome::Refused { why: "no".to_owned() },
            Became::Overtaken => Outcome::Overtaken { name: update.name.clone(), found: None },
        };
        let look = self.looks.get_mut(&intent.repo).unwrap();
        let there = matches!(became, Became::Published | Became::Already);
        match update.name.strip_prefix("refs/tags/") {
            Some(tag) if there => {
                let seen = SeenRef { object: update.new.clone(), commit: update.commit.clone() };
                look.tags.insert(tag.to_owned(), seen);
            }
            None if there && intent.remote == Remote::Upstream => {
                look.main = Some(update.commit.clone())
            }
            _ => {}
        }
        let id = intent.id.clone();
        self.append(vec![Event::Settled { intent: id, outcome }]);
        Ok(())
    }

    fn tagged(&mut self, tag: String, commit: Oid, because: Option<String>) -> Tagged {
        let object = self.object();
        Tagged {
            tag,
            object,
            commit,
            base: None,
            base_from: BaseFrom::Nothing,
            picks: Vec::new(),
            resolved_by: None,
            because,
        }
    }

    fn head(&self) -> Head {
        Head { seq: self.events.len() as u64, hash: String::new() }
    }

    fn upstream(&mut self, repo: &RepoName, push: Option<PushDate>, purpose: Purpose) -> Intent {
        let to = self.object();
        let update = match &purpose {
            Purpose::Tag(t) | Purpose::Pick(t) => {
                Update::new_tag(&t.tag, t.object.clone(), t.commit.clone())
            }
            _ => Update::forward("main", self.looks[repo].main.clone(), self.object()),
        };
        let fence = Some(FenceMove { name: "refs/pushduty/amo".to_owned(), from: None, to });
        let id = IntentId::after(&self.head(), repo, Remote::Upstream);
        let settings = self.settings.digest();
        Intent {
            id,
            push,
            repo: repo.clone(),
            remote: Remote::Upstream,
            purpose,
            updates: vec![update],
            fence,
            settings,
        }
    }
}

fn branch_at(number: u32) -> Oid {
    format!("b{number:039x}").parse().unwrap()
}

/// Somebody who holds what it takes.
pub fn actor() -> Actor {
    let roles = [Role::Hero, Role::Ops, Role::Qa, Role::Security].into();
    Actor { name: "mat".to_owned(), roles, proof: Proof::Local(0) }
}

fn settings() -> Settings {
    let repo = |name: &str, after: Option<&str>| Repo {
        after: after.map(|name| name.parse().unwrap()),
        ..Repo::new(name.parse().unwrap(), format!("/srv/{name}.git"))
    };
    let person = |name: &&str| Person {
        name: name.parse().unwrap(),
        roles: [Role::Hero].into(),
        aliases: Vec::new(),
        email: None,
        irc: None,
        github: None,
    };
    Settings {
        train: "amo".parse().unwrap(),
        timetable: Timetable::new(
            "America/Los_Angeles".parse().unwrap(),
            "Tuesday 09:00".parse().unwrap(),
            "Thursday 09:00".parse().unwrap(),
        ),
        rotation: HEROES.iter().map(|name| name.parse().unwrap()).collect(),
        people: HEROES.iter().map(person).map(|person| (person.name.clone(), person)).collect(),
        repos: vec![repo("server", None), repo("web", Some("server"))],
        environments: Vec::new(),
        tagging: Tagging::Annotated,
        gates: Vec::new(),
        components: Vec::new(),
    }
}
