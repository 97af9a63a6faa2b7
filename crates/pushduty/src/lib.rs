#![doc = include_str!("../README.md")]

mod actor;
#[cfg(any(test, fuzzing))]
pub mod any;
mod browser;
mod built;
mod calendars;
mod cli;
mod clock;
mod commands;
pub mod config;
mod depot;
mod desk;
mod door;
mod editor;
pub mod environment;
mod keeping;
mod limits;
mod options;
mod progress;
mod remote;
mod screen;
mod server_log;
mod session;
mod stage;
mod terminal;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Cli, Command};
use crate::environment::Environment;
use crate::screen::Screen;
use crate::session::{Ended, Ending, Session};

/// What is said of a panic: where it was, and not what it was about, which may be under embargo (P9).
fn panicked(panic: &std::panic::PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string).unwrap_or_default();
    // There may be no screen any more. The place is our own word, and holds nothing to be filtered.
    let said = format!("pushduty panicked at {at}: report this to those who make it\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
}

/// Reads the command line, runs the command, and ends with its exit code (`train::refusal`).
#[must_use]
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(panicked));
    let environment = Environment::read();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error, &environment),
    };
    let global = cli.global.clone();
    let screen = Screen::new(
        global.json,
        global.color,
        environment.no_color || environment.dumb_terminal,
        global.quiet,
    );
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            screen
                .fail(&words::refusal(&conductor::failure::io("the program can't start", &error)));
            return ExitCode::from(1);
        }
    };
    let session = match Session::new(global, environment, screen.clone(), Cli::command()) {
        Ok(session) => session,
        Err(refusal) => {
            session::fail_early(&screen, &refusal);
            return ExitCode::from(refusal.code.exit());
        }
    };
    let ended = runtime.block_on(followed(&cli.command, &session));
    let code = match ended {
        Ok(()) => 0,
        Err(ending) => {
            session.fail(&ending);
            ending.refusal.code.exit()
        }
    };
    if code != train::refusal::Code::Interrupted.exit() {
        runtime.block_on(async {
            tokio::select! {
                () = session.announce() => {}
                () = told_to_end(SignalKind::terminate()) => {}
            }
        });
    }
    unwritten(&screen, code)
}

/// Runs the command until it ends, or this process is told to end. Signals are listened for from the start: a command may
/// hold this thread, as for an editor, before it is asked again.
async fn followed(command: &Command, session: &Session) -> Ended {
    session.may_go(command.goes())?;
    if command.ends_itself() {
        return command.run(session).await;
    }
    let interrupt = told_to_end(SignalKind::interrupt());
    // The watch of a deploy outlives us, and ends at once when it is told to.
    let terminate = match command {
        Command::WatchOver(_) => None,
        _ => Some(told_to_end(SignalKind::terminate())),
    };
    let interrupt = async {
        match terminate {
            Some(terminate) => tokio::select! { () = interrupt => {}, () = terminate => {} },
            None => interrupt.await,
        }
    };
    tokio::select! {
        // A question that is interrupted says for itself what was done.
        biased;
        ended = command.run(session) => ended,
        () = interrupt => Err(interrupted()),
    }
}

/// Ends when a signal comes, and listens for it from now on: whatever this process started is ended with the command.
fn told_to_end(kind: SignalKind) -> impl Future<Output = ()> {
    let mut signals = signal(kind).ok();
    async move {
        match &mut signals {
            Some(signals) => drop(signals.recv().await),
            None => std::future::pending().await,
        }
    }
}

/// Says that what was to be read is lost, and lets no such run end well.
fn unwritten(screen: &Screen, code: u8) -> ExitCode {
    let Some(error) = screen.lost() else { return ExitCode::from(code) };
    let refusal = train::refusal::Refusal::new(
        train::refusal::Code::Io,
        format!("standard output can't be written: {error}"),
        "`pushduty log` tells what was done",
    );
    screen.fail(&words::refusal(&refusal));
    ExitCode::from(if code == 0 { refusal.code.exit() } else { code })
}

/// A command line that says nothing, or asks for help. What was typed is shown, so it is filtered as anything else is.
fn misused(error: &clap::Error, environment: &Environment) -> ExitCode {
    let json = std::env::args_os().any(|argument| argument == "--json");
    let plain = environment.no_color || environment.dumb_terminal;
    let screen = Screen::new(json, clap::ColorChoice::Auto, plain, false);
    if !error.use_stderr() {
        screen.printed(|| error.print());
        return unwritten(&screen, 0);
    }
    let text = error.render().to_string();
    if json {
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        session::fail_early(&screen, &session::usage(screen::clean(first)));
    } else {
        screen.fail(&text.lines().map(screen::Line::plain).collect::<Vec<_>>());
    }
    ExitCode::from(train::refusal::Code::Usage.exit())
}

fn interrupted() -> Ending {
    let hint = "the same command again finishes what was begun";
    train::refusal::Refusal::new(train::refusal::Code::Interrupted, "interrupted", hint).into()
}
