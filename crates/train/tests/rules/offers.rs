//! Offers of duty: who offers what to whom, who takes it, and when an offer is over.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};
use train::attempt::Finish;
use train::changes::{Absence, Offer, Swap};
use train::event::Event;
use train::id::{PersonName, PushDate};
use train::people::{Person, Role};
use train::refusal::{Code, Refusal};
use train::settings::Settings;
use train::state::State;
use train::wish::{self, decline, keep, made_to, offer, open, take};

use crate::settings;

const PUSH: &str = "2026.11.26";

fn push() -> PushDate {
    PUSH.parse().unwrap()
}

fn name(who: &str) -> PersonName {
    who.parse().unwrap()
}

/// The Monday before the cut.
fn monday() -> Timestamp {
    "2026-11-23T17:00:00Z".parse().unwrap()
}

/// Three heroes in the rotation, mat first; one by role alone, and a developer.
struct Team {
    settings: Settings,
    state: State,
}

impl Team {
    fn new() -> Self {
        let mut settings = settings();
        let heroes = ["mat", "kumar", "eva"];
        for (who, role) in heroes
            .map(|who| (who, Role::Hero))
            .into_iter()
            .chain([("ann", Role::Hero), ("dev", Role::Developer)])
        {
            let roles = BTreeSet::from([role]);
            let (aliases, email, irc, github) = (Vec::new(), None, None, None);
            let person = Person { name: name(who), roles, aliases, email, irc, github };
            settings.people.insert(name(who), person);
        }
        settings.rotation = heroes.map(name).to_vec();
        let mut state = State::default();
        let on = "2026-11-23".parse().unwrap();
        state.apply(&Event::Began { on, rehearsal: false }, monday(), "mat");
        Self { settings, state }
    }

    fn happens(&mut self, who: &str, event: Event) {
        self.state.apply(&event, monday(), who);
    }

    fn offers(&mut self, who: &str, to: Option<&str>) -> Result<bool, Refusal> {
        let to = to.map(name);
        let (made, so) = offer(&self.settings, &self.state, who, push(), to.as_ref(), monday())?;
        if !so {
            self.happens(who, Event::Offered(made));
        }
        Ok(!so)
    }

    fn takes(&mut self, who: &str) -> Result<bool, Refusal> {
        let swap = take(&self.settings, &self.state, who, push(), monday())?;
        let changes = swap.is_some();
        if let Some(swap) = swap {
            self.happens(who, Event::Swapped(swap));
        }
        Ok(changes)
    }

    fn declines(&mut self, who: &str, because: Option<&str>) -> Result<bool, Refusal> {
        let offer = decline(&self.settings, &self.state, who, push(), monday())?;
        let changes = offer.is_some();
        if let Some(offer) = offer {
            let because = because.map(str::to_owned);
            self.happens(who, Event::OfferDeclined { offer, because });
        }
        Ok(changes)
    }

    fn keeps(&mut self, who: &str) -> Result<bool, Refusal> {
        let offer = keep(&self.settings, &self.state, who, push(), monday())?;
        let changes = offer.is_some();
        if let Some(offer) = offer {
            self.happens(who, Event::OfferKept(offer));
        }
        Ok(changes)
    }

    /// Whom an offer waits for.
    fn asked(&self) -> Vec<&str> {
        let asks =
            |who: &&PersonName| !made_to(&self.settings, &self.state, who, monday()).is_empty();
        self.settings.people.keys().filter(asks).map(PersonName::as_str).collect()
    }

    fn hero(&self) -> PersonName {
        let (timetable, order) = (&self.settings.timetable, &self.settings.rotation);
        let changes = &self.state.changes;
        train::calendar::departure_of(timetable, order, changes, push()).unwrap().hero.unwrap()
    }

    fn is_open(&self) -> bool {
        !open(&self.settings, &self.state, monday()).is_empty()
    }
}

