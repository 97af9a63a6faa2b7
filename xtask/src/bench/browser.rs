//! A page in a browser, open and following its train.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use testkit::Reaped;

use crate::npm;
use crate::trouble::Trouble;

/// How long is waited for what it is to say.
const PATIENCE: Duration = Duration::from_secs(60);

/// One that is open.
pub struct Page {
    running: Reaped,
    to: ChildStdin,
    ear: Ear,
}

impl Page {
    /// Opens it for whoever has this cookie, and waits until it follows.
    pub fn open(address: &str, cookie: &str) -> Result<Self, Trouble> {
        let mut node = Command::new("node");
        node.arg(npm::modules()?.join("bench").join("follow.mjs")).arg(address);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Reaped::start(&mut node);
        let child = running.child();
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(to), Some(words), Some(complaints)) = pipes else {
            return Err(failed("has nothing to be heard by", &[]));
        };
        let mut page = Self { running, to, ear: Ear::of(words, complaints) };
        page.tell(cookie);
        page.ear.hear("follows", PATIENCE)?;
        Ok(page)
    }

    /// Has it look out for these words.
    pub fn looks_for(&mut self, words: &str) -> Result<(), Trouble> {
        self.tell(words);
        self.ear.hear("looks", PATIENCE)
    }

    /// Waits until it shows them.
    pub fn shows(&mut self) -> Result<(), Trouble> {
        self.ear.hear("shows", PATIENCE)
    }

    /// Closes it.
    pub fn close(self) {
        let Self { mut running, to, .. } = self;
        drop(to);
        running.wait();
    }

    fn tell(&mut self, line: &str) {
        // One that ended without reading says why where it is heard next.
        let _ = writeln!(self.to, "{line}");
    }
}

/// A line that it says.
enum Said {
    /// How far it is.
    Word(String),
    /// What the browser, the page or the script in between complains of.
    Complaint(String),
}

/// What it says, as it says it; and what it complained of so far.
struct Ear {
    from: Receiver<Said>,
    complaints: Vec<String>,
}

impl Ear {
    fn of(words: impl Read + Send + 'static, complaints: impl Read + Send + 'static) -> Self {
        let (heard, from) = channel();
        hand_on(words, Said::Word, heard.clone());
        hand_on(complaints, Said::Complaint, heard);
        Self { from, complaints: Vec::new() }
    }

    /// Waits for this word; where it does not come, what it complained of is told.
    fn hear(&mut self, word: &str, patience: Duration) -> Result<(), Trouble> {
        let end = Instant::now() + patience;
        let why = loop {
            match self.from.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Said::Word(said)) if said.trim() == word => return Ok(()),
                Ok(Said::Word(said)) => break format!("said “{said}” instead of “{word}”"),
                Ok(Said::Complaint(line)) => self.complaints.push(line),
                Err(RecvTimeoutError::Timeout) => {
                    break format!("did not say “{word}” in {} s", patience.as_secs());
                }
                Err(RecvTimeoutError::Disconnected) => {
                    break format!("ended before it said “{word}”");
                }
            }
        };
        Err(failed(&why, &self.complaints))
    }
}

/// Hands lines on as they come, until there are no more or nobody hears them.
fn hand_on(from: impl Read + Send + 'static, said: fn(String) -> Said, heard: Sender<Said>) {
    let plain = |line: Vec<u8>| -> String {
        String::from_utf8_lossy(&line).chars().filter(|c| !c.is_control()).collect()
    };
    thread::spawn(move || {
        let all = BufReader::new(from).split(b'\n').map_while(Result::ok);
        all.map(|line| heard.send(said(plain(line)))).take_while(Result::is_ok).for_each(drop);
    });
}

fn failed(why: &str, complaints: &[String]) -> Trouble {
    let told: String = complaints.iter().map(|line| format!("\n  {line}")).collect();
    Trouble::new(
        format!("the page in the browser {why}{told}"),
        "open the same page by hand, and see what it shows and logs",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn what_a_page_complained_of_is_told_where_it_ends_before_its_word() {
        let complaints = b"net::ERR_CONNECTION_REFUSED\n\x1b[31mno \xff page";
        let mut ear = Ear::of(&b"follows\n"[..], &complaints[..]);
        ear.hear("follows", PATIENCE).unwrap();
        let told = ear.hear("looks", PATIENCE).unwrap_err().to_string();
        assert!(told.contains("ended before it said “looks”"), "{told}");
        assert!(
            told.contains("\n  net::ERR_CONNECTION_REFUSED\n  [31mno \u{fffd} page\n"),
            "{told}"
        );
    }

    #[test]
    fn a_page_that_says_something_else_or_nothing_is_not_waited_for() {
        let mut ear = Ear::of(&b"shows\n"[..], &b""[..]);
        let told = ear.hear("looks", PATIENCE).unwrap_err().to_string();
        assert!(told.contains("said “shows” instead of “looks”"), "{told}");
        let (open, _end) = UnixStream::pair().unwrap();
        let told = Ear::of(open, &b""[..]).hear("looks", Duration::ZERO).unwrap_err().to_string();
        assert!(told.contains("did not say “looks” in 0 s"), "{told}");
    }
}
