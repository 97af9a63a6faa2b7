//! What is shown, as documents.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use conductor::view::StatsView;
use conductor::{CompareWish, Conductor, HistoryWish, LogWish, Reading, ShownNotes};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use train::command::{RepoCommit, WhichPush};
use train::id::{PushDate, RepoName, TrainName};
use train::refusal::{Code, Refusal};

use crate::answer::document;
use crate::asked::{Path, Query};
use crate::house::House;
use crate::problem::Problem;
use crate::visitor::Visitor;

/// How many commits of a repository are listed.
const MOST_COMMITS: usize = 500;

type Answer = Result<Response, Problem>;

/// What can be asked for, by whichever view.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    push: Option<PushDate>,
    repo: Option<RepoName>,
    range: Option<String>,
    commit: Option<String>,
    search: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    last: Option<usize>,
}

/// The trains of this server.
pub(super) async fn trains(State(house): State<House>, visitor: Visitor) -> Answer {
    visitor.may_look(&house)?;
    let names: Vec<String> = house.open.trains.names().iter().map(ToString::to_string).collect();
    Ok(Json(json!({ "schema": conductor::view::SCHEMA, "trains": names })).into_response())
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident = |$conductor:ident, $asked:ident| $body:expr;)+) => {
        $($(#[$doc])*
        pub(super) async fn $name(
            State(house): State<House>,
            visitor: Visitor,
            Path(train): Path<TrainName>,
            Query($asked): Query<Asked>,
        ) -> Answer {
            visitor.may_look(&house)?;
            let document = async move |$conductor: Conductor| {
                let body = $body;
                Ok(document(&$conductor, body))
            };
            Ok(Json(house.story(&visitor.who(), &train, document).await?).into_response())
        })+
    };
}

views! {
    /// `status`.
    status = |conductor, asked| conductor.status(asked.push).await?;
    /// `ready`.
    ready = |conductor, asked| conductor.ready(asked.push).await?;
    /// `history`.
    history = |conductor, asked| {
        let Asked { push, search, from, to, .. } = asked;
        conductor.past_pushes(&HistoryWish { push, search, from, to }).await?
    };
    /// `stats`.
    stats = |conductor, asked| {
        let Asked { push, search, from, to, .. } = asked;
        let stats = conductor.stats(&HistoryWish { push, search, from, to }).await?;
        let train = conductor.settings.train.to_string();
        StatsView { train, stats, files: Vec::new() }
    };
    /// `log`.
    log = |conductor, asked| {
        let wish = LogWish { push: asked.push, last: asked.last };
        conductor.log(&wish, &mut Reading::default()).await?
    };
    /// `schedule`.
    schedule = |conductor, asked| conductor.schedule(asked.from, asked.to).await?.0;
    /// `notes show`.
    notes = |conductor, asked| {
        let which = asked.push.map_or(WhichPush::Shown, WhichPush::On);
        conductor.notes(which, ShownNotes::default()).await?
    };
    /// `compare`; what can't be looked at is told as the failure.
    compare = |conductor, asked| {
        let Asked { repo, range, push, .. } = asked;
        let range = range.as_deref().and_then(|range| range.split_once(".."));
        let range = range.map(|(base, head)| (base.to_owned(), head.to_owned()));
        let wish = CompareWish { repo, range, push, limit: MOST_COMMITS };
        let (view, failed) = conductor.compare(&wish).await?;
        failed.into_iter().next().map_or(Ok(view), Err)?
    };
    /// `where`.
    whereis = |conductor, asked| {
        let missing = || Refusal::new(Code::Usage, "no commit is named", "add ?commit=HASH");
        let named = RepoCommit { repo: asked.repo, commit: asked.commit.ok_or_else(missing)? };
        conductor.find_commit(&named).await?.0
    };
}
