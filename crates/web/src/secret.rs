//! Secrets that let somebody in: random, shown once, kept as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use conductor::failure::{Failure, Result};
use conductor::ports::{Key, KeyKind, Scope, SecretHash};
use jiff::{SignedDuration, Timestamp};
use train::id::PersonName;
use train::people::Proof;
use train::refusal::Code;

/// How long a link may wait to be used.
const LINK: SignedDuration = SignedDuration::from_hours(24);

/// A secret, 256 bits of the system's randomness: more than can be guessed, so that a fast hash of it is enough.
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// `io` where the system has no randomness to give.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What somebody came with.
    pub(crate) fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// To be shown, once.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(blake3::hash(self.0.as_bytes()).to_hex().to_string())
    }
}

/// How many bytes a name has.
const NAME: usize = 9;

/// A key's public name, or a step's.
pub(crate) fn key_id() -> Result<String> {
    let mut bytes = [0; NAME];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether it could be such a name: nothing has to be looked up where it could not.
pub(crate) fn is_key_id(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == NAME)
}

/// A number that tells one editor of a person from another; never 0.
pub(crate) fn editor() -> Result<u32> {
    let mut bytes = [0; 4];
    fill(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes).max(1))
}

/// Where the numbers of a process begin.
pub(crate) fn beginning() -> u64 {
    let mut bytes = [0; 8];
    match fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        // Another process has another number, as far as it goes.
        Err(_) => u64::from(std::process::id()) << 32,
    }
}

/// A number up to 255 that nobody can guess. Where the system gives none there are no secrets either.
pub(crate) fn chance() -> u8 {
    let mut byte = [0];
    let _ = fill(&mut byte);
    byte[0]
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| {
        let what = format!("the system gives no random numbers: {error}");
        Failure::new(Code::Io, what, "see to its source of randomness")
    })
}

/// The key of a link that signs `person` in once; `by` is who made it.
///
/// # Errors
/// As [`Secret::new`].
pub fn link_key(secret: &Secret, person: PersonName, by: &str, now: Timestamp) -> Result<Key> {
    Ok(Key {
        id: key_id()?,
        hash: secret.hash(),
        kind: KeyKind::Link,
        person,
        proof: Proof::Link(by.to_owned()),
        scope: Scope::Act,
        label: String::new(),
        made_at: now,
        expires_at: now.checked_add(LINK).ok(),
        seen_at: None,
    })
}
