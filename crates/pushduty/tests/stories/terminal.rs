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

#[cfg(feature = "services")]
#[test]
fn what_is_unticked_is_settled_with_one_key_each_before_the_start() {
    use std::time::{Duration, Instant};

    let scene = Scene::new().cut();
    let (mat, jason) = (scene.mat(), scene.world.ops("jason"));
    mat.types("block \"the login is blank\" --yes").ok();
    mat.types("task add \"warm the cache\" --when before-start --this --yes").ok();
    mat.types("task add \"tell support\" --when before-start --this --yes").ok();
    let mut run = jason.command();
    run.arg("start").env("SHELL", "/bin/sh").env("NO_COLOR", "1");
    let on_a_terminal = r#"exec script -qec "exec $0 $*" /dev/null"#;
    let mut run = scene.world.sealed().wrapped("sh", &["-c", on_a_terminal], &run);
    let mut running = scene.world.start_command(run.stdin(Stdio::piped()));
    let begun = Instant::now();
    let answers = [
        ("b1 “the login is blank”: [d]one", "d\n"),
        ("“warm the cache”: [d]one", "n\n"),
        ("why not?", "it is warm\n"),
        ("“tell support”: [d]one", "p\n"),
        ("Start production? [y/N]", "y\n"),
    ];
    for (question, answer) in answers {
        while !running.stdout_so_far().contains(question) {
            let told = running.stdout_so_far();
            assert!(begun.elapsed() < Duration::from_secs(60), "no {question} in {told}");
            std::thread::sleep(Duration::from_millis(5));
        }
        running.types(answer);
    }
    running.wait().ok().says("2026.11.26 is started");
    let log = mat.types("log").ok().stdout;
    assert!(
        log.contains("not needed: it is warm") && log.contains("goes with 2026.12.03"),
        "{log}"
    );
    let told = mat.reads("status --push 2026.12.03");
    let tasks = told["tasks"].to_string();
    assert!(tasks.contains("tell support") && !tasks.contains("warm the cache"), "{tasks}");
}
