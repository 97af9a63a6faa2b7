//! Coming in by an issuer of identities: a browser is sent there, and comes back with a code. What a sign-in is bound to stands
//! in a cookie of the browser that began it, so that nobody comes in by what another browser brought, and nothing is kept here.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use conductor::ports::{Binding, Brought, Identity, Issuer};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use train::id::{PersonName, quoted};
use train::refusal::{Code, Refusal};

use crate::asked::own_page;
use crate::asked::{Path, Query};
use crate::attempts::From;
use crate::door;
use crate::house::House;
use crate::pages::{self, NoPage};
use crate::secret::Secret;
use crate::visitor::{Visitor, cookie};

/// How long a sign-in may take.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// Which page was asked for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    pub next: Option<String>,
}

/// What comes back with a browser.
#[derive(Deserialize)]
pub(crate) struct Back {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// What the browser that begins keeps.
struct Begun {
    secret: Secret,
    way: String,
    at: Timestamp,
    next: String,
}

impl Begun {
    /// As a cookie's value.
    fn value(&self) -> String {
        let next = URL_SAFE_NO_PAD.encode(&self.next);
        format!("{}~{}~{}~{next}", self.secret.shown(), self.way, self.at.as_second())
    }

    fn read(value: &str) -> Option<Self> {
        let mut parts = value.split('~');
        let (secret, way, at) = (parts.next()?, parts.next()?, parts.next()?);
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.next()?).ok()?).ok()?;
        Some(Self {
            secret: Secret::given(secret),
            way: way.to_owned(),
            at: Timestamp::from_second(at.parse().ok()?).ok()?,
            next: own_page(&next).to_owned(),
        })
    }

    /// All of it follows from the secret, and is good for this way alone.
    fn binding(&self) -> Binding {
        let material = format!("{}~{}", self.secret.shown(), self.way);
        let part = |context: &str| {
            URL_SAFE_NO_PAD.encode(blake3::derive_key(context, material.as_bytes()))
        };
        Binding {
            state: part("pushduty 2026 sign-in state"),
            nonce: part("pushduty 2026 sign-in nonce"),
            verifier: part("pushduty 2026 sign-in verifier"),
        }
    }

    /// Whether it is what a browser came back with, in time.
    fn is_of(&self, way: &str, state: &str, now: Timestamp) -> bool {
        // Hashes are compared in the same time, whatever they are.
        let same = blake3::hash(self.binding().state.as_bytes()) == blake3::hash(state.as_bytes());
        let age = now.duration_since(self.at);
        same && self.way == way && age <= LASTS && age >= -LASTS
    }
}

fn cookie_name(house: &House) -> &'static str {
    if house.is_secure() { "__Host-pushduty-way" } else { "pushduty-way" }
}

/// Where an issuer sends a browser back to.
fn back(house: &House, way: &str) -> String {
    let base = house.open.base.as_str().trim_end_matches('/');
    format!("{base}/sign-in/with/{way}/back")
}

fn issuer(house: &House, way: &str) -> Result<Arc<dyn Issuer>, Refusal> {
    let found = house.open.trains.issuers().into_iter().find(|(name, _)| name == way);
    found.map(|(_, issuer)| issuer).ok_or_else(|| {
        let what = format!("nobody signs in with {} here", quoted(way));
        Refusal::new(Code::NotFound, what, "the page to sign in has every way")
    })
}

