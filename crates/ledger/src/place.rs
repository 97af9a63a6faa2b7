//! The directory a ledger lives in: its own, closed to others, and on a file system whose locks can be trusted.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use conductor::failure::{self, Failure, Result};
use train::id::quoted;
use train::refusal::Code;

const STICKY: u32 = 0o1000;
const OTHERS: u32 = 0o077;

/// Makes `dir` where it is missing, closes it to other users, and refuses one whose locks mean nothing.
pub(crate) fn prepare(dir: &Path) -> Result<()> {
    let shown = quoted(&dir.to_string_lossy());
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|e| failure::io(&format!("the data directory {shown} can't be made"), &e))?;
    close_to_others(dir, &shown)?;
    match shared(dir, &shown)? {
        None => Ok(()),
        Some(name) => Err(Failure::new(
            Code::Unsupported,
            format!(
                "the data directory {shown} is on a file system of the network ({name}), whose locks can't be trusted"
            ),
            "choose a directory on a disk of this machine with --data",
        )),
    }
}

fn close_to_others(dir: &Path, shown: &str) -> Result<()> {
    let failed = |e: &_| {
        failure::io(&format!("the data directory {shown} can't be closed to other users"), e)
    };
    let mode = fs::metadata(dir).map_err(|e| failed(&e))?.permissions().mode();
    if mode & STICKY != 0 {
        return Err(Failure::new(
            Code::Io,
            format!("the directory {shown} is shared by all users of this machine"),
            "choose a directory of its own with --data",
        ));
    }
    if mode & OTHERS != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(|e| failed(&e))?;
    }
    Ok(())
}

/// The name of the network file system that `dir` is on, if it is.
#[cfg(target_os = "linux")]
fn shared(dir: &Path, shown: &str) -> Result<Option<&'static str>> {
    use std::os::unix::fs::MetadataExt;

    let failed = |e: &_| failure::io(&format!("the file system of {shown} can't be told"), e);
    let magic = rustix::fs::statfs(dir).map_err(|e| failed(&e.into()))?.f_type;
    let device = fs::metadata(dir).map_err(|e| failed(&e))?.dev();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let kind = mount_kind(&mounts, rustix::fs::major(device), rustix::fs::minor(device));
    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "magic numbers are 32 bits, of either sign"
    )]
    Ok(network(magic as u32, kind))
}

/// Elsewhere the kind of a file system is not looked at; the docs say so.
#[cfg(not(target_os = "linux"))]
fn shared(_: &Path, _: &str) -> Result<Option<&'static str>> {
    Ok(None)
}

/// The type that `/proc/self/mountinfo` (proc(5)) gives the device: tells FUSE file systems apart.
fn mount_kind(mounts: &str, major: u32, minor: u32) -> Option<&str> {
    let device = format!("{major}:{minor}");
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(&device))?;
    line.split_once(" - ")?.1.split(' ').next()
}

/// Judges by the magic number of statfs(2): these keep a lock from other machines, lose it, or grant it twice.
///
/// FUSE is refused but for the kinds that are known to be local.
fn network(magic: u32, kind: Option<&str>) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b | 0xfe53_4d42 | 0xff53_4d42 => "SMB",
        0x0102_1997 => "9p",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x7375_7245 => "Coda",
        0x564c => "NCP",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x4750_4653 => "GPFS",
        0x1983_0326 => "BeeGFS",
        0xaad7_aaea => "PanFS",
        0x2003_0528 => "OrangeFS",
        0x6573_5546 if !matches!(kind, Some("fuseblk" | "fuse.fuse-overlayfs")) => "FUSE",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_of_the_network_are_told_by_their_number() {
        let refused = [
            (0x6969, "NFS"),
            (0x517b, "SMB"),
            (0xff53_4d42, "SMB"),
            (0xfe53_4d42, "SMB"),
            (0x0102_1997, "9p"),
            (0x5346_414f, "AFS"),
            (0x6b41_4653, "AFS"),
            (0x00c3_6400, "Ceph"),
            (0x0bd0_0bd0, "Lustre"),
            (0x6573_5546, "FUSE"),
        ];
        for (magic, name) in refused {
            assert_eq!(network(magic, Some("fuse.sshfs")), Some(name), "{magic:x}");
        }
        // ext4, xfs, btrfs, tmpfs, overlayfs, zfs
        for magic in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(network(magic, None), None, "{magic:x}");
        }
    }

    #[test]
    fn of_fuse_only_what_is_known_to_be_local_is_taken() {
        const FUSE: u32 = 0x6573_5546;
        for remote in [None, Some("fuse.sshfs"), Some("fuse.s3fs"), Some("virtiofs"), Some("fuse")]
        {
            assert_eq!(network(FUSE, remote), Some("FUSE"), "{remote:?}");
        }
        assert_eq!(network(FUSE, Some("fuse.fuse-overlayfs")), None);
        assert_eq!(network(FUSE, Some("fuseblk")), None);
    }

    #[test]
    fn the_kind_of_a_mount_is_read_from_the_kernels_table() {
        let table = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                     40 22 0:35 / /srv/far rw,nosuid shared:9 master:2 - fuse.sshfs me@far:/ rw\n";
        assert_eq!(mount_kind(table, 0, 35), Some("fuse.sshfs"));
        assert_eq!(mount_kind(table, 8, 1), Some("ext4"));
        assert_eq!(mount_kind(table, 9, 9), None);
    }

    #[test]
    fn the_directory_is_made_closed_and_an_open_one_is_closed() {
        let scratch = tempfile::tempdir().unwrap();
        let mode = |dir: &Path| fs::metadata(dir).unwrap().permissions().mode() & 0o777;
        let dir = scratch.path().join("a/b");
        prepare(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        prepare(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
    }

    #[test]
    fn a_directory_that_everybody_shares_is_left_as_it_is_and_refused() {
        let scratch = tempfile::tempdir().unwrap();
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        let refused = prepare(scratch.path()).unwrap_err();
        assert!(refused.message.contains("shared by all users"), "{refused}");
        assert_eq!(fs::metadata(scratch.path()).unwrap().permissions().mode() & 0o7777, 0o1777);
    }
}
