//! Who may come in to a server, and how they are known again. Whatever lets somebody in is a key: a link that is good once,
//! a session, a token for programs, what reads the calendar. Of its secret only a hash is kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use train::id::PersonName;
use train::people::Proof;

use crate::failure::Result;

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Signs one person in, once.
    Link,
    /// A browser that is signed in.
    Session,
    /// A program.
    Token,
    /// A calendar program: it stands in the address of a train's calendar, and opens nothing else.
    Calendar,
}

/// What a key lets its person do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look.
    Read,
    /// Look, and write in notes as far as the person may.
    Notes,
    /// Whatever the person may.
    Act,
}

/// The hash (BLAKE3, 256 bits, in hexadecimal) of a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretHash(pub String);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// What lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its public name, random.
    pub id: String,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// What it is.
    pub kind: KeyKind,
    /// Whose it is.
    pub person: PersonName,
    /// How we know that they are.
    pub proof: Proof,
    /// What it lets them do.
    pub scope: Scope,
    /// What its person calls it; of a session the browser.
    pub label: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// From when on it opens nothing; none where it has no end.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub seen_at: Option<Timestamp>,
}

/// The keys of a server. A key that is over is as good as gone.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds a key.
    async fn add(&self, key: Key) -> Result<()>;

    /// The key of that kind with this secret's hash, and notes that it was used.
    async fn used(&self, kind: KeyKind, hash: &SecretHash, now: Timestamp) -> Result<Option<Key>>;

    /// The same, and the key is gone: of several who come with it at once, one gets it.
    async fn take(&self, kind: KeyKind, hash: &SecretHash, now: Timestamp) -> Result<Option<Key>>;

    /// The keys of a person, newest first.
    async fn of(&self, person: &PersonName, now: Timestamp) -> Result<Vec<Key>>;

    /// Takes a person's key away; false where they have none of that name.
    async fn revoke(&self, person: &PersonName, id: &str) -> Result<bool>;

    /// Whether nobody was ever let in: the first start.
    async fn is_new(&self) -> Result<bool>;
}
