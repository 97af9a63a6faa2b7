//! What is shown, as documents.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use conductor::view::{CalendarView, DeployOutputView, StatsView, WaitingView};
use conductor::{CompareWish, HistoryWish, LogWish, Reading, ShownNotes};
use schemars::JsonSchema;
use serde::Serialize;
use train::command::RepoCommit;
use train::id::TrainName;
use train::refusal::Refusal;

use crate::asked::{Path, Query, revisions, wait};
use crate::gathered::{gathered, of_one};
use crate::house::House;
use crate::looks::{
    AskedFor, Compared, Counted, Days, Located, Logged, Nothing, OfPush, OfRepo, Page, Past,
    Watched, which,
};
use crate::problem::Problem;
use crate::telling::{Wants, told};
use crate::visitor::Visitor;

/// How many commits of a repository are listed.
const COMMITS: usize = 500;
/// How many at most.
const MOST_COMMITS: usize = 10_000;

type Answer = Result<Response, Problem>;

/// The trains of a server.
#[derive(Serialize, JsonSchema)]
pub(super) struct TrainsView {
    /// The form's version.
    schema: u32,
    /// Their names.
    trains: Vec<TrainName>,
}

/// The trains of this server.
pub(super) async fn trains(State(house): State<House>, visitor: Visitor) -> Answer {
    visitor.may_look(&house)?;
    let trains = house.open.trains.names();
    Ok(Json(TrainsView { schema: conductor::view::SCHEMA, trains }).into_response())
}

/// What waits for somebody, on all their trains.
#[derive(Serialize, JsonSchema)]
pub(super) struct AllWaitingView {
    /// The form's version.
    schema: u32,
    /// How much it is in all.
    count: usize,
    /// Train by train.
    trains: Vec<WaitingView>,
}

/// What waits for whoever asks, on all their trains.
pub(super) async fn all_waiting(
    State(house): State<House>,
    visitor: Visitor,
    Query(Nothing {}): Query<Nothing>,
) -> Answer {
    let all = gathered(&house, &visitor).await?;
    let trains: Vec<WaitingView> = all.iter().map(|(_, waits)| waits.view.clone()).collect();
    let count = trains.iter().map(|train| train.things.len()).sum();
    Ok(Json(AllWaitingView { schema: conductor::view::SCHEMA, count, trains }).into_response())
}

/// `waiting`: what needs whoever asks.
pub(super) async fn waiting(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wants: Wants,
    Query(Nothing {}): Query<Nothing>,
) -> Answer {
    let view = of_one(&house, &visitor, &train).await?.view.clone();
    told(&house, &visitor.who(), &train, wants, async move |_| Ok(view)).await
}

/// `trains/{train}`: what it is, and who asks.
pub(super) async fn about(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wants: Wants,
) -> Answer {
    visitor.may_look(&house)?;
    let known = visitor.key.is_some();
    told(&house, &visitor.who(), &train, wants, async move |c| Ok(c.about(known).await?)).await
}

/// `rotation`: who takes turns, and who is away. What external calendars say of people is for those who are known.
pub(super) async fn rotation(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wants: Wants,
    Query(Nothing {}): Query<Nothing>,
) -> Answer {
    visitor.may_look(&house)?;
    let known = visitor.key.is_some();
    told(&house, &visitor.who(), &train, wants, async move |c| {
        Ok(c.clone().at_a_glance().await?.rotation(known).await?)
    })
    .await
}

/// `deploys/{key}`: what a deploy put out. For people of the train: programs say more than is meant for everybody.
pub(super) async fn deploy(
    State(house): State<House>,
    visitor: Visitor,
    Path((train, key)): Path<(TrainName, String)>,
    wants: Wants,
) -> Answer {
    visitor.is_known()?;
    visitor.is_aboard(&house, &train)?;
    let look = async move |c: &conductor::Conductor| {
        let output = c.deploy_output(&key).await?;
        let output = String::from_utf8_lossy(&output).into_owned();
        Ok(DeployOutputView { deploy: key, output })
    };
    told(&house, &visitor.who(), &train, wants, look).await
}

