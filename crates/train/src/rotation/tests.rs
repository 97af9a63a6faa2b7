//! Who serves when: examples and laws.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::calendar::tests::{amo, at, began, people, person, push, settings, walked_alone};
use crate::calendar::{self, Changes, Departure, PushMove, Timetable};
use crate::changes::{Absence, Swap};
use crate::id::{PersonName, PushDate};
use crate::refusal::Code;
use crate::settings::Settings;
use crate::wish::{self, away, swap};

const FIRST: Date = date(2026, 11, 26);
const CREW: [&str; 4] = ["ann", "bob", "cid", "dee"];

/// The heroes of so many weeks; “ann/bob” where ann serves bob's turn, “-” for nobody.
fn heroes(table: &Timetable, order: &[PersonName], changes: &Changes, weeks: i32) -> String {
    let word = |d: &Departure| match (&d.hero, &d.turn) {
        (Some(hero), Some(turn)) if hero != turn => format!("{hero}/{turn}"),
        (Some(hero), _) => hero.to_string(),
        (None, _) => "-".to_owned(),
    };
    let found = calendar::departures(table, order, changes, FIRST, FIRST + (7 * weeks - 1).days());
    found.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn crew(changes: &Changes, weeks: i32) -> String {
    heroes(&amo(), &people(&CREW), changes, weeks)
}

fn exchange(date: &str, from: &str, to: &str) -> Swap {
    Swap { date: push(date), from: person(from), to: person(to) }
}

fn absent(who: &str, from: Date, to: Date) -> Absence {
    Absence { who: person(who), from, to }
}

fn note(changes: &Changes, name: &str) -> String {
    calendar::departure_of(&amo(), &people(&CREW), changes, push(name))
        .unwrap()
        .note
        .unwrap_or_default()
}

#[test]
fn the_first_of_the_order_serves_the_first_departure() {
    assert_eq!(crew(&began(date(2026, 11, 20)), 5), "ann bob cid dee ann");
    assert_eq!(crew(&began(FIRST), 2), "ann bob");
    let skipped = amo().skipping([FIRST].into());
    assert_eq!(heroes(&skipped, &people(&CREW), &began(FIRST), 4), "- ann bob cid");
    assert_eq!(heroes(&amo(), &[], &began(FIRST), 2), "- -");
}

#[test]
fn starting_anchors_the_rotation_before_and_after_it() {
    let anchored = |day: &str| amo().with_cadence(1, Some(push(day))).unwrap();
    assert_eq!(
        heroes(&anchored("2026.12.03"), &people(&CREW), &began(FIRST), 5),
        "dee ann bob cid dee"
    );
    assert_eq!(heroes(&anchored("2026.11.19"), &people(&CREW), &began(FIRST), 3), "bob cid dee");
}

#[test]
fn what_does_not_run_takes_no_turn_and_a_cancelled_push_keeps_it() {
    let table = amo().skipping([date(2026, 12, 3)].into());
    let mut changes = began(FIRST);
    assert_eq!(heroes(&table, &people(&CREW), &changes, 4), "ann - bob cid");
    changes.edit().cancelled.insert(push("2026.12.10"), "storm".to_owned());
    assert_eq!(heroes(&table, &people(&CREW), &changes, 5), "ann - bob bob cid");
    changes.edit().served.push((push("2026.12.10"), person("bob"), person("bob")));
    assert_eq!(
        heroes(&table, &people(&CREW), &changes, 5),
        "ann - bob bob cid",
        "cancelled after its cut"
    );
    assert!(note(&changes, "2026.12.10").contains("the turn is kept"));
}

#[test]
fn who_is_away_at_the_cut_or_the_departure_goes_first_when_back() {
    let mut changes = began(FIRST);
    changes.edit().absences.push(absent("bob", date(2026, 12, 1), date(2026, 12, 1)));
    assert_eq!(crew(&changes, 5), "ann cid bob dee ann");
    assert_eq!(note(&changes, "2026.12.03"), "bob is away");
    changes.edit().absences = vec![absent("bob", date(2026, 12, 2), date(2026, 12, 2))];
    assert_eq!(crew(&changes, 3), "ann bob cid", "between the two he is not needed");
    changes.edit().absences =
        CREW.iter().map(|who| absent(who, date(2026, 12, 3), date(2026, 12, 3))).collect();
    assert_eq!(crew(&changes, 3), "ann - bob");
    assert_eq!(note(&changes, "2026.12.03"), "nobody is on duty: bob, cid, dee, ann are away");
}

#[test]
fn joiners_and_leavers_do_not_shift_the_others() {
    let mut changes = began(FIRST);
    for (week, who) in ["ann", "bob", "cid"].iter().enumerate() {
        let day = FIRST + (7 * i64::try_from(week).unwrap()).days();
        changes.edit().served.push((PushDate(day), person(who), person(who)));
    }
    assert_eq!(
        heroes(&amo(), &people(&["ann", "cid", "dee"]), &changes, 7),
        "ann bob cid dee ann cid dee"
    );
    let joined = people(&["ann", "bob", "eve", "cid", "dee"]);
    assert_eq!(heroes(&amo(), &joined, &changes, 9), "ann bob cid eve dee ann bob cid eve");
}

#[test]
fn a_swap_exchanges_two_turns_and_nothing_else() {
    let mut changes = began(FIRST);
    changes.edit().swaps.push(exchange("2026.12.03", "bob", "dee"));
    assert_eq!(crew(&changes, 9), "ann dee/bob cid bob/dee ann bob cid dee ann");
    assert_eq!(note(&changes, "2026.12.03"), "dee serves the turn of bob");
    changes.edit().swaps.push(exchange("2026.12.17", "bob", "ann"));
    assert_eq!(
        crew(&changes, 7),
        "ann dee/bob cid ann/dee bob/ann bob cid",
        "a swap of a swapped turn"
    );
}

#[test]
fn a_swap_back_undoes_it_and_one_from_outside_is_owed_nothing() {
    let mut changes = began(FIRST);
    changes.edit().swaps =
        vec![exchange("2026.12.03", "bob", "dee"), exchange("2026.12.03", "dee", "bob")];
    assert_eq!(crew(&changes, 6), "ann bob cid dee ann bob");
    changes.edit().swaps = vec![exchange("2026.12.03", "bob", "zoe")];
    assert_eq!(crew(&changes, 6), "ann zoe/bob cid dee ann bob");
}

#[test]
fn a_cancelled_push_hands_its_swap_on_with_the_turn() {
    let mut changes = began(FIRST);
    changes.edit().swaps.push(exchange("2026.12.03", "bob", "dee"));
    changes.edit().cancelled.insert(push("2026.12.03"), "storm".to_owned());
    assert_eq!(crew(&changes, 6), "ann dee/bob dee/bob cid bob/dee ann");
}

#[test]
fn a_swap_that_cannot_be_kept_falls_back() {
    let mut changes = began(FIRST);
    changes.edit().swaps.push(exchange("2026.12.03", "bob", "dee"));
    changes.edit().absences = vec![absent("dee", date(2026, 12, 3), date(2026, 12, 3))];
    assert_eq!(crew(&changes, 5), "ann bob cid dee ann", "dee is away: the swap is void");
    changes.edit().absences = vec![absent("bob", date(2026, 12, 3), date(2026, 12, 3))];
    assert_eq!(crew(&changes, 5), "ann dee/bob cid bob/dee ann", "that is what swaps are for");
    changes.edit().absences = vec![absent("bob", date(2026, 12, 17), date(2026, 12, 17))];
    assert_eq!(
        crew(&changes, 8),
        "ann dee/bob cid dee ann bob cid bob/dee",
        "bob still owes dee a turn"
    );
}

#[test]
fn another_takes_over_after_the_cut_began() {
    let mut changes = began(FIRST);
    changes.edit().served = vec![(push("2026.11.26"), person("ann"), person("ann"))];
    changes.edit().swaps.push(exchange("2026.11.26", "ann", "cid"));
    assert_eq!(crew(&changes, 6), "cid/ann bob ann/cid dee ann bob");
    changes.edit().swaps.push(exchange("2026.11.26", "cid", "ann"));
    assert_eq!(crew(&changes, 5), "ann bob cid dee ann");
    changes.edit().swaps.push(exchange("2026.11.26", "ann", "bob"));
    changes.edit().swaps.push(exchange("2026.11.26", "bob", "dee"));
    changes.edit().swaps.push(exchange("2026.11.26", "dee", "bob"));
    changes.edit().swaps.push(exchange("2026.11.26", "bob", "ann"));
    assert_eq!(crew(&changes, 5), "ann bob cid dee ann", "to and fro");
    changes.edit().swaps.truncate(2);
    changes.edit().served = vec![(push("2026.11.26"), person("ann"), person("cid"))];
    assert_eq!(
        crew(&changes, 5),
        "ann bob cid dee ann",
        "cut by the one, handed back to the other"
    );
}

#[test]
fn a_push_off_the_schedule_is_served_by_the_next_hero_and_takes_no_turn() {
    let mut changes = began(FIRST);
    changes.edit().off_cycle.insert(push("2026.12.01"), at("2026-11-30T17:00:00Z"));
    assert_eq!(crew(&changes, 4), "ann bob bob cid dee");
    changes.edit().absences.push(absent("bob", date(2026, 11, 30), date(2026, 11, 30)));
    assert_eq!(crew(&changes, 4), "ann cid bob cid dee", "bob is away when it is cut");
    changes.edit().served.push((push("2026.12.01"), person("dee"), person("dee")));
    assert_eq!(crew(&changes, 4), "ann dee bob cid dee", "the record of its cut wins");
}

#[test]
fn a_moved_push_keeps_its_place_in_the_turns() {
    let mut changes = began(FIRST);
    changes
        .edit()
        .moved
        .insert(push("2026.12.03"), PushMove { to: push("2026.12.11"), name: push("2026.12.11") });
    assert_eq!(crew(&changes, 4), "ann cid bob dee");
    changes.edit().absences.push(absent("bob", date(2026, 12, 11), date(2026, 12, 11)));
    assert_eq!(crew(&changes, 4), "ann bob cid dee", "away on the day it really leaves");
}

#[test]
fn a_swap_is_judged_before_it_is_made() {
    let table = amo().skipping([date(2026, 12, 10)].into());
    let settings = settings(table, &CREW, &["zoe"]);
    let mut changes = began(FIRST);
    changes.edit().absences.push(absent("cid", date(2026, 12, 1), date(2026, 12, 1)));
    changes.edit().off_cycle.insert(push("2026.12.07"), at("2026-12-01T00:00:00Z"));
    let now = at("2026-12-01T12:00:00Z");
    let wish = |day: &str, with: &str| swap(&settings, &changes, push(day), &person(with), now);
    assert_eq!(wish("2026.12.03", "dee"), Ok(exchange("2026.12.03", "bob", "dee")));
    assert_eq!(wish("2026.12.03", "zoe"), Ok(exchange("2026.12.03", "bob", "zoe")));
    for (day, with, code, says) in [
        ("2026.12.03", "max", Code::NotFound, "“max” is nobody in the configuration"),
        ("2026.11.26", "dee", Code::BadDate, "has left"),
        ("2026.12.04", "dee", Code::BadDate, "no departure goes by 2026.12.04"),
        ("2026.12.10", "dee", Code::BadDate, "does not run"),
        ("2026.12.03", "bob", Code::Refused, "“bob” is on duty for 2026.12.03 already"),
        ("2026.12.03", "cid", Code::Refused, "“cid” is away"),
        ("2026.12.07", "dee", Code::Refused, "off the schedule"),
    ] {
        let refusal = wish(day, with).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.message.contains(says)),
            (code, true),
            "{day} {with}: {}",
            refusal.message
        );
    }
    let nobody = calendar::tests::settings(amo(), &[], &["zoe"]);
    assert!(
        swap(&nobody, &changes, push("2026.12.03"), &person("zoe"), now)
            .unwrap_err()
            .message
            .contains("nobody is on duty")
    );
}

