//! The description of the interface, OpenAPI 3.1, made from the table of operations and from the types that are answered.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::Json;
use axum::extract::State;
use schemars::SchemaGenerator;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

use super::operation::{Body, Operation};
use super::operations::OPERATIONS;
use crate::asked::Query;
use crate::house::House;
use crate::looks::Nothing;
use crate::problem::Details;
use crate::said::Said;

/// What stands before every path of the table.
pub(super) const BASE: &str = "/api/v1";

/// `openapi.json`.
pub(super) async fn described(
    State(house): State<House>,
    Query(Nothing {}): Query<Nothing>,
) -> Json<Value> {
    let mut document = DOCUMENT.clone();
    document["info"]["version"] = Value::from(house.open.built.version);
    document["servers"] = json!([{ "url": house.path(BASE) }]);
    Json(document)
}

/// What is the same wherever it is served.
pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| Writer::new().document());

/// Why a request is answered with no, by its status.
pub(super) const NOES: &[(u16, &str)] = &[
    (400, "The request can't be read, or names no such date."),
    (401, "Whoever asks is not known."),
    (403, "Whoever asks is not in the role that this takes."),
    (404, "There is nothing of that name."),
    (408, "It came too slowly."),
    (409, "A rule refused, there is a conflict, or the push is in no state for it."),
    (412, "The plan is not the one that was read."),
    (413, "It is too large."),
    (422, "The key stands for another wish."),
    (428, "It has to be read first: the yes takes the digest of the plan."),
    (429, "Too many tries have failed."),
    (500, "The record or this machine failed, or not all of it was done."),
    (501, "A remote can't do what is asked."),
    (502, "A remote failed, or could not be reached."),
    (503, "Another process holds the train."),
];

/// Writes the document; types are described as they are read, and as they are written.
struct Writer {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Writer {
    fn new() -> Self {
        let generator = |contract| {
            SchemaSettings::draft2020_12()
                .with(|settings| {
                    settings.definitions_path = "/components/schemas".into();
                    settings.meta_schema = None;
                    settings.contract = contract;
                })
                .into_generator()
        };
        let (read, written) = (generator(Contract::Deserialize), generator(Contract::Serialize));
        Self { read, written }
    }

    fn document(mut self) -> Value {
        let mut paths = Map::new();
        for operation in OPERATIONS {
            let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
            entry[method(operation)] = self.operation(operation);
        }
        let problem = self.written.subschema_for::<Details<'static>>();
        self.written.subschema_for::<Said>();
        let responses: Map<String, Value> = NOES
            .iter()
            .map(|(status, about)| {
                let content = json!({ "application/problem+json": { "schema": problem } });
                (status.to_string(), json!({ "description": about, "content": content }))
            })
            .collect();
        let mut schemas = self.read.take_definitions(true);
        // What can be asked is told where it can be.
        let asked = OPERATIONS.iter().map(|operation| (operation.query)(&mut self.written));
        let asked: Vec<String> =
            asked.filter_map(|form| Some(name_of(form.as_value())?.to_owned())).collect();
        schemas.extend(self.written.take_definitions(true));
        schemas.retain(|name, _| !asked.contains(name));
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "pushduty",
                "version": "",
                "summary": "The release train for teams that ship several git repositories together on a schedule.",
                "description": "Views under the names of the commands, and one address that takes every wish. Documents are those of \
                    `--json`; a no is a document of problem details (RFC 9457). They grow by adding keys.",
            },
            "security": [{ "token": [] }, { "session": [] }],
            "paths": paths,
            "components": {
                "schemas": schemas,
                "responses": responses,
                "securitySchemes": {
                    "token": {
                        "type": "http", "scheme": "bearer",
                        "description": "A token, made on the page of one's name: to look, to write in notes, or to act as oneself.",
                    },
                    "session": {
                        "type": "apiKey", "in": "cookie", "name": "pushduty",
                        "description": "A browser that is signed in.",
                    },
                },
            },
        })
    }

    fn operation(&mut self, operation: &Operation) -> Value {
        let mut answers = Map::new();
        for body in operation.gives {
            answers.insert(body.status.to_string(), self.answer(operation, body));
        }
        for status in operation.noes {
            let place = format!("#/components/responses/{status}");
            answers.insert(status.to_string(), json!({ "$ref": place }));
        }
        let mut entry = json!({
            "operationId": operation.id,
            "summary": operation.title,
            "description": operation.about,
            "parameters": self.parameters(operation),
            "responses": answers,
        });
        if operation.open {
            entry["security"] = json!([]);
        }
        if let Some(body) = &operation.takes {
            let schema = (body.form)(&mut self.read);
            let content = json!({ body.kind: { "schema": schema } });
            entry["requestBody"] =
                json!({ "required": true, "description": body.about, "content": content });
        }
        entry
    }

    fn answer(&mut self, operation: &Operation, body: &Body) -> Value {
        let schema = (body.form)(&mut self.written);
        let mut content = json!({ body.kind: { "schema": schema } });
        if operation.headers.iter().any(|(name, _)| *name == "Accept") {
            content["text/event-stream"] = json!({ "schema": { "type": "string" } });
        }
        json!({ "description": body.about, "content": content })
    }

    fn parameters(&mut self, operation: &Operation) -> Vec<Value> {
        let named = operation.path.split(['{', '}']).skip(1).step_by(2);
        let path = named.map(|name| {
            let (about, form) = match name {
                "train" => ("The train, by its name.", self.read.subschema_for::<train::id::TrainName>()),
                "step" => ("The step, as it was answered.", self.read.subschema_for::<String>()),
                _ => ("Its key, as the log has it.", self.read.subschema_for::<String>()),
            };
            json!({ "name": name, "in": "path", "required": true, "description": about, "schema": form })
        });
        let mut all: Vec<Value> = path.collect();
        all.extend(questions(&mut self.read, operation));
        // What is answered in a stream is said with each answer.
        let headers = operation.headers.iter().filter(|(name, _)| *name != "Accept");
        all.extend(headers.map(|(name, about)| {
            let form = match *name {
                "Idempotency-Key" => json!({
                    "type": "string", "pattern": "^[!#-~]+$", "minLength": 1, "maxLength": 255,
                }),
                _ => json!({ "type": "string" }),
            };
            json!({ "name": name, "in": "header", "description": about, "schema": form })
        }));
        all
    }
}

