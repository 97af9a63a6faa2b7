//! How an answer reaches a program: at once when it is there, or after a stream of what goes on meanwhile, for whoever asks
//! for one (`Accept: text/event-stream`). Its last event, `answer`, has the status and the document that there would be
//! without.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use conductor::Conductor;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;
use train::id::TrainName;

use crate::answer::Answer;
use crate::house::House;
use crate::problem::Problem;
use crate::said::{Heard, Said};
use crate::steps::{Open, Step};
use crate::trains::Who;

/// How often a stream says that it is alive, so that no proxy ends it.
const ALIVE: Duration = Duration::from_secs(10);

/// Whether a stream is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wants {
    pub stream: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Wants {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accept = parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        Ok(Self { stream: accept.is_some_and(|accept| accept.contains("text/event-stream")) })
    }
}

/// What the conductor of a train tells whoever comes, as a document.
pub(crate) async fn told<T, F>(
    house: &House,
    who: &Who,
    train: &TrainName,
    wants: Wants,
    story: F,
) -> Result<Response, Problem>
where
    T: Serialize,
    F: AsyncFnOnce(&Conductor) -> Result<T, Problem> + Send + 'static,
{
    let open = Open::of(house.open.trains.of(who).contains(train));
    let whole = async move |conductor: Conductor| match story(&conductor).await {
        Ok(body) => Answer::yes(&conductor, &body),
        Err(problem) if open == Open::Whole => Answer::no(&problem),
        Err(problem) => Answer::no(&problem.for_strangers()),
    };
    if !wants.stream {
        let answer = house.story(who, train, async |conductor| Ok(whole(conductor).await)).await?;
        return Ok(answer.into_response());
    }
    let (sender, said) = mpsc::unbounded_channel();
    let heard = Arc::new(Heard(Arc::new(sender)));
    let telling = async move |conductor: Conductor| whole(conductor.telling(heard)).await;
    // What is said ends with the story: whatever could say more is gone with it. And the story is given up with the stream.
    let answer = AbortOnDropHandle::new(house.begins(who, train, telling).await?);
    let (house, train) = (house.clone(), train.clone());
    let next = move |state: Option<(mpsc::UnboundedReceiver<Said>, _)>| {
        let (house, train) = (house.clone(), train.clone());
        async move {
            let (mut said, answer): (_, AbortOnDropHandle<Answer>) = state?;
            while let Some(one) = said.recv().await {
                if let Some(one) = open.told(one) {
                    return Some((saying(&one), Some((said, answer))));
                }
            }
            let failed = |error| Answer::no(&house.panicked(&train, error).into());
            Some((ending(&answer.await.unwrap_or_else(failed)), None))
        }
    };
    Ok(streamed(stream::unfold(Some((said, answer)), next)))
}

/// What a step says from its begin on, to its end, to whoever may read so much of it; without its answer where whoever follows
/// is `gone` before that.
pub(crate) fn followed(
    step: Arc<Step>,
    open: Open,
    gone: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let next = move |state: Option<(Arc<Step>, usize)>| async move {
        let (step, mut from) = state?;
        while let Some((said, next)) = step.next(from).await {
            if let Some(said) = open.told(said) {
                return Some((saying(&said), Some((step, next))));
            }
            from = next;
        }
        Some((ending(&step.answer(open).cloned().unwrap_or_else(Answer::fault)), None))
    };
    streamed(stream::unfold(Some((step, 0)), next).take_until(gone))
}

/// The same for a page: each line as it is said, and at the end only that it is over. It ends with the server too, and where
/// whoever follows may no longer; it is begun anew by whoever still follows.
pub(crate) fn shown_on_a_page(
    step: Arc<Step>,
    open: Open,
    over: watch::Receiver<bool>,
    gone: impl Future<Output = ()> + Send + 'static,
) -> Response {
    let next = move |state: Option<(Arc<Step>, usize, watch::Receiver<bool>)>| async move {
        let (step, mut from, mut over) = state?;
        loop {
            let said = tokio::select! {
                said = step.next(from) => said,
                () = async { drop(over.wait_for(|over| *over).await) } => return None,
            };
            let Some((said, next)) = said else {
                return Some((Ok::<_, Infallible>(event("over", &())), None));
            };
            from = next;
            if let Some(said) = open.told(said) {
                return Some((Ok(event("said", &said.to_string())), Some((step, from, over))));
            }
        }
    };
    streamed(stream::unfold(Some((step, 0, over)), next).take_until(gone))
}

fn saying(said: &Said) -> Result<Event, Infallible> {
    Ok(event("said", said))
}

fn ending(answer: &Answer) -> Result<Event, Infallible> {
    Ok(event("answer", answer))
}

fn event(name: &str, body: &impl Serialize) -> Event {
    Event::default().event(name).data(serde_json::to_string(body).unwrap_or_default())
}

fn streamed(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}
