//! A line's words: what the smaller rules (done, owner, links, environments) look at, in one pass over the text.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits, with what stands inside words: `2017.02.09-1`, `-prod`, `@name`, `repo@hash`.
    Word,
    /// A link.
    Url,
    /// Between backquotes: a command or a name, never a word of ours.
    Code,
    /// Any other visible character.
    Mark(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub span: Range<usize>,
}

impl Token {
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub fn word<'t>(&self, text: &'t str) -> Option<&'t str> {
        (self.kind == Kind::Word).then(|| &text[self.span.clone()])
    }
}

/// The tokens of `text`, in one pass; spans are of `text`.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    // Once no backquote closes a run of this length, none further on does.
    let mut unclosed = [false; 3];
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, end) = if c.is_whitespace() || c.is_control() {
            at += c.len_utf8();
            continue;
        } else if is_url(rest) {
            (Kind::Url, at + url_length(rest))
        } else if c == '`' {
            match code_length(rest, &mut unclosed) {
                Some(length) => (Kind::Code, at + length),
                None => (Kind::Mark(c), at + 1),
            }
        } else {
            match word_length(rest) {
                0 => (Kind::Mark(c), at + c.len_utf8()),
                length => (Kind::Word, at + length),
            }
        };
        found.push(Token { kind, span: at..end });
        at = end;
    }
    found
}

/// Whether a link begins here.
pub(super) fn is_url(text: &str) -> bool {
    let begins = |with: &str| text.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
    begins("https://") || begins("http://")
}

/// How long the link is that begins here. A bracket that it did not open, a strike's mark and the sentence's own
/// punctuation are not its.
fn url_length(text: &str) -> usize {
    let mut open = 0_i32;
    let mut end = text.len();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let stop = match c {
            '(' => {
                open += 1;
                false
            }
            ')' => {
                open -= 1;
                open < 0
            }
            '~' => !next.is_some_and(char::is_alphanumeric),
            '<' | '>' | '"' | '`' | ']' | '[' | '|' => true,
            c => c.is_whitespace() || c.is_control(),
        };
        if stop {
            end = at;
            break;
        }
    }
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '\'', '…']).len()
}

/// The length of a code span that begins here, with as many backquotes at its end as at its beginning.
fn code_length(text: &str, unclosed: &mut [bool; 3]) -> Option<usize> {
    let ticks = text.bytes().take_while(|b| *b == b'`').count();
    if ticks > 2 || unclosed[ticks] {
        return None;
    }
    let mut at = ticks;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let run = text[start..].bytes().take_while(|b| *b == b'`').count();
        if run == ticks {
            return Some(start + run);
        }
        at = start + run;
    }
    unclosed[ticks] = true;
    None
}

fn word_length(text: &str) -> usize {
    let inside =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '\'' | '’' | '@' | '+');
    let run = &text[..text.find(|c| !inside(c)).unwrap_or(text.len())];
    let leading = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '@' | '+');
    if run.starts_with(leading) || !run.contains(char::is_alphanumeric) {
        return 0;
    }
    // “done...and” ends where the sentence does.
    let run = &run[..run.find("..").unwrap_or(run.len())];
    run.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
}

/// Spans between `~~` and `~~`, or `~` and `~`, the marks included. A tilde before a number is “about”, one in a path
/// belongs to the path.
pub(super) fn struck(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut unclosed = [false; 3];
    let mut at = 0;
    while let Some(next) = text[at..].find('~') {
        let start = at + next;
        let run = text[start..].bytes().take_while(|b| *b == b'~').count();
        let before = text[..start].chars().next_back();
        let opens = run <= 2
            && !unclosed[run]
            && text[start + run..].chars().next().is_some_and(|c| !c.is_whitespace())
            && !before.is_some_and(|c| c.is_alphanumeric() || c == '/');
        at = start + run;
        if !opens {
            continue;
        }
        match closing(text, at, run) {
            Some(end) => {
                found.push(start..end);
                at = end;
            }
            None => unclosed[run] = true,
        }
    }
    found
}

/// The end of the strike that was opened with `run` tildes before `from`.
fn closing(text: &str, from: usize, run: usize) -> Option<usize> {
    let mut at = from;
    while let Some(next) = text[at..].find('~') {
        let start = at + next;
        let length = text[start..].bytes().take_while(|b| *b == b'~').count();
        let after = text[start + length..].chars().next();
        let before = text[..start].chars().next_back();
        if length == run
            && before.is_some_and(|c| !c.is_whitespace() && c != '/')
            && !after.is_some_and(|c| c.is_alphanumeric() || c == '/')
        {
            return Some(start + length);
        }
        at = start + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|t| &text[t.span]).collect()
    }

    #[test]
    fn words_links_code_and_marks() {
        assert_eq!(
            shown("* Deploy `a b` to -prod (see https://x.org/a_(b)). DONE..."),
            [
                "*",
                "Deploy",
                "`a b`",
                "to",
                "-prod",
                "(",
                "see",
                "https://x.org/a_(b)",
                ")",
                ".",
                "DONE",
                ".",
                ".",
                "."
            ]
        );
        assert_eq!(
            shown("~~https://x.org/~u/1~~ in v2017.02.09-1,"),
            ["~", "~", "https://x.org/~u/1", "~", "~", "in", "v2017.02.09-1", ","]
        );
        assert_eq!(shown("a ` b"), ["a", "`", "b"]);
    }

    #[test]
    fn strikes_are_closed_and_about_is_none() {
        let shown = |text: &'static str| -> Vec<&str> {
            struck(text).into_iter().map(|span| &text[span]).collect()
        };
        assert_eq!(shown("is ~muffin~ eviljeff"), ["~muffin~"]);
        assert_eq!(shown("~~[a](b)~~ [c](d)"), ["~~[a](b)~~"]);
        assert_eq!(shown("~6pm UTC"), [""; 0]);
        assert_eq!(shown("cp ~/a ~/b and x~y~z"), [""; 0]);
    }
}
