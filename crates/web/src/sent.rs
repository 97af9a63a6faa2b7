//! What somebody sends so that something changes. Who they are and what they may is asked first; only then is it read.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use train::id::TrainName;
use train::refusal::Refusal;

use crate::asked::{Path, came_from};
use crate::body::{self, SMALL_FORM, Takes, WISH_DOCUMENT, WISH_FORM};
use crate::fields::Fields;
use crate::house::House;
use crate::pages::NoPage;
use crate::problem::Problem;
use crate::visitor::Visitor;

/// A form of a few short fields, by somebody who may act.
pub(crate) struct Form {
    pub visitor: Visitor,
    pub fields: Fields,
}

/// The same by anybody, where everybody who gets here may: in a demo.
pub(crate) struct OpenForm(pub Fields);

/// A form that is a wish, by somebody who may act on its train.
pub(crate) struct WishForm {
    pub visitor: Visitor,
    pub train: TrainName,
    pub fields: Fields,
    /// The page that it stood on, where that is known.
    pub from: Option<String>,
}

/// A document that is a wish, by a program that may have one on its train.
pub(crate) struct WishDocument {
    pub visitor: Visitor,
    pub train: TrainName,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

/// What was read, and of whom.
struct Sent {
    visitor: Visitor,
    parts: Parts,
    bytes: Bytes,
}

/// Why it was not read, and who sent it where that is known.
struct Unread {
    visitor: Option<Visitor>,
    problem: Problem,
}

impl Unread {
    /// As a page. What is no key of anybody is told alike everywhere: a browser does not send any.
    fn page(self, house: &House) -> Response {
        match self.visitor {
            Some(visitor) => NoPage::of(house, &visitor, self.problem.refusal).into_response(),
            None => self.problem.into_response(),
        }
    }
}

/// Asks who sends it and whether they may, then reads it.
async fn sent(
    house: &House,
    request: Request,
    takes: Takes,
    may: impl FnOnce(&Visitor) -> Result<(), Refusal>,
) -> Result<Sent, Unread> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, house).await;
    let visitor = visitor.map_err(|problem| Unread { visitor: None, problem })?;
    let read = match may(&visitor) {
        Ok(()) => body::read(takes, &parts.headers, body).await,
        Err(refusal) => Err(refusal),
    };
    match read {
        Ok(bytes) => Ok(Sent { visitor, parts, bytes }),
        Err(refusal) => Err(Unread { visitor: Some(visitor), problem: refusal.into() }),
    }
}

/// The same of a wish, for whoever may have one on the train that its address names.
async fn wished(
    house: &House,
    request: Request,
    takes: Takes,
    may: fn(&Visitor, &House, &TrainName) -> Result<(), Refusal>,
) -> Result<(TrainName, Sent), Unread> {
    let (mut parts, body) = request.into_parts();
    let train = Path::<TrainName>::from_request_parts(&mut parts, house).await;
    let Path(train) = train.map_err(|problem| Unread { visitor: None, problem })?;
    let request = Request::from_parts(parts, body);
    let sent = sent(house, request, takes, |visitor| may(visitor, house, &train)).await?;
    Ok((train, sent))
}

impl FromRequest<House> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, house: &House) -> Result<Self, Response> {
        let may = |visitor: &Visitor| visitor.may_act().map(|_| ());
        let sent = sent(house, request, SMALL_FORM, may).await.map_err(|no| no.page(house))?;
        Ok(Self { visitor: sent.visitor, fields: Fields::read(&sent.bytes) })
    }
}

impl FromRequest<House> for OpenForm {
    type Rejection = Response;

    async fn from_request(request: Request, house: &House) -> Result<Self, Response> {
        let sent = sent(house, request, SMALL_FORM, |_| Ok(())).await;
        Ok(Self(Fields::read(&sent.map_err(|no| no.page(house))?.bytes)))
    }
}

impl FromRequest<House> for WishForm {
    type Rejection = Response;

    async fn from_request(request: Request, house: &House) -> Result<Self, Response> {
        let wished = wished(house, request, WISH_FORM, Visitor::may_act_on).await;
        let (train, sent) = wished.map_err(|no| no.page(house))?;
        let from = came_from(&house.prefix, &sent.parts.headers);
        Ok(Self { visitor: sent.visitor, train, fields: Fields::read(&sent.bytes), from })
    }
}

impl FromRequest<House> for WishDocument {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &House) -> Result<Self, Problem> {
        // Which wish it is stands in it: one for notes takes less than the others.
        let wished = wished(house, request, WISH_DOCUMENT, Visitor::may_write_on).await;
        let (train, sent) = wished.map_err(|no| no.problem)?;
        Ok(Self { visitor: sent.visitor, train, headers: sent.parts.headers, bytes: sent.bytes })
    }
}
