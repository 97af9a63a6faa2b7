//! Running the system's git: the one place in the product that starts it.
//!
//! Each run has a process group of its own, so that a time-out reaches git's children too; nothing on standard
//! input unless given; and a limit on silence instead of a limit on time.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use conductor::failure::{self, Failure, Result};
use tokio::process::Command;
use train::refusal::Code;

use crate::asking::{Asking, Place, Supplied};
use crate::child::Child;
use crate::environment::{Environment, surround};
use crate::group::{Group, Watch};
use crate::objects::{self, Kept, Objects};
use crate::output::{Output, contains};
use crate::sanitise;

/// How often one git is run at most: a proxy and a remote may each want to know who comes.
const RUNS: usize = 3;

/// git, about to run on one object store.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    dir: PathBuf,
    environment: Environment,
    silence: Option<Duration>,
    /// Whether what git says may be told: not of the security store (P9).
    withheld: bool,
    variables: Vec<(OsString, OsString)>,
    configuration: Option<PathBuf>,
    asking: Option<Arc<Asking>>,
    watch: Option<Watch>,
    kept: Kept,
}

impl Git {
    /// git on the store at `dir`. `silence` limits how long it may say nothing.
    pub(crate) fn new(dir: &Path, environment: Environment, silence: Option<Duration>) -> Self {
        Self {
            dir: dir.to_owned(),
            environment,
            silence,
            withheld: false,
            variables: Vec::new(),
            configuration: None,
            asking: None,
            watch: None,
            kept: Kept::default(),
        }
    }

    /// The same, at another folder: a work tree's own in the store.
    pub(crate) fn at(&self, dir: &Path) -> Self {
        Self { dir: dir.to_owned(), kept: Kept::default(), ..self.clone() }
    }

    /// The same, with nothing of what git says getting into a message (P9).
    pub(crate) fn withheld(mut self) -> Self {
        self.withheld = true;
        self
    }

    /// The same, with one more environment variable: `GIT_WORK_TREE`, `GIT_INDEX_FILE`, `GIT_COMMITTER_DATE`.
    pub(crate) fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The same, with another file in the place of the user's configuration.
    pub(crate) fn configuration(mut self, file: Option<&Path>) -> Self {
        self.configuration = file.map(Path::to_owned);
        self
    }

    /// The same, able to have a person asked for what a remote wants to know.
    pub(crate) fn asking(mut self, asking: Option<&Arc<Asking>>) -> Self {
        self.asking = asking.cloned();
        self
    }

    /// The same, with somebody reading along in what it says on standard error.
    pub(crate) fn watched(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// The same, with the store's objects open elsewhere too.
    pub(crate) fn sharing(mut self, kept: &Kept) -> Self {
        self.kept = kept.clone();
        self
    }

    /// The store it runs on.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The store's objects, read and written in this process.
    pub(crate) fn objects(&self) -> Result<Objects> {
        self.kept.at(&self.dir)
    }

    /// Works on the store's objects on a thread of its own: a long walk holds up nothing else.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Objects) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let objects = self.objects()?;
        let worked = tokio::task::spawn_blocking(move || work(&objects)).await;
        worked.unwrap_or_else(|_| Err(objects::damaged("a walk through history broke off")))
    }

    /// Runs it; an exit code other than 0 is a failure.
    pub(crate) async fn run<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Output> {
        self.with_input(args, &[]).await
    }

    /// Standard output as text, lossily decoded, without the last line end.
    pub(crate) async fn text<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<String> {
        Ok(self.run(args).await?.text())
    }

    /// Standard output as it comes.
    pub(crate) async fn bytes<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>> {
        Ok(self.run(args).await?.out)
    }

