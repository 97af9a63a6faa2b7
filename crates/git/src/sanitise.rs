//! What git and remotes print, made fit for a message: git passes a remote's escape codes through as they come.

use train::letter::is_harmful;

/// Longest text taken over from outside, in characters.
const LONGEST: usize = 400;

/// The words that matter of a standard error stream: no escape or control characters, no progress, no advice, no
/// credentials, one line, at most 400 characters.
pub(crate) fn words(stream: &[u8]) -> String {
    let text = String::from_utf8_lossy(stream);
    // What is written over itself (progress, and a remote's own line ends) counts by its last words.
    let last = |line: &str| line.split('\r').map(plain).rfind(|words| matters(words));
    let lines: Vec<String> = text.lines().filter_map(last).collect();
    cut(&without_credentials(&joined(&lines)))
}

/// One line of a standard error stream for whoever reads along: as fit as a message, and no longer.
pub(crate) fn line(stream: &[u8]) -> String {
    cut(&without_credentials(&plain(&String::from_utf8_lossy(stream))))
}

/// Lines as one; a sentence that git broke goes on.
fn joined(lines: &[String]) -> String {
    let mut all = String::new();
    for line in lines {
        let between = match () {
            () if all.is_empty() => "",
            () if line.starts_with("and ") || all.ends_with('.') => " ",
            () => "; ",
        };
        all.push_str(between);
        all.push_str(line);
    }
    all
}

/// One text from outside without escapes, control and direction characters; white space becomes single spaces.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            // The one-character form of "ESC [".
            '\u{9b}' => skip_until(&mut chars, |c| ('\u{40}'..='\u{7e}').contains(&c)),
            c if c.is_whitespace() => shown.push(' '),
            c if is_harmful(c) => {}
            c => shown.push(c),
        }
    }
    shown.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Skips what follows an escape character: a control sequence, a string up to its end, or one character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => skip_until(chars, |c| ('\u{40}'..='\u{7e}').contains(&c)),
        Some(']' | 'P' | 'X' | '^' | '_') => {
            skip_until(chars, |c| matches!(c, '\u{7}' | '\u{9c}' | '\u{1b}'))
        }
        _ => {}
    }
}

fn skip_until(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, is_end: impl Fn(char) -> bool) {
    while let Some(c) = chars.next() {
        if is_end(c) {
            // "ESC \" ends a string.
            if c == '\u{1b}' && chars.peek() == Some(&'\\') {
                chars.next();
            }
            return;
        }
    }
}

/// Whether a line says something: progress and git's advice to people at a keyboard do not.
pub(crate) fn matters(line: &str) -> bool {
    const IDLE: &[&str] = &[
        "Enumerating objects",
        "Counting objects",
        "Compressing objects",
        "Writing objects",
        "Receiving objects",
        "Resolving deltas",
        "Delta compression",
        "Total ",
        "Unpacking objects",
        "Updating references",
        "From ",
        "hint:",
        "error: failed to push some refs",
        "Everything up-to-date",
        "POST git-",
    ];
    let said = line.strip_prefix("remote:").map_or(line, str::trim_start);
    !said.is_empty() && !IDLE.iter().any(|idle| said.starts_with(idle)) && !tells_of_alerts(line)
}

/// Whether GitHub counts there what it found to be vulnerable, or says where that is listed. Whoever may know sees it
/// there; those who read along may not. Its form is as in <https://github.com/languagetool-org/languagetool/issues/8260>, the address was
/// `/network/alerts` before.
pub(crate) fn tells_of_alerts(line: &str) -> bool {
    let said = line.strip_prefix("remote:").map_or(line, str::trim_start);
    let counts = said.starts_with("GitHub found ") && said.contains(" vulnerabilit");
    let at = ["/security/dependabot", "/network/alerts"];
    let lists = said.starts_with("https://") && at.iter().any(|at| said.contains(at));
    counts || lists
}

/// `scheme://user:secret@host` without what stands before the `@`.
pub(crate) fn without_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '?' | '#'))
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(user) => &after[user + 1..],
            None => after,
        };
    }
    shown.push_str(rest);
    shown
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_taken_out_whole() {
        assert_eq!(
            plain(
                "a\u{1b}[31;1mred\u{1b}[0m \u{1b}]0;title\u{7}b\u{1b}]8;;http://x\u{1b}\\c\u{9b}2Jd\u{1b}"
            ),
            "ared bcd"
        );
        assert_eq!(plain("tab\tbell\u{7}\u{202e}rtl\u{0}"), "tab bellrtl");
    }

    #[test]
    fn progress_and_advice_are_left_out_and_the_remote_is_heard() {
        let stream = b"remote: Counting objects:  10% (1/10)\rremote: Counting objects: 100% (10/10), done.\x1b[K\n\
            remote: \x1b[31mno tags today\x1b[0m\x1b[K\n\
            remote: GitHub found 2 vulnerabilities on o/r's default branch (2 low).\nhint: try harder\nerror: failed to push some refs to 'x'\n";
        assert_eq!(words(stream), "remote: no tags today");
    }

    #[test]
    fn credentials_are_left_out() {
        assert_eq!(
            words(b"fatal: unable to access 'https://me:s3cret@host/x.git/': no"),
            "fatal: unable to access 'https://host/x.git/': no"
        );
        assert_eq!(without_credentials("a://t@h b://u:p@q@h/x@y"), "a://h b://h/x@y");
    }

    proptest! {
        #[test]
        fn nothing_unprintable_passes(stream in proptest::collection::vec(any::<u8>(), 0..200)) {
            let said = words(&stream);
            prop_assert!(!said.chars().any(is_harmful), "{said:?}");
            prop_assert!(said.chars().count() <= LONGEST + 1);
        }
    }
}
