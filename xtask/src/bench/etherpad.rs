//! An Etherpad of npm's package, run as its documentation says: in a folder of its own, for as long as a benchmark takes.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use testkit::Reaped;

use super::server::Line;
use crate::npm;
use crate::trouble::Trouble;
use crate::workspace::Workspace;

/// How long it may take to start: on a slow machine it packs its scripts first.
const PATIENCE: Duration = Duration::from_mins(2);

/// One that runs, and ends with this.
pub struct Etherpad {
    running: Reaped,
    /// Its folder: beneath its packages, which it looks for above itself.
    place: TempDir,
    /// Where people reach it.
    pub base: String,
    /// Where its client's packages are.
    pub packages: PathBuf,
}

impl Etherpad {
    /// Installs it where it is not yet, and starts it.
    pub fn start() -> Result<Self, Trouble> {
        let lock = Workspace::read()?.root.join("web").join("bench").join("etherpad");
        let kept = npm::kept(&lock)?;
        let unlaid = |e: std::io::Error| no(&format!("can't be laid out: {e}"));
        let place = tempfile::tempdir_in(&kept).map_err(unlaid)?;
        let port = free_port()?;
        lay_out(&kept, place.path(), port).map_err(unlaid)?;
        let log = fs::File::create(place.path().join("log")).map_err(unlaid)?;
        let mut node = Command::new("node");
        node.args(["src/node/server.js", "--settings", "settings.json"])
            .current_dir(place.path())
            .env("NODE_ENV", "production")
            .stdin(Stdio::null())
            .stderr(log.try_clone().map_err(unlaid)?)
            .stdout(log);
        let running = Reaped::start(&mut node);
        let base = format!("http://127.0.0.1:{port}");
        let mut etherpad = Self { running, place, base, packages: kept };
        etherpad.wait(port)?;
        Ok(etherpad)
    }

    fn wait(&mut self, port: u16) -> Result<(), Trouble> {
        let began = Instant::now();
        while self.running.ended().is_none() && began.elapsed() < PATIENCE {
            let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
            let asked = Line::to(address).and_then(|mut line| line.get("/p/first", &[]));
            if asked.is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.place.path().join("log")).unwrap_or_default();
        Err(no(&format!("does not start: {log}")))
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.running.id()
    }
}

/// Its folder, as it wants to be started from: `src` is the package, which is a plugin of itself, and beside it the settings.
fn lay_out(kept: &Path, place: &Path, port: u16) -> std::io::Result<()> {
    fs::create_dir_all(place.join("node_modules"))?;
    fs::create_dir_all(place.join("var"))?;
    // It finds its folder by where its files really are.
    copy(&kept.join("node_modules").join("ep_etherpad-lite"), &place.join("src"))?;
    symlink("../src", place.join("node_modules").join("ep_etherpad-lite"))?;
    let settings = format!(
        r#"{{"title": "Etherpad", "ip": "127.0.0.1", "port": {port}, "dbType": "dirty",
            "dbSettings": {{"filename": "var/dirty.db"}}, "defaultPadText": "", "minify": true, "maxAge": 21600,
            "loglevel": "WARN", "requireAuthentication": false, "trustProxy": false,
            "socketTransportProtocols": ["websocket", "polling"],
            "commitRateLimiting": {{"duration": 1, "points": 100000}}}}"#
    );
    fs::write(place.join("settings.json"), settings)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

/// A port that nobody has now.
fn free_port() -> Result<u16, Trouble> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|e| no(&format!("gets no port: {e}")))
}

fn no(what: &str) -> Trouble {
    Trouble::new(format!("the Etherpad to measure beside {what}"), "see `web/bench/etherpad`")
}
