//! Characters that people don't see for what they are, in text from outside.

/// Whether a terminal or a reader could be led astray by it: control characters (line ends and tabs are some), those that
/// turn the direction of text or part its lines, and those that nobody sees.
///
/// Source: Unicode's `Bidi_Control`, the format characters without a shape, and the tags.
#[must_use]
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_left_alone() {
        assert!(!"aé日🎉\u{301} \u{a0}«»".chars().any(is_harmful));
        assert!("\u{1b}\u{9b}\n\t\u{ad}\u{61c}\u{202e}\u{2029}\u{feff}".chars().all(is_harmful));
    }
}
