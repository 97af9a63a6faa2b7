//! The pages: each an askama template and the function that gathers what it shows. What they show are the conductor's views.

mod account;
mod act;
mod bar;
mod compare;
mod deploy;
mod hints;
mod history;
mod home;
mod layout;
mod ledger;
mod lines;
mod notes;
mod notes_check;
mod notes_past;
mod people;
mod plan;
mod push;
mod read;
mod remotes;
mod rotation;
mod scene;
mod schedule;
mod stats;
mod step;
mod tab;
mod then;
mod told;
mod trains;
mod waiting;
mod when;
mod whereis;
mod words;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use conductor::Conductor;
use train::id::TrainName;
use train::refusal::{Code, Refusal};

use crate::door::No;
use crate::gathered::counted;
use crate::house::House;
use crate::steps::Open;
use crate::visitor::Visitor;

pub(crate) use account::{Made, follow_link, made_link, me, me_page, sign_in};
pub(crate) use act::{act_page, filled_in};
pub(crate) use compare::compare;
pub(crate) use deploy::deploy;
pub(crate) use history::history;
pub(crate) use home::home;
pub(crate) use layout::Layout;
pub(crate) use ledger::ledger;
pub(crate) use notes::notes;
pub(crate) use notes_check::notes_check;
pub(crate) use notes_past::notes_past;
pub(crate) use people::people;
pub(crate) use plan::{Around, plan};
pub(crate) use push::push;
pub(crate) use schedule::schedule;
pub(crate) use stats::stats;
pub(crate) use step::{of_step, step, step_events};
pub(crate) use then::{behind, then};
pub(crate) use told::told;
pub(crate) use trains::{calendar, train};
pub(crate) use waiting::waiting;
pub(crate) use whereis::whereis;

/// A page that says why there is no other.
#[derive(Debug)]
pub(crate) struct NoPage(Box<Response>);

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    layout: Layout,
    refusal: &'a Refusal,
    /// Where one goes on, and what that is called.
    back: (String, &'static str),
}

impl NoPage {
    /// Why not; somebody who is not signed in is sent to where one signs in.
    pub fn of(house: &House, visitor: &Visitor, refusal: Refusal) -> Self {
        Self::back_to(house, visitor, refusal, None)
    }

    /// The same to what somebody sent from a page of ours, with the way back there.
    pub fn back_to(
        house: &House,
        visitor: &Visitor,
        refusal: Refusal,
        back: Option<String>,
    ) -> Self {
        if refusal.code == Code::NotSignedIn && visitor.key.is_none() {
            let next = visitor.page.as_deref().filter(|page| *page != "/");
            let next = next.map(|page| format!("?next={}", encoded(page))).unwrap_or_default();
            let to = house.path(&format!("/sign-in{next}"));
            return Self(Box::new(Redirect::to(&to).into_response()));
        }
        let status = StatusCode::from_u16(refusal.code.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = match (&visitor.page, refusal.code) {
            (None, _) => "Not done",
            (Some(_), Code::NotFound) => "Not here",
            (Some(_), _) => "Not shown",
        };
        let train = train_of(house, visitor);
        let back = match (back, &train) {
            (Some(back), _) => (back, "Back"),
            (None, Some(train)) => (format!("/trains/{train}"), "To the push"),
            (None, None) => ("/".to_owned(), "To the first page"),
        };
        let layout = Layout { train, ..Layout::of(house, visitor, title) };
        let open = visitor.train.as_ref().map(|train| visitor.reads(house, train));
        let refusal = on_a_page(open.unwrap_or(Open::Sentences).no(refusal));
        let page = RefusalPage { layout, refusal: &refusal, back };
        Self(Box::new((status, shown(&page)).into_response()))
    }

    /// The same, to be tried again after so many seconds.
    pub fn after(mut self, seconds: Option<i64>) -> Self {
        if let Some(seconds) = seconds {
            self.0.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        self
    }
}

/// The train that the address names, where it is one of this server and they may look.
fn train_of(house: &House, visitor: &Visitor) -> Option<String> {
    visitor.may_look(house).ok()?;
    let named = visitor.train.as_ref()?;
    house.open.trains.names().contains(named).then(|| named.to_string())
}

/// A no in the words of the pages.
fn on_a_page(no: Refusal) -> Refusal {
    Refusal { message: hints::said(&no.message), hint: hints::said(&no.hint), ..no }
}

/// Why somebody does not come in.
pub(crate) fn kept_out(house: &House, visitor: &Visitor, no: No) -> NoPage {
    let (refusal, wait) = no.parts();
    NoPage::of(house, visitor, refusal).after(wait)
}

impl IntoResponse for NoPage {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What the conductor of a train tells a page, and the train's zone: for whoever may look.
async fn looked<T, F>(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    look: F,
) -> Result<(T, String), NoPage>
where
    T: Send + 'static,
    F: AsyncFnOnce(&Conductor) -> conductor::failure::Result<T> + Send + 'static,
{
    let no = |refusal| NoPage::of(house, visitor, refusal);
    visitor.may_look(house).map_err(no)?;
    let told = looked_at(house, visitor, train, look).await.map_err(no)?;
    counted(house, visitor).await;
    Ok(told)
}

/// The same as a part of a page, which asks itself who may look, and says in its own way why there is nothing.
async fn looked_at<T, F>(
    house: &House,
    visitor: &Visitor,
    train: &TrainName,
    look: F,
) -> Result<(T, String), Refusal>
where
    T: Send + 'static,
    F: AsyncFnOnce(&Conductor) -> conductor::failure::Result<T> + Send + 'static,
{
    let looking = visitor.looking(house, train);
    let told = async move |conductor: Conductor| {
        let conductor = Conductor { looking, ..conductor.at_a_glance().await? };
        let zone = conductor.settings.timetable.zone_name().to_owned();
        Ok((look(&conductor).await?, zone))
    };
    house.story(&visitor.who(), train, told).await
}

/// A text as it stands behind the question mark of an address.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A template as an answer. One that can't be written down is a fault of the program, and said as one.
pub(crate) fn shown(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is at no address.
pub(crate) async fn nowhere(State(house): State<House>, visitor: Visitor) -> NoPage {
    let refusal =
        Refusal::new(Code::NotFound, "there is no such page", "the first page lists the trains");
    NoPage::of(&house, &visitor, refusal)
}
