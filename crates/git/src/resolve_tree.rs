//! A work tree at a conflict, for a person to resolve with the git they know; and the commit made of what they leave.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure, Result};
use conductor::ports::{ResolveTree, Stamp};
use train::id::{Oid, quoted};
use train::pick::{PickStep, StepKind};
use train::refusal::Code;

use crate::apply::{Originals, Way, written};
use crate::batch::{self, strange};
use crate::merge::{self, Trees, write_commit};
use crate::process::Git;
use crate::told::{oid, text};

/// How long git's markers are where no attribute says otherwise.
const USUAL: usize = 7;

/// Opens a work tree at `onto` with `step` applied as far as it goes: `git status` there shows an ordinary conflict.
pub(crate) async fn open(
    git: &Git,
    dir: &Path,
    onto: &Oid,
    step: &PickStep,
) -> Result<ResolveTree> {
    let dir =
        std::path::absolute(dir).map_err(|e| failure::io("the work tree has no place", &e))?;
    if dir.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        let message = format!("there is something at {} already", quoted(&dir.to_string_lossy()));
        return Err(Failure::new(Code::WrongState, message, "finish or abandon that one first"));
    }
    let originals = Originals::read(git, onto, std::slice::from_ref(step))?;
    Way::of(git, step, &originals.of(&step.commit)?).await?;
    git.run(["worktree", "prune"]).await?;
    let place = dir.as_os_str();
    let add = ["worktree", "add", "--quiet", "--detach", "--end-of-options"].map(AsRef::as_ref);
    git.run(add.into_iter().chain([place, onto.as_str().as_ref()])).await?;
    let there = inside(git, &dir)?;
    let verb = if step.kind == StepKind::Revert { "revert" } else { "cherry-pick" };
    let args = [verb, "--no-commit", "--end-of-options", step.commit.as_str()];
    let output = there.status_of(args, &[]).await?;
    let conflicted = output.code == Some(1) && !unmerged(&there).await?.is_empty();
    if !output.ok() && !conflicted {
        let failed = there.failed(&args.map(Into::into), &output);
        close(git, &dir).await?;
        return Err(failed);
    }
    Ok(ResolveTree { dir, onto: onto.clone(), step: step.clone() })
}

/// Takes what a person left in a work tree: the index, with what they changed in tracked files. New files have to be added,
/// or removed; those that git ignores don't count.
pub(crate) async fn take(git: &Git, tree: &ResolveTree, stamp: &Stamp) -> Result<Oid> {
    let there = inside(git, &tree.dir)?;
    let originals = Originals::read(git, &tree.onto, std::slice::from_ref(&tree.step))?;
    let original = originals.of(&tree.step.commit)?;
    let conflict = Conflicted::read(git, tree, &originals).await?;
    let open = unresolved(&there, tree, &conflict).await?;
    open.refused()?;
    let resolved = staged(&there).await?;
    let marked = conflict.marked(git, &resolved).await?;
    Open { marked, ..Open::default() }.refused()?;
    if resolved == originals.tree(&tree.onto)? {
        let message =
            "the resolution changes nothing: the tag has this already, or none of it was kept";
        return Err(Failure::new(
            Code::Refused,
            message,
            "leave the commit out, or resolve it otherwise",
        ));
    }
    let bytes =
        written(git, &tree.step, &original, &HashMap::new(), (&resolved, &tree.onto), stamp)
            .await?;
    write_commit(git, &bytes)
}

/// Removes a work tree with all that is in it. One that is gone already is no failure; what is none of ours stays.
pub(crate) async fn close(git: &Git, dir: &Path) -> Result<()> {
    let mut going = dir.as_os_str().to_owned();
    going.push(".gone");
    remove(Path::new(&going))?;
    if dir.exists() {
        folder_of(git, dir)?;
        // In one go: what a killed run left half removed would be taken for the person's work (P11).
        std::fs::rename(dir, &going).map_err(|e| not_removed(&e))?;
        remove(Path::new(&going))?;
    }
    git.run(["worktree", "prune"]).await.map(drop)
}

fn remove(dir: &Path) -> Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(not_removed(&error)),
        _ => Ok(()),
    }
}

fn not_removed(error: &std::io::Error) -> Failure {
    failure::io("the work tree could not be removed", error)
}

/// What keeps a work tree from being taken.
#[derive(Debug, Default)]
struct Open {
    /// Files with markers.
    marked: Vec<String>,
    /// Those of which only the person can say what they are to be.
    undecided: Vec<String>,
    /// New files, of which nobody said that they belong to it.
    untracked: Vec<String>,
}

