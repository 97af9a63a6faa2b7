//! One way to digest a value: BLAKE3 over its JSON, the first 16 hexadecimal digits for people to read and type.

use serde::Serialize;

/// The digest of anything that serializes. Maps are ordered (`BTreeMap`), so equal values give equal digests.
#[must_use]
pub fn of(value: &impl Serialize) -> String {
    let mut hasher = blake3::Hasher::new();
    // A value of ours always serializes: no maps with keys that are no strings, no failing impls.
    if serde_json::to_writer(&mut hasher, value).is_err() {
        hasher.update(b"\xff");
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