#[test]
fn an_absence_is_judged_before_it_is_made() {
    let settings = settings(amo(), &CREW, &["zoe"]);
    let now = at("2026-12-01T12:00:00Z");
    let wish = |who: &str, from: Date, to: Date| {
        away(&settings, &person(who), from, to, now).map_err(|refusal| refusal.code)
    };
    let day = date(2026, 12, 1);
    assert_eq!(wish("zoe", day, day), Ok(absent("zoe", day, day)));
    assert_eq!(wish("max", day, day), Err(Code::NotFound));
    assert_eq!(wish("bob", day, date(2026, 11, 30)), Err(Code::Usage));
    assert_eq!(wish("bob", date(2026, 11, 1), date(2026, 11, 30)), Err(Code::BadDate));
    assert!(wish("bob", date(2026, 11, 1), day).is_ok());
}

#[test]
fn a_year_after_ten_years_of_history_is_quick() {
    let mut changes = began(date(2016, 1, 1));
    let order = people(&["a", "b", "c", "d", "e", "f", "g", "h"]);
    let past = calendar::departures(&amo(), &order, &changes, date(2016, 1, 1), date(2026, 1, 1));
    for (week, departure) in past.iter().enumerate() {
        let (turn, day) = (departure.turn.clone().unwrap(), departure.departs());
        let with = order[week % order.len()].clone();
        if week % 5 == 0 && with != turn {
            changes.edit().swaps.push(Swap { date: departure.push, from: turn.clone(), to: with });
        }
        if week % 4 == 0 {
            changes.edit().absences.push(Absence {
                who: turn.clone(),
                from: day + 8.days(),
                to: day + 15.days(),
            });
        }
        if week % 10 == 0 {
            changes.edit().off_cycle.insert(PushDate(day + 1.day()), departure.push_at.timestamp());
        }
        changes.edit().served.push((departure.push, turn.clone(), turn));
    }
    let look = || {
        let changes = Changes::from((*changes).clone());
        let start = std::time::Instant::now();
        assert_eq!(
            calendar::departures(&amo(), &order, &changes, date(2026, 1, 1), date(2026, 12, 30))
                .len(),
            52
        );
        start.elapsed()
    };
    // Unoptimized and beside other tests; it takes a tenth of this alone.
    let best = (0..5).map(|_| look()).min().unwrap();
    assert!(best < std::time::Duration::from_millis(50), "{best:?}");
}