#[test]
fn an_offer_to_all_waits_for_every_other_hero_and_becomes_a_swap() {
    let mut team = Team::new();
    assert!(team.asked().is_empty() && !team.is_open());
    assert_eq!(team.offers("mat", None), Ok(true));
    assert_eq!(team.asked(), ["ann", "eva", "kumar"], "neither its hero nor a developer");
    assert_eq!(team.offers("mat", None), Ok(false), "it is offered so already");
    assert_eq!(team.hero(), name("mat"), "until it is taken its hero serves");
    assert_eq!(team.takes("dev").unwrap_err().code, Code::NotAllowed);
    assert_eq!(team.takes("eva"), Ok(true));
    assert_eq!((team.hero(), team.is_open()), (name("eva"), false));
    assert_eq!(team.takes("eva"), Ok(false), "she serves it already");
    let late = team.takes("kumar").unwrap_err();
    assert_eq!(
        (late.code, late.message.as_str()),
        (Code::WrongState, "nobody offers 2026.11.26: eva serves it",)
    );
    let swap = Swap { date: push(), from: name("mat"), to: name("eva") };
    assert_eq!(team.state.changes.swaps, [swap], "what folds swaps knows it");
}

#[test]
fn an_offer_to_one_hero_is_theirs_alone_to_take_or_to_decline() {
    let mut team = Team::new();
    assert_eq!(team.offers("mat", Some("kumar")), Ok(true));
    assert_eq!(team.asked(), ["kumar"]);
    let refused = team.takes("eva").unwrap_err();
    assert_eq!(refused.message, "2026.11.26 is offered to kumar, not to eva");
    assert_eq!(team.declines("eva", None).unwrap_err().code, Code::NotAllowed);
    assert_eq!(team.declines("kumar", Some("the dentist")), Ok(true));
    assert_eq!(team.declines("kumar", Some("the dentist")), Ok(false), "said once");
    assert!(team.asked().is_empty() && !team.is_open(), "it is over");
    assert_eq!(team.takes("kumar").unwrap_err().code, Code::WrongState);
    // Whoever offered it sees why, and may offer it again, to the same or another.
    let made = team.state.offers.of(push()).unwrap();
    assert_eq!(made.declined[0].because.as_deref(), Some("the dentist"));
    assert_eq!(team.offers("mat", Some("kumar")), Ok(true));
    assert_eq!(team.asked(), ["kumar"]);
    assert_eq!(team.offers("mat", Some("eva")), Ok(true));
    assert_eq!(team.asked(), ["eva"], "the last offer of a push is the only one");
}

#[test]
fn an_offer_to_all_stays_with_those_who_did_not_decline() {
    let mut team = Team::new();
    team.offers("mat", None).unwrap();
    assert_eq!(team.declines("kumar", None), Ok(true));
    assert_eq!(team.asked(), ["ann", "eva"]);
    assert_eq!(team.declines("dev", None).unwrap_err().code, Code::NotAllowed);
    assert_eq!(team.takes("kumar"), Ok(true), "whoever thinks again may");
}

#[test]
fn an_offer_is_taken_back_by_its_hero_alone() {
    let mut team = Team::new();
    assert_eq!(team.keeps("mat"), Ok(false), "nothing is offered");
    team.offers("mat", None).unwrap();
    assert_eq!(team.keeps("kumar").unwrap_err().code, Code::NotAllowed);
    assert_eq!(team.keeps("mat"), Ok(true));
    assert!(!team.is_open() && team.keeps("mat") == Ok(false));
    assert_eq!(team.takes("eva").unwrap_err().code, Code::WrongState);
}

