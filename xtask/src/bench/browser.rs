//! A page in a browser, open and following its train.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use testkit::Reaped;

use crate::npm;
use crate::trouble::Trouble;

/// One that is open.
pub struct Page {
    running: Reaped,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Page {
    /// Opens it for whoever has this cookie, and waits until it follows.
    pub fn open(address: &str, cookie: &str) -> Result<Self, Trouble> {
        let mut node = Command::new("node");
        node.arg(npm::modules()?.join("bench").join("follow.mjs")).arg(address);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut running = Reaped::start(&mut node);
        let pipes = (running.child().stdin.take(), running.child().stdout.take());
        let (Some(to), Some(from)) = pipes else { return Err(gone()) };
        let mut page = Self { running, to, from: BufReader::new(from) };
        page.tell(cookie)?;
        page.hear("follows")?;
        Ok(page)
    }

    /// Has it look out for these words.
    pub fn looks_for(&mut self, words: &str) -> Result<(), Trouble> {
        self.tell(words)?;
        self.hear("looks")
    }

    /// Waits until it shows them.
    pub fn shows(&mut self) -> Result<(), Trouble> {
        self.hear("shows")
    }

    /// Closes it.
    pub fn close(self) {
        let Self { mut running, to, .. } = self;
        drop(to);
        running.wait();
    }

    fn tell(&mut self, line: &str) -> Result<(), Trouble> {
        writeln!(self.to, "{line}").map_err(|_| gone())
    }

    fn hear(&mut self, word: &str) -> Result<(), Trouble> {
        let mut line = String::new();
        match self.from.read_line(&mut line) {
            Ok(_) if line.trim() == word => Ok(()),
            _ => Err(gone()),
        }
    }
}

fn gone() -> Trouble {
    Trouble::new("the page in the browser does not follow", "its output is above")
}