/// Swaps and absences of a crew over two years, as anybody might record them.
fn changes(swaps: usize, absences: usize) -> impl Strategy<Value = Changes> {
    let who = || (0..CREW.len()).prop_map(|at| person(CREW[at]));
    let swap = (0i32..104, who(), who()).prop_map(|(week, from, to)| Swap {
        date: PushDate(FIRST + (7 * week).days()),
        from,
        to,
    });
    let absence = (0i32..700, 0i32..20, who()).prop_map(|(day, long, who)| Absence {
        who,
        from: FIRST + day.days(),
        to: FIRST + (day + long).days(),
    });
    let cancelled = prop::collection::btree_set(0i32..104, 0..6);
    (
        prop::collection::vec(swap, 0..=swaps),
        prop::collection::vec(absence, 0..=absences),
        cancelled,
    )
        .prop_map(|(swaps, absences, off)| {
            let mut changes = began(FIRST);
            changes.edit().swaps = swaps.into_iter().filter(|swap| swap.from != swap.to).collect();
            changes.edit().absences = absences;
            let name = |week: i32| PushDate(FIRST + (7 * week).days());
            changes.edit().cancelled =
                off.into_iter().map(|week| (name(week), "storm".to_owned())).collect();
            changes
        })
}

fn two_years(changes: &Changes) -> Vec<Departure> {
    calendar::departures(&amo(), &people(&CREW), changes, FIRST, FIRST + (7 * 104 - 1).days())
}

