//! Gathers what a backup takes, each thing as it is at one instant, while servers and commands go on.
//!
//! The order matters. What programs were told is done is copied before what was done. What was typed is copied before the ledger: it is taken out of the one once it is in the other, so that
//! whatever is typed is in at least one of the copies, as after a kill between the two (P11). What keeps objects is listed
//! before the ledger and again behind it. Deploys come last: their folders tell more than the ledger, never less.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure};
use conductor::ports::Progress;
use git::Keepsakes;
use tempfile::TempDir;
use train::refusal::{Code, Refusal};

use super::names::{CONFIGURATION, DEPLOY, DRAFTS, KEYS, LEDGER, SCRATCH, TYPED, WISHES};
use super::{FORM, Kept, Manifest, Member, members, shown};

/// The folder, in the data folder, that copies are gathered in. A backup that was killed leaves it; the next one clears it.
pub const GATHERING: &str = "backup.part";

/// What was gathered; gone when dropped.
#[derive(Debug)]
pub struct Gathered {
    folder: TempDir,
    /// What is in it.
    pub manifest: Manifest,
    /// Its files.
    pub members: Vec<Member>,
}

impl Gathered {
    /// Where it is.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
}

/// Gathers what is in `data`, and the configuration's text if it is to go along. The caller has the right to make a backup.
///
/// # Errors
/// `not_found` where there is no ledger; `broken_chain` for one that does not hold; `io`.
pub async fn gather(
    data: &Path,
    configuration: Option<&str>,
    made_at: jiff::Timestamp,
    progress: &dyn Progress,
) -> Result<Gathered, Failure> {
    let io = |e: &io::Error| failure::io("the data folder can't be copied", e);
    let trains = trains(data).map_err(|e| io(&e))?;
    if trains.is_empty() {
        return Err(nothing_in(data));
    }
    let folder = fresh(data).map_err(|e| io(&e))?;
    let root = folder.path();
    for file in [WISHES, KEYS].iter().filter(|file| data.join(file).exists()) {
        ledger::copy(&data.join(file), &root.join(file)).await?;
    }
    let mut kept = Vec::new();
    for (name, from) in trains {
        progress.remark(&format!("{name}: copying the record"));
        kept.push(train(&name, &from, &root.join(&name)).await?);
    }
    if let Some(text) = configuration {
        fs::write(root.join(CONFIGURATION), text).map_err(|e| io(&e))?;
    }
    let members = members(root).map_err(|e| io(&e))?;
    let made_by = env!("CARGO_PKG_VERSION").to_owned();
    let configuration = configuration.is_some();
    let manifest = Manifest { form: FORM, made_by, made_at, trains: kept, configuration };
    Ok(Gathered { folder, manifest, members })
}

/// Where there is no ledger at all.
pub fn nothing_in(data: &Path) -> Failure {
    let what = format!("there is no ledger in {}", shown(data));
    Refusal::new(Code::NotFound, what, "say where state is kept with --data DIR")
}

/// The folders of trains: those that a ledger is in.
pub fn trains(data: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match fs::read_dir(data) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join(LEDGER).exists() && name.parse::<train::id::TrainName>().is_ok() {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}

/// An empty folder on the same disk, closed to others.
fn fresh(data: &Path) -> io::Result<TempDir> {
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(GATHERING) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    tempfile::Builder::new().prefix(GATHERING).tempdir_in(data)
}

async fn train(name: &str, from: &Path, to: &Path) -> Result<Kept, Failure> {
    let io = |e: &io::Error| failure::io("the data folder can't be copied", e);
    fs::create_dir_all(to).map_err(|e| io(&e))?;
    let keepsakes = Keepsakes::of(from)?;
    if from.join(TYPED).exists() {
        ledger::copy(&from.join(TYPED), &to.join(TYPED)).await?;
    }
    ledger::copy(&from.join(LEDGER), &to.join(LEDGER)).await?;
    let proof = ledger::prove(&to.join(LEDGER)).await?;
    keepsakes.gather(to).await?;
    deploys(&from.join("deploys"), &to.join("deploys")).map_err(|e| io(&e))?;
    tree(&from.join(DRAFTS), &to.join(DRAFTS)).map_err(|e| io(&e))?;
    tree(&from.join("scratch"), &to.join(SCRATCH)).map_err(|e| io(&e))?;
    Ok(Kept::of(name, proof))
}

/// What the folders of deploys tell. Their locks and numbers of processes mean nothing elsewhere.
fn deploys(from: &Path, to: &Path) -> io::Result<()> {
    for key in listed(from)? {
        fs::create_dir_all(to.join(&key))?;
        for file in DEPLOY {
            match fs::read(from.join(&key).join(file)) {
                Ok(bytes) => fs::write(to.join(&key).join(file), bytes)?,
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(())
}

/// The files that people work on by hand. git's own are made anew; links would lead somewhere else.
fn tree(from: &Path, to: &Path) -> io::Result<()> {
    for name in listed(from)?.into_iter().filter(|name| name != ".git") {
        let (from, to) = (from.join(&name), to.join(&name));
        match fs::symlink_metadata(&from) {
            Ok(about) if about.is_dir() => tree(&from, &to)?,
            Ok(about) if about.is_file() => {
                if let Some(folder) = to.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::copy(&from, &to).map(drop)?;
            }
            // Somebody works there: what is gone meanwhile is gone.
            _ => {}
        }
    }
    Ok(())
}

/// The names in a folder; none where there is no folder. One that is no text is none of ours.
fn listed(folder: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            Ok(entries?.flatten().filter_map(|e| e.file_name().into_string().ok()).collect())
        }
    }
}
