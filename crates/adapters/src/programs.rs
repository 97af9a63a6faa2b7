//! A team's own programs, as the configuration names them: started without a shell, in the configuration's folder, and for so
//! long and no longer.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use conductor::ports::Programs;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use train::gates::Told;

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How long output is waited for once the program has ended: a child of its own may hold it open.
const AFTERWARDS: Duration = Duration::from_millis(500);

/// How much of its output's end is kept.
const KEPT: usize = 4096;

/// How many letters a sentence has at most.
const LETTERS: usize = 200;

/// Starts programs in one folder.
#[derive(Debug, Clone)]
pub struct TeamPrograms {
    folder: PathBuf,
    limit: Duration,
}

impl TeamPrograms {
    /// Those of a configuration in `folder`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), limit: LIMIT }
    }

    /// The same, with another limit on time.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    fn start(&self, command: &[String]) -> std::io::Result<Child> {
        let (program, args) = command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
        // A relative path is one in the folder of the configuration; a bare name is found as ever.
        let program = match program.contains('/') {
            true => self.folder.join(program).into_os_string(),
            false => program.into(),
        };
        Command::new(program)
            .args(args)
            .current_dir(&self.folder)
            .env_remove("PUSHDUTY_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }
}

#[async_trait]
impl Programs for TeamPrograms {
    async fn run(&self, command: &[String]) -> Told {
        let mut child = match self.start(command) {
            Ok(child) => child,
            Err(error) => return Told { exit: None, sentence: not_started(command, &error) },
        };
        let mut group =
            Group(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw));
        let output = child.stdout.take();
        let mut end = Vec::new();
        let ended = {
            let reading = tail(output, &mut end);
            tokio::pin!(reading);
            let both = async {
                let mut read = false;
                let status = loop {
                    tokio::select! {
                        status = child.wait() => {
                            group.leave();
                            break status;
                        }
                        () = &mut reading, if !read => read = true,
                    }
                };
                if !read {
                    let _ = timeout(AFTERWARDS, &mut reading).await;
                }
                status
            };
            timeout(self.limit, both).await
        };
        match ended {
            Ok(status) => {
                let sentence = last_line(&end, LETTERS);
                Told { exit: status.ok().and_then(|s| s.code()), sentence }
            }
            Err(_) => {
                drop(group);
                let _ = child.wait().await;
                let sentence = format!("its program gave no answer in {} s", self.limit.as_secs());
                Told { exit: None, sentence }
            }
        }
    }
}

/// A program with its children, until it was waited for: dropped before that (it was too slow, or the person interrupted),
/// all of them are killed. Until then its number can't have been given to another group.
struct Group(Option<Pid>);

impl Group {
    /// It has ended by itself; what it left behind is its own.
    fn leave(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Why a program could not be started, with its name as the configuration has it.
fn not_started(command: &[String], error: &std::io::Error) -> String {
    let name: String =
        command.first().map(String::as_str).unwrap_or_default().chars().take(LETTERS).collect();
    let name = train::id::quoted(&name);
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("its program {name} was not found"),
        kind => format!("its program {name} could not be started: {kind}"),
    }
}

/// Reads to the end and keeps the last of it.
async fn tail(output: Option<impl AsyncRead + Unpin>, end: &mut Vec<u8>) {
    let Some(mut output) = output else { return };
    let mut chunk = [0; KEPT];
    while let Ok(n) = output.read(&mut chunk).await {
        if n == 0 {
            return;
        }
        end.extend_from_slice(&chunk[..n]);
        end.drain(..end.len().saturating_sub(KEPT));
    }
}

/// The last line with a letter or a digit, without what could lead a terminal, and not too long.
pub(crate) fn last_line(output: &[u8], letters: usize) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().find(|line| line.chars().any(char::is_alphanumeric));
    let clean = line.unwrap_or_default().trim().chars().filter(|c| !train::letter::is_harmful(*c));
    clean.take(letters).collect::<String>().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Instant;

    use super::*;

    fn folder(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smoke");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        folder
    }

    async fn told(script: &str, args: &[&str]) -> Told {
        let folder = folder(script);
        let words = std::iter::once("./smoke").chain(args.iter().copied());
        let command: Vec<String> = words.map(str::to_owned).collect();
        let programs = TeamPrograms::in_folder(folder.path()).within(Duration::from_secs(2));
        programs.run(&command).await
    }

    fn is(exit: Option<i32>, sentence: &str) -> Told {
        Told { exit, sentence: sentence.to_owned() }
    }

    #[tokio::test]
    async fn the_exit_and_the_last_line_are_what_it_tells() {
        assert_eq!(
            told("echo first; echo 'All green.'; echo", &[]).await,
            is(Some(0), "All green")
        );
        assert_eq!(told("echo two to go; exit 3", &[]).await, is(Some(3), "two to go"));
        assert_eq!(told("exit 1", &[]).await, is(Some(1), ""));
        assert_eq!(told("printf 'red\\033[31m\\n'", &[]).await, is(Some(0), "red[31m"));
        let much = told("yes | head -c 300000; echo end", &[]).await;
        assert_eq!(much, is(Some(0), "end"));
    }

    #[tokio::test]
    async fn an_argument_is_one_word_whatever_is_in_it() {
        let told = told("echo \"$# $1\"", &["web:1 api:2; exit 5", "$(id)"]).await;
        assert_eq!(told, is(Some(0), "2 web:1 api:2; exit 5"));
    }

    #[tokio::test]
    async fn one_that_hangs_or_is_not_there_is_no_answer() {
        let begun = Instant::now();
        let hangs = told("sleep 60 & wait", &[]).await;
        assert_eq!(hangs, is(None, "its program gave no answer in 2 s"));
        assert!(begun.elapsed() < Duration::from_secs(20));
        let command = ["./nothing".to_owned()];
        let told = TeamPrograms::in_folder(Path::new("/nowhere")).run(&command).await;
        assert_eq!(told, is(None, "its program “./nothing” was not found"));
        // It has ended; what it left behind holds its output open.
        let begun = Instant::now();
        assert_eq!(self::told("echo done; sleep 30 &", &[]).await, is(Some(0), "done"));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[tokio::test]
    async fn one_that_nobody_waits_for_any_more_is_killed_with_its_children() {
        let folder = folder("sleep 60 & echo $! > child; wait");
        let programs = TeamPrograms::in_folder(folder.path());
        let command = ["./smoke".to_owned()];
        let path = folder.path().join("child");
        let written = async {
            while !std::fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n')) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            told = programs.run(&command) => panic!("it sleeps: {told:?}"),
            () = written => {}
        }
        let child = std::fs::read_to_string(&path).unwrap().trim().to_owned();
        // Killed, it is gone or waits for somebody who takes it from the table.
        let stat = format!("/proc/{child}/stat");
        let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        let begun = Instant::now();
        while lives() && begun.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!lives(), "the child of a program that was given up runs on");
    }
}
