//! Which push a command means: one cut, two cut, a hot-fix, and what is over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use train::attempt::{Finish, Start};
use train::event::{Event, Outcome};
use train::id::PushDate;
use train::intent::{Intent, IntentId, Purpose, Remote, Tagged};
use train::people::{Actor, Proof};
use train::pushes::Train;
use train::state::{Over, State};
use train::which::Want;

use crate::{base, look, oid, repo, settings};

const ALL: [Want; 9] = [
    Want::Tag,
    Want::TagAgain,
    Want::Cut,
    Want::Started,
    Want::Hold,
    Want::Stay,
    Want::Uncut,
    Want::LookCut,
    Want::Look,
];

/// The `n`th of November 2026; what is beyond it counts on into December. The 26th is a Thursday.
fn day(n: i64) -> Date {
    Date::constant(2026, 11, 1).saturating_add((n - 1).days())
}

/// 18:00 on that day, an hour after a push of that day leaves and a cut of it is due.
fn on(n: i64) -> Timestamp {
    day(n).at(18, 0, 0, 0).in_tz("UTC").unwrap().timestamp()
}

/// A ledger from words in the order of what happened: `26@24` is cut on the 24th, `26+25` gets another tag on the 25th, `26!27`
/// is started, `26.27` finished and `26x27` cancelled on the 27th.
fn ledger(told: &str) -> State {
    let mut state = State::default();
    for word in told.split_whitespace() {
        let at = word.find(|c: char| !c.is_ascii_digit()).unwrap();
        let (push, then) = (&word[..at], &word[at + 1..]);
        let (push, then) = (PushDate(day(push.parse().unwrap())), on(then.parse().unwrap()));
        match &word[at..=at] {
            "@" => {
                let opened = Event::Opened {
                    push,
                    scheduled: push,
                    hero: None,
                    turn: None,
                    off_cycle: false,
                };
                state.apply(&opened, then, "mat");
                tag(&mut state, push, then);
            }
            "+" => tag(&mut state, push, then),
            "!" => {
                let attempt = u32::try_from(state.days.of(push).attempts.len()).unwrap() + 1;
                let (tagset, settings) = (String::new(), String::new());
                let start = Start { attempt, leaving: Vec::new(), tagset, notes: None, settings };
                state.apply(
                    &Event::Started { push, start: Box::new(start), gates: Vec::new() },
                    then,
                    "jason",
                );
            }
            "." => {
                let finish = Finish {
                    started: None,
                    ended: then,
                    issues: Vec::new(),
                    because: None,
                    tags: [].into(),
                };
                state.apply(&Event::Finished { push, finish: Box::new(finish) }, then, "mat");
            }
            "x" => {
                let because = "storm".to_owned();
                state.apply(&Event::Cancelled { push, because }, then, "mat");
            }
            _ => panic!("{word}"),
        }
    }
    state
}

/// The ledger publishes one more tag of a push.
fn tag(state: &mut State, push: PushDate, at: Timestamp) {
    let given = state.pushes.get(&push).and_then(|known| known.tags.values().next());
    let suffix = given.map_or(String::new(), |given| format!("-{}", given.len()));
    let tagged = Tagged {
        tag: format!("{push}{suffix}"),
        object: oid('d'),
        commit: oid('c'),
        base: None,
        base_from: base().from,
        picks: Vec::new(),
        resolved_by: None,
        because: None,
    };
    let id: IntentId = serde_json::from_value(format!("{push}{suffix}").into()).unwrap();
    let intent = Intent {
        id: id.clone(),
        push: Some(push),
        repo: repo().name,
        remote: Remote::Upstream,
        purpose: Purpose::Tag(tagged),
        updates: Vec::new(),
        fence: None,
        settings: String::new(),
    };
    state.apply(&Event::Intended(Box::new(intent)), at, "mat");
    state.apply(&Event::Settled { intent: id, outcome: Outcome::Published }, at, "mat");
}