fn is_away(changes: &Changes, who: &PersonName, departure: &Departure) -> bool {
    let days = [departure.cut_at.date(), departure.departs()];
    changes.absences.iter().any(|absence| days.iter().any(|day| absence.covers(who, *day)))
}

fn count<'d>(departures: impl Iterator<Item = &'d Departure>) -> BTreeMap<PersonName, usize> {
    let mut turns: BTreeMap<PersonName, usize> =
        people(&CREW).into_iter().map(|who| (who, 0)).collect();
    for turn in departures.filter_map(|d| d.turn.as_ref()) {
        *turns.entry(turn.clone()).or_default() += 1;
    }
    turns
}

/// The record of the cuts of the first departures, as the ledger would have it.
fn recorded(departures: &[Departure]) -> Vec<(PushDate, PersonName, PersonName)> {
    let fact = |d: &Departure| {
        d.runs().then(|| Some((d.scheduled, d.turn.clone()?, d.hero.clone()?))).flatten()
    };
    departures.iter().filter_map(fact).collect()
}

proptest! {
    #[test]
    fn the_line_is_remembered_as_it_would_be_walked(
        mut changes in changes(3, 3), asked in prop::collection::vec((-100i32..900, 0i32..300), 1..8), edited in 0usize..8,
    ) {
        let (table, crew) = (amo(), people(&CREW));
        for (n, (from, days)) in asked.into_iter().enumerate() {
            if n == edited {
                changes.edit().off_cycle.insert(PushDate(FIRST + 5.days()), at("2026-11-30T17:00:00Z"));
            }
            let (from, to) = (FIRST + from.days(), FIRST + (from + days).days());
            let alone = walked_alone(&table, &crew, &changes, (from, to));
            prop_assert_eq!(calendar::departures(&table, &crew, &changes, from, to), alone);
            let named = |changes| calendar::departure_of(&table, &crew, changes, PushDate(to));
            prop_assert_eq!(named(&changes), named(&Changes::from((*changes).clone())));
        }
    }
}

