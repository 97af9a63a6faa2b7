//! The most memory that a process held, its children apart.
//!
//! What `wait` reports counts the largest child too, and git is larger than we are. The kernel keeps the high-water mark
//! of each living process in `/proc/<pid>/status`; it only ever rises, so that reading it often and keeping the last
//! reading loses only what was newly taken in the last millisecond.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::process;
use crate::trouble::Trouble;

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(1);

/// What any program of ours and git's holds once it runs, in kB.
const LOADED: u64 = 512;

/// Runs to success and says the most resident memory the process itself held, in bytes; nothing where the system does
/// not tell, or where it ended before the first reading.
pub fn of(command: &mut Command) -> Result<Option<u64>, Trouble> {
    let shown = process::shown(command);
    let failed =
        |why: String| Trouble::new(format!("`{shown}` failed: {why}"), "run it by hand and see");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| failed(e.to_string()))?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        peak = fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).max(peak);
        match child.try_wait().map_err(|e| failed(e.to_string()))? {
            Some(end) if end.success() => return Ok(peak),
            Some(end) => return Err(failed(end.to_string())),
            None => thread::sleep(PAUSE),
        }
    }
}

/// The high-water mark in a process's status, in bytes; a process that has ended shows none.
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let pages = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    // A process that is being loaded has next to nothing: that is no reading.
    (pages >= LOADED).then_some(pages * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_read_in_bytes() {
        assert_eq!(
            high_water("Name:\tgit\nVmHWM:\t    5120 kB\nVmRSS:\t 1 kB\n"),
            Some(5 * 1024 * 1024)
        );
        assert_eq!(high_water("VmHWM:\t 4 kB\n"), None);
        assert_eq!(high_water("Name:\tgit\nState:\tZ (zombie)\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_process_holds_is_seen() {
        let mut holds = Command::new("sh");
        // The shell keeps eight megabytes in a variable, then goes through a loop of its own.
        holds.args(["-c", "x=$(head -c 8388608 /dev/zero | tr '\\0' a); i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done"]);
        let peak = of(&mut holds).unwrap().unwrap();
        assert!(peak > 8 * 1024 * 1024, "{peak}");
    }

    #[test]
    fn a_process_that_fails_is_no_measurement() {
        assert!(of(&mut Command::new("false")).is_err());
    }
}
