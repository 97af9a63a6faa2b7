//! Who is aboard a train, and what they may do.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use conductor::Conductor;
use conductor::view::PersonView;
use train::id::TrainName;
use train::people::Role;

use super::words::When;
use super::{Layout, NoPage, looked, shown};
use crate::asked::Path;
use crate::house::House;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    layout: Layout,
    people: Vec<Row>,
    roles: [&'static str; 6],
    /// Whether the reader may give and take.
    may: bool,
}

struct Row {
    name: String,
    roles: String,
    given: Vec<Given>,
}

struct Given {
    role: &'static str,
    by: String,
    at: When,
}

impl Row {
    fn of(person: PersonView) -> Self {
        let words: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
        let given = person.given.into_iter().map(|given| Given {
            role: given.role.word(),
            at: When::date(&given.at),
            by: given.by,
        });
        Self { name: person.name.to_string(), roles: words.join(", "), given: given.collect() }
    }
}

/// `/trains/{train}/people`.
pub(crate) async fn people(
    State(house): State<House>,
    visitor: Visitor,
    Path(train): Path<TrainName>,
) -> Result<Response, NoPage> {
    let look = async |conductor: &Conductor| conductor.people().await;
    let (view, zone) = looked(&house, &visitor, &train, look).await?;
    let layout = Layout::of(&house, &visitor, "People").about(&train).at("people").in_zone(&zone);
    let roles = [Role::Hero, Role::Developer, Role::Qa, Role::Ops, Role::Security, Role::Admin];
    let may = view.may && visitor.may_act().is_ok();
    let people = view.people.into_iter().map(Row::of).collect();
    Ok(shown(&PeoplePage { layout, people, roles: roles.map(Role::word), may }))
}