/// What every command means on a day: the push's day, or `a|b` where it refuses and names them, or `-`.
fn meant(state: &State, now: Timestamp, tags: &[(&str, char, char)]) -> String {
    let settings = settings();
    let looks = match tags.is_empty() {
        true => BTreeMap::new(),
        false => BTreeMap::from([(repo().name, look(0, tags))]),
    };
    let train = Train { settings: &settings, state, looks: &looks, now };
    let short = |push: PushDate| (push.0 - day(1)).get_days() + 1;
    let one = |want: &Want| match train.meant(*want, None) {
        Ok(push) => short(push).to_string(),
        Err(refusal) if refusal.code.exit() == 2 => {
            let live = train.live();
            let mut named: Vec<PushDate> = live.clone();
            named.extend(train.next().map(|d| d.push).filter(|push| !live.contains(push)));
            let said = |push: &&PushDate| {
                refusal.message.contains(&push.to_string())
                    && refusal.hint.contains(&format!("--push {push}"))
            };
            let said: Vec<String> =
                named.iter().filter(said).map(|push| short(*push).to_string()).collect();
            said.join("|")
        }
        Err(_) => "-".to_owned(),
    };
    ALL.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn p4_every_command_has_its_push_or_names_those_that_could_be_meant() {
    // Tag TagAgain Cut Started Hold Stay Uncut LookCut Look
    let table = [
        ("nothing is cut", "", 24, "26 26 - - 26 26 26 - 26"),
        ("one is cut", "26@24", 24, "26 26 26 26 26 26 33 26 26"),
        ("it left by the calendar", "26@24", 27, "33 26 26 26 26 26|33 33 26 26"),
        ("it is on its way", "26@24 26!26", 27, "26 26 26 26 26 33 33 26 26"),
        ("it is done", "26@24 26!26 26.27", 28, "33 33 - - 33 33 33 - 33"),
        ("it was cancelled", "26@24 26x25", 25, "33 33 - - 33 33 33 - 33"),
        ("the next is due", "26@24", 31, "33 26 26 26 26 26|33 33 26 33"),
        ("never ended", "26@24 33@31", 31, "33 26|33 26|33 26|33 26|33 26|33 40 33 33"),
        ("and on its way", "26@24 26!26 33@31", 31, "33 26|33 26|33 26 26|33 33 40 33 33"),
        ("near the first", "26@24 33@25", 27, "33 26|33 26|33 26|33 26|33 26|33 40 26 26"),
        ("overtaken", "26@24 33@31", 33, "40 33 33 33 33 33|40 40 33 33"),
        ("overtaken as done", "26@24 33@31 33!33 33.33", 33, "40 40 - - 40 40 40 - 40"),
        ("a hot-fix", "19@17 19.20 26@24 19+25", 25, "26 19|26 19|26 19|26 19|26 19|26 33 26 26"),
        ("it leaves", "19@17 19.20 26@24 19+25 19!25", 25, "26 19|26 19|26 19 19|26 26 33 26 26"),
        ("it is there", "19@17 19.20 26@24 19+25 19!25 19.25", 25, "26 26 26 26 26 26 33 26 26"),
        (
            "it outlives",
            "19@17 19.20 26@24 19+25",
            27,
            "33 19|26 19|26 19|26 19|26 19|26|33 33 26 26",
        ),
        ("of what is done", "26@24 26!26 26.26 26+27", 27, "26 26 26 26 26 26|33 33 26 26"),
    ];
    for (what, told, now, comes_to) in table {
        assert_eq!(meant(&ledger(told), on(now), &[]), comes_to, "{what}: {told}, on the {now}th");
    }
}

#[test]
fn what_only_remotes_know_counts_while_it_is_to_come() {
    let tags = |names: &[&str], now| {
        let tags: Vec<_> = names.iter().map(|name| (*name, 'd', 'c')).collect();
        meant(&State::default(), on(now), &tags)
    };
    assert_eq!(tags(&["2026.11.26"], 24), "26 26 26 26 26 26 33 26 26");
    assert_eq!(tags(&["2026.11.19", "2026.11.26"], 24), "26 26 26 26 26 26 33 26 26");
    assert_eq!(tags(&["2026.11.19"], 24), "26 26 - - 26 26 26 - 26", "it is past");
    let mistyped = ["2026.11.26", "2062.11.30"];
    assert_eq!(tags(&mistyped, 24), "26 26 26 26 26 26 33 26 26", "nobody means that one");
    assert_eq!(tags(&["2026.11.26", "2026.12.03"], 31), "33 33 33 33 33 33 40 33 33");
}

#[test]
fn a_push_that_is_asked_for_is_it_unless_it_can_not_be() {
    let (state, settings, looks) = (ledger("19@17 26@24 19x25 33@25"), settings(), BTreeMap::new());
    let train = Train { settings: &settings, state: &state, looks: &looks, now: on(25) };
    let named = |want, n| train.meant(want, Some(PushDate(day(n)))).map_err(|r| r.message);
    for want in ALL {
        assert_eq!(named(want, 26), Ok(PushDate(day(26))), "{want:?}");
    }
    for want in [Want::Cut, Want::Started, Want::Hold] {
        assert_eq!(named(want, 19), Err("2026.11.19 is cancelled".to_owned()), "{want:?}");
    }
    let uncut = "2026.12.10 is not cut: no repository has a tag of it";
    assert_eq!(named(Want::Cut, 40), Err(uncut.to_owned()));
    assert_eq!(named(Want::Hold, 40), Ok(PushDate(day(40))));
    assert_eq!(named(Want::Look, 19), Ok(PushDate(day(19))));
    assert_eq!(named(Want::Look, 41), Err("no departure goes by 2026.12.11".to_owned()));
}

#[test]
fn a_tag_after_its_end_opens_a_push_again() {
    let push = PushDate(day(26));
    let state = ledger("26@24 26!26 26.26");
    assert!(matches!(state.over(push), Some(Over::Done(_))));
    assert!(state.days.of(push).attempt().is_none());
    let state = ledger("26@24 26!26 26.26 26+27");
    assert_eq!(state.over(push), None);
    assert!(state.days.of(push).attempt().is_none(), "the attempt before is over");
    let state = ledger("26@24 26!26 26.26 26+27 26!27");
    assert_eq!(state.days.of(push).attempt().map(|attempt| attempt.number), Some(2));
    let state = ledger("26@24 26!26 26.26 26+27 26!27 26.28");
    assert!(matches!(state.over(push), Some(Over::Done(finish)) if finish.ended == on(28)));
}

#[test]
fn what_is_shown_says_which_others_are_cut() {
    let (state, settings, looks) = (ledger("19@17 19.20 26@24 19+25"), settings(), BTreeMap::new());
    let train = Train { settings: &settings, state: &state, looks: &looks, now: on(25) };
    let shown = train.shown().unwrap();
    assert_eq!(
        train.beside(shown).unwrap(),
        "this is 2026.11.26; 2026.11.19 is cut too and not over: --push 2026.11.19 shows that one"
    );
    assert_eq!(train.saying("pushduty start", shown), "pushduty start --push 2026.11.26");
    let actor = Actor { name: "mat".to_owned(), roles: BTreeSet::new(), proof: Proof::Local(0) };
    let cuts = |again| train.to_cut(None, again, false, &actor).map(|chosen| chosen.push);
    assert_eq!(cuts(false).unwrap(), shown);
    assert_eq!(cuts(true).unwrap_err().code.exit(), 2);
}
