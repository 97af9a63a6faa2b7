//! Past pushes in numbers: the four of DORA, each figure push by push and year by year, what held pushes, and whose turns they were.

mod series;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::{Conductor, HistoryWish};
use jiff::civil::Date;
use serde::Deserialize;
use train::id::{PushDate, TrainName};
use train::letter::is_harmful;
use train::refusal::Refusal;
use train::stats::{Dora, Fairness, Held, Stats, number};

use super::{Layout, NoPage, looked, shown, words};
use crate::asked::{Path, Query};
use crate::fields::{bad, parsed};
use crate::house::House;
use crate::visitor::Visitor;
use series::{Series, Year, bar, by_year, series};

/// How many of what held pushes are listed.
const HELD: usize = 50;
/// How long the longest bar is, in its own units.
const LONG: u32 = 160;

/// Which pushes are counted; a form that was sent empty says none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "stats.html")]
struct StatsPage {
    layout: Layout,
    train: String,
    says: String,
    from: String,
    to: String,
    /// Whether any push is counted.
    any: bool,
    dora: [(String, String); 4],
    series: Vec<Series>,
    years: Vec<Year>,
    held: Vec<HeldRow>,
    /// How many more there are.
    more: usize,
    turns: Vec<Turn>,
    turns_say: String,
}

/// What held a push.
struct HeldRow {
    push: String,
    what: String,
    text: String,
    hours: String,
}

/// The turns of somebody.
struct Turn {
    hero: String,
    turns: usize,
    share: String,
    long: u32,
}

fn pushes(n: usize) -> String {
    if n == 1 { "1 push".to_owned() } else { format!("{n} pushes") }
}

/// A day as it was typed; none where nothing was.
fn day(typed: Option<&str>) -> Result<Option<Date>, Refusal> {
    let typed = typed.map(str::trim).filter(|typed| !typed.is_empty());
    typed.map(|typed| parsed::<PushDate>("date", typed).map(|push| push.0)).transpose()
}

/// The days of the pushes that are counted.
fn days(asked: &Asked) -> Result<(Option<Date>, Option<Date>), Refusal> {
    match (day(asked.from.as_deref())?, day(asked.to.as_deref())?) {
        (Some(from), Some(to)) if to < from => {
            let what = format!("from {} to {} there is no day", PushDate(from), PushDate(to));
            Err(bad(what, "give the earlier one first"))
        }
        days => Ok(days),
    }
}

/// The four, each with what it is of.
fn dora(dora: &Dora) -> [(String, String); 4] {
    let told = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "not known".to_owned(), |value| format!("{} {unit}", number(value)))
    };
    let restored = dora.failures.iter().filter(|failure| failure.hours.is_some()).count();
    let failed = format!("change failure rate, {} of {}", dora.failures.len(), pushes(dora.judged));
    [
        ("deployment frequency".to_owned(), told(dora.deployment_frequency, "a week")),
        (
            format!("lead time for changes, half of {}", words::count(dora.commits, "commit")),
            told(dora.lead_time_days, "days"),
        ),
        (failed, told(dora.change_failure_rate.map(|rate| rate * 100.0), "%")),
        (
            format!("time to restore, half of the {restored} that are known"),
            told(dora.time_to_restore_hours, "hours"),
        ),
    ]
}

impl HeldRow {
    fn of(held: &Held) -> Self {
        // Pages of past pushes have it as somebody once typed it.
        let plain = |c: char| if is_harmful(c) { ' ' } else { c };
        Self {
            push: held.push.to_string(),
            what: held.what.to_string(),
            text: held.text.chars().map(plain).collect(),
            hours: held.hours.map(number).unwrap_or_default(),
        }
    }
}

fn turns(fairness: &Fairness) -> Vec<Turn> {
    let count = |turns: usize| f64::from(u32::try_from(turns).unwrap_or(u32::MAX));
    let most = fairness.heroes.iter().map(|hero| count(hero.turns)).fold(0.0, f64::max);
    let turn = |hero: &train::stats::Turns| Turn {
        hero: hero.hero.clone(),
        turns: hero.turns,
        share: format!("{} %", number(hero.share * 100.0)),
        long: bar(count(hero.turns), most, LONG),
    };
    fairness.heroes.iter().map(turn).collect()
}

