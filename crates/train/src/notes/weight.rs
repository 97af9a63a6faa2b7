//! How much a line weighs: whether it holds, warns, forbids or only informs.

use serde::{Deserialize, Serialize};

use super::heading::after;
use super::token::{Kind, Token};

/// What a line wants of the push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// It holds the push.
    Hard,
    /// *possible*, *nice to have*, *not a blocker*: it warns.
    Soft,
    /// *do not pick …*: kept as what it forbids.
    Negative,
    /// *Note*, *FYI*, *there is a migration*: shown, never a gate.
    Informing,
}

const SOFT: &[&str] = &[
    "nice to have",
    "nice-to-have",
    "not a blocker",
    "not blocking",
    "non-blocking",
    "non-blocker",
    "no blocker",
    "possible blocker",
    "potential blocker",
    "maybe a blocker",
];
const SOFT_FIRST: &[&str] =
    &["possible", "possibly", "potential", "potentially", "maybe", "optional", "optionally"];
const INFORMING: &[&str] = &[
    "note",
    "nb",
    "n.b.",
    "fyi",
    "for information",
    "for your information",
    "there is a migration",
    "there are migrations",
    "there's a migration",
    "heads up",
    "heads-up",
    "reminder to myself",
];
const FORBIDDEN: &[&str] = &[
    "pick",
    "cherry-pick",
    "merge",
    "include",
    "take",
    "tag",
    "push",
    "ship",
    "deploy",
    "start",
    "promote",
    "run",
    "enable",
    "flip",
];

/// What the words of a line say. `text` has no emphasis.
pub(super) fn weigh(text: &str, tokens: &[Token]) -> Weight {
    let words: Vec<&str> = tokens.iter().filter_map(|token| token.word(text)).collect();
    let first = opening(text, tokens);
    let begins = |phrases: &[&str]| phrases.iter().any(|phrase| after(first, phrase).is_some());
    let anywhere = |phrases: &[&str]| {
        words.iter().enumerate().any(|(at, _)| phrases.iter().any(|p| runs(&words[at..], p)))
    };
    if forbids(&words) {
        Weight::Negative
    } else if begins(INFORMING) || migrates(&words) || is_aside(tokens) {
        Weight::Informing
    } else if anywhere(SOFT)
        || (begins(SOFT_FIRST) && !begins(&["possible to", "maybe to"]))
        || alone_in_brackets(text, tokens)
    {
        Weight::Soft
    } else {
        Weight::Hard
    }
}

/// From the first word on: behind links, brackets and marks.
fn opening<'t>(text: &'t str, tokens: &[Token]) -> &'t str {
    let first = tokens.iter().find(|token| token.kind == Kind::Word);
    first.map_or("", |token| &text[token.span.start..])
}

fn runs(words: &[&str], phrase: &str) -> bool {
    let mut count = 0;
    phrase.split(' ').all(|part| {
        let same = words.get(count).is_some_and(|word| word.eq_ignore_ascii_case(part));
        count += 1;
        same
    })
}

/// *please do not cherry-pick …*, *don't deploy …*.
fn forbids(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        let next = if ["don't", "don’t", "dont", "never"].into_iter().any(is) {
            at + 1
        } else if is("do") && words.get(at + 1).is_some_and(|w| w.eq_ignore_ascii_case("not")) {
            at + 2
        } else {
            return false;
        };
        let verb = words
            .get(next)
            .is_some_and(|verb| FORBIDDEN.iter().any(|f| f.eq_ignore_ascii_case(verb)));
        // Further on it is a condition of something else: “run X, but don't start it twice”.
        let early = at <= 1;
        let pick = words.get(next).is_some_and(|verb| verb.to_lowercase().ends_with("pick"));
        verb && (early || pick)
    })
}

/// *This tag contains a migration on the versions table*.
fn migrates(words: &[&str]) -> bool {
    let has = |word: &str| {
        matches!(word.to_lowercase().as_str(), "contains" | "includes" | "has" | "is" | "are")
    };
    let migration =
        |word: &&str| matches!(word.to_lowercase().as_str(), "migration" | "migrations");
    let this = words
        .first()
        .is_some_and(|w| matches!(w.to_lowercase().as_str(), "this" | "there" | "the" | "we"));
    let verb = words.iter().take(6).position(|word| has(word));
    this && verb.is_some_and(|at| words[at..].iter().take(4).any(migration))
}

/// A line that is all in brackets is an aside.
fn is_aside(tokens: &[Token]) -> bool {
    let closes = tokens.iter().position(|token| token.is(')'));
    tokens.first().is_some_and(|token| token.is('(')) && closes == tokens.len().checked_sub(1)
}

/// `(possible)`, `(nice)` behind a line.
fn alone_in_brackets(text: &str, tokens: &[Token]) -> bool {
    tokens.windows(3).any(|three| {
        let word = three[1].word(text).unwrap_or_default().to_lowercase();
        three[0].is('(') && three[2].is(')') && SOFT_FIRST.contains(&word.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn words_weigh() {
        for (text, weight) in [
            ("Possible blocker since it affects all JS", Weight::Soft),
            ("https://x.org/1 - not a blocker but nice to have and low risk", Weight::Soft),
            ("https://x.org/1 maybe - its just a minor grammar fix.", Weight::Soft),
            ("It is not possible to log in", Weight::Hard),
            ("Possible to log in without a password", Weight::Hard),
            ("Please do not cherry-pick the latest amo-validator.", Weight::Negative),
            ("https://x.org/1 don't pick", Weight::Negative),
            ("Note that there is a migration affecting the table", Weight::Informing),
            (
                "This addons-server tag contains a migration on the versions table",
                Weight::Informing,
            ),
            ("(stage was verified)", Weight::Informing),
            ("Notify the deploy channel", Weight::Hard),
            ("run X and don't start it twice", Weight::Hard),
            ("make a note of it", Weight::Hard),
        ] {
            assert_eq!(weigh(text, &tokens(text)), weight, "{text}");
        }
    }
}
