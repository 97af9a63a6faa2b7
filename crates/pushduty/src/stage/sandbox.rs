//! The sandbox: a folder with bare remotes, a configuration, and a place for state; and git, sealed from the machine.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use conductor::failure;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use train::refusal::{Code, Refusal};

use crate::session::Ending;

/// What would lead a git or a pushduty elsewhere than the sandbox.
const UNSET: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DEFAULT_HASH",
    "GIT_DEFAULT_REF_FORMAT",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
    "PUSHDUTY_CONFIG",
    "PUSHDUTY_SERVER",
    "PUSHDUTY_TOKEN",
    "PUSHDUTY_TRAIN",
];

/// How often it is tried to take the folder away, and how long is waited in between.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Who the stage's git is where nothing else says: the ops crew's machine.
const SEALED: &[(&str, &str)] = &[
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_AUTHOR_NAME", "Otto"),
    ("GIT_AUTHOR_EMAIL", "otto@example.org"),
    ("GIT_COMMITTER_NAME", "Otto"),
    ("GIT_COMMITTER_EMAIL", "otto@example.org"),
];

/// A command that sees nothing of the machine's git configuration, nor of another train.
pub fn sealed(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    UNSET.iter().for_each(|name| {
        command.env_remove(name);
    });
    command.envs(SEALED.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// A command that has nothing to do with the stage, from a program that is sealed.
pub fn unsealed(command: &mut std::process::Command) {
    SEALED.iter().for_each(|(name, _)| {
        command.env_remove(name);
    });
}

/// Runs git on a repository and gives what it wrote, without the line's end.
pub async fn git(dir: &Path, args: &[&str], input: Option<&str>) -> Result<String, Ending> {
    let failed = |e: std::io::Error| failure::io("git can't be started", &e);
    let mut command = sealed("git");
    command.args(["-c", "core.fsync=none", "-c", "gc.auto=0"]);
    command.arg("--git-dir").arg(dir).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A git that ended early says why on standard error.
        let _ = pipe.write_all(input.unwrap_or_default().as_bytes()).await;
    }
    let output = child.wait_with_output().await.map_err(failed)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let first = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("").to_owned();
    let what = format!("git {} failed in the sandbox: {first}", args.first().unwrap_or(&""));
    Err(Refusal::new(Code::Git, what, "`git --version` shows 2.41 or newer where it works").into())
}

/// The folder and what is in it.
pub struct Sandbox {
    dir: PathBuf,
    temporary: Option<tempfile::TempDir>,
}

impl Sandbox {
    /// A folder that is gone when this is, or one that stays, which must be new or empty. It is for this user alone.
    pub fn new(name: &str, keep: Option<&Path>) -> Result<Self, Ending> {
        let failed = |e: std::io::Error| failure::io("the sandbox can't be made", &e);
        let Some(dir) = keep else {
            let made = tempfile::Builder::new().prefix(&format!("pushduty-{name}-")).tempdir();
            let made = made.map_err(failed)?;
            return Ok(Self { dir: real(made.path())?, temporary: Some(made) });
        };
        may_keep(dir)?;
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
        Ok(Self { dir: real(dir)?, temporary: None })
    }

    /// Takes a folder away that does not stay. What was still at work in it may be a moment late.
    pub async fn ends(mut self) {
        let Some(temporary) = self.temporary.take() else { return };
        for _ in 0..TRIES {
            if std::fs::remove_dir_all(temporary.path()).is_ok() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether the folder stays.
    pub fn stays(&self) -> bool {
        self.temporary.is_none()
    }

    /// A remote's folder.
    pub fn remote(&self, name: &str) -> PathBuf {
        self.dir.join("remotes").join(format!("{name}.git"))
    }

    /// Where state lives.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Writes a file of the sandbox.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Ending> {
        let path = self.dir.join(path);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = made.and_then(|()| std::fs::write(&path, text));
        Ok(written.map_err(|e| failure::io("the sandbox can't be written to", &e))?)
    }

    /// Puts history on a remote.
    pub async fn land(&self, remote: &Path, stream: &str) -> Result<(), Ending> {
        git(remote, &["fast-import", "--quiet", "--done"], Some(stream)).await?;
        Ok(())
    }

    /// Writes what a shell sets to go on by hand: the clock, who acts, where state and the program are.
    pub fn leave_surroundings(&self, now: &str, who: &str) -> Result<(), Ending> {
        let failed = |e: std::io::Error| failure::io("how to go on can't be written", &e);
        let program = std::env::current_exe().map_err(failed)?;
        let folder = program.parent().unwrap_or(Path::new("/usr/bin"));
        let text = format!(
            "# The clock, who acts, and where state is; for a shell in this folder.\n\
             export PUSHDUTY_NOW={now}\nexport PUSHDUTY_ACTOR={}\n\
             export PUSHDUTY_DATA={}\nexport PATH={}:\"$PATH\"\n\
             unset PUSHDUTY_CONFIG PUSHDUTY_SERVER PUSHDUTY_TOKEN PUSHDUTY_TRAIN\n",
            conductor::for_a_shell(who),
            shell(&self.data()),
            shell(folder),
        );
        Ok(std::fs::write(self.dir.join("surroundings"), text).map_err(failed)?)
    }
}

/// Refuses a folder to keep that has something in it.
pub fn may_keep(dir: &Path) -> Result<(), Ending> {
    let full = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if !full {
        return Ok(());
    }
    let what = format!("{} is not empty", dir.display());
    Err(Refusal::new(Code::Usage, what, "name a folder that is new or empty").into())
}

/// A path as a shell reads it.
fn shell(path: &Path) -> String {
    conductor::for_a_shell(&path.display().to_string())
}

fn real(dir: &Path) -> Result<PathBuf, Ending> {
    Ok(dir.canonicalize().map_err(|e| failure::io("the sandbox can't be found", &e))?)
}
