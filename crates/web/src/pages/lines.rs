//! What a command says, line by line, as a page shows it: its addresses can be followed, and what it says to do is said in the words
//! of the pages.

use train::letter::is_harmful;

use super::hints;
use crate::trains::Words;

/// A line, in parts.
pub(crate) type Line = Vec<Part>;

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// How it looks.
    pub class: &'static str,
    pub text: String,
    /// Whether it is an address to follow.
    pub link: bool,
}

/// The lines of a command.
pub(crate) fn lines(words: Vec<Words>) -> Vec<Line> {
    words.into_iter().map(line).collect()
}

fn line(words: Words) -> Line {
    let told = says_what_to_do(&words);
    let part = |(class, text): (&'static str, String)| {
        let text = if told { hints::said(&text) } else { text };
        Part { class, link: class == "link" && is_web(&text), text }
    };
    words.into_iter().map(part).collect()
}

/// Whether a line names commands: it begins with an arrow, or has one between its marks. All else stays as it was typed.
fn says_what_to_do(words: &[(&'static str, String)]) -> bool {
    let whole: String = words.iter().map(|(_, text)| text.as_str()).collect();
    let marks = words.iter().all(|(_, text)| text.matches('`').count().is_multiple_of(2));
    marks && (whole.trim_start().starts_with('→') || whole.contains("`pushduty "))
}

/// A line of anybody's text: letters that turn or hide others are seen.
pub(crate) fn seen(line: &str) -> String {
    let hides = |c: char| c != '\t' && is_harmful(c);
    line.chars().map(|c| if hides(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a text is an address that a browser may be sent to: of the web, and nothing else.
pub(crate) fn is_web(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    plain && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: &[(&'static str, &str)]) -> Vec<(bool, String)> {
        let words = words.iter().map(|(class, text)| (*class, (*text).to_owned())).collect();
        line(words).into_iter().map(|part| (part.link, part.text)).collect()
    }

    #[test]
    fn only_addresses_of_the_web_can_be_followed() {
        let compare = "https://example.org/web/2026.11.19...2026.11.26";
        assert_eq!(shown(&[("plain", "  "), ("link", compare)])[1], (true, compare.to_owned()));
        for odd in
            ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "web", "https:// a"]
        {
            assert!(!shown(&[("link", odd)])[0].0, "{odd}");
        }
        assert!(!shown(&[("plain", compare)])[0].0, "what is no link is none");
    }

    #[test]
    fn what_to_do_is_said_in_the_words_of_the_pages_and_all_else_as_it_is() {
        let hint = shown(&[("dim", "  → "), ("plain", "`pushduty watch production` follows.")]);
        assert_eq!(hint[1].1, "“Environments” on the page of the push shows what was last seen.");
        let hint = shown(&[("dim", "    → "), ("plain", "say why: --again --because TEXT")]);
        assert!(hint[1].1.starts_with("say why: “"), "{hint:?}");
        for typed in ["run `migrate --because TEXT` first", "it`s --again", "2026.11.19 →"] {
            assert_eq!(shown(&[("plain", typed)])[0].1, typed);
        }
    }
}
