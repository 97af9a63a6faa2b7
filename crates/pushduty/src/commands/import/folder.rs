//! The files of a folder, read as pages may be.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::Path;

use conductor::failure::Failure;
use train::id::quoted;
use train::import::{Folder, LONGEST, Unread};
use train::refusal::{Code, Refusal};

/// The most files that are looked at.
const MOST: usize = 100_000;
/// The most bytes that are read.
const MOST_BYTES: usize = 200_000_000;

/// Everything below a folder, by name; what begins with a dot is left out, and links are not followed.
pub fn read(root: &Path) -> Result<Folder, Failure> {
    let above = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let mut folder = Folder { above: above.to_string_lossy().into_owned(), ..Folder::default() };
    let mut open = vec![(String::new(), entries(root).map_err(|e| unreadable(root, &e))?)];
    let (mut looked, mut bytes) = (0, 0);
    while let Some((below, entries)) = open.pop() {
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            looked += 1;
            if looked > MOST || bytes > MOST_BYTES {
                return Err(too_many(root));
            }
            let file = if below.is_empty() { name } else { format!("{below}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => match self::entries(&entry.path()) {
                    Ok(inside) => open.push((file, inside)),
                    Err(error) => folder.add(file, || Err(Unread::Failed(error.to_string()))),
                },
                Ok(kind) => folder.add(file, || {
                    let text = text(&entry.path(), kind);
                    bytes += text.as_ref().map_or(0, String::len);
                    text
                }),
                Err(error) => folder.add(file, || Err(Unread::Failed(error.to_string()))),
            }
        }
    }
    folder.files.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(folder)
}

fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    fs::read_dir(folder)?.collect()
}

fn text(path: &Path, kind: fs::FileType) -> Result<String, Unread> {
    if kind.is_symlink() {
        return Err(Unread::Link);
    }
    if !kind.is_file() {
        return Err(Unread::Failed("it is neither a file nor a folder".to_owned()));
    }
    let failed = |error: io::Error| Unread::Failed(error.to_string());
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > LONGEST {
        return Err(Unread::TooLong(size));
    }
    let mut read = Vec::new();
    file.take(LONGEST).read_to_end(&mut read).map_err(failed)?;
    String::from_utf8(read).map_err(|_| Unread::NotText)
}

fn unreadable(folder: &Path, error: &io::Error) -> Failure {
    let what = format!("{} can't be read: {error}", quoted(&folder.display().to_string()));
    Refusal::new(Code::Io, what, "see to its rights")
}

fn too_many(folder: &Path) -> Failure {
    let name = quoted(&folder.display().to_string());
    Refusal::new(
        Code::Unsupported,
        format!("{name} has more than {MOST} files, or more than {MOST_BYTES} bytes in them"),
        "name the folder that holds the notes alone",
    )
}
