//! Commits as people are told of them, and what can be asked of history.

use std::collections::{HashMap, HashSet};

use conductor::failure::Result;
use conductor::ports::Ident;
use gix_object::Kind;
use jiff::Timestamp;
use train::facts::Commit;
use train::id::Oid;

use crate::batch::strange;
use crate::history::History;
use crate::objects;
use crate::process::Git;

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
fn one_line(bytes: &[u8]) -> String {
    let breaks = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    String::from_utf8_lossy(bytes).replace(breaks, " ").trim().to_owned()
}

/// One commit by its full name.
pub(crate) async fn commit(git: &Git, id: &Oid) -> Result<Commit> {
    let found = commits(git, &["--no-walk"], &format!("{id}\n")).await;
    match found {
        Ok(mut found) if found.len() == 1 => Ok(found.remove(0)),
        Ok(_) => Err(objects::no_such(id)),
        Err(_) if git.objects()?.existing(std::slice::from_ref(id))?.is_empty() => {
            Err(objects::no_such(id))
        }
        Err(e) => Err(e),
    }
}

/// Whether `commit` is `tip` or in its history. Exact whatever the dates of the commits between.
pub(crate) async fn contains(git: &Git, tip: &Oid, commit: &Oid) -> Result<bool> {
    let (tip, commit) = (tip.clone(), commit.clone());
    git.apart(move |objects| History::of(objects).is_in(&commit, &tip)).await
}

/// Those of `commits` that are neither `tip` nor in its history. Exact whatever the dates of the commits between.
pub(crate) async fn outside(git: &Git, tip: &Oid, commits: &[Oid]) -> Result<HashSet<Oid>> {
    let (tip, commits) = (tip.clone(), commits.to_vec());
    git.apart(move |objects| {
        let history = History::of(objects);
        let mut outside = HashSet::new();
        for commit in commits {
            if !history.is_in(&commit, &tip)? {
                outside.insert(commit);
            }
        }
        Ok(outside)
    })
    .await
}

/// The first-parent commit of `tip` that brought `commit`.
pub(crate) async fn brought_by(git: &Git, tip: &Oid, id: &Oid) -> Result<Option<Commit>> {
    let args = ["rev-list", "--ancestry-path", "--parents", "--stdin"];
    let between = git.with_input(args, format!("{tip}\n^{id}\n").as_bytes()).await?.text();
    let first: HashMap<&str, &str> = between
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next().unwrap_or_default()))
        })
        .collect();
    let mut at = tip.as_str();
    if at != id.as_str() && !first.contains_key(at) {
        return Ok(None);
    }
    while at != id.as_str() {
        match first.get(at) {
            Some(parent) if first.contains_key(parent) || *parent == id.as_str() => at = parent,
            _ => break,
        }
    }
    let brought = at.parse().map_err(|_| strange("rev-list"))?;
    commit(git, &brought).await.map(Some)
}

/// Upstream's tags that have `commit` in their history, by name.
pub(crate) async fn tags_with(git: &Git, commit: &Oid) -> Result<Vec<String>> {
    let contains = format!("--contains={commit}");
    let args = ["for-each-ref", "--format=%(refname:lstrip=3)", &contains, "refs/upstream/tags"];
    Ok(git.text(args).await?.lines().map(str::to_owned).collect())
}

/// The non-merge commits that a merge brought, oldest first.
pub(crate) async fn merged_by(git: &Git, merge: &Oid) -> Result<Vec<Commit>> {
    let merge = commit(git, merge).await?;
    let Some(first) = merge.parents.first() else { return Ok(Vec::new()) };
    let input = format!("{}\n^{first}\n", merge.id);
    commits(git, &["--no-merges", "--topo-order", "--reverse"], &input).await
}

/// The most frequent authors of the newest `limit` commits, most first, then by name.
pub(crate) async fn authors(git: &Git, main: &Oid, limit: usize) -> Result<Vec<(Ident, usize)>> {
    let limit = format!("--max-count={limit}");
    let fields = log(git, "%an%x00%ae", 2, &[&limit], &format!("{main}\n")).await?;
    let people = fields.chunks(2).map(|person| (one_line(&person[0]), one_line(&person[1])));
    let counted = by_count(people);
    Ok(counted.into_iter().map(|((name, email), n)| (Ident { name, email }, n)).collect())
}

/// Counts equal things: most first, equally many in their own order.
pub(crate) fn by_count<T: Ord>(things: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_insert(0) += 1;
    }
    let mut counted: Vec<(T, usize)> = counts.into_iter().collect();
    counted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counted
}

/// The message of an annotated tag, without its signature. None where `object` is no tag object.
pub(crate) fn tag_message(git: &Git, object: &Oid) -> Result<Option<String>> {
    let tag = git.objects()?.find(object)?.filter(|found| found.kind == Kind::Tag);
    Ok(tag.map(|tag| text(without_signature(crate::raw::Raw::parse(&tag.bytes).message))))
}

/// Cuts a message where its signature starts: the last line that opens one.
fn without_signature(message: &[u8]) -> &[u8] {
    let opens = ["PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE", "SSH SIGNATURE"]
        .map(|kind| format!("-----BEGIN {kind}-----"));
    let (mut at, mut cut) = (0, message.len());
    for line in message.split_inclusive(|b| *b == b'\n') {
        if opens.iter().any(|open| line.starts_with(open.as_bytes())) {
            cut = at;
        }
        at += line.len();
    }
    &message[..cut]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn a_signature_is_no_message() {
        assert_eq!(without_signature(b"m\n-----BEGIN SSH SIGNATURE-----\nx\n"), b"m\n");
        assert_eq!(
            without_signature(b"m -----BEGIN SSH SIGNATURE-----\n"),
            b"m -----BEGIN SSH SIGNATURE-----\n"
        );
    }

    #[test]
    fn counting_puts_the_most_first_and_ties_in_order() {
        assert_eq!(by_count(["b", "a", "c", "c"].into_iter()), [("c", 2), ("a", 1), ("b", 1)]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>, fields in 1_usize..8) {
            if let Some(read) = records(&out, fields) {
                let _: Vec<_> = read.chunks(fields).map(commit_of).collect();
            }
            let _ = without_signature(&out);
        }
    }
}
