//! Commits as people are told of them, read in this process where git would tell them as they are stored.
//!
//! What names another encoding, and whatever does not look like a commit as git writes it, git reads itself.

use std::collections::HashMap;

use conductor::failure::Result;
use jiff::Timestamp;
use train::facts::Commit;
use train::id::Oid;

use crate::batch::strange;
use crate::history::History;
use crate::objects;
use crate::process::Git;
use crate::raw::Raw;

/// The fields of a [`Commit`], for `--format`.
pub(crate) const FIELDS: &str = "%H%x00%P%x00%s%x00%an%x00%ae%x00%ct";
/// How many they are.
pub(crate) const FIELD_COUNT: usize = 6;

/// The records that `git log` writes in `format`, each of `fields` fields, for the commits that `input` names on
/// standard input: hashes stay out of the list of processes.
pub(crate) async fn log(
    git: &Git,
    format: &str,
    fields: usize,
    options: &[&str],
    input: &str,
) -> Result<Vec<Vec<u8>>> {
    let format = format!("--format=tformat:{format}");
    let always = ["log", "-z", "--encoding=UTF-8", "--no-show-signature", "--no-notes", &format];
    // Paths come after the word that ends the revisions.
    let paths = options.iter().position(|o| *o == "--").unwrap_or(options.len());
    let (options, paths) = options.split_at(paths);
    let args = always.iter().chain(options).chain(&["--stdin"]).chain(paths);
    let out = git.with_input(args, input.as_bytes()).await?.out;
    records(&out, fields).ok_or_else(|| strange("log"))
}

/// Splits the output of `-z` into fields. None when their number is no multiple of `fields`.
pub(crate) fn records(out: &[u8], fields: usize) -> Option<Vec<Vec<u8>>> {
    if out.is_empty() {
        return Some(Vec::new());
    }
    let all: Vec<Vec<u8>> =
        out.strip_suffix(b"\0")?.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
    all.len().is_multiple_of(fields).then_some(all)
}

/// Commits from [`log`]'s records of [`FIELDS`].
pub(crate) async fn commits(git: &Git, options: &[&str], input: &str) -> Result<Vec<Commit>> {
    let fields = log(git, FIELDS, FIELD_COUNT, options, input).await?;
    let read: Option<Vec<Commit>> = fields.chunks(FIELD_COUNT).map(commit_of).collect();
    read.ok_or_else(|| strange("log"))
}

/// A commit from its fields. None when they are no such fields.
pub(crate) fn commit_of(fields: &[Vec<u8>]) -> Option<Commit> {
    let [id, parents, subject, author, email, at, ..] = fields else { return None };
    let parents = std::str::from_utf8(parents).ok()?.split_ascii_whitespace();
    Some(Commit {
        id: oid(id)?,
        parents: parents.map(str::parse).collect::<std::result::Result<_, _>>().ok()?,
        subject: one_line(subject),
        author: one_line(author),
        email: one_line(email),
        // A date that no clock shows is as good as none.
        committed_at: text(at)
            .parse()
            .ok()
            .and_then(|s| Timestamp::from_second(s).ok())
            .unwrap_or_default(),
    })
}

/// An object's name from git's bytes.
pub(crate) fn oid(bytes: &[u8]) -> Option<Oid> {
    std::str::from_utf8(bytes).ok()?.trim_end().parse().ok()
}

/// Text of any encoding, lossily.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Text without line ends of any kind; other control characters stay as they are.
pub(crate) fn one_line(bytes: &[u8]) -> String {
    let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    String::from_utf8_lossy(bytes).replace(breaks, " ").trim().to_owned()
}

/// A commit and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// What is shown of it.
    pub commit: Commit,
    /// The whole message, in UTF-8 where its commit says what it was in.
    pub message: Vec<u8>,
}

impl Told {
    /// Whether it has several parents.
    pub(crate) fn is_merge(&self) -> bool {
        self.commit.parents.len() > 1
    }
}

/// In which order commits are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Newest first by date.
    ByDate,
    /// None before all its children.
    Topological,
}

/// The commits that `tip` has and none of `others` has, newest first.
pub(crate) async fn without(
    git: &Git,
    tip: &Oid,
    others: &[Oid],
    order: Order,
) -> Result<Vec<Told>> {
    let (tip, others) = (tip.clone(), others.to_vec());
    let listed = git.apart(move |objects| {
        let history = History::of(objects);
        let listed = history.without(&[tip], &others)?;
        match order {
            Order::ByDate => Ok(listed),
            Order::Topological => history.topological(&listed),
        }
    });
    told(git, listed.await?).await
}

/// Reads commits by their names, in that order.
pub(crate) async fn told(git: &Git, ids: Vec<Oid>) -> Result<Vec<Told>> {
    let read = git
        .apart(move |objects| {
            let read = ids.into_iter().map(|id| {
                let bytes = objects.commit(&id)?.ok_or_else(|| objects::no_such(&id))?;
                Ok((plain(&id, &bytes), id))
            });
            read.collect::<Result<Vec<_>>>()
        })
        .await?;
    let odd: Vec<&Oid> = read.iter().filter(|(told, _)| told.is_none()).map(|(_, id)| id).collect();
    let mut odd = by_git(git, &odd).await?;
    let all = read.into_iter().map(|(told, id)| told.or_else(|| odd.remove(&id)));
    all.collect::<Option<_>>().ok_or_else(|| strange("log"))
}

