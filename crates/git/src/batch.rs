//! Objects by name, read through one `git cat-file`.

use conductor::failure::{Failure, Result};
use train::id::Oid;
use train::refusal::Code;

use crate::process::Git;

/// An object as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    /// Its name.
    pub id: Oid,
    /// `commit`, `tree`, `blob` or `tag`.
    pub kind: String,
    /// Its bytes; how many there are where only that was asked.
    pub size: usize,
    /// Its bytes; empty where they were not asked for.
    pub bytes: Vec<u8>,
}

/// What git says of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// There is one.
    Found(Object),
    /// There is none.
    Missing,
    /// There are several by that abbreviation.
    Ambiguous,
}

impl Answer {
    /// The object, where there is exactly one.
    pub(crate) fn found(self) -> Option<Object> {
        match self {
            Self::Found(object) => Some(object),
            Self::Missing | Self::Ambiguous => None,
        }
    }
}

/// Objects with their bytes, in the order asked.
pub(crate) async fn contents(git: &Git, names: &[String]) -> Result<Vec<Answer>> {
    ask(git, "--batch", names).await
}

/// Objects without their bytes, in the order asked.
pub(crate) async fn kinds(git: &Git, names: &[String]) -> Result<Vec<Answer>> {
    ask(git, "--batch-check", names).await
}

async fn ask(git: &Git, how: &str, names: &[String]) -> Result<Vec<Answer>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut input = Vec::new();
    for name in names {
        input.extend_from_slice(name.as_bytes());
        input.push(0);
    }
    let out = git.with_input(["cat-file", how, "-z"], &input).await?.out;
    parse(&out, names, how == "--batch").ok_or_else(|| strange("cat-file"))
}

/// Reads the answers to `names`. None when the bytes are no such answers.
pub(crate) fn parse(mut out: &[u8], names: &[String], with_bytes: bool) -> Option<Vec<Answer>> {
    let mut answers = Vec::with_capacity(names.len());
    for name in names {
        let after = out.strip_prefix(name.as_bytes());
        let (answer, rest) = if let Some(rest) = after.and_then(|o| o.strip_prefix(b" missing\n")) {
            (Answer::Missing, rest)
        } else if let Some(rest) = after.and_then(|o| o.strip_prefix(b" ambiguous\n")) {
            (Answer::Ambiguous, rest)
        } else {
            object(out, with_bytes)?
        };
        answers.push(answer);
        out = rest;
    }
    out.is_empty().then_some(answers)
}

fn object(out: &[u8], with_bytes: bool) -> Option<(Answer, &[u8])> {
    let end = out.iter().position(|b| *b == b'\n')?;
    let head = std::str::from_utf8(&out[..end]).ok()?;
    let [id, kind, size] = head.split(' ').collect::<Vec<_>>()[..] else { return None };
    let size: usize = size.parse().ok()?;
    let (id, kind) = (id.parse().ok()?, kind.to_owned());
    let rest = &out[end + 1..];
    if !with_bytes {
        return Some((Answer::Found(Object { id, kind, size, bytes: Vec::new() }), rest));
    }
    let (bytes, rest) = rest.split_at_checked(size)?;
    let object = Object { id, kind, size, bytes: bytes.to_vec() };
    Some((Answer::Found(object), rest.strip_prefix(b"\n")?))
}

/// git's answer can't be read: a version that speaks otherwise.
pub(crate) fn strange(verb: &str) -> Failure {
    let message = format!("git {verb} answered in a form that is not known here");
    Failure::new(Code::Git, message, "run `pushduty check`: it takes git 2.41 or newer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HASH: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    #[test]
    fn answers_are_told_apart_whatever_the_names_hold() {
        let names = ["abc".to_owned(), "a\nb missing".to_owned(), "x".to_owned()];
        let out = format!("abc ambiguous\na\nb missing missing\n{HASH} blob 3\na\nb\n");
        let answers = parse(out.as_bytes(), &names, true).unwrap();
        assert_eq!(answers[..2], [Answer::Ambiguous, Answer::Missing]);
        assert_eq!(answers[2].clone().found().unwrap().bytes, b"a\nb");
        assert_eq!(parse(b"", &names, true), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>, names: Vec<String>, with_bytes: bool) {
            let _ = parse(&out, &names, with_bytes);
        }

        #[test]
        fn any_size_is_read_or_refused(size: u64, bytes: Vec<u8>) {
            let out = [format!("{HASH} blob {size}\n").into_bytes(), bytes].concat();
            let _ = parse(&out, &["x".to_owned()], true);
        }
    }
}
