//! Nothing that is not public is in an announcement (P9), whoever wrote it and wherever.

use train::attempt::{Back, DeployEnd, DeployFor, DeployRun, Finish, Rollback};
use train::changes::Offer;
use train::confirm::Call;
use train::event::{Event, Outcome};
use train::hold::Hold;
use train::intent::Purpose;
use train::notes::embargo::Embargoed;

use crate::world::{World, at, kinds, oid, pick, push, shown, tagged};

const NAME: &str = "fix-session-7";

/// Everything that takes words of people or of git, with these in it.
fn everything(words: &str) -> World {
    let mut world = World::new();
    let because = || words.to_owned();
    world.cuts();
    let mut again = tagged("2026.11.26-1", 'c', None);
    again.because = Some(because());
    world.settles("2026-11-24T18:00:00Z", "server", Purpose::Tag(again), Outcome::Published);
    let mut picked = tagged("2026.11.26-2", 'e', None);
    picked.picks = vec![pick('1', words, "2026.11.26-2")];
    picked.picks[0].author = because();
    world.settles("2026-11-24T19:00:00Z", "server", Purpose::Pick(picked), Outcome::Published);
    let gate = "qa".to_owned();
    let tagset = "t".to_owned();
    let only = Default::default();
    let let_go = Event::GateOverridden {
        push: push(),
        gate,
        because: because(),
        tagset,
        only,
        closed_by: Vec::new(),
    };
    world.happens("2026-11-26T16:59:00Z", "jason", let_go);
    let hold = Hold { repo: None, until: None, because: because() };
    world.happens("2026-11-26T17:00:00Z", "jason", Event::Held { push: push(), hold });
    let (date, from) = ("2026.12.10".parse().unwrap(), "mat".parse().unwrap());
    let offer = Offer { date, from, to: None };
    let declined = Event::OfferDeclined { offer, because: Some(because()) };
    world.happens("2026-11-26T17:00:00Z", "eviljeff", declined);
    let (whom, text) = (["mat".parse().unwrap()].into(), Some(because()));
    let call = Call { whom, text, all: false };
    world.happens("2026-11-26T17:00:00Z", "jason", Event::Called { push: push(), call });
    let cancelled = Event::Cancelled { push: push(), because: because() };
    world.happens("2026-11-26T17:00:00Z", "jason", cancelled);
    goes_back(&mut world, words);
    let finish = Finish {
        started: None,
        ended: at("2026-11-26T19:00:00Z"),
        issues: vec![because()],
        because: Some(because()),
        tags: [].into(),
    };
    let finished = Event::Finished { push: push(), finish: Box::new(finish) };
    world.happens("2026-11-26T19:00:00Z", "mat", finished);
    world
}

/// It starts, a deploy of it fails, and it is rolled back.
fn goes_back(world: &mut World, words: &str) {
    let because = || words.to_owned();
    let deploy = DeployRun {
        key: "k".to_owned(),
        purpose: DeployFor::Start,
        attempt: 1,
        environment: "production".to_owned(),
        repo: "server".parse().unwrap(),
        tag: "2026.11.26-2".to_owned(),
        round: 1,
    };
    let start = train::attempt::Start {
        attempt: 1,
        leaving: Vec::new(),
        tagset: "t".to_owned(),
        notes: None,
        settings: "s".to_owned(),
    };
    let start = Event::Started { push: push(), start: Box::new(start), gates: Vec::new() };
    world.happens("2026-11-26T17:00:00Z", "jason", start);
    let began = Event::DeployBegan { push: push(), deploy: Box::new(deploy) };
    world.happens("2026-11-26T17:01:00Z", "jason", began);
    let end = DeployEnd::Failed { exit: None, sentence: because() };
    let ended = Event::DeployEnded { push: push(), key: "k".to_owned(), end, without: false };
    world.happens("2026-11-26T17:02:00Z", "jason", ended);
    let late = [("b1", because(), train::notes::page::What::Raised)];
    let late = late.each_ref().map(|(item, text, change)| (*item, text.as_str(), *change));
    world.happens("2026-11-26T17:10:00Z", "krupa", crate::world::wrote(&late));
    let back = Back {
        repo: "server".parse().unwrap(),
        tag: "2026.11.26-2".to_owned(),
        commit: oid('c'),
        to: None,
    };
    let rollback = Box::new(Rollback {
        attempt: 1,
        back: vec![back],
        unbegun: Vec::new(),
        because: because(),
    });
    world.happens("2026-11-26T17:40:00Z", "jason", Event::RolledBack { push: push(), rollback });
}

fn text(world: &World) -> String {
    world.told().iter().map(shown).collect()
}

#[test]
fn p9_what_tells_of_a_fix_that_is_not_public_is_quoted_nowhere() {
    let mut world = everything(&format!("because of security/{NAME}, see"));
    let (said, all) = (text(&world), kinds(&world.told()));
    assert_eq!(said.matches(NAME).count(), 13, "without an embargo each is quoted: {said}");
    world.embargoed = Some(Embargoed { names: vec![NAME.to_owned()], ..Embargoed::default() });
    let kept = text(&world);
    assert!(!kept.contains(NAME), "{kept}");
    assert_eq!(kinds(&world.told()), all, "the same is told, without the words");
    world.embargoed = None;
    assert_eq!(text(&world), kept, "as if nobody could know");
}

#[test]
fn p9_what_security_does_is_told_to_nobody() {
    let mut world = World::new();
    let repo = "server".parse().unwrap();
    let approved = Event::Approved { repo, branch: 1, commit: oid('7'), own: false };
    world.happens("2026-11-24T16:00:00Z", "krupa", approved);
    for purpose in [Purpose::Merge { branches: vec![1] }, Purpose::Sync, Purpose::SetAside] {
        // A merge names the ref that it moved.
        world.settles("2026-11-24T16:01:00Z", "server", purpose, Outcome::Already);
    }
    let rule = "without-security".to_owned();
    let overridden = Event::Overridden { push: push(), rule, because: "later".to_owned() };
    world.happens("2026-11-24T16:02:00Z", "mat", overridden);
    let (gate, because) = ("security".to_owned(), "later".to_owned());
    let (tagset, only) = ("t".to_owned(), Default::default());
    let closed_by = Vec::new();
    let let_go = Event::GateOverridden { push: push(), gate, because, tagset, only, closed_by };
    world.happens("2026-11-24T16:02:00Z", "mat", let_go);
    assert_eq!(kinds(&world.told()), [""; 0]);
}
