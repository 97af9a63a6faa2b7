//! Reads an archive: first whether it is whole, then what is in it. Nothing is written before both are known.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use blake3::Hasher;
use conductor::failure::{self, Failure};
use tar::{Archive, Header};
use train::id::quoted;
use train::refusal::{Code, Refusal};

use super::archive::{DIGEST, SMALL, TRAILER};
use super::names::{self, CONFIGURATION, LEDGER, MANIFEST};
use super::{FORM, Manifest, Member, shown};

/// How much is read at once.
const PIECE: usize = 1 << 20;

/// An archive that is whole.
#[derive(Debug)]
pub struct Opened {
    file: File,
    place: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// Its files.
    pub members: Vec<Member>,
}

/// Opens an archive: refused unless every byte is as it was written, and every name one that a backup gives.
///
/// # Errors
/// `refused` for what is no backup, or none that is whole; `io`.
pub async fn opened(place: &Path) -> Result<Opened, Failure> {
    let io = |e: &io::Error| failure::io(&format!("{} can't be read", shown(place)), e);
    let mut file = File::open(place).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            let what = format!("there is no file {}", shown(place));
            Refusal::new(Code::NotFound, what, "name a file that `pushduty backup` wrote")
        }
        _ => io(&e),
    })?;
    whole(&mut file, place).await?;
    file.rewind().map_err(|e| io(&e))?;
    let (manifest, members) = listed(&file, place)?;
    Ok(Opened { file, place: place.to_owned(), manifest, members })
}

fn refused(place: &Path, why: &str) -> Failure {
    let what = format!("{} is not taken: {why}", shown(place));
    Refusal::new(Code::Refused, what, "name another backup; nothing was touched")
}

/// Holds the digest at the end against all that is before it.
async fn whole(file: &mut File, place: &Path) -> Result<(), Failure> {
    let io = |e: &io::Error| failure::io(&format!("{} can't be read", shown(place)), e);
    let cut =
        || refused(place, "it was cut short, or is no backup: it does not end with its digest");
    let bytes = file.metadata().map_err(|e| io(&e))?;
    let covered = bytes.len().checked_sub(TRAILER).filter(|_| bytes.is_file()).ok_or_else(cut)?;
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut left = covered;
    while left > 0 {
        tokio::task::yield_now().await;
        let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let n = file.read(&mut piece[..most]).map_err(|e| io(&e))?;
        if n == 0 {
            return Err(cut());
        }
        hasher.update(&piece[..n]);
        left -= n as u64;
    }
    let mut end = vec![0; 1024];
    file.read_exact(&mut end).map_err(|e| io(&e))?;
    let mut header = Header::new_gnu();
    header.as_mut_bytes().copy_from_slice(&end[..512]);
    if header.path_bytes().as_ref() != DIGEST.as_bytes() {
        return Err(cut());
    }
    match hasher.finalize().to_hex().as_bytes() == &end[512..576] {
        true => Ok(()),
        false => Err(refused(place, "it is not as it was written: its digest is another")),
    }
}

/// The manifest, and every file with its length. What is no plain file of a backup refuses all of it.
fn listed(file: &File, place: &Path) -> Result<(Manifest, Vec<Member>), Failure> {
    let broken = |_| refused(place, "it is damaged");
    let most = file.metadata().map_or(0, |about| about.len());
    let mut archive = Archive::new(BufReader::new(file));
    let (mut manifest, mut members, mut seen) = (None, Vec::new(), BTreeSet::new());
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let bytes = entry.size();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap_or_default();
        let odd = |why: &str| refused(place, &format!("{} in it {why}", quoted(&path)));
        if !entry.header().entry_type().is_file() {
            return Err(odd("is no plain file"));
        }
        if bytes > most {
            return Err(odd("is said to be larger than all of it"));
        }
        if !seen.insert(path.clone()) {
            return Err(odd("is there twice"));
        }
        match path.as_str() {
            MANIFEST if members.is_empty() && bytes <= SMALL => {
                let mut text = Vec::new();
                entry.read_to_end(&mut text).map_err(broken)?;
                manifest = Some(form(&text, place)?);
            }
            DIGEST => {}
            _ if names::is_ours(&path) && manifest.is_some() => {
                members.push(Member { path, bytes })
            }
            _ => return Err(odd("is nothing that a backup has")),
        }
    }
    let manifest = manifest.ok_or_else(|| refused(place, "it is no backup"))?;
    agrees(&manifest, &seen).map_err(|why| refused(place, why))?;
    Ok((manifest, members))
}

fn form(text: &[u8], place: &Path) -> Result<Manifest, Failure> {
    #[derive(serde::Deserialize)]
    struct Form {
        form: u32,
    }
    match serde_json::from_slice(text) {
        Ok(Form { form }) if form > FORM => {
            let what = format!("{} was made by a newer version of pushduty", shown(place));
            Err(Refusal::new(
                Code::Unsupported,
                what,
                "restore it with that version, or a newer one",
            ))
        }
        _ => serde_json::from_slice(text).map_err(|_| refused(place, "it is no backup")),
    }
}

/// Whether what is in it is what its manifest says.
fn agrees(manifest: &Manifest, seen: &BTreeSet<String>) -> Result<(), &'static str> {
    let ledgers = seen.iter().filter_map(|path| path.strip_suffix(LEDGER)?.strip_suffix('/'));
    let told: Vec<&str> = manifest.trains.iter().map(|train| train.name.as_str()).collect();
    let there: Vec<&str> = ledgers.filter(|train| !train.contains('/')).collect();
    let all_of_trains = seen.iter().filter_map(|path| Some(path.split_once('/')?.0));
    match () {
        () if told.is_empty() || told != there => Err("its ledgers are not those that it tells of"),
        () if !all_of_trains.into_iter().all(|train| told.contains(&train)) => {
            Err("it has files of a train that it does not tell of")
        }
        () if manifest.configuration != seen.contains(CONFIGURATION) => {
            Err("its configuration is not as it tells")
        }
        () => Ok(()),
    }
}

impl Opened {
    /// Writes its files below `root`, an empty folder, each for this user alone and lastingly.
    ///
    /// # Errors
    /// `io`; `refused` where it is another file by now.
    pub async fn unpack(&mut self, root: &Path) -> Result<(), Failure> {
        let io = |e: &io::Error| failure::io("the backup can't be unpacked", e);
        self.file.seek(SeekFrom::Start(0)).map_err(|e| io(&e))?;
        let mut archive = Archive::new(BufReader::new(&self.file));
        let mut expected = self.members.iter();
        for entry in archive.entries().map_err(|e| io(&e))? {
            tokio::task::yield_now().await;
            let mut entry = entry.map_err(|e| io(&e))?;
            let name = entry.path_bytes();
            if [MANIFEST.as_bytes(), DIGEST.as_bytes()].contains(&name.as_ref()) {
                continue;
            }
            let next = expected.next().filter(|next| next.path.as_bytes() == name.as_ref());
            let changed = || refused(&self.place, "it was changed while it was read");
            let next = next.ok_or_else(changed)?;
            drop(name);
            plain(&mut entry, &root.join(&next.path)).map_err(|e| io(&e))?;
        }
        Ok(())
    }
}

/// Writes one file, which is not there yet.
fn plain(from: &mut impl Read, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(from, &mut file)?;
    file.flush()?;
    file.sync_all()
}