proptest! {
    #[test]
    fn without_absences_any_window_of_rounds_is_fair(first in 0usize..80, rounds in 1usize..6, swaps in changes(8, 0)) {
        let found = two_years(&swaps);
        let running: Vec<&Departure> = found.iter().filter(|d| d.runs()).collect();
        let window = running.iter().skip(first).take(rounds * CREW.len());
        prop_assert_eq!(count(window.copied()).into_values().collect::<BTreeSet<_>>(), [rounds].into());
    }

    #[test]
    fn nobody_serves_while_away_and_nobody_idles_while_somebody_is_there(changes in changes(8, 30)) {
        for departure in two_years(&changes) {
            match &departure.hero {
                Some(hero) => prop_assert!(!is_away(&changes, hero, &departure), "{} on {}", hero, departure.push),
                None => prop_assert!(people(&CREW).iter().all(|who| is_away(&changes, who, &departure))),
            }
        }
    }

    #[test]
    fn turns_differ_by_no_more_than_what_absences_took(changes in changes(8, 20)) {
        let found = two_years(&changes);
        let missed = |who: &PersonName| found.iter().filter(|d| d.runs() && is_away(&changes, who, d)).count();
        let most = people(&CREW).iter().map(missed).max().unwrap_or(0);
        let turns = count(found.iter().filter(|d| d.runs()));
        let (low, high) = (turns.values().min().unwrap(), turns.values().max().unwrap());
        prop_assert!(high - low <= 1 + most.div_ceil(CREW.len() - 1) + most / CREW.len(), "{turns:?}, away up to {most}");
    }

    #[test]
    fn the_record_of_the_cuts_changes_nothing(changes in changes(8, 20), weeks in 0usize..104) {
        let found = two_years(&changes);
        let mut later = changes.clone();
        later.edit().served = recorded(&found[..weeks]);
        let who = |d: &Departure| (d.push, d.turn.clone(), d.hero.clone());
        for (was, is) in found.iter().zip(&two_years(&later)) {
            prop_assert_eq!(who(was), who(is));
        }
    }

    #[test]
    fn a_window_shows_what_the_whole_shows(changes in changes(8, 20), from in 0usize..104, long in 0usize..30) {
        let whole = two_years(&changes);
        let to = (from + long).min(103);
        let (first, last) = (whole[from].departs(), whole[to].departs());
        prop_assert_eq!(&calendar::departures(&amo(), &people(&CREW), &changes, first, last), &whole[from..=to]);
        let named = calendar::departure_of(&amo(), &people(&CREW), &changes, whole[from].push);
        prop_assert_eq!(named.as_ref(), Some(&whole[from]));
    }
}

