//! What messages record at their end: where a pick came from, and what a revert takes back.
//!
//! The rules are git's own (`sequencer.c`, `trailer.c` of git 2.47): a pick's message is what `git cherry-pick -x`
//! writes, a revert's what `git revert` writes.

use std::collections::HashMap;

use train::id::Oid;

const PICKED: &[u8] = b"(cherry picked from commit ";
const REVERTS: &[u8] = b"This reverts commit ";
const GENERATED: [&[u8]; 2] = [b"Signed-off-by: ", PICKED];
const SCISSORS: &[u8] = b"\n# ------------------------ >8 ------------------------\n";

/// The message with the line that records its origin, as `git cherry-pick -x` adds it.
pub(crate) fn with_origin(message: &[u8], commit: &Oid) -> Vec<u8> {
    let mut made = message.to_vec();
    if made.last().is_some_and(|last| *last != b'\n') {
        made.push(b'\n');
    }
    if !ends_in_trailers(&made) {
        made.push(b'\n');
    }
    made.extend_from_slice(PICKED);
    made.extend_from_slice(format!("{commit})\n").as_bytes());
    made
}

/// The message of a revert, as `git revert` writes it; `original` is the reverted one's, in UTF-8.
pub(crate) fn of_revert(original: &[u8], commit: &Oid) -> Vec<u8> {
    let subject = lines(without_blank_start(original)).next().unwrap_or_default();
    let subject = subject.strip_suffix(b"\n").unwrap_or(subject);
    let again = subject.strip_prefix(b"Revert \"").filter(|s| !s.starts_with(b"Revert \""));
    let mut made = match again {
        Some(reverted) => [b"Reapply \"".as_slice(), reverted, b"\n"].concat(),
        None => [b"Revert \"".as_slice(), subject, b"\"\n"].concat(),
    };
    made.extend_from_slice(format!("\nThis reverts commit {commit}.\n").as_bytes());
    made
}

/// The commits that a message says it was picked from, first recorded first.
pub(crate) fn origins(message: &[u8]) -> Vec<Oid> {
    let named = lines(message).filter_map(|line| {
        let rest = line.strip_prefix(PICKED)?;
        let (hash, rest) = hash(rest)?;
        rest.starts_with(b")").then_some(hash)
    });
    named.collect()
}

/// The commit that a message says it takes back.
pub(crate) fn reverts(message: &[u8]) -> Option<Oid> {
    lines(message).find_map(|line| Some(hash(line.strip_prefix(REVERTS)?)?.0))
}

/// The message of a commit made again: what it takes back goes by the name that it has now, where it was made `again` too.
pub(crate) fn with_reverted(message: &[u8], again: &HashMap<Oid, Oid>) -> Vec<u8> {
    let now = reverts(message).and_then(|old| again.get(&old)).filter(|_| !again.is_empty());
    let Some(now) = now else { return message.to_vec() };
    let (mut made, mut due) = (Vec::with_capacity(message.len()), Some(now));
    for line in lines(message) {
        let named = line.strip_prefix(REVERTS).and_then(hash).filter(|_| due.is_some());
        match named {
            Some((_, rest)) => {
                made.extend_from_slice(REVERTS);
                made.extend(due.take().into_iter().flat_map(|now| now.as_str().bytes()));
                made.extend_from_slice(rest);
            }
            None => made.extend_from_slice(line),
        }
    }
    made
}

/// A full hash at the start, and what follows it.
fn hash(text: &[u8]) -> Option<(Oid, &[u8])> {
    let length = text.iter().position(|b| !b.is_ascii_hexdigit()).unwrap_or(text.len());
    Some((std::str::from_utf8(&text[..length]).ok()?.parse().ok()?, &text[length..]))
}

/// Lines with their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|b| *b == b'\n')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| is_space(*b))
}

fn without_blank_start(text: &[u8]) -> &[u8] {
    let skipped: usize = lines(text).take_while(|line| is_blank(line)).map(<[u8]>::len).sum();
    &text[skipped..]
}

/// Whether the last paragraph is one of trailers (`trailer.c`, `find_trailer_block_start`).
fn ends_in_trailers(message: &[u8]) -> bool {
    let text = without_blank_start(message);
    let title: usize = lines(text)
        .take_while(|line| line.starts_with(b"#") || !is_blank(line))
        .map(<[u8]>::len)
        .sum();
    let end = text.len() - ignored_at_end(text);
    let body = text.get(title..end).unwrap_or_default();
    let mut seen = Seen::default();
    for line in body.split_inclusive(|b| *b == b'\n').rev() {
        if line.starts_with(b"#") {
            seen.others += std::mem::take(&mut seen.continuations);
        } else if is_blank(line) {
            if !seen.only_blank() {
                return seen.is_block();
            }
        } else {
            seen.line(line);
        }
    }
    false
}

/// The lines of the last paragraph, as far as read from its end.
#[derive(Default)]
struct Seen {
    any: bool,
    generated: bool,
    trailers: usize,
    others: usize,
    continuations: usize,
}

impl Seen {
    fn only_blank(&self) -> bool {
        !self.any
    }

