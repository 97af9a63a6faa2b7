//! Tokens by which servers know us: from the environment, or from a file that nobody else may read. Never an argument: those
//! are seen by everybody on a machine.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use conductor::failure::{self, Failure};
use train::id::quoted;
use train::refusal::{Code, Refusal};

use crate::environment::Environment;

/// Who else than their owner may read or write a file.
const OTHERS: u32 = 0o077;

/// The file: a table of tokens by the server's address.
fn file(environment: &Environment) -> Option<PathBuf> {
    Some(environment.platform_config.as_ref()?.join("pushduty").join("tokens.toml"))
}

fn kept(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let shown = quoted(&path.display().to_string());
    let meta = match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        meta => meta.map_err(|e| failure::io(&format!("{shown} can't be looked at"), &e))?,
    };
    if meta.permissions().mode() & OTHERS != 0 {
        let what = format!("{shown} may be read by others, and has tokens in it");
        return Err(Refusal::new(Code::Io, what, format!("chmod 600 {}", path.display())));
    }
    let text =
        fs::read_to_string(path).map_err(|e| failure::io(&format!("{shown} can't be read"), &e))?;
    toml::from_str(&text).map_err(|_| {
        let what = format!("{shown} is no list of tokens");
        Refusal::new(Code::Configuration, what, "delete it, and `pushduty login URL` once more")
    })
}

/// The token for the server at `place`; none where there is none.
pub fn token(environment: &Environment, place: &str) -> Result<Option<String>, Failure> {
    if let Some(token) = &environment.token {
        return Ok(Some(token.expose().to_owned()));
    }
    match file(environment) {
        Some(path) => Ok(kept(&path)?.remove(place)),
        None => Ok(None),
    }
}

/// Keeps the token for the server at `place`, and says where.
pub fn keep(environment: &Environment, place: &str, token: &str) -> Result<PathBuf, Failure> {
    let path = file(environment).ok_or_else(|| {
        let what = "this user has no home, so there is no place to keep a token";
        Refusal::new(Code::Usage, what, "give it as PUSHDUTY_TOKEN")
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let shown = quoted(&path.display().to_string());
    let cant = |e: &std::io::Error| failure::io(&format!("{shown} can't be written"), e);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| cant(&e))?;
    let mut tokens = kept(&path)?;
    tokens.insert(place.to_owned(), token.to_owned());
    let text = toml::to_string(&tokens).map_err(|_| {
        Refusal::new(Code::Usage, "the token can't be written down", "see that it is whole")
    })?;
    // Made for its owner alone, and whole or not at all.
    let mut made = tempfile::NamedTempFile::new_in(folder).map_err(|e| cant(&e))?;
    made.write_all(text.as_bytes()).map_err(|e| cant(&e))?;
    made.persist(&path).map_err(|e| cant(&e.error))?;
    Ok(path)
}
