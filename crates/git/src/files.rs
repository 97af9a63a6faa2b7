//! The files of a commit, for reading what a repository holds: nothing is checked out.

use conductor::failure::{Failure, Result};
use gix_hash::ObjectId;
use gix_object::TreeRefIter;
use train::id::Oid;
use train::refusal::Code;

use crate::objects::{self, Objects};
use crate::store::Store;

/// The most files that are listed: a repository with more is none of notes, and trees can be made that name more than there
/// are atoms.
const MOST: usize = 100_000;
/// The most bytes of files that are read.
const MOST_BYTES: usize = 200_000_000;

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, with slashes, lossily decoded.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// More than was asked for: how many bytes.
    Long(u64),
    /// The name of another file, or of another repository's commit.
    Link,
    /// It was not asked for.
    Unread,
}

impl Store {
    /// The files of a commit in the mirror, by path; those that are `wanted` with their bytes, up to `longest`. What begins
    /// with a dot is left out, with all that is in it.
    ///
    /// # Errors
    /// `Unsupported` where there are more than 100,000 or 200 MB of them, `Io` where the store is damaged.
    pub async fn files(
        &self,
        commit: &Oid,
        longest: u64,
        wanted: fn(&str) -> bool,
    ) -> Result<Vec<File>> {
        let commit = commit.clone();
        let read = move |objects: &Objects| read(objects, &commit, longest, wanted);
        self.computing().apart(read).await
    }
}

fn read(
    objects: &Objects,
    commit: &Oid,
    longest: u64,
    wanted: fn(&str) -> bool,
) -> Result<Vec<File>> {
    let (mut found, mut entries, mut bytes_read) = (Vec::new(), 0, 0);
    let mut open = vec![(String::new(), objects::name(&objects.tree_of(commit)?)?)];
    while let Some((above, tree)) = open.pop() {
        let bytes = objects.tree(tree)?;
        for entry in TreeRefIter::from_bytes(&bytes, tree.kind()) {
            let entry = entry.map_err(|_| objects::damaged("a tree is not as git writes it"))?;
            entries += 1;
            if entries > MOST || bytes_read > MOST_BYTES {
                return Err(too_many());
            }
            let name = String::from_utf8_lossy(entry.filename).into_owned();
            if name.starts_with('.') {
                continue;
            }
            let path = if above.is_empty() { name } else { format!("{above}/{name}") };
            if entry.mode.is_tree() {
                open.push((path, entry.oid.to_owned()));
            } else {
                let content = if entry.mode.is_link() || entry.mode.is_commit() {
                    Content::Link
                } else if wanted(&path) {
                    content(objects, entry.oid.to_owned(), longest)?
                } else {
                    Content::Unread
                };
                if let Content::Bytes(bytes) = &content {
                    bytes_read += bytes.len();
                }
                found.push(File { path, content });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn content(objects: &Objects, id: ObjectId, longest: u64) -> Result<Content> {
    let id = objects::oid(id)?;
    let missing = || objects::damaged("a file is missing");
    let (_, size) = objects.kind(&id)?.ok_or_else(missing)?;
    if size > longest {
        return Ok(Content::Long(size));
    }
    Ok(Content::Bytes(objects.find(&id)?.ok_or_else(missing)?.bytes))
}

fn too_many() -> Failure {
    Failure::new(
        Code::Unsupported,
        format!(
            "that repository has more than {MOST} files, or more than {MOST_BYTES} bytes in them"
        ),
        "name one that holds the notes alone, or clone it and name the folder they are in",
    )
}