/// What somebody does in a week of a train's life.
#[derive(Debug, Clone)]
enum Deed {
    Swap { ahead: i32, with: Index },
    Away { ahead: i32, long: i32, who: Index },
    Move { ahead: i32, to: i32 },
    Cancel { ahead: i32 },
    OffCycle { ahead: i32 },
}

fn deeds() -> impl Strategy<Value = Vec<Vec<Deed>>> {
    let deed = prop_oneof![
        (0i32..12, any::<Index>()).prop_map(|(ahead, with)| Deed::Swap { ahead, with }),
        (0i32..40, 0i32..15, any::<Index>()).prop_map(|(ahead, long, who)| Deed::Away {
            ahead,
            long,
            who
        }),
        (0i32..4, 0i32..14).prop_map(|(ahead, to)| Deed::Move { ahead, to }),
        (0i32..4).prop_map(|ahead| Deed::Cancel { ahead }),
        (0i32..14).prop_map(|ahead| Deed::OffCycle { ahead }),
    ];
    prop::collection::vec(prop::collection::vec(deed, 0..3), 1..30)
}

/// Does it as the product would: judged first, recorded if it passes. Answers with the swap, if it was one.
fn act(settings: &Settings, changes: &mut Changes, deed: &Deed, now: Timestamp) -> Option<Swap> {
    let today = settings.timetable.date_of(now);
    let order = &settings.rotation;
    let table = &settings.timetable;
    let mut coming = calendar::departures(table, order, changes, today, today + 100.days());
    coming.retain(|d| d.push_at.timestamp() > now);
    let pick = |ahead: i32| {
        coming.get(usize::try_from(ahead).unwrap()).map_or(PushDate(today), |d| d.push)
    };
    match deed {
        Deed::Swap { ahead, with } => {
            let made = swap(settings, changes, pick(*ahead), with.get(order), now).ok()?;
            changes.edit().swaps.push(made.clone());
            return Some(made);
        }
        Deed::Away { ahead, long, who } => {
            let from = today + ahead.days();
            changes
                .edit()
                .absences
                .extend(away(settings, who.get(order), from, from + long.days(), now).ok());
        }
        Deed::Move { ahead, to } => {
            let to = PushDate(today + to.days());
            let push = pick(*ahead);
            let tagged = changes.served.iter().any(|(served, ..)| *served == push);
            let moved = wish::move_push(settings, changes, push, to, tagged, now).ok();
            changes.edit().moved.extend(moved);
        }
        Deed::Cancel { ahead } => {
            let name = wish::cancel(settings, changes, pick(*ahead), false, now).ok();
            changes.edit().cancelled.extend(name.map(|name| (name, "storm".to_owned())));
        }
        Deed::OffCycle { ahead } => {
            let day = PushDate(today + ahead.days());
            if calendar::departure_of(&settings.timetable, order, changes, day).is_none() {
                changes.edit().off_cycle.insert(day, now);
                cut(settings, changes, now);
            }
        }
    }
    None
}

