//! What to write instead of a name that does not exist.

pub use train::nearest::nearest;

/// “did you mean …?” with the nearest, and all there are.
#[must_use]
pub fn suggest(wrong: &str, known: &[&str], what: &str) -> String {
    let all = known.iter().map(|k| super::plain::safe(k)).collect::<Vec<_>>().join(", ");
    match nearest(wrong, known.iter().copied()) {
        _ if known.is_empty() => format!("there are no {what}"),
        Some(name) => {
            format!("did you mean {}? The {what} are: {all}", train::id::quoted(name))
        }
        None => format!("the {what} are: {all}"),
    }
}
