//! Three trees made one, in the object store alone.

use std::collections::{BTreeMap, BTreeSet};

use conductor::failure::Result;
use conductor::ports::{Conflict, Merged, Stamp};
use gix_object::Kind;
use train::id::Oid;
use train::pick::{ConflictText, PickStep, StepKind};

use crate::batch::{self, strange};
use crate::process::Git;
use crate::told::{oid, text};
use crate::{raw, read, tree, write};

/// Files larger than this are not searched for the places in conflict.
const LARGEST: usize = 4 << 20;

/// Of how many places in conflict the text is told, how many lines of each, and how many letters of a line.
const TOLD_PLACES: usize = 12;
const TOLD_LINES: usize = 60;
const TOLD_LETTERS: usize = 240;

/// What a merge of trees comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Trees {
    /// The tree.
    Clean(Oid),
    /// A tree that holds markers, and the paths in conflict with git's word for each.
    Conflicted(Oid, Vec<(String, String)>),
}

/// Merges `theirs` into `ours`; `base` is their ancestor where history is not to be asked. Attributes are those of
/// `ours`, as in a work tree of it. Hashes go by standard input and environment, not by arguments (P9).
pub(crate) async fn trees(
    git: &Git,
    base: Option<&Oid>,
    ours: &Oid,
    theirs: &Oid,
) -> Result<Trees> {
    if let Some(base) = base
        && let Some(tree) = plain(git, base, ours, theirs).await?
    {
        return Ok(Trees::Clean(tree));
    }
    let git = git.clone().variable("GIT_ATTR_SOURCE", ours.as_str());
    let base = base.map(|base| format!("{base} -- ")).unwrap_or_default();
    let input = format!("{base}{ours} {theirs}\n");
    let out = git
        .with_input(["merge-tree", "--write-tree", "--stdin", "--messages"], input.as_bytes())
        .await?
        .out;
    parse(&out).ok_or_else(|| strange("merge-tree"))
}

/// The tree that git would come to, where that takes no look into a file.
async fn plain(git: &Git, base: &Oid, ours: &Oid, theirs: &Oid) -> Result<Option<Oid>> {
    let commits = [base.clone(), ours.clone(), theirs.clone()];
    git.apart(move |objects| {
        let [base, ours, theirs] = commits.map(|commit| objects.tree_of(&commit));
        tree::merged(objects, &base?, &ours?, &theirs?)
    })
    .await
}

/// Reads one answer of `merge-tree --stdin --messages`. None when the bytes are none.
///
/// A conflict is what git calls so in its status or in any message: of two renames that collide, git 2.47 says both
/// that the merge is clean and that there are conflict markers in it.
pub(crate) fn parse(out: &[u8]) -> Option<Trees> {
    let mut fields = out.split(|b| *b == 0);
    let status = fields.next().filter(|s| matches!(*s, b"0" | b"1"))?;
    let tree = oid(fields.next()?)?;
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    for entry in fields.by_ref().take_while(|entry| !entry.is_empty()) {
        let tab = entry.iter().position(|b| *b == b'\t')?;
        words.insert(text(&entry[tab + 1..]), String::new());
    }
    while let Some(count) = fields.next().filter(|f| !f.is_empty()) {
        let count: usize = text(count).parse().ok()?;
        let paths: Vec<String> = fields.by_ref().take(count).map(text).collect();
        let kind = text(fields.next()?);
        fields.next()?;
        let Some(word) = conflict_word(&kind) else { continue };
        // Some messages name a branch beside the paths: only what git lists as conflicted counts, unless it lists nothing.
        let known = paths.iter().any(|p| words.contains_key(p));
        for path in paths {
            if !known || words.contains_key(&path) {
                words
                    .entry(path)
                    .and_modify(|w| set_first(w, word))
                    .or_insert_with(|| word.to_owned());
            }
        }
    }
    if status == b"1" && words.is_empty() {
        return Some(Trees::Clean(tree));
    }
    words.values_mut().for_each(|w| set_first(w, "conflict"));
    Some(Trees::Conflicted(tree, words.into_iter().collect()))
}

fn set_first(word: &mut String, to: &str) {
    if word.is_empty() {
        to.clone_into(word);
    }
}

