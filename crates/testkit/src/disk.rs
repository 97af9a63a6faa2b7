//! A disk that is too small: a file system of its own in memory, which only the runs that enter it see.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::gate::Gate;
use crate::reaper::Reaped;
use crate::sealed::Sealed;

/// What makes it: a mount in namespaces of its own, so that it takes no rights, and is gone with its keeper.
const KEEP: &str = "mount -t tmpfs -o size=\"$1\",mode=700 none \"$0\"";

/// A directory that holds this much and no more.
#[derive(Debug)]
pub struct Disk {
    keeper: Reaped,
    place: PathBuf,
}

impl Disk {
    /// A disk at `place`, which is made; `size` as `mount` reads it, `64k`.
    ///
    /// # Panics
    /// Where namespaces of users and mounts are not to be had.
    #[must_use]
    pub fn of(home: &Sealed, place: &Path, size: &str) -> Self {
        let found = home.command("unshare").arg("--version").stdout(Stdio::null()).status();
        assert!(
            found.is_ok_and(|status| status.success()),
            "unshare is missing: apt-get install util-linux"
        );
        std::fs::create_dir_all(place).expect("the home is writable");
        let gate = Gate::new(home, "disk");
        let keep = format!("{KEEP} || exit 1\n{}sleep 600", gate.mark());
        let mut command = home.command("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &keep]).arg(place).arg(size);
        let mut keeper = Reaped::start(command.stdout(Stdio::null()));
        gate.wait_until_reached_or(|| {
            let ended = keeper.ended();
            assert!(ended.is_none(), "this machine gives no namespace to mount a small disk in");
        });
        Self { keeper, place: place.to_owned() }
    }

    /// The same run, which finds the disk at its place.
    #[must_use]
    pub fn run_on(&self, home: &Sealed, run: &Command) -> Command {
        // Where it starts must be found again from inside.
        let dir = run.get_current_dir().unwrap_or(home.home()).display().to_string();
        home.wrapped(
            "nsenter",
            &[
                &self.inside()[..],
                &["sh", "-c", "cd \"$0\" && exec \"$@\"", &dir].map(str::to_owned),
            ]
            .concat(),
            run,
        )
    }

    /// From now on it holds this much.
    ///
    /// # Panics
    /// When that is less than it holds.
    pub fn resize(&self, home: &Sealed, size: &str) {
        let mut mount = home.command("nsenter");
        mount.args(self.inside()).args(["mount", "-o", &format!("remount,size={size}")]);
        let done = mount.arg(&self.place).status();
        assert!(done.is_ok_and(|status| status.success()), "the disk is of {size} now");
    }

    fn inside(&self) -> Vec<String> {
        let keeper = self.keeper.id().to_string();
        ["--user", "--preserve-credentials", "--mount", "--target", &keeper]
            .map(str::to_owned)
            .into()
    }
}