fn turns_say(fairness: &Fairness) -> String {
    let unknown = match fairness.unknown {
        0 => String::new(),
        n => format!("; not known of {}", pushes(n)),
    };
    match fairness.spread {
        Some(spread) => format!("{spread} between the most and the fewest{unknown}"),
        None => "not known".to_owned(),
    }
}

/// Which pushes are counted.
fn says(stats: &Stats, all: bool) -> String {
    match (stats.from, stats.to) {
        (Some(from), Some(to)) => format!("{}, {from} to {to}.", pushes(stats.pushes)),
        _ if all => "No push is over yet.".to_owned(),
        _ => "No push of these days is over.".to_owned(),
    }
}

/// `/trains/{train}/stats`.
pub(crate) async fn stats(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(asked): Query<Asked>,
) -> Result<Response, NoPage> {
    let (from, to) = days(&asked).map_err(|refusal| NoPage::of(&house, &visitor, refusal))?;
    let wish = HistoryWish { from, to, ..HistoryWish::default() };
    let look = async move |conductor: &Conductor| conductor.stats(&wish).await;
    let (stats, zone) = looked(&house, &visitor, &train, look).await?;
    let title = format!("{train}, figures");
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("history").in_zone(&zone);
    let typed = |day: Option<Date>| day.map(|day| PushDate(day).to_string()).unwrap_or_default();
    Ok(shown(&StatsPage {
        layout,
        train: train.to_string(),
        says: says(&stats, from.is_none() && to.is_none()),
        from: typed(from),
        to: typed(to),
        any: stats.pushes > 0,
        dora: dora(&stats.dora),
        series: series(&stats),
        years: by_year(&stats),
        held: stats.held.iter().take(HELD).map(HeldRow::of).collect(),
        more: stats.held.len().saturating_sub(HELD),
        turns: turns(&stats.fairness),
        turns_say: turns_say(&stats.fairness),
    }))
}

#[cfg(test)]
mod tests {
    use train::refusal::Code;

    use super::*;

    #[test]
    fn days_are_typed_as_pushes_are_called_or_as_elsewhere() {
        let of = |from: &str, to: &str| {
            days(&Asked { from: Some(from.to_owned()), to: Some(to.to_owned()) })
        };
        assert_eq!(of("", " "), Ok((None, None)));
        let day = jiff::civil::date(2026, 11, 26);
        assert_eq!(of("2026.11.26", "2026-11-26"), Ok((Some(day), Some(day))));
        assert_eq!(of("yesterday", "").unwrap_err().code, Code::Usage);
        assert_eq!(of("2026.11.26", "2026.11.19").unwrap_err().code, Code::Usage);
    }

    #[test]
    fn what_is_not_known_is_said_so() {
        let none = Dora {
            deployment_frequency: None,
            lead_time_days: None,
            commits: 0,
            change_failure_rate: Some(0.25),
            judged: 1,
            time_to_restore_hours: None,
            failures: Vec::new(),
        };
        let told = dora(&none);
        assert_eq!(told[0].1, "not known");
        assert_eq!(told[2], ("change failure rate, 0 of 1 push".to_owned(), "25 %".to_owned()));
    }

    #[test]
    fn turns_have_their_share_and_a_bar() {
        let hero =
            |hero: &str, turns, share| train::stats::Turns { hero: hero.to_owned(), turns, share };
        let heroes = vec![hero("mat", 3, 0.75), hero("theo", 1, 0.25)];
        let fairness = Fairness { heroes, spread: Some(2), unknown: 1 };
        let rows = turns(&fairness);
        assert_eq!((rows[0].long, &*rows[1].share), (LONG, "25 %"));
        assert_eq!(turns_say(&fairness), "2 between the most and the fewest; not known of 1 push");
    }
}
