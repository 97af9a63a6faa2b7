//! The language of the story tests: a train, its people and its remotes, and the product run among them
//! as its users run it.

mod board;
mod data;
mod line;
mod ran;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

pub use line::words;
pub use ran::{Ran, Running};

use crate::remote::Remote;
use crate::sealed::Sealed;
use crate::services::Services;
use board::{Board, RepoEntry, ServiceEntry};

/// When stories begin where they say nothing else: the Tuesday of the cut.
const TUESDAY: &str = "2026-11-24T09:00:00Z";

/// The built program with a configuration, a data directory and a clock of its own.
#[derive(Debug)]
pub struct PushDuty {
    program: PathBuf,
    sealed: Sealed,
    board: Board,
    now: Mutex<Option<String>>,
    time_limit: Duration,
}

/// Setting the scene.
impl PushDuty {
    /// A train `amo` in UTC, cut Tuesday 09:00 and pushed Thursday 09:00, with nobody and nothing
    /// aboard, on the Tuesday of a cut. `program` is `env!("CARGO_BIN_EXE_pushduty")`.
    #[must_use]
    pub fn new(program: impl AsRef<Path>) -> Self {
        let world = Self::without_configuration(program);
        world.write();
        world
    }

    /// The program in an empty directory, as `init` finds it. Setting anything of the scene writes a
    /// configuration.
    ///
    /// # Panics
    /// When no directory can be made.
    #[must_use]
    pub fn without_configuration(program: impl AsRef<Path>) -> Self {
        let world = Self {
            program: program.as_ref().to_owned(),
            sealed: Sealed::new(),
            board: Board::default(),
            now: Mutex::new(Some(TUESDAY.to_owned())),
            time_limit: Duration::from_secs(60),
        };
        std::fs::create_dir(world.dir()).expect("a new directory is writable");
        world
    }

    /// Names the train.
    #[must_use]
    pub fn train(self, name: &str) -> Self {
        self.with(|board| name.clone_into(&mut board.train))
    }

    /// The train's zone.
    #[must_use]
    pub fn zone(self, zone: &str) -> Self {
        self.with(|board| zone.clone_into(&mut board.zone))
    }

    /// Lines of TOML for `[train]`, such as `skip = [2026-12-24]`.
    #[must_use]
    pub fn train_toml(self, lines: &str) -> Self {
        self.with(|board| board.train_lines.push(lines.to_owned()))
    }

    /// Somebody with these roles.
    #[must_use]
    pub fn person(self, name: &str, roles: &[&str]) -> Self {
        let roles = roles.iter().map(|r| (*r).to_owned()).collect();
        self.with(|board| board.people.push((name.to_owned(), roles)))
    }

    /// mat is the hero, always on duty; kumar develops, krupa is of QA.
    #[must_use]
    pub fn crew(self) -> Self {
        self.person("mat", &["hero"])
            .person("kumar", &["developer"])
            .person("krupa", &["qa"])
            .rotation(&["mat"])
    }

    /// Who is on duty in turn.
    #[must_use]
    pub fn rotation(self, order: &[&str]) -> Self {
        self.with(|board| board.rotation = order.iter().map(|n| (*n).to_owned()).collect())
    }

    /// A remote aboard, under its own name and by its path.
    #[must_use]
    pub fn repo(self, remote: &Remote) -> Self {
        self.repo_at(remote.name(), &remote.url(), "")
    }

    /// A repository by its URL, with further lines of TOML (`tag = "v{date}"`).
    #[must_use]
    pub fn repo_at(self, name: &str, url: &str, lines: &str) -> Self {
        let entry = RepoEntry { url: url.to_owned(), lines: lines.to_owned(), security: None };
        self.with(|board| board.repos.push((name.to_owned(), entry)))
    }

    /// The security twin of a repository that is aboard.
    ///
    /// # Panics
    /// When no such repository is.
    #[must_use]
    pub fn security_twin(self, repo: &str, twin: &Remote) -> Self {
        let url = twin.url();
        self.with(|board| {
            let found = board.repos.iter_mut().find(|(name, _)| name == repo);
            found.expect("the repository is aboard").1.security = Some(url);
        })
    }

    /// A service of an environment, asked `samples` times, that runs a repository under its own name
    /// in `services`.
    #[must_use]
    pub fn service(self, environment: &str, repo: &str, services: &Services, samples: u32) -> Self {
        let url = services.url(&format!("{environment}-{repo}"));
        let entry = ServiceEntry { repo: repo.to_owned(), url, samples };
        self.with(|board| board.services.entry(environment.to_owned()).or_default().push(entry))
    }

    /// Whole tables of TOML, at the configuration's end.
    #[must_use]
    pub fn toml(self, text: &str) -> Self {
        self.with(|board| board.extra.push(text.to_owned()))
    }

    /// How long a run may take before the test fails; 60 seconds unless said.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Another machine: the same configuration and clock, a home and a data directory of its own.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let other = Self::without_configuration(&self.program);
        let Self { board, time_limit, .. } = self;
        let other = Self { board: board.clone(), time_limit: *time_limit, ..other };
        *other.clock() = self.clock().clone();
        other.write();
        other
    }

    fn with(mut self, change: impl FnOnce(&mut Board)) -> Self {
        change(&mut self.board);
        self.write();
        self
    }

    fn write(&self) {
        std::fs::write(self.config_path(), self.board.toml()).expect("the home is writable");
    }

    fn clock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Telling the story.
