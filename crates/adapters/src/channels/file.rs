//! A file with one JSON document on each line, for programs that read along. It tells a repeat by an announcement's name: what
//! is there is not written again.

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use conductor::ports::{Channel, Examined, Handed, Undelivered};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use train::announce::Announcement;
use train::id::quoted;

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often its lock is tried.
const PAUSE: Duration = Duration::from_millis(10);

/// The form of a line; it grows by adding keys.
const SCHEMA: u32 = 1;

/// A file of lines.
#[derive(Debug, Clone)]
pub struct JsonLines {
    path: PathBuf,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    #[serde(flatten)]
    announcement: &'a Announcement,
}

#[derive(Deserialize)]
struct Name {
    id: String,
}

impl JsonLines {
    /// The file at `path`; it is made with the first announcement, readable for its user alone.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// What went wrong, as the rest of a sentence.
    fn why(&self, error: &io::Error) -> String {
        let path = quoted(&self.path.display().to_string());
        match error.kind() {
            ErrorKind::NotFound => format!("the folder of {path} is not there"),
            ErrorKind::IsADirectory => format!("{path} is a folder"),
            ErrorKind::InvalidInput => format!("{path} is no plain file"),
            ErrorKind::PermissionDenied => format!("{path} may not be read and written"),
            ErrorKind::StorageFull => format!("the disk of {path} is full"),
            ErrorKind::WouldBlock => format!("another program keeps {path} locked"),
            _ => format!("{path} can't be written: {error}"),
        }
    }

    /// Opens it without waiting: a pipe at its place would keep whoever opens it until somebody reads.
    fn open(&self, make: bool) -> io::Result<File> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(make)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(&self.path)?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(ErrorKind::InvalidInput.into()),
        }
    }

    async fn locked(&self) -> io::Result<File> {
        let file = self.open(true)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= PATIENCE => {
                    return Err(ErrorKind::WouldBlock.into());
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// Makes the file's name last, too.
    fn sync_folder(&self) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// Whether a line of the file has that name. What is no document of ours is passed over.
fn has(file: &mut File, id: &str) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if serde_json::from_slice::<Name>(&line).is_ok_and(|name| name.id == id) {
            return Ok(true);
        }
        line.clear();
    }
    Ok(false)
}

/// Adds a line at the end. What a writer that was killed left there without its end keeps a line of its own.
fn add(file: &mut File, line: &str) -> Result<(), (io::Error, bool)> {
    let known = |error| (error, false);
    let end = file.seek(SeekFrom::End(0)).map_err(known)?;
    let mut text = String::new();
    if end > 0 {
        let mut last = [0];
        file.seek(SeekFrom::Start(end - 1)).map_err(known)?;
        file.read_exact(&mut last).map_err(known)?;
        text.push_str(if last == *b"\n" { "" } else { "\n" });
    }
    text.push_str(line);
    text.push('\n');
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| {
        // Taken back, so that nobody reads half of it; where that fails, too, nobody knows what is there.
        let back = file.set_len(end).and_then(|()| file.sync_all());
        (error, back.is_err())
    })
}

#[async_trait]
impl Channel for JsonLines {
    async fn hand_over(&self, announcement: &Announcement, _: bool) -> Result<Handed, Undelivered> {
        let refused = |error: io::Error| Undelivered::Refused(self.why(&error));
        let line = serde_json::to_string(&Written { schema: SCHEMA, announcement })
            .map_err(|error| refused(error.into()))?;
        let mut file = self.locked().await.map_err(refused)?;
        if has(&mut file, &announcement.id).map_err(refused)? {
            // Whoever wrote it may have been killed before it was on the disk.
            file.sync_all().map_err(refused)?;
            return Ok(Handed::Before);
        }
        add(&mut file, &line).map_err(|(error, unsure)| match unsure {
            true => Undelivered::Unknown(self.why(&error)),
            false => Undelivered::Refused(self.why(&error)),
        })?;
        self.sync_folder().map_err(|error| Undelivered::Unknown(self.why(&error)))?;
        Ok(Handed::Now)
    }

