//! Trees compared, and merged where that takes no look into a file, in this process.

use std::collections::BTreeMap;

use conductor::failure::Result;
use gix_hash::ObjectId;
use gix_object::tree::EntryMode;
use gix_object::{Kind, TreeRefIter, WriteTo};
use train::id::Oid;

use crate::objects::{self, Objects};

/// What a path names: never a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub mode: EntryMode,
    pub id: ObjectId,
}

/// A path that two trees have differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its path, with slashes.
    pub path: Vec<u8>,
    /// What the first tree has there.
    pub from: Option<Entry>,
    /// What the second has.
    pub to: Option<Entry>,
}

/// The entries of one tree, by name.
type Entries = BTreeMap<Vec<u8>, Entry>;

/// A path below a folder, and what it is to name.
type Edit<'a> = (&'a [u8], Option<Entry>);

/// What differs between two trees, none of which need be there. None where one of them is not as git writes trees.
pub(crate) fn changes(
    objects: &Objects,
    from: Option<&Oid>,
    to: Option<&Oid>,
) -> Result<Option<Vec<Change>>> {
    let mut found = Vec::new();
    let name = |tree: Option<&Oid>| tree.map(objects::name).transpose();
    let mut open = vec![(Vec::new(), name(from)?, name(to)?)];
    while let Some((path, from, to)) = open.pop() {
        if from == to {
            continue;
        }
        let both = (entries(objects, from)?, entries(objects, to)?);
        let (Some(mut from), Some(to)) = both else { return Ok(None) };
        let before = |from: &mut Entries, name: &Vec<u8>| from.remove(name);
        let mut pairs: Vec<(Vec<u8>, Option<Entry>, Option<Entry>)> = Vec::new();
        for (name, entry) in to {
            let was = before(&mut from, &name);
            pairs.push((name, was, Some(entry)));
        }
        pairs.extend(from.into_iter().map(|(name, entry)| (name, Some(entry), None)));
        for (name, from, to) in pairs.into_iter().filter(|(_, from, to)| from != to) {
            let path = joined(&path, &name);
            let tree = |entry: Option<Entry>| entry.filter(|e| e.mode.is_tree()).map(|e| e.id);
            let file = |entry: Option<Entry>| entry.filter(|e| !e.mode.is_tree());
            if tree(from).or(tree(to)).is_some() {
                open.push((path.clone(), tree(from), tree(to)));
            }
            if file(from).or(file(to)).is_some() {
                found.push(Change { path, from: file(from), to: file(to) });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Some(found))
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// A tree's entries; those of none are none. None where git would write it otherwise, or it has two of a name.
fn entries(objects: &Objects, tree: Option<ObjectId>) -> Result<Option<Entries>> {
    let Some(tree) = tree else { return Ok(Some(Entries::new())) };
    let bytes = objects.tree(tree)?;
    let mut entries = Entries::new();
    for entry in TreeRefIter::from_bytes(&bytes, tree.kind()) {
        let Ok(entry) = entry else { return Ok(None) };
        let plain = [0o040_000, 0o100_644, 0o100_755, 0o120_000, 0o160_000];
        if !plain.contains(&entry.mode.value()) {
            return Ok(None);
        }
        let one = Entry { mode: entry.mode, id: entry.oid.to_owned() };
        if entries.insert(entry.filename.to_vec(), one).is_some() {
            return Ok(None);
        }
    }
    Ok(Some(entries))
}

/// Puts what changed from `base` to `theirs` on `ours`, where git would come to that tree without a look into any file:
/// no path is changed on both sides but to the same, and no rename can matter: a rename of ours matters to what theirs
/// makes or removes, and never to what it changes where it is. None where git is to be asked.
pub(crate) fn merged(
    objects: &Objects,
    base: &Oid,
    ours: &Oid,
    theirs: &Oid,
) -> Result<Option<Oid>> {
    let Some(wanted) = changes(objects, Some(base), Some(theirs))? else { return Ok(None) };
    let Some(made) = changes(objects, Some(base), Some(ours))? else { return Ok(None) };
    let only_content = wanted.iter().all(|c| c.from.is_some() && c.to.is_some());
    if !is_plain(&wanted) || !(only_content || is_plain(&made)) {
        return Ok(None);
    }
    let mut edits = Vec::new();
    for change in wanted {
        let other = |at: &Change| at.path.cmp(&change.path);
        match made.binary_search_by(other).ok().and_then(|at| made.get(at)) {
            Some(same) if same.to == change.to => {}
            Some(_) => return Ok(None),
            None => edits.push(change),
        }
    }
    rewritten(objects, ours, &edits)
}

/// Whether nothing in these changes can be a rename, nor a file where a folder was: those take something that is gone and
/// something that is new.
pub(crate) fn is_plain(changes: &[Change]) -> bool {
    let gone = changes.iter().any(|c| c.to.is_none());
    let new = changes.iter().any(|c| c.from.is_none());
    let kept_kind = changes.iter().all(|c| match (c.from, c.to) {
        (Some(from), Some(to)) => kind(from) == kind(to),
        _ => true,
    });
    kept_kind && !(gone && new)
}

/// Files, executable or not, are of one kind; links and submodules each of their own.
fn kind(entry: Entry) -> u16 {
    entry.mode.value() & 0o170_000
}

/// `tree` with each path as it is after its change. None where a folder is in the way of a file or the reverse.
fn rewritten(objects: &Objects, tree: &Oid, edits: &[Change]) -> Result<Option<Oid>> {
    let edits: Vec<Edit<'_>> = edits.iter().map(|edit| (edit.path.as_slice(), edit.to)).collect();
    if edits.is_empty() {
        return Ok(Some(tree.clone()));
    }
    match folder(objects, Some(objects::name(tree)?), &edits)? {
        Some(Some(tree)) => objects::oid(tree).map(Some),
        // Nothing is left of it: git's own business.
        Some(None) | None => Ok(None),
    }
}

/// One folder with its edits: the tree's name, or none where nothing is left of it. None around it as in [`rewritten`].
#[expect(
    clippy::option_option,
    reason = "a folder that is gone is another answer than one that can't be written"
)]
fn folder(
    objects: &Objects,
    tree: Option<ObjectId>,
    edits: &[Edit<'_>],
) -> Result<Option<Option<ObjectId>>> {
    let Some(mut entries) = entries(objects, tree)? else { return Ok(None) };
    let mut below: BTreeMap<&[u8], Vec<Edit<'_>>> = BTreeMap::new();
    for (path, to) in edits {
        let Some(slash) = path.iter().position(|b| *b == b'/') else {
            if entries.get(*path).is_some_and(|entry| entry.mode.is_tree()) {
                return Ok(None);
            }
            match to {
                Some(entry) => entries.insert(path.to_vec(), *entry),
                None => entries.remove(*path),
            };
            continue;
        };
        below.entry(&path[..slash]).or_default().push((&path[slash + 1..], *to));
    }
    for (name, edits) in below {
        let there = entries.get(name).copied();
        if there.is_some_and(|entry| !entry.mode.is_tree()) {
            return Ok(None);
        }
        match folder(objects, there.map(|entry| entry.id), &edits)? {
            None => return Ok(None),
            Some(None) => entries.remove(name),
            Some(Some(id)) => {
                let mode = gix_object::tree::EntryKind::Tree.into();
                entries.insert(name.to_vec(), Entry { mode, id })
            }
        };
    }
    if entries.is_empty() {
        Ok(Some(None))
    } else {
        written(objects, entries).map(|id| Some(Some(id)))
    }
}

fn written(objects: &Objects, entries: Entries) -> Result<ObjectId> {
    let one = |(name, entry): (Vec<u8>, Entry)| gix_object::tree::Entry {
        mode: entry.mode,
        filename: name.into(),
        oid: entry.id,
    };
    let mut tree = gix_object::Tree { entries: entries.into_iter().map(one).collect() };
    tree.entries.sort();
    let mut bytes = Vec::new();
    tree.write_to(&mut bytes).map_err(|_| objects::damaged("a tree could not be written"))?;
    objects::name(&objects.write(Kind::Tree, &bytes)?)
}
