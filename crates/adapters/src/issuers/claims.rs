//! What an ID token says (OpenID Connect Core 1.0, section 2), and whether that is said of this sign-in, to us, and now.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// How far the issuer's clock and ours may be apart, in seconds.
const APART: i64 = 60;
/// The longest name of somebody, in bytes (section 2).
const LONGEST_SUBJECT: usize = 255;

/// The claims that are read.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    pub mail: Mail,
}

/// A mail address with the issuer's word on it: in the token, or to be asked for.
#[derive(Deserialize)]
pub(super) struct Mail {
    email: Option<String>,
    email_verified: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Of what sign-in a token has to be.
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

impl Claims {
    /// Reads them, and holds them against what is expected.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence that begins with the issuer's name.
    pub fn read(payload: &[u8], expected: &Expected<'_>) -> Result<Self, &'static str> {
        let claims: Self = serde_json::from_slice(payload)
            .map_err(|_| "sends a token that does not say enough")?;
        match claims.wrong(expected) {
            Some(what) => Err(what),
            None => Ok(claims),
        }
    }

    fn wrong(&self, expected: &Expected<'_>) -> Option<&'static str> {
        let now = expected.now.as_second();
        let checks = [
            (self.iss == expected.issuer, "sends a token of another issuer"),
            (self.is_for(expected.client), "sends a token that is for somebody else"),
            (self.nonce.as_deref() == Some(expected.nonce), "sends a token of another sign-in"),
            (self.exp > now.saturating_sub(APART), "sends a token that is over"),
            (self.iat <= now.saturating_add(APART), "sends a token of the time to come"),
            (
                self.nbf.is_none_or(|from| from <= now.saturating_add(APART)),
                "sends a token too early",
            ),
            (is_name(&self.sub), "sends a token of nobody"),
        ];
        checks.into_iter().find_map(|(holds, what)| (!holds).then_some(what))
    }

    /// Whether it is meant for us: where it is for others too, it says who asked for it.
    fn is_for(&self, client: &str) -> bool {
        let asked = self.azp.as_deref() == Some(client);
        match &self.aud {
            Audience::One(one) => one == client && (asked || self.azp.is_none()),
            Audience::Several(all) => {
                all.iter().any(|one| one == client)
                    && (asked || (self.azp.is_none() && all.len() == 1))
            }
        }
    }
}

impl Mail {
    /// The address, where the issuer says that it is theirs. Some write the word as text.
    pub fn verified(self) -> Option<String> {
        let word = self.email_verified?;
        self.email.filter(|_| word == Value::Bool(true) || word == "true")
    }

    /// Whether an address is named at all.
    pub fn is_named(&self) -> bool {
        self.email.is_some()
    }
}

/// Whether a subject can be one.
pub(super) fn is_name(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_510_800;

    fn read(change: impl Fn(&mut Value)) -> Result<Claims, &'static str> {
        let mut claims = json!({ "iss": "https://id.example.org", "sub": "7", "aud": "us", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "email": "mat@example.org", "email_verified": true });
        change(&mut claims);
        let expected = Expected {
            issuer: "https://id.example.org",
            client: "us",
            nonce: "n",
            now: Timestamp::from_second(NOW).unwrap(),
        };
        Claims::read(claims.to_string().as_bytes(), &expected)
    }

    #[test]
    fn a_token_is_of_this_issuer_this_client_this_sign_in_and_this_time() {
        assert!(read(|_| {}).is_ok());
        let bad: [(&str, Value); 16] = [
            ("iss", json!("https://id.example.org/")),
            ("iss", Value::Null),
            ("aud", json!("them")),
            ("aud", json!([])),
            ("aud", json!(["us", "them"])),
            ("azp", json!("them")),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("exp", json!(NOW - 61)),
            ("exp", json!("never")),
            ("exp", Value::Null),
            ("iat", json!(NOW + 61)),
            ("nbf", json!(NOW + 3600)),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
            ("sub", json!(7)),
        ];
        for (key, value) in bad {
            assert!(read(|c| c[key] = value.clone()).is_err(), "{key}: {value}");
        }
    }

    #[test]
    fn clocks_may_be_a_little_apart_and_others_may_be_meant_too() {
        assert!(read(|c| c["exp"] = json!(NOW - 59)).is_ok());
        assert!(read(|c| c["iat"] = json!(NOW + 59)).is_ok());
        assert!(read(|c| c["aud"] = json!(["us"])).is_ok());
        let both = |c: &mut Value| (c["aud"], c["azp"]) = (json!(["them", "us"]), json!("us"));
        assert!(read(both).is_ok());
    }

    #[test]
    fn only_a_verified_address_is_one() {
        let mail = |word: Value| {
            let claims = read(|c| c["email_verified"] = word.clone());
            claims.map(|c| c.mail.verified()).ok().flatten()
        };
        assert_eq!(mail(json!(true)), Some("mat@example.org".to_owned()));
        assert_eq!(mail(json!("true")), Some("mat@example.org".to_owned()));
        for word in [json!(false), json!("false"), json!(1), Value::Null, json!("yes")] {
            assert_eq!(mail(word.clone()), None, "{word}");
        }
    }
}
