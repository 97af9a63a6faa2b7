//! A form in a few words.

use serde_json::{Map, Value};

use super::openapi::name_of;

/// A piece of what a form is in words.
#[derive(Debug)]
pub(super) struct Piece {
    pub words: String,
    /// Whether it is the name of a form, and leads there.
    pub named: bool,
}

fn said(words: impl Into<String>) -> Piece {
    Piece { words: words.into(), named: false }
}

/// A text of the description; nothing where there is none.
pub(super) fn words(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether a form's key is always there.
pub(super) fn needed(schema: &Value, key: &str) -> bool {
    schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key))
}

/// The forms that it is one of.
pub(super) fn either(schema: &Value) -> Option<&Vec<Value>> {
    ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array())
}

/// The form of a schema: the name that it goes by, its keys, what it is one of.
pub(super) fn form(schema: &Value) -> Vec<Piece> {
    let name = name_of(schema).map(|name| vec![Piece { words: name.to_owned(), named: true }]);
    let keys = schema["properties"].as_object().map(|keys| keyed(schema, keys));
    let one_of = either(schema).map(|all| joined(all.iter().map(form), " or "));
    let parts: Vec<Vec<Piece>> = [name, keys, one_of].into_iter().flatten().collect();
    if parts.is_empty() { plain(schema) } else { joined(parts, " with ") }
}

/// One that is none of these: what it always is, its words, or its kinds.
fn plain(schema: &Value) -> Vec<Piece> {
    if let Some(only) = schema.get("const") {
        return vec![said(only.to_string())];
    }
    if let Some(all) = schema["enum"].as_array() {
        return joined(all.iter().map(|one| vec![said(one.to_string())]), " or ");
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.as_slice(),
        kind => std::slice::from_ref(kind),
    };
    let kind = |kind: &Value| match kind.as_str() {
        Some("array") => of("list of ", &schema["items"]),
        Some("object") if schema["additionalProperties"].is_object() => {
            of("object of ", &schema["additionalProperties"])
        }
        Some(kind) => vec![said(kind)],
        None => vec![said("anything")],
    };
    joined(kinds.iter().map(kind), " or ")
}

fn of(what: &str, inner: &Value) -> Vec<Piece> {
    std::iter::once(said(what)).chain(form(inner)).collect()
}

fn keyed(schema: &Value, keys: &Map<String, Value>) -> Vec<Piece> {
    let one = |(key, inner): (&String, &Value)| {
        let mark = if needed(schema, key) { ": " } else { "?: " };
        of(&format!("{key}{mark}"), inner)
    };
    let mut all = vec![said("{ ")];
    all.extend(joined(keys.iter().map(one), ", "));
    all.push(said(" }"));
    all
}

fn joined(parts: impl IntoIterator<Item = Vec<Piece>>, between: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(said(between));
        }
        all.extend(part);
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The words of a form, with the names that lead on in brackets.
    fn read(schema: &Value) -> String {
        let piece =
            |Piece { words, named }: Piece| if named { format!("[{words}]") } else { words };
        form(schema).into_iter().map(piece).collect()
    }

    #[test]
    fn every_name_in_a_form_leads_on() {
        let (a, b) = (json!({ "$ref": "#/components/schemas/A" }), json!({ "$ref": "#/x/B" }));
        for (schema, words) in [
            (json!({ "anyOf": [a, b, { "type": "null" }] }), "[A] or [B] or null"),
            (json!({ "type": ["array", "null"], "items": a }), "list of [A] or null"),
            (json!({ "type": "object", "additionalProperties": b }), "object of [B]"),
            (json!({ "type": "object" }), "object"),
            (json!({ "enum": ["x", "y"], "type": "string" }), "\"x\" or \"y\""),
            (json!(true), "anything"),
        ] {
            assert_eq!(read(&schema), words, "{schema}");
        }
    }

    #[test]
    fn a_wish_is_said_with_its_keys() {
        let tag = json!({ "command": { "const": "tag" } });
        let named = json!({ "$ref": "#/x/TagWish", "properties": tag, "required": ["command"] });
        assert_eq!(read(&named), "[TagWish] with { command: \"tag\" }");
        let on = json!({ "anyOf": [{ "$ref": "#/x/Date" }, { "type": "null" }] });
        let keys = json!({ "properties": { "push": on } });
        assert_eq!(read(&keys), "{ push?: [Date] or null }");
        let nested =
            json!({ "properties": { "way": { "oneOf": [{ "const": 1 }, { "const": 2 }] } } });
        assert_eq!(read(&nested), "{ way?: 1 or 2 }");
    }
}
