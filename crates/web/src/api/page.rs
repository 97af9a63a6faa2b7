//! The description of the interface as a page: the same document, read by people. Made by the server, so that it needs
//! nothing from anywhere.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::openapi::{BASE, DOCUMENT, NOES, method, name_of};
use super::operations::OPERATIONS;
use crate::asked::Query;
use crate::house::House;
use crate::looks::Nothing;
use crate::pages::{Layout, shown};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    layout: Layout,
    base: String,
    operations: Vec<Shown>,
    noes: &'static [(u16, &'static str)],
    schemas: Vec<Named>,
}

/// An operation.
struct Shown {
    id: &'static str,
    method: String,
    path: &'static str,
    title: &'static str,
    about: &'static str,
    parameters: Vec<Field>,
    takes: Option<Form>,
    gives: Vec<(String, String, Form)>,
    noes: String,
}

/// A parameter, or a key of a document.
struct Field {
    name: String,
    place: String,
    form: Form,
    needed: bool,
    about: String,
}

/// A form in words, with the named one that it leads to.
struct Form {
    words: String,
    name: Option<String>,
}

/// A form with a name.
struct Named {
    name: String,
    about: String,
    fields: Vec<Field>,
    else_: String,
}

/// `/api/v1/`.
pub(super) async fn page(
    State(house): State<House>,
    visitor: Visitor,
    Query(Nothing {}): Query<Nothing>,
) -> Response {
    let entries = OPERATIONS.iter().map(|operation| {
        let entry = &DOCUMENT["paths"][operation.path][method(operation)];
        let listed = entry["parameters"].as_array().into_iter().flatten();
        let body = &entry["requestBody"]["content"]["application/json"]["schema"];
        let noes: Vec<String> = operation.noes.iter().map(ToString::to_string).collect();
        Shown {
            id: operation.id,
            method: method(operation).to_uppercase(),
            path: operation.path,
            title: operation.title,
            about: operation.about,
            parameters: listed.map(parameter).collect(),
            takes: body.is_object().then(|| form(body)),
            gives: operation
                .gives
                .iter()
                .map(|body| given(entry, body.status, body.kind))
                .collect(),
            noes: noes.join(", "),
        }
    });
    let schemas = DOCUMENT["components"]["schemas"].as_object().into_iter().flatten();
    shown(&ApiPage {
        layout: Layout::of(&house, &visitor, "The interface for programs"),
        base: house.path(BASE),
        operations: entries.collect(),
        noes: NOES,
        schemas: schemas.map(|(name, schema)| named(name, schema)).collect(),
    })
}

fn given(entry: &Value, status: u16, kind: &str) -> (String, String, Form) {
    let answer = &entry["responses"][status.to_string()];
    let about = words(&answer["description"]);
    (status.to_string(), about, form(&answer["content"][kind]["schema"]))
}

fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn parameter(parameter: &Value) -> Field {
    Field {
        name: words(&parameter["name"]),
        place: words(&parameter["in"]),
        form: form(&parameter["schema"]),
        needed: parameter["required"] == true,
        about: words(&parameter["description"]),
    }
}

fn named(name: &str, schema: &Value) -> Named {
    let needed = |key: &str| {
        schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key))
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields: Vec<Field> = properties
        .map(|(key, value)| Field {
            name: key.clone(),
            place: String::new(),
            form: form(value),
            needed: needed(key),
            about: words(&value["description"]),
        })
        .collect();
    let else_ = if fields.is_empty() { form(schema).words } else { String::new() };
    Named { name: name.to_owned(), about: words(&schema["description"]), fields, else_ }
}

/// A schema in a few words.
fn form(schema: &Value) -> Form {
    if let Some(name) = name_of(schema) {
        return Form { words: name.to_owned(), name: Some(name.to_owned()) };
    }
    let several = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array());
    if let Some(several) = several {
        let forms: Vec<Form> = several.iter().map(form).collect();
        let name = forms.iter().find_map(|form| form.name.clone());
        let words: Vec<String> = forms.into_iter().map(|form| form.words).collect();
        return Form { words: words.join(" or "), name };
    }
    if let Some(only) = schema.get("const") {
        return Form { words: only.to_string(), name: None };
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        return Form { words: words.join(" or "), name: None };
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => {
            let of = form(&schema["items"]);
            Form { words: format!("list of {}", of.words), name: of.name }
        }
        Value::String(kind) => Form { words: kind.clone(), name: None },
        Value::Array(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(words).collect();
            Form { words: kinds.join(" or "), name: None }
        }
        _ => Form { words: "anything".to_owned(), name: None },
    }
}