/// The method of an operation, as the document has it.
pub(super) fn method(operation: &Operation) -> &'static str {
    if operation.acts { "post" } else { "get" }
}

/// What can be asked behind the question mark: each property is one parameter.
fn questions(generator: &mut SchemaGenerator, operation: &Operation) -> Vec<Value> {
    let named = (operation.query)(generator);
    let name = named.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
    let whole = name.and_then(|name| generator.definitions().get(name).cloned());
    let whole = whole.unwrap_or_default();
    let needed = |name: &String| {
        whole["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name.as_str()))
    };
    let properties = whole["properties"].as_object().cloned().unwrap_or_default();
    let one = |(name, form): (String, Value)| {
        let mut form = form;
        let about = form.as_object_mut().and_then(|form| form.remove("description"));
        json!({
            "name": name, "in": "query", "required": needed(&name), "description": about,
            "schema": never_null(form),
        })
    };
    properties.into_iter().map(one).collect()
}

/// A form without its null: behind a question mark what is not said is left out.
fn never_null(mut form: Value) -> Value {
    let null = json!("null");
    if let Some(forms) = form.get_mut("anyOf").and_then(Value::as_array_mut) {
        forms.retain(|form| form["type"] != null);
        if let [only] = forms.as_slice() {
            return only.clone();
        }
    }
    if let Some(types) = form.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|one| *one != null);
        if let [only] = types.as_slice() {
            form["type"] = only.clone();
        }
    }
    if let Some(object) = form.as_object_mut() {
        object.remove("default");
    }
    form
}

/// A schema's name, where it is one of the named ones.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// A form by its name, and all that it leads to: each once, what is nearer first.
pub(super) fn led_to(name: &str) -> Vec<&str> {
    let schemas = &DOCUMENT["components"]["schemas"];
    let mut all = vec![name];
    let mut next = 0;
    while let Some(schema) = all.get(next).map(|name| &schemas[*name]) {
        let mut found = BTreeSet::new();
        refs(schema, &mut found);
        for name in found.into_iter().filter_map(|place| place.rsplit('/').next()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        next += 1;
    }
    all
}

/// Every `$ref` below a value.
fn refs<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| refs(value, found));
        }
        Value::Array(array) => array.iter().for_each(|value| refs(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_referred_to_is_there() {
        let mut found = BTreeSet::new();
        refs(&DOCUMENT, &mut found);
        assert!(found.len() > 50, "the views are described");
        for place in found {
            let pointer = place.strip_prefix('#').expect("it is in the document");
            assert!(DOCUMENT.pointer(pointer).is_some(), "{place}");
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_words() {
        let ids: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
        assert_eq!(ids.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            assert!(
                !operation.title.is_empty() && operation.about.ends_with('.'),
                "{}",
                operation.id
            );
            for status in operation.noes {
                assert!(NOES.iter().any(|(one, _)| one == status), "{status}");
            }
        }
    }

    #[test]
    fn every_parameter_and_every_key_of_a_view_is_described() {
        for (path, entry) in DOCUMENT["paths"].as_object().expect("paths") {
            for operation in entry.as_object().expect("operations").values() {
                for parameter in operation["parameters"].as_array().expect("parameters") {
                    assert!(parameter["description"].is_string(), "{path}: {parameter}");
                }
            }
        }
    }

    #[test]
    fn the_statuses_are_those_of_the_codes() {
        for code in train::refusal::Code::ALL {
            assert!(NOES.iter().any(|(status, _)| *status == code.status()), "{code:?}");
        }
    }
}