impl Open {
    fn refused(&self) -> Result<()> {
        let listed = |paths: &[String], one: &str, several: &str| {
            let names: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
            format!("{} {}", names.join(", "), if paths.len() == 1 { one } else { several })
        };
        let (mut what, mut hint) = (Vec::new(), Vec::new());
        if !self.marked.is_empty() {
            let words = ("still holds conflict markers", "still hold conflict markers");
            what.push(listed(&self.marked, words.0, words.1));
            hint.push("edit until no marker is left");
        }
        if !self.undecided.is_empty() {
            let words = ("is neither kept nor deleted yet", "are neither kept nor deleted yet");
            what.push(listed(&self.undecided, words.0, words.1));
            hint.push("`git add` what is to stay and `git rm` what is not");
        }
        if !self.untracked.is_empty() {
            let words = ("is new and not added", "are new and not added");
            what.push(listed(&self.untracked, words.0, words.1));
            hint.push("`git add` what is new and belongs to it, and remove what does not");
        }
        if what.is_empty() {
            return Ok(());
        }
        let hint = format!("{}, then continue", hint.join(", "));
        Err(Failure::new(Code::Conflict, what.join("; "), hint))
    }
}

/// git in the work tree.
fn inside(git: &Git, dir: &Path) -> Result<Git> {
    Ok(git.at(&folder_of(git, dir)?).variable("GIT_WORK_TREE", dir))
}

/// The store's own folder for a work tree, as the work tree's `.git` file names it. Nobody's file leads us to another
/// repository, nor to the removal of anything else.
fn folder_of(git: &Git, dir: &Path) -> Result<PathBuf> {
    let none = || {
        let message =
            format!("there is no work tree of ours at {}", quoted(&dir.to_string_lossy()));
        Failure::new(Code::NotFound, message, "begin again with --resolve")
    };
    let link = std::fs::read_to_string(dir.join(".git")).map_err(|_| none())?;
    let named = Path::new(link.trim_end().strip_prefix("gitdir: ").ok_or_else(none)?);
    let trees = std::fs::canonicalize(git.dir()).map_err(|_| none())?.join("worktrees");
    let above = named.parent().and_then(Path::parent).and_then(|store| store.canonicalize().ok());
    match (above, named.file_name()) {
        (Some(store), Some(name)) if store.join("worktrees") == trees && name != ".." => {
            Ok(trees.join(name))
        }
        _ => Err(none()),
    }
}

/// The paths that the index holds in several versions, with the blob of each.
async fn unmerged(there: &Git) -> Result<BTreeMap<String, BTreeMap<u8, Oid>>> {
    let out = there.bytes(["ls-files", "--unmerged", "-z", "--full-name"]).await?;
    parse_unmerged(&out).ok_or_else(|| strange("ls-files"))
}

pub(crate) fn parse_unmerged(out: &[u8]) -> Option<BTreeMap<String, BTreeMap<u8, Oid>>> {
    let mut paths: BTreeMap<String, BTreeMap<u8, Oid>> = BTreeMap::new();
    for entry in out.split(|b| *b == 0).filter(|entry| !entry.is_empty()) {
        let tab = entry.iter().position(|b| *b == b'\t')?;
        let head = std::str::from_utf8(&entry[..tab]).ok()?;
        let [_, id, stage] = head.split(' ').collect::<Vec<_>>()[..] else { return None };
        paths
            .entry(text(&entry[tab + 1..]))
            .or_default()
            .insert(stage.parse().ok()?, oid(id.as_bytes())?);
    }
    Some(paths)
}

/// What git neither tracks nor ignores; of a folder in which it tracks nothing, the folder.
async fn untracked(there: &Git) -> Result<Vec<String>> {
    let all = ["ls-files", "--others", "--exclude-standard", "--directory"];
    let args = all.into_iter().chain(["--no-empty-directory", "-z", "--full-name", "--", ":/"]);
    let out = there.bytes(args).await?;
    Ok(out.split(|b| *b == 0).filter(|path| !path.is_empty()).map(text).collect())
}

/// Paths still in conflict, and what is new. A file that had markers and has none now is resolved, added or not; of anything
/// else only the person can say so, by `git add` or `git rm`.
async fn unresolved(there: &Git, tree: &ResolveTree, conflict: &Conflicted) -> Result<Open> {
    let mut open = Open { untracked: untracked(there).await?, ..Open::default() };
    for (path, _) in unmerged(there).await? {
        let Some(markers) = conflict.markers.get(&path).filter(|m| !m.is_empty()) else {
            open.undecided.push(path);
            continue;
        };
        let had = conflict.own.get(&path);
        match std::fs::read(tree.dir.join(&path)) {
            Ok(bytes)
                if marker_lines(&bytes, markers).is_subset(had.unwrap_or(&BTreeSet::new())) => {}
            Ok(_) => open.marked.push(path),
            Err(_) => open.undecided.push(path),
        }
    }
    Ok(open)
}

