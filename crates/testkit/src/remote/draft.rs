//! A commit about to be made in the object store, by one `git fast-import`.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::Remote;
use crate::sealed::{AUTHOR, COMMITTER};

/// What a commit will hold. Text is taken byte for byte, so that hostile names and subjects can be made.
#[derive(Debug)]
#[must_use = "a draft is nothing until it is made"]
pub struct CommitDraft<'a> {
    remote: &'a Remote,
    branch: String,
    author: String,
    author_date: Option<String>,
    committer: String,
    encoding: Option<String>,
    message: Vec<u8>,
    changes: Vec<u8>,
    from: Option<String>,
}

impl<'a> CommitDraft<'a> {
    pub(super) fn new(remote: &'a Remote, branch: &str) -> Self {
        Self {
            remote,
            branch: branch.to_owned(),
            author: AUTHOR.to_owned(),
            author_date: None,
            committer: COMMITTER.to_owned(),
            encoding: None,
            message: b"Change\n".to_vec(),
            changes: Vec::new(),
            from: None,
        }
    }

    /// The author, as `Name <mail>`.
    pub fn author(mut self, author: &str) -> Self {
        author.clone_into(&mut self.author);
        self
    }

    /// The author's date as git writes it, `<seconds since 1970> <+hhmm>`; else the commit's own.
    pub fn authored_at(mut self, date: &str) -> Self {
        self.author_date = Some(date.to_owned());
        self
    }

    /// The committer, as `Name <mail>`.
    pub fn committer(mut self, committer: &str) -> Self {
        committer.clone_into(&mut self.committer);
        self
    }

    /// A message of one line, or of several where it has them; it ends with a line's end.
    pub fn subject(self, subject: &str) -> Self {
        self.message(format!("{}\n", subject.trim_end_matches('\n')).as_bytes())
    }

    /// The message, byte for byte.
    pub fn message(mut self, message: &[u8]) -> Self {
        message.clone_into(&mut self.message);
        self
    }

    /// The `encoding` header, for messages that are not UTF-8.
    pub fn encoding(mut self, encoding: &str) -> Self {
        self.encoding = Some(encoding.to_owned());
        self
    }

    /// Makes the commit on top of this commit, tag or branch instead of the branch's tip.
    pub fn from(mut self, at: &str) -> Self {
        self.from = Some(at.to_owned());
        self
    }

    /// Writes a file.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry("100644", path, content.as_ref())
    }

    /// Writes several files.
    pub fn files(mut self, files: &[(&str, &str)]) -> Self {
        for (path, content) in files {
            self = self.file(path, content);
        }
        self
    }

    /// Writes a file that can be executed.
    pub fn executable(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry("100755", path, content.as_ref())
    }

    /// Deletes a file or a directory.
    pub fn delete(mut self, path: &str) -> Self {
        self.changes.extend_from_slice(format!("D {}\n", quoted(path)).as_bytes());
        self
    }

    fn entry(mut self, mode: &str, path: &str, content: &[u8]) -> Self {
        let head = format!("M {mode} inline {}\n", quoted(path));
        self.changes.extend_from_slice(head.as_bytes());
        append_data(&mut self.changes, content);
        self
    }

    /// Makes the commit, moves the branch to it and gives its full name.
    ///
    /// # Panics
    /// When git does not take it.
    pub fn make(self) -> String {
        let date = format!("{} +0000", self.remote.sealed.next_minute());
        let full_name = format!("refs/heads/{}", self.branch);
        let from = match &self.from {
            Some(at) => Some(self.remote.commit_of(at)),
            None => self.remote.find(&full_name),
        };
        let mut script = format!("commit {full_name}\nmark :1\n").into_bytes();
        let author_date = self.author_date.as_ref().unwrap_or(&date);
        script.extend_from_slice(format!("author {} {author_date}\n", self.author).as_bytes());
        script.extend_from_slice(format!("committer {} {date}\n", self.committer).as_bytes());
        if let Some(encoding) = &self.encoding {
            script.extend_from_slice(format!("encoding {encoding}\n").as_bytes());
        }
        append_data(&mut script, &self.message);
        if let Some(parent) = from {
            script.extend_from_slice(format!("from {parent}\n").as_bytes());
        }
        script.extend_from_slice(&self.changes);
        script.extend_from_slice(b"\nget-mark :1\n");

        let mut import = self.remote.sealed.git_command();
        import.current_dir(self.remote.path());
        import.args(["fast-import", "--quiet", "--date-format=raw-permissive"]);
        if self.from.is_some() {
            import.arg("--force");
        }
        let output = feed(&mut import, &script);
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git takes the commit: {words}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// A path as fast-import reads it: in quotes, with every odd byte as octal digits.
fn quoted(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\' || b == b' ';
    let inner: String = path
        .bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("\\{b:03o}") })
        .collect();
    format!("\"{inner}\"")
}

fn append_data(script: &mut Vec<u8>, content: &[u8]) {
    script.extend_from_slice(format!("data {}\n", content.len()).as_bytes());
    script.extend_from_slice(content);
    script.push(b'\n');
}

/// Runs a command with `input` and gives what it wrote.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("git and sh are installed");
    let mut stdin = child.stdin.take().expect("the input is a pipe");
    // A child that stops reading says why on its standard error.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("a child can be waited for")
}
