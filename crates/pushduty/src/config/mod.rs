//! `pushduty.toml`: found, read, checked, and put into the words of the rules.
//!
//! One file per area holds the table's keys (a doc comment and a default on each) and what makes sense of them. Reading goes
//! in three stages: TOML, then known keys of the right type, then sense. A stage reports everything that is wrong with it
//! before the next begins. `docs/src/configuration.md` has every key.

pub mod artifacts;
mod at;
pub mod calendars;
pub mod channels;
pub mod components;
pub mod environments;
mod file;
mod find;
mod freeze;
pub mod gates;
pub mod guess;
pub mod monitors;
mod nearest;
pub mod notes;
pub mod people;
mod plain;
mod problem;
pub mod rehearsal;
pub mod remote;
mod repos;
mod schema;
pub mod secret;
mod shape;
pub mod sign_in;
mod train;
pub mod trains;
mod write;

use std::path::{Path, PathBuf};

use ::train::id::{TrainName, quoted};
use ::train::refusal::Code;
use ::train::settings::Settings;

pub use calendars::{ExternalCalendar, Holds, Source};
pub use file::{File, parse};
pub use guess::{Guess, PersonGuess, RepoGuess};
pub use nearest::nearest;
pub use problem::{ConfigError, Problem, Problems};
pub use schema::schema;
pub use secret::{Hidden, Secret};
pub use trains::{Configured, Later};
pub use write::write;

/// The name of the file that is looked for.
pub const FILE: &str = "pushduty.toml";

/// A configuration that makes sense, for one train.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the rules need.
    pub settings: Settings,
    /// What acts outside of them.
    pub later: Later,
    /// Calendars that are kept elsewhere.
    pub calendars: Vec<ExternalCalendar>,
    /// Who vouches for people.
    pub sign_in: Vec<sign_in::CheckedSignIn>,
    /// The file, with its folder.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// Every train of the file, this one included.
    pub trains: Vec<TrainName>,
}

/// Reads the configuration at `path`, or the nearest `pushduty.toml` from `cwd` upward, for the train named, or the only one.
///
/// Relative paths in the file are resolved against its folder. Every error is of exit code 2.
pub fn load(
    path: Option<&Path>,
    cwd: &Path,
    train: Option<&TrainName>,
) -> Result<Loaded, ConfigError> {
    let Found { file, text, name, all } = found(path, cwd)?;
    let trains = all.iter().map(|c| c.settings.train.clone()).collect();
    let Configured { settings, later, calendars, sign_in } = pick(all, train, &name)?;
    Ok(Loaded { settings, later, calendars, sign_in, file, text, trains })
}

/// The trains of the same file, in its order.
pub fn names(path: Option<&Path>, cwd: &Path) -> Result<Vec<TrainName>, ConfigError> {
    Ok(found(path, cwd)?.all.into_iter().map(|c| c.settings.train).collect())
}

/// A configuration with all its trains.
struct Found {
    file: PathBuf,
    text: String,
    /// The file as it is called in an error.
    name: String,
    all: Vec<Configured>,
}

fn found(path: Option<&Path>, cwd: &Path) -> Result<Found, ConfigError> {
    let (file, text) = find::read(path, cwd)?;
    let folder = file.parent().unwrap_or(cwd).to_owned();
    let name = find::nickname(path, &file, cwd);
    let all = read(&text, &folder).map_err(|p| ConfigError::located(&name, &text, p))?;
    Ok(Found { file, text, name, all })
}

/// Reads and checks a text as the configuration of a folder, every train of it: pure, and total over every text.
pub fn read(text: &str, folder: &Path) -> Result<Vec<Configured>, Problems> {
    trains::check(parse(text)?, folder)
}

fn pick(
    mut all: Vec<Configured>,
    train: Option<&TrainName>,
    file: &str,
) -> Result<Configured, ConfigError> {
    let names: Vec<&str> = all.iter().map(|c| c.settings.train.as_str()).collect();
    let names = names.join(", ");
    let at = match train {
        Some(name) => all.iter().position(|c| &c.settings.train == name).ok_or_else(|| {
            let what = format!("there is no train {} in {file}", quoted(name.as_str()));
            ConfigError::plain(Code::NotFound, what, format!("the trains are: {names}"))
        })?,
        None if all.len() == 1 => 0,
        None => {
            let what = format!("{file} has several trains: {names}");
            return Err(ConfigError::plain(Code::Usage, what, "say which with --train NAME"));
        }
    };
    Ok(all.swap_remove(at))
}
