//! Where the configuration is: the file that was named, or the nearest from the working directory upward.

use std::io;
use std::path::{Path, PathBuf};

use train::id::quoted;
use train::refusal::Code;

use super::FILE;
use super::plain::safe;
use super::problem::ConfigError;

/// Larger files are no configuration.
const MOST: u64 = 4 * 1024 * 1024;

/// The file, with its folder, and its text.
pub fn read(path: Option<&Path>, cwd: &Path) -> Result<(PathBuf, String), ConfigError> {
    let file = match path {
        Some(path) => cwd.join(path),
        None => upward(cwd)?,
    };
    let name = nickname(path, &file, cwd);
    let fail = |what: &str, help: &str| {
        ConfigError::plain(Code::Configuration, format!("{} {what}", quoted(&name)), help)
    };
    match std::fs::metadata(&file) {
        Ok(meta) if meta.is_dir() => {
            return Err(fail("is a folder", "name the file in it, as --config DIR/pushduty.toml"));
        }
        Ok(meta) if meta.len() > MOST => {
            return Err(fail("is larger than 4 MB", "name a configuration with --config FILE"));
        }
        _ => {}
    }
    match std::fs::read(&file) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok((file, text)),
            Err(_) => Err(fail("is not UTF-8 text", "save it as UTF-8")),
        },
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            Err(fail("is not there", "pushduty init URL… writes one; --config FILE names another"))
        }
        Err(why) => Err(fail(
            &format!("can't be read: {}", why.kind()),
            "look at the file's rights, or name another with --config FILE",
        )),
    }
}

fn upward(cwd: &Path) -> Result<PathBuf, ConfigError> {
    let found = cwd.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file());
    found.ok_or_else(|| {
        ConfigError::plain(
            Code::Configuration,
            format!("there is no {FILE} in {} or above it", quoted(&cwd.to_string_lossy())),
            "pushduty init URL… writes one from what your remotes show; --config FILE names one elsewhere",
        )
    })
}

/// The file as it is called in messages: as it was named, else relative to the working directory where it is inside.
pub fn nickname(named: Option<&Path>, file: &Path, cwd: &Path) -> String {
    let shown = named.unwrap_or_else(|| file.strip_prefix(cwd).unwrap_or(file));
    safe(&shown.to_string_lossy())
}
