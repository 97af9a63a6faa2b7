//! Text from outside, made fit to be shown.

/// One line of text from outside with its control characters escaped.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| if harmful(c) { c.escape_unicode().to_string() } else { c.to_string() })
        .collect()
}

/// Whether a terminal could be led by it: control characters and those that turn the direction of text.
#[must_use]
pub fn harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
