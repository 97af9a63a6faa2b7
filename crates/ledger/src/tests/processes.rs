//! Other processes: this test program, started again with one of the `other_process_*` tests, and children that
//! inherit the lock.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use conductor::ports::{Entry, Ledger, Projection};
use train::refusal::Code;

use super::World;
use crate::contract::{PATIENCE, add, crowd, of_train};
use crate::open;

/// Starts the test named `other_process_<name>` in a process of its own, with a directory to work in.
fn other_process(name: &str, dir: &Path) -> Child {
    let test = format!("tests::processes::other_process_{name}");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{}", dir.display()).unwrap();
    child
}

/// In the other process: the directory it was given; none when it was started by hand.
fn given() -> Option<std::path::PathBuf> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let dir = line.trim();
    (!dir.is_empty()).then(|| dir.into())
}

/// Tells the first process, and waits to be killed.
fn told_and_waiting() {
    writeln!(std::io::stdout(), "\nready").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn wait_for_ready(child: &mut Child) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(lines.any(|l| l.unwrap() == "ready"), "the other process ended early");
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
#[ignore = "the other process of eight_processes_lose_nothing"]
async fn other_process_writer() {
    let Some(dir) = given() else { return };
    let ledger = open(&dir, None).await.unwrap();
    crowd::race(&ledger, &std::process::id().to_string(), 10).await;
}

#[tokio::test]
async fn eight_processes_lose_nothing() {
    let world = World::new();
    let writers: Vec<_> = (0..8).map(|_| other_process("writer", world.path())).collect();
    for writer in writers {
        assert!(writer.wait_with_output().unwrap().status.success());
    }
    let ledger = world.open().await;
    let entries = ledger.read(0, 1000, None).await.unwrap();
    assert!(entries.iter().map(|e| e.seq).eq(1..=80));
    let mut written: Vec<_> = entries.iter().map(|e| format!("{:?}", e.content)).collect();
    written.sort();
    written.dedup();
    assert_eq!(written.len(), 80, "each entry once");
    assert_eq!(ledger.verify().await.unwrap().broken, None);
}

#[tokio::test]
#[ignore = "the other process of a_kill_in_between_leaves_neither"]
async fn other_process_dies_in_between() {
    let Some(dir) = given() else { return };
    let ledger = open(&dir, None).await.unwrap();
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let head = ledger.head().await.unwrap();
    let project = |_: &[Entry]| -> Vec<Projection> {
        told_and_waiting();
        Vec::new()
    };
    let _ = ledger.append(&lock, &head, vec![of_train(6, "never")], &project).await;
}

#[tokio::test]
async fn a_kill_in_between_leaves_neither() {
    let world = World::with_entries().await;
    let ledger = world.open().await;
    let (head, view) = (ledger.head().await.unwrap(), ledger.projection("state").await.unwrap());
    let mut child = other_process("dies_in_between", world.path());
    wait_for_ready(&mut child);
    assert_eq!(ledger.lock(Duration::ZERO).await.unwrap_err().code, Code::Busy);
    kill(child);
    assert_eq!(ledger.head().await.unwrap(), head);
    assert_eq!(ledger.projection("state").await.unwrap(), view);
    add(&ledger, vec![of_train(7, "on")]).await.unwrap();
    assert_eq!(ledger.verify().await.unwrap().broken, None);
}

#[tokio::test]
#[ignore = "the other process of the_holder_is_named_while_it_lives"]
async fn other_process_holder() {
    let Some(dir) = given() else { return };
    let ledger = open(&dir, None).await.unwrap();
    let _lock = ledger.lock(PATIENCE).await.unwrap();
    told_and_waiting();
}

#[tokio::test]
async fn the_holder_is_named_while_it_lives() {
    let world = World::new();
    let ledger = world.open().await;
    let mut child = other_process("holder", world.path());
    wait_for_ready(&mut child);
    let refused = ledger.lock(Duration::ZERO).await.unwrap_err();
    let name = format!("another process holds the train: process {}, “", child.id());
    assert!(refused.message.starts_with(&name), "{refused}");
    kill(child);
    ledger.lock(Duration::from_secs(5)).await.expect("a killed holder holds nothing");
}

#[tokio::test]
async fn a_child_that_inherits_the_lock_keeps_it_when_its_parent_lets_go() {
    let world = World::new();
    let ledger = world.open().await;
    let lock = ledger.lock(PATIENCE).await.unwrap();
    let inherited: OwnedFd = lock.file().try_clone().unwrap().into();
    let mut child = Command::new("sleep").arg("600").stdin(inherited).spawn().unwrap();
    drop(lock);
    let busy = ledger.lock(Duration::from_millis(30)).await.unwrap_err();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(busy.code, Code::Busy, "the child held it");
    ledger.lock(Duration::from_secs(5)).await.expect("it frees with the child");
}
