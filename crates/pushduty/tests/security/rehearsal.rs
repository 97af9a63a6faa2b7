//! Rehearsals and the embargo (P9): whoever lacks the security role by name has no copy of a private twin, and whoever holds
//! it has it apart.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use testkit::{PushDuty, Remote};

use crate::search::{Secret, plant};

fn team() -> (Remote, Remote, PushDuty) {
    let server = Remote::tagged("server");
    server.commit_on("main", &[("form.py", "form\n")], "Add a form");
    let twin = server.twin();
    plant(&twin);
    let world = PushDuty::new(env!("CARGO_BIN_EXE_pushduty"))
        .person("mat", &["hero"])
        .person("iris", &["security", "hero"])
        .person("eve", &["security"])
        .rotation(&["mat"])
        .repo(&server)
        .security_twin("server", &twin);
    (server, twin, world)
}

/// The files and the bare repositories below a folder.
fn below(dir: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut stores, mut open) = (Vec::new(), Vec::new(), vec![dir.to_owned()]);
    while let Some(dir) = open.pop() {
        if dir.join("HEAD").exists() && dir.join("objects").exists() {
            stores.push(dir.clone());
        }
        for entry in std::fs::read_dir(&dir).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    (files, stores)
}

#[test]
fn whoever_lacks_the_role_has_no_trace_of_the_twin() {
    let (server, twin, world) = team();
    let secret = Secret::of(&twin, &server);
    let kept = world.sealed().path("kept");
    let keep = kept.display().to_string();
    // mat has the role on duty alone, which is for the real week.
    for line in [format!("rehearse --json --keep {keep}"), "rehearse".to_owned()] {
        let ran = world.hero("mat").types(&line).ok();
        secret.is_not_in("what is printed", ran.stdout.as_bytes());
        secret.is_not_in("what is remarked", ran.stderr.as_bytes());
        assert!(ran.stdout.contains("by name"), "that it is left out is said: {ran}");
    }
    let (files, stores) = below(&kept);
    assert!(stores.len() >= 2 && files.len() > 10, "{stores:?}");
    for file in files {
        secret.is_not_in(&file.display().to_string(), &std::fs::read(&file).unwrap());
    }
    for store in stores {
        assert_eq!(secret.in_store(&store), None, "{}", store.display());
    }
    assert!(!kept.join("security").exists());
    let text = std::fs::read_to_string(kept.join("pushduty.toml")).unwrap();
    assert!(!text.contains(&twin.url()), "{text}");
    // The same words whatever there is: with nothing embargoed nothing reads otherwise.
    let told = world.hero("mat").reads("rehearse --dry-run");
    twin.delete_ref("refs/heads/kanari7-branch");
    assert_eq!(told["left_out"], world.hero("mat").reads("rehearse --dry-run")["left_out"]);
}

#[test]
fn whoever_holds_it_has_the_twin_in_a_store_of_its_own() {
    let (server, twin, world) = team();
    let secret = Secret::of(&twin, &server);
    let refs = (server.refs(), twin.refs());
    // The diff to read and the branch are for iris to see; the real remotes keep theirs.
    let kept = world.sealed().path("kept");
    let line = format!("rehearse --dry-run --keep {}", kept.display());
    secret.is_not_in("the plan", world.as_person("iris").types(&line).ok().stdout.as_bytes());
    let line = format!("rehearse --json --keep {}", kept.display());
    let told = world.as_person("iris").types(&line).ok().json();
    assert!(told["copied"][0]["security"].is_string(), "{told}");
    assert!(secret.in_store(&kept.join("security/server.git")).is_some());
    assert_eq!((server.refs(), twin.refs()), refs);
    for dir in [kept.clone(), kept.join("security/server.git")] {
        let mode = std::fs::metadata(&dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is for its owner alone", dir.display());
    }
}

#[test]
fn a_twin_that_can_not_be_read_is_left_out_and_told() {
    let (_server, twin, world) = team();
    let away = twin.path().with_extension("away");
    std::fs::rename(twin.path(), &away).unwrap();
    let told = world.as_person("iris").types("rehearse --json").ok().json();
    assert!(told["copied"][0]["security"].is_null(), "{told}");
    let left = told["left_out"].as_array().unwrap();
    let said = |words: &str| left.iter().any(|l| l.as_str().is_some_and(|l| l.contains(words)));
    assert!(said("the security remote of server"), "{left:?}");
    std::fs::rename(&away, twin.path()).unwrap();
}
