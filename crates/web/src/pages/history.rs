//! The pushes that were cut, and those that did not run: the newest of them at a glance, and a table with a search.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::view::{HistoryView, Moment, PastPushView};
use conductor::{Conductor, HistoryWish};
use serde::Deserialize;
use train::id::{PushDate, TrainName};

use super::words::When;
use super::{Layout, NoPage, encoded, looked, shown};
use crate::asked::{Path, Query};
use crate::house::House;
use crate::visitor::Visitor;

/// How many pushes a page has.
const SHOWN: usize = 50;
/// How many of them stand at a glance, and how few are seen in the table as well.
const GLANCE: usize = 30;
const FEW: usize = 3;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    search: Option<String>,
    /// Only pushes older than this one: the page after a page.
    before: Option<PushDate>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    layout: Layout,
    train: String,
    search: String,
    says: String,
    figures: Vec<(&'static str, String)>,
    glance: Option<Glance>,
    pushes: Vec<Row>,
    /// What the page after this one is asked with.
    older: Option<String>,
    whole: bool,
}

/// A push of the table.
struct Row {
    push: String,
    /// Whether this ledger tells of it: then it has a page.
    own: bool,
    hero: String,
    cut: Option<When>,
    left: Option<When>,
    minutes: String,
    /// Whether nobody ended it, nor called it off.
    open: bool,
    cancelled: Option<String>,
    repos: Vec<(String, String)>,
    picks: String,
    retags: String,
}

impl Row {
    fn of(past: &PastPushView) -> Self {
        let number = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
        let repo = |repo: &conductor::view::PastRepo| {
            (repo.name.to_string(), repo.tag.clone().unwrap_or_default())
        };
        let own = past.origin != train::stats::Origin::Imported;
        Self {
            push: past.push.to_string(),
            own,
            open: own && past.end.is_none() && past.cancelled.is_none(),
            hero: past.hero.clone().unwrap_or_default(),
            cut: past.cut_at.as_ref().map(When::date),
            left: past.start.as_ref().map(When::date),
            minutes: minutes(past).map(|minutes| minutes.to_string()).unwrap_or_default(),
            cancelled: past.cancelled.clone(),
            repos: past.repos.iter().map(repo).collect(),
            picks: number(past.picks),
            retags: number(past.retags),
        }
    }
}

/// How long it took from its start to its end, in minutes.
fn minutes(past: &PastPushView) -> Option<i64> {
    let at = |moment: &Moment| moment.0.timestamp();
    let took = at(past.end.as_ref()?).duration_since(at(past.start.as_ref()?));
    (!took.is_negative()).then(|| took.as_mins())
}

/// The newest pushes side by side, oldest at the left, as a drawing.
struct Glance {
    columns: Vec<Column>,
    width: usize,
    says: String,
}

/// A push of it.
struct Column {
    x: usize,
    middle: usize,
    /// The month, where it is the first of it.
    month: Option<String>,
    day: String,
    /// Where each tag after the first stands, from below.
    tags: Vec<usize>,
    picks: String,
    /// How high the bar of its minutes is; none where they are not known.
    took: Option<usize>,
}

/// Measures of the drawing, in its own units.
const STEP: usize = 36;
const LEFT: usize = 6;
/// The longest bar, and the minutes that it stands for.
const BAR: usize = 40;
const LONG: i64 = 60;
/// How many tags have room above each other.
const TAGS: usize = 6;

