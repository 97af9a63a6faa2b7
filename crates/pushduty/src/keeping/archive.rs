//! The archive: a tar of plain files, and behind it one more member with the digest of every byte before. One that was cut
//! short, or changed, is known before anything of it is used.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use serde::Serialize;
use tar::{Builder, EntryType, Header};

use super::names::MANIFEST;

/// The last member's name.
pub const DIGEST: &str = "digest";

/// What stands behind the bytes that the digest covers: a header, its block, and the two empty ones that end a tar.
pub const TRAILER: u64 = 4 * 512;

/// The largest a manifest or any other small text may be.
pub const SMALL: u64 = 1 << 20;

/// A file of an archive.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    /// Its name, with slashes.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
}

/// Every file below `root`, by name.
///
/// # Errors
/// What can't be read.
pub fn members(root: &Path) -> io::Result<Vec<Member>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let (path, about) = (folder.join(entry.file_name()), entry.metadata()?);
            match about.is_dir() {
                true => folders.push(path),
                false => found.push(Member {
                    path: path.to_str().ok_or(io::ErrorKind::InvalidData)?.to_owned(),
                    bytes: about.len(),
                }),
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Writes everything below `root`, which nobody else changes, with the manifest before it and the digest behind it; gives the
/// digest and how long all of it is. Between two members it lets an interrupt be heard.
///
/// # Errors
/// What can't be read or written.
pub async fn write(
    to: impl Write,
    root: &Path,
    members: &[Member],
    manifest: &[u8],
) -> io::Result<(String, u64)> {
    let mut tar = Builder::new(Hashing { to, hasher: Hasher::new(), bytes: 0 });
    put(&mut tar, MANIFEST, manifest.len() as u64, manifest)?;
    for member in members {
        tokio::task::yield_now().await;
        let file = File::open(root.join(&member.path))?;
        put(&mut tar, &member.path, member.bytes, file)?;
    }
    let digest = tar.get_ref().hasher.finalize().to_hex().to_string();
    put(&mut tar, DIGEST, digest.len() as u64, digest.as_bytes())?;
    let mut hashing = tar.into_inner()?;
    hashing.flush()?;
    Ok((digest, hashing.bytes))
}

fn put<W: Write>(tar: &mut Builder<W>, path: &str, bytes: u64, from: impl Read) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_size(bytes);
    let mut from = from.take(bytes);
    tar.append_data(&mut header, path, &mut from)?;
    match from.limit() {
        0 => Ok(()),
        _ => Err(io::Error::other("a copy became shorter while it was read")),
    }
}

/// Writes on, with the digest of what was written.
struct Hashing<W> {
    to: W,
    hasher: Hasher,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
