//! A page in a browser, open and following its train.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use testkit::Reaped;

use crate::npm;
use crate::trouble::Trouble;

/// How long is waited for what it is to say.
const PATIENCE: Duration = Duration::from_secs(60);

/// One that is open.
pub struct Page {
    running: Reaped,
    to: ChildStdin,
    /// What it says, line by line.
    from: Receiver<String>,
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
        let mut page = Self { running, to, from: lines(from) };
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
    pub fn shows(&self) -> Result<(), Trouble> {
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

    fn hear(&self, word: &str) -> Result<(), Trouble> {
        match self.from.recv_timeout(PATIENCE) {
            Ok(line) if line.trim() == word => Ok(()),
            Err(RecvTimeoutError::Timeout) => Err(Trouble::new(
                format!("the page in the browser did not say “{word}” in {} s", PATIENCE.as_secs()),
                "open the same page by hand, and see what it shows and logs",
            )),
            _ => Err(gone()),
        }
    }
}

/// The lines as they come, until there are no more or nobody hears them.
fn lines(from: ChildStdout) -> Receiver<String> {
    let (heard, lines) = channel();
    thread::spawn(move || {
        let all = BufReader::new(from).lines().map_while(Result::ok);
        all.map(|line| heard.send(line)).take_while(Result::is_ok).for_each(drop);
    });
    lines
}

fn gone() -> Trouble {
    Trouble::new("the page in the browser does not follow", "its output is above")
}
