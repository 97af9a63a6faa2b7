//! Every process of a sealed home, whoever started it: found, counted, paused and ended from outside.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::sealed::Sealed;

impl Sealed {
    /// The processes that run in this home now, orphans too. Linux only.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        all_at(self.home())
            .into_iter()
            .map(|id| id.as_raw_nonzero().get().cast_unsigned())
            .collect()
    }

    /// Waits until none is left.
    ///
    /// # Panics
    /// When one stays for longer than half a minute.
    #[track_caller]
    pub fn wait_until_still(&self) {
        let begun = Instant::now();
        while !all_at(self.home()).is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(30), "every process here ends");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// `kill -9` to all of them at once.
    pub fn end_all(&self) {
        signal_all_at(self.home(), Signal::KILL);
    }

    /// Stops all of them where they are, children of children too.
    pub fn pause_all(&self) {
        signal_all_at(self.home(), Signal::STOP);
    }

    /// Lets all of them go on.
    pub fn resume_all(&self) {
        signal_all_at(self.home(), Signal::CONT);
    }
}

/// Signals every process whose `HOME` is `home`: a sealed home is nobody else's. This finds children that left
/// their group. Linux only; elsewhere such a child ends with its pipes.
pub(crate) fn signal_all_at(home: &Path, signal: Signal) {
    // One that is started meanwhile has a parent that was found, or that is found in the next round.
    let mut known = Vec::new();
    loop {
        let found: Vec<Pid> = all_at(home).into_iter().filter(|id| !known.contains(id)).collect();
        if found.is_empty() {
            return;
        }
        for id in found {
            let _ = kill_process(id, signal);
            known.push(id);
        }
    }
}

fn all_at(home: &Path) -> Vec<Pid> {
    let wanted = [b"HOME=", home.as_os_str().as_encoded_bytes()].concat();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let at_home = |entry: &std::fs::DirEntry| {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        environment.split(|b| *b == 0).any(|variable| variable == wanted)
    };
    processes
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit() && at_home(entry))
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}
