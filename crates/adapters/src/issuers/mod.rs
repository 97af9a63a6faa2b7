//! Who vouches for people: OpenID Connect with any issuer, and GitHub, which has a way of its own.
//!
//! Both are the code flow of OAuth 2.0 with PKCE (RFC 6749, RFC 7636, RFC 9700): the browser is sent there, and brings a code
//! back, which is good once and worth nothing without the verifier that it was asked for with.

mod claims;
mod github;
mod openid;
mod signed;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use conductor::failure::{Failure, Result};
use conductor::ports::Binding;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use train::id::quoted;
use train::refusal::{Code, Refusal};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::http::{NoAnswer, Question, Web, is_loopback, shown};

pub use github::Github;
pub use openid::OpenId;

/// A code that no issuer gave, and its verifier: whoever knows us says no to the code alone.
const NO_CODE: (&str, &str) = ("none", "a-verifier-of-as-many-characters-as-it-must-have");
/// Where nobody is sent to with it.
const NOWHERE: &str = "http://127.0.0.1/";

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Who we are to an issuer.
#[derive(Clone)]
pub struct Client {
    /// The issuer's name in the configuration.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Our name there.
    pub id: String,
    /// What proves that it is us; none of a client without a secret, of which PKCE has to be enough.
    pub secret: Option<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the token endpoint answers.
#[derive(Deserialize)]
struct Tokens {
    access_token: Option<String>,
    id_token: Option<String>,
    error: Option<String>,
}

impl Client {
    /// Where a browser is sent to.
    fn address(
        &self,
        endpoint: &Url,
        scope: &str,
        back: &str,
        binding: &Binding,
        more: &[(&str, &str)],
    ) -> String {
        let mut url = endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", scope)
            .append_pair("state", &binding.state)
            .append_pair("code_challenge", &challenge(&binding.verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(more);
        url.into()
    }

    /// Gives a code and gets tokens for it. With `in_form` the secret stands in the form, else in a header.
    async fn tokens(
        &self,
        web: &Web,
        endpoint: &Url,
        back: &str,
        code: (&str, &str),
        in_form: bool,
    ) -> Result<Tokens> {
        let (status, tokens) = self.ask(web, endpoint, back, code, in_form).await?;
        match &tokens.error {
            Some(error) if matches!(error.as_str(), "invalid_grant" | "bad_verification_code") => {
                Err(self.refused(
                    "does not take this code: it was used, is over, or was not given to us",
                    "sign in once more",
                ))
            }
            Some(error) => Err(self.unknown(error)),
            None if status != 200 => {
                Err(self.unreached(&NoAnswer::new(format!("answers {status}"))))
            }
            None => Ok(tokens),
        }
    }

    /// Holds that it knows us.
    async fn is_known(&self, web: &Web, endpoint: &Url, in_form: bool) -> Result<()> {
        let (_, tokens) = self.ask(web, endpoint, NOWHERE, NO_CODE, in_form).await?;
        match tokens.error.as_deref() {
            // RFC 6749, section 5.2; the last is GitHub's word for it.
            Some(
                no @ ("invalid_client" | "unauthorized_client" | "incorrect_client_credentials"),
            ) => Err(self.unknown(no)),
            _ => Ok(()),
        }
    }

    async fn ask(
        &self,
        web: &Web,
        endpoint: &Url,
        back: &str,
        (code, verifier): (&str, &str),
        in_form: bool,
    ) -> Result<(u16, Tokens)> {
        let (form, credential) = self.form(back, code, verifier, in_form);
        let question = Question { url: endpoint, form: Some(form), credential };
        let answer = web.ask(&question, LONGEST_ANSWER).await;
        let (status, body) = answer.map_err(|why| self.unreached(&why))?;
        Ok((status, self.read(&body)?))
    }

    /// What is posted for tokens, and what stands in a header beside it.
    fn form(
        &self,
        back: &str,
        code: &str,
        verifier: &str,
        in_form: bool,
    ) -> (String, Option<String>) {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", back)
            .append_pair("code_verifier", verifier);
        let credential = match &self.secret {
            Some(secret) if !in_form => Some(basic(&self.id, secret)),
            secret => {
                form.append_pair("client_id", &self.id);
                if let Some(secret) = secret {
                    form.append_pair("client_secret", secret);
                }
                None
            }
        };
        (form.finish(), credential)
    }

    /// A document that is asked for with an access token.
    async fn document<T: DeserializeOwned>(&self, web: &Web, url: &Url, token: &str) -> Result<T> {
        let question = Question { url, form: None, credential: Some(format!("Bearer {token}")) };
        let answer = web.ask(&question, LONGEST_ANSWER).await;
        match answer.map_err(|why| self.unreached(&why))? {
            (200, body) => self.read(&body),
            (status, _) => Err(self.unreached(&NoAnswer::new(format!("answers {status}")))),
        }
    }

    fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T> {
        serde_json::from_slice(body).map_err(|_| {
            self.unreached(&NoAnswer::new("answers something else than was asked for"))
        })
    }

    fn table(&self) -> String {
        format!("[sign_in.{}]", self.name)
    }

    /// It does not vouch for anybody.
    fn refused(&self, what: &str, hint: &str) -> Failure {
        Refusal::new(Code::NotAllowed, format!("{} {what}", quoted(&self.label)), hint)
    }

    /// It does not know us as the configuration says.
    fn unknown(&self, error: &str) -> Failure {
        let what = format!("answers our question for tokens with {}", word(error));
        let hint = format!("an admin sees to client_id and client_secret of {}", self.table());
        self.refused(&what, &hint)
    }

    /// It says nothing.
    fn unreached(&self, why: &NoAnswer) -> Failure {
        let what = format!("{} {why}", quoted(&self.label));
        let hint = format!("try once more; if it stays so, an admin sees to {}", self.table());
        Refusal::new(Code::Unreachable, what, hint)
    }
}

/// The challenge of a verifier (RFC 7636, section 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// A client's name and secret as a header (RFC 6749, section 2.3.1: each is encoded as in a form first).
fn basic(id: &str, secret: &str) -> String {
    let part = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", part(id), part(secret))))
}

/// A code of an error, fit to be shown.
fn word(text: &str) -> String {
    quoted(&shown(text, 60))
}

/// An address that secrets may be sent to: over TLS, or to this machine.
fn is_private(url: &Url) -> bool {
    url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn names_and_secrets_are_encoded_before_they_stand_in_a_header() {
        let value = basic("a:b", "c d%");
        let decoded = STANDARD.decode(value.trim_start_matches("Basic ")).unwrap();
        assert_eq!(decoded, b"a%3Ab:c+d%25");
    }

    #[test]
    fn nothing_secret_goes_over_plain_http_but_on_this_machine() {
        let private = |text: &str| is_private(&text.parse().unwrap());
        assert!(private("https://id.example.org/x") && private("http://127.0.0.1:3000/"));
        assert!(!private("http://id.example.org/") && !private("ftp://127.0.0.1/"));
    }

    #[test]
    fn a_client_does_not_show_its_secret() {
        let client = Client {
            name: "team".to_owned(),
            label: "Team".to_owned(),
            id: "us".to_owned(),
            secret: Some("hunter2".to_owned()),
        };
        assert!(!format!("{client:?}").contains("hunter2"));
    }
}
