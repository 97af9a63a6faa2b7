//! A gate in a script: who comes there waits until the test lets it through.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::remote::feed;
use crate::sealed::Sealed;

/// How long a test waits for somebody to come.
const DEADLINE: Duration = Duration::from_secs(30);

/// A gate, closed until it is opened.
#[derive(Debug)]
pub struct Gate {
    came: PathBuf,
    open: PathBuf,
}

impl Gate {
    /// A closed gate; `name` tells it from the others of this home.
    #[must_use]
    pub fn new(home: &Sealed, name: &str) -> Self {
        let place = |end: &str| home.path(&format!("gate-{name}-{end}"));
        Self { came: place("came"), open: place("open") }
    }

    /// Lines of shell that wait here; nobody waits for longer than a minute, so that a test that was ended leaves
    /// nothing behind.
    #[must_use]
    pub fn wait_here(&self) -> String {
        let open = self.open.display();
        format!(
            "{}turns=6000\nwhile [ ! -e '{open}' ] && [ $turns -gt 0 ]; do\n  \
             turns=$((turns - 1)); sleep 0.01\ndone\n",
            self.mark()
        )
    }

    /// A line of shell that tells that somebody came, and goes on.
    #[must_use]
    pub fn mark(&self) -> String {
        format!(": > '{}'\n", self.came.display())
    }

    /// Lines of shell that wait here the first time only.
    #[must_use]
    pub fn wait_here_once(&self) -> String {
        format!("if [ ! -e '{}' ]; then\n{}fi\n", self.came.display(), self.wait_here())
    }

    /// Waits until somebody is there.
    ///
    /// # Panics
    /// When nobody comes.
    #[track_caller]
    pub fn wait_until_reached(&self) {
        self.wait_until_reached_or(|| ());
    }

    /// The same, with a check while it waits: that who is to come can still come.
    ///
    /// # Panics
    /// When nobody comes.
    #[track_caller]
    pub fn wait_until_reached_or(&self, mut check: impl FnMut()) {
        let begun = Instant::now();
        while !self.came.exists() {
            assert!(begun.elapsed() < DEADLINE, "somebody comes to {}", self.came.display());
            check();
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Lets everybody through, now and later.
    ///
    /// # Panics
    /// When the home is gone.
    pub fn open(&self) {
        std::fs::write(&self.open, "").expect("the home is writable");
    }
}

impl Sealed {
    /// Writes a shell script that can be run, and gives its place.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn script(&self, relative: &str, lines: &str) -> PathBuf {
        let place = self.path(relative);
        // Written by a child: a file that this process has open for writing could not be run while
        // another thread starts a process of its own.
        let write = "mkdir -p \"$(dirname \"$0\")\" && cat > \"$0\" && chmod +x \"$0\"";
        let mut shell = self.command("sh");
        shell.args(["-c", write]).arg(&place).stdin(Stdio::piped());
        let wrote = feed(&mut shell, format!("#!/bin/sh\n{lines}\n").as_bytes());
        assert!(wrote.status.success(), "the script {relative} is written");
        place
    }
}