/// The tree of the index with every change to tracked files, the person's own index left as it is.
async fn staged(there: &Git) -> Result<Oid> {
    let (index, copy) = (there.dir().join("index"), there.dir().join("index.taken"));
    std::fs::copy(&index, &copy)
        .map_err(|e| failure::io("the work tree's index could not be read", &e))?;
    let there = there.clone().variable("GIT_INDEX_FILE", &copy);
    let added = match there.run(["add", "--update", "--", ":/"]).await {
        Ok(_) => there.text(["write-tree"]).await,
        Err(e) => Err(e),
    };
    let _ = std::fs::remove_file(&copy);
    oid(added?.as_bytes()).ok_or_else(|| strange("write-tree"))
}

/// What the conflict was, computed again: which files had markers, how long these are, and which lines that look like
/// markers the two sides have of their own.
#[derive(Debug)]
struct Conflicted {
    /// The markers' lengths per path; empty where the conflict left none.
    markers: HashMap<String, BTreeSet<usize>>,
    /// Lines of either side that look like markers.
    own: HashMap<String, BTreeSet<Vec<u8>>>,
}

impl Conflicted {
    async fn read(git: &Git, tree: &ResolveTree, originals: &Originals) -> Result<Self> {
        let mut found = Self { markers: HashMap::new(), own: HashMap::new() };
        let way = Way::of(git, &tree.step, &originals.of(&tree.step.commit)?).await?;
        let Trees::Conflicted(mixed, files) =
            merge::trees(git, Some(&way.base), &tree.onto, &way.theirs).await?
        else {
            return Ok(found);
        };
        for (path, _) in files {
            let names =
                [&mixed, &tree.onto, &way.theirs, &way.base].map(|id| format!("{id}:{path}"));
            let mut blobs = batch::contents(git, &names).await?.into_iter().map(blob);
            let merged = blobs.next().unwrap_or_default();
            let lengths = merge::marker_lengths(&merged, &tree.onto, &way.theirs);
            let looked_for = or_usual(&lengths);
            let own = blobs.flat_map(|bytes| marker_lines(&bytes, &looked_for)).collect();
            found.own.insert(path.clone(), own);
            found.markers.insert(path, lengths);
        }
        Ok(found)
    }

    /// The conflicted files in which `resolved` still has lines that are markers, whatever the conflict was.
    async fn marked(&self, git: &Git, resolved: &Oid) -> Result<Vec<String>> {
        let mut paths: Vec<&String> = self.markers.keys().collect();
        paths.sort_unstable();
        let names: Vec<String> = paths.iter().map(|path| format!("{resolved}:{path}")).collect();
        let blobs = batch::contents(git, &names).await?;
        let left = paths.into_iter().zip(blobs).filter(|(path, answer)| {
            let lengths = or_usual(&self.markers[*path]);
            !marker_lines(&blob(answer.clone()), &lengths).is_subset(&self.own[*path])
        });
        Ok(left.map(|(path, _)| path.clone()).collect())
    }
}

/// The lengths of markers to look for: git's own where a conflict left none, since people merge by hand with other tools.
fn or_usual(lengths: &BTreeSet<usize>) -> BTreeSet<usize> {
    if lengths.is_empty() { BTreeSet::from([USUAL]) } else { lengths.clone() }
}

fn blob(answer: batch::Answer) -> Vec<u8> {
    answer.found().filter(|o| o.kind == "blob").map(|o| o.bytes).unwrap_or_default()
}

/// Lines that look like a conflict marker of one of these lengths.
fn marker_lines(file: &[u8], lengths: &BTreeSet<usize>) -> BTreeSet<Vec<u8>> {
    let is_marker = |line: &&[u8]| {
        let Some(first) = line.first().filter(|b| b"<=>|".contains(b)) else { return false };
        let run = line.iter().take_while(|b| *b == first).count();
        let rest = &line[run..];
        lengths.contains(&run) && (rest.is_empty() || (*first != b'=' && rest.starts_with(b" ")))
    };
    let lines = file.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(is_marker).map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_a_marker_by_its_length() {
        let file = b"<<<<<<< HEAD\r\n=======\n======\n>>>>>>>x\n>>>>>>> y\n======= title\n";
        let found = marker_lines(file, &BTreeSet::from([7]));
        let found: Vec<_> = found.iter().map(|l| String::from_utf8_lossy(l).into_owned()).collect();
        assert_eq!(found, ["<<<<<<< HEAD", "=======", ">>>>>>> y"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(out: Vec<u8>) {
            let _ = parse_unmerged(&out);
            let _ = marker_lines(&out, &BTreeSet::from([1, 7]));
        }
    }
}