/// `CONFLICT (rename/delete)` is `rename/delete`; what is no conflict has no word.
fn conflict_word(kind: &str) -> Option<&str> {
    kind.strip_prefix("CONFLICT (")?.strip_suffix(')')
}

/// Tells of a step that did not apply: the places in conflict are read from the merged files.
pub(crate) async fn conflict(
    git: &Git,
    step: PickStep,
    (tree, files): (Oid, Vec<(String, String)>),
    (ours, theirs): (&Oid, &Oid),
) -> Result<Conflict> {
    let names: Vec<String> = files.iter().map(|(path, _)| format!("{tree}:{path}")).collect();
    let sizes = batch::kinds(git, &names).await?;
    let small = |a: batch::Answer| a.found().is_some_and(|o| o.kind == "blob" && o.size <= LARGEST);
    let read: Vec<&String> =
        files.iter().zip(sizes).filter(|(_, a)| small(a.clone())).map(|((p, _), _)| p).collect();
    let names: Vec<String> = read.iter().map(|path| format!("{tree}:{path}")).collect();
    let blobs = batch::contents(git, &names).await?;
    let (mut hunks, mut texts) = (Vec::new(), Vec::new());
    for (path, blob) in read.into_iter().zip(blobs) {
        let bytes = blob.found().map(|o| o.bytes).unwrap_or_default();
        for place in places(&bytes, ours, theirs) {
            let at = format!("{path}:{}-{}", place.0, place.1);
            if texts.len() < TOLD_PLACES {
                texts.push(standing(at.clone(), &bytes, place));
            }
            hunks.push(at);
        }
    }
    Ok(Conflict { step, files, hunks, texts })
}

/// What stands at a place, from its first line to its last.
fn standing(at: String, file: &[u8], (first, last): (usize, usize)) -> ConflictText {
    let all = (last + 1).saturating_sub(first);
    let lines = file.split(|b| *b == b'\n').skip(first.saturating_sub(1)).take(all);
    let lines = lines.take(TOLD_LINES).map(cut_short).collect();
    ConflictText { at, lines, more: all.saturating_sub(TOLD_LINES) }
}