/// As git tells of them.
async fn by_git(git: &Git, ids: &[&Oid]) -> Result<HashMap<Oid, Told>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let count = FIELD_COUNT + 1;
    let format = format!("{FIELDS}%x00%B");
    let fields = log(git, &format, count, &["--no-walk=unsorted"], &input).await?;
    let told = fields.chunks(count).map(|record| {
        let commit = commit_of(record).ok_or_else(|| strange("log"))?;
        Ok((commit.id.clone(), Told { commit, message: record[FIELD_COUNT].clone() }))
    });
    told.collect()
}

/// Reads a commit's bytes as `git log` does with the format of [`FIELDS`]. None where that takes more than reading.
pub(crate) fn plain(id: &Oid, bytes: &[u8]) -> Option<Told> {
    let raw = Raw::parse(bytes);
    if raw.is_encoded() || bytes.contains(&0) {
        return None;
    }
    let (author, committer) = (Ident::of(raw.only("author")?)?, Ident::of(raw.only("committer")?)?);
    let commit = Commit {
        id: id.clone(),
        parents: raw.parents(),
        subject: one_line(&subject(raw.message)),
        author: one_line(author.name),
        email: one_line(author.email),
        committed_at: Timestamp::from_second(committer.seconds).unwrap_or_default(),
    };
    Some(Told { commit, message: raw.message.to_vec() })
}

/// Who and when, as git writes it.
struct Ident<'a> {
    name: &'a [u8],
    email: &'a [u8],
    seconds: i64,
}

impl<'a> Ident<'a> {
    /// Reads `Name <mail> 1700000000 +0100`; anything else is not plain.
    fn of(line: &'a [u8]) -> Option<Self> {
        let once = |byte| {
            let at = line.iter().position(|b| *b == byte)?;
            (line.iter().rposition(|b| *b == byte)? == at).then_some(at)
        };
        let (open, close) = (once(b'<')?, once(b'>')?);
        let email = line.get(open + 1..close)?;
        let when = std::str::from_utf8(line.get(close + 1..)?).ok()?.strip_prefix(' ')?;
        let (seconds, zone) = when.split_once(' ')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let zone_digits = zone.strip_prefix(['+', '-'])?;
        (digits(seconds) && zone_digits.len() == 4 && digits(zone_digits)).then_some(())?;
        Some(Self { name: line[..open].trim_ascii(), email, seconds: seconds.parse().ok()? })
    }
}

/// The first paragraph, its lines joined (`pretty.c`, `format_subject`).
fn subject(message: &[u8]) -> Vec<u8> {
    let blank = |line: &&[u8]| line.trim_ascii().is_empty();
    let lines = message.split(|b| *b == b'\n').skip_while(blank).take_while(|line| !blank(line));
    lines.map(<[u8]>::trim_ascii_end).collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    fn fields(of: &[&str]) -> Vec<Vec<u8>> {
        of.iter().map(|f| f.as_bytes().to_vec()).collect()
    }

    #[test]
    fn a_subject_is_one_line_and_a_strange_date_is_none() {
        let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let read =
            commit_of(&fields(&[id, id, "a\u{1b}[31m\u{2028}b\r", "A\nB", "e", "x"])).unwrap();
        assert_eq!((read.subject.as_str(), read.author.as_str()), ("a\u{1b}[31m b", "A B"));
        assert_eq!(read.committed_at, Timestamp::UNIX_EPOCH);
        assert_eq!(commit_of(&fields(&["x", "", "", "", "", ""])), None);
    }

    fn read(author: &str, rest: &str) -> Option<Told> {
        let bytes = format!("tree {TREE}\nauthor {author}\ncommitter C <c@x> 5 +0000\n{rest}");
        plain(&TREE.parse().unwrap(), bytes.as_bytes())
    }

    #[test]
    fn a_subject_is_the_first_paragraph() {
        let told = read("A B <a@x> 1 +0100", "\n\n \nOne \n two\n\nBody\n").unwrap();
        assert_eq!(told.commit.subject, "One  two");
        assert_eq!((told.commit.author.as_str(), told.commit.email.as_str()), ("A B", "a@x"));
        assert_eq!(told.commit.committed_at, Timestamp::from_second(5).unwrap());
        assert_eq!(read("A <a@x> 1 +0100", "\n").unwrap().commit.subject, "");
    }

    #[test]
    fn what_is_not_as_git_writes_it_is_left_to_git() {
        for odd in
            ["A <a@x>", "A a@x 1 +0000", "A <a<b@x> 1 +0000", "A <a@x> x +0000", "A <a@x> 1 UTC"]
        {
            assert_eq!(read(odd, "\nx"), None, "{odd}");
        }
        assert_eq!(read("A <a@x> 1 +0000", "encoding latin1\n\nx"), None);
        assert_eq!(read("A <a@x> 1 +0000", "author B <b@x> 1 +0000\n\nx"), None);
        assert_eq!(read("A <a@x> 1 +0000", "\na\0b"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>, fields in 1_usize..8) {
            if let Some(read) = records(&out, fields) {
                let _: Vec<_> = read.chunks(fields).map(commit_of).collect();
            }
        }

        #[test]
        fn any_bytes_are_read_or_left_to_git(bytes: Vec<u8>, line in "[A<>@ 0-9+\\-]{0,20}") {
            let _ = plain(&TREE.parse().unwrap(), &bytes);
            let _ = read(&line, "\nx");
        }
    }
}
