//! Every process of a sealed home, whoever started it: found, counted, paused and ended from outside.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::home::{all_at, signal_all_at};
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
