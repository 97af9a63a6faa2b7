//! Credentials that a person is asked for on the terminal: one question at a time, each once, and the answers are kept in
//! memory for this run alone.
//!
//! git itself never asks here: it runs many times at once, in process groups that can't read the terminal. Where it ends
//! for want of a credential, `git credential fill` asks, and the same git runs again. What was answered reaches it by a
//! pipe that a credential helper reads: no argument, variable or file ever holds it. git hands what works on to the
//! user's own helpers, as always. Why so is in `docs/adr/0008-credentials-on-the-terminal.md`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conductor::ports::Progress;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::environment::on_the_terminal;
use crate::output::{Output, contains};

/// What a pipe holds without anybody reading it, on every system.
const PIPE: usize = 4096;

/// Words of SSH that an answer on the terminal may help against.
const SSH: [&[u8]; 2] = [b"Host key verification failed", b"Permission denied ("];

/// Asks on the terminal, for everything that runs git in this process.
pub struct Asking {
    progress: Arc<dyn Progress>,
    /// Held while a question stands.
    turn: tokio::sync::Mutex<()>,
    /// Held for no longer than reading takes: a git that starts waits for no question.
    answers: Mutex<BTreeMap<String, Answer>>,
}

impl std::fmt::Debug for Asking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asking")
    }
}

/// What came of a question.
enum Answer {
    /// What `git credential fill` gave.
    Credential(Vec<u8>),
    /// SSH could ask: what it was told it keeps, or its agent does.
    Told,
    /// Nothing, or nothing that the remote took: it is not asked again.
    Nothing,
}

/// A question that git could not put.
enum Question {
    /// For the user name and password of a host, by the URL that git names.
    Http(String),
    /// Whatever SSH would like to know before it connects to a host.
    Ssh(String),
}

/// Where a git that asks runs: beside the store of the one that could not.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The store.
    pub dir: &'a Path,
    /// What stands in for the user's configuration.
    pub configuration: Option<&'a Path>,
}

impl Place<'_> {
    fn git(self) -> Command {
        let mut command = Command::new("git");
        on_the_terminal(&mut command, self.configuration);
        // In no repository: the store's own settings have nothing to say here.
        command.env("GIT_DIR", self.dir.with_extension("none"));
        command
    }
}

/// What git is to be given along with its arguments.
#[derive(Default)]
pub(crate) struct Supplied {
    /// Settings, each for a `-c`.
    pub settings: Vec<String>,
    /// The pipes they name.
    pub pipes: Vec<OwnedFd>,
}

impl Asking {
    /// Asks on the terminal that this process has; `progress` makes room meanwhile.
    #[must_use]
    pub fn on_the_terminal(progress: Arc<dyn Progress>) -> Self {
        Self { progress, turn: tokio::sync::Mutex::default(), answers: Mutex::default() }
    }

    fn answers(&self) -> MutexGuard<'_, BTreeMap<String, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was answered so far, for one git.
    pub(crate) fn supplied(&self) -> std::io::Result<Supplied> {
        let mut supplied = Supplied::default();
        for (url, answer) in self.answers().iter() {
            let Answer::Credential(credential) = answer else { continue };
            let (reader, mut writer) = std::io::pipe()?;
            writer.write_all(credential)?;
            let reader = OwnedFd::from(reader);
            supplied.settings.push(format!(
                "credential.{url}.helper=!f() {{ test \"$1\" = get && cat /dev/fd/{}; }}; f",
                reader.as_raw_fd()
            ));
            supplied.pipes.push(reader);
        }
        Ok(supplied)
    }

    /// Asks for what a git that ended so was lacking. Whether it is worth to run it again.
    pub(crate) async fn answered(
        &self,
        place: Place<'_>,
        args: &[OsString],
        output: &Output,
    ) -> bool {
        let _turn = self.turn.lock().await;
        for (url, answer) in self.answers().iter_mut() {
            if is_refused(&output.err, url) {
                *answer = Answer::Nothing;
            }
        }
        let Some(question) = Question::of(args, &output.err) else { return false };
        let (Question::Http(key) | Question::Ssh(key)) = &question;
        match self.answers().get(key) {
            Some(Answer::Nothing) => return false,
            // Somebody asked while this one waited.
            Some(Answer::Credential(_) | Answer::Told) => return true,
            None => {}
        }
        self.progress.make_room(true);
        let answer = match &question {
            Question::Http(url) => fill(place, url).await,
            Question::Ssh(_) => connect(place, remote_of(args)).await,
        };
        self.progress.make_room(false);
        let is_worth = !matches!(answer, Answer::Nothing);
        self.answers().insert(key.clone(), answer);
        is_worth
    }
}

