//! Who is there: what editors say of themselves, as far as it is true and short.

use std::collections::BTreeMap;

use conductor::ports::Presence;
use serde_json::{Value, json};

/// The longest thing that an editor says of itself, in bytes.
const LONGEST: usize = 1_000;
/// How many numbers one connection speaks for: an editor that begins anew has another.
const MOST: usize = 4;

/// What one connection says of its editors.
#[derive(Debug, Default)]
pub(super) struct There(BTreeMap<u64, Presence>);

impl There {
    /// Takes in what an editor says. What is not of `name`, by the high bits of its number (`mark`), or says another name, is
    /// passed over. Answers with what the others are told.
    pub fn heard(&mut self, said: &Presence, name: &str, mark: u32) -> Option<Presence> {
        if said.number >> 32 != u64::from(mark) {
            return None;
        }
        match self.0.get(&said.number) {
            Some(known) if known.clock >= said.clock => return None,
            None if self.0.len() >= MOST => return None,
            _ => {}
        }
        let state = said.state.as_deref().map(|state| told(state, name));
        let told = match state {
            Some(None) => return None,
            Some(state) => Presence { state, ..said.clone() },
            None => said.clone(),
        };
        self.0.insert(said.number, told.clone());
        Some(told)
    }

    /// Those that are there.
    pub fn all(&self) -> impl Iterator<Item = &Presence> {
        self.0.values().filter(|one| one.state.is_some())
    }

    /// What the others are told when they go.
    pub fn gone(&self) -> impl Iterator<Item = Presence> {
        self.all().map(|one| Presence { number: one.number, clock: one.clock + 1, state: None })
    }
}

/// Of a state the name, where it is that one, and the caret; nothing else.
fn told(state: &str, name: &str) -> Option<String> {
    if state.len() > LONGEST {
        return None;
    }
    let said: Value = serde_json::from_str(state).ok()?;
    let cursor = said.get("cursor").cloned().unwrap_or_default();
    let named = said.get("user").and_then(|user| user.get("name")).and_then(Value::as_str);
    (named == Some(name)).then(|| json!({ "user": { "name": name }, "cursor": cursor }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(number: u64, clock: u64, state: &str) -> Presence {
        Presence { number, clock, state: Some(state.to_owned()) }
    }

    #[test]
    fn only_what_is_true_is_passed_on() {
        let mut there = There::default();
        let mine = (7 << 32) | 1;
        let told =
            there.heard(&says(mine, 1, r#"{"user":{"name":"mat","x":"<b>"},"evil":1}"#), "mat", 7);
        assert_eq!(told.unwrap().state.unwrap(), r#"{"cursor":null,"user":{"name":"mat"}}"#);
        for said in [
            says((8 << 32) | 1, 1, r#"{"user":{"name":"mat"}}"#),
            says(mine, 2, r#"{"user":{"name":"kumar"}}"#),
            says(mine, 2, r#"{"user":{}}"#),
            says(mine, 2, "{"),
            says(
                mine,
                2,
                &format!(r#"{{"user":{{"name":"mat"}},"cursor":"{}"}}"#, "x".repeat(1_000)),
            ),
            says(mine, 1, r#"{"user":{"name":"mat"}}"#),
        ] {
            assert_eq!(there.heard(&said, "mat", 7), None, "{said:?}");
        }
        assert_eq!(there.all().count(), 1);
        assert_eq!(there.gone().next(), Some(Presence { number: mine, clock: 2, state: None }));
    }

    #[test]
    fn nobody_fills_the_room_with_editors() {
        let mut there = There::default();
        for editor in 1..100 {
            there.heard(&says((7 << 32) | editor, 1, r#"{"user":{"name":"mat"}}"#), "mat", 7);
        }
        assert_eq!(there.all().count(), MOST);
    }
}