fn cut_short(line: &[u8]) -> String {
    let line = text(line.strip_suffix(b"\r").unwrap_or(line));
    match line.char_indices().nth(TOLD_LETTERS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The lines, from 1, between which markers with exactly these two labels stand.
pub(crate) fn places(file: &[u8], ours: &Oid, theirs: &Oid) -> Vec<(usize, usize)> {
    let (mut found, mut open) = (Vec::new(), None);
    for (n, line) in file.split(|b| *b == b'\n').enumerate() {
        if is_marker(line, b'<', ours) {
            open = Some(n + 1);
        } else if is_marker(line, b'>', theirs)
            && let Some(first) = open.take()
        {
            found.push((first, n + 1));
        }
    }
    found
}

/// `<<<<<<< label`, or `<<<<<<< label:path` where a file was renamed; the marker's length is the repository's choice.
fn is_marker(line: &[u8], with: u8, label: &Oid) -> bool {
    let run = line.iter().take_while(|b| **b == with).count();
    let labelled =
        line[run..].strip_prefix(b" ").and_then(|l| l.strip_prefix(label.as_str().as_bytes()));
    run > 0 && labelled.is_some_and(|rest| matches!(rest.first(), None | Some(b':' | b'\r')))
}

/// The lengths of the markers with these labels: the repository's attributes choose them.
pub(crate) fn marker_lengths(file: &[u8], ours: &Oid, theirs: &Oid) -> BTreeSet<usize> {
    let run = |line: &[u8]| line.iter().take_while(|b| **b == line[0]).count();
    let lines = file.split(|b| *b == b'\n');
    lines.filter(|l| is_marker(l, b'<', ours) || is_marker(l, b'>', theirs)).map(run).collect()
}

/// Merges each commit into `onto` in turn, a merge commit each, all with `message`. One that the tip has already is
/// passed over.
pub(crate) async fn merge(
    git: &Git,
    onto: &Oid,
    commits: &[Oid],
    message: &str,
    stamp: &Stamp,
) -> Result<Merged> {
    let by = write::signature(stamp);
    let mut tip = onto.clone();
    for commit in commits {
        if read::outside(git, &tip, std::slice::from_ref(commit)).await?.is_empty() {
            continue;
        }
        match trees(git, None, &tip, commit).await? {
            Trees::Clean(tree) => {
                let bytes = raw::commit(&tree, &[&tip, commit], &by, message.as_bytes());
                tip = write_commit(git, &bytes)?;
            }
            Trees::Conflicted(tree, files) => {
                let step = PickStep { commit: commit.clone(), kind: StepKind::Pick };
                let conflict = conflict(git, step, (tree, files), (&tip, commit)).await?;
                return Ok(Merged { tip, conflict: Some(conflict) });
            }
        }
    }
    Ok(Merged { tip, conflict: None })
}

/// Writes a commit as it is: an author line that was irregular on the original stays so.
pub(crate) fn write_commit(git: &Git, bytes: &[u8]) -> Result<Oid> {
    git.objects()?.write(Kind::Commit, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    #[test]
    fn a_conflict_is_read_with_a_word_for_each_path() {
        let out = format!(
            "0\0{A}\0100644 {A} 1\tf\0100644 {A} 2\tf\0100644 {A} 3\ta b\0100644 {A} 2\tm\0\0\
             1\0f\0Auto-merging\0Auto-merging f\n\01\0f\0CONFLICT (contents)\0in f\n\0\
             2\0a b\0topic\0CONFLICT (rename/delete)\0x\n\0\0"
        );
        let Some(Trees::Conflicted(_, files)) = parse(out.as_bytes()) else {
            panic!("no conflict")
        };
        let files: Vec<_> = files.iter().map(|(p, w)| (p.as_str(), w.as_str())).collect();
        assert_eq!(files, [("a b", "rename/delete"), ("f", "contents"), ("m", "conflict")]);
        let clean = format!("1\0{A}\0\x001\0f\0Auto-merging\0Auto-merging f\n\0\0");
        assert_eq!(parse(clean.as_bytes()), Some(Trees::Clean(A.parse().unwrap())));
        let not = format!("1\0{A}\0\x001\0f\0CONFLICT (rename involved in collision)\0x\n\0\0");
        assert!(
            matches!(parse(not.as_bytes()), Some(Trees::Conflicted(_, files)) if files.len() == 1)
        );
        assert_eq!(parse(format!("-1\0{A}\0\0").as_bytes()), None);
    }

    #[test]
    fn only_markers_with_our_labels_are_places() {
        let (a, b): (Oid, Oid) = (A.parse().unwrap(), "b".repeat(40).parse().unwrap());
        let file = format!(
            "<<<<<<< HEAD\nx\n>>>>>>> y\n<<<<<<< {a}:old\r\nx\n=======\ny\n>>>>>>> {b}\r\nz\n"
        );
        assert_eq!(places(file.as_bytes(), &a, &b), [(4, 8)]);
        let short = format!("<<< {a}\n>>> {b}\n");
        assert_eq!(places(short.as_bytes(), &a, &b), [(1, 2)]);
    }

    #[test]
    fn what_stands_at_a_place_is_told_and_what_is_long_is_cut_short() {
        let file = format!("a\r\nb\nc\n{}\n{}", "x".repeat(TOLD_LETTERS + 3), "y\n".repeat(90));
        let told = standing("f:2-4".to_owned(), file.as_bytes(), (2, 4));
        let long = format!("{}…", "x".repeat(TOLD_LETTERS));
        assert_eq!((&told.lines[..], told.more), (&["b".to_owned(), "c".to_owned(), long][..], 0));
        assert_eq!(standing(String::new(), file.as_bytes(), (1, 1)).lines, ["a"]);
        let told = standing(String::new(), file.as_bytes(), (5, 84));
        assert_eq!((told.lines.len(), told.more), (TOLD_LINES, 80 - TOLD_LINES));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>) {
            let _ = parse(&out);
            let _ = places(&out, &A.parse().unwrap(), &A.parse().unwrap());
        }

        #[test]
        fn what_looks_like_an_answer_is_read_or_refused(tail in "[0-9\u{0}\ta(CONFLICT) ]{0,60}") {
            let _ = parse(format!("0\0{A}\0{tail}").as_bytes());
        }
    }
}