impl Glance {
    fn of(newest: &[&PastPushView]) -> Option<Self> {
        let (first, last) = (newest.last()?.push, newest.first()?.push);
        if newest.len() < FEW {
            return None;
        }
        let mut month = None;
        let column = |(at, past): (usize, &&PastPushView)| {
            let (x, date) = (LEFT + at * STEP, past.push.0);
            let new =
                month.replace((date.year(), date.month())) != Some((date.year(), date.month()));
            Column {
                x,
                middle: x + 8,
                month: new.then(|| date.strftime("%b").to_string()),
                day: date.strftime("%d").to_string(),
                tags: (0..past.retags.unwrap_or_default().min(TAGS)).map(|n| 66 - n * 9).collect(),
                picks: past.picks.filter(|n| *n > 0).map_or("·".to_owned(), |n| n.to_string()),
                took: minutes(past).map(bar),
            }
        };
        let columns: Vec<Column> = newest.iter().rev().enumerate().map(column).collect();
        let says = format!(
            "The {} pushes from {first} to {last}: tags after the first, picks, and minutes from start to end of each. \
             The table below has the same figures.",
            columns.len()
        );
        Some(Self { width: LEFT + columns.len() * STEP, columns, says })
    }
}

/// How high the bar of so many minutes is.
fn bar(minutes: i64) -> usize {
    let part = minutes.clamp(1, LONG);
    usize::try_from(part).unwrap_or(1) * BAR / usize::try_from(LONG).unwrap_or(1)
}

/// What the newest come to.
fn figures(ran: &[&PastPushView]) -> Vec<(&'static str, String)> {
    let again = ran.iter().filter(|past| past.retags.is_some_and(|n| n > 0)).count();
    let picks: usize = ran.iter().filter_map(|past| past.picks).sum();
    let mut took: Vec<i64> = ran.iter().filter_map(|past| minutes(past)).collect();
    took.sort_unstable();
    let median = took.get(took.len() / 2).map(|median| format!("{median} min"));
    let mut figures = vec![
        ("needed a second tag", format!("{again} of {}", ran.len())),
        ("picks", picks.to_string()),
    ];
    figures.extend(median.map(|median| ("median from start to end", median)));
    figures
}

/// How many are shown of how many.
fn says(view: &HistoryView, shown: usize, before: Option<PushDate>) -> String {
    if let Some(before) = before {
        let say = view.search.as_ref().map(|search| format!(" that say “{search}”"));
        return format!("{shown} pushes before {before}{}.", say.unwrap_or_default());
    }
    let of = match (&view.search, view.known) {
        (_, 0) => return "No push is cut yet.".to_owned(),
        (Some(search), known) => {
            let found = match view.pushes.len() {
                1 => "1 says".to_owned(),
                n => format!("{n} say"),
            };
            return format!("Of {known} pushes {found} “{search}”.");
        }
        (None, known) => known,
    };
    match (shown == of, of) {
        (true, 1) => "1 push.".to_owned(),
        (true, of) => format!("{of} pushes."),
        (false, of) => format!("{shown} of {of} pushes."),
    }
}

/// `/trains/{train}/history`.
pub(crate) async fn history(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    Query(sought): Query<Sought>,
) -> Result<Response, NoPage> {
    let search = sought.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let to = sought.before.and_then(|push| push.0.yesterday().ok());
    let wish = HistoryWish { push: None, search: search.clone(), from: None, to };
    let look = async move |conductor: &Conductor| conductor.past_pushes(&wish).await;
    let (view, zone) = looked(&house, &visitor, &train, look).await?;
    let pushes: Vec<Row> = view.pushes.iter().take(SHOWN).map(Row::of).collect();
    let older = pushes.last().filter(|_| view.pushes.len() > SHOWN).map(|row| {
        let search = search.as_deref().map(encoded);
        let search = search.map(|search| format!("&search={search}")).unwrap_or_default();
        format!("before={}{search}", row.push)
    });
    // What the newest come to is said of all, not of those that say something.
    let whole = search.is_none() && to.is_none();
    let ran = view.pushes.iter().filter(|past| whole && past.cancelled.is_none());
    let newest: Vec<&PastPushView> = ran.take(GLANCE).collect();
    let title = format!("{train}, history");
    let layout = Layout::of(&house, &visitor, &title).about(&train).at("history").in_zone(&zone);
    Ok(shown(&HistoryPage {
        layout,
        train: train.to_string(),
        search: search.unwrap_or_default(),
        says: says(&view, pushes.len(), sought.before),
        figures: figures(&newest),
        glance: Glance::of(&newest),
        pushes,
        older,
        whole,
    }))
}
