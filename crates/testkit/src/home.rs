//! The processes of a home, found by their environment: those too that left their group.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

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

pub(crate) fn all_at(home: &Path) -> Vec<Pid> {
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