/// Records every cut that is due, as `tag` would.
fn cut(settings: &Settings, changes: &mut Changes, now: Timestamp) {
    let today = settings.timetable.date_of(now);
    for due in calendar::departures(
        &settings.timetable,
        &settings.rotation,
        changes,
        today,
        today + 15.days(),
    ) {
        let known = changes.served.iter().any(|(served, ..)| *served == due.scheduled);
        let off_cycle = changes.off_cycle.contains_key(&due.scheduled);
        let is_due = due.runs() && due.cut_at.timestamp() <= now && !known;
        if let Some(hero) = due.hero.filter(|_| is_due) {
            let turn = if off_cycle { hero.clone() } else { due.turn.unwrap() };
            changes.edit().served.push((due.scheduled, turn, hero));
        }
    }
}

fn left(settings: &Settings, changes: &Changes, now: Timestamp) -> Vec<Departure> {
    let today = settings.timetable.date_of(now);
    let all = calendar::departures(&settings.timetable, &settings.rotation, changes, FIRST, today);
    // Of one that did not run, only its turn and hero are what they would be.
    let bare = |d: Departure| match d.runs() {
        true => Departure { note: None, passed_over: Vec::new(), ..d },
        false => Departure { note: None, passed_over: Vec::new(), hero: None, turn: None, ..d },
    };
    all.into_iter().filter(|d| d.push_at.timestamp() <= now).map(bare).collect()
}

fn to_come(settings: &Settings, changes: &Changes, now: Timestamp) -> Vec<Departure> {
    let today = settings.timetable.date_of(now);
    let all = calendar::departures(
        &settings.timetable,
        &settings.rotation,
        changes,
        today,
        today + 400.days(),
    );
    all.into_iter().filter(|d| d.push_at.timestamp() > now && d.turn.is_some()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn in_a_trains_life_the_past_stands_and_a_swap_is_between_two(weeks in deeds()) {
        let settings = settings(amo(), &CREW, &["zoe"]);
        let mut changes = began(FIRST);
        let mut now = at("2026-11-23T20:00:00Z");
        for deeds in &weeks {
            for deed in deeds {
                let (past, coming) = (left(&settings, &changes, now), to_come(&settings, &changes, now));
                let swapped = act(&settings, &mut changes, deed, now);
                let stands: Vec<PushDate> = past.iter().map(|d| d.push).collect();
                let mut now_past = left(&settings, &changes, now);
                // One declared after today's departure time has left as it is declared.
                now_past.retain(|d| stands.contains(&d.push));
                prop_assert_eq!(now_past, past, "{:?} changed the past", deed);
                if let Some(made) = swapped {
                    let after = to_come(&settings, &changes, now);
                    for (was, is) in coming.iter().zip(&after) {
                        prop_assert_eq!((was.push, &was.turn), (is.push, &is.turn), "{:?}", &made);
                        let theirs = [&made.from, &made.to].contains(&was.hero.as_ref().unwrap());
                        prop_assert!(theirs || was.hero == is.hero, "{:?} changed {}", &made, was.push);
                        prop_assert!(was.scheduled != made.date || is.hero.as_ref() == Some(&made.to), "{:?}", &made);
                    }
                }
            }
            // A look a day, so that every cut is recorded before its departure leaves.
            for _ in 0..7 {
                now += 24.hours();
                cut(&settings, &mut changes, now);
            }
        }
    }
}
