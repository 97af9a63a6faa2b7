//! Runs of programs with a real watch: a process of this very program.

use std::time::{Duration, Instant};

use super::*;

/// The watch of these tests: this very program, which runs one test alone.
#[test]
#[ignore = "run by how_it_ended_and_what_it_said_is_kept"]
fn watches() {
    let folder = std::env::args().next_back().expect("the folder is the last argument");
    watch_over(Path::new(&folder)).expect("the folder can be read and written");
}

struct World {
    dir: tempfile::TempDir,
    deploys: DeployFolders,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let ours = std::env::current_exe().unwrap().to_string_lossy().into_owned();
    let watcher = [&ours, "--ignored", "--exact", "deploys::tests::watches"].map(str::to_owned);
    let deploys = DeployFolders::new(dir.path().join("deploys"), dir.path(), watcher.to_vec());
    World { dir, deploys }
}

impl World {
    fn order(&self, key: &str, script: &str, limit: Duration) -> DeployOrder {
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        DeployOrder {
            key: key.to_owned(),
            command,
            time_limit: limit,
            grace: Duration::from_millis(200),
        }
    }

    async fn begin(&self, key: &str, script: &str) {
        let order = self.order(key, script, Duration::from_secs(60));
        self.deploys.begin(&order).await.unwrap();
    }

    async fn end(&self, key: &str) -> DeployEnd {
        let begun = Instant::now();
        loop {
            if let DeployState::Ended(end) = self.deploys.state(key).await.unwrap() {
                return end;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{key} does not end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn told(&self, key: &str) -> String {
        let (mut all, mut from) = (Vec::new(), 0);
        loop {
            let (piece, next) = self.deploys.output(key, from).await.unwrap();
            if piece.is_empty() {
                return String::from_utf8_lossy(&all).into_owned();
            }
            all.extend(piece);
            from = next;
        }
    }

    async fn wait_for(&self, name: &str) {
        let begun = Instant::now();
        while !self.dir.path().join(name).exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{name} does not appear");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn failed(exit: i32, sentence: &str) -> DeployEnd {
    DeployEnd::Failed { exit: Some(exit), sentence: sentence.to_owned() }
}

#[tokio::test]
async fn how_it_ended_and_what_it_said_is_kept() {
    let world = world();
    assert_eq!(world.deploys.state("web").await.unwrap(), DeployState::NotBegun);
    world.begin("web", "echo \"key $PUSHDUTY_DEPLOY_KEY\"; echo wrong >&2").await;
    assert_eq!(world.end("web").await, DeployEnd::Succeeded);
    let told = world.told("web").await;
    assert!(told.contains("key web\n") && told.contains("wrong\n"), "{told}");
    world.begin("api", "echo first; echo 'No space left.'; exit 7").await;
    assert_eq!(world.end("api").await, failed(7, "No space left"));
}

#[tokio::test]
async fn what_was_begun_is_never_begun_again() {
    let world = world();
    let script = "echo once >> count; until test -e go; do sleep 0.01; done";
    for _ in 0..3 {
        world.begin("web", script).await;
    }
    world.wait_for("count").await;
    world.begin("web", script).await;
    assert_eq!(world.deploys.state("web").await.unwrap(), DeployState::Running);
    fs::write(world.dir.path().join("go"), "").unwrap();
    assert_eq!(world.end("web").await, DeployEnd::Succeeded);
    world.begin("web", script).await;
    assert_eq!(world.end("web").await, DeployEnd::Succeeded);
    assert_eq!(fs::read_to_string(world.dir.path().join("count")).unwrap(), "once\n");
}

#[tokio::test]
async fn one_that_ignores_signals_is_ended_all_the_same() {
    let world = world();
    let script = "trap '' TERM; echo up > up; while :; do sleep 0.05; done";
    world.begin("web", script).await;
    world.wait_for("up").await;
    world.deploys.stop("web").await.unwrap();
    assert_eq!(world.end("web").await, DeployEnd::Stopped);
    let order = world.order("api", "sleep 60 & sleep 60", Duration::from_millis(100));
    world.deploys.begin(&order).await.unwrap();
    assert_eq!(world.end("api").await, DeployEnd::TimedOut);
}

#[tokio::test]
async fn a_flood_is_kept_within_bounds_with_its_end() {
    let world = world();
    world.begin("web", "yes | head -c 30000000; echo 'the end'").await;
    assert_eq!(world.end("web").await, DeployEnd::Succeeded);
    let size = fs::metadata(world.dir.path().join("deploys/web/output")).unwrap().len();
    assert!(size < 9_000_000, "{size} bytes are kept");
    let told = world.told("web").await;
    assert!(told.ends_with("y\nthe end\n") && told.contains("bytes are left out here"));
}

#[tokio::test]
async fn one_whose_watch_was_killed_with_it_ended_in_a_way_that_nobody_knows() {
    let world = world();
    world.begin("web", "echo $PPID > watch; echo $$ > own; exec sleep 60").await;
    let pid = |name: &str| {
        let text = fs::read_to_string(world.dir.path().join(name)).unwrap_or_default();
        text.trim().parse().ok().and_then(Pid::from_raw)
    };
    let begun = Instant::now();
    let (watch, own) = loop {
        if let (Some(watch), Some(own)) = (pid("watch"), pid("own")) {
            break (watch, own);
        }
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let kill = |pid| rustix::process::kill_process(pid, Signal::KILL).unwrap();
    kill(watch);
    // The program lives on, and so does its lock: it runs, whoever watches.
    assert_eq!(world.deploys.state("web").await.unwrap(), DeployState::Running);
    kill(own);
    assert_eq!(world.end("web").await, DeployEnd::Unknown);
    // It is not begun again by itself.
    world.begin("web", "echo again > again").await;
    assert_eq!(world.end("web").await, DeployEnd::Unknown);
    assert!(!world.dir.path().join("again").exists());
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said() {
    let world = world();
    let order = DeployOrder {
        key: "web".to_owned(),
        command: vec!["./nothing".to_owned()],
        time_limit: Duration::from_secs(1),
        grace: Duration::from_secs(1),
    };
    world.deploys.begin(&order).await.unwrap();
    let DeployEnd::Failed { exit: None, sentence } = world.end("web").await else {
        panic!("a program that is not there can't run");
    };
    assert!(sentence.starts_with("its program could not be started"), "{sentence}");
    for bad in ["", "../x", ".hidden", "a/b"] {
        assert!(world.deploys.state(bad).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn one_that_was_stopped_before_it_began_never_begins() {
    let world = world();
    world.deploys.stop("web").await.unwrap();
    world.begin("web", "echo ran > ran").await;
    assert_eq!(world.end("web").await, DeployEnd::Stopped);
    assert!(!world.dir.path().join("ran").exists());
}

#[tokio::test]
async fn one_whose_watch_is_gone_is_stopped_all_the_same() {
    let world = world();
    world.begin("web", "echo $PPID > watch; exec sleep 60").await;
    let watch = || fs::read_to_string(world.dir.path().join("watch")).unwrap_or_default();
    let begun = Instant::now();
    while watch().trim().is_empty() || !world.dir.path().join("deploys/web/groups").exists() {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let id = watch().trim().parse().ok().and_then(Pid::from_raw).expect("a watch has a number");
    rustix::process::kill_process(id, Signal::KILL).unwrap();
    // Its number is nobody's only once whoever began it has seen it end.
    while test_kill_process(id).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.deploys.stop("web").await.unwrap();
    assert_eq!(world.end("web").await, DeployEnd::Unknown);
}