    /// Runs it with `input` on standard input; an exit code other than 0 is a failure.
    pub(crate) async fn with_input<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        let args = owned(args);
        let output = self.start(&args, input, None).await?;
        if output.ok() { Ok(output) } else { Err(self.failed(&args, &output)) }
    }

    /// Runs it and tells how it ended, whatever the exit code: for commands whose codes mean something.
    pub(crate) async fn status_of<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        self.start(&owned(args), input, None).await
    }

    /// As [`status_of`](Self::status_of), with `held` staying open in git and in all its children.
    pub(crate) async fn holding<A: AsRef<OsStr>>(
        &self,
        held: &File,
        args: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Result<Output> {
        let held =
            held.try_clone().map_err(|e| failure::io("the lock could not be handed to git", &e))?;
        self.start(&owned(args), input, Some(held.into())).await
    }

    /// The failure that an unexpected end of `args` is.
    pub(crate) fn failed(&self, args: &[OsString], output: &Output) -> Failure {
        let verb = args.first().map_or_else(String::new, |a| a.to_string_lossy().into_owned());
        let how = match output.code {
            _ if output.timed_out => "made no progress in time".to_owned(),
            Some(code) => format!("ended with code {code}"),
            None => "was ended by a signal".to_owned(),
        };
        if contains(&output.err, b"No space left on device") {
            return failure::io(
                &format!("git {verb} {how}"),
                &std::io::ErrorKind::StorageFull.into(),
            );
        }
        let said =
            if output.words.is_empty() { String::new() } else { format!(": {}", output.words) };
        let hint = if self.dir.join("HEAD").exists() {
            "run `pushduty check`; if it finds nothing, run the command again with -v and report it"
        } else {
            "run `pushduty check`: this repository was never fetched here"
        };
        let what = format!("git {verb} {how}");
        Failure::new(Code::Git, format!("{what}{said}"), hint).unquoted(what)
    }

    /// Runs it; again where a remote wanted to know who comes, and a person said.
    async fn start(
        &self,
        args: &[OsString],
        input: &[u8],
        held: Option<OwnedFd>,
    ) -> Result<Output> {
        let asking = match self.environment {
            Environment::Transport => self.asking.as_deref(),
            Environment::Compute | Environment::Sign => None,
        };
        let Some(asking) = asking else {
            return self.once(args, input, held.as_slice(), Supplied::default(), false).await;
        };
        let place = Place { dir: &self.dir, configuration: self.configuration.as_deref() };
        for _ in 1..RUNS {
            let supplied = asking.supplied().map_err(|e| no_pipe(&e))?;
            let output = self.once(args, input, held.as_slice(), supplied, true).await?;
            if output.ok() || output.timed_out || !asking.answered(place, args, &output).await {
                return Ok(output);
            }
        }
        let supplied = asking.supplied().map_err(|e| no_pipe(&e))?;
        self.once(args, input, held.as_slice(), supplied, true).await
    }

    async fn once(
        &self,
        args: &[OsString],
        input: &[u8],
        held: &[OwnedFd],
        supplied: Supplied,
        asked_elsewhere: bool,
    ) -> Result<Output> {
        let mut words = args.iter().chain(self.variables.iter().map(|(_, value)| value));
        if words.any(|word| word.as_bytes().contains(&0)) {
            return Err(not_started(&std::io::ErrorKind::InvalidInput.into()));
        }
        let mut command = Command::new("git");
        surround(&mut command, self.environment, self.configuration.as_deref());
        command.env("GIT_DIR", &self.dir).envs(self.variables.iter().map(|(n, v)| (n, v)));
        if asked_elsewhere {
            // The user's own program is for when there is one question at a time.
            command.env("GIT_ASKPASS", "");
        }
        command.args(supplied.settings.iter().flat_map(|setting| ["-c", setting]));
        command.args(args);
        let mut kept = supplied.pipes;
        for held in held {
            kept.push(held.try_clone().map_err(|e| no_pipe(&e))?);
        }
        let child = Child::started(command.as_std(), !input.is_empty(), &kept)
            .map_err(|e| not_started(&e))?;
        drop(kept);
        let mut output = Group::of(child, self.watch.clone())
            .collect(input, self.silence)
            .await
            .map_err(|e| failure::io("git's output could not be read", &e))?;
        output.withheld = self.withheld;
        if !self.withheld {
            output.words = sanitise::words(&output.err);
        }
        Ok(output)
    }
}

fn no_pipe(error: &std::io::Error) -> Failure {
    failure::io("what git needs could not be handed to it", error)
}

fn owned<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Vec<OsString> {
    args.into_iter().map(|a| a.as_ref().to_owned()).collect()
}

fn not_started(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Failure::new(
            Code::Git,
            "git is not installed, or not on the path",
            "install git 2.41 or newer",
        );
    }
    failure::io("git could not be started", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_word_that_would_be_cut_short_starts_nothing() {
        let git = Git::new(Path::new("."), Environment::Compute, None);
        let failed = git.run(["version\0"]).await.unwrap_err();
        assert!(failed.message.starts_with("git could not be started"), "{failed:?}");
        let named = git.clone().variable("GIT_COMMITTER_NAME", "a\0b").run(["version"]).await;
        assert!(named.is_err());
        assert!(git.text(["version"]).await.unwrap().starts_with("git version"));
    }
}