    fn line(&mut self, line: &[u8]) {
        self.any = true;
        let indented = is_space(line[0]);
        if GENERATED.iter().any(|g| line.starts_with(g)) {
            self.generated = true;
            self.trailers += 1;
            self.continuations = 0;
        } else if !indented && has_separator(line) {
            self.trailers += 1;
            self.continuations = 0;
        } else if indented {
            self.continuations += 1;
        } else {
            self.others += 1 + std::mem::take(&mut self.continuations);
        }
    }

    /// All trailers; or one that git made, and at least a quarter trailers.
    fn is_block(&self) -> bool {
        let others = self.others + self.continuations;
        (self.generated && self.trailers * 3 >= others) || (self.trailers > 0 && others == 0)
    }
}

/// Whether a line is `token: value`: letters, digits and dashes, perhaps white space, a colon.
fn has_separator(line: &[u8]) -> bool {
    let token = line.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let rest = &line[token..];
    let spaces = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    token > 0 && rest.get(spaces) == Some(&b':')
}

/// How many bytes at the end are comments, blank lines or an old list of conflicts (`commit.c`,
/// `ignored_log_message_bytes`).
fn ignored_at_end(text: &[u8]) -> usize {
    let found = text.windows(SCISSORS.len()).position(|w| w == SCISSORS);
    let cut = match found {
        _ if text.starts_with(&SCISSORS[1..]) => 0,
        Some(at) => at + 1,
        None => text.len(),
    };
    let (mut start, mut at, mut conflicts) = (0, 0, false);
    for line in lines(&text[..cut]) {
        if line.starts_with(b"#") || line == b"\n" {
            start = if start == 0 { at } else { start };
        } else if line == b"Conflicts:\n" {
            conflicts = true;
            start = if start == 0 { at } else { start };
        } else if !(conflicts && line.starts_with(b"\t")) && start != 0 {
            (start, conflicts) = (0, false);
        }
        at += line.len();
    }
    text.len() - if start == 0 { cut } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HASH: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn oid() -> Oid {
        HASH.parse().unwrap()
    }

    #[test]
    fn what_a_revert_names_goes_by_the_name_it_has_now() {
        let now: Oid = "1".repeat(40).parse().unwrap();
        let again = HashMap::from([(oid(), now.clone())]);
        let message = |id: &Oid| {
            format!("S\n\nThis reverts commit {id}, of\nThis reverts commit {HASH}.").into_bytes()
        };
        assert_eq!(with_reverted(&message(&oid()), &again), message(&now));
        assert_eq!(with_reverted(&message(&now), &again), message(&now));
    }

    #[test]
    fn the_origin_stands_apart_unless_the_message_ends_in_trailers() {
        let line = format!("(cherry picked from commit {HASH})\n");
        for (message, between) in [
            ("", "\n"),
            ("Subject", "\n\n"),
            ("Subject\n", "\n"),
            ("Fix: it\n", "\n"),
            ("Subject\n\nBody.\n", "\n"),
            ("Subject\n\nSigned-off-by: A <a@x>\n", ""),
            ("Subject\n\nBug: 1\nReviewed-by: x", "\n"),
            ("Subject\r\n\r\nSigned-off-by: A <a@x>\r\n", ""),
            ("Subject\n\nBug: 1\nand prose\n", "\n"),
            ("Subject\n\nSigned-off-by: A\nand prose\nand more\nyet\nmore\n", "\n"),
        ] {
            let made = with_origin(message.as_bytes(), &oid());
            assert_eq!(String::from_utf8(made).unwrap(), format!("{message}{between}{line}"));
        }
        let twice = with_origin(&with_origin(b"S\n", &oid()), &oid());
        assert_eq!(String::from_utf8(twice).unwrap(), format!("S\n\n{line}{line}"));
    }

    #[test]
    fn a_revert_of_a_revert_reapplies_once() {
        let message = |of: &str| String::from_utf8(of_revert(of.as_bytes(), &oid())).unwrap();
        assert_eq!(
            message("Fix\n\nBody"),
            format!("Revert \"Fix\"\n\nThis reverts commit {HASH}.\n")
        );
        assert!(message("Revert \"Fix\"\n").starts_with("Reapply \"Fix\"\n\n"));
        assert!(message("Revert \"Revert \"Fix\"\"").starts_with("Revert \"Revert \"Revert"));
    }

    #[test]
    fn origins_and_reverts_are_read_where_git_writes_them() {
        let other = "a".repeat(64);
        let message = format!(
            "S\n\nsee (cherry picked from commit {other})\n(cherry picked from commit {HASH})\n(cherry picked from commit {other})\r\n(cherry picked from commit abc)\n"
        );
        assert_eq!(origins(message.as_bytes()), [oid(), other.parse().unwrap()]);
        assert_eq!(
            reverts(format!("R\n\nThis reverts commit {HASH}, reversing\n").as_bytes()),
            Some(oid())
        );
        assert_eq!(reverts(b"R\n\nThis reverts commit abc.\n"), None);
    }

    proptest! {
        #[test]
        fn any_message_keeps_its_bytes(message: Vec<u8>) {
            let made = with_origin(&message, &oid());
            prop_assert!(made.starts_with(&message));
            prop_assert_eq!(origins(&made).pop(), Some(oid()));
            let revert = of_revert(&message, &oid());
            prop_assert_eq!(reverts(&revert), Some(oid()));
        }
    }
}