impl PushDuty {
    /// It is now this time, RFC 3339, for every run from here on.
    pub fn at(&self, time: &str) -> &Self {
        *self.clock() = Some(time.to_owned());
        self
    }

    /// From here on runs go by the machine's clock: no rehearsal.
    pub fn at_the_real_time(&self) -> &Self {
        *self.clock() = None;
        self
    }

    /// Somebody of that name, in the configuration or not.
    #[must_use]
    pub fn as_person(&self, name: &str) -> Person<'_> {
        Person { world: self, name: name.to_owned() }
    }

    /// Somebody who has the hero's role.
    #[must_use]
    pub fn hero(&self, name: &str) -> Person<'_> {
        self.in_role(name, "hero")
    }

    /// Somebody who has the developer's role.
    #[must_use]
    pub fn developer(&self, name: &str) -> Person<'_> {
        self.in_role(name, "developer")
    }

    /// Somebody of QA.
    #[must_use]
    pub fn qa(&self, name: &str) -> Person<'_> {
        self.in_role(name, "qa")
    }

    /// Somebody of ops.
    #[must_use]
    pub fn ops(&self, name: &str) -> Person<'_> {
        self.in_role(name, "ops")
    }

    /// Somebody with the security role.
    #[must_use]
    pub fn security(&self, name: &str) -> Person<'_> {
        self.in_role(name, "security")
    }

    /// Somebody with the admin role.
    #[must_use]
    pub fn admin(&self, name: &str) -> Person<'_> {
        self.in_role(name, "admin")
    }

    fn in_role(&self, name: &str, role: &str) -> Person<'_> {
        let has = |(who, roles): &(String, Vec<String>)| {
            who == name && roles.iter().any(|held| held == role)
        };
        assert!(self.board.people.iter().any(has), "{name} has the role {role} in this story");
        self.as_person(name)
    }

    /// Runs the program as nobody in particular and waits for its end.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.start(args).wait()
    }

    /// As [`PushDuty::run`] with `--json`: the one document that it writes.
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).json()
    }

    /// Starts the program as nobody in particular.
    pub fn start(&self, args: &[&str]) -> Running {
        self.start_command(self.command().args(args))
    }

    /// The program with everything set but its arguments, for a test that adds to its environment.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = self.sealed.command(&self.program);
        command.current_dir(self.dir()).env("PUSHDUTY_DATA", self.data_path());
        if let Some(now) = self.clock().as_ref() {
            command.env("PUSHDUTY_NOW", now);
        }
        command
    }

    /// Starts what [`PushDuty::command`] gave.
    pub fn start_command(&self, command: &mut Command) -> Running {
        Running::start(command, &self.sealed.path("tmp"), self.time_limit)
    }

    /// The home and git configuration that runs have.
    #[must_use]
    pub fn sealed(&self) -> &Sealed {
        &self.sealed
    }

    /// The directory that runs start in; the configuration is there.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.sealed.path("work")
    }

    /// The configuration's path.
    #[must_use]
    pub fn config_path(&self) -> PathBuf {
        self.dir().join("pushduty.toml")
    }

    /// The data directory's path; the program makes it.
    #[must_use]
    pub fn data_path(&self) -> PathBuf {
        self.sealed.path("data")
    }

    /// Text for a snapshot: remotes by name, this home as `[home]`, ports as `[port]`, and hashes of
    /// ten digits and more as `[oid]`.
    #[must_use]
    pub fn tidy(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, entry) in &self.board.repos {
            if let Some(twin) = &entry.security {
                text = text.replace(twin, &format!("[{name} security]"));
            }
            text = text.replace(&entry.url, &format!("[{name}]"));
        }
        text = text.replace(&self.sealed.home().display().to_string(), "[home]");
        ran::without_hashes_and_ports(&text)
    }
}

/// Somebody at a terminal: what they run is theirs.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    world: &'a PushDuty,
    name: String,
}

impl Person<'_> {
    /// Runs the program and waits for its end.
    pub fn runs(&self, args: &[&str]) -> Ran {
        self.starts(args).wait()
    }

    /// Types a line, such as `tag --again --because "kick the build" --yes`, and waits for its end.
    pub fn types(&self, line: &str) -> Ran {
        let words = words(line);
        self.runs(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Types a line with `--json`: the one document that it writes, whatever came of it.
    pub fn reads(&self, line: &str) -> Value {
        self.types(&format!("{line} --json")).json()
    }

    /// The same, for a person made by [`PushDuty::as_person`].
    pub fn run(&self, args: &[&str]) -> Ran {
        self.runs(args)
    }

    /// Runs the program with `--json`: the one document that it writes.
    pub fn json(&self, args: &[&str]) -> Value {
        self.runs(&[args, &["--json"]].concat()).json()
    }

    /// Starts the program, for a test that kills, pauses or races it.
    pub fn starts(&self, args: &[&str]) -> Running {
        self.world.start_command(self.command().args(args))
    }

    /// The program as this person, with everything set but its arguments.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = self.world.command();
        command.env("PUSHDUTY_ACTOR", &self.name);
        command
    }
}
