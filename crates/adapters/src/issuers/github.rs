//! GitHub, and GitHub Enterprise: OAuth 2.0 with PKCE, and then whose token it is.

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{Binding, Brought, Identity, Issuer};
use serde::Deserialize;
use train::people::Proof;
use url::Url;

use super::Client;
use crate::http::{Limits, NoAnswer, Web};

/// GitHub as an issuer of identities.
pub struct Github {
    client: Client,
    authorize: Url,
    tokens: Url,
    user: Url,
    web: Web,
}

/// An account there.
#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
}

impl Github {
    /// The one at that address: `https://github.com`, or where a company runs its own. None where the address can have nothing
    /// below it.
    #[must_use]
    pub fn new(client: Client, address: &Url) -> Option<Self> {
        let below = |path: &str| -> Option<Url> {
            format!("{}/{path}", address.as_str().trim_end_matches('/')).parse().ok()
        };
        let user = match address.host_str() {
            Some("github.com") => "https://api.github.com/user".parse().ok()?,
            _ => below("api/v3/user")?,
        };
        Some(Self {
            authorize: below("login/oauth/authorize")?,
            tokens: below("login/oauth/access_token")?,
            user,
            client,
            web: Web::new(Limits::default()),
        })
    }
}

#[async_trait]
impl Issuer for Github {
    fn label(&self) -> &str {
        &self.client.label
    }

    fn proof(&self) -> Proof {
        Proof::Github(self.client.name.clone())
    }

    async fn address(&self, back: &str, binding: &Binding) -> Result<String> {
        // No scope: who it is everybody may know.
        Ok(self.client.address(&self.authorize, "", back, binding, &[("allow_signup", "false")]))
    }

    async fn identity(&self, back: &str, brought: &Brought, binding: &Binding) -> Result<Identity> {
        let given = (brought.code.as_str(), binding.verifier.as_str());
        let tokens = self.client.tokens(&self.web, &self.tokens, back, given, true).await?;
        let Some(token) = &tokens.access_token else {
            return Err(self.client.unreached(&NoAnswer::new("answers without a token")));
        };
        let user: User = self.client.document(&self.web, &self.user, token).await?;
        let (subject, account) = (user.id.to_string(), Some(user.login));
        Ok(Identity { subject, email: None, account })
    }

    async fn examine(&self) -> Result<()> {
        self.client.is_known(&self.web, &self.tokens, true).await
    }
}
