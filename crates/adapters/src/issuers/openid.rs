//! OpenID Connect, with any issuer: discovery, the code flow with PKCE, and an ID token that is looked at closely.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Binding, Brought, Clock, Identity, Issuer};
use serde::Deserialize;
use tokio::sync::Mutex;
use train::people::Proof;
use url::Url;

use super::claims::{Claims, Expected, Mail};
use super::signed::{Keys, opened};
use super::{Client, LONGEST_ANSWER, Tokens, is_private};
use crate::http::{Limits, NoAnswer, Web};

/// How long what an issuer says of itself is kept.
const KEPT: Duration = Duration::from_secs(600);
/// What is asked for: who it is, and their mail address.
const SCOPE: &str = "openid email";

/// An issuer of OpenID Connect.
pub struct OpenId {
    client: Client,
    issuer: Url,
    web: Web,
    clock: Arc<dyn Clock>,
    /// One asks at a time, so that strangers who begin to sign in don't make us ask more often.
    about: Mutex<Option<(Instant, Arc<About>)>>,
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct About {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl About {
    /// Whether our secret goes into the form: a header is what everybody takes who says nothing.
    fn wants_secret_in_form(&self) -> bool {
        let takes = |way: &str| self.token_endpoint_auth_methods_supported.iter().any(|w| w == way);
        !takes("client_secret_basic") && takes("client_secret_post")
    }
}

/// What is known of somebody beside their token.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    mail: Mail,
}

impl OpenId {
    /// The issuer at that address.
    #[must_use]
    pub fn new(client: Client, issuer: Url, clock: Arc<dyn Clock>) -> Self {
        let web = Web::new(Limits::default());
        Self { client, issuer, web, clock, about: Mutex::default() }
    }

    async fn about(&self) -> Result<Arc<About>> {
        let mut kept = self.about.lock().await;
        if let Some((at, about)) = kept.as_ref().filter(|(at, _)| at.elapsed() < KEPT) {
            let _ = at;
            return Ok(Arc::clone(about));
        }
        let about = Arc::new(self.discover().await?);
        *kept = Some((Instant::now(), Arc::clone(&about)));
        Ok(about)
    }

    async fn discover(&self) -> Result<About> {
        let base = self.issuer.as_str().trim_end_matches('/');
        let address = format!("{base}/.well-known/openid-configuration");
        let about: About = self.get(&address).await?;
        // Whatever it calls itself is what its tokens have to say; it calls itself as the configuration does.
        if about.issuer.trim_end_matches('/') != base {
            let what = "calls itself otherwise than the configuration does";
            return Err(self.client.refused(what, &self.see_to("issuer")));
        }
        let endpoints = [&about.authorization_endpoint, &about.token_endpoint, &about.jwks_uri];
        if !endpoints.into_iter().chain(&about.userinfo_endpoint).all(is_private) {
            let what = "wants to be asked where anybody can listen";
            return Err(self.client.refused(what, "its addresses have to begin with https"));
        }
        Ok(about)
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, address: &str) -> Result<T> {
        let body = self.web.get(address, "application/json", LONGEST_ANSWER).await;
        self.client.read(&body.map_err(|why| self.client.unreached(&why))?)
    }

    fn see_to(&self, key: &str) -> String {
        format!("an admin sees to {key} of {}", self.client.table())
    }

    /// Holds a token against the issuer's keys and this sign-in. The keys are asked for anew each time: where they were
    /// changed, that is nothing to notice.
    async fn claims(&self, about: &About, token: &str, nonce: &str) -> Result<Claims> {
        let keys: Keys = self.get(about.jwks_uri.as_str()).await?;
        let (client, now) = (self.client.id.as_str(), self.clock.now());
        let expected = Expected { issuer: &about.issuer, client, nonce, now };
        let read = opened(token, &keys).and_then(|payload| Claims::read(&payload, &expected));
        let hint = "sign in once more; if it stays so, tell an admin, and whoever runs the issuer";
        read.map_err(|what| self.client.refused(what, hint))
    }

    /// The verified address: of the token, or where that names none, of what the issuer tells beside it.
    async fn email(
        &self,
        about: &About,
        mail: Mail,
        of: &str,
        token: &Tokens,
    ) -> Result<Option<String>> {
        let access = token.access_token.as_deref();
        let (Some(url), Some(access)) = (&about.userinfo_endpoint, access) else {
            return Ok(mail.verified());
        };
        if mail.is_named() {
            return Ok(mail.verified());
        }
        let told: UserInfo = self.client.document(&self.web, url, access).await?;
        // Section 5.3.2: what is told of somebody else is not taken.
        Ok(told.mail.verified().filter(|_| told.sub == of))
    }
}

#[async_trait]
impl Issuer for OpenId {
    fn label(&self) -> &str {
        &self.client.label
    }

    fn proof(&self) -> Proof {
        Proof::Oidc(self.client.name.clone())
    }

    async fn address(&self, back: &str, binding: &Binding) -> Result<String> {
        let about = self.about().await?;
        let nonce = [("nonce", binding.nonce.as_str())];
        Ok(self.client.address(&about.authorization_endpoint, SCOPE, back, binding, &nonce))
    }

    async fn identity(&self, back: &str, brought: &Brought, binding: &Binding) -> Result<Identity> {
        let about = self.about().await?;
        let named = brought.issuer.as_deref();
        let silent = named.is_none() && !about.authorization_response_iss_parameter_supported;
        if !silent && named != Some(about.issuer.as_str()) {
            let what = "did not send this browser here, another issuer did";
            return Err(self.client.refused(what, "sign in once more, from the page here"));
        }
        let in_form = about.wants_secret_in_form();
        let given = (brought.code.as_str(), binding.verifier.as_str());
        let tokens =
            self.client.tokens(&self.web, &about.token_endpoint, back, given, in_form).await?;
        let Some(token) = &tokens.id_token else {
            let why = NoAnswer::new("answers without a token that says who it is");
            return Err(self.client.unreached(&why));
        };
        let Claims { sub, mail, .. } = self.claims(&about, token, &binding.nonce).await?;
        let email = self.email(&about, mail, &sub, &tokens).await?;
        Ok(Identity { subject: sub, email, account: None })
    }

    async fn examine(&self) -> Result<()> {
        let about = self.about().await?;
        let in_form = about.wants_secret_in_form();
        self.client.is_known(&self.web, &about.token_endpoint, in_form).await
    }
}
