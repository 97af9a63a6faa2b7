//! Remotes over the network, by git's own daemon on loopback.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::reaper::Reaped;
use crate::remote::Remote;
use crate::sealed::Sealed;

/// `git daemon` over some remotes, with pushes allowed. It ends when dropped.
#[derive(Debug)]
pub struct Daemon {
    // The daemon ends before the directory that it serves goes.
    _process: Reaped,
    address: SocketAddr,
    _sealed: Sealed,
}

impl Daemon {
    /// Serves these remotes, each under its name.
    ///
    /// # Panics
    /// When the daemon does not come up: it is missing, or no port is free.
    #[must_use]
    pub fn serving(remotes: &[&Remote]) -> Self {
        let sealed = Sealed::new();
        let served = sealed.path("served");
        std::fs::create_dir(&served).expect("a new directory is writable");
        for remote in remotes {
            let place = served.join(format!("{}.git", remote.name()));
            std::os::unix::fs::symlink(remote.path(), place).expect("each remote has its own name");
        }
        // The port is free when chosen and may be gone when the daemon takes it.
        let started = (0..10).find_map(|_| start(&sealed));
        let (process, address) = started.expect("git daemon starts on a free port");
        Self { _process: process, address, _sealed: sealed }
    }

    /// Where it listens, to put a [`crate::Proxy`] in front.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A remote's `git://` URL.
    #[must_use]
    pub fn url(&self, remote: &Remote) -> String {
        self.url_by(self.address, remote)
    }

    /// A remote's `git://` URL by another address: that of a proxy.
    #[must_use]
    pub fn url_by(&self, address: SocketAddr, remote: &Remote) -> String {
        format!("git://{address}/{}.git", remote.name())
    }
}

fn start(sealed: &Sealed) -> Option<(Reaped, SocketAddr)> {
    // The daemon itself, not git's front: the front would be the process that gets the signal.
    let programs = sealed.git(sealed.home(), &["--exec-path"]);
    let address = {
        let free = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        free.local_addr().expect("a listener has an address")
    };
    let mut command = sealed.git_program(format!("{programs}/git-daemon"));
    command
        .arg(format!("--base-path={}", sealed.path("served").display()))
        .arg(format!("--port={}", address.port()))
        .args(["--listen=127.0.0.1", "--reuseaddr", "--export-all", "--enable=receive-pack"])
        .args(["--log-destination=none"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = Reaped::start(&mut command);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        if process.ended().is_some() {
            return None;
        }
        if TcpStream::connect(address).is_ok() {
            return Some((process, address));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}