impl Question {
    fn of(args: &[OsString], err: &[u8]) -> Option<Self> {
        if let Some(url) = wanted(err) {
            return Some(Self::Http(url));
        }
        let is_ssh = SSH.iter().any(|words| contains(err, words));
        is_ssh.then(|| Self::Ssh(host(&remote_of(args).to_string_lossy())))
    }
}

/// The remote that a git on its way to one is given.
fn remote_of(args: &[OsString]) -> &OsStr {
    let at = args.iter().position(|arg| arg == "--end-of-options");
    at.and_then(|at| args.get(at + 1)).map_or(OsStr::new(""), OsString::as_os_str)
}

/// The part of an SSH remote before its path.
fn host(remote: &str) -> String {
    let found = match remote.split_once("://") {
        Some((_, rest)) => rest.split('/').next(),
        None => remote.split(':').next(),
    };
    found.unwrap_or(remote).to_owned()
}

/// The URL for which git says that it could not ask.
fn wanted(err: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(err);
    text.lines().find_map(|line| {
        let rest = line.strip_prefix("fatal: could not read ")?;
        let rest = rest.strip_prefix("Username").or_else(|| rest.strip_prefix("Password"))?;
        let url = rest.strip_prefix(" for '")?.split_once("': ")?.0;
        let is_plain = url.len() < 2000 && url.bytes().all(|b| b.is_ascii_graphic() && b != b'=');
        let is_http = url.starts_with("http://") || url.starts_with("https://");
        (is_plain && is_http).then(|| url.to_owned())
    })
}

/// Whether the remote did not take what was answered for `url`.
fn is_refused(err: &[u8], url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let words = format!("Authentication failed for '{scheme}://{host}");
    contains(err, words.as_bytes())
}

/// Has git ask its helpers, and then the person.
async fn fill(place: Place<'_>, url: &str) -> Answer {
    let mut command = place.git();
    command.args(["credential", "fill"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = command.kill_on_drop(true).spawn() else { return Answer::Nothing };
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(format!("url={url}\n\n").as_bytes()).await;
    }
    match child.wait_with_output().await {
        Ok(output) if output.status.success() && output.stdout.len() <= PIPE => {
            Answer::Credential(output.stdout)
        }
        _ => Answer::Nothing,
    }
}

/// Connects once with SSH free to ask: for an unknown host's key, or for what opens the user's own.
async fn connect(place: Place<'_>, remote: &OsStr) -> Answer {
    let mut command = place.git();
    command.args(["ls-remote", "--end-of-options"]).arg(remote).arg("HEAD");
    command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    match command.status().await {
        Ok(status) if status.success() => Answer::Told,
        _ => Answer::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(err: &str) -> Option<String> {
        wanted(err.as_bytes())
    }

    #[test]
    fn what_git_could_not_ask_is_read_and_nothing_else_is_taken_for_it() {
        let told = "error: x\nfatal: could not read Username for 'https://h:8443': terminal prompts disabled\n";
        assert_eq!(asked(told).as_deref(), Some("https://h:8443"));
        let told = "fatal: could not read Password for 'http://me@h': terminal prompts disabled";
        assert_eq!(asked(told).as_deref(), Some("http://me@h"));
        for other in [
            "remote: fatal: could not read Username for 'https://h': x",
            "fatal: could not read Username for 'ssh://h': x",
            "fatal: could not read Username for 'https://h\u{1b}[1m': x",
            "fatal: could not read Username for 'https://h",
            "fatal: Authentication failed for 'https://h/'",
            "",
        ] {
            assert_eq!(asked(other), None, "{other}");
        }
    }

    #[test]
    fn ssh_is_asked_once_for_a_host() {
        for remote in ["ssh://git@h:22/x.git", "ssh://git@h:22/y/z.git"] {
            assert_eq!(host(remote), "git@h:22");
        }
        assert_eq!(host("git@h:x/y.git"), "git@h");
    }

    #[test]
    fn an_answer_that_was_not_taken_is_told_from_another_host_s() {
        let told = b"fatal: Authentication failed for 'https://h:1/x.git/'\n";
        for url in ["https://h:1", "https://me@h:1"] {
            assert!(is_refused(told, url), "{url}");
        }
        for url in ["http://h:1", "https://other", "https://me@other"] {
            assert!(!is_refused(told, url), "{url}");
        }
    }
}
