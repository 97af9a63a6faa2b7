//! Every message, as it reads.

use std::collections::BTreeSet;

use train::announce::{Kind, mail, of, topic};
use train::attempt::{Back, DeployEnd, DeployFor, DeployRun, Finish, Leaving, Rollback, Start};
use train::changes::{Offer, PushMove, Swap};
use train::confirm::Call;
use train::event::{Event, Outcome};
use train::hold::Hold;
use train::id::PersonName;
use train::intent::Purpose;

use train::notes::page::What;

use crate::world::{PUSH, World, at, ids, kinds, oid, pick, push, shown, tagged, wrote};

/// The calendar, the cut, tags of all kinds.
fn until_thursday(world: &mut World) {
    let change =
        PushMove { to: "2026.12.04".parse().unwrap(), name: "2026.12.04".parse().unwrap() };
    let moved = Event::Moved { push: "2026.12.03".parse().unwrap(), change };
    world.happens("2026-11-24T16:00:00Z", "mat", moved);
    let because = "the holidays\u{1b}[31m".to_owned();
    let cancelled = Event::Cancelled { push: "2026.12.24".parse().unwrap(), because };
    world.happens("2026-11-24T16:10:00Z", "mat", cancelled);
    world.opens("2026-11-24T17:00:00Z");
    let first = tagged(PUSH, 'c', Some("2026.11.19"));
    world.settles("2026-11-24T17:01:00Z", "server", Purpose::Tag(first), Outcome::Published);
    let stays = Event::Stayed {
        push: push(),
        repo: "web".parse().unwrap(),
        tag: Some("2026.11.19".to_owned()),
        because: "nothing new".to_owned(),
    };
    world.happens("2026-11-24T17:01:00Z", "mat", stays);
    let mut again = tagged("2026.11.26-1", 'c', Some("2026.11.19"));
    again.because = Some("kick the build".to_owned());
    world.settles("2026-11-24T18:00:00Z", "server", Purpose::Tag(again), Outcome::Published);
    let mut picked = tagged("2026.11.26-2", 'e', Some("2026.11.19"));
    picked.picks = vec![
        pick('1', "Fix the form", "2026.11.26-2"),
        train::intent::PickRecord { reverted: true, ..pick('2', "Add a form", "2026.11.26-2") },
    ];
    world.settles(
        "2026-11-24T19:00:00Z",
        "server",
        Purpose::Pick(picked.clone()),
        Outcome::Already,
    );
    let refused = Outcome::Refused { why: "a hook".to_owned() };
    let never = tagged("2026.11.26-9", 'e', None);
    world.settles("2026-11-24T19:30:00Z", "server", Purpose::Pick(never), refused);
}

/// The way to production is opened.
fn started(attempt: u32, tag: &str, from: Option<&str>) -> Event {
    let leaving = Leaving {
        repo: "server".parse().unwrap(),
        tag: tag.to_owned(),
        object: oid('d'),
        commit: oid('c'),
        from: from.map(str::to_owned),
    };
    let start = Start {
        attempt,
        leaving: vec![leaving],
        tagset: "t".to_owned(),
        notes: None,
        settings: "s".to_owned(),
    };
    Event::Started { push: push(), start: Box::new(start), gates: Vec::new() }
}

/// Blockers that nobody had raised before the start.
fn blockers_come_late(world: &mut World) {
    world.happens("2026-11-26T17:20:00Z", "jason", Event::Claimed { push: push() });
    let late = [("b1", "the login page is blank", What::Raised), ("b2", "odd", What::Done)];
    world.happens("2026-11-26T17:21:00Z", "krupa", wrote(&late));
    let late = [("b2", "odd", What::Reopened), ("b3", "the cart is empty!", What::Raised)];
    world.happens("2026-11-26T17:22:00Z", "krupa", wrote(&late));
}

/// Duty is offered, declined and swapped; and everybody aboard is called.
fn between_people(world: &mut World) {
    let name = |who: &str| -> PersonName { who.parse().unwrap() };
    let date = "2026.12.10".parse().unwrap();
    let offer = |to: Option<&str>| Offer { date, from: name("mat"), to: to.map(name) };
    world.happens("2026-11-25T16:00:00Z", "mat", Event::Offered(offer(None)));
    world.happens("2026-11-25T16:01:00Z", "mat", Event::Offered(offer(Some("eviljeff"))));
    let because = Some("I am away\u{1b}[31m".to_owned());
    let declined = Event::OfferDeclined { offer: offer(Some("eviljeff")), because };
    world.happens("2026-11-25T16:02:00Z", "eviljeff", declined);
    let declined = Event::OfferDeclined { offer: offer(None), because: None };
    world.happens("2026-11-25T16:03:00Z", "krupa", declined);
    world.happens("2026-11-25T16:04:00Z", "mat", Event::OfferKept(offer(None)));
    let swap = Swap { date, from: name("mat"), to: name("eviljeff") };
    world.happens("2026-11-25T16:05:00Z", "krupa", Event::Swapped(swap));
    let whom = || ["eviljeff", "mat"].map(name).into();
    let text = Some("stage is up".to_owned());
    let call = Call { whom: whom(), text, all: false };
    world.happens("2026-11-25T16:06:00Z", "krupa", Event::Called { push: push(), call });
    let call = Call { whom: whom(), text: None, all: true };
    world.happens("2026-11-25T16:07:00Z", "krupa", Event::Called { push: push(), call });
}

