//! Text from outside, made fit to be shown.

use train::letter::is_harmful;

/// One line of text from outside with its control characters escaped.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| if is_harmful(c) { c.escape_unicode().to_string() } else { c.to_string() })
        .collect()
}
