//! The schema, the reference page and the samples say the same.

use std::collections::BTreeSet;
use std::path::Path;

use pushduty::config::{read, schema};
use serde_json::Value;

const PAGE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/configuration.md"));
const SAMPLES: [&str; 2] =
    [include_str!("../samples/amo.toml"), include_str!("../samples/two-trains.toml")];

/// Every key of the schema by its path; tables by name are `NAME`, lists are transparent. Trains of their own are left out.
fn schema_keys() -> BTreeSet<String> {
    let schema = schema();
    let mut keys = BTreeSet::new();
    for (name, value) in schema["properties"].as_object().expect("keys") {
        if name != "trains" {
            collect(&schema, name, value, &mut keys);
        }
    }
    keys
}

fn collect(root: &Value, path: &str, node: &Value, keys: &mut BTreeSet<String>) {
    if let Some(target) = node["$ref"].as_str() {
        return collect(
            root,
            path,
            root.pointer(target.strip_prefix('#').expect("a reference inside"))
                .expect("its target"),
            keys,
        );
    }
    if node["items"].is_object() {
        collect(root, path, &node["items"], keys);
    } else if node["additionalProperties"].is_object() {
        collect(root, &format!("{path}.NAME"), &node["additionalProperties"], keys);
    } else if let Some(properties) = node["properties"].as_object() {
        for (name, value) in properties {
            keys.insert(format!("{path}.{name}"));
            collect(root, &format!("{path}.{name}"), value, keys);
        }
    }
}

/// Every key of the page: the first column of the tables under a heading that names a table of the file.
fn page_keys() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut table = None;
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            let name = heading.trim_start_matches('#').trim().trim_matches('`');
            table = name.starts_with('[').then(|| name.replace(['[', ']'], ""));
        } else if let (Some(table), Some(row)) = (&table, line.strip_prefix("| `")) {
            keys.insert(format!("{table}.{}", row.split('`').next().expect("a key")));
        }
    }
    keys
}

#[test]
fn the_page_has_every_key_of_the_schema_and_no_other() {
    let (schema, page) = (schema_keys(), page_keys());
    assert!(schema.len() > 40, "{schema:?}");
    let missing: Vec<_> = schema.difference(&page).collect();
    let surplus: Vec<_> = page.difference(&schema).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:?}, surplus {surplus:?}");
}

#[test]
fn every_key_has_its_meaning_and_every_default_of_the_page_is_the_schemas() {
    let schema = schema();
    let tables = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    for (name, key) in tables.filter_map(|t| t["properties"].as_object()).flatten() {
        assert!(
            key["description"].as_str().is_some_and(|d| d.ends_with('.')),
            "{name} lacks its meaning"
        );
    }
    let said: BTreeSet<String> = PAGE
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?.split(" | ").nth(2)?.strip_prefix('`')?.strip_suffix('`')
        })
        .map(|toml| toml.replace(' ', ""))
        .collect();
    let tables = schema["$defs"].as_object().unwrap().values();
    let defaults: BTreeSet<String> = tables
        .filter_map(|t| t["properties"].as_object())
        .flat_map(|p| p.values())
        .filter_map(|key| key.get("default"))
        .map(|default| default.to_string().replace(' ', ""))
        .collect();
    assert_eq!(said, defaults);
}

#[test]
fn the_examples_of_the_page_are_taken() {
    let blocks: Vec<&str> =
        PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 10);
    for block in blocks {
        if let Err(problems) = read(block, Path::new("/train")) {
            panic!("{:?}\nin\n{block}", problems.in_order());
        }
    }
}

#[test]
fn the_schema_knows_every_key_of_the_samples() {
    let mut known = schema_keys();
    known.extend(schema_keys().iter().map(|key| format!("trains.NAME.{key}")));
    let bare: Vec<String> = known
        .iter()
        .filter_map(|k| k.strip_prefix("trains.NAME.train."))
        .map(|k| format!("trains.NAME.{k}"))
        .collect();
    known.extend(bare);
    for sample in SAMPLES {
        let table: toml::Table = sample.parse().unwrap();
        let mut used = BTreeSet::new();
        walk("", &toml::Value::Table(table), &mut used);
        for path in used {
            let by_name = |path: &str, key: &str| {
                let mut parts: Vec<&str> = path.split('.').collect();
                let at = parts.iter().position(|p| *p == key);
                if let Some(name) = at.and_then(|at| parts.get_mut(at + 1)) {
                    *name = "NAME";
                }
                parts.join(".")
            };
            let plain =
                ["trains", "people", "gates", "repos", "components", "environments", "channels"]
                    .iter()
                    .fold(path, |path, key| {
                        if key == &"environments" && path.starts_with("components") {
                            path
                        } else {
                            by_name(&path, key)
                        }
                    });
            assert!(
                known.contains(&plain) || plain.ends_with(".freeze"),
                "the schema lacks {plain}"
            );
        }
    }
}

/// The paths of all values that are no tables.
fn walk(path: &str, value: &toml::Value, used: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(&path, value, used);
            }
        }
        toml::Value::Array(all) if all.iter().any(toml::Value::is_table) => {
            all.iter().for_each(|value| walk(path, value, used));
        }
        _ => {
            used.insert(path.to_owned());
        }
    }
}