/// `schedule --ics`: departures as a file for calendars.
pub(super) async fn calendar(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wants: Wants,
    Query(Days { from, to }): Query<Days>,
) -> Answer {
    visitor.may_look(&house)?;
    let trains = std::sync::Arc::clone(&house.open.trains);
    let look = async move |c: &conductor::Conductor| {
        let c = c.clone().at_a_glance().await?;
        let (departures, changes) = c.told_departures(from, to).await?;
        Ok(CalendarView { ics: trains.calendar(&c, &departures, changes) })
    };
    told(&house, &visitor.who(), &train, wants, look).await
}

/// `health`: how everything fares that the train leans on. For people of the train: what is wrong names addresses.
pub(super) async fn health(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
    wants: Wants,
) -> Answer {
    visitor.is_known()?;
    visitor.is_aboard(&house, &train)?;
    let fares = std::sync::Arc::clone(&house.fares);
    let of = train.clone();
    let look = async move |c: &conductor::Conductor| Ok(fares.of(&of, c.settings.timetable.zone()));
    told(&house, &visitor.who(), &train, wants, look).await
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident($asked:pat = $query:ty) = |$conductor:ident| $body:expr;)+) => {
        $($(#[$doc])*
        pub(super) async fn $name(
            State(house): State<House>,
            visitor: Visitor,
            Path(train): Path<TrainName>,
            wants: Wants,
            Query($asked): Query<$query>,
        ) -> Answer {
            visitor.may_look(&house)?;
            let looking = visitor.looking(&house, &train);
            let look = async move |conductor: &conductor::Conductor| {
                let $conductor = &conductor.looking(looking).at_a_glance().await?;
                Ok($body)
            };
            told(&house, &visitor.who(), &train, wants, look).await
        })+
    };
}

/// A view that tells all that could be looked at; what could not makes it a no.
fn whole<T: Serialize>(view: T, failed: Vec<Refusal>) -> Result<T, Problem> {
    if failed.is_empty() { Ok(view) } else { Err(Problem::partly(failed, &view)) }
}

views! {
    /// `status`.
    status(OfPush { push } = OfPush) = |c| c.status(push).await?;
    /// `ready`.
    ready(OfPush { push } = OfPush) = |c| c.ready(push).await?;
    /// `watch`: one look of it.
    watch(Watched { environment, push, at_most, else_kept } = Watched) = |c| {
        let wait = wait(at_most, else_kept.unwrap_or_default())?;
        c.watch_once(&environment, push, wait).await?
    };
    /// `history`.
    history(Past { push, search, from, to } = Past) = |c| {
        c.past_pushes(&HistoryWish { push, search, from, to }).await?
    };
    /// `stats`.
    stats(Counted { push, from, to } = Counted) = |c| {
        let stats = c.stats(&HistoryWish { push, search: None, from, to }).await?;
        StatsView { train: c.settings.train.to_string(), stats, files: Vec::new() }
    };
    /// `log`.
    log(Logged { push, last } = Logged) = |c| {
        c.log(&LogWish { push, last }, &mut Reading::default()).await?
    };
    /// `schedule`.
    schedule(Days { from, to } = Days) = |c| c.schedule(from, to).await?.0;
    /// `people`.
    people(Nothing {} = Nothing) = |c| c.people().await?;
    /// `notes show`.
    notes(Page { push, which: whose, version, lines, history } = Page) = |c| {
        let (lines, history) = (lines.unwrap_or_default(), history.unwrap_or_default());
        c.notes(which(push, whose), ShownNotes { version, lines, history }).await?
    };
    /// `notes check`.
    doubts(AskedFor { push, which: whose } = AskedFor) = |c| {
        c.check_notes(which(push, whose), None).await?
    };
    /// `ask`, without one.
    asks(AskedFor { push, which: whose } = AskedFor) = |c| c.asks(which(push, whose)).await?;
    /// `security list`: for the security role alone (P9).
    security(OfRepo { repo } = OfRepo) = |c| c.security_view(repo.as_ref()).await?;
    /// `compare`.
    compare(Compared { repo, range, push, limit } = Compared) = |c| {
        let range = range.as_deref().map(revisions).transpose()?;
        let limit = limit.unwrap_or(COMMITS).min(MOST_COMMITS);
        let (view, failed) = c.compare(&CompareWish { repo, range, push, limit }).await?;
        whole(view, failed)?
    };
    /// `where`.
    whereis(Located { commit, repo } = Located) = |c| {
        let (view, failed) = c.find_commit(&RepoCommit { repo, commit }).await?;
        whole(view, failed)?
    };
}
