//! What the tests need beside Rust, how to see that it is there, and what to install where it is not.
//!
//! A missing one fails; nothing is skipped. None of today's is a daemon, so nothing needs to be kept from starting.

use std::process::Command;

use crate::process;
use crate::trouble::Trouble;

/// Something the tests need.
pub struct Need {
    /// Its name.
    pub name: &'static str,
    /// What for.
    pub why: &'static str,
    /// The Debian package that brings it.
    pub package: &'static str,
    /// Nothing when it is there and fit; else what is wrong.
    pub lack: fn() -> Option<String>,
}

/// Every need, in the order they are shown.
pub const NEEDS: &[Need] = &[
    Need {
        name: "git 2.41",
        why: "every plan and every publish; the tests' remotes",
        package: "git",
        lack: git,
    },
    Need {
        name: "git daemon",
        why: "remotes over a network protocol",
        package: "git",
        lack: git_daemon,
    },
    Need { name: "ssh-keygen", why: "signed tags", package: "openssh-client", lack: ssh_keygen },
    Need {
        name: "strace",
        why: "system calls counted, and a kill before each",
        package: "strace",
        lack: strace,
    },
    Need {
        name: "groff",
        why: "manual pages, formatted with every warning",
        package: "groff-base",
        lack: groff,
    },
    Need {
        name: "systemd-analyze",
        why: "the units of the documents, read by what would run them",
        package: "systemd",
        lack: systemd,
    },
    Need {
        name: "zsh",
        why: "completions, read by the shell that they are for",
        package: "zsh",
        lack: zsh,
    },
    Need {
        name: "fish",
        why: "completions, read by the shell that they are for",
        package: "fish",
        lack: fish,
    },
    Need {
        name: "node 18",
        why: "what pages run in the browser; servers that the tests sign in with",
        package: "nodejs",
        lack: node,
    },
    Need { name: "npm", why: "the packages of web/", package: "npm", lack: npm },
    Need {
        name: "python 3.10 with venv",
        why: "the server's interface, asked all that its description allows",
        package: "python3-venv",
        lack: python,
    },
    Need {
        name: "chromium",
        why: "pages, as a browser shows them",
        package: "chromium",
        lack: chromium,
    },
    Need {
        name: "unshare",
        why: "a disk that is too small, in namespaces of its own",
        package: "util-linux",
        lack: unshare,
    },
];

/// The oldest git that can do what the product asks of it (`--attr-source`).
const OLDEST_GIT: (u32, u32) = (2, 41);

fn git() -> Option<String> {
    process::probe("git", &["--version"])
        .map_or_else(|| Some("not installed".into()), |text| unfit(&text))
}

/// What is wrong with a git that calls itself `text`.
fn unfit(text: &str) -> Option<String> {
    let fit = version(text).is_some_and(|found| found >= OLDEST_GIT);
    (!fit).then(|| format!("`{text}` is too old; Debian 12 has a newer one in bookworm-backports"))
}

/// Major and minor of `git version 2.47.3`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn git_daemon() -> Option<String> {
    let there = process::probe("git", &["--exec-path"])
        .is_some_and(|folder| std::path::Path::new(&folder).join("git-daemon").is_file());
    (!there).then(|| "not installed".into())
}

fn ssh_keygen() -> Option<String> {
    // It has no version option: asking for an unknown one makes it print its usage, which proves that it starts.
    process::output(Command::new("ssh-keygen").arg("-?")).err().map(|_| "not installed".into())
}

fn strace() -> Option<String> {
    process::probe("strace", &["-V"]).is_none().then(|| "not installed".into())
}

fn groff() -> Option<String> {
    process::probe("groff", &["--version"]).is_none().then(|| "not installed".into())
}

fn systemd() -> Option<String> {
    process::probe("systemd-analyze", &["--version"]).is_none().then(|| "not installed".into())
}

fn zsh() -> Option<String> {
    process::probe("zsh", &["--version"]).is_none().then(|| "not installed".into())
}

fn fish() -> Option<String> {
    process::probe("fish", &["--version"]).is_none().then(|| "not installed".into())
}

fn node() -> Option<String> {
    let found = process::probe("node", &["--version"]);
    let major: Option<u32> =
        found.as_deref().and_then(|text| text.strip_prefix('v')?.split('.').next()?.parse().ok());
    match major {
        None => Some("not installed".into()),
        Some(major) => (major < 18).then(|| format!("version {major} is too old")),
    }
}

fn npm() -> Option<String> {
    process::probe("npm", &["--version"]).is_none().then(|| "not installed".into())
}

fn python() -> Option<String> {
    let enough = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    if process::probe("python3", &["--version"]).is_none() {
        return Some("not installed".into());
    }
    process::probe("python3", &["-c", enough])
        .is_none()
        .then(|| "too old, or without the modules that make an environment".into())
}

fn chromium() -> Option<String> {
    process::probe("chromium", &["--version"]).is_none().then(|| "not installed".into())
}

fn unshare() -> Option<String> {
    if process::probe("unshare", &["--version"]).is_none() {
        return Some("not installed".into());
    }
    let mounts = ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/tmp"];
    process::probe("unshare", &mounts)
        .is_none()
        .then(|| "this machine gives no namespace of users and mounts to mount in".into())
}

/// The needs that are not met, each with what is wrong.
pub fn missing() -> Vec<(&'static Need, String)> {
    NEEDS.iter().filter_map(|need| Some((need, (need.lack)()?))).collect()
}

/// The command that installs `packages` with Debian's own client.
pub fn install(packages: &[&str]) -> Command {
    let root = process::probe("id", &["-u"]).is_some_and(|id| id == "0");
    let mut command = Command::new(if root { "apt-get" } else { "sudo" });
    if !root {
        command.arg("apt-get");
    }
    command.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    command
}

/// Fails while anything is missing.
pub fn demand() -> Result<(), Trouble> {
    let lacks: Vec<String> =
        missing().iter().map(|(need, lack)| format!("{}: {lack}", need.name)).collect();
    if lacks.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(
        format!("the tests cannot run: {}", lacks.join("; ")),
        "install what is named; no test is skipped",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_git_writes_them() {
        assert_eq!(version("git version 2.47.3"), Some((2, 47)));
        assert_eq!(version("git version 2.39.2 (Apple Git-143)"), Some((2, 39)));
        assert_eq!(version("git version 3.0.0-rc1"), Some((3, 0)));
        assert_eq!(version("something else"), None);
    }

    #[test]
    fn a_git_before_the_oldest_is_refused() {
        assert!(unfit("git version 2.40.4").is_some());
        assert!(unfit("something else").is_some());
        assert_eq!(unfit("git version 2.41.0"), None);
        assert_eq!(unfit("git version 3.0.0"), None);
    }
}