/// Thursday, with everything that can go wrong.
fn thursday(world: &mut World) {
    let until = Some(at("2026-11-26T18:00:00Z"));
    let hold = Hold { repo: None, until, because: "no power".to_owned() };
    world.happens("2026-11-26T16:00:00Z", "jason", Event::Held { push: push(), hold });
    let hold = Hold { repo: "web".parse().ok(), until: None, because: "broken.".to_owned() };
    world.happens("2026-11-26T16:01:00Z", "jason", Event::Held { push: push(), hold });
    let repo = "web".parse().ok();
    world.happens("2026-11-26T16:10:00Z", "jason", Event::Resumed { push: push(), repo });
    world.happens("2026-11-26T16:20:00Z", "jason", Event::Resumed { push: push(), repo: None });
    let because = "krupa is ill".to_owned();
    let gate = "qa".to_owned();
    let (tagset, only) = ("t".to_owned(), Default::default());
    let closed_by = Vec::new();
    let let_go = Event::GateOverridden { push: push(), gate, because, tagset, only, closed_by };
    world.happens("2026-11-26T16:59:00Z", "jason", let_go);
    world.happens("2026-11-26T17:00:00Z", "jason", started(1, "2026.11.26-2", Some("2026.11.19")));
    let runs = [
        (DeployFor::Start, DeployEnd::Succeeded),
        (DeployFor::Start, DeployEnd::Failed { exit: Some(2), sentence: "no room".to_owned() }),
        (DeployFor::Start, DeployEnd::Unknown),
        (DeployFor::Promote, DeployEnd::Succeeded),
        (DeployFor::Rollback, DeployEnd::TimedOut),
        (DeployFor::Rollback, DeployEnd::Succeeded),
        (DeployFor::Promote, DeployEnd::Stopped),
    ];
    for (number, (purpose, end)) in runs.into_iter().enumerate() {
        let key = format!("key-{number}");
        let deploy = DeployRun {
            key: key.clone(),
            purpose,
            attempt: 1,
            environment: "production".to_owned(),
            repo: "server".parse().unwrap(),
            tag: "2026.11.26-2".to_owned(),
            round: 1,
        };
        let began = Event::DeployBegan { push: push(), deploy: Box::new(deploy) };
        world.happens("2026-11-26T17:01:00Z", "jason", began);
        let ended = Event::DeployEnded { push: push(), key, end, without: false };
        world.happens("2026-11-26T17:02:00Z", "jason", ended);
    }
    blockers_come_late(world);
    world.happens("2026-11-26T17:30:00Z", "jason", Event::Promoted { push: push() });
    rolls_back(world);
    world.happens("2026-11-26T18:00:00Z", "jason", started(2, "2026.11.26-3", None));
    let mut hot = tagged("2026.11.26-3", 'e', Some("2026.11.19"));
    hot.picks = vec![pick('3', "Stop the\nfire", "2026.11.26-3")];
    world.settles("2026-11-26T18:10:00Z", "server", Purpose::Pick(hot), Outcome::Published);
}

/// All of it goes back, and what had nothing before goes.
fn rolls_back(world: &mut World) {
    let back = Back {
        repo: "server".parse().unwrap(),
        tag: "2026.11.26-2".to_owned(),
        commit: oid('c'),
        to: Some("2026.11.19".to_owned()),
    };
    let nothing = Back { repo: "web".parse().unwrap(), to: None, ..back.clone() };
    let because = "errors everywhere".to_owned();
    let rollback =
        Box::new(Rollback { attempt: 1, back: vec![back, nothing], unbegun: Vec::new(), because });
    let rolled_back = Event::RolledBack { push: push(), rollback };
    world.happens("2026-11-26T17:40:00Z", "jason", rolled_back);
}

fn finishes(world: &mut World, issues: &[&str]) {
    let finish = Finish {
        started: Some(at("2026-11-26T18:00:00Z")),
        ended: at("2026-11-26T19:00:00Z"),
        issues: issues.iter().map(|issue| (*issue).to_owned()).collect(),
        because: None,
        tags: [].into(),
    };
    let finished = Event::Finished { push: push(), finish: Box::new(finish) };
    world.happens("2026-11-26T19:00:00Z", "mat", finished);
}

