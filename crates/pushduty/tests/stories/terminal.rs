//! Where the program runs: a terminal that somebody interrupts, and an output that takes nothing. Linux only.

use std::fs::File;
use std::process::{Command, Stdio};

use crate::scene::Scene;

/// A run with this as its standard output: its exit code, and what it wrote to standard error.
fn writing_to(out: impl Into<Stdio>, command: &mut Command) -> (i32, String) {
    let ran = command.stdout(out).stderr(Stdio::piped()).output().expect("the program starts");
    let code = ran.status.code().expect("no signal ended it");
    (code, String::from_utf8_lossy(&ran.stderr).into_owned())
}

#[cfg(feature = "services")]
#[test]
fn an_interrupt_at_the_question_ends_the_program_at_once_and_nothing_is_done() {
    use std::time::{Duration, Instant};

    use crate::scene::everything;

    let scene = Scene::new().cut();
    let before = everything(&scene.world, &[&scene.server, &scene.web]);
    let mut run = scene.mat().command();
    run.args(["tag", "--again", "--because", "why"]).env("SHELL", "/bin/sh").env("NO_COLOR", "1");
    let on_a_terminal = r#"exec script -qec "exec $0 $*" /dev/null"#;
    let mut run = scene.world.sealed().wrapped("sh", &["-c", on_a_terminal], &run);
    let mut running = scene.world.start_command(run.stdin(Stdio::piped()));
    let begun = Instant::now();
    while !running.stdout_so_far().contains("[y/N]") {
        assert!(begun.elapsed() < Duration::from_secs(30), "{}", running.stdout_so_far());
        std::thread::sleep(Duration::from_millis(5));
    }
    running.types("\u{3}");
    running.wait().expect_code(130).says("✗ interrupted: nothing was done.");
    assert_eq!(everything(&scene.world, &[&scene.server, &scene.web]), before);
}

#[test]
fn an_output_that_takes_nothing_is_a_failure_that_is_said() {
    let scene = Scene::new();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for args in [&["status"][..], &["status", "--json"], &["man"], &["--help"], &["--version"]] {
        let (code, told) = writing_to(full(), scene.mat().command().args(args));
        assert_eq!(code, 1, "{args:?}: {told}");
        assert!(told.contains("✗ standard output can't be written: No space left"), "{told}");
    }
    let (code, told) = writing_to(full(), scene.mat().command().args(["tag", "--yes", "--json"]));
    assert!(code == 1 && told.contains("→ `pushduty log` tells what was done."), "{code} {told}");
    assert!(scene.server.tags().contains_key("2026.11.26"));
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let scene = Scene::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let (code, told) = writing_to(writer, scene.mat().command().arg("status"));
    assert_eq!((code, told.contains('✗')), (0, false), "{told}");
}
