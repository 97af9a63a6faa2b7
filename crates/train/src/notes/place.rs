//! The environments that a task names: `on stage`, `-prod`, `stage/prod`, `-stage and -prod`. They stand in its first
//! sentence; what follows explains.

use super::context::Context;
use super::token::{Kind, Token};

/// The environments, each once, in the order of the line. Code is not read: there `-prod` is an option.
pub(super) fn environments(text: &str, tokens: &[Token], context: &Context) -> Vec<String> {
    let named = |token: &Token| {
        let word = token.word(text)?;
        context.environment(word.trim_start_matches('-'))
    };
    let dashed = |token: &Token| token.word(text).is_some_and(|word| word.starts_with('-'));
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for (at, token) in tokens.iter().enumerate() {
        if ends_sentence(text, tokens, at) {
            break;
        }
        let before = at.checked_sub(1).and_then(|at| tokens[at].word(text)).unwrap_or_default();
        let placed = matches!(before.to_lowercase().as_str(), "on" | "to" | "in" | "for" | "onto");
        let slash = tokens.get(at + 1).is_some_and(|t| t.is('/'))
            && tokens.get(at + 2).is_some_and(|t| named(t).is_some());
        match named(token) {
            Some(name) if dashed(token) || placed || goes_on || slash => {
                if !found.iter().any(|seen| seen == name) {
                    found.push(name.to_owned());
                }
                goes_on = true;
            }
            _ => goes_on = goes_on && joins(text, token),
        }
    }
    found
}

/// What stands before the environments that a task is ticked for.
const DONE_ON: &str = "(done on ";

/// The environments that a task is ticked for: `(done on stage, production)`.
pub(super) fn done_on(text: &str, tokens: &[Token], context: &Context) -> Vec<String> {
    let is = |at: usize, word: &str| {
        tokens
            .get(at)
            .and_then(|token| token.word(text))
            .is_some_and(|w| w.eq_ignore_ascii_case(word))
    };
    let begins = |at: &usize| tokens[*at].is('(') && is(at + 1, "done") && is(at + 2, "on");
    let Some(at) = (0..tokens.len()).find(begins) else { return Vec::new() };
    let group = tokens[at + 3..].iter().take_while(|token| !token.is(')'));
    let mut found: Vec<String> = Vec::new();
    for name in group.filter_map(|token| context.environment(token.word(text)?)) {
        if !found.iter().any(|seen| seen == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// Whether words that say *done* say it of some environments.
pub(super) fn is_of_some(how: &str) -> bool {
    how.to_lowercase().starts_with(DONE_ON)
}

/// Where one more environment goes into `text`, and what is put in there.
pub(super) fn one_more(text: &str, name: &str) -> (usize, String) {
    let small = text.to_ascii_lowercase();
    let group = small.rfind(DONE_ON);
    match group.and_then(|at| Some(at + small[at..].find(')')?)) {
        Some(end) => (end, format!(", {name}")),
        None => (text.len(), format!(" {DONE_ON}{name})")),
    }
}

/// A full stop with a new sentence behind it, or the `#` that begins a command's remark.
fn ends_sentence(text: &str, tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).map(|token| &text[token.span.clone()]).unwrap_or_default();
    let stop = tokens[at].is('.') && next.starts_with(char::is_uppercase);
    let remark = tokens[at].is('#') && text[tokens[at].span.end..].starts_with(char::is_whitespace);
    stop || (remark && at > 0)
}

fn joins(text: &str, token: &Token) -> bool {
    match token.kind {
        Kind::Mark(c) => matches!(c, '/' | ',' | '&' | '+'),
        Kind::Word => matches!(token.word(text), Some("and" | "or" | "then" | "in" | "on")),
        Kind::Url | Kind::Code => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn environments_as_people_name_them() {
        let places = ["dev", "stage", "production"].map(str::to_owned).to_vec();
        let context = Context::new([], vec![], places, "UTC".parse().unwrap());
        for (text, expected) in [
            ("Deploy customs `1.5.0` to -stage and -prod", &["stage", "production"][..]),
            ("Enable `READ_ONLY` mode in stage/prod", &["stage", "production"]),
            ("set up routing on prod", &["production"]),
            ("run `deploy -prod`", &[]),
            ("the stage manager", &[]),
            ("Enable it for all. See the [-stage config](https://x.org/1)", &[]),
            ("check on dev, stage and production", &["dev", "stage", "production"]),
        ] {
            assert_eq!(environments(text, &tokens(text), &context), expected, "{text}");
        }
    }
}
