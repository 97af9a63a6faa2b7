//! Secrets are named in the configuration, never written there: by a variable of the environment or by a file.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use train::refusal::{Code, Refusal};

/// What is said when a secret stands in the file itself.
pub(crate) const IN_THE_OPEN: &str =
    "a secret stands here in the open, where everybody who reads the file can read it";

/// What to do about it.
pub(crate) const HELP: &str = "name it: { env = \"NAME\" } for a variable of the environment, { file = \"PATH\" } for a file; then renew the secret";

/// Text that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `text`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Where a secret is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In a variable of the environment.
    Env(String),
    /// In a file, without the line break at its end. Relative paths are the configuration's folder's.
    File(PathBuf),
}

impl Secret {
    /// Fetches it. `variable` looks into the environment, `folder` is that of the configuration.
    ///
    /// Refuses, naming only the place, where there is none or it is empty.
    pub fn fetch(
        &self,
        folder: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Hidden, Refusal> {
        let (found, place) = match self {
            Self::Env(name) => {
                (variable(name), format!("the variable {}", train::id::quoted(name)))
            }
            Self::File(path) => {
                let path = folder.join(path);
                let place = format!("the file {}", train::id::quoted(&path.to_string_lossy()));
                (std::fs::read_to_string(path).ok(), place)
            }
        };
        let text = found.map(|t| t.trim_end_matches(['\r', '\n']).to_owned()).unwrap_or_default();
        if text.is_empty() {
            return Err(Refusal::new(
                Code::Configuration,
                format!("{place} holds no secret"),
                "set it for the user that runs pushduty, or name another place in the configuration",
            ));
        }
        Ok(Hidden(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(SecretVisitor)
    }
}

/// Reads a secret's place.
pub(crate) struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ env = \"NAME\" } or { file = \"PATH\" }")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Secret, E> {
        Err(E::custom(IN_THE_OPEN))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
        let form = || {
            A::Error::custom(
                "a secret's place is { env = \"NAME\" } or { file = \"PATH\" }, with one key",
            )
        };
        let key: String = map.next_key()?.ok_or_else(form)?;
        let value: String = map.next_value()?;
        if map.next_key::<String>()?.is_some() || value.is_empty() || value.contains('\0') {
            return Err(form());
        }
        match key.as_str() {
            "env" => Ok(Secret::Env(value)),
            "file" => Ok(Secret::File(value.into())),
            _ => Err(form()),
        }
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |key: &str, what: &str| {
            json_schema!({
                "type": "object",
                "properties": { key: { "type": "string", "description": what } },
                "required": [key],
                "additionalProperties": false
            })
        };
        json_schema!({
            "description": "Where a secret is to be had; the secret itself is never written here.",
            "oneOf": [
                one("env", "A variable of the environment."),
                one("file", "A file; relative paths are the configuration's folder's.")
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Holder {
        token: Secret,
    }

    #[test]
    fn both_forms_are_read_and_fetched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("t"), "from file\n").unwrap();
        let env: Holder = toml::from_str("token = { env = \"T\" }").unwrap();
        let file: Holder = toml::from_str("token = { file = \"t\" }").unwrap();
        let variable = |name: &str| (name == "T").then(|| "from env".to_owned());
        assert_eq!(env.token.fetch(folder.path(), variable).unwrap().expose(), "from env");
        assert_eq!(file.token.fetch(folder.path(), variable).unwrap().expose(), "from file");
        let none = env.token.fetch(folder.path(), |_| None).unwrap_err();
        assert_eq!(none.message, "the variable “T” holds no secret");
    }

    #[test]
    fn a_secret_in_the_open_is_refused_without_being_repeated() {
        let said = toml::from_str::<Holder>("token = \"hunter2\"").unwrap_err();
        assert_eq!(said.message(), IN_THE_OPEN);
        for bad in
            ["{ env = \"A\", file = \"b\" }", "{}", "{ vault = \"x\" }", "{ env = \"\" }", "7"]
        {
            assert!(
                toml::from_str::<Holder>(&format!("token = {bad}")).is_err(),
                "{bad} was taken"
            );
        }
    }

    #[test]
    fn what_is_hidden_does_not_show() {
        assert_eq!(format!("{:?}", Hidden::new("hunter2".into())), "(hidden)");
    }
}
