//! Commit objects as bytes: taken apart, and written again with everything kept that must be kept (P5).

use train::id::Oid;

/// A commit object, taken apart without decoding anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    headers: Vec<Header<'a>>,
    /// Everything after the first empty line.
    pub message: &'a [u8],
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Header<'a> {
    name: &'a [u8],
    value: &'a [u8],
    /// The line with its continuation lines, without the last line end.
    whole: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Takes any bytes: what is no header line ends up as a header without a value.
    pub(crate) fn parse(mut bytes: &'a [u8]) -> Self {
        let mut headers: Vec<Header<'a>> = Vec::new();
        while !bytes.is_empty() && bytes[0] != b'\n' {
            let mut end = line_end(bytes, 0);
            while bytes.get(end + 1) == Some(&b' ') {
                end = line_end(bytes, end + 1);
            }
            let whole = &bytes[..end];
            let space = whole.iter().position(|b| *b == b' ').unwrap_or(whole.len());
            let value = whole.get(space + 1..).unwrap_or_default();
            headers.push(Header { name: &whole[..space], value, whole });
            bytes = bytes.get(end + 1..).unwrap_or_default();
        }
        Self { headers, message: bytes.get(1..).unwrap_or_default() }
    }

    fn header(&self, name: &str) -> Option<&Header<'a>> {
        self.headers.iter().find(|h| h.name == name.as_bytes())
    }

    /// The value of a header that is there once.
    pub(crate) fn only(&self, name: &str) -> Option<&'a [u8]> {
        let mut named = self.headers.iter().filter(|h| h.name == name.as_bytes());
        let only = named.next()?;
        named.next().is_none().then_some(only.value)
    }

    fn oids(&self, name: &str) -> impl Iterator<Item = Oid> {
        let named = self.headers.iter().filter(move |h| h.name == name.as_bytes());
        named.filter_map(|h| std::str::from_utf8(h.value).ok()?.parse().ok())
    }

    /// The tree it holds.
    pub(crate) fn tree(&self) -> Option<Oid> {
        self.oids("tree").next()
    }

    /// What a tag names.
    pub(crate) fn object(&self) -> Option<Oid> {
        self.oids("object").next()
    }

    /// Its parents, first parent first.
    pub(crate) fn parents(&self) -> Vec<Oid> {
        self.oids("parent").collect()
    }

    /// When it was committed, in seconds, as git orders by it; 0 where that can't be read.
    pub(crate) fn committed(&self) -> u64 {
        self.time_of("committer").unwrap_or(0)
    }

    /// When a tag was made, in seconds; none where it does not say.
    pub(crate) fn tagged(&self) -> Option<u64> {
        self.time_of("tagger")
    }

    fn time_of(&self, name: &str) -> Option<u64> {
        let line = self.header(name)?.value;
        let after =
            line.iter().rposition(|b| *b == b'>').map_or(b"".as_slice(), |at| &line[at + 1..]);
        let digits = after.trim_ascii_start();
        let end = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
        std::str::from_utf8(&digits[..end]).ok().and_then(|n| n.parse().ok())
    }

    /// Whether it says that its text is in another encoding than UTF-8.
    pub(crate) fn is_encoded(&self) -> bool {
        self.header("encoding").is_some()
    }

    /// Whether it carries a signature, which no rewritten commit can keep.
    pub(crate) fn is_signed(&self) -> bool {
        ["gpgsig", "gpgsig-sha256"].iter().any(|name| self.header(name).is_some())
    }

    /// The same author's work on another tree and parent: author line and encoding byte for byte, and `message`.
    /// Every other header speaks of the original alone and is left out.
    pub(crate) fn rewritten(&self, tree: &Oid, parent: &Oid, by: &str, message: &[u8]) -> Vec<u8> {
        let author = format!("author {by}");
        let author = self.header("author").map_or(author.as_bytes(), |h| h.whole);
        let encoding = self.header("encoding").map(|h| h.whole);
        written(tree, &[parent], author, by, encoding, message)
    }
}

/// A new commit's bytes, by one person.
pub(crate) fn commit(tree: &Oid, parents: &[&Oid], by: &str, message: &[u8]) -> Vec<u8> {
    written(tree, parents, format!("author {by}").as_bytes(), by, None, message)
}

fn written(
    tree: &Oid,
    parents: &[&Oid],
    author: &[u8],
    by: &str,
    encoding: Option<&[u8]>,
    message: &[u8],
) -> Vec<u8> {
    let mut bytes = format!("tree {tree}\n").into_bytes();
    for parent in parents {
        bytes.extend_from_slice(format!("parent {parent}\n").as_bytes());
    }
    bytes.extend_from_slice(author);
    bytes.extend_from_slice(format!("\ncommitter {by}\n").as_bytes());
    if let Some(encoding) = encoding {
        bytes.extend_from_slice(encoding);
        bytes.push(b'\n');
    }
    bytes.push(b'\n');
    bytes.extend_from_slice(message);
    bytes
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn oid(text: &str) -> Oid {
        text.parse().unwrap()
    }

    fn sample() -> Vec<u8> {
        let head = format!("tree {TREE}\nparent {TREE}\nauthor J\u{e9} <j@x> 1 +0545\n");
        let tail = "committer C <c@x> 2 -0000\ngpgsig -----BEGIN\n line\n  -----END\nencoding latin1\nodd\n\nSubject\n\nBody";
        [head.as_bytes(), tail.as_bytes()].concat()
    }

    #[test]
    fn a_commit_is_taken_apart() {
        let bytes = sample();
        let raw = Raw::parse(&bytes);
        assert_eq!((raw.tree(), raw.parents()), (Some(oid(TREE)), vec![oid(TREE)]));
        assert!(raw.is_signed() && raw.is_encoded());
        assert_eq!(raw.message, b"Subject\n\nBody");
    }

    #[test]
    fn author_and_encoding_survive_and_the_signature_does_not() {
        let bytes = sample();
        let made =
            Raw::parse(&bytes).rewritten(&oid(TREE), &oid(TREE), "Me <me@x> 3 +0000", b"New");
        let expected = format!(
            "tree {TREE}\nparent {TREE}\nauthor J\u{e9} <j@x> 1 +0545\ncommitter Me <me@x> 3 +0000\nencoding latin1\n\nNew"
        );
        assert_eq!(String::from_utf8(made).unwrap(), expected);
    }

    #[test]
    fn a_commit_without_a_message_has_none() {
        let bytes = format!("tree {TREE}\n");
        assert_eq!(Raw::parse(bytes.as_bytes()).message, b"");
        let bytes = format!("tree {TREE}");
        assert_eq!(Raw::parse(bytes.as_bytes()).tree(), Some(oid(TREE)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            let raw = Raw::parse(&bytes);
            prop_assert!(bytes.ends_with(raw.message));
            let _ = (raw.tree(), raw.parents(), raw.is_signed());
        }

        #[test]
        fn what_is_written_reads_back(message: Vec<u8>, signed: bool) {
            let (tree, by) = (oid(TREE), "A <a@x> 1 +0000");
            let mut bytes = commit(&tree, &[&tree], by, &message);
            if signed {
                let at = bytes.windows(2).position(|w| w == b"\n\n").unwrap();
                bytes.splice(at..at, b"\ngpgsig x\n y\n ".iter().copied());
            }
            let raw = Raw::parse(&bytes);
            prop_assert_eq!(raw.message, &message[..]);
            prop_assert_eq!(raw.is_signed(), signed);
            prop_assert_eq!(raw.rewritten(&tree, &tree, by, &message), commit(&tree, &[&tree], by, &message));
        }
    }
}
