//! The configuration's JSON schema, from the same types that read it.

use serde_json::Value;

use super::file::FileSchema;

/// The schema (JSON Schema 2020-12), with every key's meaning and default.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(FileSchema).to_value();
    without_null(&mut schema);
    schema
}

/// TOML has no null: a key that is not set is left out.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(without_null),
        Value::Object(keys) => {
            if let Some(Value::Array(types)) = keys.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    keys.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(any)) = keys.get_mut("anyOf") {
                any.retain(|one| one.get("type").is_none_or(|name| name != "null"));
                if let [Value::Object(only)] = any.as_mut_slice() {
                    let only = std::mem::take(only);
                    keys.remove("anyOf");
                    keys.extend(only);
                }
            }
            keys.values_mut().for_each(without_null);
        }
        _ => {}
    }
}
