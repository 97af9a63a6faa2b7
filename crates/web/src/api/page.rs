//! The description of the interface as pages: the same document, read by people. All operations are on one page, each form on
//! one with whatever it leads to. Made by the server, so that they need nothing from anywhere.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use train::id::quoted;
use train::refusal::{Code, Refusal};

use super::openapi::{BASE, DOCUMENT, NOES, led_to, method};
use super::operation::Operation;
use super::operations::OPERATIONS;
use super::shape::{Piece, either, form, needed, words};
use crate::asked::Query;
use crate::house::House;
use crate::looks::OfForm;
use crate::pages::{Layout, shown};
use crate::problem::Problem;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    layout: Layout,
    base: String,
    /// What stands before a form's name where one is led to it.
    to: &'static str,
    operations: Vec<Shown>,
    noes: &'static [(u16, &'static str)],
    no: Row,
    /// The names of all forms.
    names: Vec<&'static String>,
    /// Those that are shown instead of the operations.
    forms: Vec<Named>,
}

/// An operation.
struct Shown {
    id: &'static str,
    method: String,
    path: &'static str,
    title: &'static str,
    about: &'static str,
    takes: Vec<Row>,
    gives: Vec<Row>,
    noes: String,
}

/// A parameter, a body, a key of a document, or one of the ways that it can be.
#[derive(Default)]
struct Row {
    name: String,
    place: Option<String>,
    form: Vec<Piece>,
    needed: bool,
    about: String,
}

/// A form with a name.
struct Named {
    name: String,
    about: String,
    fields: Vec<Row>,
    ways: Vec<Row>,
}

/// `/api/v1/`.
pub(super) async fn page(
    State(house): State<House>,
    visitor: Visitor,
    Query(asked): Query<OfForm>,
) -> Result<Response, Problem> {
    let whole = |title: &str| ApiPage {
        layout: Layout::of(&house, &visitor, title),
        base: house.path(BASE),
        to: "?form=",
        operations: Vec::new(),
        noes: NOES,
        no: no(),
        names: Vec::new(),
        forms: Vec::new(),
    };
    let schemas = &DOCUMENT["components"]["schemas"];
    let Some(name) = asked.form.as_deref() else {
        let names = schemas.as_object().into_iter().flat_map(|all| all.keys());
        return Ok(shown(&ApiPage {
            operations: OPERATIONS.iter().map(operation).collect(),
            names: names.collect(),
            ..whole("The interface for programs")
        }));
    };
    if schemas.get(name).is_none() {
        let what = format!("there is no form {}", quoted(name));
        return Err(Refusal::new(Code::NotFound, what, "the page without `form` lists all").into());
    }
    let forms = led_to(name).into_iter().map(|name| named(name, &schemas[name]));
    Ok(shown(&ApiPage { to: "#", forms: forms.collect(), ..whole(name) }))
}

fn operation(operation: &'static Operation) -> Shown {
    let entry = &DOCUMENT["paths"][operation.path][method(operation)];
    let body = &entry["requestBody"];
    let body = body.is_object().then(|| Row {
        name: "body".to_owned(),
        needed: true,
        form: form(&body["content"]["application/json"]["schema"]),
        about: words(&body["description"]),
        ..Row::default()
    });
    let listed = entry["parameters"].as_array().into_iter().flatten();
    let noes: Vec<String> = operation.noes.iter().map(ToString::to_string).collect();
    Shown {
        id: operation.id,
        method: method(operation).to_uppercase(),
        path: operation.path,
        title: operation.title,
        about: operation.about,
        takes: listed.map(parameter).chain(body).collect(),
        gives: operation.gives.iter().map(|body| answer(entry, body.status, body.kind)).collect(),
        noes: noes.join(", "),
    }
}

fn parameter(parameter: &Value) -> Row {
    Row {
        name: words(&parameter["name"]),
        place: Some(words(&parameter["in"])),
        form: form(&parameter["schema"]),
        needed: parameter["required"] == true,
        about: words(&parameter["description"]),
    }
}

fn answer(entry: &Value, status: u16, kind: &str) -> Row {
    let answer = &entry["responses"][status.to_string()];
    Row {
        name: status.to_string(),
        needed: true,
        form: form(&answer["content"][kind]["schema"]),
        about: words(&answer["description"]),
        ..Row::default()
    }
}

/// What every no is answered with.
fn no() -> Row {
    let mut noes = DOCUMENT["components"]["responses"].as_object().into_iter().flatten();
    let any = noes.next().map(|(_, no)| form(&no["content"]["application/problem+json"]["schema"]));
    Row { form: any.unwrap_or_default(), ..Row::default() }
}

fn named(name: &str, schema: &Value) -> Named {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields = properties.map(|(key, value)| Row {
        name: key.clone(),
        needed: needed(schema, key),
        form: form(value),
        about: words(&value["description"]),
        ..Row::default()
    });
    let fields: Vec<Row> = fields.collect();
    let way = |form, about| Row { form, about, ..Row::default() };
    let ways: Vec<Row> = match either(schema) {
        Some(all) => all.iter().map(|one| way(form(one), words(&one["description"]))).collect(),
        None if fields.is_empty() => vec![way(form(schema), String::new())],
        None => Vec::new(),
    };
    Named { name: name.to_owned(), about: words(&schema["description"]), fields, ways }
}
