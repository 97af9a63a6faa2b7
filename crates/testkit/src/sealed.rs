//! An environment that knows nothing of the machine: an empty home, no system or user configuration of
//! git, one language, one zone, and dates that pass by the minute.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::home;

/// Who writes commits where a test says nothing else.
pub const AUTHOR: &str = "Ann Author <ann@example.org>";
/// Who commits them: someone else, so that a test notices when the two are mixed up.
pub const COMMITTER: &str = "Carl Committer <carl@example.org>";

/// 2026-11-16 09:00 UTC, the Monday before the week that most tests play in.
const FIRST_MINUTE: i64 = 1_794_819_600;

/// A sealed home. Every process that runs in it ends with it.
#[derive(Debug)]
pub struct Sealed {
    home: TempDir,
    minute: AtomicI64,
}

impl Default for Sealed {
    fn default() -> Self {
        Self::new()
    }
}

impl Sealed {
    /// A new home, empty but for a directory for temporary files.
    ///
    /// # Panics
    /// When no temporary directory can be made.
    #[must_use]
    pub fn new() -> Self {
        let home = tempfile::Builder::new().prefix("pushduty-").tempdir();
        let home = home.expect("a temporary directory can be made");
        std::fs::create_dir(home.path().join("tmp")).expect("a new directory is writable");
        Self { home, minute: AtomicI64::new(0) }
    }

    /// The home directory, which is also where a test may put its own files.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A path inside the home.
    #[must_use]
    pub fn path(&self, relative: &str) -> PathBuf {
        self.home.path().join(relative)
    }

    /// Any program in this environment: only `PATH` comes from outside. Its standard input is empty.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", search_path())
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.path(".config"))
            .env("XDG_DATA_HOME", self.path(".local/share"))
            .env("XDG_STATE_HOME", self.path(".local/state"))
            .env("XDG_CACHE_HOME", self.path(".cache"))
            .env("TMPDIR", self.path("tmp"))
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null());
        command
    }

    /// A run of this home by way of another program, which gets these arguments before the run's own.
    #[must_use]
    pub fn wrapped(&self, by: &str, args: &[impl AsRef<OsStr>], run: &Command) -> Command {
        let mut command = self.command(by);
        command.args(args).arg(run.get_program()).args(run.get_args());
        for (name, value) in run.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(dir) = run.get_current_dir() {
            command.current_dir(dir);
        }
        command
    }

    /// A search path with a git in front of the real one, which does these lines after each run that was told `verb` and
    /// ended well; `$dir` is the repository (`--git-dir`, or `GIT_DIR`), `$git` the real git.
    ///
    /// # Panics
    /// When git is not installed.
    #[must_use]
    pub fn git_that_breaks_after(&self, verb: &str, lines: &str) -> String {
        let found = self.command("sh").args(["-c", "command -v git; echo \"$PATH\""]).output();
        let found = found.expect("a shell is there").stdout;
        let found = String::from_utf8_lossy(&found);
        let (git, path) = found.trim_end().split_once('\n').expect("git is installed");
        let script = format!(
            "git='{git}'; dir=$GIT_DIR; last=\n\
             for word in \"$@\"; do [ \"$last\" != --git-dir ] || dir=$word; last=$word; done\n\
             \"$git\" \"$@\" || exit $?\n\
             case \" $* \" in *' {verb} '*) {lines} ;; esac"
        );
        let script = self.script("bin/git", &script);
        let bin = script.parent().expect("it lies in a folder").display().to_string();
        format!("{bin}:{path}")
    }

    /// Git with fixed identities. Each call is a minute later than the one before. Local paths may be
    /// cloned and fetched from, any directory is trusted, and nothing waits for the disk.
    #[must_use]
    pub fn git_command(&self) -> Command {
        self.git_program("git")
    }

    /// A program of git's own, with what [`Sealed::git_command`] sets.
    pub(crate) fn git_program(&self, program: impl AsRef<OsStr>) -> Command {
        let date = format!("{} +0000", self.next_minute());
        let mut command = self.command(program);
        let (author, author_mail) = split(AUTHOR);
        let (committer, committer_mail) = split(COMMITTER);
        command
            .env("GIT_AUTHOR_NAME", author)
            .env("GIT_AUTHOR_EMAIL", author_mail)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", committer)
            .env("GIT_COMMITTER_EMAIL", committer_mail)
            .env("GIT_COMMITTER_DATE", &date);
        let settings = [
            ("protocol.file.allow", "always"),
            ("safe.directory", "*"),
            ("core.fsync", "none"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("init.defaultBranch", "main"),
            ("advice.detachedHead", "false"),
        ];
        command.env("GIT_CONFIG_COUNT", settings.len().to_string());
        for (n, (key, value)) in settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{n}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{n}"), value);
        }
        command
    }

    /// Runs git in `dir` and gives what it wrote, without the line's end.
    ///
    /// # Panics
    /// When git fails; the message has its words.
    pub fn git(&self, dir: &Path, args: &[&str]) -> String {
        let output = self.try_git(dir, args);
        assert!(
            output.status.success(),
            "git {} failed:\n{}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()
    }

    /// Runs git in `dir`, whatever comes of it.
    ///
    /// # Panics
    /// When git is not installed.
    pub fn try_git(&self, dir: &Path, args: &[&str]) -> Output {
        self.git_command().current_dir(dir).args(args).output().expect("git is installed")
    }

    /// Sets one key of the home's git configuration, as `git config --global` does.
    pub fn git_config(&self, key: &str, value: &str) {
        self.git(self.home(), &["config", "--global", key, value]);
    }

    /// The next minute, in seconds since 1970.
    pub(crate) fn next_minute(&self) -> i64 {
        FIRST_MINUTE + 60 * self.minute.fetch_add(1, Ordering::Relaxed)
    }

    /// Goes on from where the other's minutes are, so that what is made here is dated later.
    pub(crate) fn continues(&self, other: &Self) {
        self.minute.store(other.minute.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        home::signal_all_at(self.home(), Signal::KILL);
    }
}

/// The two parts of `Name <mail>`.
fn split(person: &str) -> (&str, &str) {
    let (name, mail) = person.split_once(" <").expect("a person is written “Name <mail>”");
    (name, mail.trim_end_matches('>'))
}

#[expect(
    clippy::disallowed_methods,
    reason = "programs are found where the person who runs the tests has them"
)]
fn search_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}