    async fn examine(&self) -> Examined {
        let path = quoted(&self.path.display().to_string());
        let told = match self.open(false) {
            Ok(_) => Ok(format!("{path} takes announcements")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
                match folder.unwrap_or(Path::new(".")).is_dir() {
                    true => Ok(format!("{path} is made with the first announcement")),
                    false => Err(self.why(&error)),
                }
            }
            Err(error) => Err(self.why(&error)),
        };
        let well = told.is_ok();
        let mend = match well {
            true => String::new(),
            false => {
                "mend it, or name another `file` under [channels]; announcements wait meanwhile"
                    .to_owned()
            }
        };
        let sentence = told.unwrap_or_else(|why| why);
        Examined { what: "file".to_owned(), well: true, warn: !well, sentence, mend }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use train::announce::{Audience, Kind};

    use super::*;

    fn announcement(id: &str) -> Announcement {
        Announcement {
            id: id.to_owned(),
            kind: Kind::Held,
            train: "amo".parse().unwrap(),
            push: "2026.11.26".parse().ok(),
            audience: Audience::Channel,
            subject: "amo: 2026.11.26 is held".to_owned(),
            text: "By jason: no\npower.".to_owned(),
            at: "2026-11-24T09:00:00Z".parse().unwrap(),
            expires_at: "2026-11-25T09:00:00Z".parse().unwrap(),
            rehearsal: true,
        }
    }

    async fn handed(path: &Path, id: &str) -> Result<Handed, Undelivered> {
        JsonLines::at(path).hand_over(&announcement(id), false).await
    }

    fn lines(path: &Path) -> Vec<String> {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn each_is_one_line_once_whoever_hands_it_over_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told.jsonl");
        for (id, expected) in
            [("a", Handed::Now), ("b", Handed::Now), ("a", Handed::Before), ("b", Handed::Before)]
        {
            assert_eq!(handed(&path, id).await, Ok(expected), "{id}");
        }
        let all = lines(&path);
        assert_eq!(all.len(), 2);
        assert_eq!(
            all[0],
            r#"{"schema":1,"id":"a","kind":"held","train":"amo","push":"2026.11.26","audience":{"to":"channel"},"subject":"amo: 2026.11.26 is held","text":"By jason: no\npower.","at":"2026-11-24T09:00:00Z","expires_at":"2026-11-25T09:00:00Z","rehearsal":true}"#
        );
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_line_that_was_cut_off_is_none_and_spoils_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told.jsonl");
        handed(&path, "a").await.unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let torn = whole.replace("\"a\"", "\"b\"");
        for cut in 1..torn.len() - 1 {
            std::fs::write(&path, format!("{whole}{}", &torn[..cut])).unwrap();
            assert_eq!(handed(&path, "b").await, Ok(Handed::Now), "{cut}");
            let all = lines(&path);
            assert_eq!((all.len(), &all[2]), (3, &torn.trim_end().to_owned()), "{cut}");
            assert_eq!(handed(&path, "b").await, Ok(Handed::Before), "{cut}");
        }
        // The last letter alone was missing: it is a whole document.
        std::fs::write(&path, torn.trim_end()).unwrap();
        assert_eq!(handed(&path, "b").await, Ok(Handed::Before));
    }

    #[tokio::test]
    async fn what_is_no_file_to_write_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("folder")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RWXU).unwrap();
        for (name, why) in [
            ("folder", "is a folder"),
            ("pipe", "is no plain file"),
            ("nowhere/told.jsonl", "the folder of"),
            ("pipe/told.jsonl", "can't be written"),
        ] {
            let told = handed(&at(name), "a").await;
            let Err(Undelivered::Refused(said)) = told else { panic!("{name}: {told:?}") };
            assert!(said.contains(why), "{name}: {said}");
            let examined = JsonLines::at(&at(name)).examine().await;
            assert!(examined.warn && examined.sentence.contains(why), "{name}: {examined:?}");
        }
        let new = JsonLines::at(&at("new")).examine().await;
        assert!(!new.warn && !at("new").exists(), "{new:?}");
    }

    #[tokio::test]
    async fn two_at_once_write_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told.jsonl");
        let all = (0..8).map(|n| {
            let path = path.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.unwrap().block_on(async {
                    for id in 0..20 {
                        handed(&path, &format!("{}", (id + n) % 20)).await.unwrap();
                    }
                });
            })
        });
        all.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(lines(&path).len(), 20);
    }
}