#[test]
fn every_message_reads_so() {
    let mut world = World::new();
    until_thursday(&mut world);
    between_people(&mut world);
    thursday(&mut world);
    finishes(&mut world, &["The queue was slow", "two lines\nof it"]);
    let all = world.told();
    let text: Vec<String> = all.iter().map(shown).collect();
    insta::assert_snapshot!("messages", text.join("\n"));
    let told: BTreeSet<Kind> = all.iter().map(|told| told.kind).collect();
    let lacking: Vec<_> =
        Kind::ALL.iter().filter(|kind| !kind.reminds() && !told.contains(kind)).collect();
    assert_eq!(lacking, [&Kind::Picked; 0], "each kind is told of");
    assert!(!text.concat().chars().any(|c| c != '\n' && train::letter::is_harmful(c)));
    assert!(all.iter().all(|told| !told.subject.contains('\n') && told.at < told.expires_at));
}

#[test]
fn a_pick_before_the_push_leaves_is_no_hot_fix() {
    let mut world = World::new();
    until_thursday(&mut world);
    assert_eq!(
        kinds(&world.told()),
        ["moved", "cancelled", "cut", "retagged", "picked"],
        "what the remote refused is told to nobody"
    );
    finishes(&mut world, &[]);
    let from = world.news.len();
    let hot = Purpose::Pick(tagged("2026.11.26-3", 'e', None));
    world.settles("2026-11-27T18:10:00Z", "server", hot, Outcome::Published);
    assert_eq!(kinds(&world.told_since(from)), ["hot_fix"]);
}

#[test]
fn the_mail_and_the_topic_are_the_runbooks() {
    let mut world = World::new();
    world.cuts();
    finishes(&mut world, &[]);
    let all = world.told();
    let text = |kind: Kind| &all.iter().find(|told| told.kind == kind).unwrap().text;
    assert_eq!(
        text(Kind::Finished),
        "This week's push is done!\n\nNotes:\n    https://push.example.org/amo-2026.11.26\n\nIssues:\n    None\n\nNext Push:\n    eviljeff\n    https://push.example.org/amo-2026.12.03"
    );
    assert_eq!(
        text(Kind::Topic),
        "Next push: https://push.example.org/amo-2026.12.03 | push hero: eviljeff|hero"
    );
    world.notes = None;
    assert_eq!(
        world.told()[1].text,
        "This week's push is done!\n\nNotes:\n    `pushduty notes show --push 2026.11.26`\n\nIssues:\n    None\n\nNext Push:\n    eviljeff\n    `pushduty notes show --push 2026.12.03`"
    );
    assert_eq!(
        mail("A", &["one".to_owned(), "two".to_owned()], Some((None, "B"))),
        "This week's push is done!\n\nNotes:\n    A\n\nIssues:\n    one\n    two\n\nNext Push:\n    nobody yet\n    B"
    );
    assert!(mail("A", &[], None).ends_with("Next Push:\n    not planned yet"));
    assert_eq!(topic("B", None), "Next push: B");
}

#[test]
fn an_entry_has_the_same_announcements_whenever_it_is_asked_and_no_others() {
    let mut world = World::new();
    until_thursday(&mut world);
    between_people(&mut world);
    thursday(&mut world);
    finishes(&mut world, &[]);
    let all = ids(&world.told());
    assert!(all.values().all(|count| *count == 1), "{all:?}");
    assert!(all.keys().all(|id| id.len() < 40 && id.is_ascii()), "{all:?}");
    for at in 0..world.news.len() {
        let (before, after) = world.news.split_at(at);
        let mut parts = ids(&of(world.facts(), before));
        parts.extend(ids(&of(world.facts(), after)));
        assert_eq!(parts, all, "{at}");
    }
}

#[test]
fn a_cut_in_part_is_told_as_such_and_then_the_rest() {
    let mut world = World::new();
    world.opens("2026-11-24T17:00:00Z");
    let tag = || Purpose::Tag(tagged(PUSH, 'c', None));
    world.settles("2026-11-24T17:01:00Z", "server", tag(), Outcome::Published);
    let told = world.told();
    assert_eq!(told[0].subject, "amo: 2026.11.26 is cut in part");
    let from = world.news.len();
    world.settles("2026-11-24T17:05:00Z", "web", tag(), Outcome::Published);
    let told = world.told_since(from);
    assert_eq!(told[0].subject, "amo: 2026.11.26 is cut");
    assert!(told[0].text.starts_with("web 2026.11.26, its first\n"), "{}", told[0].text);
}