#[test]
fn what_is_not_ones_own_or_for_no_hero_is_not_offered() {
    let mut team = Team::new();
    let refused = team.offers("kumar", None).unwrap_err();
    assert_eq!(refused.code, Code::NotAllowed);
    assert_eq!(refused.message, "“kumar” is not on duty for 2026.11.26: mat is");
    assert!(refused.hint.contains("ask mat"), "{}", refused.hint);
    let to = |team: &mut Team, to: &str| team.offers("mat", Some(to)).unwrap_err();
    assert_eq!(to(&mut team, "mat").code, Code::Refused);
    let dev = to(&mut team, "dev");
    assert_eq!(dev.message, "“dev” is no hero, so no push can be theirs");
    assert_eq!(dev.hint, "the other heroes are ann, eva, kumar");
    assert_eq!(to(&mut team, "zed").code, Code::NotFound);
    let given = Event::RoleGiven { who: name("dev"), role: Role::Hero };
    team.happens("ada", given);
    assert_eq!(team.offers("mat", Some("dev")), Ok(true), "a role that was given counts");
}

#[test]
fn who_is_away_is_not_offered_a_push_and_does_not_take_it() {
    let mut team = Team::new();
    let (from, to) = ("2026-11-24".parse().unwrap(), "2026-11-25".parse().unwrap());
    team.offers("mat", None).unwrap();
    team.happens("kumar", Event::Away(Absence { who: name("kumar"), from, to }));
    assert_eq!(team.asked(), ["ann", "eva"]);
    let refused = team.takes("kumar").unwrap_err();
    assert_eq!(refused.code, Code::Refused);
    assert!(refused.message.contains("away at the cut"), "{}", refused.message);
    assert_eq!(team.offers("mat", Some("kumar")).unwrap_err().code, Code::Refused);
}

#[test]
fn an_offer_is_over_when_its_push_changes_hands_otherwise_or_is_done() {
    let offered = || {
        let mut team = Team::new();
        team.offers("mat", None).unwrap();
        team
    };
    let swap = |from: &str, to: &str| {
        Event::Swapped(Swap { date: push(), from: name(from), to: name(to) })
    };
    let mut team = offered();
    team.happens("ada", swap("mat", "ann"));
    assert!(!team.is_open());
    team.happens("ada", swap("ann", "mat"));
    assert!(!team.is_open(), "swapped back, it is not offered again by itself");
    let (from, to) = ("2026-11-24".parse().unwrap(), "2026-11-25".parse().unwrap());
    let mut team = offered();
    team.happens("mat", Event::Away(Absence { who: name("mat"), from, to }));
    assert!(!team.is_open(), "another serves it by now");
    let because = "storm".to_owned();
    let mut team = offered();
    team.happens("mat", Event::Cancelled { push: push(), because });
    assert!(!team.is_open() && team.offers("mat", None).is_err() && team.takes("eva").is_err());
    let mut team = offered();
    let finish = Finish {
        started: None,
        ended: monday(),
        issues: Vec::new(),
        because: None,
        tags: Default::default(),
    };
    team.happens("mat", Event::Finished { push: push(), finish: Box::new(finish) });
    assert!(!team.is_open());
    assert_eq!(
        team.offers("mat", None).unwrap_err().message,
        "2026.11.26 is done: nobody has to serve it"
    );
    let team = offered();
    let later = monday() + (4 * 24).hours();
    assert!(open(&team.settings, &team.state, later).is_empty(), "it has left");
    let gone = offer(&team.settings, &team.state, "mat", push(), None, later).unwrap_err();
    assert_eq!(gone.message, "2026.11.26 has left");
}

#[test]
fn an_offer_is_of_the_push_whatever_day_it_moves_to() {
    let mut team = Team::new();
    team.offers("mat", None).unwrap();
    let to: PushDate = "2026.11.27".parse().unwrap();
    let (scheduled, change) =
        wish::move_push(&team.settings, &team.state.changes, push(), to, false, monday()).unwrap();
    team.happens("mat", Event::Moved { push: scheduled, change });
    let waits = made_to(&team.settings, &team.state, &name("eva"), monday());
    assert_eq!((waits.len(), waits[0].departure.push), (1, to));
    let offer = Offer { date: push(), from: name("mat"), to: None };
    assert_eq!(waits[0].made.offer, offer);
    let swap = take(&team.settings, &team.state, "eva", to, monday()).unwrap().unwrap();
    assert_eq!(swap, Swap { date: push(), from: name("mat"), to: name("eva") });
}
