//! Who vouches for people: an issuer of identities, asked by way of the browser of whoever signs in.

use std::fmt;

use async_trait::async_trait;
use train::people::Proof;

use crate::failure::Result;

/// What one sign-in is bound to: made anew for each, and known to the browser that began it alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Binding {
    /// Comes back with the browser.
    pub state: String,
    /// Comes back inside what the issuer signs.
    pub nonce: String,
    /// Proves that whoever brings the code is who asked for it (PKCE, RFC 7636).
    pub verifier: String,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(…)")
    }
}

/// What a browser brings back.
#[derive(Clone, PartialEq, Eq)]
pub struct Brought {
    /// The code, good once.
    pub code: String,
    /// Who gave it, where that is said (RFC 9207).
    pub issuer: Option<String>,
}

impl fmt::Debug for Brought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Brought(…)")
    }
}

/// Whom an issuer vouches for. Text from outside: to be compared, and shown only when filtered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The issuer's own name for them, which never means anybody else.
    pub subject: String,
    /// Their mail address, where the issuer says that it is verified.
    pub email: Option<String>,
    /// Their account on GitHub, where the issuer is that.
    pub account: Option<String>,
}

/// An issuer of identities.
#[async_trait]
pub trait Issuer: Send + Sync {
    /// What people call it.
    fn label(&self) -> &str;

    /// How it is known afterwards who somebody was.
    fn proof(&self) -> Proof;

    /// Where a browser is sent to sign in; it comes back to `back`.
    async fn address(&self, back: &str, binding: &Binding) -> Result<String>;

    /// Whom the browser that came back to `back` is of. `not_allowed` where the issuer does not, or not properly, vouch for
    /// them; `unreachable` where it can't be asked.
    async fn identity(&self, back: &str, brought: &Brought, binding: &Binding) -> Result<Identity>;

    /// Asks whether it knows us, by a code that nobody was given. `not_allowed` where it does not; `unreachable` where it
    /// can't be asked.
    async fn examine(&self) -> Result<()>;
}
