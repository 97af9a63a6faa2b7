//! Documents as they are kept for whoever reviews them: one whole, as somebody with every role reads it, and of the others where
//! they differ from it, by place (RFC 6901) and value. What is another in every run stands by its name.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;
use testkit::{PushDuty, Remote};

use crate::roles::{ROLES, Real};
use crate::server::Answer;

/// Fields that are another in every run, or on every machine, in a form that nothing tells from others.
const BY_FIELD: &[(&str, &str)] = &[
    ("took_ms", "[ms]"),
    ("update", "[update]"),
    ("local", "[user]"),
    ("token", "[token]"),
    ("node_before", "[machine]"),
];
/// As many digits of a hash as people are shown.
const SHORT: usize = 7;

/// The names of what is another in every run.
pub struct Names<'w> {
    world: &'w PushDuty,
    remotes: Vec<&'w Remote>,
    /// Of commits and tags by their hashes.
    hashes: Vec<(String, String)>,
    ids: Vec<(String, String)>,
}

impl<'w> Names<'w> {
    /// Those of a world with these remotes, and of what its addresses name.
    pub fn new(world: &'w PushDuty, remotes: Vec<&'w Remote>, real: &[Real]) -> Self {
        let id = |one: &Real| (one.is.clone(), format!("[{}]", one.of));
        let ids = real.iter().filter(|one| one.hole == "{step}").map(id).collect();
        let mut names = Self { world, remotes, hashes: Vec::new(), ids };
        names.learn();
        names
    }

    /// Takes in what came to be since; what has a name keeps it.
    pub fn learn(&mut self) {
        let mut found = Vec::new();
        for remote in &self.remotes {
            let of = remote.name();
            for (name, at) in remote.refs() {
                let branch = name.strip_prefix("refs/heads/");
                found.extend(branch.map(|branch| (at, format!("[{of} {branch}]"))));
            }
            for (name, tag) in remote.tags() {
                found.push((tag.object, format!("[tag {of} {name}]")));
                found.push((tag.commit, format!("[commit of {of} {name}]")));
            }
        }
        for (hash, name) in found {
            if !self.hashes.iter().any(|(known, own)| *known == hash || *own == name) {
                self.hashes.push((hash, name));
            }
        }
    }

    /// What each of the roles is answered.
    pub fn read(&self, answers: &[Answer]) -> String {
        let own = |answer: &Answer| (answer.status, self.tidied(&answer.json()));
        let documents: Vec<(u16, Value)> = answers.iter().map(own).collect();
        let (last, others) = documents.split_last().expect("somebody has every role");
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for (role, document) in ROLES.iter().zip(others) {
            let beside = beside_the_whole(last, document);
            match told.iter_mut().find(|(same, _)| *same == beside) {
                Some((_, roles)) => roles.push(*role),
                None => told.push((beside, vec![*role])),
            }
        }
        let mut text = format!("all: {}\n{}\n", last.0, written(&last.1));
        for (beside, roles) in told {
            write!(text, "\n{}: {beside}", roles.join(", ")).expect("a text takes what is written");
        }
        text
    }

    fn tidied(&self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let one = |(key, value): (&String, &Value)| {
                    let named = BY_FIELD.iter().find(|(field, _)| field == key);
                    let own = match (named, value) {
                        (Some((_, name)), Value::String(_) | Value::Number(_)) => {
                            Value::from(*name)
                        }
                        _ => self.tidied(value),
                    };
                    (self.text(key), own)
                };
                Value::Object(fields.iter().map(one).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.tidied(item)).collect(),
            Value::String(text) => Value::from(self.text(text)),
            plain => plain.clone(),
        }
    }

    /// A text with names for what has one. Times of the world's clock, which stands, are the same in every run; those of the
    /// machine's would have a fraction.
    fn text(&self, text: &str) -> String {
        if text.contains('.') && text.parse::<jiff::Timestamp>().is_ok() {
            return "[time]".to_owned();
        }
        let mut named = String::with_capacity(text.len());
        for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_its =
                |(hash, _): &&(String, String)| bare.len() >= SHORT && hash.starts_with(bare);
            let known = self.hashes.iter().find(is_its);
            named.push_str(known.map_or(bare, |(_, name)| name.as_str()));
            named.push_str(&word[bare.len()..]);
        }
        let named = self.ids.iter().fold(named, |text, (id, name)| text.replace(id, name));
        self.world.tidy(&named)
    }
}

fn written(document: &Value) -> String {
    format!("{document:#}")
}

/// What somebody is answered, told by what whoever has every role is.
fn beside_the_whole((whole_status, whole): &(u16, Value), (status, own): &(u16, Value)) -> String {
    if status != whole_status {
        return format!("{status}\n{}\n", written(own));
    }
    let mut found = Vec::new();
    differences("", whole, own, &mut found);
    match found.is_empty() {
        true => format!("{status}, the same\n"),
        false => format!("{status}, but\n{}\n", found.join("\n")),
    }
}

/// Where a document differs from the whole one: `=` what stands there, `-` nothing does, `+` what the whole one has not.
fn differences(at: &str, whole: &Value, own: &Value, found: &mut Vec<String>) {
    match (whole, own) {
        _ if whole == own => {}
        (Value::Object(whole), Value::Object(own)) => {
            let keys: BTreeSet<&String> = whole.keys().chain(own.keys()).collect();
            for key in keys {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                difference(&at, whole.get(key), own.get(key), found);
            }
        }
        (Value::Array(whole), Value::Array(own)) => {
            for (of_whole, of_own) in laid(whole, own) {
                let place = of_whole.map_or("-".to_owned(), |n| n.to_string());
                let (of_whole, of_own) = (of_whole.map(|n| &whole[n]), of_own.map(|n| &own[n]));
                difference(&format!("{at}/{place}"), of_whole, of_own, found);
            }
        }
        _ => found.push(format!("= {at} {own}")),
    }
}

fn difference(at: &str, whole: Option<&Value>, own: Option<&Value>, found: &mut Vec<String>) {
    match (whole, own) {
        (Some(whole), Some(own)) => differences(at, whole, own, found),
        (Some(_), None) => found.push(format!("- {at}")),
        (None, Some(own)) => found.push(format!("+ {at} {own}")),
        (None, None) => {}
    }
}

/// Two lists beside each other, so that as much as can be is beside the same: an item that only one of them has stands alone.
fn laid(whole: &[Value], own: &[Value]) -> Vec<(Option<usize>, Option<usize>)> {
    let (rows, columns) = (whole.len(), own.len());
    if rows == columns {
        return (0..rows).map(|n| (Some(n), Some(n))).collect();
    }
    // How much is alike, at best, from here to the ends of both.
    let mut best = vec![vec![0; columns + 1]; rows + 1];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let both = alike(&whole[i], &own[j]) + best[i + 1][j + 1];
            best[i][j] = both.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < rows || j < columns {
        let pair = if i == rows {
            (None, Some(j))
        } else if j == columns || best[i][j] == best[i + 1][j] {
            (Some(i), None)
        } else if best[i][j] == best[i][j + 1] {
            (None, Some(j))
        } else {
            (Some(i), Some(j))
        };
        i += usize::from(pair.0.is_some());
        j += usize::from(pair.1.is_some());
        pairs.push(pair);
    }
    pairs
}

/// How many fields of two items are the same.
fn alike(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.iter().filter(|(key, value)| other.get(key.as_str()) == Some(*value)).count()
        }
        _ => usize::from(one == other),
    }
}
