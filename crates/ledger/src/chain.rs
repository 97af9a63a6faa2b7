//! The chain's bytes: what is hashed, in which order, framed how. `docs/src/ledger.md` says the same for strangers.

use blake3::Hasher;

/// What the first entry has in place of a hash before it.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Hashes fields, each framed as `<length in bytes>:<bytes>,`, so that no byte can move from one field to the next.
fn hash(fields: &[&str]) -> String {
    let mut hasher = Hasher::new();
    for field in fields {
        hasher.update(field.len().to_string().as_bytes());
        hasher.update(b":");
        hasher.update(field.as_bytes());
        hasher.update(b",");
    }
    hasher.finalize().to_hex().to_string()
}

/// The digest by which an entry stands for its payload. The salt keeps short payloads from being guessed from it once
/// they are erased.
pub(crate) fn payload_hash(salt: &str, body: &str) -> String {
    hash(&[salt, body])
}

/// What an entry's hash covers, each as the text that is stored.
pub(crate) struct Link<'a> {
    pub(crate) previous: &'a str,
    pub(crate) seq: u64,
    pub(crate) at: &'a str,
    pub(crate) stream: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) payload_hash: &'a str,
}

impl Link<'_> {
    /// The entry's hash, 64 hexadecimal digits.
    pub(crate) fn hash(&self) -> String {
        hash(&[
            self.previous,
            &self.seq.to_string(),
            self.at,
            self.stream,
            self.kind,
            self.payload_hash,
        ])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn other_fields_hash_otherwise(a in prop::collection::vec("[0-9:,a]{0,6}", 0..4), b in prop::collection::vec("[0-9:,a]{0,6}", 0..4)) {
            let text = |fields: &[String]| hash(&fields.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_eq!(a == b, text(&a) == text(&b));
        }
    }
}