/// Sends a browser to an issuer.
pub(crate) async fn begin(
    State(house): State<House>,
    visitor: Visitor,
    Path(way): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, NoPage> {
    let no = |refusal| NoPage::of(&house, &visitor, refusal);
    let issuer = issuer(&house, &way).map_err(no)?;
    let begun = Begun {
        secret: Secret::new().map_err(no)?,
        at: house.open.clock.now(),
        next: own_page(wanted.next.as_deref().unwrap_or("/")).to_owned(),
        way,
    };
    let to = issuer.address(&back(&house, &begun.way), &begun.binding()).await.map_err(no)?;
    let mut response = Redirect::to(&to).into_response();
    door::set_cookie(&house, &mut response, cookie_name(&house), &begun.value(), LASTS.as_secs());
    Ok(response)
}

/// Takes a browser in that comes back.
pub(crate) async fn end(
    State(house): State<House>,
    from: From,
    headers: HeaderMap,
    Path(way): Path<String>,
    Query(back): Query<Back>,
) -> Response {
    let nobody = Visitor::nobody();
    // What no browser brought that began here is no try: any page of the web can send its readers to this address.
    if cookie(&headers, cookie_name(&house)).is_none() {
        return NoPage::of(&house, &nobody, not_begun()).into_response();
    }
    let tried = door::tried(&house, from, &way, async {
        let (issuer, person, next) = known(&house, &headers, &way, back).await?;
        let key = door::session(&house, &headers, person, issuer.proof()).await?;
        Ok((key, next))
    });
    let mut response = match tried.await {
        Ok((session, next)) => {
            let mut response = Redirect::to(&house.path(&next)).into_response();
            door::let_in(&house, &mut response, &session);
            response
        }
        Err(no) => pages::kept_out(&house, &nobody, no).into_response(),
    };
    // Good or not, it was one try.
    door::set_cookie(&house, &mut response, cookie_name(&house), "", 0);
    response
}

fn not_begun() -> Refusal {
    let what = "this browser did not begin this sign-in, or not within the last 10 minutes";
    Refusal::new(Code::NotAllowed, what, "sign in from the page here")
}

/// Which person came back, and to which page.
async fn known(
    house: &House,
    headers: &HeaderMap,
    way: &str,
    brought: Back,
) -> Result<(Arc<dyn Issuer>, PersonName, String), Refusal> {
    let issuer = issuer(house, way)?;
    let now = house.open.clock.now();
    let begun = cookie(headers, cookie_name(house)).and_then(|kept| Begun::read(kept.shown()));
    let state = brought.state.unwrap_or_default();
    let Some(begun) = begun.filter(|begun| begun.is_of(way, &state, now)) else {
        return Err(not_begun());
    };
    let code = match (brought.code, brought.error) {
        (Some(code), None) => code,
        (_, error) => {
            let error = error.unwrap_or_else(|| "without a code".to_owned());
            let label = quoted(issuer.label());
            let what = format!("{label} did not sign you in: {}", quoted(&error));
            return Err(Refusal::new(Code::NotAllowed, what, "sign in once more"));
        }
    };
    let brought = Brought { code, issuer: brought.iss };
    let identity = issuer.identity(&back(house, way), &brought, &begun.binding()).await?;
    match house.open.trains.whose(way, &identity) {
        Some(person) => Ok((issuer, person, begun.next)),
        None => Err(stranger(way, issuer.label(), &identity)),
    }
}

/// Somebody whom an issuer vouches for, and who is nobody here: what an admin has to write, so that they are.
fn stranger(way: &str, label: &str, identity: &Identity) -> Refusal {
    let label = quoted(label);
    let subject = quoted(&identity.subject);
    // Of an account its number: its name may be somebody else's at another GitHub, and tomorrow.
    let named = format!("sign_in = {{ {way} = {} }}", toml(&identity.subject));
    let (who, write) = match (&identity.email, &identity.account) {
        (Some(email), _) => (quoted(email), format!("email = {}", toml(email))),
        (None, Some(account)) => (quoted(account), named),
        (None, None) => (format!("{subject}, without a verified mail address"), named),
    };
    let what = format!("{label} knows you as {who}, and nobody here is known as that");
    let hint = format!("ask an admin to write {write} under [people.NAME] in the configuration");
    Refusal::new(Code::NotAllowed, what, hint)
}

/// A text as it stands in the configuration, cut where it is no name of anybody.
fn toml(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !train::letter::is_harmful(*c)).take(200).collect();
    serde_json::Value::from(kept).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for good in ["/", "/trains/amo", "/trains/amo/where?commit=main", "/me"] {
            assert_eq!(own_page(good), good);
        }
        for bad in [
            "",
            "//evil.example.org",
            "/\\evil.example.org",
            "\\\\evil",
            "https://evil.example.org",
            "javascript:alert(1)",
            "/\t/evil.example.org",
            "/x\r\nset-cookie: a=b",
            "trains",
            "/sign-in/with/team",
        ] {
            assert_eq!(own_page(bad), "/", "{bad}");
        }
        assert_eq!(own_page(&format!("/{}", "x".repeat(5_000))), "/");
    }

    #[test]
    fn what_a_sign_in_is_bound_to_is_of_its_browser_its_way_and_its_time() {
        let at = Timestamp::from_second(1_795_510_800).unwrap();
        let begun = |secret: &str, way: &str| Begun {
            secret: Secret::given(secret),
            way: way.to_owned(),
            at,
            next: "/trains/amo".to_owned(),
        };
        let kept = Begun::read(&begun("s", "team").value()).unwrap();
        assert_eq!(kept.next, "/trains/amo");
        let Binding { state, nonce, verifier } = kept.binding();
        assert!(state != nonce && nonce != verifier && verifier.len() == 43);
        assert!(kept.is_of("team", &state, at));
        assert!(!kept.is_of("team", &nonce, at) && !kept.is_of("team", "", at));
        assert!(!kept.is_of("other", &state, at), "another way");
        assert!(!begun("t", "team").is_of("team", &state, at), "another browser");
        assert!(!begun("s", "other").is_of("other", &state, at));
        let later = at.checked_add(SignedDuration::from_secs(601)).unwrap();
        assert!(!kept.is_of("team", &state, later));
        for odd in ["", "~~~", "a~b~c~d", "a~b~1~%", "a~b~99999999999999999~Lw"] {
            assert!(Begun::read(odd).is_none(), "{odd}");
        }
    }
}
